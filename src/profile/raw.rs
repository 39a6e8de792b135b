//! What a profile file says, word for word. The comments on the fields are what an editor shows, by the
//! JSON Schema that is made of these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Background, FrameSize, Limits, Wording};
use crate::verdict::{Accept, Band, Limit};

/// A specification of photogate: which checks, with which limits, and where each number comes from.
#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(title = "photogate profile")]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    /// Its name, as it stands in records. It is never inherited.
    pub name: String,
    /// The profile that it takes everything from: the name of a built-in one, or the path of a .toml
    /// file, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Title. Inherited where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<RawText>,
    /// The document that it follows. Inherited where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Readings of lower confidence, 0 to 1, are left to a person. Inherited where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub min_confidence: Option<f64>,
    /// Checks of the extended profile that are not made, in neither stage. Limits that this file gives
    /// are added afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// The frame of the standard picture. It replaces the inherited one as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<FrameSize>,
    /// The background of the standard picture. It replaces the inherited one as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Background>,
    /// Limits by check, for a capture and, unless `finished.limits` has its own, for a finished file.
    /// The limit of a check replaces the inherited one as a whole.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, RawLimit>,
    /// What is different for a finished file that is to be handed in as it is.
    #[serde(default, skip_serializing_if = "RawFinished::is_empty")]
    pub finished: RawFinished,
    /// Reasons in the collector's own words, by check.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wording: BTreeMap<String, RawWording>,
}

/// A text in both languages of the reports.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What is different for a finished file.
#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFinished {
    /// Checks that are made of a capture, or of a finished file of the extended profile, and not here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Limits by check; each takes the place of the capture's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, RawLimit>,
}

impl RawFinished {
    fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.limits.is_empty()
    }
}

/// What a check must read.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimit {
    /// Numbers that pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<RawBand>,
    /// Numbers so near that a person must look; it contains `pass`. Without it nothing lies between pass
    /// and fail; the empty band `{}` never fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<RawBand>,
    /// Names that pass; any other fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub one_of: Option<Vec<String>>,
    /// Whether it counts in the verdict, and in the plan of the crop; otherwise it is only reported.
    #[serde(default = "yes")]
    pub required: bool,
    /// Where the numbers come from.
    pub clause: String,
}

/// A closed interval; an end that is left out is open.
#[derive(Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBand {
    /// Lowest value inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Highest value inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// What this desk calls the fault; reason codes and advice stay as they are.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWording {
    /// Of a value below the pass band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<RawText>,
    /// Of a value above the pass band, or a name that is not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<RawText>,
}

fn yes() -> bool {
    true
}

/// A band as a file gives it.
pub(super) fn raw_band(b: Band) -> RawBand {
    RawBand { min: b.min, max: b.max }
}

/// A band as it is judged by.
pub(super) fn band(b: RawBand) -> Band {
    Band { min: b.min, max: b.max }
}

/// A limit as a file gives it.
pub(super) fn raw_limit(limit: &Limit) -> RawLimit {
    let (pass, review, one_of) = match &limit.accept {
        Accept::Range { pass, review } => (Some(raw_band(*pass)), Some(raw_band(*review)), None),
        Accept::OneOf(names) => (None, None, Some(names.clone())),
    };
    RawLimit { pass, review, one_of, required: limit.required, clause: limit.clause.clone() }
}

/// Limits as a file gives them.
pub(super) fn raw_limits(limits: &Limits) -> BTreeMap<String, RawLimit> {
    limits.iter().map(|(id, limit)| ((*id).to_owned(), raw_limit(limit))).collect()
}

/// Wording as a file gives it.
pub(super) fn raw_wording(wording: &Wording) -> RawWording {
    let text = |w: &crate::verdict::Words| RawText { zh: w.zh.clone(), en: w.en.clone() };
    RawWording { low: wording.low.as_ref().map(text), high: wording.high.as_ref().map(text) }
}
