//! Whether hair hangs over an eye.

use palette::Lab;

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{CHIP_EYES, part};
use crate::pixels::{delta_e, lab};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "hair_over_eyes",
    title: text("头发遮眼", "Hair over the eyes"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮眉、眼、耳 (hair off brows, eyes and ears); rejected as 头发遮挡眼睛",
    method: "Share of an eye's width over which everything from the forehead down to the lower lid has the colour of the hair rather than that of the skin; the eye with more of it.",
    low: fault(
        "eyes_free",
        text("眼睛无遮挡", "the eyes are free of hair"),
        text("头发可以。", "The hair is fine."),
    ),
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

/// Skin and hair that differ by less cannot be told apart in the shadow of a fringe.
const TELL_APART: f32 = 18.0;

fn measure(portrait: &Portrait) -> Measured {
    let parts = &portrait.person.body.parts;
    let Some(skin) = parts.skin else {
        return Err(Unreadable::because("the skin of the face is out of sight"));
    };
    let eyes = [
        (part::RIGHT_EYE_CORNERS, part::RIGHT_LIDS, part::RIGHT_EYE),
        (part::LEFT_EYE_CORNERS, part::LEFT_LIDS, part::LEFT_EYE),
    ];
    let evidence = eyes.map(|(_, _, outline)| Evidence::Region(portrait.face.outline(outline)));
    let reading = |value| Reading {
        value: Value::Number(value),
        confidence: face_confidence(portrait),
        evidence: evidence.to_vec(),
    };
    // A bald head, or one that is covered, has no fringe.
    let Some(hair) = parts.hair else { return Ok(reading(0.0)) };
    if delta_e(skin, hair) < TELL_APART {
        return Err(Unreadable::because("hair and skin have too similar colours"));
    }
    let covered = |(corners, lids, _): &([usize; 2], [(usize, usize); 3], &[usize])| {
        let ends = portrait.on_chip(corners);
        let upper = portrait.on_chip(&lids.map(|l| l.0));
        let lower = portrait.on_chip(&lids.map(|l| l.1));
        let mean = |points: &[[f32; 2]]| points.iter().map(|p| p[1]).sum::<f32>() / 3.0;
        let (top, bottom) = (mean(&upper) - ABOVE * CHIP_EYES, mean(&lower));
        let (x0, x1) = (ends[0][0].min(ends[1][0]), ends[0][0].max(ends[1][0]));
        100.0 * share(&portrait.chip, [x0, top, x1, bottom], skin, hair)
    };
    Ok(reading(eyes.iter().map(covered).fold(0.0, f64::max)))
}

/// Share of the columns of a box that show hair in all but a tenth of their pixels.
fn share(picture: &image::RgbImage, [x0, y0, x1, y1]: [f32; 4], skin: Lab, hair: Lab) -> f64 {
    let clamp = |v: f32, n: u32| v.round().clamp(0.0, n as f32 - 1.0) as u32;
    let (x0, x1) = (clamp(x0, picture.width()), clamp(x1, picture.width()));
    let (y0, y1) = (clamp(y0, picture.height()), clamp(y1, picture.height()));
    let is_hair = |x, y| {
        let c = lab(*picture.get_pixel(x, y));
        delta_e(c, hair) < delta_e(c, skin)
    };
    let covered = |x: &u32| {
        let there = (y0..=y1).filter(|&y| is_hair(*x, y)).count();
        there * 10 >= (y1 - y0 + 1) as usize * 9
    };
    (x0..=x1).filter(covered).count() as f64 / f64::from(x1 - x0 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    #[test]
    fn a_strand_counts_by_its_breadth_and_only_where_it_reaches_the_lid() {
        let (skin, hair) = (Rgb([220, 180, 160]), Rgb([30, 25, 25]));
        let picture = RgbImage::from_fn(40, 40, |x, y| {
            let strand = (10..20).contains(&x);
            let short = (25..35).contains(&x) && y < 20;
            if strand || short { hair } else { skin }
        });
        let found = share(&picture, [0.0, 0.0, 39.0, 39.0], lab(skin), lab(hair));
        assert!((found - 0.25).abs() < 1e-6, "{found}");
    }
}
