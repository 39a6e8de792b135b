//! The rim network: how much of each eye's opening the frame of glasses covers.
//!
//! Input `[2, 3, 64, 64]`: the squares around the subject's right eye and around the left one, flipped. Output
//! `[2, 2]`: per cent of either opening, and how far off that may be (model card: `models/README.md`).

use image::RgbImage;
use image::imageops::flip_horizontal;
use ndarray::ArrayD;

use super::patch::{EYE_SIDE as SIDE, eyes};
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::pyramid::Pyramid;

/// The shipped rim model.
pub const SHIPPED: Shipped = Shipped {
    name: "rims",
    onnx: include_bytes!("../../models/rims.onnx"),
    input: [2, 3, SIDE as usize, SIDE as usize],
    shapes: "both eyes [2,3,64,64] -> covered per cent of the opening, expected error",
    mega_macs: 36.6,
};

/// What rims cover of one eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// Share of the opening between the lids, per cent.
    pub share: f32,
    /// Error to expect of that (standard deviation), as the network itself says.
    pub error: f32,
}

/// The rim network, ready to run.
pub struct RimFinder {
    network: Network,
}

impl RimFinder {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<RimFinder> {
        Ok(RimFinder { network: Network::load(engine, SHIPPED.name, SHIPPED.onnx)? })
    }

    /// What rims cover of the subject's right and left eye; `mesh` in photo pixels.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<[Covered; 2]> {
        let [right, left] = eyes(pyramid, mesh);
        let outputs = self.network.run(input(right, left).view())?;
        let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
        match flat[..] {
            [a, wide_a, b, wide_b] => {
                Ok([Covered { share: a, error: wide_a }, Covered { share: b, error: wide_b }])
            }
            _ => {
                let reason = format!("it gave {} numbers", flat.len());
                Err(Error::Model { name: SHIPPED.name, reason })
            }
        }
    }
}

/// Two squares as the network takes them: the left eye looks like a right one.
fn input(right: RgbImage, left: RgbImage) -> ArrayD<f32> {
    planar(&[right, flip_horizontal(&left)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use ndarray::IxDyn;

    #[test]
    fn the_left_eye_is_flipped() {
        let eye = RgbImage::from_fn(SIDE, SIDE, |x, _| Rgb([x as u8, 0, 0]));
        let values = input(eye.clone(), eye);
        assert_eq!(values.shape(), [2, 3, 64, 64]);
        let at = |n, x: usize| values[IxDyn(&[n, 0, 5, x])];
        assert_eq!([at(0, 0), at(0, 63), at(1, 0)], [0.0, 63.0 / 255.0, 63.0 / 255.0]);
    }
}
