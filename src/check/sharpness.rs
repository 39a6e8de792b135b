//! Whether the face is in focus.

use image::RgbImage;

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{CHIP_SIDE, part};
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "sharpness",
    title: text("清晰度", "Sharpness"),
    unit: "",
    names: &[],
    clause: "99号: in focus (成像清晰); rejected as 照片清晰度不合格",
    method: text(
        "1 减去 Crete 等人 2007 年提出的模糊度（再模糊一次后，相邻像素之差保留下来的比例），取右眼、左眼和嘴中最清晰的一处；人脸缩小到瞳孔间距不超过 90 px。",
        "1 less the blur effect of Crete et al. 2007 (share of the neighbour differences that a further blur leaves) in the sharpest of right eye, left eye and mouth, with the face at 90 px between the pupils or smaller.",
    ),
    low: fault(
        "blurred",
        text("照片清晰度不合格", "not sharp enough"),
        text("拍的时候别动，数三秒。", "Hold still for three seconds."),
    ),
    high: fault(
        "over_sharpened",
        text("锐化过度", "over-sharpened"),
        text("这张像锐化过，请交原图。", "Looks sharpened; send the original."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Where a face has its detail: each eye with its brow, and the mouth.
const FEATURES: [&[&[usize]]; 3] =
    [&[part::RIGHT_EYE, part::RIGHT_BROW], &[part::LEFT_EYE, part::LEFT_BROW], &[part::LIPS]];

fn measure(portrait: &Portrait) -> Measured {
    // The sharpest of the three: an eye in shadow or hidden by a fringe is no fault of the focus.
    let best =
        FEATURES.iter().filter_map(|f| feature_sharpness(portrait, f)).max_by(f64::total_cmp);
    let Some(sharpness) = best else {
        return Err(Unreadable::because(text(
            "人脸像素太少，看不出是否清晰",
            "the face has too few pixels to tell focus",
        )));
    };
    let evidence = FEATURES.iter().map(|f| Evidence::Region(portrait.face.outline(f[0]))).collect();
    Ok(Reading { value: Value::Number(sharpness), confidence: face_confidence(portrait), evidence })
}

/// Sharpness of the box around a feature, with a margin of a fifth of its width; `None` when it is
/// too small for the measure's nine taps to mean anything.
fn feature_sharpness(portrait: &Portrait, outlines: &[&[usize]]) -> Option<f64> {
    let points: Vec<_> = outlines.iter().flat_map(|o| portrait.on_chip(o)).collect();
    let low = |k: usize| points.iter().map(|p| p[k]).fold(f32::MAX, f32::min);
    let high = |k: usize| points.iter().map(|p| p[k]).fold(f32::MIN, f32::max);
    let margin = (high(0) - low(0)) / 5.0;
    let clamp = |v: f32| v.clamp(0.0, (CHIP_SIDE - 1) as f32) as u32;
    let (x0, y0) = (clamp(low(0) - margin), clamp(low(1) - margin));
    let (x1, y1) = (clamp(high(0) + margin), clamp(high(1) + margin));
    if x1 < x0 + 20 || y1 < y0 + 14 {
        return None;
    }
    let feature = image::imageops::crop_imm(&portrait.chip, x0, y0, x1 - x0, y1 - y0).to_image();
    Some(1.0 - blur_effect(&feature))
}

/// Crete, Dolmiere, Ladret, Nicolas 2007, "The Blur Effect: Perception and Estimation with a New
/// No-Reference Perceptual Blur Metric": 0 sharp, 1 blurred; the worse of the two directions.
fn blur_effect(picture: &RgbImage) -> f64 {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let luma = pixels::lumas(picture);
    let across = lost_difference(&luma, w, h, 1, w);
    let down = lost_difference(&luma, h, w, w, 1);
    across.max(down)
}

/// Along lines of `n` values, `step` apart, one line every `stride`: what share of the differences
/// between neighbours a 9-tap mean leaves unchanged.
fn lost_difference(luma: &[f32], n: usize, lines: usize, step: usize, stride: usize) -> f64 {
    let (mut own, mut lost) = (0.0_f64, 0.0_f64);
    for line in 0..lines {
        let value = |i: usize| luma[line * stride + i * step];
        for i in 5..n - 4 {
            let before = (value(i) - value(i - 1)).abs();
            // Of two means of nine that share eight.
            let after = (value(i + 4) - value(i - 5)).abs() / 9.0;
            own += f64::from(before);
            lost += f64::from((before - after).max(0.0));
        }
    }
    if own > 0.0 { (own - lost) / own } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn blurring_an_edge_raises_the_blur_effect() {
        let edges = RgbImage::from_fn(64, 64, |x, y| {
            Rgb([if (x / 8 + y / 8) % 2 == 0 { 30 } else { 220 }; 3])
        });
        let soft = image::imageops::blur(&edges, 3.0);
        assert!(blur_effect(&edges) < 0.3, "{}", blur_effect(&edges));
        assert!(blur_effect(&soft) > blur_effect(&edges) + 0.2, "{}", blur_effect(&soft));
    }

    #[test]
    fn a_plain_patch_counts_as_blurred() {
        assert_eq!(blur_effect(&RgbImage::new(32, 32)), 1.0);
    }
}
