//! Whether the garment has a collar.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "collar",
    title: text("有领上衣", "Collar"),
    unit: "%",
    names: &[],
    clause: "XHC, CTBU: 须有领 (collar required), NJMU, NJTECH: white shirt; 99号 does not ask for one (99号无此要求)",
    method: text(
        "在看得到领口的前提下，服装无领（圆领、V 领、低领或吊带）的概率，由服装网络给出。",
        "Chance that the garment has no collar (round, V, low or strapped), of those whose neckline shows, by the garment network.",
    ),
    low: good("collar", text("有领", "the garment has a collar")),
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
        return Err(Unreadable::because(text("看不到领口", "the neckline is not visible")));
    }
    chance(portrait, faulty / (1.0 - hidden), region::NECK)
}
