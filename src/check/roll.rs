//! How far the head is tilted to a shoulder.

use super::{Check, Measure, face_confidence, fault, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "roll",
    title: text("头部倾斜", "Head tilt"),
    unit: "°",
    names: &[],
    clause: "99号: 坐姿端正, 双眼水平 (sitting straight, eyes level); rejected as 瞳孔平行角度不合格 or 双眼不水平",
    method: text(
        "头部翻滚角，单位为度，向被摄者左肩歪为正；取使平均脸与 478 点面部网格最佳对齐的旋转。",
        "Roll of the head in degrees, + towards the subject's left shoulder: the rotation that best carries the mean face onto the 478-point mesh.",
    ),
    low: fault(
        "roll_right",
        text("双眼不水平，头向右肩歪", "head tilted to the subject's right shoulder"),
        text("头往左正一点，两眼一样高。", "Straighten your head to your left, eyes level."),
    ),
    high: fault(
        "roll_left",
        text("双眼不水平，头向左肩歪", "head tilted to the subject's left shoulder"),
        text("头往右正一点，两眼一样高。", "Straighten your head to your right, eyes level."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let value = Value::Number(portrait.face.pose.roll);
    let evidence = vec![Evidence::Line(portrait.face.at(10), portrait.face.at(152))];
    Ok(Reading { value, confidence: face_confidence(portrait), evidence })
}
