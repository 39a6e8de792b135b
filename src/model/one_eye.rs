//! What the networks of a single eye have in common: the square they see, and that they tell a number and its error.
//!
//! Input `[2, 3, 64, 64]`: the squares around the subject's right eye and around the left one, flipped. Output
//! `[2, 2]`: of either eye a number, per cent, and how far off that may be.

use image::RgbImage;
use image::imageops::flip_horizontal;
use ndarray::ArrayD;

use super::patch::{EYE_SIDE, eyes};
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::pyramid::Pyramid;

/// Shape of the input.
pub(super) const INPUT: [usize; 4] = [2, 3, EYE_SIDE as usize, EYE_SIDE as usize];

/// A network of one eye, ready to run.
pub(super) struct OneEye {
    network: Network,
    name: &'static str,
}

impl OneEye {
    /// Load a shipped model of this kind.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub(super) fn load(engine: &Engine, model: &Shipped) -> Result<OneEye> {
        Ok(OneEye { network: Network::load(engine, model.name, model.onnx)?, name: model.name })
    }

    /// Number and error of the subject's right and left eye; `mesh` in photo pixels.
    ///
    /// # Errors
    /// When inference fails.
    pub(super) fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<[[f32; 2]; 2]> {
        let [right, left] = eyes(pyramid, mesh);
        let outputs = self.network.run(input(right, left).view())?;
        let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
        match flat[..] {
            [right, wide_right, left, wide_left] => Ok([[right, wide_right], [left, wide_left]]),
            _ => {
                let reason = format!("it gave {} numbers", flat.len());
                Err(Error::Model { name: self.name, reason })
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
        let eye = RgbImage::from_fn(EYE_SIDE, EYE_SIDE, |x, _| Rgb([x as u8, 0, 0]));
        let values = input(eye.clone(), eye);
        assert_eq!(values.shape(), INPUT);
        let at = |n, x: usize| values[IxDyn(&[n, 0, 5, x])];
        assert_eq!([at(0, 0), at(0, 63), at(1, 0)], [0.0, 63.0 / 255.0, 63.0 / 255.0]);
    }
}
