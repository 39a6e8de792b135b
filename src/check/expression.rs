//! Whether the face is at rest: how broad the smile is.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{Face, distance, part};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "expression",
    title: text("表情自然", "Neutral expression"),
    unit: "",
    names: &[],
    clause: "99号: 表情自然 (natural expression), lips closed; 奥鹏 and CTBU allow a slight smile (笑不露齿); ICAO 9303: neutral",
    method: text(
        "笑容的幅度：嘴宽与瞳孔间距之比，加上嘴角高出嘴唇中点的距离与嘴宽之比，并消除头部俯仰的影响。表情放松时约为 0.84，露齿笑时约为 1.07。",
        "Breadth of the smile: width of the mouth / distance between the pupils, plus how far the corners of the mouth stand above the middle of the lips / width of the mouth, freed of the nod of the head. About 0.84 at rest, 1.07 in a smile that shows teeth.",
    ),
    low: fault(
        "mouth_pursed",
        text("表情不自然", "lips pursed"),
        text("嘴放松，表情自然。", "Relax your mouth."),
    ),
    high: fault(
        "smiling",
        text("表情不自然", "smiling broadly"),
        // Some desks take a slight smile, ICAO 9303 none: this is true for both.
        text("嘴放松，自然合上，别笑开。", "Relax your mouth: lips together, no broad smile."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// How much higher the corners of the mouth seem for each degree that the head nods down: slope on 433
/// validation portraits.
const PER_DEGREE: f32 = 0.0067;

fn measure(portrait: &Portrait) -> Measured {
    let value = breadth(portrait.face);
    let [right, left] = part::MOUTH_CORNERS.map(|i| portrait.face.at(i));
    // A turned head shows the mouth foreshortened.
    let turned = (1.0 - portrait.face.pose.yaw.abs() / 45.0).clamp(0.0, 1.0);
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: face_confidence(portrait) * turned,
        evidence: vec![Evidence::Line(right, left)],
    })
}

fn breadth(face: &Face) -> f32 {
    let [right, left] = part::MOUTH_CORNERS.map(|i| face.at(i));
    let [a, b] = [part::RIGHT_PUPIL, part::LEFT_PUPIL].map(|i| face.at(i));
    let eyes = face.frontal_eye_distance();
    let width = distance(right, left).max(1.0);
    // Down the face: at right angles to the line of the pupils.
    let across = [(b[0] - a[0]) / eyes, (b[1] - a[1]) / eyes];
    let down = |p: [f32; 2]| p[1] * across[0] - p[0] * across[1];
    let lips = f32::midpoint(down(face.at(13)), down(face.at(14)));
    let corners = f32::midpoint(down(right), down(left));
    let raised = (lips - corners) / width + PER_DEGREE * face.pose.pitch as f32;
    width / eyes + raised
}
