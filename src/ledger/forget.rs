//! Forgetting: every trace of a capture, found, and taken out for good.
//!
//! What is forgotten is a content, wherever it lies: copies of the same bytes, captures that were made
//! into the very same standard file, and the standard files themselves where they were checked as
//! finished ones. Files are not touched here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, TransactionBehavior, params_from_iter};

use super::{Ledger, path_of, place, refuse, said, stored_path};
use crate::error::Result;
use crate::hash::sha256_hex;

/// Fewest digits of a hash that name a content.
const DIGITS: usize = 8;

/// Most values that are bound to one statement; SQLite takes 32,766.
const MANY: usize = 10_000;

/// Everything that a ledger knows of some captures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// The captures, in the order in which they came.
    pub captures: Vec<Trace>,
    /// The standard files that were made of them.
    pub outputs: Vec<Listed>,
    /// SHA-256 of every content among them: captures and standard files.
    pub contents: BTreeSet<String>,
    rows: BTreeSet<i64>,
}

/// One forgotten capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its name inside the input.
    pub name: String,
    /// Where it is; inside an archive behind a `!`.
    pub place: PathBuf,
    /// SHA-256 of its content, where it could be read.
    pub sha256: Option<String>,
    /// In how many records it stands.
    pub records: usize,
}

/// A standard file, as the ledger lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, without ending, folders parted by `/`.
    pub name: String,
    /// Where it was written.
    pub path: PathBuf,
}

/// How many rows were taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Records of captures.
    pub records: usize,
    /// Readings of contents.
    pub readings: usize,
    /// Records of standard files.
    pub outputs: usize,
}

impl Ledger {
    /// The ledger at this path, which must be there, to take something out of it.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written, or is something else.
    pub fn open_to_forget(path: &Path) -> Result<Ledger> {
        // A file that is none is never made one.
        drop(Ledger::open(path)?);
        let ledger = Ledger::create(path)?;
        let zero = ledger.connection.pragma_update(None, "secure_delete", true);
        zero.map_err(|e| said(path, &e))?;
        Ok(ledger)
    }

    /// Everything that the ledger knows of what is called so: the path of a capture or of a standard
    /// file; or the name of a capture inside its input, the first eight or more digits of a
    /// SHA-256, or a word of the name that a standard file was given (a student's number).
    ///
    /// Anything but a path may mean several people: `all` takes them all. Empty where nothing is known.
    ///
    /// # Errors
    /// Where several contents are meant and not all are wanted, with their names, or the ledger cannot
    /// be read.
    pub fn traces(&self, what: &Path, all: bool) -> Result<Traces> {
        let refused = |e| said(&self.path, &e);
        let mut seeds = self.at(what).map_err(refused)?;
        if seeds.is_empty() {
            seeds = self.called(&what.to_string_lossy()).map_err(refused)?;
            let meant = self.about(&seeds).map_err(refused)?;
            // What could not be read has no content: each file is one of its own.
            let contents: BTreeSet<_> = meant
                .iter()
                .map(|t| t.sha256.clone().unwrap_or_else(|| t.place.display().to_string()))
                .collect();
            if contents.len() > 1 && !all {
                let mut places: Vec<_> =
                    meant.iter().take(5).map(|t| t.place.display().to_string()).collect();
                places.extend((meant.len() > 5).then(|| format!("{} more", meant.len() - 5)));
                let (what, places) = (what.display(), places.join(", "));
                let reason =
                    format!("`{what}` means several captures: {places}; --all takes them all");
                return Err(refuse(&self.path, reason));
            }
        }
        self.spread(seeds).map_err(refused)
    }

    /// Take these traces out; their rows are overwritten. [`Ledger::tidy`] must follow.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written.
    pub fn forget(&mut self, traces: &Traces) -> Result<Rows> {
        self.delete(traces).map_err(|e| said(&self.path, &e))
    }

