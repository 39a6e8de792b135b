//! Whether something is worn on the head.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "headwear",
    title: text("头饰帽子", "Headwear"),
    unit: "%",
    names: &[],
    clause: "99号: 免冠, 不戴头饰 (bare-headed; religious and medical exceptions); rejected as 带帽, 饰品遮挡",
    method: "Chance that a hat, cap, scarf, band, clip or ornament is worn on the head, by the attribute network.",
    low: fault("bare_headed", text("免冠", "bare-headed"), text("头饰可以。", "The head is bare.")),
    high: fault(
        "headwear",
        text("帽子、头饰", "something is worn on the head"),
        text("帽子、发箍先摘下。", "Take off hat and band."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [none, ..] = portrait.person.attributes.headwear;
    chance(portrait, 1.0 - none, region::TOP)
}
