//! Another background behind the person, without a halo of the old one.
//!
//! A pixel of the edge is a mixture of person and old background. Its own colour of the person is
//! estimated and mixed with the new colour: Forte, "Approximate Fast Foreground Colour Estimation"
//! (ICIP 2021, "blur fusion"), twice, with a wide and a narrow window. In linear light, where mixtures
//! are what light does. Written here because no crate of the registry estimates foregrounds.

use std::ops::Range;

use image::{GrayImage, Rgb};
use palette::encoding::{FromLinear, IntoLinear, Srgb};

use super::resample::{Linear, linear};
use crate::simd::{self, Simd, WithSimd};
use crate::spans::{Over, Spans, numbers};
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

/// From this alpha on a pixel shows nothing but the person.
const PERSON: f32 = 0.999;

/// Keeps a window without foreground (or background) from dividing by nothing.
const LITTLE: f32 = 1e-5;

/// The picture with `colour` where alpha (0 to 255) shows no person; `eyes` is the pupil distance, pixels.
pub(super) fn replace(picture: &Linear, alpha: &GrayImage, colour: Rgb<u8>, eyes: f32) -> Linear {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let image = picture.as_raw();
    let alpha: Vec<f32> = alpha.iter().map(|a| f32::from(*a) / 255.0).collect();
    let alpha = of_light(image, alpha, (w, h), radius(SIDES, eyes));
    let [wide, narrow] = RADII.map(|r| radius(r, eyes));
    // Elsewhere the picture or the new colour is all that is seen.
    let mixed = Spans::of((w, h), |i| 0.0 < alpha[i] && alpha[i] <= PERSON);
    let own = front(image, &alpha, &mixed, wide, narrow);
    let new = linear(colour);
    let mut out = picture.clone();
    for (to, a) in out.chunks_exact_mut(3).zip(&alpha) {
        if *a <= PERSON {
            to.copy_from_slice(&new.map(|v| v.round() as u16));
        }
    }
    let values: &mut [u16] = &mut out;
    for (y, run, front) in own.runs() {
        let places = numbers(w, y, &run);
        let colours = 3 * places.start..3 * places.end;
        let (image, alpha) = (&image[colours.clone()], &alpha[places]);
        simd::wide(Mix { image, alpha, front, new, out: &mut values[colours] });
    }
    out
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
fn of_light(image: &[u16], alpha: Vec<f32>, size: (usize, usize), radius: usize) -> Vec<f32> {
    let unsure = Spans::of(size, |i| (SURE..1.0 - SURE).contains(&alpha[i]));
    let fill = |y: usize, run: Range<usize>, to: &mut [[f64; 8]]| {
        let places = numbers(size.0, y, &run);
        let image = &image[3 * places.start..3 * places.end];
        simd::wide(Sides { image, alpha: &alpha[places], clear: true, to });
    };
    let mut out = alpha.clone();
    let mut means = vec![[0.0; 8]; size.0];
    window_sums(&unsure, radius, fill, |y, run, sums, counts| {
        simd::wide(Means { sums, counts, to: &mut means[..run.len()] });
        for (a, sides) in out[numbers(size.0, y, &run)].iter_mut().zip(&means) {
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

/// What is summed up over windows of a run of the picture: how much of person and background is there, each followed
/// by its colours times that. By alpha, or with `clear` only what is surely one of them.
struct Sides<'a> {
    image: &'a [u16],
    alpha: &'a [f32],
    clear: bool,
    to: &'a mut [[f64; 8]],
}

impl WithSimd for Sides<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.alpha.iter().zip(self.image.chunks_exact(3));
        for (to, (&a, p)) in self.to.iter_mut().zip(of) {
            let one = |is: bool| if is { 1.0 } else { 0.0 };
            let [a, c] = match self.clear {
                true => [one(a >= 1.0 - CLEAR), one(a <= CLEAR)],
                false => [a, 1.0 - a],
            };
            let [r, g, b] = [f32::from(p[0]), f32::from(p[1]), f32::from(p[2])];
            let all = [a, a * r, a * g, a * b, c, c * r, c * g, c * b];
            let mut out = [0.0; 8];
            for k in 0..8 {
                out[k] = f64::from(all[k]);
            }
            *to = out;
        }
    }
}

/// The same of colours that were estimated.
struct Estimated<'a> {
    both: &'a [[f32; 6]],
    alpha: &'a [f32],
    to: &'a mut [[f64; 8]],
}

impl WithSimd for Estimated<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (to, (&a, p)) in self.to.iter_mut().zip(self.alpha.iter().zip(self.both)) {
            let c = 1.0 - a;
            let all = [a, a * p[0], a * p[1], a * p[2], c, c * p[3], c * p[4], c * p[5]];
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

/// The person's own colour and the background's at the places where they mix: with a wide window, and from what that
/// gives with a narrow one.
fn front(
    image: &[u16],
    alpha: &[f32],
    mixed: &Spans,
    wide: usize,
    narrow: usize,
) -> Over<[f32; 6]> {
    let w = mixed.width;
    let of_picture = |y: usize, run: Range<usize>, to: &mut [[f64; 8]]| {
        let places = numbers(w, y, &run);
        let image = &image[3 * places.start..3 * places.end];
        simd::wide(Sides { image, alpha: &alpha[places], clear: false, to });
    };
    let first = fuse(image, alpha, &mixed.around(narrow), wide, of_picture);
    let of_first = |y: usize, run: Range<usize>, to: &mut [[f64; 8]]| {
        let (alpha, both) = (&alpha[numbers(w, y, &run)], first.get(y, run));
        simd::wide(Estimated { both, alpha, to });
    };
    fuse(image, alpha, mixed, narrow, of_first)
}

/// One pass over the `wanted` places: both colours are averaged over the window where they count (`fill` gives what is
/// summed up), and what the picture shows beside their mixture is given to the foreground by its share.
fn fuse(
    image: &[u16],
    alpha: &[f32],
    wanted: &Spans,
    radius: usize,
    fill: impl Fn(usize, Range<usize>, &mut [[f64; 8]]),
) -> Over<[f32; 6]> {
    let mut both = Over::new(wanted);
    let mut means = vec![[0.0; 8]; wanted.width];
    window_sums(wanted, radius, fill, |y, run, sums, counts| {
        let means = &mut means[..run.len()];
        simd::wide(Means { sums, counts, to: means });
        let of = numbers(wanted.width, y, &run);
        let (image, alpha) = (&image[3 * of.start..3 * of.end], &alpha[of]);
        simd::wide(Fuse { image, alpha, sides: means, both: both.get_mut(y, run) });
    });
    both
}

/// One run of [`fuse`].
struct Fuse<'a> {
    image: &'a [u16],
    alpha: &'a [f32],
    sides: &'a [[f32; 8]],
    both: &'a mut [[f32; 6]],
}

impl WithSimd for Fuse<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.image.chunks_exact(3).zip(self.alpha).zip(self.sides);
        for (((image, &a), sides), both) in of.zip(self.both) {
            let (f, b) = colours(*sides);
            let mut out = [0.0; 6];
            for k in 0..3 {
                let left = f32::from(image[k]) - a * f[k] - (1.0 - a) * b[k];
                out[k] = (f[k] + a * left).clamp(0.0, 65535.0);
                out[3 + k] = b[k];
            }
            *both = out;
        }
    }
}

/// The person's own colours over the new one.
struct Mix<'a> {
    image: &'a [u16],
    alpha: &'a [f32],
    front: &'a [[f32; 6]],
    new: [f32; 3],
    out: &'a mut [u16],
}

impl WithSimd for Mix<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let of = self.image.chunks_exact(3).zip(self.alpha).zip(self.front);
        for (((image, &a), front), out) in of.zip(self.out.chunks_exact_mut(3)) {
            for k in 0..3 {
                let own = if a > PERSON { f32::from(image[k]) } else { front[k] };
                let mixed = a * own + (1.0 - a) * self.new[k];
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
