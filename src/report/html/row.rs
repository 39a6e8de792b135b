//! One capture in the report: a line of the list, and a block with all the rest.

use serde_json::{Map, Value as Json, json};

use super::super::json::{Run, round};
use super::super::terminal::printable;
use super::super::{accepted, beyond, value};
use super::drawing::{self, Shapes};
use super::thumb::Thumb;
use super::{base64, block, inert};
use crate::check;
use crate::pipeline::{Checked, Judged};
use crate::produce::{Made, Standard};
use crate::verdict::{Finding, Outcome, Words};

/// What captures are told to mend, each said once.
#[derive(Debug)]
pub(super) struct Said {
    /// Place of the check in the findings.
    pub(super) check: usize,
    /// Code of the fault.
    pub(super) code: &'static str,
    /// The desk's word for it, Chinese and English.
    pub(super) reason: [String; 2],
    /// The instruction.
    pub(super) advice: Words,
}

/// What has been met of a run so far.
#[derive(Debug, Default)]
pub struct Rows {
    pub(super) said: Vec<Said>,
    count: usize,
}

/// Where the pictures of a capture are.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Whether thumbnails are put into the page, and the places where passing checks looked as well: of
    /// thousands they would be most of the page, and nobody points at them.
    pub inside: bool,
    /// The capture itself as it is reached from the page, with `/` between folders; none in an archive.
    pub capture: Option<&'a str>,
}

/// One capture.
#[derive(Debug)]
pub struct Row {
    /// JSON for the list.
    pub index: String,
    /// A block of HTML with the rest.
    pub detail: String,
}

impl Rows {
    /// Number of captures so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The next capture. `standard` is its standard file, or why there is none.
    ///
    /// The list has for each capture `outcomes`, one letter a finding (`p`ass, `n`ot assessed, `r`eview,
    /// `f`ail), `slack`, a number a finding, and `faults`, pairs of a finding and what was said of it.
    pub fn row(
        &mut self,
        made: &Made,
        thumb: Option<&Thumb>,
        standard: Option<Result<(&str, &Standard), &str>>,
        places: Places,
        run: &Run,
    ) -> Row {
        let inside = places.inside;
        let checked = &made.checked;
        let (mut index, mut detail) = (Map::new(), Map::new());
        index.insert("id".into(), json!(id(checked)));
        match &checked.outcome {
            Err(reason) => {
                index.insert("verdict".into(), json!("error"));
                index.insert("error".into(), json!(without_path(reason, checked)));
            }
            Ok(judged) => {
                let scale = thumb.map_or(0.0, |t| t.scale);
                self.listed(&mut index, judged);
                detailed(&mut detail, judged, scale, inside);
            }
        }
        if let Some(thumb) = thumb {
            index.insert("size".into(), json!(thumb.size));
            if inside {
                detail.insert("thumb".into(), json!(data_uri(&thumb.jpeg)));
            }
        }
        // A path with an identity number, or with what no page should hold, is not handed on; the thumbnail
        // has to do.
        let handed_on = |path: &&str| thumb.is_some() && printable(path) == **path;
        if let Some(path) = places.capture.filter(handed_on) {
            detail.insert("file".into(), json!(path));
        }
        if let Some(standard) = standard.filter(|_| checked.outcome.is_ok()) {
            detail.insert("standard".into(), finished(standard, inside, run));
        }
        let detail = block(&format!("d{}", self.count), &Json::Object(detail));
        self.count += 1;
        Row { index: inert(&Json::Object(index)), detail }
    }

    fn listed(&mut self, index: &mut Map<String, Json>, judged: &Judged) {
        let verdict = &judged.verdict;
        let letter = |f: &Finding| f.outcome.id().chars().next().unwrap_or('n');
        let outcomes: String = verdict.findings.iter().map(letter).collect();
        let slack: Vec<Json> = verdict.findings.iter().map(|f| json!(f.slack.map(round))).collect();
        let faults = verdict.findings.iter().enumerate();
        let faults: Vec<_> = faults.filter_map(|(i, f)| Some([i, self.said(i, f)?])).collect();
        index.insert("verdict".into(), json!(verdict.outcome.id()));
        index.insert("first".into(), json!(verdict.first));
        index.insert("outcomes".into(), json!(outcomes));
        index.insert("slack".into(), json!(slack));
        index.insert("faults".into(), json!(faults));
    }

