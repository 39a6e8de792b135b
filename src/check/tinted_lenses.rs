//! Whether the lenses of glasses are tinted.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "tinted_lenses",
    title: text("有色镜片", "Tinted lenses"),
    unit: "%",
    names: &[],
    clause: "99号: 不戴有色眼镜 (no tinted lenses); rejected as 有色眼镜",
    method: text(
        "佩戴有色眼镜的概率，由属性网络给出。",
        "Chance that tinted glasses are worn, by the attribute network.",
    ),
    low: good("lenses_clear", text("没有有色镜片", "no tinted lenses")),
    high: fault(
        "lenses_tinted",
        text("有色眼镜", "tinted lenses"),
        text("有色眼镜请换成透明镜片，或摘下。", "Change to clear lenses, or take them off."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, _, _, tinted] = portrait.person.attributes.glasses;
    chance(portrait, tinted, region::EYES)
}
