//! Whether the eyes look into the lens.

use super::{Check, Measure, face_confidence, fault, text};
use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "gaze",
    title: text("视线", "Gaze"),
    unit: "°",
    names: &[],
    clause: "99号: 正面, 表情自然 (frontal, natural); collectors check 视线 (gaze), of which the sideways part is measured; ICAO 9303: eyes look at the camera",
    method: text(
        "双眼视线在水平方向偏离镜头的角度，由视线网络根据双眼图像和头部转角得出，偏向被摄者自身的左侧为正。不检查向上或向下看。",
        "How far to a side of the lens the eyes look, + to the subject's own left: what the gaze network says of both eyes and the yaw of the head. Looking up or down is not measured.",
    ),
    low: fault(
        "gaze_right",
        text("视线偏向被摄者右侧", "looks to the subject's right of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    high: fault(
        "gaze_left",
        text("视线偏向被摄者左侧", "looks to the subject's left of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Distance between the pupils, photo pixels, of the smallest faces that the network learnt on: an iris has eight
/// pixels across. It also saw them blurred to seven tenths of that, where the square of the ratio is one half.
const EYES: f64 = 42.0;

/// Error that the network expects of itself, degrees, up to which its word is taken in full.
const ERROR: f64 = 4.0;

fn measure(portrait: &Portrait) -> Measured {
    let seen = &portrait.person.attributes;
    let (w, h) = portrait.scene.photo.pixels.dimensions();
    let inside = |[x, y]: [f32; 2]| x >= 0.0 && y >= 0.0 && x < w as f32 && y < h as f32;
    let corners = [part::RIGHT_EYE_CORNERS, part::LEFT_EYE_CORNERS].concat();
    if !corners.iter().all(|&i| inside(portrait.face.at(i))) {
        return Err(Unreadable::because(text(
            "眼睛没拍全",
            "an eye is cut off by the picture's edge",
        )));
    }
    if seen.eyes[1] > 0.5 {
        return Err(Unreadable::because(text("眼睛闭着", "the eyes are closed")));
    }
    // Of eyes behind reflections the network itself says how sure it is.
    if seen.glasses[3] > 0.5 {
        return Err(Unreadable::because(text(
            "镜片有色，看不清眼珠",
            "the tinted lenses hide the irises",
        )));
    }
    let gaze = portrait.person.gaze;
    let sure = sure(portrait.face.inter_ocular_distance().into(), gaze.error.into());
    let eyes = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL];
    Ok(Reading {
        value: Value::Number(gaze.beside.into()),
        confidence: face_confidence(portrait) * sure,
        evidence: eyes.map(|e| Evidence::Region(portrait.face.outline(e))).to_vec(),
    })
}

/// How far the network can be trusted, 0 to 1: by the pixels between the pupils and the error that it expects, degrees.
fn sure(eyes: f64, error: f64) -> f64 {
    (eyes / EYES).min(1.0).powi(2) * (ERROR / error.max(1e-3)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_eyes_and_a_network_in_doubt_are_left_to_a_person() {
        assert_eq!(sure(90.0, 2.5), 1.0);
        assert!(sure(30.0, 2.5) > 0.5 && sure(25.0, 2.5) < 0.5);
        assert!(sure(90.0, 7.0) > 0.5 && sure(90.0, 9.0) < 0.5);
    }
}
