//! Whether the picture is smeared along one direction.

use image::GrayImage;

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::face::part;
use crate::scene::Portrait;
use crate::simd::{self, Simd, WithSimd};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "motion_blur",
    title: text("抖动模糊", "Motion blur"),
    unit: "octaves",
    names: &[],
    clause: "99号: in focus (成像清晰); rejected as 照片清晰度不合格",
    method: text(
        "在八个方向上，脸部 6 px 尺度的结构在 1.5 px 尺度上还剩多少（经 3×3 二项式平滑后二阶差分绝对值的平均值；人脸的瞳孔间距为 90～180 px，或保持文件本身的尺寸）；取最大值与最小值之比，再取以 2 为底的对数。运动造成的模糊只抹掉沿运动方向的细微结构。",
        "In eight directions, how much of the face's structure over 6 px is left over 1.5 px (mean absolute second differences under a 3 x 3 binomial mask, at 90 to 180 px between the pupils or the file's own size); log2 of the most over the least. Blur from movement takes the fine structure along its own direction only.",
    ),
    low: good("no_motion", text("没有抖动", "no motion blur")),
    high: fault(
        "motion_blur",
        text("照片清晰度不合格", "blurred by movement"),
        text("拍的时候别动，数三秒。", "Hold still for three seconds."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Directions that are compared.
const DIRECTIONS: usize = 8;

/// Reach of the fine and of the coarse second difference, pixels.
const REACHES: [f32; 2] = [1.5, 6.0];

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.wide_close_up();
    let (w, h) = close.size();
    let luma = smoothed(&close.luma, w, h);
    let face = close.region(portrait.face, &[part::OVAL], &[]);
    let Some(ratios) = fine_shares(&luma, (w, h), &face) else {
        return Err(Unreadable::because(text("人脸像素太少", "the face has too few pixels")));
    };
    let most = ratios.iter().copied().fold(f32::MIN, f32::max);
    let least = ratios.iter().copied().fold(f32::MAX, f32::min);
    // With few pixels between the pupils 6 px are features and no texture.
    let size = f64::from(close.eyes / 45.0).min(1.0);
    Ok(Reading {
        value: Value::Number((most / least.max(1e-3)).log2().into()),
        confidence: face_confidence(portrait) * size,
        evidence: vec![Evidence::Region(portrait.face.outline(part::OVAL))],
    })
}

/// Under the binomial 3 x 3 mask: without the noise of single pixels, which interpolation along a slant
/// would smooth more than along the axes.
fn smoothed(luma: &[f32], w: usize, h: usize) -> Vec<f32> {
    let mut rows = Vec::with_capacity(luma.len());
    for row in luma.chunks_exact(w) {
        let left = row[..1].iter().chain(row);
        let right = row[1..].iter().chain(&row[w - 1..]);
        let three = left.zip(row).zip(right);
        rows.extend(three.map(|((left, at), right)| (left + 2.0 * at + right) / 4.0));
    }
    let mut out = Vec::with_capacity(luma.len());
    for y in 0..h {
        let row = |y: usize| &rows[y * w..][..w];
        let three = row(y.saturating_sub(1)).iter().zip(row(y)).zip(row((y + 1).min(h - 1)));
        out.extend(three.map(|((up, at), low)| (up + 2.0 * at + low) / 4.0));
    }
    out
}

/// For each of the [`DIRECTIONS`]: mean absolute second difference along it over the fine reach divided by that
/// over the coarse one; `None` of too few pixels.
fn fine_shares(
    luma: &[f32],
    (w, h): (usize, usize),
    mask: &GrayImage,
) -> Option<[f32; DIRECTIONS]> {
    if w < 3 || h < 3 {
        return None;
    }
    let ways: [(f32, f32); DIRECTIONS] =
        std::array::from_fn(|k| (k as f32 * std::f32::consts::PI / DIRECTIONS as f32).sin_cos());
    let (mut sums, mut count) = ([[0.0_f64; 2]; DIRECTIONS], 0);
    let (mut middles, mut bends) = (vec![0.0; w], vec![0.0; w]);
    for (y, row) in mask.as_raw().chunks_exact(w).enumerate() {
        let Some(first) = row.iter().position(|&m| m > 0) else { continue };
        let last = row.iter().rposition(|&m| m > 0).unwrap_or(first);
        let (row, bends) = (&row[first..=last], &mut bends[first..=last]);
        // Between pixels along both axes in all directions: interpolation smooths each alike.
        let middles = &mut middles[first..=last];
        middles.fill(0.0);
        add_shifted(luma, (w, h), [first, y], [0.5, 0.5], -2.0, middles);
        for (sums, (sin, cos)) in sums.iter_mut().zip(ways) {
            for (sum, reach) in sums.iter_mut().zip(REACHES) {
                bends.copy_from_slice(middles);
                for side in [1.0, -1.0] {
                    let shift = [cos, sin].map(|v| 0.5 + side * v * reach);
                    add_shifted(luma, (w, h), [first, y], shift, 1.0, bends);
                }
                *sum += f64::from(simd::wide(Size { bends, row }));
            }
        }
        count += row.iter().filter(|m| **m > 0).count();
    }
    (count > 200).then(|| sums.map(|[fine, coarse]| ((fine + 1e-3) / (coarse + 1e-3)) as f32))
}

/// The sum of the masked values without their sign.
struct Size<'a> {
    bends: &'a [f32],
    row: &'a [u8],
}

