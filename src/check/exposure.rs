//! How bright the face is.

use super::{Check, Measure, face_confidence, fault, text};
use crate::pixels;
use crate::scene::{Portrait, SKIN};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "exposure",
    title: text("曝光", "Exposure"),
    unit: "L*",
    names: &[],
    clause: "99号: even light and exposure (曝光适度); rejected as 过曝光(看不到皮肤色) (overexposed, no colour of skin left) or 照片过暗 (too dark)",
    method: text(
        "脸颊和额头的 CIE L* 中位数，0 为黑，100 为白。",
        "Median CIE L* of cheeks and forehead, 0 black to 100 white.",
    ),
    low: fault(
        "too_dark",
        text("照片过暗", "face too dark"),
        text("太暗了，我调灯再来一张。", "Too dark; I adjust the lights, one more."),
    ),
    high: fault(
        "too_bright",
        text("过曝光(看不到皮肤色)", "face too bright"),
        text("太亮了，我调灯再来一张。", "Too bright; I adjust the lights, one more."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let skin = portrait.skin();
    let mut lightness: Vec<f32> =
        pixels::masked(&portrait.chip, &skin).map(pixels::lightness).collect();
    let Some(median) = pixels::quantile(&mut lightness, 0.5) else {
        return Err(Unreadable::because(text("看不到皮肤", "no skin to measure")));
    };
    let evidence = SKIN.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    Ok(Reading {
        value: Value::Number(median.into()),
        confidence: face_confidence(portrait),
        evidence,
    })
}
