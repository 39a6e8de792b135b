//! Whether the garment has a collar.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "collar",
    title: text("有领上衣", "Collar"),
    unit: "%",
    names: &[],
    clause: "XHC, CTBU: 须有领 (collar required), NJMU, NJTECH: white shirt; 99号 does not ask for one",
    method: "Chance that the garment has no collar (round, V, low or strapped), of those whose neckline shows, by the attribute network.",
    low: fault(
        "collar",
        text("有领", "the garment has a collar"),
        text("衣领可以。", "The collar is fine."),
    ),
    high: fault(
        "no_collar",
        text("无领上衣", "the garment has no collar"),
        text("请换一件有领的上衣。", "Change to a top with a collar."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, round, low, hidden] = portrait.person.attributes.neckline;
    let faulty = round + low;
    if hidden > 0.5 {
        return Err(Unreadable::because("the neckline is not visible"));
    }
    chance(portrait, faulty / (1.0 - hidden), region::NECK)
}
