//! Whether the garment differs from the skin.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::pixels::delta_e00;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "garment_skin",
    title: text("服装与肤色相近", "Clothes like skin"),
    unit: "ΔE00",
    names: &[],
    clause: "Collectors' practice (CDU): no yellow or green top near the colour of the skin (不穿与肤色相近的黄、绿上衣); checkers also reject 光膀 (bare shoulders)",
    method: text(
        "颈部以下服装的主色与面部皮肤的颜色中位数之间的色差（CIEDE2000）。光膀（裸露肩膀）时接近 0。",
        "Colour difference CIE DE2000 between the commonest colour of what is worn below the neck and the median colour of the face's skin. Bare shoulders measure near 0.",
    ),
    low: fault(
        "clothes_like_skin",
        text("与肤色相近的上衣", "top like the skin, or bare shoulders"),
        text(
            "上衣跟肤色太接近，换件有领的深(浅)色上衣。",
            "Your top is too near your skin; change into a darker or lighter one with a collar.",
        ),
    ),
    high: good("clothes_unlike_skin", text("服装与肤色差别很大", "clothes unlike the skin")),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let garment = body.garment.clone()?;
    let skin = body
        .parts
        .skin
        .ok_or_else(|| Unreadable::because(text("看不到皮肤", "no skin to measure")))?;
    let middle = body.matte.to_matte.inverse().apply(garment.middle);
    Ok(Reading {
        value: Value::Number(delta_e00(garment.colour, skin).into()),
        confidence: face_confidence(portrait) * f64::from(garment.area).min(1.0),
        evidence: vec![Evidence::Points(vec![middle])],
    })
}
