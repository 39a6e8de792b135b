//! Whether earrings are worn.

use super::{Check, Measure, chance, fault, good, text};
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
    method: text(
        "佩戴至少一只耳环的概率，由属性网络给出。",
        "Chance that at least one earring is worn, by the attribute network.",
    ),
    low: good("no_earring", text("无耳环", "no earring")),
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
