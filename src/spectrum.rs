//! The power spectrum of a small grey picture.
//!
//! The transform itself is `rustfft`'s, which the embedded inference engine brings along anyway.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Power per frequency.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// Columns: the picture's width.
    pub width: usize,
    /// Rows: the picture's height.
    pub height: usize,
    /// Power, frequency (0, 0) first, row by row.
    pub power: Vec<f32>,
}

/// The power spectrum of `luma`, `width` values a row, less its mean and under a Hann window, so that
/// the picture's ends make no edges.
pub fn of(luma: &[f32], width: usize, height: usize) -> Spectrum {
    let mean = luma.iter().sum::<f32>() / luma.len().max(1) as f32;
    let (across, down) = (hann(width), hann(height));
    let mut values: Vec<Complex<f32>> = Vec::with_capacity(luma.len());
    for (row, down) in luma.chunks_exact(width.max(1)).zip(&down) {
        let windowed = row.iter().zip(&across).map(|(v, across)| (v - mean) * across * down);
        values.extend(windowed.map(|v| Complex::new(v, 0.0)));
    }
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(width).process(&mut values);
    // Rows to columns, so that the second pass also runs along the memory.
    let mut turned: Vec<Complex<f32>> = Vec::with_capacity(luma.len());
    for x in 0..width {
        turned.extend(values.iter().skip(x).step_by(width));
    }
    planner.plan_fft_forward(height).process(&mut turned);
    let mut power = Vec::with_capacity(luma.len());
    for y in 0..height {
        power.extend(turned.iter().skip(y).step_by(height).map(|v| v.norm_sqr()));
    }
    Spectrum { width, height, power }
}

fn hann(n: usize) -> Vec<f32> {
    let turn = 2.0 * std::f32::consts::PI / n as f32;
    (0..n).map(|i| 0.5 - 0.5 * (turn * (i as f32 + 0.5)).cos()).collect()
}

impl Spectrum {
    /// Every entry: column and row, the frequency there in cycles per pixel (-0.5 to 0.5 across and down), and
    /// the power.
    pub fn entries(&self) -> impl Iterator<Item = ([usize; 2], [f32; 2], f32)> {
        let axis = |n: usize| -> Vec<f32> {
            let share = |k: usize| k as f32 / n as f32;
            (0..n).map(|k| if 2 * k < n { share(k) } else { share(k) - 1.0 }).collect()
        };
        let (across, down) = (axis(self.width), axis(self.height));
        let rows = self.power.chunks_exact(self.width.max(1)).zip(down).enumerate();
        rows.flat_map(move |(row, (power, y))| {
            let entries = power.iter().zip(across.clone()).enumerate();
            entries.map(move |(column, (p, x))| ([column, row], [x, y], *p))
        })
    }

    /// The power at an entry shifted by some columns and rows; frequencies go round.
    pub fn near(&self, [x, y]: [usize; 2], columns: isize, rows: isize) -> f32 {
        let (w, h) = (self.width as isize, self.height as isize);
        let (mut x, mut y) = (x as isize + columns, y as isize + rows);
        // Few lie beyond the ends, and a division costs more than asking.
        if x < 0 || x >= w {
            x = x.rem_euclid(w);
        }
        if y < 0 || y >= h {
            y = y.rem_euclid(h);
        }
        self.power[(y * w + x) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_one_frequency() {
        let (w, h) = (64, 48);
        let wave = |x: f32, y: f32| (std::f32::consts::TAU * (0.25 * x + 0.125 * y)).cos();
        let luma: Vec<f32> = (0..w * h).map(|i| wave((i % w) as f32, (i / w) as f32)).collect();
        let s = of(&luma, w, h);
        let strongest = s.entries().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        let (strongest, [x, y], power) = strongest;
        assert!((x.abs() - 0.25).abs() < 1e-6 && (y.abs() - 0.125).abs() < 1e-6 && x * y > 0.0);
        assert_eq!(s.near(strongest, 0, 0), power);
        assert!(s.near(strongest, 5, 0) < 1e-3 * power);
    }
}
