//! Cutting a part out of a picture, turned and scaled.

use image::RgbImage;

use super::Similarity;
use super::means::{MOST_MEANS, means};
use crate::simd::{self, Simd, WithSimd};

/// The part of the picture that a similarity carries onto a square of `side` pixels.
///
/// Averages where it shrinks; outside the picture the edge pixels go on.
pub fn cut(picture: &RgbImage, to_square: &Similarity, side: u32) -> RgbImage {
    cut_out(picture, to_square, (side, side))
}

/// [`cut`] for a crop of any width and height.
pub fn cut_out(picture: &RgbImage, to_crop: &Similarity, size: (u32, u32)) -> RgbImage {
    let back = to_crop.inverse();
    let (right, low) = (size.0 as f32 - 1.0, size.1 as f32 - 1.0);
    let corners = [[0.0, 0.0], [right, 0.0], [0.0, low], [right, low]].map(|p| back.apply(p));
    let (w, h) = picture.dimensions();
    let by = (1.0 / to_crop.scale()).floor().clamp(1.0, w.min(h).min(MOST_MEANS) as f32) as u32;
    // Only the part that is needed is averaged: the face of a 24-megapixel capture is a corner of it.
    let x = side(corners.map(|c| c[0]), by, w);
    let y = side(corners.map(|c| c[1]), by, h);
    let small = (by > 1).then(|| means(picture, [x.0, y.0], by, (x.1, y.1)));
    let (source, part) = match &small {
        Some(small) => (small, [0, 0, x.1, y.1]),
        None => (picture, [x.0, y.0, x.1, y.1]),
    };
    // From pixels of the source to pixels of the picture: centres at whole numbers in both.
    let (from, by) = ((by as f32 - 1.0) / 2.0, by as f32);
    let (ox, oy) = (x.0 as f32 + from, y.0 as f32 + from);
    let s = to_crop;
    let [a, b, c] = [s.a * by, -s.b * by, s.a * ox - s.b * oy + s.tx];
    let [d, e, f] = [s.b * by, s.a * by, s.b * ox + s.a * oy + s.ty];
    // A similarity of positive scale always has an inverse.
    let area = a * e - b * d;
    let back = [e, -b, b * f - c * e, -d, a, -(a * f - c * d)].map(|v| v / area);
    if s.b == 0.0 {
        simd::wide(Stretch {
            picture: source,
            part,
            x: [back[0], back[2]],
            y: [back[4], back[5]],
            size,
        })
    } else {
        simd::wide(Warp { picture: source, part, back, size })
    }
}

/// Where the part begins that holds these corners, along one side of `n` pixels, and how many squares of `by`
/// pixels it has, with a margin of two.
fn side(corners: [f32; 4], by: u32, n: u32) -> (u32, u32) {
    let margin = 2.0 * by as f32;
    let clamp = |v: f32| v.clamp(0.0, (n - 1) as f32) as u32;
    let from = clamp(corners.iter().copied().fold(f32::MAX, f32::min) - margin);
    let to = clamp(corners.iter().copied().fold(f32::MIN, f32::max) + margin);
    // Whole squares: as many as reach the far end, from further back where the picture ends.
    let count = (to - from + 1).div_ceil(by).min(n / by);
    (from.min(n - count * by), count)
}

/// The part of the picture where `back` (two rows of an affine map) leads from each pixel of one of `size`,
/// bilinear; beyond the part its edge goes on.
///
/// To the last bit what `imageproc`'s `warp_into` does (each step is cut to whole levels, as the limits of
/// the checks were set with), several times as fast: it looks every pixel up behind bounds checks of its own,
/// and wants the part as a picture.
struct Warp<'a> {
    picture: &'a RgbImage,
    part: [u32; 4],
    back: [f32; 6],
    size: (u32, u32),
}

