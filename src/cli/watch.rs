//! `photogate watch`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use notify::Watcher;

use super::make::{Came, Maker};
use super::stop::{at_ctrl_c, stopped};
use super::{WatchArgs, print};
use crate::batch::Twins;
use crate::capture::{self, Filter, Given};
use crate::error::{Error, Result};
use crate::gate::Gate;
use crate::produce::Made;
use crate::profile::{self, Profile, Stage};
use crate::report::screen::{self, Shown};
use crate::report::terminal::{self, Language};
use crate::report::{Summary, json};
use crate::watch::session::{Bursts, Drifts};
use crate::watch::{Folder, Listed};

/// How often the folder is listed when nothing is told of changes, and how often when a file is waited for.
const IDLE: Duration = Duration::from_millis(400);
const BUSY: Duration = Duration::from_millis(60);

/// Judge photos as they appear, until Ctrl-C.
pub(super) fn run(args: &WatchArgs) -> Result<u8> {
    let folder = &args.folder;
    if !folder.is_dir() {
        return Err(Error::Usage { reason: format!("{}: no such folder", folder.display()) });
    }
    let profile = profile::with(Profile::load(&args.profile)?, Stage::Capture, &args.set)?;
    let filter = Filter::new(&args.include, &args.exclude);
    let filter = filter.map_err(|reason| Error::Usage { reason })?;
    let inputs = super::input::Inputs { paths: vec![folder.clone()], filter: filter.clone() };
    let maker = |out: &PathBuf| {
        Maker::new(&args.make, out, args.force, (&inputs, &profile, Stage::Capture))
    };
    let maker = args.standardise.as_ref().map(maker).transpose()?;
    let engine = args.engine.start()?;
    let gate = Gate::of(engine, profile.clone(), Stage::Capture)?;
    let mut session = Session {
        args,
        gate,
        maker,
        engine: format!("{} {}", engine.name, engine.version),
        language: args.lang.language(),
        twins: Twins::default(),
        summary: Summary::default(),
        drifts: Drifts::default(),
        bursts: Bursts::new(Duration::from_secs(args.burst)),
    };
    let mut files = Folder::default();
    if !args.all {
        files.skip(&list(folder, &filter).unwrap_or_default());
    }
    let en = format!("watching {}  ({}, {})", folder.display(), profile.name, session.engine);
    let zh = format!("正在监看 {}  （{}，{}）", folder.display(), profile.name, session.engine);
    print(if session.language == Language::Zh { &zh } else { &en })?;
    at_ctrl_c();
    let began = Instant::now();
    let mut wake = wake(folder);
    let mut gone = false;
    let called = terminal::printable(&folder.to_string_lossy());
    while !stopped() {
        match list(folder, &filter) {
            // What was known stays known while the folder is away: a share that drops out and comes back
            // brings the same files.
            None if !gone => {
                gone = true;
                eprintln!("{called}: the folder is gone; waiting for it to come back");
            }
            None => {}
            Some(listed) => {
                if gone {
                    gone = false;
                    eprintln!("{called}: the folder is back");
                    wake = self::wake(folder);
                }
                for capture in files.scan(&listed, began.elapsed()) {
                    let given = Given { capture, bytes: None };
                    let order = session.maker.as_ref().map(|m| m.order);
                    let made = session.gate.take(&given, order);
                    let unread = made.checked.outcome.is_err();
                    if unread && files.may_grow(&given.capture, began.elapsed()) {
                        continue;
                    }
                    // A full disk is said, and the next photo judged all the same.
                    if let Err(e) = session.show(&made, began.elapsed()) {
                        eprintln!("{}", terminal::printable(&e.to_string()));
                    }
                    if stopped() {
                        break;
                    }
                }
            }
        }
        let pause = if files.waits() { BUSY } else { IDLE };
        // Of many events that come together one is enough.
        if wake.told.recv_timeout(pause).is_ok() {
            while wake.told.try_recv().is_ok() {}
        }
    }
    let by = format!("{}, {}", profile.name, session.engine);
    let mut out = anstream::stdout().lock();
    let told = terminal::summary(&mut out, &session.summary, None, &by, session.language);
    told.or_else(super::ignore_broken_pipe)?;
    Ok(if session.summary.total() == 0 { 0 } else { session.summary.exit_code().min(1) })
}

