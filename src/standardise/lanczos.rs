//! Lanczos resampling in linear light, row by row.
//!
//! `fast_image_resize` has the same filter, but wants the whole source in linear light first, six bytes a
//! pixel, and goes over all of its rows before their number is reduced: for a crop of a large capture that is
//! three times the work. Here rows are made linear as they come, reduced in number, then in length.

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
