//! The gaze network: how far both eyes look beside the lens.
//!
//! Input `[2, 7, 64, 64]`: the squares around the subject's right and left eye, three channels each, and the yaw
//! of the head as a seventh; then the mirror image of all that. Output: degrees, and how far off they may be
//! (model card: `models/README.md`).

use image::RgbImage;
use image::imageops::flip_horizontal;
use ndarray::{ArrayD, Axis, IxDyn, concatenate};

use super::patch::{EYE_SIDE as SIDE, eyes};
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::pyramid::Pyramid;

/// The shipped gaze model.
pub const SHIPPED: Shipped = Shipped {
    name: "gaze",
    onnx: include_bytes!("../../models/gaze.onnx"),
    input: [2, 7, SIDE as usize, SIDE as usize],
    shapes: "both eyes and head yaw, and their mirror image [2,7,64,64] -> degrees beside the lens, expected error",
    mega_macs: 32.0,
};

/// Where the eyes look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaze {
    /// Degrees beside the lens, + to the subject's own left.
    pub beside: f32,
    /// Mean error to expect of that, degrees, as the network itself says.
    pub error: f32,
}

/// The gaze network, ready to run.
pub struct Gazer {
    network: Network,
}

impl Gazer {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<Gazer> {
        Ok(Gazer { network: Network::load(engine, SHIPPED.name, SHIPPED.onnx)? })
    }

    /// Where the person with this mesh (photo pixels) and head yaw (degrees, + to the subject's left) looks.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]], yaw: f64) -> Result<Gaze> {
        let [right, left] = eyes(pyramid, mesh);
        let outputs = self.network.run(input(&right, &left, yaw as f32).view())?;
        let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
        match flat[..] {
            [beside, error] => Ok(Gaze { beside, error }),
            _ => {
                let reason = format!("it gave {} numbers", flat.len());
                Err(Error::Model { name: SHIPPED.name, reason })
            }
        }
    }
}

/// Two squares and a yaw in degrees as the network takes them, and their mirror image.
fn input(right: &RgbImage, left: &RgbImage, yaw: f32) -> ArrayD<f32> {
    let side = SIDE as usize;
    // In a mirror the left eye is the right one, and the head is turned the other way.
    let pictures = [right.clone(), left.clone(), flip_horizontal(left), flip_horizontal(right)];
    let eyes = planar(&pictures).into_shape_with_order(IxDyn(&[2, 6, side, side]));
    let mut turn = ArrayD::from_elem(IxDyn(&[2, 1, side, side]), 0.5 + yaw / YAW);
    turn.index_axis_mut(Axis(0), 1).fill(0.5 - yaw / YAW);
    let eyes = eyes.expect("four pictures of this side");
    let both = concatenate(Axis(1), &[eyes.view(), turn.view()]);
    // The engines take values row by row; joined along an inner axis they lie otherwise.
    both.expect("alike but for the channels").as_standard_layout().into_owned()
}

/// Degrees of head yaw between 0 and 1 of its channel.
const YAW: f32 = 180.0;

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_mirror_image_has_the_eyes_changed_over_and_the_head_turned_the_other_way() {
        let right = RgbImage::from_fn(SIDE, SIDE, |x, _| Rgb([x as u8, 0, 0]));
        let left = RgbImage::from_pixel(SIDE, SIDE, Rgb([0, 255, 0]));
        let values = input(&right, &left, 18.0);
        assert_eq!(values.shape(), [2, 7, 64, 64]);
        assert!(values.is_standard_layout());
        let at = |n, c, x: usize| values[IxDyn(&[n, c, 5, x])];
        assert_eq!([at(0, 0, 7), at(0, 4, 7), at(1, 1, 7)], [7.0 / 255.0, 1.0, 1.0]);
        assert_eq!(at(1, 3, 0), 63.0 / 255.0);
        assert!((at(0, 6, 0) - 0.6).abs() < 1e-6 && (at(1, 6, 9) - 0.4).abs() < 1e-6);
    }
}
