//! Whether teeth show, or the mouth is open.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "teeth",
    title: text("露齿", "Teeth"),
    unit: "%",
    names: &[],
    clause: "99号: 嘴唇自然闭合 (lips closed); rejected as 露牙齿",
    method: text(
        "露出牙齿或张着嘴的概率，由属性网络给出。",
        "Chance that teeth show or the mouth is open, by the attribute network.",
    ),
    low: good("mouth_closed", text("嘴唇闭合", "the mouth is closed")),
    high: fault(
        "teeth",
        text("露牙齿", "teeth showing or mouth open"),
        text("嘴轻轻合上，别露牙。", "Close your lips, no teeth."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, open] = portrait.person.attributes.mouth;
    chance(portrait, open, region::MOUTH)
}
