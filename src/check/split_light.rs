//! Whether both halves of the face are equally bright.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::part;
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "split_light",
    title: text("阴阳脸", "Split lighting"),
    unit: "ΔL*",
    names: &[],
    clause: "99号: two lights, even (光线均匀); rejected as 阴阳脸",
    method: text(
        "被摄者左脸颊的 CIE L* 平均值减去右脸颊的 CIE L* 平均值。",
        "Mean CIE L* of the subject's left cheek less that of the right cheek.",
    ),
    low: fault(
        "left_darker",
        text("阴阳脸", "the subject's left side is darker"),
        text("脸转正，我调一下左右灯。", "Face me; I balance the lights."),
    ),
    high: fault(
        "right_darker",
        text("阴阳脸", "the subject's right side is darker"),
        text("脸转正，我调一下左右灯。", "Face me; I balance the lights."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let (Some(right), Some(left)) =
        (brightness(portrait, part::RIGHT_CHEEK), brightness(portrait, part::LEFT_CHEEK))
    else {
        return Err(Unreadable::because(text("看不到一侧脸颊", "a cheek is out of sight")));
    };
    let evidence = [part::RIGHT_CHEEK, part::LEFT_CHEEK]
        .map(|p| Evidence::Region(portrait.face.outline(p)))
        .to_vec();
    // A turned head shows one cheek aslant, which darkens it without any fault of the lights.
    let turned = (1.0 - portrait.face.pose.yaw.abs() / 45.0).clamp(0.0, 1.0);
    let confidence = face_confidence(portrait) * turned;
    Ok(Reading { value: Value::Number((left - right).into()), confidence, evidence })
}

/// Mean lightness of a cheek; `None` when no pixel of it is on the chip.
fn brightness(portrait: &Portrait, cheek: &[usize]) -> Option<f32> {
    let mask = pixels::region(portrait.chip.dimensions(), &[portrait.on_chip(cheek)], &[]);
    let values: Vec<f32> = pixels::masked(&portrait.chip, &mask).map(pixels::lightness).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
}
