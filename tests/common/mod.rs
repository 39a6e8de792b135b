//! What several test files share: the fixtures and a pipeline to run them through.
#![allow(dead_code)]

pub mod program;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use photogate::Gate;
use photogate::capture::{Capture, Given};
use photogate::pipeline::Judged;
use photogate::profile::{Profile, Stage};
use photogate::verdict::{Finding, Outcome, Value};

/// A path below fixtures/.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A picture judged by `chsi-degree`.
pub fn judged(path: &Path, stage: Stage) -> Judged {
    judged_by("chsi-degree", path, stage)
}

/// A picture judged by this profile; one pipeline serves all tests of a file, one at a time.
pub fn judged_by(profile: &str, path: &Path, stage: Stage) -> Judged {
    static GATE: Mutex<Option<Gate>> = Mutex::new(None);
    let mut gate = GATE.lock().unwrap_or_else(|e| e.into_inner());
    let gate = gate.get_or_insert_with(|| Gate::new(profile).unwrap());
    if gate.profile.name != profile {
        gate.profile = Profile::load(profile).unwrap();
    }
    gate.stage = stage;
    let capture = Capture { id: "test".to_owned(), path: path.to_owned() };
    gate.take(&Given { capture, bytes: None }, None).checked.outcome.unwrap()
}

/// A capture of the demo judged as a capture.
pub fn capture(name: &str) -> Judged {
    judged(&fixture(&format!("captures/{name}.jpg")), Stage::Capture)
}

/// The finding of one check.
pub fn finding<'a>(judged: &'a Judged, check: &str) -> &'a Finding {
    judged
        .verdict
        .findings
        .iter()
        .find(|f| f.check == check)
        .unwrap_or_else(|| panic!("no finding of {check}"))
}

/// A measured number.
pub fn number(judged: &Judged, check: &str) -> f64 {
    match judged.measurements.iter().find(|(c, _)| c.id == check).unwrap().1.as_ref().unwrap().value
    {
        Value::Number(n) => n,
        Value::Name(_) => panic!("{check} is a name"),
    }
}

/// Ids of the required checks that did not pass.
pub fn not_passed(judged: &Judged) -> Vec<&'static str> {
    let required = judged.verdict.findings.iter().filter(|f| f.limit.required);
    required.filter(|f| f.outcome != Outcome::Pass).map(|f| f.check).collect()
}
