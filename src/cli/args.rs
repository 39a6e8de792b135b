//! The arguments of the commands, as clap reads them and `--help` tells them.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::ledger::LedgerArgs;
use super::{eval, sheet};
use crate::engine::{self, Choice, Engine};
use crate::error::Result;
use crate::naming::Template;
use crate::profile::{self, Stage};
use crate::report::terminal::Language;

/// What is judged, by which rules, and how.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Files, folders and archives (.zip, .tar, .tar.gz, .tar.zst); `-` reads a list of paths from standard
    /// input, one per line
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Only captures whose name matches, such as '*.jpg' or 'class1/**', may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// No captures whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    pub(super) profile: String,
    /// Change a limit of the profile in the stage that is judged, may be repeated. KEY is pass.min,
    /// pass.max, review.min, review.max (a number, or `open`), one_of (NAME,NAME) or required (true,
    /// false). The review band moves with the pass band where it would not contain it any more
    #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
    pub(super) set: Vec<profile::Set>,
    /// Judge a capture from the camera, or a finished file that is to be handed in as it is
    #[arg(long, value_enum, default_value_t)]
    pub(super) stage: StageArg,
    /// Language on the terminal
    #[arg(long, value_enum, default_value_t)]
    pub(super) lang: LangArg,
    /// Number of photos at a time [default: one per processor core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) workers: Option<u16>,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("written").multiple(true))]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Also write one JSON record per capture to DIR/findings.ndjson
    #[arg(long, value_name = "DIR", group = "written")]
    pub(super) out: Option<PathBuf>,
    /// Also make the standard files, as `photogate standardise --out DIR` does
    #[arg(long, value_name = "DIR", group = "written")]
    pub(super) standardise: Option<PathBuf>,
    #[command(flatten)]
    pub(super) make: MakeArgs,
    /// Also write a report for people: one HTML file to open from disk, in the language of --lang
    /// at first. Of more than 200 captures the thumbnails lie in a folder beside it, FILE_files
    #[arg(long, value_name = "FILE.html", group = "written")]
    pub(super) report: Option<PathBuf>,
    /// Replace what is there
    #[arg(long, requires = "written")]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) ledger: LedgerArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Give the 478 mesh points of each face in the records
    #[arg(long)]
    pub(super) mesh: bool,
}

/// How standard files are made and called.
#[derive(Debug, Args)]
pub(super) struct MakeArgs {
    /// What to do with the background: replace it where the profile allows that and it is not as
    /// wanted, leave its pixels, or replace it always
    #[arg(long, value_enum, default_value_t, requires = "standardise")]
    pub(super) background: BackgroundArg,
    /// Which captures are made into files: those that pass, also those that a person must look at, or all
    #[arg(long, value_enum, default_value_t, requires = "standardise")]
    pub(super) accept: AcceptArg,
    /// Names of the files, without ending: {stem} is the capture's own name, {n} counts the files
    /// ({n:4} with four digits), any other is a column of --subjects, such as {student}, {id} or
    /// {code}; a / makes folders
    #[arg(long, value_name = "TEMPLATE", default_value = "{stem}", value_parser = Template::parse, requires = "standardise")]
    pub(super) name: Template,
    /// Who is on which capture: CSV with the column `file`, and others for --name
    #[arg(long, value_name = "FILE", requires = "standardise")]
    pub(super) subjects: Option<PathBuf>,
    #[command(flatten)]
    pub(super) sheet: sheet::SheetArgs,
}

#[derive(Debug, Args)]
#[command(after_help = EVAL_HELP)]
pub(super) struct EvalArgs {
    /// What a person decided: a CSV file, see below
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: PathBuf,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Share of the pictures failed by a person that the suggested limits may let pass, 0 to 0.5
    #[arg(long, value_name = "SHARE", default_value = "0.02", value_parser = eval::share)]
    pub(super) false_pass: f64,
    /// Show so many of the most wrong pictures of each check
    #[arg(long, value_name = "N", default_value = "5")]
    pub(super) worst: usize,
    /// Also write eval.json, eval.csv (a row per check) and pictures.csv (a row per decision)
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Replace these files in DIR where they are there
    #[arg(long, requires = "out")]
    pub(super) force: bool,
}

const EVAL_HELP: &str = "\
The file of decisions, CSV in UTF-8 (commas, semicolons or tabs), in one of two forms:
  file,check,decision      one decision a row; other columns are ignored
  file,CHECK,CHECK,...     one picture a row, one check a column
