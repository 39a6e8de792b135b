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
    let (colours, values) = (guide.as_raw(), map.as_raw());
    let mut coefficients = vec![[0.0; 4]; width * height];
    let size = (width, height);
    // Sums over the window of: rgb, map, map * rgb, and the six products of colours.
    let fill = |y: usize, row: &mut [[i32; 13]]| {
        let row_of = y * width..(y + 1) * width;
        let pixels = colours[3 * row_of.start..3 * row_of.end].chunks_exact(3);
        for ((to, p), m) in row.iter_mut().zip(pixels).zip(&values[row_of]) {
            let [r, g, b] = [p[0], p[1], p[2]].map(i32::from);
            let m = (m * STEPS).round() as i32;
            *to = [r, g, b, m, m * r, m * g, m * b, r * r, r * g, r * b, g * g, g * b, b * b];
        }
    };
    window_sums(size, radius, fill, |y, sums, counts| {
        let row = &mut coefficients[y * width..(y + 1) * width];
        for ((to, sum), count) in row.iter_mut().zip(sums).zip(counts) {
            *to = solve(sum, *count, epsilon);
        }
    });
    window_means(&mut coefficients, width, height, radius);
    Fit { width, height, coefficients }
}

/// Steps of the map in [`fit`]: whole numbers add up without an error that grows from window to window.
const STEPS: f32 = 1024.0;

/// Slope and constant of one window of `count` pixels from its sums.
fn solve(sums: &[i32; 13], count: f32, epsilon: f32) -> [f32; 4] {
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

/// Sums over the window around every pixel, cut off at the border, one row of pixels after the other.
///
/// `fill` gives the values of a row (it is asked twice for each), `each` gets a row's sums and of how many
/// pixels each is. Whole numbers: what goes into a running sum comes out of it again to the last bit. A
/// sum over a window must stay below 2^31.
pub(crate) fn window_sums<const N: usize>(
    (width, height): (usize, usize),
    radius: usize,
    fill: impl Fn(usize, &mut [[i32; N]]),
    mut each: impl FnMut(usize, &[[i32; N]], &[f32]),
) {
    let mut line = vec![[0; N]; width];
    // Over the window's rows, of every column; then over its columns as well.
    let (mut columns, mut sums) = (vec![[0_i32; N]; width], vec![[0_i32; N]; width]);
    let mut counts = vec![0.0; width];
    let add =
        |to: &mut [i32; N], v: &[i32; N]| (0..N).for_each(|k| to[k] = to[k].wrapping_add(v[k]));
    let take =
        |to: &mut [i32; N], v: &[i32; N]| (0..N).for_each(|k| to[k] = to[k].wrapping_sub(v[k]));
    let mut next = 0;
    for y in 0..height {
        while next < (y + radius + 1).min(height) {
            fill(next, &mut line);
            columns.iter_mut().zip(&line).for_each(|(to, v)| add(to, v));
            next += 1;
        }
        if let Some(gone) = y.checked_sub(radius + 1) {
            fill(gone, &mut line);
            columns.iter_mut().zip(&line).for_each(|(to, v)| take(to, v));
        }
        let rows = next - (y + 1).saturating_sub(radius + 1);
        let mut sum = [0; N];
        columns.iter().take(radius).for_each(|v| add(&mut sum, v));
        for x in 0..width {
            if let Some(v) = columns.get(x + radius) {
                add(&mut sum, v);
            }
            if let Some(gone) = x.checked_sub(radius + 1) {
                take(&mut sum, &columns[gone]);
            }
            sums[x] = sum;
            let across = (x + radius + 1).min(width) - x.saturating_sub(radius);
            counts[x] = (rows * across) as f32;
        }
        each(y, &sums, &counts);
    }
}

/// Replaces every vector by the mean over the window around it, which is cut off at the border.
pub(crate) fn window_means<const N: usize>(
    values: &mut [[f32; N]],
    width: usize,
    height: usize,
    radius: usize,
) {
    if width == 0 {
        return;
    }
    let mut line = vec![[0.0; N]; width];
    for row in values.chunks_exact_mut(width) {
        running_means(row, &mut line, radius);
    }
    // All columns side by side, so that the memory is walked along. In double: a running sum of floats
    // drifts. What was overwritten and is still to go out of the sums is kept.
    let mut sums = vec![[0.0_f64; N]; width];
    let mut kept = vec![[0.0_f32; N]; width * (radius + 1)];
    let of = |y: usize| y * width..(y + 1) * width;
    let add = |sums: &mut [[f64; N]], row: &[[f32; N]]| {
        for (sum, v) in sums.iter_mut().zip(row) {
            (0..N).for_each(|k| sum[k] += f64::from(v[k]));
        }
    };
    (0..radius.min(height)).for_each(|y| add(&mut sums, &values[of(y)]));
    for y in 0..height {
        if y + radius < height {
            add(&mut sums, &values[of(y + radius)]);
        }
        let slot = of(y % (radius + 1));
        if y > radius {
            for (sum, v) in sums.iter_mut().zip(&kept[slot.clone()]) {
                (0..N).for_each(|k| sum[k] -= f64::from(v[k]));
            }
        }
        kept[slot].copy_from_slice(&values[of(y)]);
        let count = (y + radius + 1).min(height) - y.saturating_sub(radius);
        let share = 1.0 / count as f64;
        for (to, sum) in values[of(y)].iter_mut().zip(&sums) {
            (0..N).for_each(|k| to[k] = (sum[k] * share) as f32);
        }
    }
}

/// Means along one row; `line` as scratch of its length.
fn running_means<const N: usize>(values: &mut [[f32; N]], line: &mut [[f32; N]], radius: usize) {
    let n = line.len();
    line.copy_from_slice(values);
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
        let share = 1.0 / ((i + radius + 1).min(n) - i.saturating_sub(radius)) as f64;
        (0..N).for_each(|k| values[i][k] = (sum[k] * share) as f32);
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

    /// The fitted map at the size of the fit, for the guide that it was made from, where it is wanted;
    /// elsewhere `map` as it is.
    pub fn filtered(&self, guide: &RgbImage, map: &Plane, wanted: impl Fn(f32) -> bool) -> Plane {
        let mut out = map.clone();
        let places = out.iter_mut().zip(&self.coefficients).zip(guide.pixels());
        for ((value, c), p) in places.filter(|((value, _), _)| wanted(**value)) {
            let [r, g, b] = p.0.map(|v| f32::from(v) / 255.0);
            *value = (c[0] * r + c[1] * g + c[2] * b + c[3]).clamp(0.0, 1.0);
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
            let out = fit(&guide, &map, 5, 1e-4).filtered(&guide, &map, |_| true);
            assert!(error(&out, &map) < 1e-3, "{value}");
        }
    }

    #[test]
    fn window_sums_are_those_of_the_pixels_that_are_there() {
        let fill = |y: usize, row: &mut [[i32; 1]]| {
            (0..4).for_each(|x| row[x] = [(4 * y + x) as i32]);
        };
        let (mut sums, mut counts) = (Vec::new(), Vec::new());
        window_sums((4, 3), 1, fill, |_, row, n| {
            sums.extend(row.iter().map(|s| s[0]));
            counts.extend_from_slice(n);
        });
        assert_eq!(sums, [10, 18, 24, 18, 27, 45, 54, 39, 26, 42, 48, 34]);
        assert_eq!(counts, [4.0, 6.0, 6.0, 4.0, 6.0, 9.0, 9.0, 6.0, 4.0, 6.0, 6.0, 4.0]);
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