impl WithSimd for Size<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let size = |b: f32, m: u8| if m > 0 { b.abs() } else { 0.0 };
        let ((bends, more), (row, of_more)) =
            (self.bends.as_chunks::<8>(), self.row.as_chunks::<8>());
        let mut sums = [0.0_f32; 8];
        for (bends, row) in bends.iter().zip(row) {
            for k in 0..8 {
                sums[k] += size(bends[k], row[k]);
            }
        }
        let rest: f32 = more.iter().zip(of_more).map(|(b, m)| size(*b, *m)).sum();
        sums.iter().sum::<f32>() + rest
    }
}

/// Adds `weight` times the luma at `shift` from each of a row of pixels, which begins at `from`, bilinear;
/// beyond the picture its edge goes on. One shift for all: so are the weights of the four neighbours.
fn add_shifted(
    luma: &[f32],
    (w, h): (usize, usize),
    [from, y]: [usize; 2],
    shift: [f32; 2],
    weight: f32,
    to: &mut [f32],
) {
    let [(dx, fx), (dy, fy)] = shift.map(|v| (v.floor() as isize, v - v.floor()));
    let place = |v: usize, d: isize, n: usize| (v as isize + d).clamp(0, n as isize - 1) as usize;
    let (upper, lower) = (w * place(y, dy, h), w * place(y, dy + 1, h));
    let (upper, lower) = (&luma[upper..upper + w], &luma[lower..lower + w]);
    let [a, b, c, d] =
        [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy].map(|v| v * weight);
    let left = from as isize + dx;
    if left >= 0 && left as usize + to.len() < w {
        let (upper, lower) = (&upper[left as usize..], &lower[left as usize..]);
        simd::wide(Between { upper, lower, weights: [a, b, c, d], to });
        return;
    }
    for (i, to) in to.iter_mut().enumerate() {
        let (x0, x1) = (place(from + i, dx, w), place(from + i, dx + 1, w));
        *to += a * upper[x0] + b * upper[x1] + c * lower[x0] + d * lower[x1];
    }
}

/// Adds what lies between two rows at each place: a weight for it, for the next, and for those below.
struct Between<'a> {
    upper: &'a [f32],
    lower: &'a [f32],
    weights: [f32; 4],
    to: &'a mut [f32],
}

impl WithSimd for Between<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Between { upper, lower, weights: [a, b, c, d], to } = self;
        let n = to.len();
        let (p, q, r, s) = (&upper[..n], &upper[1..=n], &lower[..n], &lower[1..=n]);
        for i in 0..n {
            to[i] += a * p[i] + b * q[i] + c * r[i] + d * s[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb, RgbImage};

    #[test]
    fn smearing_along_one_direction_shows_and_even_blur_does_not() {
        let mut state = 7_u32;
        let sharp = RgbImage::from_fn(120, 120, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8; 3])
        });
        let smeared = RgbImage::from_fn(120, 120, |x, y| {
            let sum: u32 = (0..7).map(|k| u32::from(sharp.get_pixel((x + k) % 120, y).0[0])).sum();
            Rgb([(sum / 7) as u8; 3])
        });
        let even = image::imageops::blur(&sharp, 1.5);
        let spread = |picture: RgbImage| {
            let luma: Vec<f32> = picture.pixels().map(|p| crate::pixels::luma(*p)).collect();
            let luma: Vec<f32> = smoothed(&luma, 120, 120);
            let mask = GrayImage::from_pixel(120, 120, Luma([255]));
            let shares = fine_shares(&luma, (120, 120), &mask).unwrap();
            let (along, across) = (shares[0], shares[DIRECTIONS / 2]);
            (across / along).log2()
        };
        assert!(spread(even).abs() < 0.25);
        assert!(spread(smeared) > 0.7);
    }
}
