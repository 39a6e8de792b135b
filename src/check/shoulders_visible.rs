//! Whether both shoulders are in the picture.

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "shoulders_visible",
    title: text("肩膀完整", "Both shoulders"),
    unit: "face widths",
    names: &[],
    clause: "99号: head and shoulders, shoulders balanced; checkers call it 肩膀完整性 (missing_shoulder)",
    method: text(
        "下巴以下，服装或皮肤从面部中线向外伸展的距离，取较小的一侧；一列像素中服装或皮肤的高度达到瞳孔间距的十分之一才计入，到第一处间断为止。",
        "How far garment or skin below the chin reaches from the middle of the face, on the side where it reaches less; columns of which it fills a tenth of the eye distance count, up to the first gap.",
    ),
    low: fault(
        "shoulder_missing",
        text("缺肩，肩膀不完整", "a shoulder is missing"),
        text(
            "往后挪半步，身体挪到正中，两边肩膀都要拍到。",
            "Half a step back and to the middle: both shoulders must be in the picture.",
        ),
    ),
    high: fault(
        "shoulders_wide",
        text("身体部分过大", "too much of the body"),
        text("往前坐一点。", "Sit a little closer."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let eyes = portrait.matte_eyes();
    let [left, right] = portrait.matte_cheeks();
    let (middle, width) = (f32::midpoint(left, right), right - left);
    let [x0, _, x1, y1] = body.inside;
    let chin = portrait.on_matte(152)[1].max(0.0) as u32;
    let filled = |x: u32| {
        let worn = |y: &u32| matches!(body.parts.at(x, *y), Part::Garment | Part::Skin);
        (chin..=y1).filter(worn).count() as f32 >= 0.1 * eyes
    };
    // Hair that falls in front of a shoulder is a gap of less than half the eye distance.
    let reach = |side: f32| -> f32 {
        let (mut reach, mut off) = (0.0, 0.0);
        loop {
            let x = middle + side * off;
            if x < x0 as f32 || x > x1 as f32 || off > reach + 0.5 * eyes {
                return reach;
            }
            if filled(x as u32) {
                reach = off;
            }
            off += 1.0;
        }
    };
    let (to_left, to_right) = (reach(-1.0), reach(1.0));
    let back = body.matte.to_matte.inverse();
    let level = (chin as f32 + eyes).min(y1 as f32);
    let end = |x: f32| back.apply([x, level]);
    Ok(Reading {
        value: Value::Number((to_left.min(to_right) / width).into()),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Line(end(middle - to_left), end(middle + to_right))],
    })
}
