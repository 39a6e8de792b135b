//! What the captures of a report have in common.

use serde_json::{Value as Json, json};

use super::super::json::Run;
use super::super::terminal::{Language, UNMEASURED, UNSURE};
use super::super::{Files, Summary, accepted, band, with_unit};
use super::row::Rows;
use crate::check;
use crate::model;
use crate::verdict::{Accept, Band, Text};

impl Rows {
    /// Profile, engine, models, counts, the checks in the order of the findings, and everything that was
    /// said. `folder` is where the thumbnails lie, beside the page.
    pub fn about(
        &self,
        run: &Run,
        summary: &Summary,
        files: Option<&Files>,
        folder: Option<&str>,
        language: Language,
    ) -> Json {
        let limits = run.profile.limits(run.stage);
        let limited = check::ALL.iter().filter_map(|c| Some((c, limits.get(c.id)?)));
        let checks: Vec<Json> = limited
            .map(|(c, limit)| {
                json!({
                    "id": c.id,
                    "title": text(c.title),
                    "unit": c.unit,
                    "required": limit.required,
                    "limit": accepted(&limit.accept, c.id),
                    "review": review(&limit.accept, c.id),
                    "width": width(&limit.accept),
                    "clause": limit.clause,
                })
            })
            .collect();
        let said = self.said.iter().map(|s| {
            json!({
                "check": s.check,
                "code": s.code,
                "reason": {"zh": s.reason[0], "en": s.reason[1]},
                "advice": {"zh": s.advice.zh, "en": s.advice.en},
            })
        });
        let models = model::SHIPPED.iter().map(|m| json!({"name": m.name, "sha256": m.sha256()}));
        let Summary { pass, review, fail, error } = summary;
        let profile = run.profile;
        json!({
            "program": format!("photogate {}", crate::PROGRAM),
            "engine": run.engine,
            "models": models.collect::<Vec<_>>(),
            "profile": {
                "name": profile.name,
                "title": {"zh": profile.title.0, "en": profile.title.1},
                "sha256": profile.sha256,
                "stage": run.stage.id(),
            },
            "counts": {"pass": pass, "review": review, "fail": fail, "error": error},
            "files": files.map(|f| json!({"written": f.written, "passed": f.passed, "failed": f.failed})),
            "folder": folder,
            "language": match language {
                Language::Both => "both",
                Language::Zh => "zh",
                Language::En => "en",
            },
            "unmeasured": text(UNMEASURED),
            "unsure": text(UNSURE),
            "checks": checks,
            "said": said.collect::<Vec<_>>(),
        })
    }
}

fn text(text: Text) -> Json {
    json!({"zh": text.zh, "en": text.en})
}

/// The band in which a person looks, where it is wider than what passes.
fn review(accept: &Accept, check: &str) -> Option<String> {
    match accept {
        Accept::Range { pass, review } if pass != review => Some(with_unit(&band(*review), check)),
        _ => None,
    }
}

/// The width of a pass band, so that slacks of several checks can be laid side by side: of a band with one
/// end the room that is left to a person, or else the limit itself.
fn width(accept: &Accept) -> f64 {
    let Accept::Range { pass, review } = accept else { return 1.0 };
    let both = |b: &Band| Some(b.max? - b.min?);
    let room = |end: Option<f64>, far: Option<f64>| Some((end? - far?).abs());
    let end = pass.max.or(pass.min).map(f64::abs);
    let candidates = [both(pass), room(pass.max, review.max), room(pass.min, review.min), end];
    candidates.into_iter().flatten().find(|w| *w > 0.0).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_has_a_width_also_with_one_end() {
        let band = |min, max| Band { min, max };
        let of = |pass, review| width(&Accept::Range { pass, review });
        let (open, eight) = (band(None, None), band(Some(-8.0), Some(8.0)));
        assert_eq!(of(eight, band(Some(-12.0), Some(12.0))), 16.0);
        assert_eq!(of(band(Some(0.2), None), band(Some(0.15), None)), 0.2 - 0.15);
        assert_eq!(of(band(Some(1.0), Some(1.0)), band(Some(1.0), Some(1.0))), 1.0);
        assert_eq!(of(open, open), 1.0);
    }
}
