//! Whether the lips are closed.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{distance, part};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "lips_closed",
    title: text("嘴唇闭合", "Lips closed"),
    unit: "",
    names: &[],
    clause: "99号: 嘴唇自然闭合 (lips closed); rejected as 露牙齿",
    method: text(
        "双唇内缘的间距与两嘴角的距离之比。",
        "Gap between the inner rims of the lips / distance of the mouth corners.",
    ),
    low: fault(
        "lips_pressed",
        text("抿嘴", "lips pressed together"),
        text("嘴放松。", "Relax your lips."),
    ),
    high: fault(
        "mouth_open",
        text("露牙齿", "mouth open or teeth showing"),
        text("嘴轻轻合上，别露牙。", "Close your lips, no teeth."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let face = portrait.face;
    let gap: f32 =
        part::INNER_LIPS.iter().map(|&(up, low)| distance(face.at(up), face.at(low))).sum::<f32>()
            / 3.0;
    let width = distance(face.at(part::MOUTH_CORNERS[0]), face.at(part::MOUTH_CORNERS[1])).max(1.0);
    let evidence = vec![Evidence::Region(face.outline(part::LIPS))];
    Ok(Reading {
        value: Value::Number((gap / width).into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}
