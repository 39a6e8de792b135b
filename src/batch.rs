//! Many captures: the only parallelism. Results come in the order of the input.
//!
//! What is done with each capture is handed in: checking it, or making its standard file as well.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::capture::{Capture, Given, Met, Take};
use crate::engine::Engine;
use crate::error::{Error, Result, panic_said};
use crate::gate::Gate;
use crate::pipeline::Checked;
use crate::profile::{Profile, Stage};

/// How far the workers may be ahead of a capture that takes long, times their number: what waits for it
/// is verdicts and standard files, some tens of kilobytes each.
const AHEAD: usize = 32;

/// How long a stop may go unnoticed while everything waits for one slow capture.
const PATIENCE: Duration = Duration::from_millis(100);

/// By what a batch is judged, and how.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// The rules.
    pub profile: &'a Profile,
    /// What the files are taken for.
    pub stage: Stage,
    /// Captures at a time, one or more.
    pub workers: usize,
    /// Once it is true nothing new is begun; what is in hand is finished.
    pub stop: &'a AtomicBool,
}

/// Do `work` with everything that `source` gives, and hand each result to `each` in the order of the
/// input, on the calling thread, until it breaks off. The number of captures given.
///
/// What could not be found, and a capture that makes a worker panic, is one failed capture. The results
/// do not depend on the number of workers, and memory not on the number of captures.
///
/// # Errors
/// When the models cannot be loaded or the threads not be started; single captures never fail the
/// batch.
pub fn run<T: From<Checked> + Send>(
    source: impl FnOnce(Take) -> ControlFlow<()> + Send,
    order: &Order,
    work: impl Fn(&mut Gate, &Given) -> T + Sync,
    mut each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<usize> {
    let workers = order.workers.max(1);
    // Loaded before any result is given, so that a broken model is one error and not one per photo.
    let mut gates = Vec::new();
    for _ in 0..workers {
        gates.push(load(order)?);
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers + 1)
        .build()
        .map_err(|e| Error::Engine { reason: format!("cannot start {workers} workers: {e}") })?;
    let (give, taken) = mpsc::sync_channel(workers);
    let (finish, finished) = mpsc::sync_channel(workers);
    // One token for each capture that may be under way or waiting.
    let (free, tokens) = mpsc::sync_channel(AHEAD * workers);
    (0..AHEAD * workers).for_each(|_| free.send(()).unwrap_or(()));
    let (taken, enough) = (Mutex::new(taken), AtomicBool::new(false));
    let stopped = || enough.load(Ordering::Relaxed) || order.stop.load(Ordering::Relaxed);
    pool.in_place_scope(|scope| {
        let (stopped, taken, work) = (&stopped, &taken, &work);
        scope.spawn(move |_| {
            let mut number = 0;
            let _ = source(&mut |met| {
                // Waits for room, but not for workers that were stopped and will make none.
                while tokens.recv_timeout(PATIENCE).is_err() {
                    if stopped() {
                        return ControlFlow::Break(());
                    }
                }
                if stopped() || give.send((number, met)).is_err() {
                    return ControlFlow::Break(());
                }
                number += 1;
                ControlFlow::Continue(())
            });
        });
        for mut gate in gates.into_iter().map(Some) {
            let finish = finish.clone();
            scope.spawn(move |_| {
                while let Some((i, met)) = next(taken) {
                    // What was given and not begun is taken out of the way.
                    if stopped() {
                        continue;
                    }
                    if finish.send((i, one_of(&mut gate, &met, order, work))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(finish);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (i, done) in finished {
            waiting.insert(i, done);
            while let Some(done) = waiting.remove(&due) {
                due += 1;
                let _ = free.try_send(());
                if !enough.load(Ordering::Relaxed) && each(done).is_break() {
                    enough.store(true, Ordering::Relaxed);
                }
            }
        }
        // A stop may have left out one before another that was finished.
        let rest = waiting.len();
        if !enough.load(Ordering::Relaxed) {
            let _ = waiting.into_values().try_for_each(each);
        }
        Ok(due + rest)
    })
}

/// The contents that a run has met, to name what is given twice.
#[derive(Debug, Default)]
pub struct Twins(HashMap<String, String>);

impl Twins {
    /// The id of an earlier capture with the same bytes.
    pub fn of(&mut self, checked: &Checked) -> Option<String> {
        let hash = checked.sha256.clone()?;
        let id = &checked.capture.id;
        match self.0.entry(hash) {
            Entry::Occupied(earlier) => Some(earlier.get().clone()),
            Entry::Vacant(place) => {
                place.insert(id.clone());
                None
            }
        }
    }
}

fn load(order: &Order) -> Result<Gate> {
    Gate::of(order.engine, order.profile.clone(), order.stage)
}

/// The next capture, for one worker at a time.
fn next<T>(taken: &Mutex<Receiver<T>>) -> Option<T> {
    taken.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn one_of<T: From<Checked>>(
    gate: &mut Option<Gate>,
    met: &Met,
    order: &Order,
    work: impl Fn(&mut Gate, &Given) -> T,
) -> T {
    match met {
        Ok(given) => guarded(gate, given, || load(order), work),
        Err(e) => {
            let path = e.path().map(ToOwned::to_owned).unwrap_or_default();
            let capture = Capture { id: path.to_string_lossy().into_owned(), path };
            Checked { capture, sha256: None, outcome: Err(e.to_string()) }.into()
        }
    }
}

/// Do `work` with one capture. A panic is one failed capture; the models are then lost, and loaded anew
/// by `load` when the next one comes.
pub fn guarded<T: From<Checked>>(
    gate: &mut Option<Gate>,
    given: &Given,
    load: impl FnOnce() -> Result<Gate>,
    work: impl FnOnce(&mut Gate, &Given) -> T,
) -> T {
    let capture = &given.capture;
    let fail = |said: &str| {
        let outcome = Err(format!("{}: {said}", capture.path.display()));
        Checked { capture: capture.clone(), sha256: None, outcome }.into()
    };
    // A worker whose models were lost to a panic loads them anew.
    if gate.is_none() {
        match load() {
            Ok(fresh) => *gate = Some(fresh),
            Err(e) => return fail(&e.to_string()),
        }
    }
    let Some(mut models) = gate.take() else { return fail("no models") };
    match catch_unwind(AssertUnwindSafe(|| work(&mut models, given))) {
        Ok(done) => {
            *gate = Some(models);
            done
        }
        // A session that was left in the middle of a run is not used again.
        Err(panic) => fail(&format!("the program failed on this file: {}", panic_said(&*panic))),
    }
}
