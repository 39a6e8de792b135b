//! What the commands that judge have in common: what is judged, by which rules, and how.

use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::InputArgs;
use crate::capture::{self, Capture, Filter, Take};
use crate::error::{Error, Result};
use crate::ledger;
use crate::photo::Limits;
use crate::profile::{self, Profile, Stage};
use crate::progress::{self, Bar};
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
        self.lang.language()
    }

    /// The number of workers.
    pub(super) fn workers(&self) -> usize {
        let one_per_core = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(one_per_core, usize::from)
    }

    /// What was given: where to look, and what is wanted of it.
    pub(super) fn given(&self) -> Result<Inputs> {
        let filter = Filter::new(&self.include, &self.exclude);
        let filter = filter.map_err(|reason| Error::Usage { reason })?;
        Ok(Inputs { paths: inputs(&self.paths)?, filter })
    }
}

/// Where to look for captures.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) paths: Vec<PathBuf>,
    pub(super) filter: Filter,
}

impl Inputs {
    /// Leave out the folders that the run writes pictures to: what it makes is none of its captures.
    ///
    /// # Errors
    /// When such a folder is the input itself.
    pub(super) fn leave_out(&mut self, folders: &[PathBuf]) -> Result<()> {
        let places: Vec<PathBuf> = folders.iter().map(|f| ledger::place(&f.join("x"))).collect();
        let places = places.iter().filter_map(|p| p.parent().map(ToOwned::to_owned));
        self.filter.left_out.extend(places);
        let same = |input: &PathBuf| {
            input.canonicalize().is_ok_and(|real| self.filter.left_out.contains(&real))
        };
        match self.paths.iter().find(|input| same(input)) {
            None => Ok(()),
            Some(input) => Err(Error::Usage {
                reason: format!(
                    "{} is given as input and to write to: the files made would become captures",
                    input.display()
                ),
            }),
        }
    }

    /// Hand on every picture, and every place that could not be read.
    pub(super) fn walk(&self, take: Take) -> ControlFlow<()> {
        capture::walk(&self.paths, &self.filter, Limits::default().max_file_bytes, take)
    }

    /// All of them by name, for what must know them beforehand; never nothing.
    pub(super) fn find(&self) -> Result<Vec<Result<Capture>>> {
        let met = capture::find(&self.paths, &self.filter, Limits::default().max_file_bytes);
        if met.is_empty() { Err(nothing()) } else { Ok(met) }
    }

    /// How many there are, where that is told.
    pub(super) fn count(&self) -> Option<u64> {
        capture::count(&self.paths, &self.filter)
    }

    /// A bar over them.
    pub(super) fn bar(&self) -> Bar {
        let Inputs { paths, filter } = self.clone();
        progress::bar(move || capture::count(&paths, &filter))
    }
}

/// The error of a run that met no picture.
pub(super) fn nothing() -> Error {
    Error::Usage { reason: "no pictures in what was given".to_owned() }
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
