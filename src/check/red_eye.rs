//! Whether the pupils shine red from a flash.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{distance, part};
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "red_eye",
    title: text("红眼", "Red-eye"),
    unit: "",
    names: &[],
    clause: "99号: no red-eye (无红眼)",
    method: "How much red exceeds both green and blue (0 to 255) in the middle half of an iris, median, of the redder eye.",
    low: fault(
        "no_red_eye",
        text("没有红眼", "no red-eye"),
        text("没有红眼，没问题。", "No red-eye, which is fine."),
    ),
    high: fault(
        "red_eye",
        text("红眼", "red-eye"),
        text("红眼了，重拍一张不用直闪。", "Retake without direct flash."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Pupil and rim of the iris of both eyes.
const EYES: [(usize, &[usize]); 2] =
    [(part::RIGHT_PUPIL, part::RIGHT_IRIS), (part::LEFT_PUPIL, part::LEFT_IRIS)];

fn measure(portrait: &Portrait) -> Measured {
    let redder = EYES.iter().filter_map(|e| redness(portrait, e.0, e.1)).max_by(f32::total_cmp);
    let Some(redness) = redder else {
        return Err(Unreadable::because("the pupils have too few pixels"));
    };
    let evidence = EYES.map(|(_, rim)| Evidence::Region(portrait.face.outline(rim))).to_vec();
    Ok(Reading {
        value: Value::Number(redness.into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}

/// Median of red less the greater of green and blue over the middle half of the iris.
fn redness(portrait: &Portrait, pupil: usize, rim: &[usize]) -> Option<f32> {
    let centre = portrait.on_chip(&[pupil])[0];
    let rim = portrait.on_chip(rim);
    let iris = rim.iter().map(|p| distance(*p, centre)).sum::<f32>() / rim.len() as f32;
    let radius = (0.5 * iris).max(1.5);
    let inside = |x: u32, y: u32| distance([x as f32, y as f32], centre) < radius;
    let mut values: Vec<f32> = portrait
        .chip
        .enumerate_pixels()
        .filter(|&(x, y, _)| inside(x, y))
        .map(|(_, _, p)| f32::from(p.0[0]) - f32::from(p.0[1].max(p.0[2])))
        .collect();
    if values.len() < 4 { None } else { pixels::quantile(&mut values, 0.5) }
}
