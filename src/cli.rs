//! The command line: what was typed, and what it means.

mod check;
mod eval;
mod export;
mod history;
mod input;
mod inspect;
mod ledger;
mod make;
mod stop;
mod outfile;
mod sheet;
mod rejudge;
mod report;
mod tell;
mod watch;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use self::export::ExportArgs;
use self::history::HistoryArgs;
use self::ledger::LedgerArgs;
use self::rejudge::RejudgeArgs;
use crate::engine::{self, Choice, Engine};
use crate::error::{Error, Result};
use crate::naming::Template;
use crate::profile::{self, Stage};
use crate::report::terminal::Language;

/// Exit code for wrong usage (`EX_USAGE` of BSD's sysexits.h).
pub const WRONG_USAGE: u8 = 64;

/// Exit code of a run that was stopped by Ctrl-C (128 + SIGINT, as shells tell it).
const STOPPED: u8 = 130;

/// Judge portrait photos against a photo specification.
#[derive(Debug, Parser)]
#[command(name = "photogate", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 all pass, 1 some need attention, 2 some could not be read, 64 wrong usage, \
130 stopped by Ctrl-C."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check captures and say what to mend
    Check(CheckArgs),
    /// Compare with what people decided: error rates by check, and limits that would do better
    Eval(EvalArgs),
    /// Make the standard files of the captures that pass: crop, background, JPEG of the right size
    Standardise(StandardiseArgs),
    /// Judge photos as they appear in a folder, while the photographer shoots
    Watch(WatchArgs),
    /// Judge what a ledger holds by other rules, without the pictures
    Rejudge(RejudgeArgs),
    /// List the runs of a ledger, or what each said of one file
    History(HistoryArgs),
    /// Write what a ledger holds as NDJSON, CSV or Parquet
    Export(ExportArgs),
    /// Draw what the program sees of each person, to check it by eye
    Inspect(InspectArgs),
    /// Say what a check measures, and where the rule comes from
    Explain {
        /// Id of the check; all of them without it
        check: Option<String>,
    },
    /// List the profiles, or show one
    Profiles {
        #[command(subcommand)]
        action: Option<ProfilesAction>,
    },
    /// Say which engine and models run here, and what would make it faster
    Doctor {
        #[command(flatten)]
        engine: EngineArgs,
    },
}

#[derive(Debug, Subcommand)]
enum ProfilesAction {
    /// Print a profile with everything that it inherits, as a file of its own
    Show {
        /// Name of a built-in profile, or a .toml file
        name: String,
        /// Change a limit, as `check --set` does
        #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
        set: Vec<profile::Set>,
        /// The stage that --set changes
        #[arg(long, value_enum, default_value_t, requires = "set")]
        stage: StageArg,
    },
    /// Print the JSON Schema of profile files, for editors
    Schema,
}

/// What is judged, by which rules, and how.
#[derive(Debug, Args)]
struct InputArgs {
    /// Files, folders and archives (.zip, .tar, .tar.gz, .tar.zst); `-` reads a list of paths from standard
    /// input, one per line
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Only captures whose name matches, such as '*.jpg' or 'class1/**', may be repeated
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No captures whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    profile: String,
    /// Change a limit of the profile in the stage that is judged, may be repeated. KEY is pass.min,
    /// pass.max, review.min, review.max (a number, or `open`), one_of (NAME,NAME) or required (true,
    /// false). The review band moves with the pass band where it would not contain it any more
    #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
    set: Vec<profile::Set>,
    /// Judge a capture from the camera, or a finished file that is to be handed in as it is
    #[arg(long, value_enum, default_value_t)]
    stage: StageArg,
    /// Language on the terminal
    #[arg(long, value_enum, default_value_t)]
    lang: LangArg,
    /// Number of photos at a time [default: one per processor core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("written").multiple(true))]
struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Also write one JSON record per capture to DIR/findings.ndjson
    #[arg(long, value_name = "DIR", group = "written")]
    out: Option<PathBuf>,
    /// Also make the standard files, as `photogate standardise --out DIR` does
    #[arg(long, value_name = "DIR", group = "written")]
    standardise: Option<PathBuf>,
    #[command(flatten)]
    make: MakeArgs,
    /// Also write a report for people: one HTML file to open from disk, in the language of --lang
    /// at first. Of more than 200 captures the thumbnails lie in a folder beside it, FILE_files
    #[arg(long, value_name = "FILE.html", group = "written")]
    report: Option<PathBuf>,
    /// Replace what is there
    #[arg(long, requires = "written")]
    force: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Give the 478 mesh points of each face in the records
    #[arg(long)]
    mesh: bool,
}

