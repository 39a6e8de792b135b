//! One JSON record per capture (NDJSON): everything that was found, for programs.

use serde_json::{Map, Value as Json, json};

use crate::body::{Marks, Part};
use crate::check;
use crate::face::{Face, part};
use crate::framing::Plan;
use crate::hash::sha256_hex;
use crate::identity::shown;
use crate::ledger::MadeBy;
use crate::model;
use crate::model::attributes::{Attributer, Attributes};
use crate::photo::FileFacts;
use crate::pipeline::{Checked, Judged};
use crate::produce::{Made, Standard};
use crate::profile::{Profile, Stage};
use crate::scene::{Person, Scene};
use crate::standardise::sheet::Sheet;
use crate::standardise::{self, Background};
use crate::verdict::{Accept, Band, Evidence, Finding, Unreadable, Value};

/// What the records of one run have in common.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// The profile that was judged by.
    pub profile: &'a Profile,
    /// What the files were taken for.
    pub stage: Stage,
    /// Name and version of the inference engine.
    pub engine: &'a str,
    /// Whether each face gets its 478 mesh points.
    pub mesh: bool,
}

/// The record of one capture, on one line.
///
/// Pictures are measured in pixels of the upright photo, angles in degrees. Nothing in it depends on
/// the time or on the number of workers.
///
/// `twin` is the id of an earlier capture of the run with the same bytes.
pub fn record(checked: &Checked, twin: Option<&str>, run: &Run) -> String {
    recorded(checked, twin, run, None)
}

/// The record of a capture whose readings were made by another run, and maybe by another program.
pub fn record_by(checked: &Checked, run: &Run, made_by: &MadeBy) -> String {
    let mut record = unsigned(checked, None, run, None);
    let models = made_by.models.split(' ').filter_map(|m| m.split_once('='));
    let models = models.map(|(name, hash)| (name.to_owned(), json!(hash))).collect();
    signed(&mut record, run, models, &made_by.program);
    Json::Object(record).to_string()
}

/// The record of a capture that a standard file was asked of: `name` is where it was written, or why it
/// was not.
pub fn record_made(made: &Made, name: Result<&str, &str>, twin: Option<&str>, run: &Run) -> String {
    let standard = match (name, &made.file) {
        (Ok(name), Ok(file)) => {
            let mut said = written(file);
            said["name"] = json!(shown(name));
            said["verdict"] = json!(file.judged.verdict.outcome.id());
            said
        }
        (name, _) => json!({"not_made": name.err().map(shown)}),
    };
    recorded(&made.checked, twin, run, Some(standard))
}

fn recorded(checked: &Checked, twin: Option<&str>, run: &Run, standard: Option<Json>) -> String {
    let mut record = unsigned(checked, twin, run, standard);
    provenance(&mut record, run);
    Json::Object(record).to_string()
}

fn unsigned(
    checked: &Checked,
    twin: Option<&str>,
    run: &Run,
    standard: Option<Json>,
) -> Map<String, Json> {
    let mut record = Map::new();
    record.insert("id".into(), json!(shown(&checked.capture.id)));
    record.insert("path".into(), json!(shown(&checked.capture.path.to_string_lossy())));
    record.insert("sha256".into(), json!(checked.sha256));
    if let Some(twin) = twin {
        record.insert("same_content_as".into(), json!(shown(twin)));
    }
    match &checked.outcome {
        Ok(judged) => judged_part(&mut record, judged, run.mesh),
        Err(reason) => {
            record.insert("verdict".into(), json!("error"));
            record.insert("error".into(), json!(shown(reason)));
        }
    }
    if let Some(standard) = standard {
        record.insert("standard".into(), standard);
    }
    record
}

