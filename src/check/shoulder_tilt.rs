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
        "双肩连线的倾斜角，被摄者左肩较低时为正，由肩部网络从脖子、衣领、肩膀和衣服的走向读出；预计误差超过 4.5° 时测不出（如双肩被头发或画面边缘挡住）。",
        "Angle of the line through both shoulders, + where the subject's left one is lower, as the shoulder network tells it from neck, collar, shoulders and the fall of the garment. Unreadable where it expects to be more than 4.5 degrees off, as where hair or the picture's edge hides the shoulders.",
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

fn measure(portrait: &Portrait) -> Measured {
    let shoulders = portrait.person.body.marks.shoulders.clone()?;
    Ok(Reading {
        value: Value::Number(shoulders.angle),
        confidence: shoulders.confidence * face_confidence(portrait),
        evidence: vec![Evidence::Line(shoulders.right, shoulders.left)],
    })
}
