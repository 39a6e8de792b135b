//! Bands of one colour along the sides of the picture.

use image::RgbImage;
use palette::Lab;

use super::{Check, Measure, fault, good, text};
use crate::pixels::{self, delta_e};
use crate::scene::Scene;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "border",
    title: text("边框", "Border"),
    unit: "%",
    names: &[],
    clause: "99号: nothing added (无边框); rejected as 黑边检测不合格",
    method: text(
        "照片四边中最宽的一条色带，以其宽度占照片在该方向上的尺寸的比例表示：色带由与该边平行、颜色一致的像素行或像素列组成，而且在色带内侧几个像素之内，沿该边至少 60% 的长度上颜色发生变化。纯色背景一直延伸到照片边缘，不算边框。",
        "Widest band along a side, as a share of the picture across it: lines parallel to the side which all have one colour, and behind which at least 60 % of the side's length changes colour within a few pixels. A plain backdrop that goes on to the side is none.",
    ),
    low: good("no_border", text("没有边框", "no border")),
    high: fault(
        "border",
        text("黑边检测不合格", "the picture has a border"),
        text("照片上的边框字样要去掉。", "No frame or text on it."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

/// Places along a side that are looked at.
const PLACES: u32 = 160;

/// How much of the picture a band may take, share of the side across it.
const DEEPEST: f32 = 0.25;

/// Colour distance up to which a pixel belongs to the band.
const ALIKE: f32 = 7.0;

/// Share of a line that must have the band's colour; JPEG and dust take the rest.
const WHOLE: f32 = 0.93;

/// Share of a side's length behind which the colour must change.
const CHANGES: f32 = 0.6;

/// Sides of the picture.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Top,
    Right,
    Bottom,
}

fn measure(scene: &Scene) -> Measured {
    let picture = &scene.photo.pixels;
    let (w, h) = picture.dimensions();
    if w.min(h) < 60 {
        return Err(Unreadable::because(text("照片像素太少", "the picture has too few pixels")));
    }
    let (mut widest, mut evidence) = (0.0, Vec::new());
    for side in [Side::Left, Side::Top, Side::Right, Side::Bottom] {
        let band = band(picture, side);
        if band > 0 {
            widest = f64::max(widest, 100.0 * f64::from(band) / f64::from(across(picture, side)));
            evidence.push(Evidence::Region(outline(picture, side, band)));
        }
    }
    Ok(Reading { value: Value::Number(widest), confidence: 1.0, evidence })
}

/// The picture's size across the lines of a side.
fn across(picture: &RgbImage, side: Side) -> u32 {
    match side {
        Side::Left | Side::Right => picture.width(),
        Side::Top | Side::Bottom => picture.height(),
    }
}

/// The colours of the line at a depth from the side.
fn line(picture: &RgbImage, side: Side, depth: u32) -> Vec<Lab> {
    let (w, h) = picture.dimensions();
    let length = if matches!(side, Side::Left | Side::Right) { h } else { w };
    let places = PLACES.min(length);
    let along = (0..places).map(|i| (2 * i + 1) * length / (2 * places));
    let at = |along: u32| match side {
        Side::Left => (depth, along),
        Side::Right => (w - 1 - depth, along),
        Side::Top => (along, depth),
        Side::Bottom => (along, h - 1 - depth),
    };
    let values: Vec<u8> = along.map(at).flat_map(|(x, y)| picture.get_pixel(x, y).0).collect();
    let mut colours = vec![Lab::new(0.0, 0.0, 0.0); places as usize];
    pixels::labs_of(&values, &mut colours);
    colours
}

/// Lines of the band along a side; 0 where there is none.
fn band(picture: &RgbImage, side: Side) -> u32 {
    let across = across(picture, side);
    let first = line(picture, side, 0);
    let Some(colour) = pixels::median(first.iter().copied()) else { return 0 };
    let share = |line: &[Lab], far: &dyn Fn(f32) -> bool| {
        line.iter().filter(|c| far(delta_e(**c, colour))).count() as f32 / line.len() as f32
    };
    let deepest = (DEEPEST * across as f32) as u32;
    let lines = (0..deepest)
        .take_while(|&d| share(&line(picture, side, d), &|e| e < ALIKE) >= WHOLE)
        .count() as u32;
    // Its edge may be soft by some pixels, more in a large picture.
    let behind = lines + 2 + across / 300;
    if lines == 0 || lines == deepest || behind >= across {
        return 0;
    }
    let changed = share(&line(picture, side, behind), &|e| e > 1.5 * ALIKE);
    if changed >= CHANGES { lines } else { 0 }
}

/// The band on the photo.
fn outline(picture: &RgbImage, side: Side, lines: u32) -> Vec<[f32; 2]> {
    let (w, h) = (picture.width() as f32, picture.height() as f32);
    let n = lines as f32;
    let [x0, y0, x1, y1] = match side {
        Side::Left => [0.0, 0.0, n, h],
        Side::Right => [w - n, 0.0, w, h],
        Side::Top => [0.0, 0.0, w, n],
        Side::Bottom => [0.0, h - n, w, h],
    };
    vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A dark figure before a backdrop, with a band of `n` lines on the left.
    fn figure(n: u32, band: [u8; 3]) -> RgbImage {
        RgbImage::from_fn(200, 300, |x, y| {
            let body = (60..140).contains(&x) && y > 60 || y > 220;
            match (x < n, body) {
                (true, _) => Rgb(band),
                (_, true) => Rgb([50, 40, 40]),
                _ => Rgb([100, 197, 255]),
            }
        })
    }

    #[test]
    fn a_band_is_measured_and_a_plain_backdrop_is_none() {
        let widths = |p: &RgbImage| {
            [Side::Left, Side::Top, Side::Right, Side::Bottom].map(|side| band(p, side))
        };
        assert_eq!(widths(&figure(0, [0; 3])), [0; 4]);
        assert_eq!(widths(&figure(6, [0; 3])), [6, 0, 0, 0]);
        assert_eq!(widths(&figure(3, [255; 3])), [3, 0, 0, 0]);
    }
}
