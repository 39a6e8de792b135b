//! Whether the body is turned away from the camera.

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Part;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "body_turned",
    title: text("身体侧转", "Body turned"),
    unit: "%",
    names: &[],
    clause: "99号: 正面, 坐姿端正 (frontal, upright); rejected as 侧身",
    method: text(
        "被摄者右肩到面部中线的距离比左肩的大多少，取其一半，以占脸宽的比例表示；头部偏航和翻滚本身造成的部分已扣除（每度分别为 0.46% 和 1.25%，由渲染图求得）。身体侧转 25° 时读数为 7%。照片裁掉了肩膀时测不出。",
        "How much farther the right shoulder reaches from the middle of the face than the left, half the difference as a share of the face's width, less what a turned or tilted head itself explains (0.46 % and 1.25 % per degree, from renders). A body turned by 25 degrees measures 7 %. Unreadable where the picture cuts a shoulder off.",
    ),
    low: fault(
        "body_right",
        text("侧身", "body turned to the subject's right"),
        text(
            "身体转正，两边肩膀一样靠近镜头。",
            "Turn your body to the front, both shoulders as near to the lens.",
        ),
    ),
    high: fault(
        "body_left",
        text("侧身", "body turned to the subject's left"),
        text(
            "身体转正，两边肩膀一样靠近镜头。",
            "Turn your body to the front, both shoulders as near to the lens.",
        ),
    ),
    // An arm held aside, or a garment that falls unevenly, reads like a turned body.
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// What a degree of the head's turn and tilt moves the middle of the face, % of its width.
const BY_YAW: f64 = 0.46;
const BY_ROLL: f64 = 1.25;

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let eyes = portrait.matte_eyes();
    let [left, right] = portrait.matte_cheeks();
    let (middle, width) = (f32::midpoint(left, right), right - left);
    let [x0, _, x1, y1] = body.inside;
    let chin = portrait.on_matte(152)[1].max(0.0) as u32;
    let low = (chin + (2.5 * eyes) as u32).min(y1);
    let (mut ends, mut level) = ([middle; 2], [chin as f32; 2]);
    for y in chin..=low {
        let worn = |x: &u32| matches!(body.parts.at(*x, y), Part::Garment | Part::Skin);
        let first = (x0..=x1).find(worn);
        let last = (x0..=x1).rev().find(worn);
        if let (Some(first), Some(last)) = (first, last) {
            if first <= x0 + 2 || last + 2 >= x1 {
                break;
            }
            if (first as f32) < ends[0] {
                (ends[0], level[0]) = (first as f32, y as f32);
            }
            if last as f32 > ends[1] {
                (ends[1], level[1]) = (last as f32, y as f32);
            }
        }
    }
    let [to_left, to_right] = [(middle - ends[0]) / width, (ends[1] - middle) / width];
    if to_left.min(to_right) < 0.9 {
        return Err(Unreadable::because(text(
            "肩膀被画面边缘裁掉",
            "the picture cuts the shoulders off",
        )));
    }
    let pose = &portrait.face.pose;
    let half = 50.0 * f64::from(to_left - to_right);
    let back = body.matte.to_matte.inverse();
    let place = |k: usize| back.apply([ends[k], level[k]]);
    Ok(Reading {
        value: Value::Number(half - BY_YAW * pose.yaw - BY_ROLL * pose.roll),
        confidence: face_confidence(portrait) * (1.0 - pose.yaw.abs() / 50.0).max(0.0),
        evidence: vec![Evidence::Line(place(0), place(1))],
    })
}
