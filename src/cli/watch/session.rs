//! What is carried from photo to photo, and where each verdict goes.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::make::{Came, Maker};
use super::super::outfile::OutFile;
use super::super::{WatchArgs, ignore_broken_pipe};
use crate::batch;
use crate::capture::{Capture, Given};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::gate::Gate;
use crate::hash::sha256_hex;
use crate::pipeline::Checked;
use crate::produce::{Made, Order};
use crate::profile::{Profile, Stage};
use crate::report::screen::{self, Notice, Shown, Unwritten};
use crate::report::terminal::{self, Language};
use crate::report::{Files, Summary, json};
use crate::watch::Listed;
use crate::watch::drifts::Drifts;
use crate::watch::shots::{Shot, Shots};

/// A session of shooting.
pub(super) struct Session<'a> {
    pub(super) language: Language,
    args: &'a WatchArgs,
    engine: &'static Engine,
    called: String,
    profile: Profile,
    /// None after a panic, until the next photo.
    gate: Option<Gate>,
    maker: Option<Maker>,
    shots: Shots,
    drifts: Drifts,
    /// The standard file of each photo: the hash of its bytes, and what came of it.
    written: HashMap<PathBuf, (String, String, bool)>,
    /// Photos whose standard file could not be written, and why.
    unwritten: Vec<(PathBuf, String)>,
    files: Files,
}

