//! Shadows that the person throws on the background.

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Sample;
use crate::pixels::quantile;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "background_shadow",
    title: text("背景阴影", "Shadow behind"),
    unit: "ΔL*",
    names: &[],
    clause: "99号: background without shadows (背景无阴影); rejected as 背景有阴影",
    method: "Median CIE L* of the background farther than 0.9 eye distances from the person less that within 0.1 to 0.45, in the darkest of four places: left and right of the head, left and right of the shoulders.",
    low: fault(
        "halo",
        text("人物周围发亮", "bright around the person"),
        text("背景灯往外挪一点。", "Move the backdrop light outwards."),
    ),
    high: fault(
        "background_shadow",
        text("背景有阴影", "shadow on the background"),
        text("往前坐半米，背后就没影子了。", "Move forward so no shadow falls behind."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// What lies beside the person, eye distances.
const NEAR: std::ops::Range<f32> = 0.1..0.45;

/// What lies away from it.
const AWAY: f32 = 0.9;

fn measure(portrait: &Portrait) -> Measured {
    let backdrop = &portrait.person.body.backdrop;
    let samples = backdrop.samples()?;
    let [left, right] = portrait.matte_cheeks();
    let middle = f32::midpoint(left, right) / 2.0;
    let chin = portrait.on_matte(152)[1] / 2.0;
    let enough = (0.08 * backdrop.eyes * backdrop.eyes) as usize;
    let lightness = |wanted: &dyn Fn(&Sample) -> bool| -> Option<f32> {
        let mut seen: Vec<f32> = samples.iter().filter(|s| wanted(s)).map(|s| s.colour.l).collect();
        if seen.len() < enough.max(1) { None } else { quantile(&mut seen, 0.5) }
    };
    let Some(away) = lightness(&|s| s.away > AWAY) else {
        return Err(Unreadable::because("the background away from the person is not seen"));
    };
    // From the brows to the chin, and from there down.
    let places = [-1.0_f32, 1.0].into_iter().flat_map(|side| {
        [(chin - 2.6 * backdrop.eyes)..chin, chin..f32::MAX].map(|rows| (side, rows))
    });
    let darkest = places
        .filter_map(|(side, rows)| {
            let here = |s: &Sample| {
                NEAR.contains(&s.away)
                    && rows.contains(&(s.y as f32))
                    && (s.x as f32 - middle) * side > 0.0
            };
            let seen: Vec<&Sample> = samples.iter().filter(|s| here(s)).collect();
            Some((lightness(&here)?, seen))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((near, seen)) = darkest else {
        return Err(Unreadable::because("too little background beside the person is seen"));
    };
    let step = (seen.len() / 24).max(1);
    let points =
        seen.iter().step_by(step).map(|s| backdrop.place([s.x as f32, s.y as f32])).collect();
    Ok(Reading {
        value: Value::Number((away - near).into()),
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Points(points)],
    })
}