/// The proof of a standard file, on several lines: source, crop, what was done, the print sheet where there
/// is one, and every reading of the file itself.
pub fn made(made: &Made, sheet: Option<&Sheet>, run: &Run) -> String {
    let mut record = Map::new();
    record.insert("id".into(), json!(shown(&made.checked.capture.id)));
    record.insert("sha256".into(), json!(made.checked.sha256));
    if let Ok(judged) = &made.checked.outcome {
        record.insert("verdict".into(), json!(judged.verdict.outcome.id()));
        record.insert("framing".into(), json!(judged.plan.as_ref().map(framing)));
    }
    if let Ok(file) = &made.file {
        let mut finished = Map::new();
        judged_part(&mut finished, &file.judged, false);
        record.insert("file".into(), written(file));
        if let Some(sheet) = sheet {
            record.insert("sheet".into(), super::sheet::record(sheet));
        }
        record.insert("finished".into(), Json::Object(finished));
    }
    provenance(&mut record, run);
    format!("{:#}\n", Json::Object(record))
}

/// What the standard file is, and how its background came about.
fn written(file: &Standard) -> Json {
    let background = match &file.background {
        Background::Kept => json!({"operation": "kept"}),
        Background::Replaced(c) => json!({
            "operation": "replaced",
            "colour": c.0,
            "foreground": "Forte 2021, blur fusion",
            "radii": standardise::RADII,
        }),
    };
    json!({
        "sha256": sha256_hex(&file.bytes),
        "bytes": file.bytes.len(),
        "quality": file.quality,
        "resampling": "Lanczos 3, linear light",
        "background": background,
    })
}

/// What made the result: models, profile, program.
pub(super) fn provenance(record: &mut Map<String, Json>, run: &Run) {
    let models: Map<String, Json> =
        model::SHIPPED.iter().map(|m| (m.name.into(), json!(m.sha256()))).collect();
    signed(record, run, models, crate::PROGRAM);
}

fn signed(record: &mut Map<String, Json>, run: &Run, models: Map<String, Json>, version: &str) {
    record.insert("models".into(), json!(models));
    record.insert(
        "profile".into(),
        json!({"name": run.profile.name, "sha256": run.profile.sha256, "stage": run.stage.id()}),
    );
    record.insert(
        "program".into(),
        json!({"name": "photogate", "version": version, "engine": run.engine}),
    );
}

fn judged_part(record: &mut Map<String, Json>, judged: &Judged, mesh: bool) {
    let verdict = &judged.verdict;
    record.insert("verdict".into(), json!(verdict.outcome.id()));
    record.insert("first".into(), json!(verdict.first.map(|i| verdict.findings[i].check)));
    record.insert("findings".into(), verdict.findings.iter().map(finding).collect());
    record.insert("readings".into(), readings(judged));
    record.insert("photo".into(), photo(&judged.facts));
    record
        .insert("person".into(), json!(judged.person.as_ref().map(|(marks, a)| person(marks, a))));
    record.insert("framing".into(), json!(judged.plan.as_ref().map(framing)));
    record.insert("faces".into(), judged.faces.iter().map(|f| face(f, mesh)).collect());
}