    /// The number of what is said of a finding.
    fn said(&mut self, check: usize, finding: &Finding) -> Option<usize> {
        let (fault, reason) = finding.fault.zip(finding.reason.as_ref())?;
        let advice = finding.advice.clone().unwrap_or_else(|| fault.advice.into());
        let same = |s: &Said| {
            s.check == check
                && s.code == fault.code
                && s.reason[0] == reason.zh
                && s.advice == advice
        };
        let known = self.said.iter().position(same);
        Some(known.unwrap_or_else(|| {
            let reason = [reason.zh.clone(), reason.en.clone()];
            self.said.push(Said { check, code: fault.code, reason, advice });
            self.said.len() - 1
        }))
    }
}

fn detailed(detail: &mut Map<String, Json>, judged: &Judged, scale: f32, all: bool) {
    let findings = &judged.verdict.findings;
    let mut shapes = Shapes::default();
    let values: Vec<Json> = findings
        .iter()
        .map(|f| match &f.measured {
            Ok(reading) => {
                let sure = (100.0 * reading.confidence).round();
                let places = match f.outcome {
                    Outcome::Pass if !all => Vec::new(),
                    _ => shapes.of(f, scale),
                };
                json!([value(f), beyond(f), sure as i64, places])
            }
            Err(unreadable) => {
                json!({"zh": unreadable.because.zh, "en": unreadable.because.en})
            }
        })
        .collect();
    let facts = &judged.facts;
    let quality = facts.jpeg.as_ref().and_then(|j| j.quality);
    detail.insert(
        "photo".into(),
        json!({
            "format": facts.format.name(),
            "size": [facts.width, facts.height],
            "bytes": facts.bytes,
            "quality": quality,
        }),
    );
    detail.insert("findings".into(), json!(values));
    detail.insert("shapes".into(), json!(shapes.list()));
    detail.extend(drawing::seen(judged, scale));
}

fn finished(standard: Result<(&str, &Standard), &str>, inside: bool, run: &Run) -> Json {
    let (name, file) = match standard {
        Ok(made) => made,
        Err(reason) => return json!({"not_made": reason}),
    };
    let findings = file.judged.verdict.findings.iter();
    let wrong = findings.filter(|f| f.limit.required && f.outcome != Outcome::Pass);
    let wrong: Vec<Json> = wrong
        .map(|f| {
            let title = check::find(f.check).map(|c| [c.title.zh, c.title.en]);
            json!([title, value(f), accepted(&f.limit.accept, f.check)])
        })
        .collect();
    let frame = run.profile.frame.map(|f| [f.width, f.height]);
    json!({
        "name": printable(name),
        "verdict": file.judged.verdict.outcome.id(),
        "wrong": wrong,
        "size": frame,
        "bytes": file.bytes.len(),
        "quality": file.quality,
        "thumb": inside.then(|| data_uri(&file.bytes)),
    })
}

fn data_uri(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", base64::encode(jpeg))
}

/// The capture's name inside the input; of a file that was named by its whole path, its own name.
fn id(checked: &Checked) -> String {
    let path = std::path::Path::new(&checked.capture.id);
    let id = if path.is_absolute() { path.file_name().map(|n| n.to_string_lossy()) } else { None };
    printable(&id.unwrap_or((&*checked.capture.id).into()))
}

/// Why a file could not be read, without the place where it lies.
fn without_path(reason: &str, checked: &Checked) -> String {
    let path = checked.capture.path.display().to_string();
    let own = reason.strip_prefix(&path).and_then(|r| r.strip_prefix(": "));
    let text = own.map_or_else(|| reason.replace(&path, &id(checked)), str::to_owned);
    printable(&text)
}
