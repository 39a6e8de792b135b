//! Whether earrings are worn.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "earring",
    title: text("耳环", "Earrings"),
    unit: "%",
    names: &[],
    clause: "99号: 不佩戴耳环、项链等饰品 (no earrings, necklaces); rejected as 饰品",
    method: "Chance that at least one earring is worn, by the attribute network.",
    low: fault(
        "no_earring",
        text("无耳环", "no earring"),
        text("耳环可以。", "No earring is seen."),
    ),
    high: fault(
        "earring",
        text("佩戴耳环", "an earring is worn"),
        text("耳环先摘下收好。", "Take the earrings off."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, present] = portrait.person.attributes.earring;
    chance(portrait, present, region::EARS)
}