impl<'a> Session<'a> {
    /// Load the models.
    pub(super) fn new(
        args: &'a WatchArgs,
        engine: &'static Engine,
        profile: Profile,
        maker: Option<Maker>,
    ) -> Result<Session<'a>> {
        let gate = Some(Gate::of(engine, profile.clone(), Stage::Capture)?);
        Ok(Session {
            language: args.lang.language(),
            args,
            engine,
            called: format!("{} {}", engine.name, engine.version),
            profile,
            gate,
            maker,
            shots: Shots::new(Duration::from_secs(args.burst)),
            drifts: Drifts::default(),
            written: HashMap::new(),
            unwritten: Vec::new(),
            files: Files::default(),
        })
    }

    /// Try what will be written to, and begin the page: what is wrong is said before anybody is photographed.
    pub(super) fn begin(&self) -> Result<()> {
        let usage = |e: Error| match e {
            Error::Usage { .. } => e,
            e => Error::Usage { reason: e.to_string() },
        };
        if let Some(path) = &self.args.log {
            begin_log(path).map_err(usage)?;
        }
        if let Some(path) = &self.args.screen {
            may_be_page(path).map_err(usage)?;
            self.notice(Notice::Waiting).map_err(usage)?;
        }
        Ok(())
    }

    /// By which profile and engine.
    pub(super) fn by(&self) -> String {
        format!("{}, {}", self.profile.name, self.called)
    }

    /// Show on the page that there is no photo to show.
    pub(super) fn notice(&self, notice: Notice) -> Result<()> {
        let Some(path) = &self.args.screen else { return Ok(()) };
        replace(path, &screen::notice(notice, &self.summary(), self.language))
    }

    /// Judge a photo, and make its standard file where one is wanted.
    pub(super) fn take(&mut self, capture: &Capture) -> Made {
        let order = self.maker.as_ref().map(|m| m.order);
        self.guarded(capture, order, Gate::take)
    }

    /// A photo that the program fails on is an unreadable one, as in a batch.
    fn guarded(
        &mut self,
        capture: &Capture,
        order: Option<Order>,
        work: impl FnOnce(&mut Gate, &Given, Option<Order>) -> Made,
    ) -> Made {
        let given = Given { capture: capture.clone(), bytes: None };
        let load = || Gate::of(self.engine, self.profile.clone(), Stage::Capture);
        batch::guarded(&mut self.gate, &given, load, |gate, given| work(gate, given, order))
    }

    /// A photo has another name now.
    pub(super) fn rename(&mut self, old: &Path, new: &Capture) {
        self.shots.rename(old, new);
        if let Some(written) = self.written.remove(old) {
            self.written.insert(new.path.clone(), written);
        }
        let unwritten = self.unwritten.iter_mut().filter(|(path, _)| path == old);
        unwritten.for_each(|(path, _)| path.clone_from(&new.path));
    }

    /// Tell what came of a photo: those who stand there first, then the page, then the log. What cannot be
    /// told in one place is told in the others; the first error.
    pub(super) fn show(&mut self, photo: &Listed, made: &Made) -> Result<()> {
        let checked = &made.checked;
        if self.said(checked) {
            return Ok(());
        }
        let taken = photo.modified.unwrap_or_else(SystemTime::now);
        let taken = self.shots.take(Shot::of(checked, taken));
        let mut drifts = Vec::new();
        if let (Ok(judged), false) = (&checked.outcome, taken.again) {
            drifts = self.drifts.take(&judged.measurements, judged.verdict.outcome);
        }
        let came = self.keep(made);
        let path = &checked.capture.path;
        let failed = came.as_ref().is_some_and(Came::failed);
        let summary = self.summary();
        let shown = Shown {
            checked,
            drifts: &drifts,
            best: taken.best.as_ref().filter(|b| b.of > 1),
            unwritten: self.unwritten.last().map(|(of, why)| Unwritten {
                count: self.unwritten.len(),
                why,
                now: of == path,
            }),
            summary: &summary,
            language: self.language,
        };
        let (mut told, mut paged, mut logged) = (Ok(()), Ok(()), Ok(()));
        if taken.news || failed {
            told = self.tell(made, came.as_ref(), &shown).or_else(ignore_broken_pipe);
            if let Some(path) = &self.args.screen {
                paged = replace(path, &screen::page(&shown));
            }
        }
        if let Some(path) = &self.args.log {
            logged = append(path, &self.record(made, came.as_ref()));
        }
        told.and(paged).and(logged)
    }

    /// End with the counts. A session is over when somebody says so: it is not cut off by that.
    pub(super) fn end(&self) -> Result<u8> {
        let summary = self.summary();
        let failed = self.unwritten.len();
        let files = self.maker.as_ref().map(|_| Files { failed, ..self.files });
        let mut out = anstream::stdout().lock();
        let told = terminal::summary(&mut out, &summary, files.as_ref(), &self.by(), self.language);
        let paged = self.notice(Notice::Ended);
        told.or_else(ignore_broken_pipe).and(paged)?;
        Ok(u8::from(summary.exit_code() > 0 || failed > 0))
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        self.shots.outcomes().for_each(|outcome| summary.count(outcome));
        summary
    }

    /// Whether these bytes have been judged: touched, copied beside themselves, or renamed in a way
    /// that changed their time.
    fn said(&mut self, checked: &Checked) -> bool {
        let (true, Some(sha256)) = (checked.outcome.is_ok(), &checked.sha256) else { return false };
        let Some(holder) = self.shots.holder(sha256).cloned() else { return false };
        if holder.path != checked.capture.path && !holder.path.exists() {
            self.rename(&holder.path, &checked.capture);
        }
        true
    }

    /// Write the standard file. The same one is not written twice: something else was written into the
    /// photo meanwhile.
    fn keep(&mut self, made: &Made) -> Option<Came> {
        let maker = self.maker.as_mut()?;
        let path = &made.checked.capture.path;
        let hash = made.file.as_ref().map_or_else(|_| String::new(), |f| sha256_hex(&f.bytes));
        if let Some((_, name, passed)) = self.written.get(path).filter(|w| w.0 == hash) {
            return Some(Came::Written { name: name.clone(), passed: *passed });
        }
        let run = json::Run {
            profile: &self.profile,
            stage: Stage::Capture,
            engine: &self.called,
            mesh: false,
        };
        let came = maker.write(made, &run, None);
        self.unwritten.retain(|(of, _)| of != path);
        match &came {
            Came::Written { name, passed } => {
                self.files.count(true, *passed, false);
                self.written.insert(path.clone(), (hash, name.clone(), *passed));
            }
            Came::Failed(why) => self.unwritten.push((path.clone(), why.clone())),
            Came::NotMade(_) => {}
        }
        Some(came)
    }

    fn tell(&self, made: &Made, came: Option<&Came>, shown: &Shown) -> std::io::Result<()> {
        let mut out = anstream::stdout().lock();
        screen::terminal(&mut out, shown, self.args.bell)?;
        match (came, &made.file, &self.maker) {
            (Some(Came::Written { name, .. }), Ok(file), Some(maker)) => {
                terminal::standard(&mut out, file, &maker.place(name), self.language)?;
            }
            // What could not be written has been said, and what could not be read.
            (Some(Came::NotMade(why)), ..) if made.checked.outcome.is_ok() => {
                terminal::not_made(&mut out, why, self.language)?;
            }
            _ => {}
        }
        out.flush()
    }

    fn record(&self, made: &Made, came: Option<&Came>) -> String {
        let run = json::Run {
            profile: &self.profile,
            stage: Stage::Capture,
            engine: &self.called,
            mesh: false,
        };
        match came {
            None => json::record(&made.checked, None, &run),
            Some(Came::Written { name, .. }) => json::record_made(made, Ok(name), None, &run),
            Some(Came::NotMade(why) | Came::Failed(why)) => {
                json::record_made(made, Err(why), None, &run)
            }
        }
    }
}

