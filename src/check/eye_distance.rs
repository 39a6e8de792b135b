//! How far apart the pupils are in the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "eye_distance",
    title: text("瞳孔间距（成品）", "Eye distance in the frame"),
    unit: "px",
    names: &[],
    clause: "出入境 (exit-entry, 33 x 48 mm): 82-118 px of 390; ICAO 9303: about 90 px and more; 99号 gives none",
    method: text(
        "在规划的裁切框中，双眼瞳孔之间的距离；以标准照的像素计。",
        "Distance between the pupils in the planned crop, pixels of the standard picture.",
    ),
    low: fault(
        "eyes_too_close",
        text("头部过小", "pupils too close together in the picture"),
        text("往前挪一点，或镜头推近一点。", "A bit closer to the camera."),
    ),
    high: fault(
        "eyes_too_far_apart",
        text("头部过大比例失调", "pupils too far apart in the picture"),
        text("往后挪半步。", "Half a step back."),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.eye_distance();
    let [right, left] = plan.geometry.pupils;
    let evidence = vec![Evidence::Line(right, left)];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
