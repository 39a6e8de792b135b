//! Shape of the picture: width over height.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "aspect_ratio",
    title: text("宽高比", "Aspect ratio"),
    unit: "",
    names: &[],
    clause: "US visa: square; 考研: 3:4; ICAO 9303: 35 x 45 mm. Where a specification fixes width and height in pixels, it fixes this too",
    method: text(
        "照片按拍摄方向转正后，宽度除以高度。",
        "Width of the upright picture / its height.",
    ),
    low: fault(
        "shape_too_tall",
        text("宽高比不对，太窄", "the picture is too narrow for its height"),
        text(
            "比例不对，我从原片重新裁一张，不拉伸。",
            "Wrong shape; I will re-crop from the original, without stretching.",
        ),
    ),
    high: fault(
        "shape_too_broad",
        text("宽高比不对，太宽", "the picture is too wide for its height"),
        text(
            "比例不对，我从原片重新裁一张，不拉伸。",
            "Wrong shape; I will re-crop from the original, without stretching.",
        ),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    let facts = &scene.photo.facts;
    Ok(Reading::exact(f64::from(facts.width) / f64::from(facts.height)))
}
