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
        "镜框遮住的部分占眼睛睁开部分的比例，取双眼中较大者，由镜框网络给出。属性网络既没看到眼镜也没看到镜框时，12% 以内记为 0，更大的由人工确认。",
        "Share of the eye's opening that the frame of the glasses covers, by the rim network, of the eye that is covered more. Where the attribute network sees neither glasses nor a frame, up to 12 % count as 0, and more goes to a person.",
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
    let frame = portrait.person.before.frame;
    let (share, consistent) = with_glasses(rims[worse].share.into(), 1.0 - none, frame);
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

/// The share, per cent, that goes with the chances of glasses and of a frame wherever it lies, and how well it does, 0 to 1.
/// Without either a shadow may look like a rim: none is to be believed alone.
fn with_glasses(read: f64, glasses: f32, frame: f32) -> (f64, f64) {
    if glasses >= WORN || frame >= FRAME {
        (read, 1.0)
    } else if read <= BARE {
        (0.0, 1.0)
    } else {
        (read, 0.4)
    }
}

/// Chance from which on glasses may be worn: of 44 validation portraits with glasses none has less.
const WORN: f32 = 0.1;

/// Chance from which on there may be a frame: of validation wearers none has less than 0.75, of rims lifted off others and laid over
/// a fifth of an eye and more nine in ten have more, of portraits without glasses one in fifteen.
const FRAME: f32 = 0.3;

/// What lids, lashes and shadows read at most without glasses, per cent, but for two of 190 validation portraits.
const BARE: f64 = 12.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rims_without_glasses_are_left_to_a_person() {
        assert_eq!(with_glasses(7.0, 0.9, 0.0), (7.0, 1.0));
        assert_eq!(with_glasses(7.0, 0.01, 0.9), (7.0, 1.0));
        assert_eq!(with_glasses(7.0, 0.01, 0.1), (0.0, 1.0));
        let (share, sure) = with_glasses(30.0, 0.01, 0.1);
        assert!(share == 30.0 && sure < 0.5);
    }
}
