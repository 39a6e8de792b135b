//! The rows of one capture.

use std::time::Duration;

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Statement, Transaction, params};

use super::{Entry, Output, ending, forms, place, place_of, stored_path};
use crate::capture::Capture;
use crate::pipeline::Judged;
use crate::profile::Stage;
use crate::verdict::{Outcome, Value, Verdict};

/// The rows that every capture of a run points to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    pub(super) run: i64,
    pub(super) maker: i64,
    pub(super) profile: i64,
    pub(super) stage: Stage,
}

/// The statements of one transaction.
pub(super) struct Writer<'t> {
    rows: Rows,
    find_reading: Statement<'t>,
    put_capture: Statement<'t>,
    put_reading: Statement<'t>,
    put_judgement: Statement<'t>,
    drop_findings: Statement<'t>,
    put_finding: Statement<'t>,
    put_output: Statement<'t>,
}

/// What a reading says: a judged picture, or why it could not be read.
type Read<'a> = std::result::Result<&'a Judged, &'a str>;

impl<'t> Writer<'t> {
    /// The statements of a transaction.
    pub(super) fn of(change: &'t Transaction, rows: Rows) -> rusqlite::Result<Writer<'t>> {
        Ok(Writer {
            rows,
            find_reading: change.prepare(
                "SELECT id FROM reading WHERE (sha256, ending, maker) = (?, ?, ?)",
            )?,
            put_capture: change.prepare(
                "INSERT INTO capture (run, seq, name, path, place, bytes, modified, changed, inode, at, sha256, reading,
                   judgement, error, looked, not_made, us, us_decode, us_perceive, us_measure, us_standardise)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?,
            put_reading: change.prepare(
                "INSERT INTO reading (sha256, ending, maker, readings, error, details)
                 VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET readings = excluded.readings, error = excluded.error,
                   details = excluded.details
                 RETURNING id",
            )?,
            put_judgement: change.prepare(
                "INSERT INTO judgement (reading, profile, stage, verdict, first)
                 VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET verdict = excluded.verdict, first = excluded.first
                 RETURNING id",
            )?,
            drop_findings: change.prepare(
                "DELETE FROM finding WHERE judgement = ?",
            )?,
            put_finding: change.prepare(
                "INSERT INTO finding (judgement, check_id, outcome, required, value, slack, code)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?,
            put_output: change.prepare(
                "INSERT INTO output (capture, source, profile, background, name, place, sha256, bytes,
                   quality, finished, verdict)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?,
        })
    }

    /// Write down a capture and everything that it points to.
    pub(super) fn capture(&mut self, seq: i64, entry: &Entry) -> rusqlite::Result<()> {
        let sha256 = entry.sha256.as_deref();
        // An error that does not begin with the path is not of the content: it may not come again.
        let error = entry.outcome.as_ref().err();
        let of_the_content = error.and_then(|e| reason_alone(e, &entry.capture));
        let read: Option<Read> = match (&entry.outcome, of_the_content) {
            (Ok(judged), _) => Some(Ok(judged)),
            (Err(_), Some(reason)) => Some(Err(reason)),
            (Err(_), None) => None,
        };
        let reading = match (sha256, read) {
            (Some(sha256), Some(read)) => {
                let key = (sha256, &*ending(&entry.capture));
                Some(self.reading(key, read, entry.looked)?)
            }
            _ => None,
        };
        let judgement = match (reading, &entry.outcome) {
            (Some(reading), Ok(judged)) => {
                Some(self.judgement(reading, self.rows.stage, &judged.verdict)?)
            }
            _ => None,
        };
        let path = &entry.capture.path;
        let stamp = entry.stamp;
        let t = &entry.timing;
        let capture = self.put_capture.insert(params![
            self.rows.run,
            seq,
            entry.capture.id,
            stored_path(path),
            stored_path(&place_of(&entry.capture)),
            stamp.and_then(|s| i64::try_from(s.bytes).ok()),
            stamp.map(|s| s.modified),
            stamp.and_then(|s| s.file).map(|(changed, _)| changed),
            stamp.and_then(|s| s.file).map(|(_, inode)| inode),
            stamp.map_or_else(super::now, |s| s.at),
            sha256,
            reading,
            judgement,
            error,
            entry.looked,
            entry.not_made,
            micros(t.all),
            t.decode.and_then(micros),
            t.perceive.and_then(micros),
            t.measure.and_then(micros),
            t.standardise.and_then(micros),
        ])?;
        match (&entry.output, reading) {
            (Some(output), Some(source)) => self.output(capture, source, output, entry.looked),
            _ => Ok(()),
        }
    }

    /// The row of a content's readings; what was looked at anew takes the place of what was there.
    fn reading(
        &mut self,
        (sha256, ending): (&str, &str),
        read: Read,
        looked: bool,
    ) -> rusqlite::Result<i64> {
        let key = params![sha256, ending, self.rows.maker];
        let there: Option<i64> = self.find_reading.query_row(key, |row| row.get(0)).optional()?;
        if let (Some(id), false) = (there, looked) {
            return Ok(id);
        }
        let (parts, error) = match read {
            Ok(judged) => (Some(forms::parts(judged)), None),
            Err(reason) => (None, Some(reason)),
        };
        let (readings, details) = parts.map(|p| (p.readings, p.details)).unzip();
        self.put_reading
            .query_row(params![sha256, ending, self.rows.maker, readings, error, details], |row| {
                row.get(0)
            })
    }

    fn judgement(
        &mut self,
        reading: i64,
        stage: Stage,
        verdict: &Verdict,
    ) -> rusqlite::Result<i64> {
        let first = verdict.first.map(|i| verdict.findings[i].check);
        let id: i64 = self.put_judgement.query_row(
            params![reading, self.rows.profile, stage.id(), verdict.outcome.id(), first],
            |row| row.get(0),
        )?;
        self.drop_findings.execute([id])?;
        for f in verdict.findings.iter().filter(|f| f.outcome != Outcome::Pass) {
            let value = f.measured.as_ref().ok().map(|r| match &r.value {
                Value::Number(n) => Sql::Real(*n),
                Value::Name(name) => Sql::Text(name.clone()),
            });
            let code = f.fault.map(|fault| fault.code);
            self.put_finding.execute(params![
                id,
                f.check,
                f.outcome.id(),
                f.limit.required,
                value,
                f.slack,
                code
            ])?;
        }
        Ok(id)
    }

    fn output(
        &mut self,
        capture: i64,
        source: i64,
        output: &Output,
        looked: bool,
    ) -> rusqlite::Result<()> {
        let finished = self.reading((&output.sha256, "jpg"), Ok(&output.judged), looked)?;
        let verdict = &output.judged.verdict;
        self.judgement(finished, Stage::Finished, verdict)?;
        self.put_output
            .execute(params![
                capture,
                source,
                self.rows.profile,
                output.background,
                output.name,
                stored_path(&place(&output.path)),
                output.sha256,
                i64::try_from(output.bytes).unwrap_or(i64::MAX),
                output.quality,
                finished,
                verdict.outcome.id(),
            ])
            .map(drop)
    }
}

/// The reason of an error without the path that stands before it.
fn reason_alone<'a>(error: &'a str, capture: &Capture) -> Option<&'a str> {
    error.strip_prefix(&*capture.path.display().to_string())?.strip_prefix(": ")
}

fn micros(time: Duration) -> Option<i64> {
    i64::try_from(time.as_micros()).ok()
}
