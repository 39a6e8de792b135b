//! Sharpens a matte by colour: a pixel between person and background is a mixture of the two colours
//! beside it, and the share of each can be read off.
//!
//! The compositing equation `I = alpha F + (1 - alpha) B` (Porter and Duff 1984) solved for alpha with
//! F and B taken as the mean colours of the surely inner and surely outer pixels near by: the projection
//! of the colour onto the line from B to F (as in Ruzon and Tomasi, "Alpha Estimation in Natural
//! Images", CVPR 2000, with one cluster on either side). A plain studio backdrop is what it is made for; where the two
//! colours spread as wide as they lie apart, the matte keeps its own word.

use std::ops::Range;

use image::RgbImage;

use crate::guided::Plane;
use crate::simd::{self, Simd, WithSimd};
use crate::spans::{Spans, numbers};
use crate::windows::window_sums;

/// Up to this alpha a pixel counts as surely background, from 1 minus it on as surely person.
const SURE: f32 = 0.2;

/// Pixels of either kind that a window must hold.
const ENOUGH: f32 = 3.0;

/// The matte `alpha` with the pixels that are not sure unmixed; `picture` has the same size, windows
/// are `2 radius + 1` pixels wide.
pub fn unmix(picture: &RgbImage, alpha: &Plane, radius: usize) -> Plane {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (colours, own) = (picture.as_raw(), alpha.as_raw());
    let size = (width, height);
    let unsure = Spans::of(size, |i| SURE / 10.0 < own[i] && own[i] < 1.0 - SURE / 10.0);
    let pixels_of = |places: &Range<usize>| &colours[3 * places.start..3 * places.end];
    // Of inner pixels, then of outer ones: how many, their colours, the squares of these.
    let fill = |y: usize, run: Range<usize>, row: &mut [[u32; 16]]| {
        let places = numbers(width, y, &run);
        simd::wide(Sides { pixels: pixels_of(&places), alpha: &own[places], row });
    };
    let mut out = alpha.clone();
    let values: &mut [f32] = &mut out;
    values.iter_mut().for_each(|a| *a = settled(*a));
    window_sums(&unsure, radius, fill, |y, run, sums: &[[u32; 16]], counts| {
        let places = numbers(width, y, &run);
        let pixels = pixels_of(&places);
        let whole = ((2 * radius + 1) * (2 * radius + 1)) as f32;
        simd::wide(Row { values: &mut values[places], pixels, sums, counts, whole });
    });
    out
}

/// What is sure, entirely so.
#[inline(always)]
fn settled(a: f32) -> f32 {
    match a {
        a if a <= SURE / 10.0 => 0.0,
        a if a >= 1.0 - SURE / 10.0 => 1.0,
        a => a,
    }
}

/// What [`unmix`] adds up of a row of pixels.
struct Sides<'a> {
    pixels: &'a [u8],
    alpha: &'a [f32],
    row: &'a mut [[u32; 16]],
}

impl WithSimd for Sides<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((to, p), &a) in self.row.iter_mut().zip(self.pixels.chunks_exact(3)).zip(self.alpha) {
            let [r, g, b] = [u32::from(p[0]), u32::from(p[1]), u32::from(p[2])];
            let all = [1, r, g, b, r * r + g * g + b * b];
            let (inner, outer) = (u32::from(a >= 1.0 - SURE), u32::from(a <= SURE));
            let mut out = [0; 16];
            for k in 0..5 {
                out[k] = inner * all[k];
                out[5 + k] = outer * all[k];
            }
            *to = out;
        }
    }
}

/// A run of a row of the matte, with the sums around its pixels and of how many each is; a whole window has `whole`.
struct Row<'a> {
    values: &'a mut [f32],
    pixels: &'a [u8],
    sums: &'a [[u32; 16]],
    counts: &'a [f32],
    whole: f32,
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let beside = self.pixels.chunks_exact(3).zip(self.sums).zip(self.counts);
        for (value, ((p, sums), count)) in self.values.iter_mut().zip(beside) {
            if 0.0 < *value && *value < 1.0 {
                let colour = [p[0], p[1], p[2]].map(|v| f32::from(v) / 255.0);
                // ENOUGH is of a whole window, also where the border cuts it off.
                let enough = ENOUGH * count / self.whole;
                *value = share(colour, &sums.map(|v| v as f32), enough, *value);
            }
        }
    }
}

/// The person's share of one pixel's colour, from the sums around it.
#[inline(always)]
fn share(colour: [f32; 3], sums: &[f32; 16], enough: f32, own: f32) -> f32 {
    let (inner, outer) = (&sums[..5], &sums[5..10]);
    if inner[0] < enough || outer[0] < enough {
        return own;
    }
    let mean = |s: &[f32]| [s[1], s[2], s[3]].map(|v| v / (255.0 * s[0]));
    let (f, b) = (mean(inner), mean(outer));
    let dot = |p: [f32; 3], q: [f32; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    let minus = |p: [f32; 3], q: [f32; 3]| [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
    let spread = |s: &[f32], m: [f32; 3]| (s[4] / (255.0 * 255.0 * s[0]) - dot(m, m)).max(0.0);
    let way = minus(f, b);
    let apart = dot(way, way).max(1e-6);
    let off = minus(colour, b);
    let part = (dot(off, way) / apart).clamp(0.0, 1.0);
    // A colour beside the line is a third thing: an ear between hair and backdrop.
    let beside = dot(off, off) - 2.0 * part * dot(off, way) + part * part * apart;
    let trust = apart / (apart + spread(inner, f) + spread(outer, b) + 1e-3);
    let trust = trust / (1.0 + 4.0 * beside.max(0.0) / apart.max(1e-4));
    trust * part + (1.0 - trust) * own
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    const HAIR: [f32; 3] = [40.0, 30.0, 30.0];
    const BACKDROP: [f32; 3] = [100.0, 197.0, 255.0];

    /// A true matte with an edge 4 px wide, its picture, and the same matte far too soft.
    fn soft(person: [f32; 3]) -> (RgbImage, Plane, Plane) {
        let ramp = |x: u32, half: f32| ((40.5 - x as f32) / half / 2.0 + 0.5).clamp(0.0, 1.0);
        let truth = Plane::from_fn(80, 40, |x, _| Luma([ramp(x, 2.0)]));
        let rough = Plane::from_fn(80, 40, |x, _| Luma([ramp(x, 10.0)]));
        let picture = RgbImage::from_fn(80, 40, |x, _| {
            let a = ramp(x, 2.0);
            Rgb(std::array::from_fn(|k| (a * person[k] + (1.0 - a) * BACKDROP[k]).round() as u8))
        });
        (picture, truth, rough)
    }

    fn error(a: &Plane, b: &Plane) -> f32 {
        a.iter().zip(b.iter()).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
    }

    #[test]
    fn an_edge_of_two_colours_gets_its_true_width() {
        let (picture, truth, rough) = soft(HAIR);
        let fine = unmix(&picture, &rough, 16);
        let (before, after) = (error(&rough, &truth), error(&fine, &truth));
        assert!(after < 0.15 * before, "{before} {after}");
    }

    #[test]
    fn what_has_the_colour_of_the_backdrop_keeps_its_own_matte() {
        let (picture, _, rough) = soft(BACKDROP);
        let fine = unmix(&picture, &rough, 16);
        assert!(error(&fine, &rough) < 0.01);
    }
}