/// Everything that is seen of one picture, with outlines, on several lines.
///
/// Outlines and points are pixels of the upright photo. `parts` gives the share of the matte's
/// square, inside the photo, that shows each part.
pub fn seen(id: &str, scene: &Scene) -> String {
    let mut record = Map::new();
    record.insert("id".into(), json!(shown(id)));
    record.insert("faces".into(), scene.faces.iter().map(|f| face(f, true)).collect());
    record.insert("doubtful".into(), json!(scene.doubtful));
    if let (Some(p), [face]) = (&scene.person, &scene.faces[..]) {
        let mut seen = person(&p.body.marks, &p.attributes);
        let body = &p.body;
        seen["gaze"] = json!({
            "beside": round(p.gaze.beside.into()),
            "error": round(p.gaze.error.into()),
        });
        seen["before"] = json!({
            "frame": round(p.before.frame.into()),
            "covered": round(p.before.covered.into()),
        });
        let [right, left] = p
            .rims
            .map(|e| json!({ "covered": round(e.share.into()), "error": round(e.error.into()) }));
        seen["rims"] = json!({ "right": right, "left": left });
        let [right, left] = p
            .lids
            .map(|e| json!({ "ratio": round(e.ratio.into()), "error": round(e.error.into()) }));
        seen["lids"] = json!({ "right": right, "left": left });
        seen["silhouette"] = points(&body.silhouette);
        seen["neck"] = body.neck.as_ref().map_or_else(unreadable, |neck| points(neck));
        let [right, left, ..] = Attributer::regions(&face.mesh);
        let glasses = (p.attributes.glasses[0] < 0.5).then(|| points(&face.glasses()));
        seen["regions"] = json!({
            "right_ear": points(&right),
            "left_ear": points(&left),
            "glasses": glasses,
            "background": outlines(p, face, Part::Background),
            "garment": outlines(p, face, Part::Garment),
            "hair": outlines(p, face, Part::Hair),
            "skin": outlines(p, face, Part::Skin),
        });
        seen["parts"] = parts(body);
        record.insert("person".into(), seen);
    }
    let models: Map<String, Json> =
        model::SHIPPED.iter().map(|m| (m.name.into(), json!(m.sha256()))).collect();
    record.insert("models".into(), json!(models));
    format!("{:#}\n", Json::Object(record))
}

fn outlines(person: &Person, face: &Face, part: Part) -> Json {
    let found = person.body.outlines(part, face.frontal_eye_distance());
    found.iter().map(|outline| points(outline)).collect()
}

fn parts(body: &crate::body::Body) -> Json {
    let [x0, y0, x1, y1] = body.inside;
    let all = f64::from((x1 - x0 + 1) * (y1 - y0 + 1));
    let share = |wanted| {
        let there = (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y)));
        round(there.filter(|&(x, y)| body.parts.at(x, y) == wanted).count() as f64 / all)
    };
    json!({
        "background": share(Part::Background),
        "edge": share(Part::Edge),
        "face": share(Part::Face),
        "skin": share(Part::Skin),
        "hair": share(Part::Hair),
        "garment": share(Part::Garment),
        "other": share(Part::Other),
    })
}

/// The person around the face: points and attributes.
fn person(marks: &Marks, attributes: &Attributes) -> Json {
    let attributes: Map<String, Json> = attributes
        .named()
        .map(|(name, classes, row)| {
            let row =
                classes.iter().zip(row).map(|(c, v)| ((*c).to_owned(), json!(round((*v).into()))));
            (name.to_owned(), Json::Object(row.collect()))
        })
        .collect();
    let place = |found: &Result<[f32; 2], Unreadable>| match found {
        Ok(p) => json!(point(p)),
        Err(u) => unreadable(u),
    };
    let shoulders = match &marks.shoulders {
        Ok(s) => json!({
            "right": point(&s.right),
            "left": point(&s.left),
            "angle": round(s.angle),
            "confidence": round(s.confidence),
        }),
        Err(u) => unreadable(u),
    };
    json!({
        "crown": place(&marks.crown),
        "hairline": place(&marks.hairline),
        "shoulders": shoulders,
        "attributes": attributes,
    })
}

/// Why a point could not be told. `unreadable` is English, as readers of older records know it.
fn unreadable(u: &Unreadable) -> Json {
    json!({"unreadable": u.because.en, "unreadable_zh": u.because.zh})
}

/// Values of checks that the profile has no limit for: measured, so worth keeping.
fn readings(judged: &Judged) -> Json {
    let limited = |id: &str| judged.verdict.findings.iter().any(|f| f.check == id);
    let rest = judged.measurements.iter().filter(|(c, _)| !limited(c.id));
    let pairs = rest.filter_map(|(c, m)| Some((c.id.to_owned(), value(&m.as_ref().ok()?.value))));
    Json::Object(pairs.collect())
}

