//! Whether JPEG blocks show in the pixels, whatever the file says of itself.

use image::RgbImage;

use super::{Check, Measure, fault, good, text};
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
    clause: "99号: quality factor >= 60, in focus; a file that was crushed once and stored again still shows it (压坏后再存，痕迹仍在)",
    method: text(
        "块效应：每隔 8 个像素处的相邻像素之差比其间的大多少，以照片的平均曲率为基准（方法依据 Wang、Sheikh 和 Bovik 2002 年的“No-Reference Perceptual Quality Assessment of JPEG Compressed Images”，并搜索网格的位置，因为裁切会使网格移动）；取横向和纵向中较小的值，在照片中央不超过 1024 px 见方的范围内，按文件本身的像素计算。没有网格时为 0。",
        "Blockiness: how much more neighbouring pixels differ every 8 pixels than between, against the mean curvature of the picture (after Wang, Sheikh and Bovik 2002, \"No-Reference Perceptual Quality Assessment of JPEG Compressed Images\", with the grid's place searched, since a crop moves it); the lesser of across and down, over the middle of the picture, up to 1024 px square, at the file's own pixels. 0 without a grid.",
    ),
    low: good("no_blocks", text("没有压缩痕迹", "no compression traces")),
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
        return Err(Unreadable::because(text("照片像素太少", "the picture has too few pixels")));
    }
    let (x, y) = ((picture.width() - w) / 2, (picture.height() - h) / 2);
    // A grid shows fully from some dozen blocks across on.
    let confidence = (f64::from(w.min(h)) / 96.0).min(1.0);
    let value = Value::Number(blockiness(picture, [x, y, w, h]).into());
    Ok(Reading { value, confidence, evidence: Vec::new() })
}

fn blockiness(picture: &RgbImage, [left, top, w, h]: [u32; 4]) -> f32 {
    if w.min(h) < 4 {
        return 0.0;
    }
    let row = 3 * picture.width() as usize;
    let values = &picture.as_raw()[row * top as usize + 3 * left as usize..];
    let [across, down] = simd::wide(Grids { values, row, w: w as usize, h: h as usize });
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

/// The grids along the rows and down the columns of `w` by `h` pixels, whose rows are `row` values apart.
struct Grids<'a> {
    values: &'a [u8],
    row: usize,
    w: usize,
    h: usize,
}

impl WithSimd for Grids<'_> {
    type Output = [Grid; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [Grid; 2] {
        let mut grids = [Grid::default(), Grid::default()];
        // Four rows' luma at a time are all that is needed; the oldest makes room for the next.
        let mut lumas: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; self.w]);
        for y in 0..self.h {
            lumas.rotate_left(1);
            pixels::lumas_of(&self.values[y * self.row..][..3 * self.w], &mut lumas[3]);
            across(&mut grids[0], &lumas[3]);
            if y >= 3 {
                down(&mut grids[1], y - 3, lumas.each_ref());
            }
        }
        grids
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
    let [(a, last_a), (b, last_b), (c, last_c), (d, last_d)] =
        lines.map(|line| line.as_chunks::<BLOCK>());
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        for k in 0..BLOCK {
            let out = bend(a[k], b[k], c[k], d[k]);
            sums[k] += out;
            all[k] += out.abs();
        }
    }
    for k in 0..last_a.len() {
        let out = bend(last_a[k], last_b[k], last_c[k], last_d[k]);
        sums[k] += out;
        all[k] += out.abs();
    }
    [sums, all]
}

/// Along one row.
#[inline(always)]
fn across(grid: &mut Grid, luma: &[f32]) {
    let n = luma.len() - 3;
    let [sums, all] = add([&luma[..n], &luma[1..1 + n], &luma[2..2 + n], &luma[3..]]);
    for k in 0..BLOCK {
        grid.sums[k] += f64::from(sums[k]);
        grid.all += f64::from(all[k]);
        grid.counts[k] += ((n + BLOCK - 1 - k) / BLOCK) as u32;
    }
}

/// Down the columns, from row `y` on.
#[inline(always)]
fn down(grid: &mut Grid, y: usize, [a, b, c, d]: [&Vec<f32>; 4]) {
    let [sums, all] = add([a, b, c, d]);
    grid.sums[y % BLOCK] += f64::from(sums.iter().sum::<f32>());
    grid.all += f64::from(all.iter().sum::<f32>());
    grid.counts[y % BLOCK] += a.len() as u32;
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
        let all = [0, 0, 160, 160];
        assert!(blockiness(&smooth, all) < 0.3, "{}", blockiness(&smooth, all));
        for shift in [0, 3] {
            assert!(blockiness(&blocky(shift), all) > 1.0, "{}", blockiness(&blocky(shift), all));
        }
    }
}
