//! Lanczos resampling in linear light, row by row.
//!
//! `fast_image_resize` has the same filter, but wants the whole crop in linear light first, six bytes a
//! pixel, and lets it go only at the end. Here rows are made linear as they come, reduced in number, then in
//! length. It saves that memory, and is no faster (docs/performance.md).

use image::RgbImage;

use super::resample::Linear;
use crate::pixels::LINEAR;

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
    // The latest rows in linear light, each in the place of its number; and their mixture. Four values a
    // pixel, so that one instruction does for all three colours.
    let mut lines = vec![vec![[0.0_f32; 4]; length]; most];
    let mut mixed = vec![[0.0_f32; 4]; length];
    let (mut next, stride) = (0, 3 * picture.width() as usize);
    let mut values = Vec::with_capacity(3 * width as usize * height as usize);
    for row in &rows {
        let end = row.first + row.weights.len();
        for y in next.max(row.first)..end {
            let source = &picture.as_raw()[y * stride + 3 * left..y * stride + 3 * right];
            for (to, p) in lines[y % most].iter_mut().zip(source.chunks_exact(3)) {
                let [r, g, b] = [p[0], p[1], p[2]].map(|v| LINEAR[usize::from(v)]);
                *to = [r, g, b, 0.0];
            }
        }
        next = next.max(end);
        mixed.fill([0.0; 4]);
        for (y, weight) in (row.first..).zip(&row.weights) {
            for (to, v) in mixed.iter_mut().zip(&lines[y % most]) {
                (0..4).for_each(|k| to[k] += weight * v[k]);
            }
        }
        for column in &columns {
            let mut sum = [0.0_f32; 4];
            for (v, weight) in mixed[column.first - left..].iter().zip(&column.weights) {
                (0..4).for_each(|k| sum[k] += weight * v[k]);
            }
            // Beyond 0 and 1 the filter rings; `as` cuts.
            values.extend(sum[..3].iter().map(|v| (v * 65535.0 + 0.5) as u16));
        }
    }
    Linear::from_vec(width, height, values).expect("three values a pixel")
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
