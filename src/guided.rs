//! The guided filter: carries a coarse map onto the edges of the picture that it was made from.
//!
//! He, Sun and Tang, "Guided Image Filtering" (IEEE TPAMI 35(6), 2013), with a colour guide: in
//! every window the map is fitted as a linear function of the colour, and the fits of all windows
//! over a pixel are averaged. The fit is made at one size and may be used at a larger one (He and
//! Sun, "Fast Guided Filter", arXiv:1505.00996, 2015): that is how a small matte gets the hair of
//! a large photo. Written here because no crate of the registry has it for a colour guide.

use image::{ImageBuffer, Luma, RgbImage};
use nalgebra::{Matrix3, Vector3};

/// One channel of floats.
pub type Plane = ImageBuffer<Luma<f32>, Vec<f32>>;

/// The linear function of the colour at every pixel: `value = a . rgb + b`, rgb in 0..1.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Red, green and blue slope and the constant, per pixel.
    pub coefficients: Vec<[f32; 4]>,
}

/// Fit `map` (0..1) by the colours of `guide`, which has the same size, in windows of
/// `2 radius + 1` pixels. `epsilon` is the variance of colour (rgb in 0..1) below which a window
/// counts as flat and keeps the mean of the map.
pub fn fit(guide: &RgbImage, map: &Plane, radius: usize, epsilon: f32) -> Fit {
    let (width, height) = (guide.width() as usize, guide.height() as usize);
    let rgb: Vec<[f32; 3]> = guide.pixels().map(|p| p.0.map(|v| f32::from(v) / 255.0)).collect();
    // Means over the window of: rgb, map, map * rgb, and the six products of colours.
    let mut sums: Vec<[f32; 13]> = rgb
        .iter()
        .zip(map.pixels())
        .map(|(&[r, g, b], p)| {
            let m = p.0[0];
            [r, g, b, m, m * r, m * g, m * b, r * r, r * g, r * b, g * g, g * b, b * b]
        })
        .collect();
    window_means(&mut sums, width, height, radius);
    let mut coefficients: Vec<[f32; 4]> = sums.iter().map(|s| solve(s, epsilon)).collect();
    window_means(&mut coefficients, width, height, radius);
    Fit { width, height, coefficients }
}

/// Slope and constant of one window from its means.
fn solve(s: &[f32; 13], epsilon: f32) -> [f32; 4] {
    let [r, g, b, m, mr, mg, mb, rr, rg, rb, gg, gb, bb] = *s;
    // Where the map is constant, it stays so; most windows are such.
    if !(0.001..0.999).contains(&m) {
        return [0.0, 0.0, 0.0, m];
    }
    let mean = Vector3::new(r, g, b);
    let covariance = Matrix3::new(rr, rg, rb, rg, gg, gb, rb, gb, bb) - mean * mean.transpose();
    let with_map = Vector3::new(mr, mg, mb) - m * mean;
    let inverse = (covariance + Matrix3::identity() * epsilon).try_inverse();
    let a = inverse.map_or(Vector3::zeros(), |i| i * with_map);
    [a.x, a.y, a.z, m - a.dot(&mean)]
}

/// Replaces every vector by the mean over the window around it, which is cut off at the border.
pub(crate) fn window_means<const N: usize>(
    values: &mut [[f32; N]],
    width: usize,
    height: usize,
    radius: usize,
) {
    let mut line = vec![[0.0; N]; width.max(height)];
    for y in 0..height {
        running_means(&mut values[y * width..(y + 1) * width], 1, &mut line[..width], radius);
    }
    for x in 0..width {
        running_means(&mut values[x..], width, &mut line[..height], radius);
    }
}

/// Means along one row or column: `values` every `step`, `line` as scratch of its length.
fn running_means<const N: usize>(
    values: &mut [[f32; N]],
    step: usize,
    line: &mut [[f32; N]],
    radius: usize,
) {
    let n = line.len();
    for (i, to) in line.iter_mut().enumerate() {
        *to = values[i * step];
    }
    // In double: a running sum of floats drifts.
    let mut sum = [0.0_f64; N];
    for v in line.iter().take(radius.min(n)) {
        (0..N).for_each(|k| sum[k] += f64::from(v[k]));
    }
    for i in 0..n {
        if i + radius < n {
            (0..N).for_each(|k| sum[k] += f64::from(line[i + radius][k]));
        }
        if i > radius {
            (0..N).for_each(|k| sum[k] -= f64::from(line[i - radius - 1][k]));
        }
        let count = ((i + radius + 1).min(n) - i.saturating_sub(radius)) as f64;
        (0..N).for_each(|k| values[i * step][k] = (sum[k] / count) as f32);
    }
}

impl Fit {
    /// The value at a place of the fit (pixels of the fit, may lie between them) for this colour
    /// there, cut to 0..1.
    pub fn at(&self, [x, y]: [f32; 2], colour: image::Rgb<u8>) -> f32 {
        let clamp = |v: f32, n: usize| v.clamp(0.0, (n - 1) as f32);
        let (x, y) = (clamp(x, self.width), clamp(y, self.height));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let c = |x: usize, y: usize| &self.coefficients[y * self.width + x];
        let (p, q, r, s) = (c(x0, y0), c(x1, y0), c(x0, y1), c(x1, y1));
        let rgb = [f32::from(colour.0[0]), f32::from(colour.0[1]), f32::from(colour.0[2]), 255.0];
        let mut value = 0.0;
        for k in 0..4 {
            let top = p[k] + fx * (q[k] - p[k]);
            let bottom = r[k] + fx * (s[k] - r[k]);
            value += (top + fy * (bottom - top)) * rgb[k] / 255.0;
        }
        value.clamp(0.0, 1.0)
    }

    /// The fitted map at the size of the fit, for the guide that it was made from.
    pub fn filtered(&self, guide: &RgbImage) -> Plane {
        Plane::from_fn(self.width as u32, self.height as u32, |x, y| {
            Luma([self.at([x as f32, y as f32], *guide.get_pixel(x, y))])
        })
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
        let fit = fit(&small, &map, 3, 1e-4);
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
            let out = fit(&guide, &map, 5, 1e-4).filtered(&guide);
            assert!(error(&out, &map) < 1e-3, "{value}");
        }
    }

    #[test]
    fn window_means_are_those_of_the_pixels_that_are_there() {
        let mut values: Vec<[f32; 1]> = (0..12).map(|v| [v as f32]).collect();
        window_means(&mut values, 4, 3, 1);
        // Corner: 0, 1, 4, 5. Middle at (1, 1): 0 1 2 4 5 6 8 9 10.
        assert_eq!(values[0][0], 2.5);
        assert_eq!(values[5][0], 5.0);
    }
}
