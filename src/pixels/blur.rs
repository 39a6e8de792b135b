//! Gaussian blur.

use image::RgbImage;

use crate::simd::{self, Simd, WithSimd};

/// Rows of `width` pixels of one value each under a Gaussian of `sigma` pixels; beyond the picture its edge goes on.
///
/// The kernel is that of `imageproc`'s `gaussian_blur_f32`, which takes several times as long: it reaches two sigma.
pub fn blurred(values: &[f32], width: usize, sigma: f32) -> Vec<f32> {
    blur(values, width, 1, sigma)
}

/// A picture under a Gaussian of `sigma` pixels.
pub fn blurred_rgb(picture: &RgbImage, sigma: f32) -> RgbImage {
    let values: Vec<f32> = picture.as_raw().iter().map(|v| f32::from(*v)).collect();
    let values = blur(&values, picture.width() as usize, 3, sigma);
    let levels = values.iter().map(|v| v.round() as u8).collect();
    let (w, h) = picture.dimensions();
    RgbImage::from_vec(w, h, levels).expect("as many values as before")
}

fn blur(values: &[f32], width: usize, channels: usize, sigma: f32) -> Vec<f32> {
    let reach = (2.0 * sigma).ceil() as usize;
    let weight = |i: usize| (-0.5 * (i.abs_diff(reach) as f32 / sigma).powi(2)).exp();
    let weights: Vec<f32> = (0..=2 * reach).map(weight).collect();
    let sum: f32 = weights.iter().sum();
    let weights: Vec<f32> = weights.iter().map(|w| w / sum).collect();
    simd::wide(Blur { values, row: width * channels, channels, weights: &weights })
}

/// `row` values a row, the neighbours along which are `channels` apart.
struct Blur<'a> {
    values: &'a [f32],
    row: usize,
    channels: usize,
    weights: &'a [f32],
}

impl WithSimd for Blur<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<f32> {
        let Blur { values, row, channels, weights } = self;
        let reach = weights.len() / 2;
        let (margin, n) = (reach * channels, row.max(1));
        let mut along = vec![0.0; values.len()];
        let mut padded = vec![0.0; n + 2 * margin];
        for (from, to) in values.chunks_exact(n).zip(along.chunks_exact_mut(n)) {
            padded[margin..margin + n].copy_from_slice(from);
            for k in 0..margin {
                padded[margin - 1 - k] = from[channels - 1 - k % channels];
                padded[margin + n + k] = from[n - channels + k % channels];
            }
            for (k, weight) in weights.iter().enumerate() {
                let from = &padded[k * channels..k * channels + n];
                to.iter_mut().zip(from).for_each(|(to, v)| *to += weight * v);
            }
        }
        let mut out = vec![0.0; values.len()];
        let last = (values.len() / n).saturating_sub(1);
        for (y, to) in out.chunks_exact_mut(n).enumerate() {
            for (k, weight) in weights.iter().enumerate() {
                let at = (y + k).saturating_sub(reach).min(last);
                let from = &along[at * n..(at + 1) * n];
                to.iter_mut().zip(from).for_each(|(to, v)| *to += weight * v);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageBuffer, Luma, Rgb};

    #[test]
    fn a_blur_is_that_of_imageproc() {
        let noise = |x: u32, y: u32| (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761) >> 24;
        let plane =
            ImageBuffer::<Luma<f32>, Vec<f32>>::from_fn(37, 23, |x, y| Luma([noise(x, y) as f32]));
        for sigma in [0.4, 1.0, 1.2, 3.0] {
            let theirs = imageproc::filter::gaussian_blur_f32(&plane, sigma);
            let ours = blurred(plane.as_raw(), 37, sigma);
            let off =
                ours.iter().zip(theirs.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-3, "{sigma}: {off}");
        }
        let picture =
            RgbImage::from_fn(30, 20, |x, y| Rgb([0, 9, 18].map(|k| noise(x + k, y) as u8)));
        let theirs = imageproc::filter::gaussian_blur_f32(&picture, 1.0);
        let pairs = blurred_rgb(&picture, 1.0).into_raw().into_iter().zip(theirs.into_raw());
        // It cuts to whole levels after each of its two passes.
        assert!(pairs.into_iter().all(|(a, b)| (0..=2).contains(&(i32::from(a) - i32::from(b)))));
    }
}
