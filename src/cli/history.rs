//! `photogate history`: what a ledger remembers.

use std::path::PathBuf;

use clap::Args;

use super::print;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::report::story;

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// The ledger, as `check --ledger` wrote it
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// A file, by its path or by its name inside the input: what each run said of it
    path: Option<PathBuf>,
}

/// List the runs, or what became of one file; the exit code.
pub(super) fn run(args: &HistoryArgs) -> Result<u8> {
    let ledger = Ledger::open(&args.ledger)?;
    let Some(path) = &args.path else { return print(&story::runs(&ledger.runs()?)) };
    let events = ledger.story(path)?;
    if events.is_empty() {
        let reason = format!("{}: the ledger knows no such file", path.display());
        return Err(Error::Usage { reason });
    }
    print(&story::events(&events))
}
