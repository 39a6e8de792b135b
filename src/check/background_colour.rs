//! Whether the background has an accepted colour.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::gist::{Gist, Tone};
use crate::pixels::{self, delta_e00, lab};
use crate::scene::Portrait;
use crate::target::Target;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "background_colour",
    title: text("背景颜色", "Background colour"),
    unit: "ΔE00",
    names: &[],
    clause: "99号: light blue 100,197,255, white 255,255,255 or light grey 240,240,240 (参考值, for reference)",
    method: text(
        "头肩周围背景的颜色中位数，与规格允许的颜色中最接近的一种之间的色差（CIEDE2000）。",
        "Colour difference CIE DE2000 between the median colour of the background around head and shoulders and the nearest colour that the profile accepts.",
    ),
    low: good("background_exact", text("背景颜色相符", "background as wanted")),
    high: fault(
        "background_colour",
        text("背景颜色不符合要求", "background of another colour"),
        // `advice` says which colours the profile wants.
        text(
            "背景颜色不对，请换到规定颜色的背景前。",
            "Wrong backdrop: please move in front of one of the wanted colour.",
        ),
    ),
    suspicion: false,
    measure: Measure::Target(measure),
};

fn measure(gist: &Gist, target: &Target) -> Measured {
    let Tone { colour, confidence, evidence } = gist.background.clone()?;
    let off = target.backgrounds.iter().map(|c| delta_e00(colour, lab(*c)));
    match off.min_by(f32::total_cmp) {
        Some(nearest) => Ok(Reading { value: Value::Number(nearest.into()), confidence, evidence }),
        None => Err(Unreadable::because(text(
            "规格没有规定背景颜色",
            "the profile names no colour for the background",
        ))),
    }
}

/// The colour of the background around head and shoulders.
pub(super) fn seen(portrait: &Portrait) -> Result<Tone, Unreadable> {
    let backdrop = &portrait.person.body.backdrop;
    let samples = backdrop.samples()?;
    let Some(colour) = pixels::median(samples.iter().map(|s| s.colour)) else {
        return Err(Unreadable::because(text(
            "画面里背景太少",
            "too little of the background is in the picture",
        )));
    };
    let step = (samples.len() / 24).max(1);
    let points = samples.iter().step_by(step).map(|s| backdrop.place([s.x as f32, s.y as f32]));
    Ok(Tone {
        colour,
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Points(points.collect())],
    })
}
