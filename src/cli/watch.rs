//! `photogate watch`.

mod session;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::session::Session;
use super::make::Maker;
use super::stop::{at_ctrl_c, stopped};
use super::{WatchArgs, print};
use crate::capture::{self, Filter};
use crate::error::{Error, Result};
use crate::profile::{self, Profile, Stage};
use crate::report::screen::Notice;
use crate::report::terminal::{self, Language};
use crate::watch::wake::Wake;
use crate::watch::{Folder, Listed};

/// How often the folder is listed when nothing is told of changes, and how often when a file is waited for.
const IDLE: Duration = Duration::from_millis(400);
const BUSY: Duration = Duration::from_millis(60);

/// The least pause between two listings, whatever is told.
const PAUSE: Duration = Duration::from_millis(30);

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
    // What it writes itself is no photo.
    let own = args.standardise.as_ref().and_then(|out| out.canonicalize().ok());
    if own.is_some() && own == folder.canonicalize().ok() {
        let reason = "--standardise: what is written into the watched folder would be taken for \
                      photos: give another folder";
        return Err(Error::Usage { reason: reason.to_owned() });
    }
    let list = || list(folder, &filter, own.as_deref());
    let engine = args.engine.start()?;
    let mut session = Session::new(args, engine, profile, maker)?;
    session.begin()?;
    let mut files = Folder::default();
    if !args.all {
        files.skip(&list().unwrap_or_default());
    }
    // From here on it may be ended: whoever reads that it watches may do so at once.
    at_ctrl_c();
    let called = terminal::printable(&folder.to_string_lossy());
    let by = session.by();
    let en = format!("watching {called}  ({by})");
    let zh = format!("正在监看 {called}  （{by}）");
    print(if session.language == Language::Zh { &zh } else { &en })?;
    let began = Instant::now();
    let mut wake = Wake::on(folder);
    let mut gone = false;
    while !stopped() {
        let listing = Instant::now();
        let listed = list();
        let took = listing.elapsed();
        match listed {
            // What was known stays known while the folder is away: a share that drops out and comes back
            // brings the same files.
            None if !gone => {
                gone = true;
                eprintln!("{called}: the folder is gone; waiting for it to come back");
                say(session.notice(Notice::Gone));
            }
            None => {}
            Some(listed) => {
                if gone {
                    gone = false;
                    eprintln!("{called}: the folder is back");
                    wake = Wake::on(folder);
                    say(session.notice(Notice::Waiting));
                }
                look(&mut session, &mut files, &listed, began);
            }
        }
        // Of a folder that takes long to list no more than half of the time is spent on that.
        wake.wait(PAUSE.max(took), if files.waits() { BUSY } else { IDLE });
    }
    session.end()
}

/// Judge what is whole and new.
fn look(session: &mut Session, files: &mut Folder, listed: &[Listed], began: Instant) {
    let news = files.scan(listed, began.elapsed());
    for (old, new) in &news.renamed {
        session.rename(old, new);
    }
    for photo in news.whole {
        let made = session.take(&photo.capture);
        if made.checked.outcome.is_err() && files.may_grow(&photo.capture, began.elapsed()) {
            continue;
        }
        // A full disk is said, and the next photo judged all the same.
        say(session.show(&photo, &made));
        if stopped() {
            break;
        }
    }
}

fn say(done: Result<()>) {
    if let Err(e) = done {
        eprintln!("{}", terminal::printable(&e.to_string()));
    }
}

/// The pictures of the folder as they are now, but for those in the folder that is written to; none where
/// there is no folder.
fn list(folder: &Path, filter: &Filter, own: Option<&Path>) -> Option<Vec<Listed>> {
    // On some systems a folder that is gone still lists as an empty one.
    std::fs::read_dir(folder).ok()?;
    let real = own.and_then(|_| folder.canonicalize().ok());
    // Only ever asked of a folder that lies below the watched one.
    let own = own.zip(real.as_deref()).and_then(|(own, real)| own.strip_prefix(real).ok());
    let listed = capture::pictures(folder, filter).filter_map(|found| {
        let capture = found.ok()?;
        let inside = capture.path.strip_prefix(folder).ok();
        if own.zip(inside).is_some_and(|(own, inside)| inside.starts_with(own)) {
            return None;
        }
        // A file that goes away between two calls is not there.
        let facts = std::fs::metadata(&capture.path).ok()?;
        Some(Listed { capture, size: facts.len(), modified: facts.modified().ok() })
    });
    Some(listed.collect())
}
