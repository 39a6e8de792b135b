//! The power spectrum of a small grey picture.
//!
//! The transforms are those of `realfft`, which wraps `rustfft`; that one the embedded inference engine brings
//! along anyway.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// Power per frequency, of one half of the plane: the other half of a real picture's has the same.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// Width that was transformed, pixels: the frequencies across are its entries 0 to half of it.
    pub width: usize,
    /// Height that was transformed, pixels: as many frequencies down, of which the upper half are negative.
    pub height: usize,
    /// Power, frequency (0, 0) first, column by column.
    pub power: Vec<f32>,
}

/// The power spectrum of `luma`, `width` values a row, less its mean and under a Hann window, so that
/// the picture's ends make no edges. A few per cent of the picture at its ends are left out where a transform
/// of just its size would be slow.
pub fn of(luma: &[f32], width: usize, height: usize) -> Spectrum {
    let (w, h) = (quick(width), quick(height));
    let (left, top) = ((width - w) / 2, (height - h) / 2);
    let rows = luma.chunks_exact(width.max(1)).skip(top).take(h).map(|row| &row[left..left + w]);
    let mean = rows.clone().map(|row| row.iter().sum::<f32>()).sum::<f32>() / (w * h).max(1) as f32;
    let (across, down) = (hann(w), hann(h));
    let mut planner = RealFftPlanner::new();
    let along_rows = planner.plan_fft_forward(w);
    let columns = w / 2 + 1;
    // Rows become columns, so that the second pass also runs along the memory.
    let mut turned = vec![Complex::new(0.0, 0.0); columns * h];
    let (mut line, mut out) = (along_rows.make_input_vec(), along_rows.make_output_vec());
    let mut scratch = along_rows.make_scratch_vec();
    for (y, (row, down)) in rows.zip(&down).enumerate() {
        let windowed = row.iter().zip(&across).map(|(v, across)| (v - mean) * across * down);
        line.iter_mut().zip(windowed).for_each(|(to, v)| *to = v);
        let done = along_rows.process_with_scratch(&mut line, &mut out, &mut scratch);
        done.expect("buffers of the plan's own size");
        turned.iter_mut().skip(y).step_by(h).zip(&out).for_each(|(to, v)| *to = *v);
    }
    rustfft::FftPlanner::new().plan_fft_forward(h).process(&mut turned);
    Spectrum { width: w, height: h, power: turned.iter().map(Complex::norm_sqr).collect() }
}

/// The largest even number up to `n` without other factors than 2, 3 and 5; `n` itself where it is small.
fn quick(n: usize) -> usize {
    let plain = |mut n: usize| {
        for factor in [2, 3, 5] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    (2..=n).rev().find(|&n| n.is_multiple_of(2) && plain(n)).unwrap_or(n)
}

fn hann(n: usize) -> Vec<f32> {
    let turn = 2.0 * std::f32::consts::PI / n as f32;
    (0..n).map(|i| 0.5 - 0.5 * (turn * (i as f32 + 0.5)).cos()).collect()
}

impl Spectrum {
    /// Every entry: column and row, the frequency there in cycles per pixel (0 to 0.5 across, -0.5 to 0.5
    /// down), and the power.
    pub fn entries(&self) -> impl Iterator<Item = ([usize; 2], [f32; 2], f32)> {
        let h = self.height;
        let down = move |row: usize| match row as f32 / h as f32 {
            share if 2 * row < h => share,
            share => share - 1.0,
        };
        self.power.chunks_exact(h.max(1)).enumerate().flat_map(move |(column, power)| {
            let across = column as f32 / self.width as f32;
            let entry = move |(row, p): (usize, &f32)| ([column, row], [across, down(row)], *p);
            power.iter().enumerate().map(entry)
        })
    }

    /// The power at an entry shifted by some columns and rows; frequencies go round.
    pub fn near(&self, [x, y]: [usize; 2], columns: isize, rows: isize) -> f32 {
        let (w, h) = (self.width as isize, self.height as isize);
        let (mut x, mut y) = (x as isize + columns, y as isize + rows);
        // Few lie beyond the ends, and a division costs more than asking.
        if x < 0 || 2 * x > w {
            // In the half that is not kept: the opposite wave.
            (x, y) = ((-x).rem_euclid(w), -y);
            x = x.min(w - x);
        }
        if y < 0 || y >= h {
            y = y.rem_euclid(h);
        }
        self.power[(x * h + y) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wave of a quarter cycle per pixel across and an eighth down.
    fn wave(w: usize, h: usize) -> Vec<f32> {
        let at = |x: f32, y: f32| (std::f32::consts::TAU * (0.25 * x + 0.125 * y)).cos();
        (0..w * h).map(|i| at((i % w) as f32, (i / w) as f32)).collect()
    }

    #[test]
    fn a_wave_is_one_frequency() {
        let s = of(&wave(64, 48), 64, 48);
        let strongest = s.entries().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        let (strongest, [x, y], power) = strongest;
        assert!((x - 0.25).abs() < 1e-6 && (y - 0.125).abs() < 1e-6);
        assert_eq!(s.near(strongest, 0, 0), power);
        assert!(s.near(strongest, 5, 0) < 1e-3 * power);
        // The opposite wave, in the other half.
        let [column, row] = strongest.map(|v| v as isize);
        assert_eq!(s.near(strongest, -2 * column, -2 * row), power);
        assert_eq!(s.near([0, 0], 64 - column, 48 - row), power);
    }

    #[test]
    fn slow_sizes_lose_a_little_at_the_ends() {
        assert_eq!([307, 480, 243, 64, 7, 1].map(quick), [300, 480, 240, 64, 6, 1]);
        let s = of(&wave(67, 53), 67, 53);
        assert_eq!((s.width, s.height, s.power.len()), (64, 50, 33 * 50));
        let (_, [x, y], _) = s.entries().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        assert!((x - 0.25).abs() < 1e-6 && (y - 0.12).abs() < 1e-6);
    }
}
