//! Whether the picture was stretched: the face is taller or broader than faces are.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::Face;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "face_aspect",
    title: text("变形", "Distortion"),
    unit: "%",
    names: &[],
    clause: "99号: 无明显畸变 (no visible distortion); rejected as 变形",
    method: text(
        "照片看上去比正常情况拉高了多少，正值为拉高，负值为拉宽：由脸的高度（额头到下巴）与宽度之比得出。用拉伸了 -20%～+25% 的人像以最小二乘法拟合得出；脸形本身的差异为 7%，所以只有 20% 左右的拉伸才能与长脸、圆脸区分开。",
        "How much taller than usual the picture seems to be drawn out, + taller, - broader: from the height of the face (forehead to chin) over its width. Least squares on portraits that were stretched by -20 to +25 %; faces differ by 7 %, so that only a stretch of some 20 % is told from a long or a round face.",
    ),
    low: fault(
        "too_broad",
        text("变形", "the picture is squeezed or the face very broad"),
        text("这张被拉伸了，请交没改过的原图。", "Stretched; send an untouched file."),
    ),
    high: fault(
        "too_tall",
        text("变形", "the picture is drawn out or the face very long"),
        text("这张被拉伸了，请交没改过的原图。", "Stretched; send an untouched file."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// ln(stretch) = SLOPE ln(height / width) + SHIFT, on 435 train portraits as they are and 88 stretched
/// four ways each, heads turned by less than 15 degrees; the rest scatters by 0.065.
const SLOPE: f64 = 1.675;
const SHIFT: f64 = -0.308;

fn measure(portrait: &Portrait) -> Measured {
    let face = portrait.face;
    let stretch = (SLOPE * ratio(face).max(0.1).ln() + SHIFT).exp();
    // A turned face is narrower.
    let turned = (1.0 - face.pose.yaw.abs() / 30.0).clamp(0.0, 1.0);
    Ok(Reading {
        value: Value::Number(100.0 * (stretch - 1.0)),
        confidence: face_confidence(portrait) * turned,
        evidence: vec![
            Evidence::Line(face.at(10), face.at(152)),
            Evidence::Line(face.at(234), face.at(454)),
        ],
    })
}

/// Forehead to chin over cheek to cheek, both in the picture's own directions.
fn ratio(face: &Face) -> f64 {
    let height = face.at(152)[1] - face.at(10)[1];
    let width = face.at(454)[0] - face.at(234)[0];
    f64::from(height) / f64::from(width.max(1.0))
}
