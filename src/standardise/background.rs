//! Another background behind the person, without a halo of the old one.
//!
//! A pixel of the edge is a mixture of person and old background. Its own colour of the person is
//! estimated and mixed with the new colour: Forte, "Approximate Fast Foreground Colour Estimation"
//! (ICIP 2021, "blur fusion"), twice, with a wide and a narrow window. In linear light, where mixtures
//! are what light does. Written here because no crate of the registry estimates foregrounds.

use image::{GrayImage, Rgb};

use super::resample::{Linear, linear};
use crate::guided::window_means;

/// Radii of the two windows, eye distances: as the paper's 90 and 6 px are on its pictures of some
/// 800 px, whose faces have about 200 px between the eyes.
pub const RADII: [f32; 2] = [0.45, 0.03];

/// Keeps a window without foreground (or background) from dividing by nothing.
const LITTLE: f32 = 1e-5;

/// The picture with `colour` where alpha (0 to 255) shows no person; `eyes` is the pupil distance, pixels.
pub(super) fn replace(picture: &Linear, alpha: &GrayImage, colour: Rgb<u8>, eyes: f32) -> Linear {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let alpha: Vec<f32> = alpha.pixels().map(|p| f32::from(p.0[0]) / 255.0).collect();
    let image: Vec<[f32; 3]> = picture.pixels().map(|p| p.0.map(f32::from)).collect();
    let (mut front, mut back) = (image.clone(), image.clone());
    for radius in RADII.map(|r| ((r * eyes).round() as usize).max(1)) {
        (front, back) = fuse(&image, &alpha, &front, &back, (w, h), radius);
    }
    let new = linear(colour);
    let mix = |i: usize| {
        let a = alpha[i];
        // Where the person is sure, nothing but its own pixels.
        let own = if a > 0.999 { image[i] } else { front[i] };
        [0, 1, 2].map(|k| (a * own[k] + (1.0 - a) * new[k]).round().clamp(0.0, 65535.0) as u16)
    };
    Linear::from_fn(picture.width(), picture.height(), |x, y| Rgb(mix(y as usize * w + x as usize)))
}

/// One pass: both colours are averaged over the window where they count, and what the picture shows
/// beside their mixture is given to the foreground by its share.
fn fuse(
    image: &[[f32; 3]],
    alpha: &[f32],
    front: &[[f32; 3]],
    back: &[[f32; 3]],
    (w, h): (usize, usize),
    radius: usize,
) -> (Vec<[f32; 3]>, Vec<[f32; 3]>) {
    let mut sums: Vec<[f32; 8]> = (0..alpha.len())
        .map(|i| {
            let (a, f, b) = (alpha[i], front[i], back[i]);
            let c = 1.0 - a;
            [a, a * f[0], a * f[1], a * f[2], c, c * b[0], c * b[1], c * b[2]]
        })
        .collect();
    window_means(&mut sums, w, h, radius);
    let colours = sums.iter().enumerate().map(|(i, s)| {
        let f = [s[1], s[2], s[3]].map(|v| v / (s[0] + LITTLE));
        let b = [s[5], s[6], s[7]].map(|v| v / (s[4] + LITTLE));
        let a = alpha[i];
        let left = |k: usize| image[i][k] - a * f[k] - (1.0 - a) * b[k];
        let own = [0, 1, 2].map(|k| (f[k] + a * left(k)).clamp(0.0, 65535.0));
        (own, b)
    });
    colours.unzip()
}

#[cfg(test)]
mod tests {
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
        let alpha =
            GrayImage::from_fn(120, 120, |x, y| image::Luma([(share(x, y) * 255.0).round() as u8]));
        let found = replace(&picture, &alpha, blue, 60.0);
        let wanted = Linear::from_fn(120, 120, mixture(b));
        let off = |p: &Rgb<u16>, q: &Rgb<u16>| (0..3).map(|k| p.0[k].abs_diff(q.0[k])).max();
        let worst = found.pixels().zip(wanted.pixels()).filter_map(|(p, q)| off(p, q)).max();
        // One fiftieth of full light: the estimate is approximate in the middle of the edge.
        assert!(worst.unwrap() < 1311, "{worst:?}");
    }
}
