//! Doubts of the matte inside the person are settled by colour.
//!
//! Where hair hangs between neck and shoulder the network may believe in a gap. A gap that the person
//! encloses shows the backdrop's colour; what shows another is the person. Without this the new
//! background would shine through (docs/standard-photo.md, `c08`).

use image::{GrayImage, Luma, RgbImage};
use imageproc::region_labelling::{Connectivity, connected_components};
use palette::Lab;

use crate::pixels::{differ, lab, median};

/// From this alpha on nothing shines through that anybody would see.
const FIRM: u8 = 247;

/// Up to this alpha a pixel is surely backdrop.
const OPEN: u8 = 12;

/// Least ΔE00 from the backdrop's median colour for a pixel to be none of it: a shadow or a gradient that
/// still passes for plain stays below.
const APART: f32 = 12.0;

/// A gap has at least this share of its pixels in the backdrop's colour; its rim is a mixture.
const GAP: f32 = 0.15;

/// Least area of a doubt, in squared eye distances: between single strands the matte knows best.
const LEAST: f32 = 0.002;

/// The matte (0 to 255) of a picture with every doubt that the person encloses settled; `eyes` is the pupil
/// distance, pixels.
pub(super) fn settle(picture: &RgbImage, alpha: &GrayImage, eyes: f32) -> GrayImage {
    let (w, h) = alpha.dimensions();
    let soft = GrayImage::from_fn(w, h, |x, y| Luma([u8::from(alpha.get_pixel(x, y).0[0] < FIRM)]));
    let parts = connected_components(&soft, Connectivity::Eight, Luma([0]));
    let count = parts.pixels().map(|p| p.0[0]).max().unwrap_or(0) as usize + 1;
    // What reaches the top or a side is the outside. The bottom cuts the person off.
    let mut outside = vec![false; count];
    let sides = (0..h).flat_map(|y| [(0, y), (w - 1, y)]);
    for (x, y) in sides.chain((0..w).map(|x| (x, 0))) {
        outside[parts.get_pixel(x, y).0[0] as usize] = true;
    }
    outside[0] = true;
    let Some(backdrop) =
        backdrop(picture, alpha, |x, y| outside[parts.get_pixel(x, y).0[0] as usize])
    else {
        return alpha.clone();
    };
    let (mut area, mut like) = (vec![0_u32; count], vec![0_u32; count]);
    for (x, y, part) in parts.enumerate_pixels() {
        let part = part.0[0] as usize;
        if !outside[part] {
            area[part] += 1;
            like[part] += u32::from(!differ(lab(*picture.get_pixel(x, y)), backdrop, APART));
        }
    }
    let person = |part: usize| {
        let n = area[part] as f32;
        !outside[part] && n >= LEAST * eyes * eyes && (like[part] as f32) < GAP * n
    };
    GrayImage::from_fn(w, h, |x, y| {
        let part = parts.get_pixel(x, y).0[0] as usize;
        if person(part) { Luma([255]) } else { *alpha.get_pixel(x, y) }
    })
}

/// The median colour of what is surely backdrop, CIE L*a*b*.
fn backdrop(
    picture: &RgbImage,
    alpha: &GrayImage,
    outside: impl Fn(u32, u32) -> bool,
) -> Option<Lab> {
    let sure = alpha.enumerate_pixels().filter(|(x, y, a)| a.0[0] <= OPEN && outside(*x, *y));
    // Every sixteenth is enough for a median.
    median(sure.step_by(16).map(|(x, y, _)| lab(*picture.get_pixel(x, y))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A dark person on grey with three soft places: hair, a gap to the backdrop, and the outline.
    #[test]
    fn hair_is_kept_and_a_gap_stays_open() {
        let inside = |x: u32, y: u32, at: u32| x.abs_diff(at) < 6 && y.abs_diff(60) < 6;
        let person = |x: u32, y: u32| (20..100).contains(&x) && y >= 20;
        let picture = RgbImage::from_fn(120, 120, |x, y| {
            let gap = inside(x, y, 75);
            if person(x, y) && !gap { Rgb([60, 45, 30]) } else { Rgb([180, 180, 178]) }
        });
        let alpha = GrayImage::from_fn(120, 120, |x, y| {
            Luma([match () {
                () if inside(x, y, 45) => 190,
                () if inside(x, y, 75) => 60,
                () if person(x, y) => 255,
                () if x.abs_diff(20) < 2 => 120,
                () => 0,
            }])
        });
        let settled = settle(&picture, &alpha, 60.0);
        assert_eq!(settled.get_pixel(45, 60).0[0], 255, "hair");
        let changed = |x, y| settled.get_pixel(x, y) != alpha.get_pixel(x, y);
        for (x, y) in [(75, 60), (19, 60), (5, 5), (30, 90)] {
            assert!(!changed(x, y), "{x}, {y}");
        }
        // A doubt at the bottom edge is inside too: the picture ends there, not the person.
        let mut low = alpha.clone();
        (110..120).for_each(|y| low.put_pixel(60, y, Luma([200])));
        let settled = settle(&picture, &low, 60.0);
        assert_eq!(settled.get_pixel(60, 115).0[0], 255);
    }
}
