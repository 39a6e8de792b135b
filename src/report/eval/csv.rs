//! An evaluation as CSV: one row per check, and one row per decision or place that could not be read.
//!
//! Both begin with a byte order mark, without which Excel takes UTF-8 for the encoding of the
//! country and garbles Chinese file names.

use super::{Evaluation, in_order};
use crate::check;
use crate::evaluate::agreement::{Pair, agreement};
use crate::evaluate::rates::Rate;
use crate::evaluate::suggest::Side;
use crate::evaluate::{Evaluated, SideResult};
use crate::report::json::round;
use crate::verdict::{Outcome, Value};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// `eval.csv`: one row per check.
pub fn checks(evaluation: &Evaluation) -> String {
    let counts = "check,unit,person_pass,person_fail,person_unknown,not_measured,unsure";
    let mut header: Vec<String> = counts.split(',').map(str::to_owned).collect();
    for rate in ["false_pass", "false_fail", "review"] {
        header.extend(["", "_of", "_rate", "_low", "_high"].map(|part| format!("{rate}{part}")));
    }
    let side = "person_fail,eer,eer_low,eer_high,suggested_pass,suggested_review,\
                would_fail_person_pass,would_review_person_pass,would_pass_person_fail,\
                false_pass_at_most,no_suggestion";
    for end in ["low", "high"] {
        header.extend(side.split(',').map(|part| format!("{end}_{part}")));
    }
    let width = side.split(',').count();
    let rows = evaluation.checks.iter().map(|e| check_row(e, width));
    table(std::iter::once(header).chain(rows))
}

fn check_row(e: &Evaluated, side_width: usize) -> Vec<String> {
    let mut row = vec![e.subject.to_owned(), unit(e.subject).to_owned()];
    row.extend(e.person.map(|n| n.to_string()));
    row.extend([e.not_measured, e.unsure.iter().sum()].map(|n| n.to_string()));
    for rate in [e.false_pass, e.false_fail, e.review] {
        row.extend(rate_cells(rate));
    }
    for wanted in [Side::Low, Side::High] {
        match e.sides.iter().find(|s| s.side == wanted) {
            Some(side) => row.extend(side_cells(side)),
            None => row.extend(vec![String::new(); side_width]),
        }
    }
    row
}

fn rate_cells(rate: Option<Rate>) -> Vec<String> {
    let Some(r) = rate else { return vec![String::new(); 5] };
    let ends = [r.share(), r.low, r.high].map(number);
    [r.count.to_string(), r.of.to_string()].into_iter().chain(ends).collect()
}

fn side_cells(side: &SideResult) -> Vec<String> {
    let mut cells = vec![side.fails.to_string()];
    match side.eer {
        Some(e) => cells.extend([e.rate, e.interval.0, e.interval.1].map(number)),
        None => cells.extend([const { String::new() }; 3]),
    }
    match &side.suggestion {
        Ok(s) => {
            cells.extend([number(s.pass), number(s.fail)]);
            cells.extend([s.passes.fail, s.passes.review, s.fails.pass].map(|n| n.to_string()));
            cells.extend([number(s.at_most), String::new()]);
        }
        Err(why) => {
            cells.extend([const { String::new() }; 6]);
            cells.push(why.id().to_owned());
        }
    }
    cells
}

/// `pictures.csv`: one row per decision. It is in the long form of a file of decisions, so that it
/// can be sorted, corrected and given back. What could not be read and has no decision has a row without
/// one, which is passed over then.
pub fn pictures(evaluation: &Evaluation) -> String {
    let header = "file,check,decision,outcome,agreement,reading,unit,slack,confidence,because";
    let header = header.split(',').map(str::to_owned).collect();
    let bare = |file: &str, (subject, decision): (&str, &str), what: &str, why: &str| {
        [file, subject, decision, "", what, "", unit(subject), "", "", why]
            .map(str::to_owned)
            .into()
    };
    let mut rows: Vec<Vec<String>> = vec![header];
    rows.extend(evaluation.pairs.iter().map(picture_row));
    for not_read in &evaluation.unreadable {
        let mut decided = in_order(&not_read.decided);
        if decided.is_empty() {
            decided.push(("", ""));
        }
        let row = |d| bare(&not_read.file, d, "unreadable", &not_read.reason);
        rows.extend(decided.into_iter().map(row));
    }
    for (file, decided) in &evaluation.missing {
        let decided = in_order(decided).into_iter();
        rows.extend(decided.map(|d| bare(file, d, "missing", "no such picture in the input")));
    }
    table(rows.into_iter())
}

fn picture_row(p: &Pair) -> Vec<String> {
    let (reading, confidence, because) = match &p.measured {
        Some(Ok(r)) => (value(&r.value), number(r.confidence), ""),
        Some(Err(unreadable)) => (String::new(), String::new(), unreadable.because.en.as_str()),
        None => (String::new(), String::new(), p.first.unwrap_or_default()),
    };
    vec![
        p.file.clone(),
        p.subject.to_owned(),
        p.decision.id().to_owned(),
        p.outcome.map_or("", Outcome::id).to_owned(),
        agreement(p.decision, p.outcome).id().to_owned(),
        reading,
        unit(p.subject).to_owned(),
        p.slack.map(number).unwrap_or_default(),
        confidence,
        because.to_owned(),
    ]
}

fn unit(subject: &str) -> &'static str {
    check::find(subject).map_or("", |c| c.unit)
}

fn value(value: &Value) -> String {
    match value {
        Value::Number(n) => number(*n),
        Value::Name(name) => name.clone(),
    }
}

fn number(value: f64) -> String {
    // Adding nothing turns -0 into 0.
    (round(value) + 0.0).to_string()
}

fn table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    for row in rows {
        // Into memory, and every row as wide as the header: it cannot fail.
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
