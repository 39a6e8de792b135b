//! The `photogate` program: a thin shell around the library.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use photogate::cli::{self, Cli};
use photogate::error::Error;
use photogate::report::terminal::printable;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Whether clap's own message can be printed changes nothing.
            let _ = e.print();
            let asked = matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return ExitCode::from(if asked { 0 } else { cli::WRONG_USAGE });
        }
    };
    match cli::run(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            let said = e.to_string();
            // Lines of a profile are shown as they are; anywhere else a new line can only be of a name.
            let lines: Vec<&str> = match e {
                Error::Profile { .. } => said.lines().collect(),
                _ => vec![&said],
            };
            let lines: Vec<String> = lines.into_iter().map(printable).collect();
            eprintln!("photogate: {}", lines.join("\n"));
            let usage = matches!(
                e,
                Error::Usage { .. }
                    | Error::Profile { .. }
                    | Error::Decisions { .. }
                    | Error::Subjects { .. }
                    | Error::Ledger { .. }
            );
            ExitCode::from(if usage { cli::WRONG_USAGE } else { 2 })
        }
    }
}
