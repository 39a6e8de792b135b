//! Doubts of the matte inside the person are settled by colour.
//!
//! Where hair hangs between neck and shoulder the network may believe in a gap. A gap that the person
//! encloses shows the backdrop's colour; what shows another is the person. Without this the new
//! background would shine through (docs/standard-photo.md, `c08`).

use std::ops::Range;

use image::{GrayImage, RgbImage};
use palette::Lab;

use crate::pixels::{self, differ, lab};
use crate::spans::{Region, numbers, regions};

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

/// Pixels of the backdrop whose median is taken.
const ENOUGH: usize = 4096;

/// The matte (0 to 255) of a picture with every doubt that the person encloses settled; `eyes` is the pupil
/// distance, pixels.
pub(super) fn settle(picture: &RgbImage, alpha: &GrayImage, eyes: f32) -> GrayImage {
    let (w, h) = (alpha.width() as usize, alpha.height() as usize);
    let soft = regions((w, h), true, |x, y| alpha.as_raw()[y * w + x] < FIRM);
    // What reaches the top or a side is the outside. The bottom cuts the person off.
    let reaches = |(y, run): &(usize, Range<usize>)| *y == 0 || run.start == 0 || run.end == w;
    let (outside, inside): (Vec<Region>, Vec<Region>) =
        soft.into_iter().partition(|region| region.iter().any(reaches));
    let Some(backdrop) = backdrop(picture, alpha, &outside) else { return alpha.clone() };
    let mut settled = alpha.clone();
    let values: &mut [u8] = &mut settled;
    for doubt in inside {
        let (mut area, mut like) = (0, 0);
        let mut colours = vec![Lab::new(0.0, 0.0, 0.0); w];
        for (y, run) in &doubt {
            let colours = &mut colours[run.clone()];
            let places = numbers(w, *y, run);
            pixels::labs_of(&picture.as_raw()[3 * places.start..3 * places.end], colours);
            area += run.len();
            like += colours.iter().filter(|c| !differ(**c, backdrop, APART)).count();
        }
        let n = area as f32;
        if n >= LEAST * eyes * eyes && (like as f32) < GAP * n {
            for (y, run) in doubt {
                values[numbers(w, y, &run)].fill(255);
            }
        }
    }
    settled
}

/// The median colour of what is surely backdrop, CIE L*a*b*.
fn backdrop(picture: &RgbImage, alpha: &GrayImage, outside: &[Region]) -> Option<Lab> {
    let mut runs: Vec<&(usize, Range<usize>)> = outside.iter().flatten().collect();
    runs.sort_unstable_by_key(|(y, run)| (*y, run.start));
    let places = runs.iter().flat_map(|(y, run)| run.clone().map(|x| (x as u32, *y as u32)));
    let sure = places.filter(|(x, y)| alpha.get_pixel(*x, *y).0[0] <= OPEN);
    // A few thousand are enough for a median.
    let step = alpha.as_raw().iter().filter(|a| **a <= OPEN).count() / ENOUGH;
    let colours = sure.step_by(step.max(1)).map(|(x, y)| lab(*picture.get_pixel(x, y)));
    pixels::median(colours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

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
