//! JPEG quality factor.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "jpeg_quality",
    title: text("压缩质量", "JPEG quality"),
    unit: "",
    names: &[],
    clause: "99号: JPEG quality factor >= 60",
    method: text(
        "由文件的量化表估算的质量因子，1～100。",
        "Quality factor estimated from the quantisation tables of the file, 1 to 100.",
    ),
    low: fault(
        "over_compressed",
        text("压缩过度", "over-compressed"),
        text("压得太狠了，请交原图。", "Over-compressed; send the original."),
    ),
    high: fault(
        "quality_too_high",
        text("压缩质量过高", "quality factor too high"),
        text("不用重拍，后台重新导出。", "No retake; we re-export."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    let Some(jpeg) = &scene.photo.facts.jpeg else {
        return Err(Unreadable::because(text("文件不是 JPEG", "the file is not a JPEG")));
    };
    match jpeg.quality {
        Some(quality) => Ok(Reading::exact(f64::from(quality))),
        None => Err(Unreadable::because(text(
            "文件头里没有量化表",
            "its headers hold no quantisation tables",
        ))),
    }
}
