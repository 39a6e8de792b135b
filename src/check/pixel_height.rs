//! Height of the picture in pixels.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "pixel_height",
    title: text("像素高度", "Pixel height"),
    unit: "px",
    names: &[],
    clause: "99号: 480 x 640 px; a capture must hold at least that, for nothing may be enlarged (原片至少要有这么大，因为不许放大)",
    method: text("照片按拍摄方向转正后的高度。", "Height of the upright picture."),
    low: fault(
        "too_low",
        text("像素太少", "too few pixels down"),
        text("像素不够，请交原图或重拍。", "Too few pixels: send the original or shoot again."),
    ),
    high: fault(
        "too_high",
        text("像素尺寸不对", "too many pixels down"),
        text("这张尺寸不对，我从原片重新裁一张。", "Wrong size; I will re-crop from the original."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    Ok(Reading::exact(f64::from(scene.photo.facts.height)))
}
