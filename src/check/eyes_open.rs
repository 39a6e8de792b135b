//! Whether both eyes are open.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::{Face, distance, part};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "eyes_open",
    title: text("睁眼", "Eyes open"),
    unit: "",
    names: &[],
    clause: "99号: 双眼自然睁开 (both eyes open)",
    method: text(
        "睁得较小的一只眼的纵横比（EAR）：上下眼睑的平均距离与内外眼角的距离之比（Soukupova 和 Cech，2016）。",
        "Eye aspect ratio of the eye that is less open: mean distance of the lids / distance of the corners (Soukupova and Cech 2016).",
    ),
    low: fault(
        "eyes_closed",
        text("闭眼", "eyes closed"),
        text("眨一下眼，再自然睁开。", "Blink once, then open naturally."),
    ),
    high: fault(
        "eyes_wide",
        text("瞪眼", "eyes opened too wide"),
        text("眼睛放松，自然睁开。", "Relax your eyes."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let face = portrait.face;
    let right = openness(face, part::RIGHT_LIDS, part::RIGHT_EYE_CORNERS);
    let left = openness(face, part::LEFT_LIDS, part::LEFT_EYE_CORNERS);
    let evidence = vec![
        Evidence::Region(face.outline(part::RIGHT_EYE)),
        Evidence::Region(face.outline(part::LEFT_EYE)),
    ];
    Ok(Reading {
        value: Value::Number(right.min(left).into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}

/// Mean distance of three pairs of opposite lid points over the distance of the eye's corners.
fn openness(face: &Face, lids: [(usize, usize); 3], corners: [usize; 2]) -> f32 {
    let gap: f32 =
        lids.iter().map(|&(up, low)| distance(face.at(up), face.at(low))).sum::<f32>() / 3.0;
    gap / distance(face.at(corners[0]), face.at(corners[1])).max(1.0)
}
