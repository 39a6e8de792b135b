//! The rim network: how much of each eye's opening the frame of glasses covers (model card: `models/README.md`).

use super::Shipped;
use super::one_eye::{INPUT, OneEye};
use crate::engine::Engine;
use crate::error::Result;
use crate::pyramid::Pyramid;

/// The shipped rim model.
pub const SHIPPED: Shipped = Shipped {
    name: "rims",
    onnx: include_bytes!("../../models/rims.onnx"),
    input: INPUT,
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
    network: OneEye,
}

impl RimFinder {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<RimFinder> {
        Ok(RimFinder { network: OneEye::load(engine, &SHIPPED)? })
    }

    /// What rims cover of the subject's right and left eye; `mesh` in photo pixels.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<[Covered; 2]> {
        Ok(self.network.run(pyramid, mesh)?.map(|[share, error]| Covered { share, error }))
    }
}