    /// Leave nothing of what was taken out, also by an earlier try that was cut off: the file is written
    /// anew, and what stands beside it (`-wal`) is emptied.
    ///
    /// # Errors
    /// [`crate::error::Error::Ledger`] when it cannot be written, or another program holds on to an
    /// older state of it.
    pub fn tidy(&mut self) -> Result<()> {
        let anew = self.connection.execute_batch("VACUUM");
        anew.map_err(|e| said(&self.path, &e))?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0));
        match busy.map_err(|e| said(&self.path, &e))? {
            // As a run leaves it: readers need write nothing beside it. Where others are at work, it is theirs.
            0 => {
                let _ = self.connection.busy_timeout(std::time::Duration::ZERO);
                let _ = self.connection.pragma_update(None, "journal_mode", "delete");
                Ok(())
            }
            _ => Err(refuse(
                &self.path,
                "the rows are gone, and what stands beside the ledger (-wal) still holds them: another \
                 program reads it; forget again when that has ended",
            )),
        }
    }

    /// Records of a file, as a capture or as a standard file.
    fn at(&self, path: &Path) -> rusqlite::Result<BTreeSet<i64>> {
        let place = stored_path(&place(path));
        let mut all = self.connection.prepare(
            "SELECT id FROM capture WHERE place = ?1 UNION SELECT capture FROM output WHERE place = ?1",
        )?;
        all.query_map([place], |row| row.get(0))?.collect()
    }

    /// Records that a word means.
    fn called(&self, word: &str) -> rusqlite::Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        let mut named = self.connection.prepare("SELECT id FROM capture WHERE name = ?")?;
        for id in named.query_map([word], |row| row.get(0))? {
            found.insert(id?);
        }
        if word.len() >= DIGITS && word.bytes().all(|b| b.is_ascii_hexdigit()) {
            let mut hashed = self.connection.prepare(
                "SELECT id FROM capture WHERE substr(sha256, 1, ?1) = ?2
                 UNION SELECT capture FROM output WHERE substr(sha256, 1, ?1) = ?2",
            )?;
            let length = i64::try_from(word.len()).unwrap_or(i64::MAX);
            let digits = (length, word.to_ascii_lowercase());
            for id in hashed.query_map(digits, |row| row.get(0))? {
                found.insert(id?);
            }
        }
        let mut outputs = self.connection.prepare("SELECT capture, name FROM output")?;
        let mut rows = outputs.query([])?;
        while let Some(row) = rows.next()? {
            if has_word(row.get_ref(1)?.as_str()?, word) {
                found.insert(row.get(0)?);
            }
        }
        Ok(found)
    }

    /// These records, everything with the same content, and what was made of it.
    fn spread(&self, seeds: BTreeSet<i64>) -> rusqlite::Result<Traces> {
        let nothing = sha256_hex(b"");
        let (mut rows, mut contents) = (BTreeSet::new(), BTreeSet::new());
        let mut new = seeds;
        while !new.is_empty() {
            let mut hashes: BTreeSet<String> = BTreeSet::new();
            for sql in [
                "SELECT sha256 FROM capture WHERE sha256 IS NOT NULL AND id IN",
                "SELECT sha256 FROM output WHERE capture IN",
            ] {
                hashes.extend(among::<String, _>(&self.connection, sql, &new)?);
            }
            // A print sheet is listed nowhere by itself; it may have been looked at, like any picture.
            let mut sheets = Vec::new();
            let sql = "SELECT place FROM output WHERE capture IN";
            for_each(&self.connection, sql, &new, |row| {
                sheets.push(path_of(row.get(0)?).with_extension("sheet.jpg"));
                Ok(())
            })?;
            rows.extend(new);
            // Empty files are copies of nothing.
            hashes.retain(|h| *h != nothing && !contents.contains(h));
            new = BTreeSet::new();
            for sheet in sheets {
                new.extend(self.at(&sheet)?);
            }
            for sql in [
                "SELECT id FROM capture WHERE sha256 IN",
                "SELECT capture FROM output WHERE sha256 IN",
            ] {
                new.extend(among::<i64, _>(&self.connection, sql, &hashes)?);
            }
            new.retain(|id| !rows.contains(id));
            contents.extend(hashes);
        }
        let mut outputs: Vec<Listed> = Vec::new();
        let sql = "SELECT DISTINCT name, place FROM output WHERE capture IN";
        for_each(&self.connection, sql, &rows, |row| {
            outputs.push(Listed { name: row.get(0)?, path: path_of(row.get(1)?) });
            Ok(())
        })?;
        outputs.sort_by(|a, b| a.path.cmp(&b.path));
        outputs.dedup_by(|a, b| a.path == b.path);
        Ok(Traces { captures: self.about(&rows)?, outputs, contents, rows })
    }

    /// What these records are about, each file once.
    fn about(&self, rows: &BTreeSet<i64>) -> rusqlite::Result<Vec<Trace>> {
        let mut found: Vec<Trace> = Vec::new();
        let sql = "SELECT name, place, sha256 FROM capture WHERE id IN";
        for_each(&self.connection, sql, rows, |row| {
            let (name, place, sha256) = (row.get(0)?, path_of(row.get(1)?), row.get(2)?);
            match found.iter_mut().find(|t| t.place == place && t.sha256 == sha256) {
                Some(trace) => trace.records += 1,
                None => found.push(Trace { name, place, sha256, records: 1 }),
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn delete(&mut self, traces: &Traces) -> rusqlite::Result<Rows> {
        let immediate = TransactionBehavior::Immediate;
        let change = self.connection.transaction_with_behavior(immediate)?;
        let mut rows = Rows::default();
        let readings: BTreeSet<i64> =
            among(&change, "SELECT id FROM reading WHERE sha256 IN", &traces.contents)?
                .into_iter()
                .collect();
        rows.outputs = gone(&change, "DELETE FROM output WHERE capture IN", &traces.rows)?;
        rows.records = gone(&change, "DELETE FROM capture WHERE id IN", &traces.rows)?;
        let judgements: BTreeSet<i64> =
            among(&change, "SELECT id FROM judgement WHERE reading IN", &readings)?
                .into_iter()
                .collect();
        gone(&change, "DELETE FROM finding WHERE judgement IN", &judgements)?;
        gone(&change, "DELETE FROM judgement WHERE id IN", &judgements)?;
        rows.readings = gone(&change, "DELETE FROM reading WHERE id IN", &readings)?;
        change.commit()?;
        Ok(rows)
    }
}

/// Run `sql`, which ends with `IN`, on these values, as many at a time as SQLite takes.
fn for_each<V: Clone + Into<Value>>(
    connection: &Connection,
    sql: &str,
    values: &BTreeSet<V>,
    mut f: impl FnMut(&rusqlite::Row) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let values: Vec<Value> = values.iter().cloned().map(Into::into).collect();
    for some in values.chunks(MANY) {
        let mut all = connection.prepare(&within(sql, some.len()))?;
        let mut rows = all.query(params_from_iter(some))?;
        while let Some(row) = rows.next()? {
            f(row)?;
        }
    }
    Ok(())
}

/// The first column of such a query.
fn among<T: rusqlite::types::FromSql, V: Clone + Into<Value>>(
    connection: &Connection,
    sql: &str,
    values: &BTreeSet<V>,
) -> rusqlite::Result<Vec<T>> {
    let mut found = Vec::new();
    for_each(connection, sql, values, |row| {
        if !matches!(row.get_ref(0)?, ValueRef::Null) {
            found.push(row.get(0)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// How many rows such a deletion took away.
fn gone<V: Clone + Into<Value>>(
    connection: &Connection,
    sql: &str,
    values: &BTreeSet<V>,
) -> rusqlite::Result<usize> {
    let values: Vec<Value> = values.iter().cloned().map(Into::into).collect();
    let mut count = 0;
    for some in values.chunks(MANY) {
        count += connection.execute(&within(sql, some.len()), params_from_iter(some))?;
    }
    Ok(count)
}

fn within(sql: &str, values: usize) -> String {
    format!("{sql} ({})", vec!["?"; values].join(","))
}

/// Whether a word stands in a name, with nothing of a word before or after it.
fn has_word(name: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && name.match_indices(word).any(|(at, _)| {
            let (before, after) = (&name[..at], &name[at + word.len()..]);
            !part(before.chars().next_back()) && !part(after.chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole_and_not_as_a_part_of_another() {
        for (word, wanted) in [
            ("2026001", true),
            ("CS-1", true),
            ("CS-1/2026001_003", true),
            ("张三", true),
            ("202600", false),
            ("026001", false),
            ("张", false),
            ("3", false),
            ("", false),
        ] {
            assert_eq!(has_word("CS-1/2026001_003 张三", word), wanted, "{word}");
        }
    }
}
