//! How much of the picture is left for neck and shoulders.

use super::{Check, Measure, fault, text};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "chin_bottom",
    title: text("下巴距下边", "Chin to bottom"),
    unit: "px",
    names: &[],
    clause: "肩部约占画面 1/5 (shoulders about 1/5 of the picture; old rule, NCRE); consulates: chin to bottom at least 7 mm (使领馆：下巴到下边至少 7 mm); 99号 gives none",
    method: text(
        "在规划的裁切框中，下巴到下边缘的距离；以标准照的像素计。",
        "Chin to the bottom edge in the planned crop, pixels of the standard picture.",
    ),
    low: fault(
        "shoulders_cut",
        text("缺肩、身体部分过少", "too little below the chin"),
        text(
            "镜头放低或往后退，露出双肩。",
            "Lower the camera or step back: both shoulders must show.",
        ),
    ),
    high: fault(
        "too_much_body",
        text("头部过小、身体部分过大", "too much below the chin"),
        text("镜头推近一点，身体少拍一些。", "Move closer: less of the body."),
    ),
    suspicion: false,
    measure: Measure::Framed(measure),
};

fn measure(gist: &Gist, plan: &Plan) -> Measured {
    let value = plan.chin_bottom();
    let [x, y] = plan.geometry.chin;
    let evidence = vec![Evidence::Line([x, y], [x, plan.crop[3]])];
    Ok(Reading {
        value: Value::Number(value.into()),
        confidence: f64::from(gist.presence),
        evidence,
    })
}
