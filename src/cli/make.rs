//! What `check --standardise` and `standardise` have in common: which files are made, how they are called
//! and written.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::input::Inputs;
use super::outfile::OutFile;
use super::{AcceptArg, BackgroundArg, MakeArgs};
use crate::capture::Capture;
use crate::error::{Error, Result};
use crate::naming::{Subjects, Taken, Template};
use crate::produce::{Made, Order};
use crate::profile::{Profile, Stage};
use crate::report::json;
use crate::standardise::Wish;
use crate::standardise::sheet::{self, Layout};
use crate::verdict::Outcome;

/// Writes the standard files of a run.
pub(super) struct Maker {
    /// What is to be made.
    pub(super) order: Order,
    /// How every print sheet is laid out, where they are wanted.
    pub(super) layout: Option<Layout>,
    folder: PathBuf,
    template: Template,
    subjects: Subjects,
    taken: Taken,
    made: usize,
    force: bool,
}

/// What came of one capture.
pub(super) enum Came {
    /// Written under this name, without ending, and as a finished file passed or did not.
    Written { name: String, passed: bool },
    /// Not made, for this reason.
    NotMade(String),
    /// Made, but it could not be named or written.
    Failed(String),
}

impl Came {
    /// Whether the file passes as a finished one.
    pub(super) fn passed(&self) -> bool {
        matches!(self, Came::Written { passed: true, .. })
    }

    /// Whether something was made that could not be kept.
    pub(super) fn failed(&self) -> bool {
        matches!(self, Came::Failed(_))
    }
}

impl Maker {
    /// Look at everything that may be wrong with the order before any picture is.
    pub(super) fn new(
        args: &MakeArgs,
        folder: &Path,
        force: bool,
        (input, profile, stage): (&Inputs, &Profile, Stage),
    ) -> Result<Maker> {
        let usage = |reason: String| Error::Usage { reason };
        if stage == Stage::Finished {
            return Err(usage("standard files are made of captures: leave --stage out".to_owned()));
        }
        let layout = args.sheet.layout(profile)?;
        let list = args.subjects.as_deref();
        let read = |path| {
            let captures: Vec<Capture> = input.find()?.into_iter().flatten().collect();
            Subjects::read(path, &captures)
        };
        let subjects = list.map(read).transpose()?;
        let subjects = subjects.unwrap_or_default();
        if let Some(column) = args.name.columns().find(|c| !subjects.has(c)) {
            return Err(match list {
                None => usage(format!(
                    "--name wants {{{column}}}: give --subjects FILE with such a column"
                )),
                Some(path) => Error::Subjects {
                    path: path.to_owned(),
                    reason: format!("--name wants {{{column}}}, and there is no such column"),
                },
            });
        }
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Write { path: folder.to_owned(), source })?;
        let order = Order {
            background: match args.background {
                BackgroundArg::Auto => Wish::Auto,
                BackgroundArg::Keep => Wish::Keep,
                BackgroundArg::Replace => Wish::Replace,
            },
            accept: match args.accept {
                AcceptArg::Pass => Outcome::Pass,
                AcceptArg::Look => Outcome::Review,
                AcceptArg::Any => Outcome::Fail,
            },
        };
        let (template, folder) = (args.name.clone(), folder.to_owned());
        let taken = Taken::default();
        Ok(Maker { order, layout, folder, template, subjects, taken, made: 0, force })
    }

    /// Write the file of a capture and its proof.
    pub(super) fn write(&mut self, made: &Made, run: &json::Run) -> Came {
        let file = match &made.file {
            Ok(file) => file,
            Err(reason) => return Came::NotMade(reason.clone()),
        };
        let name = self.template.fill(&made.checked.capture, &self.subjects, self.made + 1);
        let written = name.map(|name| self.taken.unlike(name)).and_then(|name| {
            let begin = |ending: &str| begin(&self.folder, &format!("{name}.{ending}"), self.force);
            let both = || -> Result<()> {
                let (mut proof, mut picture) = (begin("json")?, begin("jpg")?);
                let print = |layout| Ok((sheet::print(layout, &file.bytes)?, begin("sheet.jpg")?));
                let sheet = self.layout.as_ref().map(print).transpose()?;
                let printed = sheet.as_ref().map(|(sheet, _)| sheet);
                fill(&mut proof, json::made(made, printed, run).as_bytes())?;
                fill(&mut picture, &file.bytes)?;
                // The proof first: no picture is ever without one.
                proof.finish(self.force)?;
                if let Some((sheet, mut out)) = sheet {
                    fill(&mut out, &sheet.bytes)?;
                    out.finish(self.force)?;
                }
                picture.finish(self.force)
            };
            both().map_err(|e| e.to_string())?;
            Ok(name)
        });
        match written {
            Ok(name) => {
                self.made += 1;
                Came::Written { name, passed: file.judged.verdict.outcome == Outcome::Pass }
            }
            Err(reason) => Came::Failed(reason),
        }
    }

    /// Where a name was written.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.jpg"))
    }
}

/// The template may have made folders.
fn begin(folder: &Path, name: &str, force: bool) -> Result<OutFile> {
    let path = folder.join(name);
    let (folder, name) = (path.parent().unwrap_or(folder), path.file_name().unwrap_or_default());
    OutFile::create(folder, &name.to_string_lossy(), force)
}

fn fill(out: &mut OutFile, bytes: &[u8]) -> Result<()> {
    let path = &out.path;
    out.file.write_all(bytes).map_err(|source| Error::Write { path: path.clone(), source })
}
