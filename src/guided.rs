//! The guided filter: carries a coarse map onto the edges of the picture that it was made from.
//!
//! He, Sun and Tang, "Guided Image Filtering" (IEEE TPAMI 35(6), 2013), with a colour guide: in
//! every window the map is fitted as a linear function of the colour, and the fits of all windows
//! over a pixel are averaged. The fit is made at one size and may be used at a larger one (He and
//! Sun, "Fast Guided Filter", arXiv:1505.00996, 2015): that is how a small matte gets the hair of
//! a large photo. Written here because no crate of the registry has it for a colour guide.

use std::ops::Range;

use image::{ImageBuffer, Luma, RgbImage};
use nalgebra::{Matrix3, Vector3};

use crate::simd::{self, Simd, WithSimd};
use crate::spans::{Over, Spans, numbers};
use crate::windows::{window_means, window_sums};

/// One channel of floats.
pub type Plane = ImageBuffer<Luma<f32>, Vec<f32>>;

/// The linear function of the colour at every wanted pixel: `value = a . rgb + b`, rgb in 0..1.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Red, green and blue slope and the constant, per pixel.
    pub coefficients: Over<[f32; 4]>,
}

/// Fit `map` (0..1) by the colours of `guide`, which has the same size, in windows of
/// `2 radius + 1` pixels, for the `wanted` places. `epsilon` is the variance of colour (rgb in 0..1) below
/// which a window counts as flat and keeps the mean of the map.
pub fn fit(guide: &RgbImage, map: &Plane, radius: usize, epsilon: f32, wanted: &Spans) -> Fit {
    let (width, height) = (guide.width() as usize, guide.height() as usize);
    let (colours, values) = (guide.as_raw(), map.as_raw());
    let fitted = wanted.around(radius);
    let mut coefficients = Over::<[f32; 4]>::new(&fitted);
    let fill = |y: usize, run: Range<usize>, row: &mut [[u32; 16]]| {
        let places = numbers(width, y, &run);
        let pixels = &colours[3 * places.start..3 * places.end];
        simd::wide(Products { pixels, values: &values[places], row });
    };
    window_sums(&fitted, radius, fill, |y, run, sums: &[[u32; 16]], counts| {
        let row = coefficients.get_mut(y, run);
        for ((to, sum), count) in row.iter_mut().zip(sums).zip(counts) {
            *to = solve(sum, *count, epsilon);
        }
    });
    let coefficients = window_means(|y, run| coefficients.get(y, run), wanted, radius);
    Fit { width, height, coefficients }
}

/// What [`fit`] adds up of a row of pixels: rgb, map, map * rgb, the six products of colours, and three
/// zeros, so that a whole number of registers holds it.
struct Products<'a> {
    pixels: &'a [u8],
    values: &'a [f32],
    row: &'a mut [[u32; 16]],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((to, p), m) in self.row.iter_mut().zip(self.pixels.chunks_exact(3)).zip(self.values) {
            let [r, g, b] = [u32::from(p[0]), u32::from(p[1]), u32::from(p[2])];
            let m = (m * STEPS).round() as u32;
            let squares = [r * r, r * g, r * b, g * g, g * b, b * b];
            to[..7].copy_from_slice(&[r, g, b, m, m * r, m * g, m * b]);
            to[7..13].copy_from_slice(&squares);
        }
    }
}

/// Steps of the map in [`fit`]: whole numbers add up without an error that grows from window to window.
const STEPS: f32 = 1024.0;

/// Slope and constant of one window of `count` pixels from its sums.
fn solve(sums: &[u32; 16], count: f32, epsilon: f32) -> [f32; 4] {
    let m = sums[3] as f32 / (STEPS * count);
    // Where the map is constant, it stays so; most windows are such.
    if !(0.001..0.999).contains(&m) {
        return [0.0, 0.0, 0.0, m];
    }
    let per = |k: usize, unit: f64| (f64::from(sums[k]) / (unit * f64::from(count))) as f32;
    let colour = |k| per(k, 255.0);
    let with_map = |k| per(k, 255.0 * f64::from(STEPS));
    let square = |k| per(k, 255.0 * 255.0);
    let mean = Vector3::new(colour(0), colour(1), colour(2));
    let [rr, rg, rb, gg, gb, bb] = [7, 8, 9, 10, 11, 12].map(square);
    let covariance = Matrix3::new(rr, rg, rb, rg, gg, gb, rb, gb, bb) - mean * mean.transpose();
    let with_map = Vector3::new(with_map(4), with_map(5), with_map(6)) - m * mean;
    let inverse = (covariance + Matrix3::identity() * epsilon).try_inverse();
    let a = inverse.map_or(Vector3::zeros(), |i| i * with_map);
    [a.x, a.y, a.z, m - a.dot(&mean)]
}

