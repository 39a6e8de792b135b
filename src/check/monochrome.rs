//! Whether the picture has colours at all.

use palette::Lab;

use super::{Check, Measure, fault, text};
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "monochrome",
    title: text("彩色", "Colour"),
    unit: "C*ab",
    names: &[],
    clause: "99号: 彩色 (colour portrait), 24位真彩色 (24-bit true colour)",
    method: text(
        "明度相同的像素彼此颜色相差多少（CIE a* 和 b* 的均方根），在缩小到约 100 px 的照片上计算：灰度照片和整体染成一种色调的照片为 0，即使以彩色格式存储也一样。",
        "How far (CIE a* and b*, root mean square) pixels of equal lightness differ from each other, over the picture shrunk to about 100 px: 0 in a grey or evenly toned picture, also where it is stored in colour.",
    ),
    low: fault(
        "no_colour",
        text("不是彩色照片", "not a colour photo"),
        text("要彩色原片，请别用黑白或滤镜。", "Colour original please, no filter."),
    ),
    high: fault(
        "colourful",
        text("颜色过艳", "too colourful"),
        text("颜色太艳了，请交原图。", "Too colourful; send the original."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Longer side of the picture that is looked at: chroma noise and JPEG's colour blocks are gone.
const SIDE: f32 = 100.0;

/// Classes of equal lightness.
const CLASSES: usize = 10;

fn measure(portrait: &Portrait) -> Measured {
    let Some(value) = colour(portrait) else {
        return Err(Unreadable::because(text("照片像素太少", "the picture has too few pixels")));
    };
    Ok(Reading { value: Value::Number(value), confidence: 1.0, evidence: Vec::new() })
}

/// How far colours of equal lightness differ; nothing where there are too few pixels.
pub(super) fn colour(portrait: &Portrait) -> Option<f64> {
    *portrait.colour.get_or_init(|| {
        // An empty backdrop has one colour only, and is no grey picture for that.
        let picture = &portrait.scene.overview.picture;
        let (w, h) = picture.dimensions();
        let by = (w.max(h) as f32 / SIDE).max(1.0);
        let part = |n: u32| ((n as f32 / by).round() as u32).max(1);
        let small = pixels::shrink(picture, part(w), part(h));
        (small.pixels().len() >= 100).then(|| spread(&pixels::labs(&small)))
    })
}

/// Root mean square distance in a* and b* from the mean of the pixels of the same lightness.
fn spread(colours: &[Lab]) -> f64 {
    let class = |c: &Lab| ((c.l / 100.0 * CLASSES as f32) as usize).min(CLASSES - 1);
    let mut sums = [[0.0_f64; 4]; CLASSES];
    for c in colours {
        let (a, b) = (f64::from(c.a), f64::from(c.b));
        let s = &mut sums[class(c)];
        for (to, v) in s.iter_mut().zip([1.0, a, b, a * a + b * b]) {
            *to += v;
        }
    }
    let inside: f64 = sums
        .iter()
        .filter(|s| s[0] > 0.0)
        .map(|s| (s[3] - (s[1] * s[1] + s[2] * s[2]) / s[0]).max(0.0))
        .sum();
    (inside / colours.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn spread_of(colour: impl Fn(u8) -> [u8; 3]) -> f64 {
        spread(&(0..=255).map(|v| pixels::lab(Rgb(colour(v)))).collect::<Vec<_>>())
    }

    #[test]
    fn grey_and_sepia_have_no_colours_and_skin_on_blue_has() {
        assert!(spread_of(|v| [v; 3]) < 0.2);
        // A toned picture: colour follows lightness.
        assert!(spread_of(|v| [v, (f32::from(v) * 0.85) as u8, (f32::from(v) * 0.6) as u8]) < 3.0);
        let two = |v: u8| if v.is_multiple_of(2) { [220, 170, 150] } else { [100, 197, 255] };
        assert!(spread_of(two) > 20.0);
    }
}
