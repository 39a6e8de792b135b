//! Whether the picture is a mirror image.

use super::{Check, Measure, fault, text};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "mirrored",
    title: text("镜像", "Mirrored"),
    unit: "",
    names: &["no", "yes"],
    clause: "99号: no mirroring of the whole or a part (不得镜像)",
    method: text(
        "不测量。镜像后的脸仍是一张正常的脸：真人的发缝、痣和纽扣在左在右都有，相机也不会留下重新导出后仍能保留的标记。",
        "Not measured. A mirrored face is a face: parting, moles and buttons lie on either side in real people, and cameras leave no mark that survives a new export.",
    ),
    low: fault(
        "mirrored",
        text("镜像", "mirrored"),
        text("自拍是反的，换后置镜头拍。", "Selfie is flipped; use the rear camera."),
    ),
    high: fault(
        "mirrored",
        text("镜像", "mirrored"),
        text("自拍是反的，换后置镜头拍。", "Selfie is flipped; use the rear camera."),
    ),
    suspicion: true,
    measure: Measure::NotYet(text(
        "单凭一张人像分不出左右，要有同一个人的另一张照片，或者衣服上的文字，才能判断",
        "one portrait does not tell left from right; only another picture of the same person, or writing on the garment, would",
    )),
};
