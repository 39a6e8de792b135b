//! Cases of the checks on the planned crop. They cut a compliant capture so that no crop can follow the
//! frame any more.

use image::RgbImage;
use image::imageops::crop_imm;

use super::cases::{Case, Picture::*};

pub const CASES: &[Case] = &[Case {
    check: "head_top",
    code: "head_too_high",
    fails: Made("c01", |p| below(p, 5)),
    passes: Made("c01", |p| below(p, 90)),
    with: &[],
}];

/// The capture without what lies more than `above` pixels over the head.
fn below(picture: RgbImage, above: u32) -> RgbImage {
    let top = 150 - above;
    crop_imm(&picture, 0, top, picture.width(), picture.height() - top).to_image()
}
