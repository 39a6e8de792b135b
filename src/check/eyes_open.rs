//! Whether both eyes are open.

use super::{Check, Measure, face_confidence, fault, text};
use crate::eyes;
use crate::face::part;
use crate::model::lids::Opening;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "eyes_open",
    title: text("睁眼", "Eyes open"),
    unit: "",
    names: &[],
    clause: "99号: 双眼自然睁开 (both eyes open)",
    method: text(
        "睁得较小的一只眼的纵横比（EAR）：上下眼睑的平均距离与内外眼角的距离之比（Soukupova 和 Cech，2016），由眼睑网络给出。眼睛没拍全或在有色镜片后面时不判断。",
        "Eye aspect ratio of the eye that is less open: mean distance of the lids / distance of the corners (Soukupova and Cech 2016), by the lid network. Of eyes that the picture cuts off or that lie behind tinted lenses nothing is said.",
    ),
    low: fault(
        "eyes_closed",
        text("闭眼", "eyes closed"),
        text("眨一下眼，再自然睁开。", "Blink once, then open naturally."),
    ),
    high: fault(
        "eyes_wide",
        text("瞪眼", "eyes opened too wide"),
        text("眼睛放松，自然睁开。", "Relax your eyes."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Error that the network expects of itself up to which its word is taken in full.
const ERROR: f64 = 0.04;

fn measure(portrait: &Portrait) -> Measured {
    eyes::shown(portrait)?;
    let (ratio, sure) = less_open(portrait.person.lids);
    let evidence = vec![
        Evidence::Region(portrait.face.outline(part::RIGHT_EYE)),
        Evidence::Region(portrait.face.outline(part::LEFT_EYE)),
    ];
    Ok(Reading {
        value: Value::Number(ratio.into()),
        confidence: face_confidence(portrait) * sure,
        evidence,
    })
}

/// Opening of the eye that is less open, and how well it is known. The other one must be known, too: it could be the one
/// that is closed. What is no number stays none.
fn less_open([right, left]: [Opening; 2]) -> (f32, f64) {
    let ratio = if left.ratio < right.ratio || left.ratio.is_nan() { left } else { right }.ratio;
    let sure = |eye: Opening| eyes::within(ERROR, eye.error.into());
    (ratio, sure(right).min(sure(left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eye_that_is_less_open_counts_and_the_other_must_be_known() {
        let eye = |ratio, error| Opening { ratio, error };
        assert_eq!(less_open([eye(0.3, 0.02), eye(0.05, 0.04)]), (0.05, 1.0));
        let (_, sure) = less_open([eye(0.1, 0.02), eye(0.2, 0.08)]);
        assert!((sure - 0.5).abs() < 1e-6);
        for unknown in
            [[eye(f32::NAN, 0.02), eye(0.2, 0.02)], [eye(0.2, 0.02), eye(f32::NAN, 0.02)]]
        {
            assert!(less_open(unknown).0.is_nan());
        }
        assert_eq!(less_open([eye(0.2, f32::NAN), eye(0.3, 0.02)]).1, 0.0);
    }
}
