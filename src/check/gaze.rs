//! Whether the eyes look into the lens.

use super::{Check, Measure, face_confidence, fault, text};
use crate::eyes;
use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "gaze",
    title: text("视线", "Gaze"),
    unit: "°",
    names: &[],
    clause: "99号: 正面, 表情自然 (frontal, natural); collectors check 视线 (gaze), of which the sideways part is measured; ICAO 9303: eyes look at the camera",
    method: text(
        "双眼视线在水平方向偏离镜头的角度，由视线网络根据双眼图像和头部转角得出，偏向被摄者自身的左侧为正。不检查向上或向下看。",
        "How far to a side of the lens the eyes look, + to the subject's own left: what the gaze network says of both eyes and the yaw of the head. Looking up or down is not measured.",
    ),
    low: fault(
        "gaze_right",
        text("视线偏向被摄者右侧", "looks to the subject's right of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    high: fault(
        "gaze_left",
        text("视线偏向被摄者左侧", "looks to the subject's left of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Error that the network expects of itself, degrees, up to which its word is taken in full.
const ERROR: f64 = 4.0;

fn measure(portrait: &Portrait) -> Measured {
    eyes::seen(portrait)?;
    let gaze = portrait.person.gaze;
    let sure = eyes::told(portrait, ERROR, gaze.error);
    let balls = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL];
    Ok(Reading {
        value: Value::Number(gaze.beside.into()),
        confidence: face_confidence(portrait) * sure,
        evidence: balls.map(|e| Evidence::Region(portrait.face.outline(e))).to_vec(),
    })
}
