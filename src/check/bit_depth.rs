//! Bits per pixel.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "bit_depth",
    title: text("色彩位数", "Colour depth"),
    unit: "bit",
    names: &[],
    clause: "99号: 24-bit true colour (24位真彩色)",
    method: text(
        "文件中每个像素存储的位数：24 是每通道 8 位的彩色，8 是灰度。",
        "Bits per pixel as stored in the file: 24 is colour of 8 bits a channel, 8 is grey.",
    ),
    low: fault(
        "not_true_colour",
        text("不是真彩色", "not true colour"),
        text("要彩色原片，请别用黑白或滤镜。", "Colour original please, no filter."),
    ),
    high: fault(
        "too_deep",
        text("色彩位数过高", "more than 24 bits per pixel"),
        text("不用重拍，后台导出 24 位。", "No retake; we export 24 bits."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    Ok(Reading::exact(f64::from(scene.photo.facts.bits_per_pixel)))
}
