//! Whether a mask, a hand or a thing covers the lower face.

use palette::color_difference::Ciede2000;

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::face::part;
use crate::pixels::{self, lab};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "face_covered",
    title: text("面部遮挡", "Face covered"),
    unit: "ΔE00",
    names: &[],
    clause: "99号: 面部无遮挡 (the face is not covered or shaded); collectors check 口鼻、面颊遮挡, 手持证件 (mouth, nose or cheeks covered, a card held up)",
    method: text(
        "下半张脸与上半张脸的色差（CIEDE2000），减去嘴唇与下半张脸的色差；嘴唇的色差更大时为 0。上半张脸取额头和鼻梁中颜色与下半张脸更接近的一处。胡须会使下半张脸变暗，但嘴唇仍然分明。不戴手套的手挡在嘴前，颜色与皮肤相同，查不出。",
        "How much more the lower face differs in colour (CIE DE2000) from the upper than the lips differ from the lower face, 0 where the lips stand out more; the upper face is the forehead or the ridge of the nose, whichever is nearer to it. A beard darkens the lower face, but its lips stand out. A bare hand before the mouth has the colour of skin and is not found.",
    ),
    low: good("face_free", text("面部无遮挡", "the face is free")),
    high: fault(
        "face_covered",
        text("面部遮挡", "something covers the lower face"),
        text("口罩摘下，手和头发不要挡脸。", "Take the mask off; no hand or hair over the face."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Both sides of the upper lip and the chin: what a mask covers.
const LOWER: [&[usize]; 3] = [
    &[205, 50, 101, 36, 203, 206, 216, 207],
    &[425, 280, 330, 266, 423, 426, 436, 427],
    &[199, 200, 201, 194, 182, 83, 18, 313, 406, 418, 421],
];

/// The upper ridge of the nose: what neither a fringe nor a mask covers.
const NOSE: &[usize] = &[193, 168, 417, 351, 6, 122];

fn measure(portrait: &Portrait) -> Measured {
    let colour = |outlines: &[&[usize]]| {
        let polygons: Vec<_> = outlines.iter().map(|o| portrait.on_chip(o)).collect();
        let mask = pixels::region(portrait.chip.dimensions(), &polygons, &[]);
        pixels::median(pixels::masked(&portrait.chip, &mask).map(lab))
    };
    let parts = (colour(&[part::FOREHEAD]), colour(&[NOSE]), colour(&LOWER), colour(&[part::LIPS]));
    let (Some(forehead), Some(nose), Some(lower), Some(lips)) = parts else {
        return Err(Unreadable::because(text(
            "看不到额头、鼻子、下巴或嘴唇",
            "forehead, nose, chin or lips are out of sight",
        )));
    };
    let upper = forehead.difference(lower).min(nose.difference(lower));
    let value = (upper - lips.difference(lower)).max(0.0);
    let evidence = LOWER.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}
