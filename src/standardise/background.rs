//! Another background behind the person, without a halo of the old one.
//!
//! A pixel of the edge is a mixture of person and old background. Its own colour of the person is
//! estimated and mixed with the new colour: Forte, "Approximate Fast Foreground Colour Estimation"
//! (ICIP 2021, "blur fusion"), twice, with a wide and a narrow window. In linear light, where mixtures
//! are what light does. Written here because no crate of the registry estimates foregrounds.

use image::{GrayImage, Rgb};
use palette::encoding::{FromLinear, IntoLinear, Srgb};

use super::resample::{Linear, linear};
use crate::simd::{self, Simd, WithSimd};
use crate::windows::{Means, window_sums};

/// Radii of the two windows, eye distances: as the paper's 90 and 6 px are on its pictures of some
/// 800 px, whose faces have about 200 px between the eyes.
pub const RADII: [f32; 2] = [0.45, 0.03];

/// Radius of the windows in which the two colours of an edge are looked for, eye distances.
const SIDES: f32 = 0.25;

/// Up to this alpha a pixel counts as surely background there, from 1 minus it on as surely person; and
/// the least share of a window that each must have.
const CLEAR: f32 = 0.2;
const ENOUGH: f32 = 0.003;

/// A matte that is so near to 0 or 1 is left as it is.
const SURE: f32 = 0.004;

/// Keeps a window without foreground (or background) from dividing by nothing.
const LITTLE: f32 = 1e-5;

/// The picture with `colour` where alpha (0 to 255) shows no person; `eyes` is the pupil distance, pixels.
pub(super) fn replace(picture: &Linear, alpha: &GrayImage, colour: Rgb<u8>, eyes: f32) -> Linear {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let image: Vec<[f32; 3]> = picture.pixels().map(|p| p.0.map(f32::from)).collect();
    let alpha: Vec<f32> = alpha.pixels().map(|p| f32::from(p.0[0]) / 255.0).collect();
    let alpha = of_light(&image, &alpha, (w, h), radius(SIDES, eyes));
    let [wide, narrow] = RADII.map(|r| radius(r, eyes));
    let (front, back) = fuse(&image, &alpha, &image, &image, (w, h), wide);
    let (front, _) = fuse(&image, &alpha, &front, &back, (w, h), narrow);
    let mut values = vec![0; 3 * w * h];
    let (new, out) = (linear(colour), &mut values);
    simd::wide(Mix { image: &image, alpha: &alpha, front: &front, new, out });
    Linear::from_vec(picture.width(), picture.height(), values).expect("three values a pixel")
}

/// So many eye distances in whole pixels, at least one.
fn radius(share: f32, eyes: f32) -> usize {
    ((share * eyes).round() as usize).max(1)
}

/// The matte as a share of light. It is one of codes: the network learnt from people cut out by their
/// sRGB codes, and [`crate::unmix`] measures along them. Half the light of dark hair before a white wall
/// has a code near the wall's, and mixed as a share of light such a matte lets the new colour shine
/// through the rim of the hair. So its place between the codes of the two sides becomes a colour, and
/// that colour's place between their lights the share.
fn of_light(image: &[[f32; 3]], alpha: &[f32], size: (usize, usize), radius: usize) -> Vec<f32> {
    let clear = |a: f32| [a >= 1.0 - CLEAR, a <= CLEAR].map(|is| if is { 1.0 } else { 0.0 });
    let weights: Vec<[f32; 2]> = alpha.iter().map(|a| clear(*a)).collect();
    let mut out = alpha.to_vec();
    sides(&weights, image, image, size, radius, |y, sides| {
        for (a, sides) in out[y * size.0..].iter_mut().zip(sides) {
            if (SURE..1.0 - SURE).contains(a) && sides[0].min(sides[4]) >= ENOUGH {
                *a = share_of_light(*a, *sides);
            }
        }
    });
    out
}

fn share_of_light(a: f32, sides: [f32; 8]) -> f32 {
    let (front, back) = colours(sides);
    let (mut along, mut apart) = (0.0, 0.0);
    for (f, b) in front.iter().zip(back).map(|(f, b)| (f / 65535.0, b / 65535.0)) {
        let (cf, cb): (f32, f32) = (Srgb::from_linear(f), Srgb::from_linear(b));
        let light: f32 = Srgb::into_linear(cb + a * (cf - cb));
        along += (light - b) * (f - b);
        apart += (f - b) * (f - b);
    }
    // Where the sides are of one colour the matte keeps its word.
    ((along + 1e-4 * a) / (apart + 1e-4)).clamp(0.0, 1.0)
}

/// Gives, row by row, the means over the window around every pixel: how much of person and background is
/// there, each followed by its colours times that; `weights` says what a pixel counts on either side.
fn sides(
    weights: &[[f32; 2]],
    front: &[[f32; 3]],
    back: &[[f32; 3]],
    (w, h): (usize, usize),
    radius: usize,
    mut each: impl FnMut(usize, &[[f32; 8]]),
) {
    let of = |y: usize| y * w..(y + 1) * w;
    let fill = |y: usize, to: &mut [[f64; 8]]| {
        let (weights, front, back) = (&weights[of(y)], &front[of(y)], &back[of(y)]);
        simd::wide(Weighed { weights, front, back, to });
    };
    let mut means = vec![[0.0; 8]; w];
    window_sums((w, h), radius, fill, |y, sums, counts| {
        simd::wide(Means { sums, counts, to: &mut means });
        each(y, &means);
    });
}

/// What [`sides`] adds up of a row.
struct Weighed<'a> {
    weights: &'a [[f32; 2]],
    front: &'a [[f32; 3]],
    back: &'a [[f32; 3]],
    to: &'a mut [[f64; 8]],
}

