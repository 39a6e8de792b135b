//! How high the head is in the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "head_height",
    title: text("头部高度", "Head height"),
    unit: "px",
    names: &[],
    clause: "ICAO 9303: crown to chin 70-80 % of the height; 出入境 (exit-entry), 驾驶证 (driving licence), US visa and others give bands in millimetres or percent; 99号 gives none",
    method: text(
        "在规划的裁切框中，头发顶部到下巴的距离；以标准照的像素计。",
        "Top of the hair to the chin in the planned crop, pixels of the standard picture.",
    ),
    low: fault(
        "head_too_short",
        text("头部过小", "head too small in the picture"),
        text("往前挪一点，或镜头推近一点。", "A bit closer to the camera."),
    ),
    high: fault(
        "head_too_tall",
        text("头部过大比例失调", "head too large in the picture"),
        text("往后挪半步，头发放低。", "Half a step back; lower the hair."),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.head_height()?;
    let evidence = vec![Evidence::Line(plan.geometry.crown.clone()?, plan.geometry.chin)];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
