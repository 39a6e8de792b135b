//! Pixels between the pupils.

use super::{Check, Measure, fault, text};
use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "inter_ocular_distance",
    title: text("瞳孔间距", "Inter-ocular distance"),
    unit: "px",
    names: &[],
    clause: "99号: face 180-300 px wide in 480 px, which is 80 px and more between the pupils; rejected as 照片清晰度不合格 (too few pixels) or 头部过小",
    method: text(
        "瞳孔间距，即双眼瞳孔之间的距离，以照片的像素计。",
        "Distance between the pupils in pixels of the picture.",
    ),
    low: fault(
        "face_too_small",
        text("头部过小", "too few pixels on the face"),
        text("往前挪一点，或把镜头推近。", "Come a bit closer, or zoom in."),
    ),
    high: fault(
        "face_too_large",
        text("头部过大", "face too large"),
        text("往后挪半步。", "Half a step back."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let (right, left) = (portrait.face.at(part::RIGHT_PUPIL), portrait.face.at(part::LEFT_PUPIL));
    let value = Value::Number(portrait.face.inter_ocular_distance().into());
    let evidence = vec![Evidence::Line(right, left)];
    Ok(Reading { value, confidence: portrait.face.presence.into(), evidence })
}
