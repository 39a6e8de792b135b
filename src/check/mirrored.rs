//! Whether the picture is a mirror image.

use super::{Check, Measure, fault, text};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "mirrored",
    title: text("镜像", "Mirrored"),
    unit: "",
    names: &["no", "yes"],
    clause: "99号: no mirroring of the whole or a part (不得镜像)",
    method: "Not measured. A mirrored face is a face: parting, moles and buttons lie on either side in real people, and cameras leave no mark that survives a new export.",
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
    measure: Measure::NotYet(
        "one portrait does not tell left from right; only another picture of the same person, or writing on the garment, would",
    ),
};
