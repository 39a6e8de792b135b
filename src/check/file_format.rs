//! True format of the file.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "file_format",
    title: text("文件格式", "File format"),
    unit: "",
    names: &[
        "JPEG", "PNG", "WebP", "TIFF", "BMP", "DNG", "CR2", "CR3", "NEF", "ARW", "ORF", "RW2",
        "PEF", "RAF",
    ],
    clause: "99号: JPEG, extension JPG",
    method: text(
        "从文件内容识别出的格式，与文件名无关。",
        "Format found in the content of the file, whatever it is called.",
    ),
    low: fault(
        "wrong_format",
        text("文件格式不对", "wrong file format"),
        text("不用重拍，后台转成 JPG。", "No retake; we convert it to JPG."),
    ),
    high: fault(
        "wrong_format",
        text("文件格式不对", "wrong file format"),
        text("不用重拍，后台转成 JPG。", "No retake; we convert it to JPG."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    Ok(Reading::name(scene.photo.facts.format.name()))
}
