//! Reading stored captures in bulk, by many threads at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::{Ledger, MadeBy, forms, path_of, refuse, said};
use crate::check::{Check, Look};
use crate::error::Result;
use crate::pipeline::Seen;
use crate::profile::{self, Profile, Stage};

/// What many captures have in common: what read them, and the profiles that they were judged by.
#[derive(Debug)]
pub struct Context {
    makers: BTreeMap<i64, (MadeBy, Vec<Option<&'static Check>>)>,
    profiles: BTreeMap<i64, Profile>,
}

/// One stored capture.
#[derive(Clone, Debug)]
pub struct Row {
    /// The run that it is of.
    pub run: i64,
    /// Its name inside the input.
    pub name: String,
    /// Its path as it was given.
    pub path: PathBuf,
    /// SHA-256 of its content.
    pub sha256: Option<String>,
    /// What the file was taken for.
    pub stage: Stage,
    /// The verdict that was given; `error` where it could not be read.
    pub verdict: String,
    /// Why it could not be read.
    pub error: Option<String>,
    profile: i64,
    maker: i64,
    readings: Vec<u8>,
    details: Vec<u8>,
}

impl Row {
    /// The profile that it was judged by.
    pub fn profile<'a>(&self, context: &'a Context) -> Option<&'a Profile> {
        context.profiles.get(&self.profile)
    }

    /// What read it.
    pub fn made_by<'a>(&self, context: &'a Context) -> Option<&'a MadeBy> {
        context.makers.get(&self.maker).map(|m| &m.0)
    }

    /// What was measured, without evidence; nothing where it could not be read.
    pub fn look(&self, context: &Context) -> Option<Look> {
        forms::look(&self.readings, &context.makers.get(&self.maker)?.1)
    }

    /// Everything that was kept of it, where the details were asked for.
    pub fn seen(&self, context: &Context) -> Option<Seen> {
        forms::seen(&self.readings, &self.details, &context.makers.get(&self.maker)?.1)
    }
}

impl Ledger {
    /// What the captures have in common.
    ///
    /// # Errors
    /// When the ledger cannot be read, or holds a profile that this program cannot read.
    pub fn context(&self) -> Result<Context> {
        let read = || -> rusqlite::Result<_> {
            let mut makers =
                self.connection.prepare("SELECT id, program, engine, models, checks FROM maker")?;
            let makers = makers.query_map([], |row| {
                let checks: String = row.get(4)?;
                let known = forms::checks_of(&checks);
                let (program, engine, models) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((row.get(0)?, (MadeBy { program, engine, models, checks }, known)))
            })?;
            let mut profiles = self.connection.prepare("SELECT id, name, toml FROM profile")?;
            let profiles = profiles.query_map([], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })?;
            Ok((
                makers.collect::<rusqlite::Result<_>>()?,
                profiles.collect::<rusqlite::Result<Vec<_>>>()?,
            ))
        };
        let (makers, texts) = read().map_err(|e| said(&self.path, &e))?;
        let parsed = texts.into_iter().map(|(id, name, toml)| {
            // One that this program cannot read any more (a check was renamed) is only missed by those
            // who ask for it.
            Ok((id, profile::parse(&name, &toml).ok()))
        });
        let profiles: Result<Vec<_>> = parsed.collect();
        let profiles = profiles?.into_iter().filter_map(|(id, p)| Some((id, p?))).collect();
        Ok(Context { makers, profiles })
    }

    /// The captures of a run in their order, or without one the latest record of every file.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn captures(&self, run: Option<i64>) -> Result<Vec<i64>> {
        let read = || -> rusqlite::Result<Option<Vec<i64>>> {
            let Some(run) = run else {
                let mut latest = self
                    .connection
                    .prepare("SELECT max(id) FROM capture GROUP BY place ORDER BY 1")?;
                return latest
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()
                    .map(Some);
            };
            let there = "SELECT 1 FROM run WHERE id = ?";
            if self.connection.query_row(there, [run], |_| Ok(())).optional()?.is_none() {
                return Ok(None);
            }
            let mut all =
                self.connection.prepare("SELECT id FROM capture WHERE run = ? ORDER BY seq")?;
            all.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<_>>().map(Some)
        };
        let found = read().map_err(|e| said(&self.path, &e))?;
        found.ok_or_else(|| {
            refuse(&self.path, format!("there is no run {}", run.unwrap_or_default()))
        })
    }
}

/// A connection of one thread.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
    details: bool,
}

impl Reader {
    /// Of the ledger at this path, with or without the details of each capture.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path, details: bool) -> Result<Reader> {
        let Ledger { connection, path } = Ledger::open(path)?;
        Ok(Reader { connection, path, details })
    }

    /// Stored captures, in the order of their ids as given.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn rows(&self, ids: &[i64]) -> Result<Vec<Row>> {
        let read = || -> rusqlite::Result<Vec<Row>> {
            // One look at the file for all of them, and not a lock and an unlock for each.
            let view = self.connection.unchecked_transaction()?;
            let mut one = view.prepare(
                "SELECT capture.run, capture.name, path, capture.sha256, run.stage, verdict,
                   capture.error, run.profile, run.maker, readings, CASE ? WHEN 1 THEN details END
                 FROM capture JOIN run ON run.id = capture.run
                 LEFT JOIN reading ON reading.id = capture.reading
                 LEFT JOIN judgement ON judgement.id = capture.judgement
                 WHERE capture.id = ?",
            )?;
            let blob = |row: &rusqlite::Row, i| {
                let bytes: Option<Vec<u8>> = row.get(i)?;
                Ok::<_, rusqlite::Error>(bytes.unwrap_or_default())
            };
            let row = |row: &rusqlite::Row| {
                let stage: String = row.get(4)?;
                let verdict: Option<String> = row.get(5)?;
                Ok(Row {
                    run: row.get(0)?,
                    name: row.get(1)?,
                    path: path_of(row.get(2)?),
                    sha256: row.get(3)?,
                    stage: if stage == Stage::Finished.id() {
                        Stage::Finished
                    } else {
                        Stage::Capture
                    },
                    verdict: verdict.unwrap_or_else(|| "error".to_owned()),
                    error: row.get(6)?,
                    profile: row.get(7)?,
                    maker: row.get(8)?,
                    readings: blob(row, 9)?,
                    details: blob(row, 10)?,
                })
            };
            ids.iter().map(|id| one.query_row([i64::from(self.details), *id], row)).collect()
        };
        read().map_err(|e| said(&self.path, &e))
    }
}
