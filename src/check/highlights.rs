//! Blown-out spots on the skin.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::face::part;
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "highlights",
    title: text("面部高光", "Face shine"),
    unit: "%",
    names: &[],
    clause: "99号: no visible highlights or spots (无明显高光); rejected as 面部鼻梁有高光",
    method: text(
        "额头到下巴的皮肤（不含眼睛、眉毛和嘴唇）中，至少两个颜色通道达到 250 及以上（最大 255）的像素所占的比例。",
        "Share of the skin between forehead and chin (eyes, brows and lips left out) in which at least two colour channels are 250 or more of 255.",
    ),
    low: good("no_highlights", text("没有高光", "no highlights")),
    high: fault(
        "shine",
        text("面部鼻梁有高光", "clipped highlights on the skin"),
        text(
            "鼻子额头出油了，纸巾擦一下；灯调低一点。",
            "Blot nose and forehead; lower the lights a little.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let holes = [part::RIGHT_EYE, part::LEFT_EYE, part::RIGHT_BROW, part::LEFT_BROW, part::LIPS];
    let holes = holes.map(|p| portrait.on_chip(p));
    let mask = pixels::region(portrait.chip.dimensions(), &[portrait.on_chip(part::OVAL)], &holes);
    let all = pixels::masked(&portrait.chip, &mask).count();
    if all == 0 {
        return Err(Unreadable::because(text("看不到皮肤", "no skin to measure")));
    }
    let blown = pixels::masked(&portrait.chip, &mask).filter(|p| is_blown(*p)).count();
    let share = 100.0 * blown as f64 / all as f64;
    let evidence = vec![Evidence::Region(portrait.face.outline(part::OVAL))];
    Ok(Reading { value: Value::Number(share), confidence: face_confidence(portrait), evidence })
}

/// Two channels at their end: colour is lost. (One alone, red, is common on lit fair skin.)
fn is_blown(pixel: image::Rgb<u8>) -> bool {
    pixel.0.iter().filter(|&&c| c >= 250).count() >= 2
}
