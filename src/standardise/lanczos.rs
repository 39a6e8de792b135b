//! Lanczos resampling in linear light, row by row.
//!
//! `fast_image_resize` has the same filter, but wants the whole crop in linear light first, six bytes a
//! pixel, and lets it go only at the end. Here rows are made linear as they come, reduced in number, then in
//! length: without that memory, in a third of the time (docs/performance.md).

use image::RgbImage;

use super::resample::Linear;
use crate::pixels::LINEAR;
use crate::simd::{self, Simd, WithSimd};

/// Lobes of the filter.
const LOBES: f64 = 3.0;

/// What one pixel (or row) of the result is made of: the first of the source, and the weights from there.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// A part (left, top, width, height, inside the picture) at another size, in linear light.
pub(super) fn resize(
    picture: &RgbImage,
    [x, y, w, h]: [f64; 4],
    [width, height]: [u32; 2],
) -> Linear {
    let columns = taps(x, w, width, picture.width());
    let rows = taps(y, h, height, picture.height());
    let left = columns.iter().map(|t| t.first).min().unwrap_or(0);
    let right = columns.iter().map(|t| t.first + t.weights.len()).max().unwrap_or(0);
    let most = rows.iter().map(|t| t.weights.len()).max().unwrap_or(0);
    let length = right - left;
    // The latest rows in linear light, each in the place of its number; and their mixture.
    let mut lines = vec![vec![0.0_f32; 3 * length + 1]; most];
    // One more, so that the last pixel has a fourth value.
    let mut mixed = vec![0.0_f32; 3 * length + 1];
    let (mut next, stride) = (0, 3 * picture.width() as usize);
    let mut values = vec![0_u16; 3 * width as usize * height as usize];
    let light: &[f32; 256] = &LINEAR;
    for (row, out) in rows.iter().zip(values.chunks_exact_mut(3 * width.max(1) as usize)) {
        let end = row.first + row.weights.len();
        for y in next.max(row.first)..end {
            let source = &picture.as_raw()[y * stride + 3 * left..y * stride + 3 * right];
            let line = lines[y % most].iter_mut().zip(source);
            line.for_each(|(to, v)| *to = light[usize::from(*v)]);
        }
        next = next.max(end);
        let weighed = (row.first..).zip(&row.weights).map(|(y, w)| (&lines[y % most][..], *w));
        let weighed: Vec<(&[f32], f32)> = weighed.collect();
        simd::wide(Row { weighed: &weighed, mixed: &mut mixed, columns: &columns, left, out });
    }
    Linear::from_vec(width, height, values).expect("three values a pixel")
}

/// One row of the result: its lines with their weights, and its columns, the first of which begins at `left`.
struct Row<'a> {
    weighed: &'a [(&'a [f32], f32)],
    mixed: &'a mut [f32],
    columns: &'a [Taps],
    left: usize,
    out: &'a mut [u16],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        mix(self.weighed, self.mixed);
        gather(self.columns, self.left, self.mixed, self.out);
    }
}

/// The weighted sum of lines, so many values at a time that the sums stay in the processor.
#[inline(always)]
fn mix(weighed: &[(&[f32], f32)], to: &mut [f32]) {
    const AT_ONCE: usize = 64;
    let mut start = 0;
    while start + AT_ONCE <= to.len() {
        let mut sums = [0.0_f32; AT_ONCE];
        for (line, weight) in weighed {
            let line = &line[start..start + AT_ONCE];
            for k in 0..AT_ONCE {
                sums[k] += weight * line[k];
            }
        }
        to[start..start + AT_ONCE].copy_from_slice(&sums);
        start += AT_ONCE;
    }
    let rest = &mut to[start..];
    rest.fill(0.0);
    for (line, weight) in weighed {
        rest.iter_mut().zip(&line[start..]).for_each(|(to, v)| *to += weight * v);
    }
}

/// The pixels of one row of the result from the mixed row, whose first column is `left`.
#[inline(always)]
fn gather(columns: &[Taps], left: usize, mixed: &[f32], out: &mut [u16]) {
    for (column, to) in columns.iter().zip(out.chunks_exact_mut(3)) {
        let mut sum = [0.0_f32; 4];
        let from = 3 * (column.first - left);
        // Four values are one register's work; the fourth is of the next pixel and means nothing.
        for (v, weight) in mixed[from..].windows(4).step_by(3).zip(&column.weights) {
            for k in 0..4 {
                sum[k] += weight * v[k];
            }
        }
        // Beyond 0 and 1 the filter rings; `as` cuts.
        for k in 0..3 {
            to[k] = (sum[k] * 65535.0 + 0.5) as u16;
        }
    }
}

/// The taps of every pixel of the result along one side.
fn taps(from: f64, length: f64, n: u32, source: u32) -> Vec<Taps> {
    let step = length / f64::from(n);
    // Enlarging, the filter keeps the width of the source's pixels.
    let wide = step.max(1.0);
    let tap = |i: u32| {
        let centre = from + (f64::from(i) + 0.5) * step;
        let low = (centre - LOBES * wide).floor().max(0.0) as usize;
        let high = ((centre + LOBES * wide).ceil() as usize).clamp(low + 1, source as usize);
        let low = low.min(high - 1);
        let at = |j: usize| lanczos((j as f64 + 0.5 - centre) / wide);
        let sum: f64 = (low..high).map(at).sum();
        Taps { first: low, weights: (low..high).map(|j| (at(j) / sum) as f32).collect() }
    };
    (0..n).map(tap).collect()
}

fn lanczos(x: f64) -> f64 {
    let sinc = |v: f64| {
        if v == 0.0 { 1.0 } else { (v * std::f64::consts::PI).sin() / (v * std::f64::consts::PI) }
    };
    if x.abs() < LOBES { sinc(x) * sinc(x / LOBES) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
    use image::Rgb;

    /// The library's own answer, shrinking and enlarging. It cuts at black and white between its two passes as well,
    /// so the edges here are too soft to ring that far.
    #[test]
    fn a_part_comes_out_as_the_librarys_filter_makes_it() {
        let picture = RgbImage::from_fn(90, 120, |x, y| {
            Rgb([
                (x * 7 % 256) as u8,
                (y * 5 % 256) as u8,
                if x / 9 % 2 == y / 9 % 2 { 190 } else { 120 },
            ])
        });
        let linear = Linear::from_fn(90, 120, |x, y| {
            Rgb(picture
                .get_pixel(x, y)
                .0
                .map(|v| (LINEAR[usize::from(v)] * 65535.0).round() as u16))
        });
        let part = [7.25, 3.5, 60.0, 80.0];
        for size in [[24, 32], [75, 100]] {
            let ours = resize(&picture, part, size);
            let mut theirs = Linear::new(size[0], size[1]);
            let options = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .crop(part[0], part[1], part[2], part[3]);
            Resizer::new().resize(&linear, &mut theirs, Some(&options)).unwrap();
            // Near the ends of the part the library sees less of the picture around it than there is.
            for y in 4..size[1] - 4 {
                for x in 4..size[0] - 4 {
                    let (a, b) = (ours.get_pixel(x, y), theirs.get_pixel(x, y));
                    let off = a.0.iter().zip(b.0).map(|(a, b)| a.abs_diff(b)).max().unwrap();
                    assert!(off <= 96, "{size:?} {x} {y}: {a:?} {b:?}");
                }
            }
        }
    }
}
