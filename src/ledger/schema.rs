//! The tables, and how a ledger is told from anything else.

use rusqlite::{Connection, TransactionBehavior};

/// "phga": SQLite's application id of a ledger.
const APPLICATION: i64 = 0x7068_6761;

/// Version of the tables, of the packed forms in them and of what a kept reading means. A change of any counts it up
/// (4: `face_covered` is a chance, no longer a colour difference).
const VERSION: i64 = 4;

/// What is said of a file that is something else.
pub(super) const FOREIGN: &str = "the file is no ledger of photogate, and is left as it is";

const TABLES: &str = "
CREATE TABLE maker (
  id INTEGER PRIMARY KEY,
  program TEXT NOT NULL, engine TEXT NOT NULL, models TEXT NOT NULL, checks TEXT NOT NULL,
  UNIQUE (program, engine, models, checks)
) STRICT;
CREATE TABLE profile (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE, toml TEXT NOT NULL
) STRICT;
-- One start of the program. `finished` is missing where it was cut off.
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  started INTEGER NOT NULL, finished INTEGER,
  maker INTEGER NOT NULL REFERENCES maker, profile INTEGER NOT NULL REFERENCES profile,
  stage TEXT NOT NULL
) STRICT;
-- What was read of one content, once: packed, see forms.rs; or why it could not be read, without the path.
CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL, ending TEXT NOT NULL, maker INTEGER NOT NULL REFERENCES maker,
  readings BLOB, error TEXT, details BLOB,
  UNIQUE (sha256, ending, maker), CHECK ((readings IS NULL) = (error IS NOT NULL))
) STRICT;
CREATE TABLE judgement (
  id INTEGER PRIMARY KEY,
  reading INTEGER NOT NULL REFERENCES reading, profile INTEGER NOT NULL REFERENCES profile,
  stage TEXT NOT NULL, verdict TEXT NOT NULL, first TEXT,
  UNIQUE (reading, profile, stage)
) STRICT;
-- What did not pass.
CREATE TABLE finding (
  judgement INTEGER NOT NULL REFERENCES judgement, check_id TEXT NOT NULL,
  outcome TEXT NOT NULL, required INTEGER NOT NULL, value ANY, slack REAL, code TEXT,
  PRIMARY KEY (judgement, check_id)
) STRICT, WITHOUT ROWID;
-- One capture of one run. `place` is the absolute path; `looked` is 0 where stored readings were used.
CREATE TABLE capture (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run, seq INTEGER NOT NULL,
  name TEXT NOT NULL, path ANY NOT NULL, place ANY NOT NULL,
  bytes INTEGER, modified INTEGER, changed INTEGER, inode INTEGER, at INTEGER NOT NULL, sha256 TEXT,
  reading INTEGER REFERENCES reading, judgement INTEGER REFERENCES judgement, error TEXT,
  looked INTEGER NOT NULL, not_made TEXT,
  us INTEGER, us_decode INTEGER, us_perceive INTEGER, us_measure INTEGER, us_standardise INTEGER,
  UNIQUE (run, seq)
) STRICT;
CREATE INDEX capture_place ON capture (place, id);
-- The standard file of a capture; `finished` is what was read of the file itself.
CREATE TABLE output (
  capture INTEGER PRIMARY KEY REFERENCES capture,
  source INTEGER NOT NULL REFERENCES reading, profile INTEGER NOT NULL REFERENCES profile,
  background TEXT NOT NULL, name TEXT NOT NULL, place ANY NOT NULL,
  sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, quality INTEGER NOT NULL,
  finished INTEGER NOT NULL REFERENCES reading, verdict TEXT NOT NULL
) STRICT;
CREATE INDEX output_source ON output (source, profile, background);
CREATE INDEX output_place ON output (place);
";

/// Refused by SQLite, or by us for a reason, or good.
type Said = rusqlite::Result<Result<(), String>>;

/// Make the tables where the file is new; else see that they are ours.
pub(super) fn make(connection: &mut Connection) -> Said {
    if is_new(connection)? {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been quicker.
        if is_new(&change)? {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "application_id", APPLICATION)?;
            change.pragma_update(None, "user_version", VERSION)?;
        }
        change.commit()?;
    }
    if let Err(reason) = verify(connection)? {
        return Ok(Err(reason));
    }
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    // Without write-ahead (some network folders) each transaction is written through.
    let synchronous = if mode == "wal" { "normal" } else { "full" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Says at once that the file may not be written to, and not after the first photo.
    connection.transaction_with_behavior(TransactionBehavior::Immediate)?.commit()?;
    Ok(Ok(()))
}

/// Whether the tables are those that this program knows.
pub(super) fn verify(connection: &Connection) -> Said {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if number("application_id")? != APPLICATION {
        return Ok(Err(FOREIGN.to_owned()));
    }
    Ok(match number("user_version")? {
        VERSION => Ok(()),
        newer if newer > VERSION => Err(format!(
            "the ledger was written by a newer photogate: it has version {newer}, this program knows {VERSION}"
        )),
        older => Err(format!(
            "the ledger has version {older}, this program knows {VERSION}: begin a new one"
        )),
    })
}

fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let things: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok(application == 0 && things == 0)
}
