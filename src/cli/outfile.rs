//! Files that a run writes: whole or not at all, and never over others unasked.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};

/// Files that are on their way begin so, with the number of the process behind it.
pub(super) const UNFINISHED: &str = ".photogate-";

/// How such a file begins in this run.
pub(super) fn unfinished() -> String {
    format!("{UNFINISHED}{}-", std::process::id())
}

/// A file that nobody has written to for so long, and whose process is not here, is not of one on another
/// computer either; a day where processes cannot be asked about.
const FORGOTTEN: Duration =
    Duration::from_secs(if cfg!(target_os = "linux") { 600 } else { 24 * 3600 });

/// Take away what runs that were killed left unfinished in a folder: it holds pictures of people, and is
/// hidden. Best effort: what cannot be removed is in nobody's way.
pub(super) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|n| n.strip_prefix(UNFINISHED)) else { continue };
        let process = rest.split('-').next().unwrap_or_default();
        let runs = Path::new("/proc").join(process).exists() || process.parse::<u32>().is_err();
        let written = entry.metadata().and_then(|about| about.modified());
        let old = written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FORGOTTEN));
        if runs || !old {
            continue;
        }
        let path = entry.path();
        let _ =
            if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

/// A temporary file that everyone may read who may read the folder's other files.
fn shared_file(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let prefix = unfinished();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's umask takes away; the default is for the user alone.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir)
}

/// A file on its way to its place: temporary until it is whole.
pub(super) struct OutFile {
    /// What is written to.
    pub(super) file: tempfile::NamedTempFile,
    /// Its place.
    pub(super) path: PathBuf,
}

impl OutFile {
    /// Begin a file of this name; the folder is made where it is missing.
    ///
    /// # Errors
    /// When it is there already and `force` is not given, or cannot be written.
    pub(super) fn create(dir: &Path, name: &str, force: bool) -> Result<OutFile> {
        let path = dir.join(name);
        let refuse = |source| Error::Write { path: path.clone(), source };
        if path.exists() && !force {
            return Err(Error::Usage {
                reason: format!("{} is there already; --force replaces it", path.display()),
            });
        }
        std::fs::create_dir_all(dir).map_err(refuse)?;
        let file = shared_file(dir).map_err(refuse)?;
        Ok(OutFile { file, path })
    }

    /// Give the file its name.
    ///
    /// # Errors
    /// When it has come to be there meanwhile and `force` is not given, or cannot be renamed.
    pub(super) fn finish(self, force: bool) -> Result<()> {
        // A name that outlives a power cut must not stand for an empty file.
        let synced = self.file.as_file().sync_data();
        synced.map_err(|source| Error::Write { path: self.path.clone(), source })?;
        let saved = if force {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        saved.map(drop).map_err(|e| Error::Write { path: self.path, source: e.error })
    }
}
