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
    clause: "99号: 正面, 表情自然 (frontal, natural); collectors check 视线水平 (level gaze); ICAO 9303: eyes look at the camera",
    method: text(
        "双眼视线在水平方向偏离镜头的角度（视线网络看双眼和头部转角得出），偏向被摄者自身的左侧为正。向上、向下看不检查。",
        "How far the eyes look beside the lens, + to the subject's own left: what the gaze network says of both eyes and the yaw of the head. Looks up or down are not told.",
    ),
    low: fault(
        "gaze_right",
        text("视线未正视镜头", "looks to the subject's right of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    high: fault(
        "gaze_left",
        text("视线未正视镜头", "looks to the subject's left of the lens"),
        text("看镜头中间，别看屏幕。", "Look at the lens, not the screen."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Distance between the pupils, photo pixels, from which on the network has all that it looks at: an iris has eight
/// pixels across.
const EYES: f64 = 42.0;

/// Error that the network expects of itself, degrees, up to which its word is taken in full.
const ERROR: f64 = 4.0;

fn measure(portrait: &Portrait) -> Measured {
    let seen = &portrait.person.attributes;
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
    let size = (f64::from(portrait.face.inter_ocular_distance()) / EYES).min(1.0);
    let sure = (ERROR / f64::from(gaze.error).max(1e-3)).min(1.0);
    let eyes = [part::RIGHT_EYEBALL, part::LEFT_EYEBALL];
    Ok(Reading {
        value: Value::Number(gaze.beside.into()),
        confidence: face_confidence(portrait) * size * sure,
        evidence: eyes.map(|e| Evidence::Region(portrait.face.outline(e))).to_vec(),
    })
}
