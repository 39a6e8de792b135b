//! The lid network: how far each eye is open (model card: `models/README.md`).

use super::Shipped;
use super::one_eye::{INPUT, OneEye};
use crate::engine::Engine;
use crate::error::Result;
use crate::pyramid::Pyramid;

/// The shipped lid model.
pub const SHIPPED: Shipped = Shipped {
    name: "lids",
    onnx: include_bytes!("../../models/lids.onnx"),
    input: INPUT,
    shapes: "both eyes [2,3,64,64] -> opening in per cent of the eye's width, expected error",
    mega_macs: 36.6,
};

/// How far one eye is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// Eye aspect ratio: mean distance of three pairs of opposite points of the lids over the distance of the corners.
    pub ratio: f32,
    /// Error to expect of that (standard deviation), as the network itself says.
    pub error: f32,
}

/// The lid network, ready to run.
pub struct LidFinder {
    network: OneEye,
}

impl LidFinder {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<LidFinder> {
        Ok(LidFinder { network: OneEye::load(engine, &SHIPPED)? })
    }

    /// How far the subject's right and left eye are open; `mesh` in photo pixels.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<[Opening; 2]> {
        let of =
            |[opening, error]: [f32; 2]| Opening { ratio: opening / 100.0, error: error / 100.0 };
        Ok(self.network.run(pyramid, mesh)?.map(of))
    }
}
