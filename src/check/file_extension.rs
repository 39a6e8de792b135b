//! Whether the file is called what it is.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Measured, Reading, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "file_extension",
    title: text("扩展名相符", "File extension"),
    unit: "",
    names: &["matches", "differs"],
    clause: "99号: extension JPG; a PNG called .jpg is refused by uploads (PNG 改名为 .jpg 会被上传系统拒收)",
    method: text(
        "将文件名的扩展名与从文件内容识别出的格式作比较。",
        "Compares the extension of the file name with the format found in its content.",
    ),
    low: fault(
        "wrong_extension",
        text("扩展名与格式不符", "the extension does not match the content"),
        text("不用重拍，文件名改一下。", "No retake; we rename the file."),
    ),
    high: fault(
        "wrong_extension",
        text("扩展名与格式不符", "the extension does not match the content"),
        text("不用重拍，文件名改一下。", "No retake; we rename the file."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    match scene.photo.facts.extension_matches() {
        Some(true) => Ok(Reading::name("matches")),
        Some(false) => Ok(Reading::name("differs")),
        None if scene.photo.facts.extension.is_some() => Err(Unreadable::because(text(
            "这种格式没有固定的扩展名",
            "this format has no extension of its own",
        ))),
        None => {
            Err(Unreadable::because(text("文件名没有扩展名", "the file name has no extension")))
        }
    }
}
