//! Whether a collar or scarf hides the neck.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::body::tinge;
use crate::pixels::lab;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "neck_covered",
    title: text("脖子外露", "Neck shown"),
    unit: "%",
    names: &[],
    clause: "Collectors' practice: no high collar (高领遮挡脖子), no fur collar or scarf (大毛领、围巾)",
    method: text(
        "在下巴以下 0.08～0.3 倍瞳孔间距、宽 0.7 倍瞳孔间距的条带中，色调更接近服装主色而不是面部皮肤颜色的像素所占的比例（色调按 L*a*b* 计，因下巴有投影，明度只取三分之一）。这两种颜色越接近，把握越小。浓密的胡须会被当成围巾。",
        "Of the strip from 0.08 to 0.3 eye distances below the chin and 0.7 wide: share of the pixels whose tinge (L*a*b* with a third of the lightness, for the chin's shadow) is nearer to the garment's commonest colour than to the skin of the face. Less sure the nearer these two are. A full beard reads like a scarf.",
    ),
    low: good("neck_shown", text("脖子外露", "the neck is shown")),
    high: fault(
        "neck_hidden",
        text("高领遮挡脖子", "a collar or scarf hides the neck"),
        text("高领翻下来，围巾摘掉，脖子露出来。", "Fold the collar down, take the scarf off."),
    ),
    // A beard hides the neck as well as a scarf does.
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// From this difference of tinge on skin and garment are told apart surely.
const APART: f32 = 20.0;

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let garment = body.garment.clone()?.colour;
    let skin = body
        .parts
        .skin
        .ok_or_else(|| Unreadable::because(text("看不到皮肤", "no skin to measure")))?;
    let eyes = portrait.matte_eyes();
    let [cx, cy] = portrait.on_matte(152);
    let [x0, _, x1, y1] = body.inside;
    let within = |v: f32, low: u32, high: u32| v.round().clamp(low as f32, high as f32) as u32;
    let (left, right) = (within(cx - 0.35 * eyes, x0, x1), within(cx + 0.35 * eyes, x0, x1));
    let (top, low) = (within(cy + 0.08 * eyes, 0, y1), within(cy + 0.3 * eyes, 0, y1));
    if low < top + 3 || right < left + 3 {
        return Err(Unreadable::because(text("画面只到下巴", "the picture ends at the chin")));
    }
    let strip = (top..=low).flat_map(|y| (left..=right).map(move |x| (x, y)));
    let worn = strip.filter(|&(x, y)| {
        let colour = lab(*body.matte.guide.get_pixel(x, y));
        tinge(colour, garment) < tinge(colour, skin)
    });
    let all = (low - top + 1) * (right - left + 1);
    let share = 100.0 * worn.count() as f64 / f64::from(all);
    let back = body.matte.to_matte.inverse();
    let corners = [(left, top), (right, top), (right, low), (left, low)];
    let region = corners.map(|(x, y)| back.apply([x as f32, y as f32])).to_vec();
    Ok(Reading {
        value: Value::Number(share),
        confidence: face_confidence(portrait) * f64::from(tinge(garment, skin) / APART).min(1.0),
        evidence: vec![Evidence::Region(region)],
    })
}
