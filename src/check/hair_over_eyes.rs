//! Whether hair hangs over an eye.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::face::{CHIP_EYES, part};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "hair_over_eyes",
    title: text("头发遮眼", "Hair over the eyes"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮眉、眼、耳 (hair off brows, eyes and ears); rejected as 头发遮挡眼睛",
    method: text(
        "眼睛的宽度中，从额头直到下眼睑都是头发颜色而不是皮肤颜色的部分所占的比例；取遮得较多的一只眼。皮肤的颜色还参照同侧脸颊：半边脸在阴影里时，阴影不算头发；阴影与头发分不开时不测。",
        "Share of an eye's width over which everything from the forehead down to the lower lid has the colour of the hair rather than that of the skin; the eye with more of it. Skin is also what has the colour of the cheek on the same side, so that a shadow over half of the face is no hair; where the two cannot be told apart nothing is said.",
    ),
    low: good("eyes_free", text("眼睛无遮挡", "the eyes are free of hair")),
    high: fault(
        "hair_over_eye",
        text("头发遮挡眼睛", "hair over an eye"),
        text("刘海夹起来，眼睛全露出来。", "Clip the fringe: show both eyes."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Height of the forehead that must be covered too, pupil distances over the upper lid: the brow's
/// hair ends below it, a fringe comes from above it.
const ABOVE: f32 = 0.55;

/// Share of an eye behind hair that is a fault whatever the other eye shows (what `chsi-degree` fails).
const BEHIND: f64 = 0.5;

fn measure(portrait: &Portrait) -> Measured {
    let eyes = [
        (part::RIGHT_EYE_CORNERS, part::RIGHT_LIDS, part::RIGHT_EYE, part::RIGHT_CHEEK),
        (part::LEFT_EYE_CORNERS, part::LEFT_LIDS, part::LEFT_EYE, part::LEFT_CHEEK),
    ];
    let (mut value, mut unread) = (0.0_f64, None);
    for (corners, lids, _, cheek) in eyes {
        let ends = portrait.on_chip(&corners);
        let mean = |points: Vec<[f32; 2]>| points.iter().map(|p| p[1]).sum::<f32>() / 3.0;
        let top = mean(portrait.on_chip(&lids.map(|l| l.0))) - ABOVE * CHIP_EYES;
        let bottom = mean(portrait.on_chip(&lids.map(|l| l.1)));
        let (x0, x1) = (ends[0][0].min(ends[1][0]), ends[0][0].max(ends[1][0]));
        match portrait.hair_across([x0, top, x1, bottom], cheek) {
            Ok(share) => value = value.max(share),
            Err(why) => unread = Some(why),
        }
    }
    // Of one eye behind hair nothing is taken back by the other one.
    if let Some(why) = unread.filter(|_| value < BEHIND) {
        return Err(why);
    }
    let outline = |(_, _, outline, _)| Evidence::Region(portrait.face.outline(outline));
    Ok(Reading {
        value: Value::Number(100.0 * value),
        confidence: face_confidence(portrait),
        evidence: eyes.map(outline).to_vec(),
    })
}
