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
        "下半张脸与上半张脸的色差（CIEDE2000），减去嘴唇与下半张脸的色差；嘴唇的色差更大时为 0。上半张脸取额头和鼻梁中颜色与下半张脸更接近的一处。胡须会使下半张脸变暗，但嘴唇仍然分明。不戴手套的手挡在嘴前，颜色与皮肤相同，查不出。两颊明暗相差很大时（一侧有强光），色差可能来自阴影，由人工确认。",
        "How much more the lower face differs in colour (CIE DE2000) from the upper than the lips differ from the lower face, 0 where the lips stand out more; the upper face is the forehead or the ridge of the nose, whichever is nearer to it. A beard darkens the lower face, but its lips stand out. A bare hand before the mouth has the colour of skin and is not found. Where the cheeks differ much in lightness the difference may be a shadow's, and a person decides.",
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

/// Difference of the cheeks' lightness, CIE L*, up to which one light falls on the whole face. The fault of split light
/// begins there in `chsi-degree`; of a face half in the sun the lower part read 25 beside the upper (one portrait).
const ONE_LIGHT: f32 = 20.0;

/// What is believed in any light, for shadows only add to the reading: no mask of the tests reads as little.
const SMALL: f32 = 13.0;

fn measure(portrait: &Portrait) -> Measured {
    let polygons = LOWER.map(|o| portrait.on_chip(o));
    let mask = pixels::region(portrait.chip.dimensions(), &polygons, &[]);
    let lower = pixels::median(pixels::masked(&portrait.chip, &mask).map(lab));
    let parts = [part::LIPS, part::FOREHEAD, NOSE, part::RIGHT_CHEEK, part::LEFT_CHEEK];
    let [lips, forehead, nose, right, left] = parts.map(|outline| portrait.median_on_chip(outline));
    let (Some(forehead), Some(nose), Some(lower), Some(lips)) = (forehead, nose, lower, lips)
    else {
        return Err(Unreadable::because(text(
            "看不到额头、鼻子、下巴或嘴唇",
            "forehead, nose, chin or lips are out of sight",
        )));
    };
    let upper = forehead.difference(lower).min(nose.difference(lower));
    let value = (upper - lips.difference(lower)).max(0.0);
    let one_light = right.zip(left).is_none_or(|(r, l)| (r.l - l.l).abs() <= ONE_LIGHT);
    let evidence = LOWER.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    Ok(Reading {
        value: Value::Number(value.into()),
        // What lies in a shadow differs in colour too: then a person has to look.
        confidence: face_confidence(portrait) * if one_light || value < SMALL { 1.0 } else { 0.4 },
        evidence,
    })
}
