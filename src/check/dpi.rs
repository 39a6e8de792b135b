//! Resolution tag of the file.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading, Unreadable, Words};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "dpi",
    title: text("分辨率标记", "DPI tag"),
    unit: "dpi",
    names: &[],
    clause: "99号: 300 dpi",
    method: text(
        "文件标明的分辨率（JFIF、EXIF、PNG pHYs、TIFF 或 BMP 文件头）。",
        "Resolution that the file states (JFIF, EXIF, PNG pHYs, TIFF or BMP header).",
    ),
    low: fault(
        "dpi_too_low",
        text("分辨率标记过低", "DPI tag too low"),
        text("不用重拍，后台改一下标记。", "No retake; we fix the tag."),
    ),
    high: fault(
        "dpi_too_high",
        text("分辨率标记过高", "DPI tag too high"),
        text("不用重拍，后台改一下标记。", "No retake; we fix the tag."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    match scene.photo.facts.dpi {
        // Whole numbers: 118 dots per centimetre are the 300 dpi that were meant.
        Some((across, down)) if across.round() == down.round() => {
            Ok(Reading::exact(across.round()))
        }
        Some((across, down)) => Err(Unreadable::because(Words {
            zh: format!("横向 {across} dpi，纵向 {down} dpi"),
            en: format!("{across} dpi across and {down} down"),
        })),
        None => {
            Err(Unreadable::because(text("文件里没有写分辨率", "the file states no resolution")))
        }
    }
}