/// How standard files are made and called.
#[derive(Debug, Args)]
struct MakeArgs {
    /// What to do with the background: replace it where the profile allows that and it is not as
    /// wanted, leave its pixels, or replace it always
    #[arg(long, value_enum, default_value_t, requires = "standardise")]
    background: BackgroundArg,
    /// Which captures are made into files: those that pass, also those that a person must look at, or all
    #[arg(long, value_enum, default_value_t, requires = "standardise")]
    accept: AcceptArg,
    /// Names of the files, without ending: {stem} is the capture's own name, {n} counts the files
    /// ({n:4} with four digits), any other is a column of --subjects, such as {student}, {id} or
    /// {code}; a / makes folders
    #[arg(long, value_name = "TEMPLATE", default_value = "{stem}", value_parser = Template::parse, requires = "standardise")]
    name: Template,
    /// Who is on which capture: CSV with the column `file`, and others for --name
    #[arg(long, value_name = "FILE", requires = "standardise")]
    subjects: Option<PathBuf>,
    #[command(flatten)]
    sheet: sheet::SheetArgs,
}

#[derive(Debug, Args)]
#[command(after_help = EVAL_HELP)]
struct EvalArgs {
    /// What a person decided: a CSV file, see below
    #[arg(long, value_name = "FILE")]
    decisions: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// Share of the pictures failed by a person that the suggested limits may let pass, 0 to 0.5
    #[arg(long, value_name = "SHARE", default_value = "0.02", value_parser = eval::share)]
    false_pass: f64,
    /// Show so many of the most wrong pictures of each check
    #[arg(long, value_name = "N", default_value = "5")]
    worst: usize,
    /// Also write eval.json, eval.csv (a row per check) and pictures.csv (a row per decision)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace these files in DIR where they are there
    #[arg(long, requires = "out")]
    force: bool,
}

const EVAL_HELP: &str = "\
The file of decisions, UTF-8, in one of two forms:
  file,check,decision      one decision a row; other columns are ignored
  file,CHECK,CHECK,...     one picture a row, one check a column
CHECK is an id of `photogate explain`, or `verdict` for the whole picture. A decision is pass
(合格, 通过), fail (不合格, 不通过) or unknown (未知, ?, or nothing). A picture is named by its path
below the folder that is given, by its file name where only one is called so, or by either without
the ending. Only pictures with decisions are judged.

The DIR/pictures.csv that --out writes is in the first form: correct decisions in it and give it back.

Exit codes: 0 every decision was used, 1 some are on pictures that are not there, 2 some pictures
could not be read, 64 wrong usage (also decisions that contradict each other).";

