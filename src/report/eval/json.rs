//! An evaluation as one JSON document, for programs.

use serde_json::{Map, Value as Json, json};

use super::{Evaluation, in_order};
use crate::check;
use crate::evaluate::agreement::{Pair, agreement};
use crate::evaluate::eer::Eer;
use crate::evaluate::pairing::Decided;
use crate::evaluate::rates::Rate;
use crate::evaluate::suggest::Suggestion;
use crate::evaluate::{Evaluated, Outcomes, SideResult};
use crate::identity::shown;
use crate::report::json::{limit, provenance, round, value};

/// The document. Rates and interval ends are shares, 0 to 1; readings and limits are in the check's
/// unit. Nothing in it depends on the time or on the number of workers.
pub fn document(evaluation: &Evaluation) -> String {
    let e = evaluation;
    let mut document = Map::new();
    document.insert("decisions".into(), json!(shown(&e.decisions.to_string_lossy())));
    document.insert("wanted_false_pass".into(), json!(e.wanted));
    document.insert("pictures".into(), json!(e.pictures));
    document.insert("pictures_without_decision".into(), json!(e.without));
    let missing =
        e.missing.iter().map(|(file, d)| json!({"file": shown(file), "decisions": decided(d)}));
    document.insert("missing".into(), missing.collect());
    let unreadable = e
        .unreadable
        .iter()
        .map(|u| json!({"file": shown(&u.file), "error": shown(&u.reason), "decisions": decided(&u.decided)}));
    document.insert("unreadable".into(), unreadable.collect());
    document.insert("checks".into(), e.checks.iter().map(|c| one(c, &e.pairs)).collect());
    provenance(&mut document, &e.run);
    // It cannot fail: all keys are text.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn decided(decided: &Decided) -> Json {
    Json::Object(in_order(decided).into_iter().map(|(s, d)| (s.to_owned(), json!(d))).collect())
}

fn one(e: &Evaluated, pairs: &[Pair]) -> Json {
    let [pass, fail, unknown] = e.person;
    json!({
        "check": e.subject,
        "unit": check::find(e.subject).map(|c| c.unit),
        "limit": e.limit.as_ref().map(|l| limit(&l.accept)),
        "person": {"pass": pass, "fail": fail, "unknown": unknown},
        "program": {"person_pass": outcomes(&e.passes), "person_fail": outcomes(&e.fails)},
        "not_measured": e.not_measured,
        "unsure": e.unsure.iter().sum::<usize>(),
        "false_pass": e.false_pass.map(rate),
        "false_fail": e.false_fail.map(rate),
        "review": e.review.map(rate),
        "sides": e.sides.iter().map(side).collect::<Vec<_>>(),
        "worst": e.worst.iter().map(|i| picture(&pairs[*i])).collect::<Vec<_>>(),
    })
}

fn outcomes(o: &Outcomes) -> Json {
    json!({"pass": o.pass, "review": o.review, "fail": o.fail, "not_assessed": o.not_assessed})
}

fn rate(r: Rate) -> Json {
    let interval = [round(r.low), round(r.high)];
    json!({"count": r.count, "of": r.of, "rate": round(r.share()), "wilson95": interval})
}

fn side(s: &SideResult) -> Json {
    let eer = |e: Eer| json!({"rate": round(e.rate), "interval95": [round(e.interval.0), round(e.interval.1)]});
    json!({
        "side": s.side.id(),
        "person_fail": s.fails,
        "person_pass": s.passes,
        "eer": s.eer.map(eer),
        "suggested": s.suggestion.as_ref().ok().map(suggestion),
        "no_suggestion": s.suggestion.as_ref().err().map(|why| why.id()),
    })
}

fn suggestion(s: &Suggestion) -> Json {
    json!({
        "pass": s.pass,
        "review": s.fail,
        "would": {"person_pass": outcomes(&s.passes), "person_fail": outcomes(&s.fails)},
        "false_pass_at_most": round(s.at_most),
        "person_fail_needed": s.needed,
    })
}

fn picture(p: &Pair) -> Json {
    let reading = p.measured.as_ref().and_then(|m| m.as_ref().ok());
    json!({
        "file": shown(&p.file),
        "agreement": agreement(p.decision, p.outcome).id(),
        "decision": p.decision.id(),
        "outcome": p.outcome.map(crate::verdict::Outcome::id),
        "reading": reading.map(|r| value(&r.value)),
        "slack": p.slack.map(round),
        "first": p.first,
    })
}
