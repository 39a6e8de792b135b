//! The command line: what was typed, and what it means.

mod args;
mod check;
mod eval;
mod export;
mod forget;
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

use clap::{Parser, Subcommand};

use self::args::{
    AcceptArg, BackgroundArg, CheckArgs, EngineArgs, EvalArgs, Format, InputArgs, InspectArgs,
    LangArg, MakeArgs, StageArg, StandardiseArgs, WatchArgs,
};
use self::export::ExportArgs;
use self::forget::ForgetArgs;
use self::history::HistoryArgs;
use self::rejudge::RejudgeArgs;
use crate::error::{Error, Result};
use crate::identity;
use crate::profile;

/// Exit code for wrong usage (`EX_USAGE` of BSD's sysexits.h).
pub const WRONG_USAGE: u8 = 64;

/// Exit code of a run that was stopped by Ctrl-C (128 + SIGINT, as shells tell it).
const STOPPED: u8 = 130;

/// Judge portrait photos against a photo specification.
#[derive(Debug, Parser)]
#[command(name = "photogate", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 all pass, 1 some need attention, 2 some could not be read, 64 wrong usage, \
130 stopped by Ctrl-C (`watch`, which ends by it, says 0 or 1)."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Show resident identity numbers in file names whole, not as 1101**********4514, wherever names
    /// are printed, recorded or reported
    #[arg(long, global = true)]
    whole_ids: bool,
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
    /// Take a capture and what was made of it out of a ledger, its standard files and records
    Forget(ForgetArgs),
    /// Draw what the program sees of each person, to check it by eye
    Inspect(InspectArgs),
    /// Say what a check measures, and where the rule comes from
    Explain {
        /// Id of the check; all of them without it
        check: Option<String>,
        /// Language on the terminal
        #[arg(long, value_enum, default_value_t)]
        lang: LangArg,
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

/// Run the program; its exit code.
///
/// # Errors
/// When nothing could be done at all. Single captures never are an error of the program.
pub fn run(cli: &Cli) -> Result<u8> {
    if cli.whole_ids {
        identity::show_whole();
    }
    match &cli.command {
        Command::Check(args) => check::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Standardise(args) => check::standardise(args),
        Command::Watch(args) => watch::run(args),
        Command::Rejudge(args) => rejudge::run(args),
        Command::History(args) => history::run(args),
        Command::Export(args) => export::run(args),
        Command::Forget(args) => forget::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Explain { check, lang } => tell::explain(check.as_deref(), lang.language()),
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
