//! What `check` and `standardise` do with a ledger.

use std::path::PathBuf;

use clap::Args;

use super::make::{Came, Maker};
use crate::error::Result;
use crate::hash::sha256_hex;
use crate::ledger::{Book, Entry, Known, Ledger, MadeBy, Output};
use crate::profile::{Profile, Stage};
use crate::resume::{Done, word};

/// Where a run is written down.
#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    /// Write everything down in this SQLite file, and do not look again at what it knows: the same
    /// content, models, engine and program. A run that was cut off goes on where it was
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<PathBuf>,
    /// Look at every capture again, whatever the ledger knows
    #[arg(long, requires = "ledger")]
    pub(super) fresh: bool,
}

impl LedgerArgs {
    /// The ledger, before anything slow is begun.
    pub(super) fn open(&self) -> Result<Option<Ledger>> {
        self.ledger.as_deref().map(Ledger::create).transpose()
    }

    /// Begin a run in it: what workers may ask, and where it is written down.
    pub(super) fn begin(
        &self,
        ledger: Option<Ledger>,
        made_by: &MadeBy,
        (profile, stage): (&Profile, Stage),
    ) -> Result<(Option<Known>, Option<Book>)> {
        let (Some(path), Some(ledger)) = (&self.ledger, ledger) else { return Ok((None, None)) };
        let book = ledger.begin(made_by, profile, stage)?;
        Ok((Some(Known::of(path, made_by)?), Some(book)))
    }
}

/// Write a capture down.
pub(super) fn record(
    book: &mut Book,
    done: &Done,
    came: Option<&Came>,
    maker: Option<&Maker>,
) -> Result<()> {
    let output = match (came, maker, &done.made.file) {
        (Some(Came::Written { name, .. }), Some(maker), Ok(file)) => Some(Output {
            name: name.clone(),
            path: maker.place(name),
            sha256: sha256_hex(&file.bytes),
            bytes: file.bytes.len() as u64,
            quality: file.quality,
            background: word(&file.background),
            judged: file.judged.clone(),
        }),
        _ => None,
    };
    let not_made = match came {
        Some(Came::NotMade(reason) | Came::Failed(reason)) => Some(reason.clone()),
        _ => None,
    };
    let checked = &done.made.checked;
    book.record(Entry {
        capture: checked.capture.clone(),
        stamp: done.stamp,
        sha256: checked.sha256.clone(),
        outcome: checked.outcome.clone(),
        looked: done.looked,
        timing: done.timing,
        output,
        not_made,
    })
}