CHECK is an id of `photogate explain`, or `verdict` for the whole picture. A decision is pass
(合格, 通过), fail (不合格, 不通过) or unknown (未知, ?, or nothing). Headings, checks and
decisions may be written in capitals. A picture is named by its path below the folder that is
given, by its file name where only one is called so, or by either without the ending. Only
pictures with decisions are judged.

The DIR/pictures.csv that --out writes is in the first form: correct decisions in it and give it
back. What could not be read and has no decision is a row without one there, which is ignored.

Exit codes: 0 every decision was used, 1 some are on pictures that are not there, 2 some pictures
or paths could not be read, 64 wrong usage (also decisions that contradict each other).";

#[derive(Debug, Args)]
pub(super) struct StandardiseArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Where to write NAME.jpg and its proof NAME.json for each capture
    #[arg(id = "standardise", long = "out", value_name = "DIR", required = true)]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) make: MakeArgs,
    /// Also write a report for people, as `photogate check --report FILE` does
    #[arg(long, value_name = "FILE.html")]
    pub(super) report: Option<PathBuf>,
    /// Replace what is there
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) ledger: LedgerArgs,
}

const WATCH_HELP: &str = "\
Ctrl-C ends the session with its counts. Exit codes: 0 all pass, 1 some need attention, could not be read, or
have a standard file that could not be written, 64 wrong usage, 130 ended by a second Ctrl-C in the middle of a photo.";

#[derive(Debug, Args)]
#[command(after_help = WATCH_HELP)]
pub(super) struct WatchArgs {
    /// The folder that fills up, with those below it
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    pub(super) profile: String,
    /// Change a limit of the profile, as for `check`
    #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
    pub(super) set: Vec<profile::Set>,
    /// Only photos whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// No photos whose name matches, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Also judge what is there already
    #[arg(long)]
    pub(super) all: bool,
    /// Sound the terminal's bell: once for a pass, twice for anything else
    #[arg(long)]
    pub(super) bell: bool,
    /// Keep a page with the last verdict in large letters here, to open on a second screen
    #[arg(long, value_name = "FILE.html")]
    pub(super) screen: Option<PathBuf>,
    /// Append one JSON record per photo to this file, and another where a photo is written anew
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// A pause of so many seconds between two photos begins the next person: of each person the best photo is
    /// named
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub(super) burst: u64,
    /// Also make the standard files, as `photogate standardise --out DIR` does
    #[arg(long, value_name = "DIR")]
    pub(super) standardise: Option<PathBuf>,
    #[command(flatten)]
    pub(super) make: MakeArgs,
    /// Replace standard files that are there
    #[arg(long, requires = "standardise")]
    pub(super) force: bool,
    /// Language on the terminal
    #[arg(long, value_enum, default_value_t)]
    pub(super) lang: LangArg,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum BackgroundArg {
    #[default]
    Auto,
    Keep,
    Replace,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum AcceptArg {
    #[default]
    Pass,
    Look,
    Any,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// Files and folders; `-` reads a list of paths from standard input, one per line
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Where to write NAME.seen.jpg and NAME.seen.json for each picture
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Also write NAME.matte.png: the person's share of each pixel, black to white
    #[arg(long)]
    pub(super) matte: bool,
    /// Replace what is there
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(super) struct EngineArgs {
    /// Inference engine
    #[arg(long, value_enum, default_value_t)]
    pub(super) engine: EngineArg,
    /// The ONNX Runtime library to use
    #[arg(long, value_name = "FILE", conflicts_with = "engine")]
    pub(super) onnxruntime: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum EngineArg {
    /// ONNX Runtime where it is found, else tract
    #[default]
    Auto,
    /// The embedded engine
    Tract,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Terminal,
    /// One JSON record per line
    Ndjson,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum StageArg {
    #[default]
    Capture,
    Finished,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum LangArg {
    #[default]
    Both,
    Zh,
    En,
}

impl LangArg {
    pub(super) fn language(self) -> Language {
        match self {
            LangArg::Both => Language::Both,
            LangArg::Zh => Language::Zh,
            LangArg::En => Language::En,
        }
    }
}

impl StageArg {
    pub(super) fn stage(self) -> Stage {
        match self {
            StageArg::Capture => Stage::Capture,
            StageArg::Finished => Stage::Finished,
        }
    }
}

impl EngineArgs {
    pub(super) fn start(&self) -> Result<&'static Engine> {
        engine::start(&match (&self.onnxruntime, self.engine) {
            (Some(path), _) => Choice::Library(path.clone()),
            (None, EngineArg::Tract) => Choice::Embedded,
            (None, EngineArg::Auto) => Choice::Auto,
        })
    }
}
