//! What `check --standardise` and `standardise` have in common: which files are made, how they are called
//! and written.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::outfile::OutFile;
use super::{AcceptArg, BackgroundArg, MakeArgs};
use crate::capture::{Capture, Met};
use crate::error::{Error, Result};
use crate::ledger::Known;
use crate::naming::{Subjects, Taken, Template};
use crate::produce::{Made, Order};
use crate::profile::Stage;
use crate::report::json;
use crate::standardise::Wish;
use crate::verdict::Outcome;

/// Writes the standard files of a run.
pub(super) struct Maker {
    /// What is to be made.
    pub(super) order: Order,
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
        (met, stage): (&[Met], Stage),
    ) -> Result<Maker> {
        let usage = |reason: String| Error::Usage { reason };
        if stage == Stage::Finished {
            return Err(usage("standard files are made of captures: leave --stage out".to_owned()));
        }
        let captures: Vec<Capture> = met.iter().filter_map(|m| m.as_ref().ok()).cloned().collect();
        let list = args.subjects.as_deref();
        let subjects = list.map(|path| Subjects::read(path, &captures)).transpose()?;
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
        Ok(Maker { order, folder, template, subjects, taken: Taken::default(), made: 0, force })
    }

    /// Write the file of a capture and its proof. `there` is what a ledger knows, and where it says
    /// that the file already lies.
    ///
    /// With a ledger, a file that holds these very bytes is as good as written (the run that wrote it
    /// was killed before it could say so), and one that was made of the same capture is replaced.
    pub(super) fn write(
        &mut self,
        made: &Made,
        run: &json::Run,
        there: Option<(&Known, Option<&Path>)>,
    ) -> Came {
        let file = match &made.file {
            Ok(file) => file,
            Err(reason) => return Came::NotMade(reason.clone()),
        };
        let name = self.template.fill(&made.checked.capture, &self.subjects, self.made + 1);
        let written = name.map(|name| self.taken.unlike(name)).and_then(|name| {
            let place = self.place(&name);
            let both = || -> Result<()> {
                let mut force = self.force;
                if let Some((known, kept)) = there {
                    if kept.is_some() && std::path::absolute(&place).ok().as_deref() == kept {
                        return Ok(());
                    }
                    force = force || known.is_of(&place, &made.checked.capture)?;
                }
                let proof = json::made(made, run);
                let begin = |ending: &str, bytes: &[u8]| {
                    let path = place.with_file_name(format!("{}.{ending}", last(&name)));
                    let same = there.is_some() && std::fs::read(&path).is_ok_and(|b| b == bytes);
                    let begun = (!same).then(|| begin(&path, force)).transpose()?;
                    Ok(begun)
                };
                let (proof_file, picture) =
                    (begin("json", proof.as_bytes())?, begin("jpg", &file.bytes)?);
                // The proof first: no picture is ever without one.
                finish(proof_file, proof.as_bytes(), force)?;
                finish(picture, &file.bytes, force)
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

/// The file's own part of a name that may have folders.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The template may have made folders.
fn begin(path: &Path, force: bool) -> Result<OutFile> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    OutFile::create(folder, &name, force)
}

/// Fill a file that was begun, and give it its name.
fn finish(begun: Option<OutFile>, bytes: &[u8], force: bool) -> Result<()> {
    let Some(mut out) = begun else { return Ok(()) };
    let written = out.file.write_all(bytes);
    written.map_err(|source| Error::Write { path: out.path.clone(), source })?;
    out.finish(force)
}
