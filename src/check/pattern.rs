//! Whether the garment is patterned.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "pattern",
    title: text("服装花纹", "Pattern"),
    unit: "%",
    names: &[],
    clause: "99号: 避免复杂图案、条纹 (avoid complex patterns, stripes); rejected as 条纹服装",
    method: "Chance that the garment is patterned, of those that show, by the attribute network.",
    low: fault(
        "plain",
        text("素色", "the garment is plain"),
        text("衣服可以。", "The garment is fine."),
    ),
    high: fault(
        "patterned",
        text("条纹服装、花纹复杂", "the garment is patterned"),
        text("条纹、花纹的请换一件素色的。", "No stripes or busy patterns: change the top."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, patterned, hidden] = portrait.person.attributes.pattern;
    let faulty = patterned;
    if hidden > 0.5 {
        return Err(Unreadable::because("the garment is not visible"));
    }
    chance(portrait, faulty / (1.0 - hidden), region::TORSO)
}
