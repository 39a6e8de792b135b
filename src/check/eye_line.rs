//! How high the eyes stand in the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "eye_line",
    title: text("眼睛高度", "Eye line"),
    unit: "px",
    names: &[],
    clause: "99号: eyes 200-300 px from the top of 640; uploads reject 眼睛中心距离顶部百分比不合格",
    method: text(
        "在规划的裁切框中，上边缘到双眼瞳孔连线的中点的距离；以标准照的像素计。",
        "Top edge to the middle between the pupils in the planned crop, pixels of the standard picture.",
    ),
    low: fault(
        "eyes_too_high",
        text("眼睛中心距离顶部百分比不合格", "eyes too near the top edge"),
        text("坐低一点或镜头抬高，头顶多留点空。", "Raise the camera: leave more space above."),
    ),
    high: fault(
        "eyes_too_low",
        text("眼睛中心距离顶部百分比不合格", "eyes too far from the top edge"),
        text("坐直，镜头放低一点。", "Sit up; lower the camera a little."),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.eye_line();
    let [right, left] = plan.geometry.pupils;
    let evidence = vec![Evidence::Line(right, left)];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
