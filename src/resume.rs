//! One capture, looked at only where that is needed: what a ledger knows of its content is used
//! instead, and judged by the profile of the day.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::capture::{self, Capture, Given};
use crate::hash::sha256_hex;
use crate::ledger::{Known, Past, Stamp, Timing};
use crate::photo;
use crate::pipeline::{Checked, Judged, Pipeline, judge_look, judge_scene};
use crate::produce::{self, Made, Order, Standard};
use crate::profile::{Profile, Stage};
use crate::scene::Scene;
use crate::standardise::Background;

/// What is to be done with each capture of a run.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// The rules.
    pub profile: &'a Profile,
    /// What the files are taken for.
    pub stage: Stage,
    /// The standard file that is to be made, if one is.
    pub order: Option<Order>,
    /// What may be used instead of looking.
    pub known: Option<&'a Known>,
}

/// What came of one capture, and at which cost.
#[derive(Clone, Debug)]
pub struct Done {
    /// The capture, its verdict and its standard file.
    pub made: Made,
    /// Where the standard file already lies.
    pub kept: Option<PathBuf>,
    /// What the file system said of the capture before it was read.
    pub stamp: Option<Stamp>,
    /// Whether it was looked at in this run (it or a copy), or readings of an earlier one were used.
    pub looked: bool,
    /// How long each step took.
    pub timing: Timing,
}

impl From<Checked> for Done {
    /// A capture that nothing could be done with.
    fn from(checked: Checked) -> Done {
        let timing = Timing::default();
        Done { made: checked.into(), kept: None, stamp: None, looked: true, timing }
    }
}

/// What came of it, where its standard file already lies, and whether it was looked at; or its hash, as far
/// as it was read, and what went wrong.
type Attempt = Result<(Made, Option<PathBuf>, bool), (Option<String>, String)>;

/// What takes something of a picture before its pixels are let go.
pub type Keep<T> = dyn Fn(&RgbImage) -> Option<T> + Sync;

/// Look at a capture, or take what is known of it. Never fails: what goes wrong is its outcome.
///
/// Beside it what `keep` takes of the picture, where there is one.
pub fn look<T>(
    pipeline: &mut Pipeline,
    given: &Given,
    course: &Course,
    keep: Option<&Keep<T>>,
) -> (Done, Option<T>) {
    let mut taken = None;
    let start = Instant::now();
    let capture = &given.capture;
    // A picture of an archive has no file of its own.
    let stamp = if given.bytes.is_none() { Stamp::of(&capture.path) } else { None };
    let mut timing = Timing::default();
    let mut run = || -> Attempt {
        let failed =
            |sha256: Option<&String>, e: crate::error::Error| (sha256.cloned(), e.to_string());
        if let (Some(known), Some(stamp)) = (course.known, stamp)
            && let Some(sha256) = known.unchanged(capture, stamp).map_err(|e| failed(None, e))?
            && let Some(known) = recall(capture, &sha256, course)
        {
            return Ok(known);
        }
        let most = photo::Limits::default().max_file_bytes;
        let bytes = capture::read(given, most).map_err(|e| failed(None, e))?;
        let sha256 = sha256_hex(&bytes);
        if let Some(known) = recall(capture, &sha256, course) {
            return Ok(known);
        }
        let mut scene = || {
            let photo = timed(&mut timing.decode, || photo::decode(&bytes, &capture.path))?;
            timed(&mut timing.perceive, || pipeline.perceive(photo))
        };
        let scene = scene().map_err(|e| failed(Some(&sha256), e))?;
        drop(bytes);
        taken = keep.and_then(|keep| keep(&scene.photo.pixels));
        let judged =
            timed(&mut timing.measure, || judge_scene(&scene, course.profile, course.stage));
        let file = timed(&mut timing.standardise, || file(pipeline, scene, &judged, course));
        let checked =
            Checked { capture: capture.clone(), sha256: Some(sha256), outcome: Ok(judged) };
        Ok((Made { checked, file }, None, true))
    };
    let (made, kept, looked) = run().unwrap_or_else(|(sha256, reason)| {
        let failed = Checked { capture: capture.clone(), sha256, outcome: Err(reason) };
        (failed.into(), None, true)
    });
    // What was not looked at now is still to be shown.
    if let (None, Ok(_), Some(keep)) = (&taken, &made.checked.outcome, keep) {
        let bytes = capture::read(given, photo::Limits::default().max_file_bytes);
        let photo = bytes.and_then(|bytes| photo::decode(&bytes, &capture.path));
        taken = photo.ok().and_then(|photo| keep(&photo.pixels));
    }
    timing.all = start.elapsed();
    if course.order.is_none() {
        timing.standardise = None;
    }
    (Done { made, kept, stamp, looked, timing }, taken)
}

fn timed<T>(time: &mut Option<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    *time = Some(start.elapsed());
    done
}

fn file(
    pipeline: &mut Pipeline,
    scene: Scene,
    judged: &Judged,
    course: &Course,
) -> Result<Standard, String> {
    let Some(order) = course.order else { return Err("no file was asked for".to_owned()) };
    produce::standard(pipeline, scene, judged, course.profile, order).map_err(|e| e.to_string())
}

/// What the ledger knows of this content, judged; nothing where it must be looked at.
fn recall(
    capture: &Capture,
    sha256: &str,
    course: &Course,
) -> Option<(Made, Option<PathBuf>, bool)> {
    let known = course.known?;
    // Where the ledger cannot be read, the picture can: writing will say what is wrong.
    let past = known.content(sha256, capture).ok()??;
    let checked =
        |outcome| Checked { capture: capture.clone(), sha256: Some(sha256.to_owned()), outcome };
    let seen = match &past.seen {
        Ok(seen) => seen.clone(),
        Err(reason) => {
            let reason = format!("{}: {reason}", capture.path.display());
            return Some((checked(Err(reason)).into(), None, !past.earlier));
        }
    };
    let judged = judge_look(seen, course.profile, course.stage);
    let (file, kept) = match course.order {
        None => (Err("no file was asked for".to_owned()), None),
        Some(order) => match produce::fill(&judged, course.profile, order) {
            Err(reason) => (Err(reason.to_string()), None),
            Ok(fill) => {
                let background = fill.map_or(Background::Kept, Background::Replaced);
                let (file, path) = kept(known, &past, course.profile, background)?;
                (Ok(file), Some(path))
            }
        },
    };
    Some((Made { checked: checked(Ok(judged)), file }, kept, !past.earlier))
}

/// The standard file that was made before, where it is still on disk as it was written, with its proof.
fn kept(
    known: &Known,
    past: &Past,
    profile: &Profile,
    background: Background,
) -> Option<(Standard, PathBuf)> {
    let recorded = known.outputs(past, &profile.sha256, &word(&background)).ok()?;
    recorded.into_iter().find_map(|there| {
        let bytes = std::fs::read(&there.path).ok()?;
        let whole = sha256_hex(&bytes) == there.sha256 && proof(&there.path).is_file();
        let judged = whole.then(|| judge_look(there.finished, profile, Stage::Finished))?;
        let (quality, background) = (there.quality, background.clone());
        Some((Standard { bytes, quality, background, judged }, there.path))
    })
}

/// Where the proof of a standard file lies.
fn proof(standard: &Path) -> PathBuf {
    standard.with_extension("json")
}

/// What was done with the background, as the ledger writes it.
pub fn word(background: &Background) -> String {
    match background {
        Background::Kept => "kept".to_owned(),
        Background::Replaced(c) => format!("{},{},{}", c.0[0], c.0[1], c.0[2]),
    }
}