impl WithSimd for Weighed<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.weights.iter().zip(self.front).zip(self.back);
        for (to, ((&[a, c], f), b)) in self.to.iter_mut().zip(of) {
            let all = [a, a * f[0], a * f[1], a * f[2], c, c * b[0], c * b[1], c * b[2]];
            let mut out = [0.0; 8];
            for k in 0..8 {
                out[k] = f64::from(all[k]);
            }
            *to = out;
        }
    }
}

/// The mean colours of person and background from the means of [`sides`].
#[inline(always)]
fn colours(s: [f32; 8]) -> ([f32; 3], [f32; 3]) {
    let (f, b) = (s[0] + LITTLE, s[4] + LITTLE);
    ([s[1] / f, s[2] / f, s[3] / f], [s[5] / b, s[6] / b, s[7] / b])
}

/// A colour for every pixel, in linear light.
type Colours = Vec<[f32; 3]>;

/// One pass: both colours are averaged over the window where they count, and what the picture shows
/// beside their mixture is given to the foreground by its share.
fn fuse(
    image: &[[f32; 3]],
    alpha: &[f32],
    front: &[[f32; 3]],
    back: &[[f32; 3]],
    size: (usize, usize),
    radius: usize,
) -> (Colours, Colours) {
    let weights: Vec<[f32; 2]> = alpha.iter().map(|a| [*a, 1.0 - a]).collect();
    let (mut own, mut behind) = (vec![[0.0; 3]; image.len()], vec![[0.0; 3]; image.len()]);
    sides(&weights, front, back, size, radius, |y, sides| {
        let of = y * size.0..(y + 1) * size.0;
        let (image, alpha) = (&image[of.clone()], &alpha[of.clone()]);
        let (front, back) = (&mut own[of.clone()], &mut behind[of]);
        simd::wide(Fuse { image, alpha, sides, front, back });
    });
    (own, behind)
}

/// One row of [`fuse`].
struct Fuse<'a> {
    image: &'a [[f32; 3]],
    alpha: &'a [f32],
    sides: &'a [[f32; 8]],
    front: &'a mut [[f32; 3]],
    back: &'a mut [[f32; 3]],
}

impl WithSimd for Fuse<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.image.iter().zip(self.alpha).zip(self.sides);
        let to = self.front.iter_mut().zip(self.back);
        for (((image, &a), sides), (front, back)) in of.zip(to) {
            let (f, b) = colours(*sides);
            let mut own = [0.0; 3];
            for k in 0..3 {
                let left = image[k] - a * f[k] - (1.0 - a) * b[k];
                own[k] = (f[k] + a * left).clamp(0.0, 65535.0);
            }
            (*front, *back) = (own, b);
        }
    }
}

/// The person's own colours over the new one.
struct Mix<'a> {
    image: &'a [[f32; 3]],
    alpha: &'a [f32],
    front: &'a [[f32; 3]],
    new: [f32; 3],
    out: &'a mut [u16],
}

impl WithSimd for Mix<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.image.iter().zip(self.alpha).zip(self.front);
        for (((image, &a), front), out) in of.zip(self.out.chunks_exact_mut(3)) {
            // Where the person is sure, nothing but its own pixels.
            let own = if a > 0.999 { image } else { front };
            for k in 0..3 {
                let mixed = a * own[k] + (1.0 - a) * self.new[k];
                out[k] = mixed.round().clamp(0.0, 65535.0) as u16;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::resample::to_srgb;
    use super::*;

    /// A dark disc with a soft edge, mixed over green in linear light.
    #[test]
    fn the_old_colour_is_gone_from_a_soft_edge() {
        let (dark, green, blue) = (Rgb([40, 30, 30]), Rgb([30, 200, 60]), Rgb([100, 197, 255]));
        let (d, g, b) = (linear(dark), linear(green), linear(blue));
        let share = |x: u32, y: u32| {
            let r = (x as f32 - 60.0).hypot(y as f32 - 60.0);
            ((40.0 - r) / 8.0 + 0.5).clamp(0.0, 1.0)
        };
        let mixture = |to: [f32; 3]| {
            move |x: u32, y: u32| {
                let a = share(x, y);
                Rgb([0, 1, 2].map(|k| (a * d[k] + (1.0 - a) * to[k]).round() as u16))
            }
        };
        let picture = Linear::from_fn(120, 120, mixture(g));
        // The matte as `unmix` gives it: the place between the two codes.
        let codes = to_srgb(&picture);
        let way = [0, 1, 2].map(|k| f32::from(dark.0[k]) - f32::from(green.0[k]));
        let place = |p: &Rgb<u8>| {
            let off = (0..3).map(|k| (f32::from(p.0[k]) - f32::from(green.0[k])) * way[k]);
            off.sum::<f32>() / way.iter().map(|v| v * v).sum::<f32>()
        };
        let alpha = GrayImage::from_fn(120, 120, |x, y| {
            image::Luma([(255.0 * place(codes.get_pixel(x, y))).round() as u8])
        });
        let middle = |share: f32, place: f32| (0.45..0.55).contains(&share) && place < 0.4;
        assert!((0..120).any(|x| middle(share(x, 60), place(codes.get_pixel(x, 60)))));
        let found = replace(&picture, &alpha, blue, 60.0);
        let wanted = Linear::from_fn(120, 120, mixture(b));
        let off = |p: &Rgb<u16>, q: &Rgb<u16>| (0..3).map(|k| p.0[k].abs_diff(q.0[k])).max();
        let worst = found.pixels().zip(wanted.pixels()).filter_map(|(p, q)| off(p, q)).max();
        // One fiftieth of full light: the estimate is approximate in the middle of the edge.
        assert!(worst.unwrap() < 1311, "{worst:?}");
    }
}
