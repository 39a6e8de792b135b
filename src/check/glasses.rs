//! Whether the subject wears glasses.

use super::{Check, Measure, chance, fault, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "glasses",
    title: text("佩戴眼镜", "Glasses"),
    unit: "%",
    names: &[],
    clause: "99号: habitual wearers should wear them (平时戴眼镜的应戴); AHUT, kaoyan, US visa and others forbid them (不许戴): per profile",
    method: text(
        "佩戴任何种类眼镜的概率，由属性网络给出。",
        "Chance that glasses of any kind are worn, by the attribute network.",
    ),
    low: fault(
        "no_glasses",
        text("未戴眼镜", "no glasses"),
        text("平时戴眼镜的请戴上。", "Please wear your usual glasses."),
    ),
    high: fault(
        "glasses",
        text("佩戴眼镜", "glasses are worn"),
        text("请摘下眼镜再拍。", "Please take the glasses off."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [none, ..] = portrait.person.attributes.glasses;
    chance(portrait, 1.0 - none, region::EYES)
}
