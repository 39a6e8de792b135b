//! Whether something is worn on the head.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "headwear",
    title: text("头饰帽子", "Headwear"),
    unit: "%",
    names: &[],
    clause: "99号: 免冠, 不戴头饰 (bare-headed; religious and medical exceptions); checkers call it 饰品遮挡 (带帽 in the desks' lists is a hooded top)",
    method: text(
        "头上戴有帽子、头巾、发箍、发夹或饰物的概率，由属性网络给出。",
        "Chance that a hat, cap, scarf, band, clip or ornament is worn on the head, by the attribute network.",
    ),
    low: good("bare_headed", text("免冠", "bare-headed")),
    high: fault(
        "headwear",
        text("饰品遮挡（帽子、头饰）", "something is worn on the head"),
        text("帽子、发箍先摘下。", "Take off hat and band."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [none, ..] = portrait.person.attributes.headwear;
    chance(portrait, 1.0 - none, region::TOP)
}