#[derive(Debug, Args)]
struct StandardiseArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Where to write NAME.jpg and its proof NAME.json for each capture
    #[arg(id = "standardise", long = "out", value_name = "DIR", required = true)]
    out: PathBuf,
    #[command(flatten)]
    make: MakeArgs,
    /// Also write a report for people, as `photogate check --report FILE` does
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Replace what is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
struct WatchArgs {
    /// The folder that fills up, with those below it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    profile: String,
    /// Change a limit of the profile, as for `check`
    #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
    set: Vec<profile::Set>,
    /// Only photos whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No photos whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Also judge what is there already
    #[arg(long)]
    all: bool,
    /// Sound the terminal's bell: once for a pass, twice for anything else
    #[arg(long)]
    bell: bool,
    /// Keep a page with the last verdict in large letters here, to open on a second screen
    #[arg(long, value_name = "FILE.html")]
    screen: Option<PathBuf>,
    /// Append one JSON record per photo to this file
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// A pause of so many seconds begins the next person: of each person the best photo is named
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    burst: u64,
    /// Also make the standard files, as `photogate standardise --out DIR` does
    #[arg(long, value_name = "DIR")]
    standardise: Option<PathBuf>,
    #[command(flatten)]
    make: MakeArgs,
    /// Replace standard files that are there
    #[arg(long, requires = "standardise")]
    force: bool,
    /// Language on the terminal
    #[arg(long, value_enum, default_value_t)]
    lang: LangArg,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum BackgroundArg {
    #[default]
    Auto,
    Keep,
    Replace,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AcceptArg {
    #[default]
    Pass,
    Look,
    Any,
}

#[derive(Debug, Args)]
struct InspectArgs {
    /// Files and folders; `-` reads a list of paths from standard input, one per line
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Where to write NAME.seen.jpg and NAME.seen.json for each picture
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write NAME.matte.png: the person's share of each pixel, black to white
    #[arg(long)]
    matte: bool,
    /// Replace what is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Args)]
struct EngineArgs {
    /// Inference engine
    #[arg(long, value_enum, default_value_t)]
    engine: EngineArg,
    /// The ONNX Runtime library to use
    #[arg(long, value_name = "FILE", conflicts_with = "engine")]
    onnxruntime: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum EngineArg {
    /// ONNX Runtime where it is found, else tract
    #[default]
    Auto,
    /// The embedded engine
    Tract,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Terminal,
    /// One JSON record per line
    Ndjson,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum StageArg {
    #[default]
    Capture,
    Finished,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum LangArg {
    #[default]
    Both,
    Zh,
    En,
}

impl LangArg {
    fn language(self) -> Language {
        match self {
            LangArg::Both => Language::Both,
            LangArg::Zh => Language::Zh,
            LangArg::En => Language::En,
        }
    }
}

impl StageArg {
    fn stage(self) -> Stage {
        match self {
            StageArg::Capture => Stage::Capture,
            StageArg::Finished => Stage::Finished,
        }
    }
}

impl EngineArgs {
    fn start(&self) -> Result<&'static Engine> {
        engine::start(&match (&self.onnxruntime, self.engine) {
            (Some(path), _) => Choice::Library(path.clone()),
            (None, EngineArg::Tract) => Choice::Embedded,
            (None, EngineArg::Auto) => Choice::Auto,
        })
    }
}

/// Run the program; its exit code.
///
/// # Errors
/// When nothing could be done at all. Single captures never are an error of the program.
pub fn run(cli: &Cli) -> Result<u8> {
    match &cli.command {
        Command::Check(args) => check::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Standardise(args) => check::standardise(args),
        Command::Watch(args) => watch::run(args),
        Command::Rejudge(args) => rejudge::run(args),
        Command::History(args) => history::run(args),
        Command::Export(args) => export::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Explain { check } => tell::explain(check.as_deref()),
        Command::Profiles { action: None } => tell::profiles(),
        Command::Profiles { action: Some(ProfilesAction::Show { name, set, stage }) } => {
            tell::profile(name, stage.stage(), set)
        }
        Command::Profiles { action: Some(ProfilesAction::Schema) } => print(&profile::schema()),
        Command::Doctor { engine } => tell::doctor(engine.start()?),
    }
}

fn print(text: &str) -> Result<u8> {
    writeln!(io::stdout().lock(), "{text}").or_else(ignore_broken_pipe)?;
    Ok(0)
}

fn ignore_broken_pipe(e: io::Error) -> Result<()> {
    match e.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Error::Write { path: "standard output".into(), source: e }),
    }
}
