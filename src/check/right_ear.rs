//! Whether the subject's right ear shows.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "right_ear",
    title: text("右耳露出", "Right ear"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮耳, 双耳对称 (ears uncovered); rejected as 未露耳, 头发遮挡耳朵 (hair over the ear)",
    method: text(
        "被摄者右耳没有完全露出（部分或全部被头发、头饰遮住，或因转头而看不到）的概率，由属性网络给出。",
        "Chance that the subject's right ear is not fully visible (partly or wholly under hair, headwear or turned away), by the attribute network.",
    ),
    low: good("right_ear_shows", text("右耳露出", "the right ear shows")),
    high: fault(
        "right_ear_hidden",
        text("未露耳", "the subject's right ear does not show"),
        text("头发别到右耳后，把右耳露出来。", "Hair behind your right ear: show all of it."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, partly, hidden] = portrait.person.attributes.right_ear;
    chance(portrait, partly + hidden, region::RIGHT_EAR)
}