/// What is carried from photo to photo.
struct Session<'a> {
    args: &'a WatchArgs,
    gate: Gate,
    maker: Option<Maker>,
    engine: String,
    language: Language,
    twins: Twins,
    summary: Summary,
    drifts: Drifts,
    bursts: Bursts,
}

impl Session<'_> {
    fn show(&mut self, made: &Made, now: Duration) -> Result<()> {
        let checked = &made.checked;
        // Renamed, or copied beside itself: it has been said.
        if checked.outcome.is_ok() && self.twins.of(checked).is_some() {
            return Ok(());
        }
        self.summary.count(checked.outcome.as_ref().ok().map(|j| j.verdict.outcome));
        let (mut drifts, mut best) = (Vec::new(), None);
        if let Ok(judged) = &checked.outcome {
            drifts = self.drifts.take(&judged.measurements, judged.verdict.outcome);
            best = Some(self.bursts.take(&checked.capture.id, &judged.verdict, now));
        }
        let run = json::Run {
            profile: &self.gate.profile,
            stage: Stage::Capture,
            engine: &self.engine,
            mesh: false,
        };
        let came = self.maker.as_mut().map(|m| m.write(made, &run, None));
        if let Some(path) = &self.args.log {
            let record = match &came {
                None => json::record(checked, None, &run),
                Some(Came::Written { name, .. }) => json::record_made(made, Ok(name), None, &run),
                Some(Came::NotMade(why) | Came::Failed(why)) => {
                    json::record_made(made, Err(why), None, &run)
                }
            };
            append(path, &record)?;
        }
        let shown = Shown {
            checked,
            drifts: &drifts,
            best: best.as_ref().filter(|b| b.of > 1),
            summary: &self.summary,
            language: self.language,
        };
        if let Some(path) = &self.args.screen {
            replace(path, screen::page(&shown).as_bytes())?;
        }
        let mut out = anstream::stdout().lock();
        let mut tell = || {
            screen::terminal(&mut out, &shown, self.args.bell)?;
            match (&came, &made.file, &self.maker) {
                (Some(Came::Written { name, .. }), Ok(file), Some(maker)) => {
                    terminal::standard(&mut out, file, &maker.place(name), self.language)?;
                }
                (Some(Came::NotMade(why) | Came::Failed(why)), ..) if checked.outcome.is_ok() => {
                    terminal::not_made(&mut out, why, self.language)?;
                }
                _ => {}
            }
            out.flush()
        };
        tell().or_else(super::ignore_broken_pipe)
    }
}

/// The pictures of the folder as they are now; none where there is no folder.
fn list(folder: &Path, filter: &Filter) -> Option<Vec<Listed>> {
    // On some systems a folder that is gone still lists as an empty one.
    std::fs::read_dir(folder).ok()?;
    let listed = capture::pictures(folder, filter).filter_map(|found| {
        let capture = found.ok()?;
        // A file that goes away between two calls is not there.
        let facts = std::fs::metadata(&capture.path).ok()?;
        Some(Listed { capture, size: facts.len(), modified: facts.modified().ok() })
    });
    Some(listed.collect())
}

/// What tells of changes, where the system does; network folders often do not.
struct Wake {
    told: Receiver<()>,
    /// Held so that waiting is waiting also where nothing is ever told.
    _teller: Sender<()>,
    _watcher: Option<notify::RecommendedWatcher>,
}

fn wake(folder: &Path) -> Wake {
    let (tell, told) = mpsc::channel();
    let teller = tell.clone();
    let watcher = notify::recommended_watcher(move |_| {
        let _ = tell.send(());
    });
    let watching = watcher.and_then(|mut w| {
        w.watch(folder, notify::RecursiveMode::Recursive)?;
        Ok(w)
    });
    Wake { told, _teller: teller, _watcher: watching.ok() }
}

fn append(path: &Path, record: &str) -> Result<()> {
    let write = || {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // One call, so that no line is ever half there.
        file.write_all(format!("{record}\n").as_bytes())
    };
    write().map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// A whole page or the one before.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = super::outfile::OutFile::create(folder, &name, true)?;
    let refuse = |source| Error::Write { path: path.to_owned(), source };
    out.file.write_all(bytes).map_err(refuse)?;
    out.finish(true)
}
