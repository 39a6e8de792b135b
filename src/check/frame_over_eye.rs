//! Whether the frame of glasses covers a part of an eye.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::eyes;
use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "frame_over_eye",
    title: text("镜框遮眼", "Frame over an eye"),
    unit: "%",
    names: &[],
    clause: "99号: 镜框不遮挡眼睛 (the frame must not cover the eyes)",
    method: text(
        "镜框遮住的部分占眼睛睁开部分的比例，取双眼中较大者，由镜框网络给出。属性网络认为没戴眼镜时，12% 以内记为 0，更大的由人工确认。",
        "Share of the eye's opening that the frame of the glasses covers, by the rim network, of the eye that is covered more. Where the attribute network sees no glasses, up to 12 % count as 0, and more goes to a person.",
    ),
    low: good("eyes_free_of_frame", text("镜框不遮眼", "the frame leaves the eyes free")),
    high: fault(
        "frame_over_eye",
        text("镜框遮挡眼睛", "the frame covers a part of an eye"),
        text(
            "调整眼镜（多半往上推一点），让镜框不挡眼睛。",
            "Adjust your glasses (mostly: push them up) so that the frame leaves both eyes free.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Error that the network expects of itself, per cent of the opening, up to which its word is taken in full.
const ERROR: f64 = 8.0;

fn measure(portrait: &Portrait) -> Measured {
    eyes::seen(portrait)?;
    let rims = portrait.person.rims;
    let worse = usize::from(rims[1].share > rims[0].share);
    let [none, ..] = portrait.person.attributes.glasses;
    let worn = 1.0 - none >= WORN || portrait.person.before.frame >= FRAME;
    let (share, consistent) = with_glasses(rims[worse].share.into(), worn);
    // Of the eye that seems free it must be known, too.
    let error = rims[0].error.max(rims[1].error);
    let sure = eyes::told(portrait, ERROR, error) * consistent;
    let ball = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL][worse];
    Ok(Reading {
        value: Value::Number(share),
        confidence: face_confidence(portrait) * sure,
        evidence: vec![Evidence::Region(portrait.face.outline(ball))],
    })
}

/// The share, per cent, that goes with whether glasses are seen, and how well it does, 0 to 1. Without any a shadow
/// may look like a rim: neither is to be believed alone.
fn with_glasses(read: f64, worn: bool) -> (f64, f64) {
    if worn {
        (read, 1.0)
    } else if read <= BARE {
        (0.0, 1.0)
    } else {
        (read, 0.4)
    }
}

/// Chance from which on glasses may be worn: of 44 validation portraits with glasses none has less.
const WORN: f32 = 0.1;

/// The same of a frame, wherever it sits.
const FRAME: f32 = 0.3;

/// What lids, lashes and shadows read without glasses, per cent: of 190 validation portraits 188 no more, but of 55
/// with rims laid over a fifth of an eye and more, in which no glasses are seen, only one.
const BARE: f64 = 12.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rims_without_glasses_are_left_to_a_person() {
        assert_eq!(with_glasses(7.0, true), (7.0, 1.0));
        assert_eq!(with_glasses(7.0, false), (0.0, 1.0));
        let (share, sure) = with_glasses(30.0, false);
        assert!(share == 30.0 && sure < 0.5);
    }
}
