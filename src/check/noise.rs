//! Noise of the picture.

use image::GrayImage;

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::closeup::CloseUp;
use crate::pixels;
use crate::scene::{Portrait, SKIN};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "noise",
    title: text("噪点", "Noise"),
    unit: "",
    names: &[],
    clause: "99号: 成像清晰, 层次丰富 (in focus, layered tones); collectors' software checks face_noise",
    method: text(
        "亮度（0～255）噪声的标准差（人脸的瞳孔间距为 90～180 px，或保持文件本身的尺寸）：采用 Immerkaer 1996 年的模板（“Fast Noise Variance Estimation”），但取绝对值的中位数而不是平均值；在两侧脸颊和额头中取最平滑的一处。",
        "Standard deviation of the noise of luma (0 to 255) with the face at 90 to 180 px between the pupils or its own size: the mask of Immerkaer 1996 (\"Fast Noise Variance Estimation\"), by the median of absolute values instead of their mean, in the smoothest of both cheeks and forehead.",
    ),
    low: good("no_noise", text("没有噪点", "no noise")),
    high: fault(
        "noisy",
        text("噪点过多", "noisy picture"),
        text("噪点太多，灯调亮、感光度调低再来一张。", "Too noisy; more light, lower ISO."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.close_up();
    let residual = residual(close);
    let smoothest = SKIN
        .iter()
        .filter_map(|p| deviation(&residual, &close.region(portrait.face, &[p], &[])))
        .min_by(f32::total_cmp);
    let Some(noise) = smoothest else {
        return Err(Unreadable::because(text("皮肤像素太少", "the skin has too few pixels")));
    };
    let evidence = SKIN.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    Ok(Reading {
        value: Value::Number(noise.into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}

/// The picture under Immerkaer's mask (1 -2 1, -2 4 -2, 1 -2 1), scaled so that white noise keeps its
/// standard deviation. Planes and straight edges along the axes vanish.
fn residual(close: &CloseUp) -> Vec<f32> {
    let (w, h) = close.size();
    let mut out = vec![0.0; w * h];
    let at = |x: usize, y: usize| close.luma[y * w + x];
    let bent = |x: usize, y: usize| at(x - 1, y) - 2.0 * at(x, y) + at(x + 1, y);
    for y in 1..h.saturating_sub(1) {
        for x in 1..w.saturating_sub(1) {
            out[y * w + x] = (bent(x, y - 1) - 2.0 * bent(x, y) + bent(x, y + 1)) / 6.0;
        }
    }
    out
}

/// 1.4826 times the median absolute value: the standard deviation, if it is normal.
fn deviation(residual: &[f32], mask: &GrayImage) -> Option<f32> {
    let inside = residual.iter().zip(mask.pixels()).filter(|(_, m)| m.0[0] > 0);
    let mut values: Vec<f32> = inside.map(|(v, _)| v.abs()).collect();
    if values.len() < 30 {
        return None;
    }
    pixels::quantile(&mut values, 0.5).map(|m| 1.4826 * m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb, RgbImage};

    #[test]
    fn noise_is_found_and_a_ramp_has_none() {
        // Noise of known deviation from a linear congruential generator: sum of 12 uniforms.
        let mut state = 1_u32;
        let mut uniform = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let mut normal = || (0..12).map(|_| uniform()).sum::<f32>() - 6.0;
        let mut sd = |sigma: f32| {
            let picture = RgbImage::from_fn(80, 80, |x, _| {
                Rgb([(100.0 + 0.5 * x as f32 + sigma * normal()).round() as u8; 3])
            });
            let luma = picture.pixels().map(|p| pixels::luma(*p)).collect();
            let close = CloseUp { picture, luma, by: 1, origin: [0.0; 2], eyes: 90.0 };
            deviation(&residual(&close), &GrayImage::from_pixel(80, 80, Luma([255]))).unwrap()
        };
        assert!((sd(8.0) - 8.0).abs() < 0.8, "{}", sd(8.0));
        assert!(sd(0.0) < 1.0);
    }
}
