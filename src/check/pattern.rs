//! Whether the garment is patterned.

use super::{Check, Measure, chance, fault, good, text};
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
    method: text(
        "在看得到服装的前提下，服装有花纹的概率，由服装网络给出。",
        "Chance that the garment is patterned, of those that show, by the garment network.",
    ),
    low: good("plain", text("素色", "the garment is plain")),
    high: fault(
        "patterned",
        text("条纹服装、花纹复杂", "the garment is patterned"),
        text("条纹、花纹的请换一件素色的。", "No stripes or busy patterns: change the top."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    // Of a collar's edge nobody can say what the cloth is like.
    portrait.person.body.garment.as_ref().map_err(Clone::clone)?;
    let [_, patterned, hidden] = portrait.person.attributes.pattern;
    let faulty = patterned;
    if hidden > 0.5 {
        return Err(Unreadable::because(text("看不到衣服", "the garment is not visible")));
    }
    chance(portrait, faulty / (1.0 - hidden), region::TORSO)
}
