//! Whether the shoulders are level.

use super::{Check, Measure, face_confidence, fault, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "shoulder_tilt",
    title: text("双肩水平", "Level shoulders"),
    unit: "°",
    names: &[],
    clause: "99号: 双肩平衡 (shoulders balanced); rejected as 左右肩膀不对称, checkers call it 肩膀自然 (natural shoulders)",
    method: text(
        "使身体上缘左右两侧重合的对称轴的倾斜角，被摄者左肩较低时为正。头发遮住肩膀、身体侧转或照片裁掉了肩膀时测不出。",
        "Angle of the axis about which both sides of the body's upper edge fall together, + where the subject's left shoulder is lower. Unreadable where hair hides a shoulder, the body is turned away or the picture cuts the shoulders off.",
    ),
    low: fault(
        "shoulders_right_low",
        text("左右肩膀不对称", "right shoulder lower"),
        text(
            "肩膀放松，右肩抬一点，两边一样平。",
            "Relax, raise the right shoulder a little, both level.",
        ),
    ),
    high: fault(
        "shoulders_left_low",
        text("左右肩膀不对称", "left shoulder lower"),
        text(
            "肩膀放松，左肩抬一点，两边一样平。",
            "Relax, raise the left shoulder a little, both level.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// From this confidence of the shoulder line on its angle agrees with that of a pose network, within
/// 4.5 degrees in nine of ten real portraits, and no closer from there to 1.
const FIRM: f64 = 0.5;

fn measure(portrait: &Portrait) -> Measured {
    let shoulders = portrait.person.body.marks.shoulders.clone()?;
    Ok(Reading {
        value: Value::Number(shoulders.angle),
        confidence: (shoulders.confidence / FIRM).min(1.0) * face_confidence(portrait),
        evidence: vec![Evidence::Line(shoulders.right, shoulders.left)],
    })
}
