//! Whether JPEG blocks show in the pixels, whatever the file says of itself.

use image::RgbImage;

use super::{Check, Measure, fault, text};
use crate::pixels;
use crate::scene::Scene;
use crate::simd::{self, Simd, WithSimd};
use crate::verdict::{Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "compression",
    title: text("压缩痕迹", "Compression traces"),
    unit: "",
    names: &[],
    clause: "99号: quality factor >= 60, in focus; a file that was crushed once and stored again still shows it",
    method: "Blockiness: how much more neighbouring pixels differ every 8 pixels than between, against the mean curvature of the picture (after Wang, Sheikh and Bovik 2002, \"No-Reference Perceptual Quality Assessment of JPEG Compressed Images\", with the grid's place searched, since a crop moves it); the lesser of across and down, over the middle of the picture, up to 1024 px square, at the file's own pixels. 0 without a grid.",
    low: fault(
        "no_blocks",
        text("没有压缩痕迹", "no compression traces"),
        text("没有压缩痕迹，没问题。", "No compression traces, which is fine."),
    ),
    high: fault(
        "blocky",
        text("压缩过度", "over-compressed"),
        text("压得太狠了，请交原图。", "Over-compressed; send the original."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

/// Side of JPEG's blocks.
const BLOCK: usize = 8;

/// Largest side of what is looked at.
const SIDE: u32 = 1024;

/// Differences beyond this, in luma, are edges of things and count no more than this.
const EDGE: f32 = 8.0;

fn measure(scene: &Scene) -> Measured {
    let picture = &scene.photo.pixels;
    let (w, h) = (picture.width().min(SIDE), picture.height().min(SIDE));
    if w.min(h) < 64 {
        return Err(Unreadable::because("the picture has too few pixels"));
    }
    let (x, y) = ((picture.width() - w) / 2, (picture.height() - h) / 2);
    let middle = pixels::part(picture, [x, y, w, h]);
    // A grid shows fully from some dozen blocks across on.
    let confidence = (f64::from(w.min(h)) / 96.0).min(1.0);
    let value = Value::Number(blockiness(&middle).into());
    Ok(Reading { value, confidence, evidence: Vec::new() })
}

fn blockiness(picture: &RgbImage) -> f32 {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let luma = pixels::lumas(picture);
    if w.min(h) < 4 {
        return 0.0;
    }
    let [across, down] = simd::wide(Grids { luma: &luma, w });
    across.stands_out().min(down.stands_out())
}

/// What was found at the eight places of a grid.
#[derive(Default)]
struct Grid {
    /// By how much the steps there are larger than those on both sides.
    sums: [f64; BLOCK],
    /// The same without sign, of all places.
    all: f64,
    counts: [u32; BLOCK],
}

/// The grids along the rows and down the columns.
struct Grids<'a> {
    luma: &'a [f32],
    w: usize,
}

impl WithSimd for Grids<'_> {
    type Output = [Grid; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [Grid; 2] {
        [across(self.luma, self.w), down(self.luma, self.w)]
    }
}

/// By how much a step is larger than the mean of those before and behind it.
#[inline(always)]
fn bend(a: f32, b: f32, c: f32, d: f32) -> f32 {
    ((c - b).abs() - 0.5 * ((b - a).abs() + (d - c).abs())).clamp(-EDGE, EDGE)
}

/// Adds the steps between four lines to the sums of their places, so that eight are taken at a time.
#[inline(always)]
fn add(lines: [&[f32]; 4]) -> [[f32; BLOCK]; 2] {
    let (mut sums, mut all) = ([0.0_f32; BLOCK], [0.0_f32; BLOCK]);
    let [a, b, c, d] = lines.map(|line| line.chunks(BLOCK));
    for (((a, b), c), d) in a.zip(b).zip(c).zip(d) {
        if a.len() == BLOCK {
            for k in 0..BLOCK {
                let out = bend(a[k], b[k], c[k], d[k]);
                sums[k] += out;
                all[k] += out.abs();
            }
        } else {
            for k in 0..a.len() {
                let out = bend(a[k], b[k], c[k], d[k]);
                sums[k] += out;
                all[k] += out.abs();
            }
        }
    }
    [sums, all]
}

/// Along the rows.
#[inline(always)]
fn across(luma: &[f32], w: usize) -> Grid {
    let (mut grid, n) = (Grid::default(), w - 3);
    for row in luma.chunks_exact(w) {
        let [sums, all] = add([&row[..n], &row[1..1 + n], &row[2..2 + n], &row[3..]]);
        for k in 0..BLOCK {
            grid.sums[k] += f64::from(sums[k]);
            grid.all += f64::from(all[k]);
            grid.counts[k] += ((n + BLOCK - 1 - k) / BLOCK) as u32;
        }
    }
    grid
}

/// Down the columns.
#[inline(always)]
fn down(luma: &[f32], w: usize) -> Grid {
    let mut grid = Grid::default();
    for (y, rows) in luma.windows(4 * w).step_by(w).enumerate() {
        let [sums, all] = add([&rows[..w], &rows[w..2 * w], &rows[2 * w..3 * w], &rows[3 * w..]]);
        grid.sums[y % BLOCK] += f64::from(sums.iter().sum::<f32>());
        grid.all += f64::from(all.iter().sum::<f32>());
        grid.counts[y % BLOCK] += w as u32;
    }
    grid
}

impl Grid {
    /// How the strongest of the eight places stands out.
    fn stands_out(&self) -> f32 {
        let mean = |k: usize| self.sums[k] / f64::from(self.counts[k].max(1));
        let mut means: [f64; BLOCK] = std::array::from_fn(mean);
        means.sort_by(f64::total_cmp);
        let usual = f64::midpoint(means[3], means[4]);
        let curvature = self.all / f64::from(self.counts.iter().sum::<u32>().max(1));
        // A fifth of a grey level: a plain picture has no curvature to compare with.
        ((means[BLOCK - 1] - usual) / (curvature + 0.2)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_grid_of_blocks_shows_wherever_it_begins() {
        let slope = |x: u32, y: u32| 40.0 + 0.3 * x as f32 + 0.2 * y as f32;
        let smooth = RgbImage::from_fn(160, 160, |x, y| Rgb([slope(x, y) as u8; 3]));
        let blocky = |shift: u32| {
            RgbImage::from_fn(160, 160, |x, y| {
                let floor = |v: u32| (v + shift) / 8 * 8;
                Rgb([slope(floor(x), floor(y)) as u8; 3])
            })
        };
        assert!(blockiness(&smooth) < 0.3, "{}", blockiness(&smooth));
        for shift in [0, 3] {
            assert!(blockiness(&blocky(shift)) > 1.0, "{}", blockiness(&blocky(shift)));
        }
    }
}
