//! What the commands that judge have in common: what is judged, by which rules, and how.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use super::{InputArgs, LangArg};
use crate::capture::{self, Met};
use crate::error::{Error, Result};
use crate::profile::{self, Profile, Stage};
use crate::report::terminal::Language;

impl InputArgs {
    /// What the files are taken for.
    pub(super) fn stage(&self) -> Stage {
        self.stage.stage()
    }

    /// The rules, with the limits that were changed on the command line.
    pub(super) fn profile(&self) -> Result<Profile> {
        profile::with(Profile::load(&self.profile)?, self.stage(), &self.set)
    }

    /// The language on the terminal.
    pub(super) fn language(&self) -> Language {
        language(self.lang)
    }

    /// The number of workers.
    pub(super) fn workers(&self) -> usize {
        let one_per_core = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(one_per_core, usize::from)
    }

    /// Every picture of what was given, and every place that could not be read; never nothing.
    pub(super) fn find(&self) -> Result<Vec<Met>> {
        let met = capture::find(&inputs(&self.paths)?);
        if met.is_empty() {
            return Err(Error::Usage { reason: "no pictures in what was given".to_owned() });
        }
        Ok(met)
    }
}

/// The language that was asked for.
pub(super) fn language(lang: LangArg) -> Language {
    match lang {
        LangArg::Both => Language::Both,
        LangArg::Zh => Language::Zh,
        LangArg::En => Language::En,
    }
}

/// The paths that were given; `-` stands for the lines of standard input.
pub(super) fn inputs(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        if path != Path::new("-") {
            all.push(path.clone());
            continue;
        }
        for line in io::stdin().lock().split(b'\n') {
            let line =
                line.map_err(|source| Error::Read { path: "standard input".into(), source })?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if !line.is_empty() {
                all.push(path_of(line));
            }
        }
    }
    Ok(all)
}

/// A path from the bytes of a list; a file name need not be UTF-8.
#[cfg(unix)]
fn path_of(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(line).into()
}

#[cfg(not(unix))]
fn path_of(line: &[u8]) -> PathBuf {
    String::from_utf8_lossy(line).into_owned().into()
}
