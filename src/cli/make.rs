//! What `check --standardise` and `standardise` have in common: which files are made, how they are called
//! and written.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::input::Inputs;
use super::outfile::OutFile;
use super::{AcceptArg, BackgroundArg, MakeArgs};
use crate::capture::Capture;
use crate::error::{Error, Result};
use crate::ledger::{self, Known};
use crate::naming::{self, Subjects, Taken, Template};
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
        super::outfile::sweep(folder);
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
        let written = self.name(&made.checked.capture, there).and_then(|name| {
            let place = self.place(&name);
            let both = || -> Result<()> {
                let mut force = self.force;
                let path = |ending: &str| place.with_file_name(format!("{}.{ending}", last(&name)));
                if let Some((known, _)) = there {
                    force = force || known.is_of(&place, &made.checked.capture)? == Some(true);
                }
                let print = |layout| sheet::print(layout, &file.bytes);
                let printed = self.layout.as_ref().map(print).transpose()?;
                let proof = json::made(made, printed.as_ref(), run);
                // The proof first: no picture is ever without one.
                let mut parts = vec![("json", proof.as_bytes())];
                parts.extend(printed.as_ref().map(|sheet| ("sheet.jpg", &sheet.bytes[..])));
                parts.push(("jpg", &file.bytes));
                // All are begun before the first gets its name: what is in the way is said in time.
                let mut begun = Vec::new();
                for (ending, bytes) in parts {
                    let path = path(ending);
                    let same = there.is_some() && std::fs::read(&path).is_ok_and(|b| b == bytes);
                    if !same {
                        begun.push((begin(&path, force)?, bytes));
                    }
                }
                begun.into_iter().try_for_each(|(out, bytes)| finish(out, bytes, force))
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

    /// The name of a capture's file. One that a ledger knows keeps its name, and one that is new takes none
    /// that is another's: a photo that comes in between renames nothing.
    fn name(
        &mut self,
        capture: &Capture,
        there: Option<(&Known, Option<&Path>)>,
    ) -> std::result::Result<String, String> {
        let failed = |e: Error| e.to_string();
        if let Some((known, Some(kept))) = there
            && let Some(name) = self.name_of(kept)
            && self.template.may_be(&name, capture, &self.subjects)
            && known.is_of(kept, capture).map_err(failed)? == Some(true)
            && self.taken.is_free(&name)
        {
            self.taken.take(&name);
            return Ok(name);
        }
        let mut count = self.made + 1;
        loop {
            let filled = self.template.fill(capture, &self.subjects, count)?;
            for name in naming::variants(&filled).filter(|n| self.taken.is_free(n)) {
                let place = self.place(&name);
                let of = there.map(|(known, _)| known.is_of(&place, capture));
                if of.transpose().map_err(failed)?.flatten() != Some(false) {
                    self.taken.take(&name);
                    return Ok(name);
                }
                // Another number makes another name, and none behind it is needed.
                if self.template.counts() {
                    break;
                }
            }
            count += 1;
        }
    }

    /// The name of a file in our folder.
    fn name_of(&self, file: &Path) -> Option<String> {
        let inside = file.strip_prefix(ledger::place(&self.folder.join("x")).parent()?).ok()?;
        let steps = inside.with_extension("");
        let steps: Option<Vec<&str>> = steps.iter().map(|s| s.to_str()).collect();
        Some(steps?.join("/"))
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
fn finish(mut out: OutFile, bytes: &[u8], force: bool) -> Result<()> {
    let written = out.file.write_all(bytes);
    written.map_err(|source| Error::Write { path: out.path.clone(), source })?;
    out.finish(force)
}
