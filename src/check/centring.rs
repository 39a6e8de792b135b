//! Whether the face is in the middle of the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "centring",
    title: text("水平居中", "Centring"),
    unit: "px",
    names: &[],
    clause: "99号: 人像居中, 左右对称 (centred, symmetric), no number; rejected as 位置不正",
    method: text(
        "在规划的裁切框中，画面中线到两侧脸颊中点的距离，偏向画面右侧为正；以标准照的像素计。只有原片在头部旁边留得太少时才不为 0。",
        "Middle of the picture to the middle between the cheeks in the planned crop, + to the right of the picture: pixels of the standard picture. It differs from 0 where the capture leaves too little beside the head.",
    ),
    low: fault(
        "off_to_the_left",
        text("位置不正", "face too far to the left of the picture"),
        text(
            "身体挪到椅子正中，往画面右边移一点。",
            "Sit in the middle: move towards the right of the picture.",
        ),
    ),
    high: fault(
        "off_to_the_right",
        text("位置不正", "face too far to the right of the picture"),
        text(
            "身体挪到椅子正中，往画面左边移一点。",
            "Sit in the middle: move towards the left of the picture.",
        ),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.centring();
    let middle = f32::midpoint(plan.geometry.cheeks[0], plan.geometry.cheeks[1]);
    let frame = f32::midpoint(plan.crop[0], plan.crop[2]);
    let y = gist.nose;
    let evidence = vec![Evidence::Line([frame, y], [middle, y])];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
