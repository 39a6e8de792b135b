//! From a capture to the standard file, and the proof: the file is read again and judged as it is.

use std::path::Path;

use image::Rgb;

use crate::error::{Error, Result};
use crate::photo;
use crate::pipeline::{Checked, Judged, Pipeline};
use crate::profile::{Limits, Profile, Stage};
use crate::scene::Scene;
use crate::standardise::encode::{self, Band};
use crate::standardise::{self, Background, Wish};
use crate::verdict::{Accept, Outcome};

/// Checks that speak of the background alone: where one does not pass, `auto` replaces it.
const OF_THE_BACKGROUND: [&str; 3] =
    ["background_colour", "background_evenness", "background_shadow"];

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// What to do with the background.
    pub background: Wish,
    /// The worst verdict of a capture that is still made into a file.
    pub accept: Outcome,
}

/// A standard file in memory.
#[derive(Clone, Debug)]
pub struct Standard {
    /// The JPEG.
    pub bytes: Vec<u8>,
    /// Its quality factor.
    pub quality: u8,
    /// What was done with the background.
    pub background: Background,
    /// Every reading of the file itself, and its verdict as a finished one.
    pub judged: Judged,
}

/// What came of one capture.
#[derive(Clone, Debug)]
pub struct Made {
    /// The capture and its verdict.
    pub checked: Checked,
    /// The file, or why there is none.
    pub file: std::result::Result<Standard, String>,
}

impl From<Checked> for Made {
    /// No file, because the capture could not be read.
    fn from(checked: Checked) -> Made {
        let reason = checked.outcome.as_ref().err().cloned();
        Made { file: Err(reason.unwrap_or_else(|| "no file was asked for".to_owned())), checked }
    }
}

/// Make the standard file of a judged scene. It is let go before the file is looked at, so that a large capture and
/// what is found on its file are never held together.
///
/// # Errors
/// [`Error::Standard`] with what stands against it.
pub fn standard(
    pipeline: &mut Pipeline,
    scene: Scene,
    judged: &Judged,
    profile: &Profile,
    order: Order,
) -> Result<Standard> {
    let fill = fill(judged, profile, order)?;
    let (Some(person), Some(plan)) = (&scene.person, &judged.plan) else {
        return Err(refuse("there is not exactly one face"));
    };
    let made = standardise::render(&scene, person, plan, fill);
    drop(scene);
    let file = encode::encode(&made.picture, &band(profile))?;
    // Read as anybody would read it.
    let again = photo::decode(&file.bytes, Path::new("standard.jpg"))?;
    let judged = pipeline.judge(again, profile, Stage::Finished)?;
    Ok(Standard { bytes: file.bytes, quality: file.quality, background: made.background, judged })
}

fn refuse(reason: &str) -> Error {
    Error::Standard { reason: reason.to_owned() }
}

/// The colour to fill the background of a judged capture's standard file with, or none to keep it.
///
/// # Errors
/// [`Error::Standard`] where no file can be made of it; no pixels are needed to tell.
pub fn fill(judged: &Judged, profile: &Profile, order: Order) -> Result<Option<Rgb<u8>>> {
    match judged.verdict.outcome {
        outcome if outcome <= order.accept => {}
        Outcome::Fail => return Err(refuse("the capture fails")),
        _ => return Err(refuse("a person must look at the capture")),
    }
    if judged.person.is_none() {
        return Err(refuse("there is not exactly one face"));
    }
    let plan = judged.plan.as_ref().ok_or_else(|| refuse("the profile has no frame"))?;
    let most = profile.frame.map_or(1.0, |f| f.enlarge) as f32;
    if plan.scale[0] > most + 1e-3 {
        let [x0, y0, x1, y1] = plan.crop;
        let [w, h] = plan.size;
        return Err(refuse(&format!(
            "too few pixels: {:.0} x {:.0} would be enlarged {:.2} times to {w} x {h}, and {most} is the most",
            x1 - x0,
            y1 - y0,
            plan.scale[0]
        )));
    }
    background(judged, profile, order.background)
}

fn background(judged: &Judged, profile: &Profile, wish: Wish) -> Result<Option<Rgb<u8>>> {
    let outcome =
        |id: &str| judged.verdict.findings.iter().find(|f| f.check == id).map(|f| f.outcome);
    let replacement = profile.target(Stage::Capture).replacement;
    let wanted = match wish {
        Wish::Keep => false,
        Wish::Replace if replacement.is_none() => {
            return Err(refuse("the profile does not allow another background"));
        }
        Wish::Replace => true,
        Wish::Auto => {
            let good = |id: &str| matches!(outcome(id), None | Some(Outcome::Pass));
            replacement.is_some() && !OF_THE_BACKGROUND.into_iter().all(good)
        }
    };
    // Before furniture and other people the matte is not good enough to be cut along.
    if wanted && outcome("background_objects") == Some(Outcome::Fail) {
        return Err(refuse("the background is too cluttered to be replaced"));
    }
    Ok(replacement.filter(|_| wanted))
}

/// What the file must keep to: the pass bands of a finished file.
fn band(profile: &Profile) -> Band {
    let limits: &Limits = &profile.finished;
    let ends = |id: &str| match limits.get(id).map(|l| &l.accept) {
        Some(Accept::Range { pass, .. }) => (pass.min, pass.max),
        _ => (None, None),
    };
    let (least, most) = ends("file_size");
    let bytes = |kb: f64| (kb * 1024.0).max(0.0);
    Band {
        bytes: (
            least.map_or(0, |kb| bytes(kb).ceil() as u64),
            most.map_or(u64::MAX, |kb| bytes(kb).floor() as u64),
        ),
        quality: ends("jpeg_quality").0.map_or(60, |q| q.clamp(1.0, 100.0).ceil() as u8),
        dpi: profile.frame.map_or(300, |f| u16::try_from(f.dpi).unwrap_or(300)),
    }
}
