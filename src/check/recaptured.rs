//! Whether the picture may be of a screen or of a print.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::closeup::CloseUp;
use crate::face::part;
use crate::scene::Portrait;
use crate::spectrum;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "recaptured",
    title: text("翻拍扫描", "Re-photographed"),
    unit: "dB",
    names: &[],
    clause: "Rejected as 翻拍或扫描其他照片 (NCRE, Xinhua)",
    method: text(
        "脸部功率谱中最强的峰高出其邻域多少：屏幕像素和印刷网点会留下单一频率的细密纹理或摩尔纹，皮肤不会。清晰翻拍的哑光照片没有这种纹理，查不出。",
        "Strongest peak of the face's power spectrum over its neighbourhood: pixels of a screen and dots of a print leave a fine pattern or moire of one frequency, skin does not. A matt print photographed sharply has none and is not found.",
    ),
    low: good("no_pattern", text("没有翻拍痕迹", "no trace of a screen or print")),
    high: fault(
        "screen_pattern",
        text("翻拍或扫描其他照片", "re-shot or scanned photo"),
        text("不能拍照片，要本人现场拍。", "Not a photo of a photo; live please."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.close_up();
    let (w, h) = close.size();
    if w.min(h) < 64 {
        return Err(Unreadable::because(text("人脸像素太少", "the face has too few pixels")));
    }
    Ok(Reading {
        value: Value::Number(peak(close)),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Region(portrait.face.outline(part::OVAL))],
    })
}

/// How far the strongest frequency stands out of those around it, dB.
fn peak(close: &CloseUp) -> f64 {
    let (w, h) = close.size();
    let spectrum = spectrum::of(&close.luma, w, h);
    let mut strongest = 0.0_f32;
    for (place, [x, y], power) in spectrum.entries() {
        // Axes: ends of the picture, JPEG's blocks, rows of a sensor; the fastest wave across: its columns.
        // Slow waves: the face itself.
        if !(0.03..0.5).contains(&x) || y.abs() < 0.03 || x * x + y * y < 0.01 {
            continue;
        }
        // The window spreads a wave over its next neighbours: those belong to the peak. Most frequencies are
        // known not to stand out before all of the ring is looked at.
        let enough = (power / strongest.max(1e-9) - 1.0) * RING.len() as f32;
        let mut around = 0.0;
        for part in RING.chunks(6) {
            around += part.iter().map(|&(dx, dy)| spectrum.near(place, dx, dy)).sum::<f32>();
            if around > enough {
                break;
            }
        }
        let usual = around / RING.len() as f32 + 1.0;
        if around <= enough {
            strongest = strongest.max(power / usual);
        }
    }
    10.0 * f64::from(strongest.max(1.0)).log10()
}

/// Neighbours at four to five entries.
const RING: [(isize, isize); 24] = [
    (4, 0),
    (4, 1),
    (4, 2),
    (3, 3),
    (2, 4),
    (1, 4),
    (0, 4),
    (-1, 4),
    (-2, 4),
    (-3, 3),
    (-4, 2),
    (-4, 1),
    (-4, 0),
    (-4, -1),
    (-4, -2),
    (-3, -3),
    (-2, -4),
    (-1, -4),
    (0, -4),
    (1, -4),
    (2, -4),
    (3, -3),
    (4, -2),
    (4, -1),
];

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    #[test]
    fn a_faint_wave_in_noise_stands_out() {
        let mut state = 5_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32 / 32.0
        };
        let mut picture = |wave: f32| {
            let picture = RgbImage::from_fn(200, 200, |x, y| {
                let phase = std::f32::consts::TAU * (0.23 * x as f32 + 0.31 * y as f32);
                Rgb([(120.0 + noise() + wave * phase.cos()) as u8; 3])
            });
            let luma = picture.pixels().map(|p| crate::pixels::luma(*p)).collect();
            peak(&CloseUp { picture, luma, by: 1, origin: [0.0; 2], eyes: 90.0 })
        };
        let (without, with) = (picture(0.0), picture(2.0));
        assert!(without < 13.0 && with > 25.0, "{without} {with}");
    }
}
