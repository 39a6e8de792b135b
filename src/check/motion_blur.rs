//! Whether the picture is smeared along one direction.

use image::GrayImage;

use super::{Check, Measure, face_confidence, fault, text};
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
    method: "In eight directions, how much of the face's structure over 6 px is left over 1.5 px (mean absolute second differences under a 3 x 3 binomial mask, at 90 to 180 px between the pupils or the file's own size); log2 of the most over the least. Blur from movement takes the fine structure along its own direction only.",
    low: fault(
        "no_motion",
        text("没有抖动", "no motion blur"),
        text("没有抖动，没问题。", "No motion blur, which is fine."),
    ),
    high: fault(
        "motion_blur",
        text("照片清晰度不合格", "blurred by movement"),
        text("拍的时候别动，数三秒。", "Hold still for three seconds."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Directions that are compared.
const DIRECTIONS: u32 = 8;

/// Reach of the fine and of the coarse second difference, pixels.
const REACHES: [f32; 2] = [1.5, 6.0];

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.wide_close_up();
    let (w, h) = close.size();
    let luma = smoothed(&close.luma, w, h);
    let face = close.region(portrait.face, &[part::OVAL], &[]);
    let ratios: Vec<f32> = (0..DIRECTIONS)
        .filter_map(|k| {
            let angle = k as f32 * std::f32::consts::PI / DIRECTIONS as f32;
            fine_share(&luma, (w, h), &face, angle.sin_cos())
        })
        .collect();
    if ratios.len() < DIRECTIONS as usize {
        return Err(Unreadable::because("the face has too few pixels"));
    }
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

/// Mean absolute second difference over the fine reach divided by that over the coarse one, along a
/// direction; `None` of too few pixels.
fn fine_share(
    luma: &[f32],
    (w, h): (usize, usize),
    mask: &GrayImage,
    (sin, cos): (f32, f32),
) -> Option<f32> {
    if w < 3 || h < 3 {
        return None;
    }
    let (mut sums, mut count) = ([0.0_f64; 2], 0);
    let mut bends = vec![0.0; w];
    for (y, row) in mask.as_raw().chunks_exact(w).enumerate() {
        let Some(first) = row.iter().position(|&m| m > 0) else { continue };
        let last = row.iter().rposition(|&m| m > 0).unwrap_or(first);
        let (row, bends) = (&row[first..=last], &mut bends[first..=last]);
        for (sum, reach) in sums.iter_mut().zip(REACHES) {
            let way = [cos * reach, sin * reach];
            // Between pixels along both axes in all directions: interpolation smooths each alike.
            bends.fill(0.0);
            add_shifted(luma, (w, h), [first, y], [0.5, 0.5], -2.0, bends);
            for side in [1.0, -1.0] {
                let shift = way.map(|v| 0.5 + side * v);
                add_shifted(luma, (w, h), [first, y], shift, 1.0, bends);
            }
            let inside = bends.iter().zip(row).filter(|(_, m)| **m > 0);
            *sum += f64::from(inside.map(|(b, _)| b.abs()).sum::<f32>());
        }
        count += row.iter().filter(|m| **m > 0).count();
    }
    (count > 200).then(|| ((sums[0] + 1e-3) / (sums[1] + 1e-3)) as f32)
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
            let along = fine_share(&luma, (120, 120), &mask, (0.0, 1.0)).unwrap();
            let across = fine_share(&luma, (120, 120), &mask, (1.0, 0.0)).unwrap();
            (across / along).log2()
        };
        assert!(spread(even).abs() < 0.25);
        assert!(spread(smeared) > 0.7);
    }
}
