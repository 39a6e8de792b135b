//! Things behind the person.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::pixels::differ;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "background_objects",
    title: text("背景杂物", "Things behind"),
    unit: "%",
    names: &[],
    clause: "99号: no other people or objects in the background (背景无其他人或物); rejected as 生活照 (snapshot)",
    method: text(
        "头肩周围的背景中，横向或纵向 0.12 倍瞳孔间距之内颜色突变超过 ΔE00 4 的部分所占的比例。渐变和柔和的阴影没有这样的突变。",
        "Share of the background around head and shoulders where the colour steps by more than ΔE00 4 within 0.12 eye distances, across or down. Gradients and soft shadows have no such steps.",
    ),
    low: good("background_plain", text("背景干净", "plain background")),
    high: fault(
        "background_objects",
        text("背景有其他物体", "objects in the background"),
        text(
            "换到纯色背景布前面，背后的东西挪开。",
            "Sit in front of the plain backdrop; clear what stands behind.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Distance over which a step is looked for, eye distances.
const OVER: f32 = 0.12;

/// Colour difference that is a step: seen at a glance, and more than a fold of cloth makes.
const STEP: f32 = 4.0;

/// Wisps of hair stand as far off the head as this, eye distances.
const WISPS: f32 = 0.25;

fn measure(portrait: &Portrait) -> Measured {
    let backdrop = &portrait.person.body.backdrop;
    let samples = backdrop.samples()?;
    let (w, h) = backdrop.size;
    let over = ((OVER * backdrop.eyes).round() as u32).max(2);
    let at = |x: u32, y: u32| (y * w + x) as usize;
    let (mut seen, mut steps) = (0_usize, Vec::new());
    for s in samples.iter().filter(|s| s.away > WISPS) {
        let across = (s.x + over < w).then(|| at(s.x + over, s.y));
        let down = (s.y + over < h).then(|| at(s.x, s.y + over));
        let clear = |i: &usize| backdrop.distance[*i] > WISPS;
        let others: Vec<usize> = across.into_iter().chain(down).filter(clear).collect();
        if others.is_empty() {
            continue;
        }
        seen += 1;
        if others.iter().any(|&i| differ(s.colour, backdrop.colours[i], STEP)) {
            steps.push([s.x as f32, s.y as f32]);
        }
    }
    if (seen as f32) < 0.3 * backdrop.eyes * backdrop.eyes {
        return Err(Unreadable::because(text(
            "画面里背景太少",
            "too little of the background is in the picture",
        )));
    }
    let step = (steps.len() / 60).max(1);
    let points = steps.iter().step_by(step).map(|&p| backdrop.place(p)).collect();
    Ok(Reading {
        value: Value::Number(100.0 * steps.len() as f64 / seen as f64),
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Points(points)],
    })
}
