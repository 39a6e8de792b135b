//! Whether the eyes look into the lens.

use super::{Check, Measure, fault, text};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "gaze",
    title: text("视线", "Gaze"),
    unit: "°",
    names: &[],
    clause: "99号: 正面, 表情自然 (frontal, natural); collectors check 视线水平 (level gaze); ICAO 9303: eyes look at the camera",
    method: text(
        "视线偏离镜头的角度，偏向被摄者自身的左侧为正。",
        "How far the eyes look beside the lens, + to the subject's own left.",
    ),
    low: fault(
        "gaze_right",
        text("视线未正视镜头", "looks to the subject's right of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    high: fault(
        "gaze_left",
        text("视线未正视镜头", "looks to the subject's left of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    suspicion: false,
    measure: Measure::NotYet(text(
        "面部网格中的虹膜点跟着头动，而不是跟着眼睛动（渲染图里眼睛看向一旁，虹膜点几乎不动），而眼睑之间虹膜暗部的位置，在直视镜头的人像上就有 12° 的离散",
        "the irises of the mesh follow the head rather than the eyes (they hardly move for a rendered look aside), and the dark of the iris between the lids scatters by 12 degrees on portraits that look into the lens",
    )),
};
