//! How bright the face is.

use super::{Check, Measure, face_confidence, fault, text};
use crate::pixels;
use crate::scene::{Portrait, SKIN};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "exposure",
    title: text("曝光", "Exposure"),
    unit: "L*",
    names: &[],
    clause: "99号: even light and exposure (曝光适度); rejected as 过曝光(看不到皮肤色) (overexposed, no colour of skin left) or 照片过暗 (too dark)",
    method: text(
        "脸颊和额头的 CIE L* 中位数，0 为黑，100 为白。整张照片最亮的 2% 都不到 57 时，光线不够，取它减 27 与上述中位数中较低的。",
        "Median CIE L* of cheeks and forehead, 0 black to 100 white. Where the brightest 2 % of the picture do not reach 57, which is too little light whatever the skin: theirs, less 27, if that is lower.",
    ),
    low: fault(
        "too_dark",
        text("照片过暗", "face too dark"),
        text("太暗了，我调灯再来一张。", "Too dark; I adjust the lights, one more."),
    ),
    high: fault(
        "too_bright",
        text("过曝光(看不到皮肤色)", "face too bright"),
        text("太亮了，我调灯再来一张。", "Too bright; I adjust the lights, one more."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// L* that the brightest [`BRIGHT`] of every one of 971 portraits of all skin tones reach; in two renders that lack two
/// stops they have 48 and 51. White in a quarter of the light still has 57: before a white wall the skin alone tells.
const LIT: f32 = 57.0;

/// What is taken off where they do not: just under [`LIT`] 30 are left, the limit of the profiles.
const BELOW: f32 = 27.0;

/// Share of a picture.
const BRIGHT: f32 = 0.02;

/// So many pixels on a grid tell it, up to four times as many are looked at: all of a large photo would cost milliseconds.
const LOOKED_AT: u32 = 65_536;

/// Least L* of the brightest [`BRIGHT`] of a picture.
fn brightest(picture: &image::RgbImage) -> Option<f32> {
    let step = (picture.width() * picture.height()).div_ceil(LOOKED_AT).isqrt().max(1) as usize;
    let rows = picture.rows().step_by(step);
    let mut seen: Vec<f32> =
        rows.flat_map(|r| r.step_by(step)).map(|p| pixels::lightness(*p)).collect();
    pixels::quantile(&mut seen, 1.0 - BRIGHT)
}

fn measure(portrait: &Portrait) -> Measured {
    let skin = portrait.skin();
    let mut lightness: Vec<f32> =
        pixels::masked(&portrait.chip, &skin).map(pixels::lightness).collect();
    let Some(median) = pixels::quantile(&mut lightness, 0.5) else {
        return Err(Unreadable::because(text("看不到皮肤", "no skin to measure")));
    };
    let dim = brightest(&portrait.scene.photo.pixels).filter(|&l| l < LIT);
    let value = dim.map_or(median, |l| median.min(l - BELOW));
    let evidence = SKIN.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_white_is_bright_and_a_hundredth_is_not() {
        let with = |white: u32| {
            image::RgbImage::from_fn(2000, 1000, |x, _| {
                image::Rgb([if x < white { 255 } else { 40 }; 3])
            })
        };
        assert!(brightest(&with(200)).unwrap() > 99.0);
        assert!(brightest(&with(20)).unwrap() < 20.0);
    }
}
