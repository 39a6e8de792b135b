//! Writing: one run, capture by capture.

use std::time::{Duration, Instant};

use rusqlite::{TransactionBehavior, params};

use super::rows::{Rows, Writer};
use super::{Entry, Ledger, MadeBy, said};
use crate::error::Result;
use crate::profile::{self, Profile, Stage};

/// Captures that were not looked at cost nothing to do again, so they may wait for one another: so many,
const FEW: usize = 256;

/// and so long.
const SOON: Duration = Duration::from_millis(500);

/// A run that is being written down.
#[derive(Debug)]
pub struct Book {
    ledger: Ledger,
    rows: Rows,
    next: i64,
    waiting: Vec<Entry>,
    since: Instant,
}

impl Ledger {
    /// Begin a run.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written.
    pub fn begin(mut self, made_by: &MadeBy, profile: &Profile, stage: Stage) -> Result<Book> {
        let mut write = || {
            let change =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let MadeBy { program, engine, models, checks } = made_by;
            change.execute(
                "INSERT OR IGNORE INTO maker (program, engine, models, checks) VALUES (?, ?, ?, ?)",
                params![program, engine, models, checks],
            )?;
            let maker: i64 = change.query_row(
                "SELECT id FROM maker WHERE (program, engine, models, checks) = (?, ?, ?, ?)",
                params![program, engine, models, checks],
                |row| row.get(0),
            )?;
            change.execute(
                "INSERT OR IGNORE INTO profile (name, sha256, toml) VALUES (?, ?, ?)",
                params![profile.name, profile.sha256, profile::to_toml(profile)],
            )?;
            let profile: i64 = change.query_row(
                "SELECT id FROM profile WHERE sha256 = ?",
                [&profile.sha256],
                |row| row.get(0),
            )?;
            change.execute(
                "INSERT INTO run (started, maker, profile, stage) VALUES (?, ?, ?, ?)",
                params![super::now(), maker, profile, stage.id()],
            )?;
            let run = change.last_insert_rowid();
            change.commit()?;
            Ok((run, maker, profile))
        };
        let (run, maker, profile) = write().map_err(|e| said(&self.path, &e))?;
        let (waiting, since) = (Vec::new(), Instant::now());
        let rows = Rows { run, maker, profile, stage };
        Ok(Book { ledger: self, rows, next: 0, waiting, since })
    }
}

impl Book {
    /// Write down a capture, in the order of the input. What was looked at is in the ledger when this
    /// returns.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written.
    pub fn record(&mut self, entry: Entry) -> Result<()> {
        let worth_waiting = !entry.looked && entry.output.is_none();
        self.waiting.push(entry);
        if worth_waiting && self.waiting.len() < FEW && self.since.elapsed() < SOON {
            return Ok(());
        }
        self.write(false)
    }

    /// Write what waits, and close the run if it came to its end: one that was stopped stays open.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written.
    pub fn finish(mut self, whole: bool) -> Result<()> {
        self.write(whole)?;
        // Whoever reads a ledger in write-ahead mode leaves files beside it and must be able to write them. Where
        // another run is going on, it puts the ledger in order when it ends.
        let connection = &self.ledger.connection;
        let _ = connection.busy_timeout(Duration::ZERO);
        let _ = connection.pragma_update(None, "journal_mode", "delete");
        Ok(())
    }

    fn write(&mut self, last: bool) -> Result<()> {
        let entries = std::mem::take(&mut self.waiting);
        let path = self.ledger.path.clone();
        let written = self.transact(&entries, last).map_err(|e| said(&path, &e));
        self.since = Instant::now();
        written
    }

    fn transact(&mut self, entries: &[Entry], last: bool) -> rusqlite::Result<()> {
        let immediate = TransactionBehavior::Immediate;
        let change = self.ledger.connection.transaction_with_behavior(immediate)?;
        let mut writer = Writer::of(&change, self.rows)?;
        let first = self.next;
        for (seq, entry) in (first..).zip(entries) {
            writer.capture(seq, entry)?;
        }
        drop(writer);
        if last {
            let end = params![super::now(), self.rows.run];
            change.execute("UPDATE run SET finished = ? WHERE id = ?", end)?;
        }
        change.commit()?;
        self.next = first + i64::try_from(entries.len()).unwrap_or_default();
        Ok(())
    }
}
