//! The HTML report of a run: the page and, of many captures, the folder of thumbnails beside it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::make::Came;
use super::outfile::{self, OutFile};
use crate::error::{Error, Result};
use crate::produce::Made;
use crate::report::html::{self, Places, Rows, Thumb};
use crate::report::terminal::Language;
use crate::report::{Files, Summary, json};

/// Most captures whose thumbnails are put into the page itself: about 5 MB of page.
const INSIDE: usize = 200;

/// A report on its way: nothing of it is in its place before all of it is written.
pub(super) struct Reporter {
    page: OutFile,
    /// The list of captures, which the page has behind everything else.
    index: File,
    rows: Rows,
    /// Where the thumbnails of many captures are gathered.
    thumbs: Option<TempDir>,
    /// The folder of the page, without links: a browser takes `..` by the name.
    dir: PathBuf,
    /// The place of the folder of thumbnails.
    folder: PathBuf,
    force: bool,
}

impl Reporter {
    /// Begin the report of so many captures.
    ///
    /// # Errors
    /// When something is in its place already and `force` is not given, or it cannot be written.
    pub(super) fn begin(path: &Path, force: bool, captures: usize) -> Result<Reporter> {
        let Some(name) = path.file_name() else {
            let reason = format!("--report wants the name of a file, not {}", path.display());
            return Err(Error::Usage { reason });
        };
        let dir = match path.parent() {
            Some(dir) if dir != Path::new("") => dir,
            _ => Path::new("."),
        };
        let refuse = |source| Error::Write { path: path.to_owned(), source };
        outfile::sweep(dir);
        let mut page = OutFile::create(dir, &name.to_string_lossy(), force)?;
        let folder = dir.join(folder_name(path));
        let thumbs = if captures > INSIDE {
            if folder.exists() {
                may_go(&folder, force)?;
            }
            let (mut builder, prefix) = (tempfile::Builder::new(), outfile::unfinished());
            builder.prefix(&prefix);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(fs::Permissions::from_mode(0o777));
            }
            Some(builder.tempdir_in(dir).map_err(refuse)?)
        } else {
            None
        };
        html::begin(&mut page.file).map_err(refuse)?;
        let index = tempfile::tempfile_in(dir).map_err(refuse)?;
        let dir = dir.canonicalize().map_err(refuse)?;
        Ok(Reporter { page, index, rows: Rows::default(), thumbs, dir, folder, force })
    }

    /// Add a capture.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn add(
        &mut self,
        made: &Made,
        thumb: Option<&Thumb>,
        came: Option<&Came>,
        run: &json::Run,
    ) -> Result<()> {
        let standard = match (came, &made.file) {
            (Some(Came::Written { name, .. }), Ok(file)) => Some(Ok((name.as_str(), file))),
            (Some(Came::NotMade(reason)), _) => Some(Err(reason.as_str())),
            // Why it was not written names a place on this machine; that has been said.
            (Some(_), _) => Some(Err("it could not be written")),
            (None, _) => None,
        };
        let number = self.rows.count() + 1;
        if let Some(thumbs) = &self.thumbs {
            let pictures = [
                (html::thumb_name(number), thumb.map(|t| t.jpeg.as_slice())),
                (
                    html::standard_name(number),
                    standard.and_then(|s| s.ok()).map(|s| &s.1.bytes[..]),
                ),
            ];
            for (name, bytes) in pictures {
                let path = thumbs.path().join(name);
                if let Some(bytes) = bytes {
                    fs::write(&path, bytes).map_err(|source| Error::Write { path, source })?;
                }
            }
        }
        let capture = self.way_to(&made.checked.capture.path);
        let places = Places { inside: self.thumbs.is_none(), capture: capture.as_deref() };
        let row = self.rows.row(made, thumb, standard, places, run);
        let separator = if number > 1 { ",\n" } else { "" };
        let both = self.page.file.write_all(row.detail.as_bytes()).and_then(|()| {
            self.index.write_all(separator.as_bytes())?;
            self.index.write_all(row.index.as_bytes())
        });
        both.map_err(|e| self.refuse(e))
    }

    /// The way from the page to a file, as a browser goes it; none to the member of an archive, to another
    /// drive, or by a name that is no text.
    fn way_to(&self, file: &Path) -> Option<String> {
        let way = pathdiff::diff_paths(file.canonicalize().ok()?, &self.dir)?;
        let steps = way.components().map(|c| match c {
            Component::ParentDir => Some(".."),
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        Some(steps.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// Complete the page and put everything in its place.
    ///
    /// # Errors
    /// When it cannot be written, or something has come to be in its place meanwhile.
    pub(super) fn finish(
        mut self,
        run: &json::Run,
        summary: &Summary,
        files: Option<&Files>,
        language: Language,
        stopped: bool,
    ) -> Result<()> {
        let folder = self.thumbs.is_some().then(|| folder_name(&self.page.path));
        let folder = folder.as_ref().map(|f| f.to_string_lossy());
        let mut about = self.rows.about(run, summary, files, folder.as_deref(), language);
        about["stopped"] = stopped.into();
        let mut end = || -> io::Result<()> {
            self.index.rewind()?;
            html::end(&mut self.page.file, &mut self.index, &about)
        };
        end().map_err(|e| self.refuse(e))?;
        // What an earlier report left is put aside, and is gone when all is in its place.
        let aside = if self.folder.exists() && (self.thumbs.is_some() || self.force) {
            self.put_aside()?
        } else {
            None
        };
        if let Some(thumbs) = self.thumbs.take() {
            let moved = fs::rename(thumbs.path(), &self.folder);
            moved.map_err(|source| Error::Write { path: self.folder.clone(), source })?;
            // It has moved: there is nothing left to take away.
            let _ = thumbs.keep();
        }
        let moved = folder.is_some();
        let placed = self.page.finish(self.force);
        if placed.is_err() && moved {
            // Best effort: the error that is told is the first.
            let _ = fs::remove_dir_all(&self.folder);
            if let Some(aside) = &aside {
                let _ = fs::rename(aside.path().join("old"), &self.folder);
            }
        }
        placed
    }

    /// Take an earlier report's thumbnails out of the way.
    fn put_aside(&self) -> Result<Option<TempDir>> {
        match may_go(&self.folder, self.force) {
            // A folder of somebody else is in nobody's way where there is none of ours.
            Err(_) if self.thumbs.is_none() => return Ok(None),
            other => other?,
        }
        let refuse = |source| Error::Write { path: self.folder.clone(), source };
        let dir = self.folder.parent().unwrap_or(Path::new("."));
        let aside = tempfile::Builder::new()
            .prefix(&outfile::unfinished())
            .tempdir_in(dir)
            .map_err(refuse)?;
        fs::rename(&self.folder, aside.path().join("old")).map_err(refuse)?;
        Ok(Some(aside))
    }

    fn refuse(&self, source: io::Error) -> Error {
        Error::Write { path: self.page.path.clone(), source }
    }
}

/// The folder of thumbnails of a report.
pub(super) fn folder_of(page: &Path) -> PathBuf {
    page.with_file_name(folder_name(page))
}

/// `report_files` beside `report.html`, as browsers call what belongs to a page.
fn folder_name(page: &Path) -> OsString {
    let mut name = page.file_stem().unwrap_or_default().to_owned();
    name.push("_files");
    name
}

/// Whether a folder in our way may be replaced: with `force`, and where nothing but thumbnails is in it.
fn may_go(folder: &Path, force: bool) -> Result<()> {
    let refuse = |reason: &str| {
        Err(Error::Usage { reason: format!("{} is there already{reason}", folder.display()) })
    };
    if !force {
        return refuse("; --force replaces it");
    }
    let entries =
        fs::read_dir(folder).map_err(|source| Error::Read { path: folder.to_owned(), source })?;
    for entry in entries {
        let ours = entry.is_ok_and(|e| html::is_thumb_name(&e.file_name().to_string_lossy()));
        if !ours {
            return refuse(", with other things than thumbnails of a report in it");
        }
    }
    Ok(())
}
