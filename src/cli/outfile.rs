//! Files that a run writes: whole or not at all, and never over others unasked.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A temporary file that everyone may read who may read the folder's other files.
fn shared_file(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".photogate-");
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
        let saved = if force {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        saved.map(drop).map_err(|e| Error::Write { path: self.path, source: e.error })
    }
}
