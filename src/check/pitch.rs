//! How far the head is nodded up or down.

use super::{Check, Measure, face_confidence, fault, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "pitch",
    title: text("抬头低头", "Head pitch"),
    unit: "°",
    names: &[],
    clause: "99号: 正面免冠, 坐姿端正 (frontal, sitting straight); desks reject 低头",
    method: text(
        "头部俯仰角，单位为度，抬头为正；取使平均脸与 478 点面部网格最佳对齐的旋转。",
        "Pitch of the head in degrees, + up: the rotation that best carries the mean face onto the 478-point mesh.",
    ),
    low: fault(
        "pitch_down",
        text("低头", "chin too low"),
        text("下巴抬一点。", "Chin up a little."),
    ),
    high: fault(
        "pitch_up",
        text("抬头", "chin too high"),
        text("下巴收一点。", "Chin in a little."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let value = Value::Number(portrait.face.pose.pitch);
    let evidence = vec![Evidence::Line(portrait.face.at(10), portrait.face.at(152))];
    Ok(Reading { value, confidence: face_confidence(portrait), evidence })
}