impl WithSimd for Warp<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> RgbImage {
        let Warp { picture, part: [left, top, w, h], back, size } = self;
        let row = 3 * picture.width() as usize;
        let values = &picture.as_raw()[row * top as usize + 3 * left as usize..];
        let (right, low) = (w as usize - 1, h as usize - 1);
        let width = 3 * size.0.max(1) as usize;
        let mut out = RgbImage::new(size.0, size.1);
        // Of one row: mixtures along the rows above and below, and the share of the lower one.
        let (mut upper, mut lower, mut shares) =
            (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
        for (y, line) in out.chunks_exact_mut(width).enumerate() {
            let both = upper.chunks_exact_mut(3).zip(lower.chunks_exact_mut(3));
            for (x, ((upper, lower), share)) in both.zip(shares.chunks_exact_mut(3)).enumerate() {
                let (x, y) = (x as f32, y as f32);
                let px = back[0] * x + back[1] * y + back[2];
                let py = back[3] * x + back[4] * y + back[5];
                let (x0, y0) = (px.floor(), py.floor());
                let (tx, ty) = (px - x0, py - y0);
                let (column, line) = (x0 as i32, y0 as i32);
                let place = |v: i32, n: usize| (v.max(0) as usize).min(n);
                let above = row * place(line, low);
                let below = row * place(line.saturating_add(1), low);
                let near = 3 * place(column, right);
                let far = 3 * place(column.saturating_add(1), right);
                let pixel = |i: usize| &values[i..i + 3];
                let (a, b) = (pixel(above + near), pixel(above + far));
                let (c, d) = (pixel(below + near), pixel(below + far));
                for k in 0..3 {
                    upper[k] = between(f32::from(a[k]), f32::from(b[k]), tx);
                    lower[k] = between(f32::from(c[k]), f32::from(d[k]), tx);
                    share[k] = ty;
                }
            }
            for (((to, p), q), t) in line.iter_mut().zip(&upper).zip(&lower).zip(&shares) {
                *to = level(between(p.trunc(), q.trunc(), *t));
            }
        }
        out
    }
}

/// What [`Warp`] does where nothing is turned: `x` and `y` are factor and shift. Columns and rows then have their
/// own places, and each row of the picture is mixed along once.
struct Stretch<'a> {
    picture: &'a RgbImage,
    part: [u32; 4],
    x: [f32; 2],
    y: [f32; 2],
    size: (u32, u32),
}

/// Two neighbours, as places in a row of values or in the picture, and the share of the far one.
struct Pair {
    near: usize,
    far: usize,
    share: f32,
}

/// The neighbours of `n` places, of which there are `last + 1`, `step` values apart.
fn pairs(n: u32, [factor, shift]: [f32; 2], last: u32, step: usize) -> Vec<Pair> {
    let pair = |i| {
        let at = factor * i as f32 + shift;
        let place = |v: i32| step * v.clamp(0, last as i32) as usize;
        let first = at.floor() as i32;
        let share = at - at.floor();
        Pair { near: place(first), far: place(first.saturating_add(1)), share }
    };
    (0..n).map(pair).collect()
}

impl WithSimd for Stretch<'_> {
    type Output = RgbImage;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> RgbImage {
        let Stretch { picture, part: [left, top, w, h], x, y, size } = self;
        let stride = 3 * picture.width() as usize;
        let values = &picture.as_raw()[stride * top as usize + 3 * left as usize..];
        let columns = pairs(size.0, x, w - 1, 3);
        let rows = pairs(size.1, y, h - 1, stride);
        let mut row = vec![0.0; 3 * w as usize];
        // The two rows between which this one lies, mixed along, and which they are.
        let mut lines = [vec![0.0; 3 * columns.len()], vec![0.0; 3 * columns.len()]];
        let mut held = [usize::MAX; 2];
        let mut out = RgbImage::new(size.0, size.1);
        for (y, to) in rows.iter().zip(out.chunks_exact_mut(3 * size.0.max(1) as usize)) {
            if held[0] != y.near {
                lines.swap(0, 1);
                held.swap(0, 1);
            }
            for (k, at) in [y.near, y.far].into_iter().enumerate() {
                if held[k] != at {
                    let from = values[at..].iter().map(|v| f32::from(*v));
                    row.iter_mut().zip(from).for_each(|(to, v)| *to = v);
                    along(&row, &columns, &mut lines[k]);
                    held[k] = at;
                }
            }
            for ((to, p), q) in to.iter_mut().zip(&lines[0]).zip(&lines[1]) {
                *to = level(between(*p, *q, y.share));
            }
        }
        out
    }
}

