//! Whether the frame of glasses covers a part of an eye.

use super::{Check, Measure, fault, good, text};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "frame_over_eye",
    title: text("镜框遮眼", "Frame over an eye"),
    unit: "%",
    names: &[],
    clause: "99号: 镜框不遮挡眼睛 (the frame must not cover the eyes)",
    method: text(
        "镜框遮住的部分占眼睛睁开部分的比例。",
        "Share of the eye's opening that the frame of the glasses covers.",
    ),
    low: good("eyes_free_of_frame", text("镜框不遮眼", "the frame leaves the eyes free")),
    high: fault(
        "frame_over_eye",
        text("镜框遮挡眼睛", "the frame covers a part of an eye"),
        text("把眼镜往上推一点。", "Push your glasses up."),
    ),
    suspicion: false,
    measure: Measure::NotYet(text(
        "在标准照的尺寸下，眼睛睁开的部分只有 10 个像素高，镜框边看上去与眼睑的阴影一样，手头又没有这样标注过的人像，无法得知判断的误差",
        "at the size of a standard photo the opening of an eye is 10 pixels high, where a rim looks like a lid's shadow, and no portrait that is labelled so is at hand to tell the error of a guess",
    )),
};
