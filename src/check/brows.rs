//! Whether hair or a hat hides the brows.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "brows",
    title: text("眉毛露出", "Brows"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮眉 (hair off the brows); rejected as 头发遮挡眉毛",
    method: "Chance that at least one brow is partly hidden by hair or headwear, by the attribute network.",
    low: fault(
        "brows_show",
        text("眉毛露出", "the brows show"),
        text("刘海可以放下来一点。", "The fringe may come down a little."),
    ),
    high: fault(
        "brows_hidden",
        text("头发遮挡眉毛", "brows hidden"),
        text("刘海夹起来，眉毛露出来。", "Clip the fringe, show the brows."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, hidden] = portrait.person.attributes.brows;
    chance(portrait, hidden, region::TOP)
}
