//! The ledger: one SQLite file that remembers what was looked at, what was read, judged and made.
//!
//! It holds no pictures and no thumbnails: paths, hashes, numbers, the mesh of each face, and the
//! profiles in full. Readings belong to a content (its SHA-256 and the file's ending, which a check
//! asks about) and to what read them (program, models, engine); a second record of the same cannot be
//! made. Verdicts belong to readings and a profile. A run lists its captures in their order.
//!
//! Every capture is one short transaction, in write-ahead mode: a process killed at any moment loses
//! what was in flight and nothing else. After a power cut the last few captures may be missing; the
//! file is whole all the same.
//!
//! The only module that names `rusqlite`. Times are microseconds since 1970, UTC.

mod book;
mod entry;
mod forget;
mod forms;
mod history;
mod known;
mod packed;
mod rows;
mod schema;
mod stored;

pub use book::Book;
pub use entry::{Entry, Output, Timing};
pub use forget::{Listed, Rows, Trace, Traces};
pub use history::{Event, RunLine};
pub use known::{Known, Past, Recorded};
pub use stored::{Context, Reader, Row};

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::capture::Capture;
use crate::check::{ALL, Check, Measure};
use crate::error::{Error, Result};
use crate::model;

/// How long another program may be writing before we give up.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

/// What made readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// Version of this program, and of its source.
    pub program: String,
    /// Name and version of the inference engine.
    pub engine: String,
    /// Names and SHA-256 of the models, `NAME=HASH`, parted by blanks.
    pub models: String,
    /// Ids of the checks that are read from pixels, in their order, parted by blanks.
    pub checks: String,
}

impl MadeBy {
    /// By this program, with this engine.
    pub fn this(engine: &str) -> MadeBy {
        let models = model::SHIPPED.iter().map(|m| format!("{}={}", m.name, m.sha256()));
        let checks = ALL.iter().filter(|c| reads_pixels(c)).map(|c| c.id);
        MadeBy {
            program: crate::PROGRAM.to_owned(),
            engine: engine.to_owned(),
            models: models.collect::<Vec<_>>().join(" "),
            checks: checks.collect::<Vec<_>>().join(" "),
        }
    }
}

/// Whether a check is measured on pixels, and not from what is kept of them.
fn reads_pixels(check: &Check) -> bool {
    !matches!(check.measure, Measure::Target(_) | Measure::Framed(_))
}

/// What the file system says of a file; the same means unchanged.
///
/// Size and time of writing are not enough: the photos of a burst on a card that counts two seconds may have
/// both alike, and names can be swapped. So the file itself (its inode) and when anything about it changed are asked
/// about too, where the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its size.
    pub bytes: u64,
    /// When it was last written, nanoseconds since 1970.
    pub modified: i64,
    /// When its content, name or owner changed, nanoseconds since 1970, and its inode.
    pub file: Option<(i64, i64)>,
    /// When we asked, microseconds since 1970.
    pub at: i64,
}

impl Stamp {
    /// Of the file at this path; none where it cannot be asked about.
    pub fn of(path: &Path) -> Option<Stamp> {
        let at = now();
        let about = std::fs::metadata(path).ok()?;
        let modified = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let modified = i64::try_from(modified.as_nanos()).ok()?;
        Some(Stamp { bytes: about.len(), modified, file: file(&about), at })
    }
}

#[cfg(unix)]
fn file(about: &std::fs::Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let changed = about.ctime().checked_mul(1_000_000_000)?.checked_add(about.ctime_nsec())?;
    // Numbers beyond half of the range come out negative, which is as good to compare.
    Some((changed, about.ino() as i64))
}

#[cfg(not(unix))]
fn file(_: &std::fs::Metadata) -> Option<(i64, i64)> {
    None
}

/// Microseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl Ledger {
    /// The ledger at this path, made where there is none.
    ///
    /// # Errors
    /// [`Error::Ledger`] when it cannot be written, or is something else.
    pub fn create(path: &Path) -> Result<Ledger> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut ledger = Ledger::connect(path, flags)?;
        let made = schema::make(&mut ledger.connection);
        made.map_err(|e| said(path, &e))?.map_err(|reason| refuse(path, reason))?;
        Ok(ledger)
    }

    /// The ledger at this path, which must be there; it is not written to.
    ///
    /// # Errors
    /// [`Error::Ledger`] when it cannot be read, or is something else.
    pub fn open(path: &Path) -> Result<Ledger> {
        if !path.is_file() {
            return Err(refuse(path, "there is no such ledger"));
        }
        let ledger = Ledger::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (ledger, known) = match schema::verify(&ledger.connection) {
            // What a run left in order can be read where nothing can be written, but SQLite must be told
            // that nobody writes there.
            Err(e) if cannot_write(&e) && !is_being_written(path) => {
                let ledger = Ledger::connect(&still(path), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                let known = schema::verify(&ledger.connection);
                (Ledger { path: path.to_owned(), ..ledger }, known)
            }
            known => (ledger, known),
        };
        known.map_err(|e| unread(path, &e))?.map_err(|reason| refuse(path, reason))?;
        Ok(ledger)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Ledger> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(path, flags).map_err(|e| said(path, &e))?;
        connection.busy_timeout(PATIENCE).map_err(|e| said(path, &e))?;
        Ok(Ledger { connection, path: path.to_owned() })
    }
}

/// Whether SQLite wanted to write beside a ledger that was only to be read.
fn cannot_write(e: &rusqlite::Error) -> bool {
    let code = e.sqlite_error_code();
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// Whether something of a ledger is not in its file yet.
fn is_being_written(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// A ledger as SQLite's address of a file that nobody changes.
fn still(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{text}?immutable=1").into()
}

/// SQLite's refusal to read, in plain words.
fn unread(path: &Path, e: &rusqlite::Error) -> Error {
    match e.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => refuse(
            path,
            "the ledger cannot be read: no permission, or a run into it was cut off and its folder is read-only",
        ),
        _ => said(path, e),
    }
}

fn refuse(path: &Path, reason: impl Into<String>) -> Error {
    Error::Ledger { path: path.to_owned(), reason: reason.into() }
}

/// SQLite's refusal in plain words.
fn said(path: &Path, e: &rusqlite::Error) -> Error {
    let reason = match e.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => schema::FOREIGN.to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => format!("the ledger is damaged: {e}"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!(
            "the ledger is locked: another program has been writing to it for {} s",
            PATIENCE.as_secs()
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "the ledger cannot be written to: it or its folder is read-only".to_owned()
        }
        Some(ErrorCode::CannotOpen) => {
            "the ledger cannot be opened: no such folder, or no permission".to_owned()
        }
        Some(ErrorCode::DiskFull) => "the ledger cannot be written to: the disk is full".to_owned(),
        _ => format!("the ledger: {e}"),
    };
    refuse(path, reason)
}

/// A path as it is stored: text, or bytes where it is none.
fn stored_path(path: &Path) -> Value {
    #[cfg(unix)]
    if path.to_str().is_none() {
        use std::os::unix::ffi::OsStrExt;
        return Value::Blob(path.as_os_str().as_bytes().to_owned());
    }
    Value::Text(path.to_string_lossy().into_owned())
}

/// A stored path.
fn path_of(value: Value) -> PathBuf {
    match value {
        Value::Text(text) => text.into(),
        #[cfg(unix)]
        Value::Blob(bytes) => {
            use std::os::unix::ffi::OsStringExt;
            std::ffi::OsString::from_vec(bytes).into()
        }
        _ => PathBuf::new(),
    }
}

/// Where a file is, whatever the working directory is next time and by whichever way it was given: the same
/// file has one place. A link keeps its own name; what is not there (inside an archive) is below what is.
pub fn place(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = whole.ancestors().skip(1).find_map(|above| {
        let rest = whole.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.join(rest))
    });
    real.unwrap_or(whole)
}

/// Where a capture is: its file, and where it lies inside a file its name there.
fn place_of(capture: &Capture) -> PathBuf {
    let file = place(&capture.path);
    // The name of a capture in a folder is the end of its path (with forward slashes on any system).
    let path = capture.path.to_string_lossy();
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
    if path.ends_with(&capture.id) {
        return file;
    }
    let mut inside = file.into_os_string();
    inside.push("!");
    inside.push(&capture.id);
    inside.into()
}

/// The ending that is part of what a capture says about itself.
fn ending(capture: &Capture) -> String {
    Path::new(&capture.id)
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}
