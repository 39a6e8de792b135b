//! Whether a lens reflects light over an eye.

use super::{Check, Measure, chance, fault, good, text};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::Measured;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "lens_reflection",
    title: text("镜片反光", "Lens glare"),
    unit: "%",
    names: &[],
    clause: "99号: 镜片不反光 (no reflections); rejected as 反光眼镜",
    method: text(
        "戴有眼镜且镜片在眼睛处反光的概率，由属性网络给出。",
        "Chance that glasses are worn whose lenses reflect over an eye, by the attribute network.",
    ),
    low: good("no_reflection", text("镜片无反光", "no reflection")),
    high: fault(
        "lens_reflection",
        text("反光眼镜", "lens reflection over an eye"),
        text("眼镜稍微往下压，或换副不反光的。", "Tip the glasses down slightly."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let [_, _, reflecting, _] = portrait.person.attributes.glasses;
    chance(portrait, reflecting, region::EYES)
}
