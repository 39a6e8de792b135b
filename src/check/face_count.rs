//! How many people are in the picture.

use super::{Check, Measure, fault, text};
use crate::scene::Scene;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "face_count",
    title: text("画面人数", "Faces"),
    unit: "",
    names: &[],
    clause: "99号: 本人, 背景无其他人 (the person alone); rejected as 画面多人",
    method: text(
        "由人脸检测器找到、并经关键点网络确认的人脸数；若有一处说不准是不是人脸，人数就交人工判断。",
        "Faces found by the detector and confirmed by the landmark network; a place that may be a face and may be none leaves the count to a person.",
    ),
    low: fault(
        "no_face",
        text("没有人脸", "no face"),
        text(
            "没找到人脸，请坐到镜头前重拍。",
            "No face found: sit before the lens and shoot again.",
        ),
    ),
    high: fault(
        "multi_face",
        text("画面多人", "more than one person"),
        text("后面的同学请让一让。", "Others please step out of frame."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

fn measure(scene: &Scene) -> Measured {
    let box_of = |f: &crate::face::Face| {
        let [x0, y0, x1, y1] = f.bounds;
        Evidence::Region(vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    };
    // Without doubtful places a picture with no face is as sure as one with: the detector looked
    // everywhere. With one, the count may be wrong either way, which is less sure than not.
    let least = scene.faces.iter().map(|f| f64::from(f.presence)).fold(1.0, f64::min);
    let confidence = if scene.doubtful > 0 { least.min(0.4) } else { least };
    let evidence = scene.faces.iter().map(box_of).collect();
    Ok(Reading { value: Value::Number(scene.faces.len() as f64), confidence, evidence })
}
