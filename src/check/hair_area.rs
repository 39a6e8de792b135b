//! How much hair there is beside the face.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::body::Part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "hair_area",
    title: text("头发面积", "Hair area"),
    unit: "%",
    names: &[],
    clause: "Collectors' practice: rejected as 头发总面积超过面部面积 (more hair than face)",
    method: text(
        "看得到的全部头发的面积与面部轮廓内的面积之比。",
        "Area of all hair that is seen, as a share of the area inside the face's outline.",
    ),
    low: good("little_hair", text("头发很少", "little hair")),
    high: fault(
        "more_hair_than_face",
        text("头发总面积超过面部面积", "more hair than face"),
        text("头发扎起来，压低一点，放背后。", "Tie the hair low and behind."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    if body.marks.crown.is_err() {
        return Err(Unreadable::because(text(
            "头发被画面边缘裁掉",
            "the picture cuts the hair off",
        )));
    }
    body.parts.hair.clone()?;
    let hair = body.parts.map.pixels().filter(|p| p.0[0] == Part::Hair as u8).count();
    Ok(Reading {
        value: Value::Number(100.0 * hair as f64 / super::face_area(portrait)),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Region(body.silhouette.clone())],
    })
}
