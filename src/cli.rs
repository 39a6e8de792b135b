//! The command line: what was typed, and what it means.

mod check;
mod tell;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::engine::{self, Choice, Engine};
use crate::error::{Error, Result};

/// Exit code for wrong usage (`EX_USAGE` of BSD's sysexits.h).
pub const WRONG_USAGE: u8 = 64;

/// Judge portrait photos against a photo specification.
#[derive(Debug, Parser)]
#[command(name = "photogate", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 all pass, 1 some need attention, 2 some could not be read, 64 wrong usage."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check captures and say what to mend
    Check(CheckArgs),
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
    /// Print the resolved profile
    Show {
        /// Name of a built-in profile, or a .toml file
        name: String,
    },
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Files and folders; `-` reads a list of paths from standard input, one per line
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    profile: String,
    /// Judge a capture from the camera, or a finished file that is to be handed in as it is
    #[arg(long, value_enum, default_value_t)]
    stage: StageArg,
    /// Also write one JSON record per capture to DIR/findings.ndjson
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace DIR/findings.ndjson where there is one
    #[arg(long, requires = "out")]
    force: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Give the 478 mesh points of each face in the records
    #[arg(long)]
    mesh: bool,
    /// Language of the instructions on the terminal
    #[arg(long, value_enum, default_value_t)]
    lang: LangArg,
    /// Number of photos at a time [default: one per processor core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
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
        Command::Explain { check } => tell::explain(check.as_deref()),
        Command::Profiles { action: None } => tell::profiles(),
        Command::Profiles { action: Some(ProfilesAction::Show { name }) } => tell::profile(name),
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
