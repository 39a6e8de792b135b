//! Whether the lips may be painted.

use palette::Lab;

use super::{Check, Measure, face_confidence, fault, good, in_colour, text};
use crate::face::part;
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "makeup",
    title: text("妆容", "Make-up"),
    unit: "Δa*",
    names: &[],
    clause: "99号: make-up not advisable (不宜化妆)",
    method: text(
        "嘴唇的 CIE a*（红的程度）中位数减去脸颊的 CIE a* 中位数。嘴唇天生比脸颊红，一般高出 7；涂了口红会更高。其他颜色的唇妆、眼影、粉底和画过的眉毛不检查。",
        "Median CIE a* (redness) of the lips less that of the cheeks. Lips are by nature redder than cheeks, by 7 as a rule; lipstick adds to it. Lips of other colours, eye shadow, powder and drawn brows are not looked for.",
    ),
    low: good("pale_lips", text("唇色偏淡", "pale lips")),
    high: fault(
        "lipstick",
        text("化妆", "the lips look painted"),
        text("妆淡一点，要和平时一样。", "Lighter, as you look daily."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    in_colour(portrait)?;
    let redness = |outlines: &[&[usize]], holes: &[&[usize]]| {
        let on = |all: &[&[usize]]| all.iter().map(|o| portrait.on_chip(o)).collect::<Vec<_>>();
        let mask = pixels::region(portrait.chip.dimensions(), &on(outlines), &on(holes));
        let mut values: Vec<f32> =
            pixels::masked(&portrait.chip, &mask).map(pixels::lab).map(|c: Lab| c.a).collect();
        if values.len() < 20 { None } else { pixels::quantile(&mut values, 0.5) }
    };
    let cheeks: [&[usize]; 2] = [part::RIGHT_CHEEK, part::LEFT_CHEEK];
    let (Some(lips), Some(cheeks)) =
        (redness(&[part::LIPS], &[part::MOUTH]), redness(&cheeks, &[]))
    else {
        return Err(Unreadable::because(text(
            "嘴唇或脸颊像素太少",
            "lips or cheeks have too few pixels",
        )));
    };
    // Lips of a small face are mixed with the skin around them.
    let size = f64::from(portrait.face.inter_ocular_distance() / 45.0).min(1.0);
    Ok(Reading {
        value: Value::Number((lips - cheeks).into()),
        confidence: face_confidence(portrait) * size,
        evidence: vec![Evidence::Region(portrait.face.outline(part::LIPS))],
    })
}
