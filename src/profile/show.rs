//! A resolved profile as a file of its own.

use super::raw::{RawFinished, RawProfile, RawText, raw_limits, raw_wording};
use super::resolve::own_finished;
use super::{Limits, Profile};

/// The resolved profile as TOML: everything that it inherits written out, and valid by itself.
pub fn to_toml(profile: &Profile) -> String {
    let (own, without): (Limits, _) = own_finished(profile);
    let wording = profile.wording.iter().map(|(id, w)| ((*id).to_owned(), raw_wording(w)));
    let raw = RawProfile {
        name: profile.name.clone(),
        extends: None,
        title: Some(RawText { zh: profile.title.0.clone(), en: profile.title.1.clone() }),
        source: Some(profile.source.clone()),
        min_confidence: Some(profile.min_confidence),
        drop: Vec::new(),
        frame: profile.frame,
        background: profile.background.clone(),
        limits: raw_limits(&profile.capture),
        finished: RawFinished {
            drop: without.into_iter().map(str::to_owned).collect(),
            limits: raw_limits(&own),
        },
        wording: wording.collect(),
    };
    toml::to_string(&raw).unwrap_or_else(|e| format!("# {e}"))
}
