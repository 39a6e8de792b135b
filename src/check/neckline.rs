//! Whether the neckline is low, or the shoulders are bare.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "neckline",
    title: text("领口过低", "Low neckline"),
    unit: "%",
    names: &[],
    clause: "YMJ, PDF1: rejected as 吊带、超低领上衣, 光膀; 99号: 着装得体",
    method: "Chance of a low neckline, straps or no sleeves, of those whose neckline shows, by the attribute network.",
    low: fault(
        "neckline_high",
        text("领口合适", "the neckline is high enough"),
        text("领口可以。", "The neckline is fine."),
    ),
    high: fault(
        "neckline_low",
        text("吊带、超低领上衣", "straps or a low neckline"),
        text("吊带、低领的请换一件有领的。", "No straps or low neckline: change the top."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, _, low, hidden] = portrait.person.attributes.neckline;
    let faulty = low;
    if hidden > 0.5 {
        return Err(Unreadable::because("the neckline is not visible"));
    }
    chance(portrait, faulty / (1.0 - hidden), region::NECK)
}
