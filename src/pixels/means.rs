//! Shrinking by whole numbers.

use image::RgbImage;

use crate::simd::{self, Simd, WithSimd};

/// Largest number that [`means`] shrinks by: so many values of 255 as 16 bits hold, which is more than any
/// photo needs.
pub const MOST_MEANS: u32 = 257;

/// Means of squares of `by` pixels, at most [`MOST_MEANS`], from `origin` (left, top) on; the picture must hold
/// `by` times the `size`.
pub fn means(picture: &RgbImage, [x, y]: [u32; 2], by: u32, size: (u32, u32)) -> RgbImage {
    let mut to = RgbImage::new(size.0, size.1);
    let origin = [x as usize, y as usize];
    simd::wide(Means { picture, origin, by: by as usize, to: &mut to });
    to
}

struct Means<'a> {
    picture: &'a RgbImage,
    origin: [usize; 2],
    by: usize,
    to: &'a mut RgbImage,
}

impl WithSimd for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Means { picture, origin: [x, y], by, to } = self;
        let (stride, width) = (3 * picture.width() as usize, to.width() as usize);
        let mut sums = vec![0_u16; 3 * width * by];
        let rows = picture.as_raw()[stride * y..].chunks(stride * by);
        for (rows, to) in rows.zip(to.chunks_exact_mut(3 * width.max(1))) {
            sums.fill(0);
            for row in rows.chunks_exact(stride) {
                for (sum, v) in sums.iter_mut().zip(&row[3 * x..]) {
                    // Cannot overflow; said so, it is not asked for each value.
                    *sum = sum.wrapping_add(u16::from(*v));
                }
            }
            // A number that is known is a loop that is laid out.
            match by {
                2 => across::<2>(&mut sums, to),
                3 => across::<3>(&mut sums, to),
                4 => across::<4>(&mut sums, to),
                by => across_any(&sums, by, to),
            }
        }
    }
}

/// Means of `BY` sums, at most 16, of as many pixels each along a row.
#[inline(always)]
fn across<const BY: usize>(sums: &mut [u16], to: &mut [u8]) {
    let (n, area) = (sums.len() + 3 - 3 * BY, (BY * BY) as u32);
    // From each value on, also where no mean begins: so the loop is wide. 16 bits hold 256 pixels.
    for i in 0..n {
        let mut sum = sums[i];
        for k in 1..BY {
            sum = sum.wrapping_add(sums[i + 3 * k]);
        }
        sums[i] = sum;
    }
    // Division by way of a reciprocal of 24 bits: exact for sums of 16.
    let share = (1_u32 << 24).div_ceil(area);
    for (to, sums) in to.chunks_exact_mut(3).zip(sums.chunks_exact(3 * BY)) {
        for k in 0..3 {
            to[k] = ((u32::from(sums[k]) + area / 2).wrapping_mul(share) >> 24) as u8;
        }
    }
}

/// [`across`] for any number.
#[inline(always)]
fn across_any(sums: &[u16], by: usize, to: &mut [u8]) {
    let share = 1.0 / (by * by) as f32;
    for (to, sums) in to.chunks_exact_mut(3).zip(sums.chunks_exact(3 * by)) {
        let mut all = [0_u32; 3];
        for sum in sums.chunks_exact(3) {
            for k in 0..3 {
                all[k] += u32::from(sum[k]);
            }
        }
        for k in 0..3 {
            to[k] = (all[k] as f32 * share + 0.5) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn means_are_of_squares_from_the_origin_on() {
        let picture = RgbImage::from_fn(23, 14, |x, y| Rgb([x as u8 * 10, y as u8 * 10, 9]));
        // Columns 5 to 7 and 8 to 10; rows 4 to 6, 7 to 9 and 10 to 12.
        let found = means(&picture, [5, 4], 3, (2, 3));
        let wanted = |x, y| Rgb([60 + x as u8 * 30, 50 + y as u8 * 30, 9]);
        assert_eq!(found, RgbImage::from_fn(2, 3, wanted));
        for by in [1, 2, 4, 7] {
            let (w, h) = (23 / by, 14 / by);
            let plain = RgbImage::from_fn(w, h, |x, y| {
                let sum = |of: &dyn Fn(u32, u32) -> u32| {
                    let all = (0..by * by).map(|i| of(x * by + i % by, y * by + i / by));
                    (all.sum::<u32>() as f32 / (by * by) as f32).round() as u8
                };
                Rgb([sum(&|x, _| x * 10), sum(&|_, y| y * 10), 9])
            });
            assert_eq!(means(&picture, [0, 0], by, (w, h)), plain, "{by}");
        }
    }
}
