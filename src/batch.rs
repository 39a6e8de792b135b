//! Many captures: the only parallelism. Results come in the order of the input.
//!
//! What is done with each capture is handed in: checking it, or making its standard file as well.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::capture::{Capture, Met};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::pipeline::{Checked, Pipeline};

/// Do `work` with everything that was met, on `workers` threads, and hand each result to `each` in the
/// order of the input, on the calling thread, until it breaks off.
///
/// What could not be found, and a capture that makes a worker panic, is one failed capture. The results
/// do not depend on the number of workers.
///
/// # Errors
/// When the models cannot be loaded or the threads not be started; single captures never fail the
/// batch.
pub fn run<T: From<Checked> + Send>(
    met: &[Met],
    engine: &Engine,
    workers: usize,
    work: impl Fn(&mut Pipeline, &Capture) -> T + Sync,
    mut each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<()> {
    let workers = workers.clamp(1, met.len().max(1));
    // Loaded before any result is given, so that a broken model is one error and not one per photo.
    let mut pipelines = Vec::new();
    for _ in 0..workers {
        pipelines.push(Pipeline::load(engine)?);
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .map_err(|e| Error::Engine { reason: format!("cannot start {workers} workers: {e}") })?;
    let next = AtomicUsize::new(0);
    // Bounded, so that fast workers wait for a slow reader. (What waits for an earlier capture that
    // takes long is verdicts, not pixels.)
    let (sender, receiver) = mpsc::sync_channel(4 * workers);
    pool.in_place_scope(|scope| {
        for mut pipeline in pipelines.into_iter().map(Some) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move |_| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = met.get(i) else { break };
                    let done = one_of(&mut pipeline, one, engine, work);
                    if sender.send((i, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (i, done) in receiver {
            waiting.insert(i, done);
            while let Some(done) = waiting.remove(&due) {
                if each(done).is_break() {
                    // Dropping the receiver stops the workers.
                    return;
                }
                due += 1;
            }
        }
    });
    Ok(())
}

fn one_of<T: From<Checked>>(
    pipeline: &mut Option<Pipeline>,
    one: &Met,
    engine: &Engine,
    work: impl Fn(&mut Pipeline, &Capture) -> T,
) -> T {
    let capture = match one {
        Ok(capture) => capture,
        Err(e) => {
            let path = e.path().map(ToOwned::to_owned).unwrap_or_default();
            let capture = Capture { id: path.to_string_lossy().into_owned(), path };
            return Checked { capture, sha256: None, outcome: Err(e.to_string()) }.into();
        }
    };
    let fail = |said: &str| {
        let outcome = Err(format!("{}: {said}", capture.path.display()));
        Checked { capture: capture.clone(), sha256: None, outcome }.into()
    };
    // A worker whose models were lost to a panic loads them anew.
    if pipeline.is_none() {
        match Pipeline::load(engine) {
            Ok(fresh) => *pipeline = Some(fresh),
            Err(e) => return fail(&e.to_string()),
        }
    }
    let Some(mut models) = pipeline.take() else { return fail("no models") };
    match catch_unwind(AssertUnwindSafe(|| work(&mut models, capture))) {
        Ok(done) => {
            *pipeline = Some(models);
            done
        }
        // A session that was left in the middle of a run is not used again.
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            fail(&format!("the program failed on this file: {}", said.unwrap_or("no message")))
        }
    }
}
