//! The garment network: necklace, neckline and pattern, as calibrated probabilities.
//!
//! Input `[2, 3, 224, 224]`: neck, shoulders and the upper part of the garment in one square that the
//! mesh lays, grey where the photo ends, and its mirror image; what is said of both is one answer
//! (model card: `models/README.md`).

use image::{Rgb, RgbImage};

use super::landmarks::frame_of;
use super::patch::{TORSO, to_patch};
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::pixels::Similarity;
use crate::pyramid::Pyramid;

/// The shipped garment model.
pub const SHIPPED: Shipped = Shipped {
    name: "garment",
    onnx: include_bytes!("../../models/garment.onnx"),
    input: [2, 3, SIDE as usize, SIDE as usize],
    shapes: "torso and its mirror image [2,3,224,224] -> class probabilities of necklace, neckline and pattern",
    mega_macs: 434.0,
};

const SIDE: u32 = 224;

/// What the network sees where there is no photo: its last row, drawn out, would look like stripes.
const BEYOND: Rgb<u8> = Rgb([128; 3]);

/// Class probabilities, each adding up to 1 (names: [`super::attributes::CLASSES`]).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Garment {
    pub necklace: [f32; 2],
    pub neckline: [f32; 4],
    pub pattern: [f32; 3],
}

/// Load the shipped model.
pub(super) fn load(engine: &Engine) -> Result<Network> {
    Network::load(engine, SHIPPED.name, SHIPPED.onnx)
}

/// What the person with this mesh (photo pixels) wears.
pub(super) fn run(network: &mut Network, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<Garment> {
    let to_torso = to_patch(&TORSO, mesh, frame_of(mesh), SIDE);
    let mut torso = pyramid.cut(&to_torso, SIDE);
    blank_beyond(&mut torso, &to_torso, pyramid.photo.dimensions());
    let mirrored = image::imageops::flip_horizontal(&torso);
    let outputs = network.run(planar(&[torso, mirrored]).view())?;
    let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
    let garment = match flat[..] {
        [a, b, c, d, e, f, g, h, i] => {
            Garment { necklace: [a, b], neckline: [c, d, e, f], pattern: [g, h, i] }
        }
        _ => {
            let reason = format!("it gave {} probabilities", flat.len());
            return Err(Error::Model { name: SHIPPED.name, reason });
        }
    };
    Ok(garment)
}

/// Grey where a crop shows what lies beyond the photo, whose `size` is in pixels.
fn blank_beyond(crop: &mut RgbImage, to_crop: &Similarity, (w, h): (u32, u32)) {
    let back = to_crop.inverse();
    let (right, low) = (w as f32 - 0.5, h as f32 - 0.5);
    for (x, y, pixel) in crop.enumerate_pixels_mut() {
        let [px, py] = back.apply([x as f32, y as f32]);
        if !((-0.5..=right).contains(&px) && (-0.5..=low).contains(&py)) {
            *pixel = BEYOND;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beyond_the_photo_is_grey() {
        // Four pixels of a crop to one of the photo, which ends after three columns and two rows.
        let to_crop = Similarity::about([0.0, 0.0], 0.0, 4.0, [8.0, 8.0]);
        let mut crop = RgbImage::from_pixel(32, 32, Rgb([200, 0, 0]));
        blank_beyond(&mut crop, &to_crop, (3, 2));
        let left = crop.pixels().filter(|p| **p != BEYOND).count();
        assert!((12 * 8..=13 * 9).contains(&left), "{left}");
        assert_eq!(*crop.get_pixel(5, 10), BEYOND);
        assert_eq!(*crop.get_pixel(8, 8), Rgb([200, 0, 0]));
        assert_eq!(*crop.get_pixel(12, 16), BEYOND);
    }
}
