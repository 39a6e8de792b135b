//! Whether a collar or scarf hides the neck.

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "neck_covered",
    title: text("脖子外露", "Neck shown"),
    unit: "% of eye distance squared",
    names: &[],
    clause: "Collectors' practice: no high collar (高领遮挡脖子), no fur collar or scarf (大毛领、围巾)",
    method: "Area of the skin below the jaw, between the corners of the jaw and down to half an eye distance below the chin, as a share of the squared distance between the pupils.",
    low: fault(
        "neck_hidden",
        text("高领遮挡脖子", "the neck is hidden"),
        text("高领翻下来，围巾摘掉，脖子露出来。", "Fold the collar down, take the scarf off."),
    ),
    high: fault(
        "neck_bare",
        text("领口过低", "low neckline"),
        text("换件有领的上衣。", "A top with a collar, please."),
    ),
    // A chin held low, or a beard, hides the neck as well as a scarf does.
    suspicion: true,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let eyes = portrait.matte_eyes();
    let chin = portrait.on_matte(152);
    let [x0, _, x1, y1] = body.inside;
    let low = chin[1] + 0.5 * eyes;
    if low > y1 as f32 {
        return Err(Unreadable::because("the picture ends at the chin"));
    }
    let ends = [172, 397].map(|i| portrait.on_matte(i));
    let from = ends[0][0].min(ends[1][0]).max(x0 as f32) as u32;
    let to = (ends[0][0].max(ends[1][0]) as u32).min(x1);
    let top = ends[0][1].min(ends[1][1]).max(0.0) as u32;
    let skin = (top..=low as u32).flat_map(|y| (from..=to).map(move |x| (x, y)));
    let seen = skin.filter(|&(x, y)| body.parts.at(x, y) == Part::Skin).count();
    let back = body.matte.to_matte.inverse();
    let corner = |x: u32, y: f32| back.apply([x as f32, y]);
    let region =
        vec![corner(from, top as f32), corner(to, top as f32), corner(to, low), corner(from, low)];
    Ok(Reading {
        value: Value::Number(100.0 * seen as f64 / f64::from(eyes * eyes)),
        confidence: face_confidence(portrait),
        evidence: vec![Evidence::Region(region)],
    })
}
