//! What happened: the runs of a ledger, and what became of one file.

use std::path::Path;

use rusqlite::types::Value;

use super::{Ledger, place, said, stored_path};
use crate::error::Result;

/// One run.
#[derive(Clone, Debug)]
pub struct RunLine {
    /// Its number.
    pub id: i64,
    /// When it began, ISO 8601, UTC.
    pub started: String,
    /// How long it took, seconds; none where it was cut off (or is still going on).
    pub seconds: Option<f64>,
    /// Name of the profile, and the first digits of its hash.
    pub profile: String,
    /// What the files were taken for.
    pub stage: String,
    /// Captures that passed, are to be looked at, to be retaken, could not be read.
    pub verdicts: [i64; 4],
    /// Captures that were not looked at again.
    pub unchanged: i64,
    /// Standard files.
    pub outputs: i64,
    /// The engine, and the version of this program.
    pub made_by: String,
}

/// What a run said of one file.
#[derive(Clone, Debug)]
pub struct Event {
    /// Number of the run.
    pub run: i64,
    /// The file: a name inside an input may be that of several.
    pub file: String,
    /// When the file was looked at, ISO 8601, UTC.
    pub at: String,
    /// The first digits of the content's SHA-256.
    pub sha256: Option<String>,
    /// Name of the profile.
    pub profile: String,
    /// `pass`, `review`, `fail` or `error`.
    pub verdict: String,
    /// The check that was said first, or why it could not be read.
    pub because: Option<String>,
    /// Whether it was looked at, or stored readings were used.
    pub looked: bool,
    /// How long it took, milliseconds.
    pub milliseconds: Option<f64>,
    /// The standard file that was made of it.
    pub output: Option<String>,
}

/// A time in microseconds as ISO 8601, in SQL.
macro_rules! iso {
    ($column:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%SZ', ", $column, " / 1000000, 'unixepoch')")
    };
}

impl Ledger {
    /// Every run, the oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self) -> Result<Vec<RunLine>> {
        let read = || -> rusqlite::Result<Vec<RunLine>> {
            let mut all = self.connection.prepare(concat!(
                "SELECT run.id, ",
                iso!("started"),
                ", (finished - started) / 1e6, profile.name || ' ' || substr(profile.sha256, 1, 8),
                   run.stage, engine || ', photogate ' || program,
                   count(*) FILTER (WHERE verdict = 'pass'),
                   count(*) FILTER (WHERE verdict = 'review'),
                   count(*) FILTER (WHERE verdict = 'fail'),
                   count(*) FILTER (WHERE capture.id IS NOT NULL AND verdict IS NULL),
                   count(*) FILTER (WHERE looked = 0),
                   (SELECT count(*) FROM output JOIN capture c ON c.id = output.capture
                    WHERE c.run = run.id)
                 FROM run JOIN maker ON maker.id = run.maker JOIN profile ON profile.id = run.profile
                 LEFT JOIN capture ON capture.run = run.id
                 LEFT JOIN judgement ON judgement.id = capture.judgement
                 GROUP BY run.id ORDER BY run.id"
            ))?;
            let rows = all.query_map([], |row| {
                Ok(RunLine {
                    id: row.get(0)?,
                    started: row.get(1)?,
                    seconds: row.get(2)?,
                    profile: row.get(3)?,
                    stage: row.get(4)?,
                    made_by: row.get(5)?,
                    verdicts: [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?],
                    unchanged: row.get(10)?,
                    outputs: row.get(11)?,
                })
            })?;
            rows.collect()
        };
        read().map_err(|e| said(&self.path, &e))
    }

    /// What every run said of the file at this path, the oldest first. A path inside an input, as records
    /// name it, will do.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn story(&self, path: &Path) -> Result<Vec<Event>> {
        let read = || -> rusqlite::Result<Vec<Event>> {
            let mut all = self.connection.prepare(concat!(
                "SELECT capture.run, ",
                iso!("capture.at"),
                ", substr(capture.sha256, 1, 12), profile.name, coalesce(judgement.verdict, 'error'),
                   coalesce(capture.error, first), looked, us / 1000.0, output.place, capture.place
                 FROM capture JOIN run ON run.id = run JOIN profile ON profile.id = run.profile
                 LEFT JOIN judgement ON judgement.id = judgement
                 LEFT JOIN output ON output.capture = capture.id
                 WHERE capture.place = ?1 OR capture.name = ?2 ORDER BY capture.id"
            ))?;
            let name = Value::Text(path.to_string_lossy().into_owned());
            let rows = all.query_map([stored_path(&place(path)), name], |row| {
                let output: Value = row.get(8)?;
                let file = super::path_of(row.get(9)?).to_string_lossy().into_owned();
                Ok(Event {
                    run: row.get(0)?,
                    file,
                    at: row.get(1)?,
                    sha256: row.get(2)?,
                    profile: row.get(3)?,
                    verdict: row.get(4)?,
                    because: row.get(5)?,
                    looked: row.get(6)?,
                    milliseconds: row.get(7)?,
                    output: match output {
                        Value::Null => None,
                        path => Some(super::path_of(path).to_string_lossy().into_owned()),
                    },
                })
            })?;
            rows.collect()
        };
        read().map_err(|e| said(&self.path, &e))
    }
}