/// The mixtures along a row, in whole levels.
#[inline(always)]
fn along(row: &[f32], columns: &[Pair], to: &mut [f32]) {
    for (x, to) in columns.iter().zip(to.chunks_exact_mut(3)) {
        let (a, b) = (&row[x.near..x.near + 3], &row[x.far..x.far + 3]);
        for k in 0..3 {
            to[k] = between(a[k], b[k], x.share);
        }
    }
    // In a loop of its own, which is wide.
    to.iter_mut().for_each(|v| *v = v.trunc());
}

#[inline(always)]
fn between(p: f32, q: f32, t: f32) -> f32 {
    (1.0 - t) * p + t * q
}

/// A value from 0 to 255 less its fraction. Behind 2^23 a float's lowest bits are whole numbers: eight of them are
/// taken at a time, where a cast asks each for being in range.
#[inline(always)]
fn level(v: f32) -> u8 {
    (v.trunc() + 8_388_608.0).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn cutting_finds_the_same_place_at_full_size_and_shrunk() {
        // A horizontal and vertical ramp: the value tells the place.
        let ramp = RgbImage::from_fn(250, 250, |x, y| Rgb([x as u8, y as u8, 0]));
        for scale in [1.0, 0.4, 0.21] {
            let s = Similarity::about([125.0, 100.0], 0.0, scale, [16.0, 16.0]);
            let out = cut(&ramp, &s, 33);
            let [x, y] = s.inverse().apply([20.0, 10.0]);
            let p = out.get_pixel(20, 10).0;
            assert!(
                (f32::from(p[0]) - x).abs() < 1.5 && (f32::from(p[1]) - y).abs() < 1.5,
                "{scale}: {p:?} {x} {y}"
            );
        }
    }

    #[test]
    fn what_is_not_turned_is_the_same_either_way() {
        let noise = |x: u32, y: u32| (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761) >> 16;
        let picture =
            RgbImage::from_fn(90, 70, |x, y| Rgb([0, 1, 2].map(|k| noise(x + k, y) as u8)));
        for (factor, shift) in [(0.37, 20.0), (1.0, -3.0), (1.6, 4.3), (0.9, -30.2)] {
            let (part, size) = ([4, 3, 80, 61], (64, 50));
            let back = [factor, 0.0, shift, 0.0, factor, shift];
            let [x, y] = [[factor, shift]; 2];
            let turned = simd::wide(Warp { picture: &picture, part, back, size });
            let stretched = simd::wide(Stretch { picture: &picture, part, x, y, size });
            assert_eq!(turned, stretched, "{factor} {shift}");
        }
    }

    #[test]
    fn a_part_is_of_whole_squares_inside_the_picture() {
        assert_eq!(side([10.0, 20.0, 10.0, 20.0], 1, 100), (8, 15));
        assert_eq!(side([30.0, 60.0, 30.0, 60.0], 3, 100), (24, 15));
        // At the end it begins earlier; where all is wanted, less than a square is left over.
        assert_eq!(side([80.0, 120.0, 80.0, 120.0], 3, 100), (73, 9));
        assert_eq!(side([-9.0, 120.0, -9.0, 120.0], 3, 100), (0, 33));
        assert_eq!(side([500.0, 900.0, 500.0, 900.0], 4, 7), (3, 1));
    }
}
