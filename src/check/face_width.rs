//! How wide the face is in the standard picture.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "face_width",
    title: text("脸部宽度", "Face width"),
    unit: "px",
    names: &[],
    clause: "99号: 两脸颊之间 (cheek to cheek) 180-300 px of 480; rejected as 头部过大比例失调, 头部过小身体部分过大",
    method: text(
        "在规划的裁切框中，两侧脸颊之间（面部网格轮廓两端）的距离，以标准照的像素计；除非原片小于成品尺寸，裁切时不放大。",
        "Cheek to cheek (ends of the mesh outline) in the planned crop, which is not enlarged unless the capture is smaller than the frame: pixels of the standard picture.",
    ),
    low: fault(
        "face_too_narrow",
        text("头部过小、身体部分过大", "face too small in the picture"),
        text("往前挪一点，或镜头推近一点。", "A bit closer to the camera."),
    ),
    high: fault(
        "face_too_wide",
        text("头部过大比例失调", "face too large in the picture"),
        text("往后挪半步。", "Half a step back."),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.face_width();
    let [left, right] = plan.geometry.cheeks;
    let evidence = vec![Evidence::Line([left, gist.cheeks[0]], [right, gist.cheeks[1]])];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