fn finding(f: &Finding) -> Json {
    let unit = check::find(f.check).map_or("", |c| c.unit);
    let reading = f.measured.as_ref().ok();
    let because = f.measured.as_ref().err().map(|u| &u.because);
    json!({
        "check": f.check,
        "outcome": f.outcome.id(),
        "required": f.limit.required,
        "value": reading.map(|r| value(&r.value)),
        "unit": unit,
        "confidence": reading.map(|r| round(r.confidence)),
        "limit": limit(&f.limit.accept),
        "slack": f.slack.map(round),
        "reason": f.fault.zip(f.reason.as_ref()).map(|(x, r)| json!({"code": x.code, "zh": r.zh, "en": r.en})),
        "advice": f.advice.as_ref().map(|a| json!({"zh": a.zh, "en": a.en})),
        "unreadable": because.map(|b| &b.en),
        "unreadable_zh": because.map(|b| &b.zh),
        "evidence": reading.map(|r| r.evidence.iter().map(evidence).collect::<Vec<_>>()),
    })
}

pub(super) fn limit(accept: &Accept) -> Json {
    let band = |b: &Band| json!({"min": b.min, "max": b.max});
    match accept {
        Accept::Range { pass, review } => json!({"pass": band(pass), "review": band(review)}),
        Accept::OneOf(names) => json!({"one_of": names}),
    }
}

pub(super) fn value(value: &Value) -> Json {
    match value {
        Value::Number(n) => json!(round(*n)),
        Value::Name(name) => json!(name),
    }
}

fn evidence(e: &Evidence) -> Json {
    match e {
        Evidence::Points(points) => json!({"points": points.iter().map(point).collect::<Vec<_>>()}),
        Evidence::Line(a, b) => json!({"line": [point(a), point(b)]}),
        Evidence::Region(outline) => {
            json!({"region": outline.iter().map(point).collect::<Vec<_>>()})
        }
    }
}

fn photo(facts: &FileFacts) -> Json {
    json!({
        "format": facts.format.name(),
        "extension": facts.extension,
        "width": facts.width,
        "height": facts.height,
        "dpi": facts.dpi.map(|(x, y)| [round(x), round(y)]),
        "bits_per_pixel": facts.bits_per_pixel,
        "colour_space": facts.colour_space.name(),
        "icc_problem": facts.icc_problem,
        "raw_preview": facts.raw_preview,
        "orientation": facts.orientation,
        "bytes": facts.bytes,
        "jpeg_quality": facts.jpeg.as_ref().and_then(|j| j.quality),
    })
}

fn face(f: &Face, with_mesh: bool) -> Json {
    let points =
        [part::RIGHT_PUPIL, part::LEFT_PUPIL, 1, part::MOUTH_CORNERS[0], part::MOUTH_CORNERS[1]];
    let mut record = json!({
        "score": round(f.score.into()),
        "presence": round(f.presence.into()),
        "bounds": f.bounds.map(round1),
        "points": points.map(|i| point(&f.at(i))),
        "inter_ocular_distance": round(f.inter_ocular_distance().into()),
        "pose": {"yaw": round(f.pose.yaw), "pitch": round(f.pose.pitch), "roll": round(f.pose.roll)},
    });
    if with_mesh {
        record["mesh"] = f.mesh.iter().map(|p| json!(p.map(|v| round(v.into())))).collect();
    }
    record
}

/// The planned crop, left, top, right, bottom on the photo, and what it makes of the person.
fn framing(plan: &Plan) -> Json {
    json!({
        "crop": plan.crop.map(round1),
        "scale": plan.scale.map(|s| round(s.into())),
        "size": plan.size,
    })
}

fn points(outline: &[[f32; 2]]) -> Json {
    json!(outline.iter().map(point).collect::<Vec<_>>())
}

fn point(p: &[f32; 2]) -> [f64; 2] {
    p.map(round1)
}

/// A tenth of a pixel.
fn round1(v: f32) -> f64 {
    (f64::from(v) * 10.0).round() / 10.0
}

/// Four decimals: finer than any model is, and free of float noise.
pub(super) fn round(v: f64) -> f64 {
    (v * 1e4).round() / 1e4
}
