//! Whether the neckline is low, or the shoulders are bare.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "neckline",
    title: text("领口过低", "Low neckline"),
    unit: "%",
    names: &[],
    clause: "YMJ, PDF1: rejected as 吊带、超低领上衣, 光膀 (straps, very low tops, bare shoulders); 99号: 着装得体 (decent clothing)",
    method: text(
        "在看得到领口的前提下，低领、吊带或无袖的概率，由服装网络给出。",
        "Chance of a low neckline, straps or no sleeves, of those whose neckline shows, by the garment network.",
    ),
    low: good("neckline_high", text("领口合适", "the neckline is high enough")),
    high: fault(
        "neckline_low",
        text("吊带、超低领上衣", "straps or a low neckline"),
        text("吊带、低领的请换一件有领的。", "No straps or low neckline: change the top."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, _, low, hidden] = portrait.person.attributes.neckline;
    let faulty = low;
    if hidden > 0.5 {
        return Err(Unreadable::because(text("看不到领口", "the neckline is not visible")));
    }
    chance(portrait, faulty / (1.0 - hidden), region::NECK)
}
