//! How much room the hair has below the top edge of the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "head_top",
    title: text("头顶距上边", "Headroom"),
    unit: "px",
    names: &[],
    clause: "99号: 头顶发际 50-110 px from the top of 640; uploads reject 头顶距离顶部百分比不合格. 发际 is read as the top of the hair, as GA 461 does",
    method: "Top edge to the top of the hair in the planned crop, pixels of the standard picture.",
    low: fault(
        "head_too_high",
        text("头顶距离顶部百分比不合格", "hair too near the top edge"),
        text(
            "头顶留点空：镜头抬高一点，高马尾放低。",
            "Leave space above the hair: raise the camera a little, lower a bun.",
        ),
    ),
    high: fault(
        "head_too_low",
        text("头顶距离顶部百分比不合格", "too much space above the hair"),
        text(
            "头顶太空了：镜头放低一点。",
            "Too much space above the head: lower the camera a little.",
        ),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.head_top()?;
    let crown = plan.geometry.crown.clone()?;
    let evidence = vec![Evidence::Line([crown[0], plan.crop[1]], crown)];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
