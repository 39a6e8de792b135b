//! Whether the colours are those of neutral light.

use image::{GrayImage, Luma, Rgb};
use palette::color_difference::Ciede2000;
use palette::{FromColor, Lab, LinSrgb, Srgb};

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::face::part;
use crate::pixels;
use crate::scene::{Portrait, SKIN};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "colour_cast",
    title: text("偏色", "Colour cast"),
    unit: "ΔE00",
    names: &[],
    clause: "99号: 真实表达颜色 (true colour), lights of 5500-5600 K; rejected as 颜色不正",
    method: text(
        "假设有一种光源，普通的肤色和眼白在其下恰好呈现照片中的样子，求中灰在这种光源下偏离中性的色差（CIEDE2000）：分别取皮肤和眼白的 ln R/G、ln B/G（线性光），减去各自在中性光下的平均值，再取两者的平均。不同人肤色的差异可相当于约 1500 K 的白平衡偏移，所以只有 3000 K 及以上的偏色才能可靠地与肤色差异区分开。",
        "How far from neutral (CIE DE2000) a mid grey would be under the light that makes usual skin and white of the eye look as they do here: the mean over both of ln R/G and ln B/G (linear light) less their means under neutral light. Skins differ by as much as about 1500 K of white balance, so only a cast of 3000 K and more is told from them surely.",
    ),
    low: good("no_cast", text("颜色正常", "no colour cast")),
    high: fault(
        "colour_cast",
        text("颜色不正", "colour cast"),
        text("颜色偏了，我校一下白平衡。", "I will set white balance."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// ln R/G and ln B/G of usual skin under neutral light: between the medians of portraits from a
/// controlled studio and of official portraits of all skin tones.
const SKIN_RATIOS: [f32; 2] = [0.70, -0.35];

/// The same of the white of the eye, reddened by what surrounds it.
const WHITE_RATIOS: [f32; 2] = [0.46, -0.15];

fn measure(portrait: &Portrait) -> Measured {
    let chip = &portrait.chip;
    // What is blown has lost its colour.
    let skin: Vec<Rgb<u8>> =
        pixels::masked(chip, &portrait.skin()).filter(|p| p.0.iter().all(|&c| c < 250)).collect();
    let Some(of_skin) = ratios(&skin) else {
        return Err(Unreadable::because(text("看不到皮肤", "no skin to measure")));
    };
    let of_white = ratios(&brightest(&whites(portrait)));
    let cast: [f32; 2] = std::array::from_fn(|k| {
        let skin = of_skin[k] - SKIN_RATIOS[k];
        of_white.map_or(skin, |white| f32::midpoint(skin, white[k] - WHITE_RATIOS[k]))
    });
    let mut evidence = SKIN.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    if of_white.is_some() {
        let eyes = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL];
        evidence.extend(eyes.map(|p| Evidence::Region(portrait.face.outline(p))));
    }
    let value = Value::Number(of_grey(cast).into());
    Ok(Reading { value, confidence: face_confidence(portrait), evidence })
}

/// Pixels of both eyeballs outside the irises.
fn whites(portrait: &Portrait) -> Vec<Rgb<u8>> {
    let eyes = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL].map(|p| portrait.on_chip(p));
    let mut mask = pixels::region(portrait.chip.dimensions(), &eyes, &[]);
    for (pupil, rim) in [(part::RIGHT_PUPIL, part::RIGHT_IRIS), (part::LEFT_PUPIL, part::LEFT_IRIS)]
    {
        let centre = portrait.on_chip(&[pupil])[0];
        let rim = portrait.on_chip(rim);
        let radius =
            rim.iter().map(|p| crate::face::distance(*p, centre)).sum::<f32>() / rim.len() as f32;
        clear(&mut mask, centre, 1.1 * radius);
    }
    pixels::masked(&portrait.chip, &mask).collect()
}

/// Takes a disc out of a mask.
fn clear(mask: &mut GrayImage, centre: [f32; 2], radius: f32) {
    for (x, y) in pixels::disc(mask.dimensions(), centre, radius) {
        mask.put_pixel(x, y, Luma([0]));
    }
}

/// The brighter two fifths: lashes and corners are no white. Too few pixels are none at all.
fn brightest(pixels: &[Rgb<u8>]) -> Vec<Rgb<u8>> {
    if pixels.len() < 40 {
        return Vec::new();
    }
    let mut lumas: Vec<f32> = pixels.iter().map(|p| pixels::luma(*p)).collect();
    let from = pixels::quantile(&mut lumas, 0.6).unwrap_or(f32::MAX);
    pixels.iter().filter(|p| pixels::luma(**p) >= from).copied().collect()
}

/// ln R/G and ln B/G of the median colour, in linear light.
fn ratios(pixels: &[Rgb<u8>]) -> Option<[f32; 2]> {
    if pixels.len() < 10 {
        return None;
    }
    let linear: Vec<LinSrgb<f32>> =
        pixels.iter().map(|p| Srgb::new(p.0[0], p.0[1], p.0[2]).into_linear()).collect();
    let median = |get: fn(&LinSrgb<f32>) -> f32| {
        pixels::quantile(&mut linear.iter().map(get).collect::<Vec<_>>(), 0.5).map(|v| v.max(1e-4))
    };
    let (r, g, b) = (median(|c| c.red)?, median(|c| c.green)?, median(|c| c.blue)?);
    Some([(r / g).ln(), (b / g).ln()])
}

/// ΔE00 between a mid grey (18 % reflectance) and the same under the cast.
fn of_grey(cast: [f32; 2]) -> f32 {
    let light = LinSrgb::new(cast[0].exp(), 1.0_f32, cast[1].exp());
    let luminance = 0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue;
    let lab = Lab::from_color(light * (0.18 / luminance));
    lab.difference(Lab::from_color(LinSrgb::new(0.18, 0.18, 0.18)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_light_leaves_grey_as_it_is_and_a_cast_moves_it() {
        assert!(of_grey([0.0, 0.0]) < 0.01);
        // Daylight of 5000 K taken for 6500 K, and candle-like light.
        assert!((of_grey([0.19, -0.30]) - 8.3).abs() < 0.5, "{}", of_grey([0.19, -0.30]));
        assert!(of_grey([0.6, -0.9]) > 17.0);
    }

    #[test]
    fn ratios_are_taken_in_linear_light() {
        let [red, blue] = ratios(&[Rgb([188, 128, 128]); 20]).unwrap();
        // 188 is twice 128.1 ^ 2.2 ... in linear light: 0.503 against 0.216.
        assert!((red - 0.845).abs() < 0.01 && blue.abs() < 1e-6, "{red}");
        assert!(ratios(&[Rgb([1, 2, 3]); 3]).is_none());
    }
}
