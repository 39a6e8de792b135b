//! The conformance table: what every check reads on every rendered fixture, within stated tolerances.
//!
//! `UPDATE_FIXTURES=1 cargo test --test conformance` writes `fixtures/expected.csv` anew; look at what has
//! changed, and why, before you commit it.

mod common;

use std::collections::BTreeMap;

use common::fixture;
use photogate::Gate;
use photogate::capture::{Capture, Given};
use photogate::check;
use photogate::verdict::{Measured, Value};

/// Both engines agree to a thousandth of what a network says; these leave room for what follows from
/// it, and catch what a careless change does. By unit: absolute, and a share of the value.
const TOLERANCE: [(&str, f64, f64); 9] = [
    ("°", 0.3, 0.02),
    ("px", 1.0, 0.01),
    ("%", 1.5, 0.03),
    ("L*", 0.5, 0.01),
    ("ΔL*", 0.5, 0.02),
    ("ΔE00", 0.5, 0.03),
    ("KB", 0.0, 0.0),
    ("dpi", 0.0, 0.0),
    ("bit", 0.0, 0.0),
];

/// Of plain numbers: ratios and counts.
const PLAIN: (f64, f64) = (0.02, 0.03);

/// Of checks that answer in steps, where a thousandth may be a step: red-eye and marks of writing are whole numbers.
const STEPPED: [(&str, f64); 2] = [("red_eye", 2.0), ("overlay_text", 1.0)];

/// What is written for a check that had nothing to measure.
const UNREADABLE: &str = "-";

type Table = BTreeMap<(String, &'static str), String>;

fn said(measured: &Measured) -> String {
    match measured.as_ref().map(|r| &r.value) {
        Ok(Value::Number(n)) => format!("{n:.4}"),
        Ok(Value::Name(name)) => name.clone(),
        Err(_) => UNREADABLE.to_owned(),
    }
}

/// Every check's reading on every rendered fixture, as a capture for `chsi-degree`.
fn measured() -> Table {
    let mut gate = Gate::new("chsi-degree").unwrap();
    let mut table = Table::new();
    for folder in ["captures", "people", "cases"] {
        for entry in std::fs::read_dir(fixture(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_stem().unwrap().to_string_lossy());
            let capture = Capture { id: name.clone(), path };
            let given = Given { capture, bytes: None };
            let judged = gate.take(&given, None).checked.outcome.unwrap();
            for (check, measured) in &judged.measurements {
                table.insert((name.clone(), check.id), said(measured));
            }
        }
    }
    table
}

fn agree(id: &str, wanted: &str, found: &str) -> bool {
    let (Ok(w), Ok(f)) = (wanted.parse::<f64>(), found.parse::<f64>()) else {
        return wanted == found;
    };
    if let Some((_, step)) = STEPPED.iter().find(|s| s.0 == id) {
        return (w - f).abs() <= *step;
    }
    let unit = check::find(id).unwrap().unit;
    let by_unit = TOLERANCE.iter().find(|t| t.0 == unit).map_or(PLAIN, |t| (t.1, t.2));
    (w - f).abs() <= by_unit.0 + by_unit.1 * w.abs()
}

#[test]
fn every_reading_on_every_fixture_is_what_it_was() {
    let found = measured();
    let path = fixture("expected.csv");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let mut out = csv::Writer::from_path(&path).unwrap();
        out.write_record(["fixture", "check", "reading"]).unwrap();
        for ((name, check), reading) in &found {
            out.write_record([name, *check, reading]).unwrap();
        }
        out.flush().unwrap();
        return;
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in csv::Reader::from_path(&path).unwrap().into_records() {
        let row = row.unwrap();
        let check = check::find(&row[1]).unwrap_or_else(|| panic!("no check {}", &row[1]));
        let reading = found.get(&(row[0].to_owned(), check.id));
        if !reading.is_some_and(|r| agree(check.id, &row[2], r)) {
            wrong.push(format!("{} {}: {} became {reading:?}", &row[0], &row[1], &row[2]));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{} of {seen}: {wrong:#?}", wrong.len());
    assert_eq!(seen, found.len(), "a fixture or a check is not in {}", path.display());
}

#[test]
fn the_tolerances_tell_a_change_from_noise() {
    assert!(agree("yaw", "10.0", "10.4") && !agree("yaw", "10.0", "10.8"));
    assert!(agree("file_format", "JPEG", "JPEG") && !agree("file_format", "JPEG", "PNG"));
    assert!(!agree("yaw", UNREADABLE, "3.0"), "a reading where there was none");
}
