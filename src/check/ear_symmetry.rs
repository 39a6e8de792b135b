//! Whether both ears stand out alike.

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Part;
use crate::face::part;
use crate::pixels::quantile;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "ear_symmetry",
    title: text("双耳对称", "Ears alike"),
    unit: "%",
    names: &[],
    clause: "99号: 双耳对称 (ears symmetrical); rejected as 左右耳朵不对称",
    method: text(
        "在眼睛到鼻子的高度范围内，被摄者左侧皮肤超出脸颊的距离比右侧大多少，以占脸宽的比例表示；头部偏航造成的部分已扣除（每度 0.74%，由双耳都露出的人像求得）。",
        "How much farther skin reaches beyond the cheek on the subject's left than on the right, between the height of the eyes and that of the nose, as a share of the face's width, less what the turn of the head explains (0.74 % per degree, from portraits with both ears).",
    ),
    low: fault(
        "left_ear_less",
        text("左右耳朵不对称", "the left ear shows less"),
        text(
            "左边头发别到耳后，脸转正，两只耳朵都露出来。",
            "Left hair behind the ear, face the lens, both ears shown.",
        ),
    ),
    high: fault(
        "right_ear_less",
        text("左右耳朵不对称", "the right ear shows less"),
        text(
            "右边头发别到耳后，脸转正，两只耳朵都露出来。",
            "Right hair behind the ear, face the lens, both ears shown.",
        ),
    ),
    // Ears stand out unevenly by nature, and temples of the hair's colour hide theirs from this.
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// What a degree of the head's turn adds, %.
const BY_YAW: f64 = -0.74;

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let outline: Vec<[f32; 2]> = part::OVAL.iter().map(|&i| portrait.on_matte(i)).collect();
    let [left, right] = portrait.matte_cheeks();
    let [x0, y0, x1, y1] = body.inside;
    let height = |i: usize| portrait.on_matte(i)[1];
    let from = f32::midpoint(height(part::RIGHT_PUPIL), height(part::LEFT_PUPIL)).max(y0 as f32);
    let to = height(2).min(y1 as f32);
    // Beyond the cheek, pixel by pixel, up to the first that is no skin.
    let beyond = |side: f32| -> Vec<(f32, [f32; 2])> {
        (from as u32..=to as u32)
            .filter_map(|y| {
                let edge = crossing(&outline, y as f32, side)?;
                let mut x = edge;
                while (x0 as f32..=x1 as f32).contains(&x)
                    && matches!(body.parts.at(x as u32, y), Part::Face | Part::Skin)
                {
                    x += side;
                }
                Some(((x - edge).abs(), [x, y as f32]))
            })
            .collect()
    };
    let reach =
        |rows: &[(f32, [f32; 2])]| quantile(&mut rows.iter().map(|r| r.0).collect::<Vec<_>>(), 0.8);
    let rows = [beyond(-1.0), beyond(1.0)];
    let (Some(on_right), Some(on_left)) = (reach(&rows[0]), reach(&rows[1])) else {
        return Err(Unreadable::because(text(
            "头的两侧在画面外",
            "the sides of the head are outside the picture",
        )));
    };
    let difference = 100.0 * f64::from((on_left - on_right) / (right - left));
    let yaw = portrait.face.pose.yaw;
    let back = body.matte.to_matte.inverse();
    let farthest = |rows: &[(f32, [f32; 2])]| {
        rows.iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|r| back.apply(r.1))
    };
    let evidence = rows.iter().filter_map(|r| farthest(r)).collect();
    Ok(Reading {
        value: Value::Number(difference - BY_YAW * yaw),
        confidence: face_confidence(portrait) * (1.0 - yaw.abs() / 50.0).max(0.0),
        evidence: vec![Evidence::Points(evidence)],
    })
}

/// Where the outline crosses this height, farthest to one side.
fn crossing(outline: &[[f32; 2]], y: f32, side: f32) -> Option<f32> {
    let pairs = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossings = pairs.filter_map(|(a, b)| {
        let crosses = (a[1] - y) * (b[1] - y) <= 0.0 && a[1] != b[1];
        crosses.then(|| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
    });
    crossings.max_by(|a, b| (side * a).total_cmp(&(side * b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_crossed_on_both_sides() {
        let diamond = [[5.0, 0.0], [10.0, 5.0], [5.0, 10.0], [0.0, 5.0]];
        assert_eq!(crossing(&diamond, 2.5, -1.0), Some(2.5));
        assert_eq!(crossing(&diamond, 2.5, 1.0), Some(7.5));
        assert_eq!(crossing(&diamond, 11.0, 1.0), None);
    }
}
