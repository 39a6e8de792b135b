//! Size of the file.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "file_size",
    title: text("文件大小", "File size"),
    unit: "KB",
    names: &[],
    clause: "99号: 20-40 KB (一般在, as a rule); a capture has no upper end",
    method: text("文件的字节数除以 1024。", "Bytes of the file / 1024."),
    low: fault(
        "file_too_small",
        text("文件太小", "file too small"),
        text("文件太小，请交原图。", "The file is too small: send the original."),
    ),
    high: fault(
        "file_too_large",
        text("文件太大", "file too large"),
        text("我们重新导出，你不用动。", "We re-export; nothing for you to do."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    Ok(Reading::exact(scene.photo.facts.bytes as f64 / 1024.0))
}
