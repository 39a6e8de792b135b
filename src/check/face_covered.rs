//! Whether a mask, a hand or a thing covers the lower face.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "face_covered",
    title: text("面部遮挡", "Face covered"),
    unit: "%",
    names: &[],
    clause: "99号: 面部无遮挡 (the face is not covered or shaded); collectors check 口鼻、面颊遮挡, 手持证件 (mouth, nose or cheeks covered, a card held up)",
    method: text(
        "眼睛以下的脸部至少有八分之一被手、口罩、围巾或其他物品遮住的概率，由属性网络给出。",
        "Chance that a hand, a mask, a scarf or a thing covers an eighth and more of the face below the eyes, by the attribute network.",
    ),
    low: good("face_free", text("面部无遮挡", "the face is free")),
    high: fault(
        "face_covered",
        text("面部遮挡", "something covers the lower face"),
        text(
            "口罩摘下，手和其他东西不要挡脸。",
            "Take the mask off; no hand and nothing else before the face.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    chance(portrait, portrait.person.before.covered, region::FACE)
}
