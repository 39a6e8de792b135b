//! Whether the picture was enlarged from fewer pixels.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::closeup::CloseUp;
use crate::face::part;
use crate::scene::Portrait;
use crate::spectrum;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "upscaling",
    title: text("放大痕迹", "Enlarged picture"),
    unit: "%",
    names: &[],
    clause: "99号: 480 x 640 px in focus; rejected as 照片清晰度不合格 where it was enlarged from a smaller one (由小图放大)",
    method: text(
        "脸部的细节（功率谱乘以频率的平方）有一半落在某一频率以下，以该频率占像素所能表现的最高频率的比例表示（人脸的瞳孔间距为 90～180 px，或保持文件本身的尺寸）。放大到两倍会使频率的上半段空缺；模糊也会使其变少。",
        "Frequency below which half of the detail of the face lies (power spectrum times the squared frequency), as a share of the highest that its pixels can carry, with the face at 90 to 180 px between the pupils or the file's own size. Enlarging by two leaves the upper half empty; blur thins it out too.",
    ),
    low: fault(
        "enlarged",
        text("照片清晰度不合格", "enlarged from fewer pixels"),
        text("这张是小图放大的，请交原图。", "Enlarged from a small one; send the original."),
    ),
    high: good("full_detail", text("细节充分", "full detail")),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// Share of the detail below the frequency that is told.
const MOST: f64 = 0.5;

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.wide_close_up();
    let (w, h) = close.size();
    if w.min(h) < 40 {
        return Err(Unreadable::because(text("人脸像素太少", "the face has too few pixels")));
    }
    Ok(Reading {
        value: Value::Number(100.0 * reach(close)),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Region(portrait.face.outline(part::OVAL))],
    })
}

/// The frequency below which most of the detail lies, 1: the highest one along an axis.
fn reach(close: &CloseUp) -> f64 {
    let (w, h) = close.size();
    let spectrum = spectrum::of(&close.luma, w, h);
    const CLASSES: usize = 100;
    let mut detail = [0.0_f64; CLASSES];
    for (_, [x, y], power) in spectrum.entries() {
        // Along the axes lies what the ends of the picture and JPEG's blocks add.
        let share = 2.0 * (x * x + y * y).sqrt();
        if share < 1.0 && x.abs() > 0.02 && y.abs() > 0.02 {
            let class = (share * CLASSES as f32) as usize;
            detail[class.min(CLASSES - 1)] += f64::from(power * share * share);
        }
    }
    let all: f64 = detail.iter().sum();
    let mut below = 0.0;
    let full = detail.iter().take_while(|&&d| {
        below += d;
        below < MOST * all
    });
    full.count() as f64 / CLASSES as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, imageops};

    #[test]
    fn enlarging_lowers_the_reach() {
        let mut state = 3_u32;
        let sharp = RgbImage::from_fn(160, 160, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8; 3])
        });
        let small = imageops::resize(&sharp, 80, 80, imageops::FilterType::Triangle);
        let large = imageops::resize(&small, 160, 160, imageops::FilterType::CatmullRom);
        let of = |picture: RgbImage| {
            let luma = picture.pixels().map(|p| crate::pixels::luma(*p)).collect();
            reach(&CloseUp { picture, luma, by: 1, origin: [0.0; 2], eyes: 90.0 })
        };
        assert!(of(sharp) > 0.6);
        assert!(of(large) < 0.45);
    }
}
