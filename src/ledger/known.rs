//! Looking up what is known of a capture before it is looked at.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Ledger, MadeBy, Stamp, ending, forms, path_of, place, place_of, said, stored_path};
use crate::capture::Capture;
use crate::check::Check;
use crate::error::Result;
use crate::pipeline::Seen;

/// A file written in the last moments before it was looked at may have been written again within the
/// same tick of the file system's clock: its time proves nothing. Microseconds; FAT ticks every two
/// seconds.
const TICK: i64 = 2_000_000;

/// What a ledger knows, for many workers at once. It sees what the run itself writes down.
#[derive(Debug)]
pub struct Known {
    connection: Mutex<Connection>,
    path: PathBuf,
    made_by: MadeBy,
    checks: Vec<Option<&'static Check>>,
    /// The last row of readings that was there before the run.
    newest: i64,
}

/// What is known of a content.
#[derive(Clone, Debug)]
pub struct Past {
    /// What was seen of it, or why it could not be read (without the path).
    pub seen: std::result::Result<Seen, String>,
    /// Whether that was before this run, and not of a copy in the same.
    pub earlier: bool,
    /// The row of the readings.
    reading: i64,
}

/// A standard file that was written down.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Where it was written.
    pub path: PathBuf,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its quality factor.
    pub quality: u8,
    /// What was read of the file itself.
    pub finished: Seen,
}

impl Known {
    /// What the ledger at this path knows from the same program, models and engine.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be read.
    pub fn of(path: &Path, made_by: &MadeBy) -> Result<Known> {
        let Ledger { connection, path } = Ledger::open(path)?;
        let checks = forms::checks_of(&made_by.checks);
        let newest = "SELECT coalesce(max(id), 0) FROM reading";
        let newest =
            connection.query_row(newest, [], |row| row.get(0)).map_err(|e| said(&path, &e))?;
        let connection = Mutex::new(connection);
        Ok(Known { connection, path, made_by: made_by.clone(), checks, newest })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hash of this capture when it was last read, where it is unchanged since.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unchanged(&self, capture: &Capture, stamp: Stamp) -> Result<Option<String>> {
        let connection = self.lock();
        let find = || {
            let mut last = connection.prepare(
                "SELECT bytes, modified, changed, inode, at, sha256 FROM capture WHERE place = ?
                 ORDER BY id DESC LIMIT 1",
            )?;
            last.query_row([stored_path(&place_of(capture))], |row| {
                let bytes: Option<i64> = row.get(0)?;
                let file = row.get::<_, Option<i64>>(2)?.zip(row.get(3)?);
                let then = Stamp {
                    bytes: bytes.and_then(|b| u64::try_from(b).ok()).unwrap_or(u64::MAX),
                    modified: row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MIN),
                    file,
                    at: row.get(4)?,
                };
                Ok((then, row.get::<_, Option<String>>(5)?))
            })
            .optional()
        };
        let last = find().map_err(|e| said(&self.path, &e))?;
        Ok(last.and_then(|(then, sha256)| {
            let same = Stamp { at: then.at, ..stamp } == then;
            let settled = stamp.modified / 1000 < then.at - TICK;
            sha256.filter(|_| same && settled)
        }))
    }

    /// What is known of this content under this file's ending.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn content(&self, sha256: &str, capture: &Capture) -> Result<Option<Past>> {
        let connection = self.lock();
        let MadeBy { program, engine, models, checks } = &self.made_by;
        let find = || {
            let mut one = connection.prepare(
                "SELECT reading.id, readings, details, error FROM reading JOIN maker ON maker.id = maker
                 WHERE (sha256, ending) = (?, ?)
                   AND (program, engine, models, checks) = (?, ?, ?, ?)",
            )?;
            let key = params![sha256, ending(capture), program, engine, models, checks];
            one.query_row(key, |row| {
                let error: Option<String> = row.get(3)?;
                Ok((row.get::<_, i64>(0)?, self.seen(row, 1)?, error))
            })
            .optional()
        };
        let found = find().map_err(|e| said(&self.path, &e))?;
        // What cannot be unpacked is not known.
        Ok(found.and_then(|(reading, seen, error)| {
            let earlier = reading <= self.newest;
            Some(Past { seen: error.map_or(Ok(seen), Err).transpose()?, earlier, reading })
        }))
    }

    fn seen(&self, row: &Row, at: usize) -> rusqlite::Result<Option<Seen>> {
        let parts =
            [row.get_ref(at)?.as_bytes_or_null()?, row.get_ref(at + 1)?.as_bytes_or_null()?];
        Ok(match parts {
            [Some(readings), Some(details)] => forms::seen(readings, details, &self.checks),
            _ => None,
        })
    }

    /// Standard files that were made of this content for a profile and a background, the latest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn outputs(&self, of: &Past, profile: &str, background: &str) -> Result<Vec<Recorded>> {
        let connection = self.lock();
        let find = || -> rusqlite::Result<Vec<Recorded>> {
            let mut all = connection.prepare(
                "SELECT place, output.sha256, quality, readings, details, max(capture)
                 FROM output JOIN profile ON profile.id = output.profile
                 JOIN reading ON reading.id = finished
                 WHERE source = ? AND profile.sha256 = ? AND background = ?
                 GROUP BY place, output.sha256 ORDER BY max(capture) DESC",
            )?;
            let rows = all.query_map(params![of.reading, profile, background], |row| {
                let path = path_of(row.get(0)?);
                let (sha256, quality) = (row.get(1)?, row.get(2)?);
                let finished = self.seen(row, 3)?;
                Ok(finished.map(|finished| Recorded { path, sha256, quality, finished }))
            })?;
            rows.filter_map(rusqlite::Result::transpose).collect()
        };
        find().map_err(|e| said(&self.path, &e))
    }

    /// Whether this file is one that was made of this capture, or else of another; none where it was made
    /// of none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_of(&self, output: &Path, capture: &Capture) -> Result<Option<bool>> {
        let connection = self.lock();
        let find = || {
            let mut one = connection.prepare(
                "SELECT max(capture.place = ?) FROM output JOIN capture ON capture.id = capture
                 WHERE output.place = ?",
            )?;
            let places = [stored_path(&place_of(capture)), stored_path(&place(output))];
            one.query_row(places, |row| row.get::<_, Option<bool>>(0))
        };
        find().map_err(|e| said(&self.path, &e))
    }
}
