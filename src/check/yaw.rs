//! How far the head is turned to the side.

use super::{Check, Measure, face_confidence, fault, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "yaw",
    title: text("头部侧转", "Head turn"),
    unit: "°",
    names: &[],
    clause: "99号: 正面免冠 (frontal); desks reject 侧面拍, 侧脸 (side views)",
    method: text(
        "头部偏航角，单位为度，转向被摄者自身的左侧为正；取使平均脸与 478 点面部网格最佳对齐的旋转。",
        "Yaw of the head in degrees, + to the subject's own left: the rotation that best carries the mean face onto the 478-point mesh.",
    ),
    low: fault(
        "yaw_right",
        text("侧脸", "head turned to the subject's right"),
        text(
            "鼻尖对准镜头，脸往左转一点。",
            "Point your nose at the lens: turn a little to your left.",
        ),
    ),
    high: fault(
        "yaw_left",
        text("侧脸", "head turned to the subject's left"),
        text(
            "鼻尖对准镜头，脸往右转一点。",
            "Point your nose at the lens: turn a little to your right.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let value = Value::Number(portrait.face.pose.yaw);
    let evidence = vec![Evidence::Line(portrait.face.at(6), portrait.face.at(4))];
    Ok(Reading { value, confidence: face_confidence(portrait), evidence })
}