/// Make sure that records can be added to the file, and that it is one of records.
fn begin_log(path: &Path) -> Result<()> {
    let last = || {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if !file.metadata()?.is_file() || file.metadata()?.len() == 0 {
            return Ok(None);
        }
        let (mut reader, mut first, mut last) = (File::open(path)?, [0], [0]);
        reader.read_exact(&mut first)?;
        reader.seek(SeekFrom::End(-1))?;
        reader.read_exact(&mut last)?;
        // A line that was cut off by a power cut stays alone.
        if first == *b"{" && last != *b"\n" {
            file.write_all(b"\n")?;
        }
        Ok(Some(first))
    };
    match last().map_err(|source| Error::Write { path: path.to_owned(), source })? {
        Some(first) if first != *b"{" => Err(Error::Usage {
            reason: format!(
                "{}: is there already, and holds no records: give --log another name",
                path.display()
            ),
        }),
        _ => Ok(()),
    }
}

fn append(path: &Path, record: &str) -> Result<()> {
    let write = || {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // One call, so that no line is ever half there.
        file.write_all(format!("{record}\n").as_bytes())
    };
    write().map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Refuse to write a page over anything but a page.
fn may_be_page(path: &Path) -> Result<()> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1000).read_to_end(&mut head));
    match read {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
        Ok(_) if head.is_empty() || screen::is_page(&head) => Ok(()),
        Ok(_) => Err(Error::Usage {
            reason: format!(
                "{}: is there already, and is no page of photogate watch: give --screen another name",
                path.display()
            ),
        }),
    }
}

/// A whole page or the one before.
fn replace(path: &Path, page: &str) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = OutFile::create(folder, &name, true)?;
    let refuse = |source| Error::Write { path: path.to_owned(), source };
    out.file.write_all(page.as_bytes()).map_err(refuse)?;
    out.finish(true)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};
    use crate::engine::{self, Choice};

    #[test]
    fn a_photo_that_the_program_fails_on_is_an_error_and_the_next_is_judged() {
        let cli = Cli::try_parse_from(["photogate", "watch", "."]).unwrap();
        let Command::Watch(args) = &cli.command else { panic!("no watch") };
        let (engine, profile) =
            (engine::start(&Choice::Auto).unwrap(), Profile::load(&args.profile));
        let mut session = Session::new(args, engine, profile.unwrap(), None).unwrap();
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/c01.jpg");
        let capture = Capture { id: "c01.jpg".to_owned(), path };
        let failed = session.guarded(&capture, None, |_, _, _| panic!("a made-up fault"));
        let reason = failed.checked.outcome.unwrap_err();
        assert!(reason.contains("c01.jpg") && reason.contains("a made-up fault"), "{reason}");
        assert!(session.take(&capture).checked.outcome.is_ok());
    }
}
