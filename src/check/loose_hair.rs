//! Hair that hangs down in front.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::body::Part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "loose_hair",
    title: text("散发", "Loose hair"),
    unit: "%",
    names: &[],
    clause: "99号: hair not over brows, eyes, ears; rejected as 披头散发",
    method: text(
        "下巴以下、脖子两侧和肩上的头发的面积与面部轮廓内的面积之比。",
        "Area of the hair below the chin, beside the neck and on the shoulders, as a share of the area inside the face's outline.",
    ),
    low: good("no_loose_hair", text("没有散发", "no loose hair")),
    high: fault(
        "loose_hair",
        text("披头散发", "loose hair over the shoulders"),
        text("长发扎低马尾，放背后。", "Low ponytail, hair behind."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    // Hair of no known colour is not found: that there is none would be a guess.
    body.parts.hair.clone()?;
    let chin = portrait.on_matte(152)[1].max(0.0) as u32;
    let [x0, _, x1, y1] = body.inside;
    let mut found = Vec::new();
    for y in chin..=y1 {
        found.extend((x0..=x1).filter(|&x| body.parts.at(x, y) == Part::Hair).map(|x| (x, y)));
    }
    let share = 100.0 * found.len() as f64 / super::face_area(portrait);
    let back = body.matte.to_matte.inverse();
    // A few dozen points show where it lies.
    let step = (found.len() / 40).max(1);
    let points = found.iter().step_by(step).map(|&(x, y)| back.apply([x as f32, y as f32]));
    Ok(Reading {
        value: Value::Number(share),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Points(points.collect())],
    })
}
