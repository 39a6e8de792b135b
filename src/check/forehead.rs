//! Whether hair covers the forehead.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "forehead",
    title: text("额头露出", "Forehead"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮眉眼耳 (hair off brows, eyes and ears); desks ask 刘海不遮额头 (no fringe over the forehead)",
    method: text(
        "额头被部分或大部分遮住的概率，由属性网络给出。",
        "Chance that the forehead is partly or mostly covered, by the attribute network.",
    ),
    low: good("forehead_bare", text("额头全露", "the forehead is clear")),
    high: fault(
        "forehead_covered",
        text("刘海遮挡额头", "the forehead is covered"),
        text("刘海夹起来，额头露出来。", "Clip the fringe: show the forehead."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, partly, covered] = portrait.person.attributes.forehead;
    chance(portrait, partly + covered, region::TOP)
}
