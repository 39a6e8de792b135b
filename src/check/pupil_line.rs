//! Whether the pupils stand level in the picture.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "pupil_line",
    title: text("瞳孔平行角度", "Pupil line"),
    unit: "°",
    names: &[],
    clause: "rejected as 瞳孔平行角度不合格; 99号: 双眼水平 (eyes level)",
    method: text(
        "右瞳孔到左瞳孔的连线与画面水平线的夹角，被摄者左瞳孔较低时为正。",
        "Angle of the line from the right to the left pupil against the horizontal of the picture, + when the subject's left pupil is lower.",
    ),
    low: fault(
        "pupils_left_high",
        text("瞳孔平行角度不合格", "the subject's left pupil is higher"),
        text("头往左正一点，两眼一样高。", "Straighten your head to your left, eyes level."),
    ),
    high: fault(
        "pupils_left_low",
        text("瞳孔平行角度不合格", "the subject's left pupil is lower"),
        text("头往右正一点，两眼一样高。", "Straighten your head to your right, eyes level."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let (right, left) = (portrait.face.at(part::RIGHT_PUPIL), portrait.face.at(part::LEFT_PUPIL));
    let angle = f64::from(left[1] - right[1]).atan2(f64::from(left[0] - right[0])).to_degrees();
    let evidence = vec![Evidence::Line(right, left)];
    Ok(Reading { value: Value::Number(angle), confidence: face_confidence(portrait), evidence })
}
