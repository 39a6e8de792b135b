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
    clause: "99号: 头顶发际 (hair at the crown) 50-110 px from the top of 640; uploads reject 头顶距离顶部百分比不合格. 发际 is read as the top of the hair, as GA 461 does (发际按头发顶部理解，与 GA 461 一致)",
    method: text(
        "在规划的裁切框中，上边缘到头发顶部的距离；以标准照的像素计。头顶被画面上边缘裁掉时为负。",
        "Top edge to the top of the hair in the planned crop, pixels of the standard picture; below zero where the picture's upper edge cuts the head off.",
    ),
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
    let confidence = f64::from(gist.presence);
    if gist.cut_off {
        // How far above the picture the hair ends nobody knows: by a pixel and more.
        let value = Value::Number((plan.place([0.0, 0.0])[1] - 1.0).into());
        let [left, right] = plan.geometry.cheeks;
        let evidence = vec![Evidence::Line([left, 0.0], [right, 0.0])];
        return Ok(Reading { value, confidence, evidence });
    }
    let value = plan.head_top()?;
    let crown = plan.geometry.crown.clone()?;
    let evidence = vec![Evidence::Line([crown[0], plan.crop[1]], crown)];
    Ok(Reading { value: Value::Number(value.into()), confidence, evidence })
}