impl Fit {
    /// The value at a place of the fit (pixels of the fit, may lie between them) for this colour
    /// there, cut to 0..1; 0 where no fit was wanted.
    pub fn at(&self, [x, y]: [f32; 2], colour: image::Rgb<u8>) -> f32 {
        let clamp = |v: f32, n: usize| v.clamp(0.0, (n - 1) as f32);
        let (x, y) = (clamp(x, self.width), clamp(y, self.height));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let row = |y: usize| match self.coefficients.get(y, x0..x1 + 1) {
            [first, last] => (*first, *last),
            [only] => (*only, *only),
            _ => ([0.0; 4], [0.0; 4]),
        };
        let ((p, q), (r, s)) = (row(y0), row(y1));
        let rgb = [f32::from(colour.0[0]), f32::from(colour.0[1]), f32::from(colour.0[2]), 255.0];
        let mut value = 0.0;
        for k in 0..4 {
            let top = p[k] + fx * (q[k] - p[k]);
            let bottom = r[k] + fx * (s[k] - r[k]);
            value += (top + fy * (bottom - top)) * rgb[k] / 255.0;
        }
        value.clamp(0.0, 1.0)
    }

    /// The fitted map at the size of the fit, for the guide that it was made from, where a fit was wanted and the map
    /// is as `wanted` says; elsewhere `map` as it is.
    pub fn filtered(&self, guide: &RgbImage, map: &Plane, wanted: impl Fn(f32) -> bool) -> Plane {
        let mut out = map.clone();
        let values: &mut [f32] = &mut out;
        for (y, run, coefficients) in self.coefficients.runs() {
            let places = numbers(self.width, y, &run);
            let pixels = guide.as_raw()[3 * places.start..3 * places.end].chunks_exact(3);
            let all = values[places].iter_mut().zip(coefficients).zip(pixels);
            for ((value, c), p) in all.filter(|((value, _), _)| wanted(**value)) {
                let [r, g, b] = [p[0], p[1], p[2]].map(|v| f32::from(v) / 255.0);
                *value = (c[0] * r + c[1] * g + c[2] * b + c[3]).clamp(0.0, 1.0);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// A dark shape with a slanting edge on a light ground, and its map.
    fn slanted() -> (RgbImage, Plane) {
        let side = |x: u32, y: u32| (x as f32) < 30.0 + y as f32 * 0.3;
        let guide = RgbImage::from_fn(80, 60, |x, y| {
            if side(x, y) { Rgb([40, 30, 30]) } else { Rgb([100, 197, 255]) }
        });
        let truth = Plane::from_fn(80, 60, |x, y| Luma([if side(x, y) { 1.0 } else { 0.0 }]));
        (guide, truth)
    }

    fn error(a: &Plane, b: &Plane) -> f32 {
        a.iter().zip(b.iter()).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
    }

    #[test]
    fn a_fit_at_half_size_gives_the_edge_of_the_full_picture() {
        let (guide, truth) = slanted();
        let half = |x: u32, y: u32| (2 * x, 2 * y);
        let small = RgbImage::from_fn(40, 30, |x, y| {
            let (x, y) = half(x, y);
            *guide.get_pixel(x, y)
        });
        let map = Plane::from_fn(40, 30, |x, y| {
            let (x, y) = half(x, y);
            *truth.get_pixel(x, y)
        });
        let fit = fit(&small, &map, 3, 1e-4, &Spans::all((40, 30)));
        let at = |x: u32, y: u32| [x as f32 / 2.0, y as f32 / 2.0];
        let full = Plane::from_fn(80, 60, |x, y| Luma([fit.at(at(x, y), *guide.get_pixel(x, y))]));
        let doubled = Plane::from_fn(80, 60, |x, y| *map.get_pixel(x / 2, y / 2));
        let (before, after) = (error(&doubled, &truth), error(&full, &truth));
        assert!(after < 0.2 * before, "{before} {after}");
    }

    #[test]
    fn a_constant_map_stays_as_it_is() {
        let (guide, _) = slanted();
        for value in [0.0, 0.4, 1.0] {
            let map = Plane::from_pixel(80, 60, Luma([value]));
            let all = Spans::all((80, 60));
            let out = fit(&guide, &map, 5, 1e-4, &all).filtered(&guide, &map, |_| true);
            assert!(error(&out, &map) < 1e-3, "{value}");
        }
    }
}
