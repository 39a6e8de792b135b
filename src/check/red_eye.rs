//! Whether the pupils shine red from a flash.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::eyes::CLOSED;
use crate::face::{distance, part};
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "red_eye",
    title: text("红眼", "Red-eye"),
    unit: "",
    names: &[],
    clause: "99号: no red-eye (无红眼)",
    method: text(
        "虹膜中央（半径的一半以内）露在眼睑之间的部分，红色超出绿色和蓝色中较大者的量（0～255）的中位数；取较红的一只眼，被眼睑遮住时为 0。",
        "How much red exceeds both green and blue (0 to 255) in the middle half of an iris, median between the lids, of the redder eye; 0 where the lids hide it.",
    ),
    low: good("no_red_eye", text("没有红眼", "no red-eye")),
    high: fault(
        "red_eye",
        text("红眼", "red-eye"),
        text("红眼了，重拍一张不用直闪。", "Retake without direct flash."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Eyeball, pupil and rim of the iris of both eyes.
const EYES: [(&[usize], usize, &[usize]); 2] = [
    (part::RIGHT_EYEBALL, part::RIGHT_PUPIL, part::RIGHT_IRIS),
    (part::LEFT_EYEBALL, part::LEFT_PUPIL, part::LEFT_IRIS),
];

fn measure(portrait: &Portrait) -> Measured {
    // The mesh draws a closed eye half open: what lies in it then is skin.
    let open = EYES.iter().zip(portrait.person.lids).filter(|(_, lids)| lids.ratio >= CLOSED);
    let redder = open.map(|(eye, _)| redness(portrait, eye)).max_by(f32::total_cmp);
    let evidence = EYES.map(|e| Evidence::Region(portrait.face.outline(e.2))).to_vec();
    Ok(Reading {
        value: Value::Number(redder.unwrap_or(0.0).into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}

/// Median of red less the greater of green and blue over the middle half of the iris, between the
/// lids; 0 where these are closed: no red shows then.
fn redness(portrait: &Portrait, (ball, pupil, rim): &(&[usize], usize, &[usize])) -> f32 {
    let between_lids = pixels::region(portrait.chip.dimensions(), &[portrait.on_chip(ball)], &[]);
    let centre = portrait.on_chip(&[*pupil])[0];
    let rim = portrait.on_chip(rim);
    let iris = rim.iter().map(|p| distance(*p, centre)).sum::<f32>() / rim.len() as f32;
    let radius = (0.5 * iris).max(1.5);
    let chip = &portrait.chip;
    let mut values: Vec<f32> = pixels::disc(chip.dimensions(), centre, radius)
        .filter(|&(x, y)| between_lids.get_pixel(x, y).0[0] > 0)
        .map(|(x, y)| chip.get_pixel(x, y))
        .map(|p| f32::from(p.0[0]) - f32::from(p.0[1].max(p.0[2])))
        .collect();
    // The outline takes a row of lid along even where the lids touch.
    if values.len() as f32 <= 4.0 * radius {
        return 0.0;
    }
    pixels::quantile(&mut values, 0.5).unwrap_or(0.0)
}
