//! Whether the background has one colour all over.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::pixels::delta_e00;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "background_evenness",
    title: text("背景不匀", "Uneven background"),
    unit: "ΔE00",
    names: &[],
    clause: "99号: background even, no gradient (背景均匀, 无渐变); rejected as 背景有过渡色",
    method: text(
        "把头肩周围的背景分成边长为半个瞳孔间距的方块，取各块的颜色中位数，两两求色差（CIEDE2000）：95% 的方块对色差小于此值。",
        "Colour difference CIE DE2000 between any two squares of half an eye distance of the background around head and shoulders (their median colours): 95 % of the pairs differ by less.",
    ),
    low: good("background_even", text("背景均匀", "even background")),
    high: fault(
        "background_uneven",
        text("背景有过渡色", "background with a gradient"),
        text(
            "背景灯打匀一点，往前坐半米，背后就没影子了。",
            "Light the backdrop evenly; move forward so no shadow falls behind.",
        ),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Share of the pairs that differ by less than the reading.
const MOST: f32 = 0.95;

fn measure(portrait: &Portrait) -> Measured {
    let backdrop = &portrait.person.body.backdrop;
    let samples = backdrop.samples()?;
    let cells = backdrop.cells(&samples);
    let mut pairs = Vec::new();
    for (i, a) in cells.iter().enumerate() {
        pairs.extend(cells[..i].iter().map(|b| (delta_e00(a.1, b.1), a.0, b.0)));
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rank = (pairs.len().saturating_sub(1) as f32 * MOST).round() as usize;
    let Some(&(difference, one, other)) = pairs.get(rank) else {
        return Err(Unreadable::because(text(
            "画面里背景太少",
            "too little of the background is in the picture",
        )));
    };
    Ok(Reading {
        value: Value::Number(difference.into()),
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Line(backdrop.place(one), backdrop.place(other))],
    })
}
