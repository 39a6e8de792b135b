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
    method: text(
        "离人物 0.9 倍瞳孔间距以外的背景（不分左右）的 CIE L* 中位数，减去同一高度上离人物 0.1～0.45 倍瞳孔间距的背景的 CIE L* 中位数；头部左侧、头部右侧、肩部左侧、肩部右侧各算一次，取最大值。",
        "Median CIE L* of the background farther than 0.9 eye distances from the person, on either side, less that within 0.1 to 0.45 at the same height: the most of left and right of the head, left and right of the shoulders.",
    ),
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
    // From above the brows to the chin, and from there down; held against what lies away at that height,
    // so that a backdrop that is darker below is no shadow.
    let heights = [(chin - 2.6 * backdrop.eyes)..chin, chin..(chin + 2.0 * backdrop.eyes)];
    let places =
        heights.into_iter().flat_map(|rows| [-1.0_f32, 1.0].map(|side| (side, rows.clone())));
    let darkest = places
        .filter_map(|(side, rows)| {
            let level = |s: &Sample| rows.contains(&(s.y as f32));
            let beside = |s: &Sample| {
                level(s) && NEAR.contains(&s.away) && (s.x as f32 - middle) * side > 0.0
            };
            let away = lightness(&|s| level(s) && s.away > AWAY)?;
            let near = lightness(&beside)?;
            Some((away - near, samples.iter().filter(|s| beside(s)).collect::<Vec<_>>()))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((darker, seen)) = darkest else {
        return Err(Unreadable::because(text(
            "人物旁边背景太少",
            "too little background beside the person is seen",
        )));
    };
    let step = (seen.len() / 24).max(1);
    let points =
        seen.iter().step_by(step).map(|s| backdrop.place([s.x as f32, s.y as f32])).collect();
    Ok(Reading {
        value: Value::Number(darker.into()),
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Points(points)],
    })
}
