//! Whether a necklace is worn.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "necklace",
    title: text("项链", "Necklace"),
    unit: "%",
    names: &[],
    clause: "99号: 不佩戴耳环、项链等饰品 (no earrings, necklaces); rejected as 饰品",
    method: text(
        "佩戴项链的概率，由服装网络给出。",
        "Chance that a necklace is worn, by the garment network.",
    ),
    low: good("no_necklace", text("无项链", "no necklace")),
    high: fault(
        "necklace",
        text("佩戴项链", "a necklace is worn"),
        text("项链先摘下收好。", "Take the necklace off."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, present] = portrait.person.attributes.necklace;
    chance(portrait, present, region::NECK)
}
