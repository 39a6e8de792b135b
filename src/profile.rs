//! A specification as data: which checks, with which limits, and where each number comes from.
//!
//! Profiles are TOML. An unknown key, an unknown check or a limit that contradicts itself is an
//! error, so that a misspelt rule can never be a rule that is silently not applied.

use std::collections::BTreeMap;
use std::path::Path;

use image::Rgb;
use serde::{Deserialize, Serialize};

use crate::check;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::target::{Aims, Frame, Target};
use crate::verdict::{Accept, Band, Limit};

/// The profiles that come with the program: name and text.
pub const BUILT_IN: &[(&str, &str)] = &[("chsi-degree", include_str!("profiles/chsi-degree.toml"))];

/// Limits by check id.
pub type Limits = BTreeMap<&'static str, Limit>;

/// What the file is that is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// As it comes from the camera: to be cropped and exported later.
    #[default]
    Capture,
    /// The standard file itself, to be handed in as it is.
    Finished,
}

impl Stage {
    /// The word used in records and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Stage::Capture => "capture",
            Stage::Finished => "finished",
        }
    }
}

/// A specification.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Title in Chinese and English.
    pub title: (String, String),
    /// The document that it follows.
    pub source: String,
    /// The frame of the standard picture, where the profile has one.
    pub frame: Option<FrameSize>,
    /// The background of the standard picture, where the profile asks for one.
    pub background: Option<Background>,
    /// Readings of lower confidence are left to a person.
    pub min_confidence: f64,
    /// SHA-256 of the TOML text.
    pub sha256: String,
    /// Limits for a capture.
    pub capture: Limits,
    /// Limits for a finished file: those of a capture, with the profile's own in their place.
    pub finished: Limits,
}

/// The frame of the standard picture.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FrameSize {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// Resolution that the file states, dots per inch.
    pub dpi: u32,
    /// Most pixels of the standard picture that may be made of one of the capture (1: never enlarge).
    #[serde(default = "one")]
    pub enlarge: f64,
}

/// The background of the standard picture.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Accepted colours, sRGB 0 to 255; the first is the one that a replaced background gets.
    pub colours: Vec<[u8; 3]>,
    /// Whether it may be replaced.
    pub replace: bool,
}

fn one() -> f64 {
    1.0
}

impl Profile {
    /// What a picture is to become, for the checks that measure against it.
    pub fn target(&self, stage: Stage) -> Target {
        let limits = self.limits(stage);
        let band = |id: &str| match limits.get(id).map(|l| &l.accept) {
            Some(Accept::Range { pass, .. }) => *pass,
            _ => Band::default(),
        };
        let frame = self.frame.map(|f| Frame {
            width: f.width,
            height: f.height,
            enlarge: f.enlarge,
            aims: Aims {
                head_top: band("head_top"),
                eye_line: band("eye_line"),
                face_width: band("face_width"),
                head_height: band("head_height"),
                eye_distance: band("eye_distance"),
                chin_bottom: band("chin_bottom"),
            },
        });
        let colours = self.background.iter().flat_map(|b| &b.colours);
        Target {
            frame,
            finished: stage == Stage::Finished,
            backgrounds: colours.map(|c| Rgb(*c)).collect(),
            replacement: match (&self.background, stage) {
                (Some(b), Stage::Capture) if b.replace => b.colours.first().map(|c| Rgb(*c)),
                _ => None,
            },
        }
    }

    /// The limits of a stage.
    pub fn limits(&self, stage: Stage) -> &Limits {
        match stage {
            Stage::Capture => &self.capture,
            Stage::Finished => &self.finished,
        }
    }

    /// The built-in profile of this name, or else the TOML file at this path.
    ///
    /// # Errors
    /// [`Error::Profile`] when there is neither, or the text is not a valid profile.
    pub fn load(name_or_path: &str) -> Result<Profile> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return parse(name_or_path, text);
        }
        let text = match std::fs::read_to_string(Path::new(name_or_path)) {
            Ok(text) => text,
            Err(e) if name_or_path.ends_with(".toml") => {
                return Err(invalid(name_or_path, e.to_string()));
            }
            Err(_) => {
                let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                let reason = format!(
                    "no such profile; there are: {}, or give a .toml file",
                    known.join(", ")
                );
                return Err(invalid(name_or_path, reason));
            }
        };
        parse(name_or_path, &text)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    name: String,
    title: RawText,
    source: String,
    min_confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<FrameSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<Background>,
    limits: BTreeMap<String, RawLimit>,
    #[serde(default)]
    finished: RawFinished,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    zh: String,
    en: String,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawFinished {
    #[serde(default)]
    limits: BTreeMap<String, RawLimit>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    #[serde(skip_serializing_if = "Option::is_none")]
    pass: Option<RawBand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<RawBand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<String>>,
    #[serde(default = "yes")]
    required: bool,
    clause: String,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
}

fn yes() -> bool {
    true
}

fn invalid(profile: &str, reason: impl Into<String>) -> Error {
    Error::Profile { profile: profile.to_owned(), reason: reason.into() }
}

/// Read a profile. `label` names it in messages.
///
/// # Errors
/// [`Error::Profile`] with the place and the reason.
pub fn parse(label: &str, text: &str) -> Result<Profile> {
    let raw: RawProfile =
        toml::from_str(text).map_err(|e| invalid(label, e.to_string().trim_end()))?;
    if !(0.0..=1.0).contains(&raw.min_confidence) {
        return Err(invalid(label, "min_confidence must lie between 0 and 1"));
    }
    if let Some(f) = &raw.frame {
        let sides = 1..=10_000;
        if !sides.contains(&f.width)
            || !sides.contains(&f.height)
            || !(0.1..=10.0).contains(&f.enlarge)
        {
            return Err(invalid(label, "frame: a side must be 1 to 10000 px, enlarge 0.1 to 10"));
        }
    }
    if raw.background.as_ref().is_some_and(|b| b.colours.is_empty()) {
        return Err(invalid(label, "background: name at least one colour"));
    }
    let capture = resolve(label, &raw.limits)?;
    let mut finished = capture.clone();
    finished.extend(resolve(label, &raw.finished.limits)?);
    Ok(Profile {
        name: raw.name,
        title: (raw.title.zh, raw.title.en),
        source: raw.source,
        frame: raw.frame,
        background: raw.background,
        min_confidence: raw.min_confidence,
        sha256: sha256_hex(text.as_bytes()),
        capture,
        finished,
    })
}

fn resolve(label: &str, raw: &BTreeMap<String, RawLimit>) -> Result<Limits> {
    let one = |(id, limit): (&String, &RawLimit)| {
        let known = check::find(id)
            .ok_or_else(|| invalid(label, format!("there is no check called `{id}`")))?;
        let accept = accept(limit, known.names)
            .map_err(|reason| invalid(label, format!("limit of `{id}`: {reason}")))?;
        Ok((known.id, Limit { accept, required: limit.required, clause: limit.clause.clone() }))
    };
    raw.iter().map(one).collect()
}

fn accept(raw: &RawLimit, names: &[&str]) -> std::result::Result<Accept, String> {
    let band = |b: RawBand| Band { min: b.min, max: b.max };
    match (raw.pass.map(band), raw.review.map(band), &raw.one_of) {
        (None, None, Some(wanted)) if !wanted.is_empty() => {
            match wanted.iter().find(|w| !names.contains(&w.as_str())) {
                None => Ok(Accept::OneOf(wanted.clone())),
                Some(_) if names.is_empty() => Err("it is a number: give `pass`".to_owned()),
                Some(w) => Err(format!("`{w}` is none of {}", names.join(", "))),
            }
        }
        (Some(_), _, None) if !names.is_empty() => {
            Err(format!("it is a name: give `one_of`, from {}", names.join(", ")))
        }
        (Some(pass), review, None) => {
            let review = review.unwrap_or(pass);
            if pass.min.is_none() && pass.max.is_none() {
                return Err("`pass` needs `min` or `max`".to_owned());
            }
            let ends = [pass.min, pass.max, review.min, review.max];
            if ends.iter().flatten().any(|end| !end.is_finite()) {
                return Err(
                    "leave an end out to have it open; it must be a finite number".to_owned()
                );
            }
            if !contains(review, pass) || !is_ordered(pass) {
                return Err(
                    "the review band must contain the pass band, and each min lie below its max"
                        .to_owned(),
                );
            }
            Ok(Accept::Range { pass, review })
        }
        _ => Err("give either `pass` (and `review`) or `one_of`".to_owned()),
    }
}

fn is_ordered(band: Band) -> bool {
    band.min.unwrap_or(f64::NEG_INFINITY) <= band.max.unwrap_or(f64::INFINITY)
}

fn contains(outer: Band, inner: Band) -> bool {
    outer.min.unwrap_or(f64::NEG_INFINITY) <= inner.min.unwrap_or(f64::NEG_INFINITY)
        && outer.max.unwrap_or(f64::INFINITY) >= inner.max.unwrap_or(f64::INFINITY)
}

/// The resolved profile as TOML: every limit of both stages, as it is applied.
pub fn to_toml(profile: &Profile) -> String {
    let raw = RawProfile {
        name: profile.name.clone(),
        title: RawText { zh: profile.title.0.clone(), en: profile.title.1.clone() },
        source: profile.source.clone(),
        min_confidence: profile.min_confidence,
        frame: profile.frame,
        background: profile.background.clone(),
        limits: raw_limits(&profile.capture),
        finished: RawFinished { limits: raw_limits(&profile.finished) },
    };
    toml::to_string(&raw).unwrap_or_else(|e| format!("# {e}"))
}

fn raw_limits(limits: &Limits) -> BTreeMap<String, RawLimit> {
    let band = |b: &Band| Some(RawBand { min: b.min, max: b.max });
    let one = |limit: &Limit| {
        let (pass, review, one_of) = match &limit.accept {
            Accept::Range { pass, review } => (band(pass), band(review), None),
            Accept::OneOf(names) => (None, None, Some(names.clone())),
        };
        RawLimit { pass, review, one_of, required: limit.required, clause: limit.clause.clone() }
    };
    limits.iter().map(|(id, limit)| ((*id).to_owned(), one(limit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name='x'\ntitle={zh='一',en='x'}\nsource='s'\nmin_confidence=0.5\n";

    fn reason(limits: &str) -> String {
        parse("x", &format!("{HEAD}{limits}")).unwrap_err().to_string()
    }

    #[test]
    fn every_built_in_profile_is_valid_and_resolves_to_itself() {
        for (name, text) in BUILT_IN {
            let profile = parse(name, text).unwrap();
            assert_eq!(profile.name, *name);
            let again = parse(name, &to_toml(&profile)).unwrap();
            assert_eq!((again.capture, again.finished), (profile.capture, profile.finished));
        }
    }

    #[test]
    fn what_is_misspelt_or_contradicts_itself_is_an_error() {
        assert!(
            reason("[limits.yawn]\npass={max=1}\nclause='c'").contains("no check called `yawn`")
        );
        assert!(reason("[limits.yaw]\npass={maxi=1}\nclause='c'").contains("maxi"));
        assert!(reason("[limits.yaw]\npass={min=3,max=1}\nclause='c'").contains("min lie below"));
        assert!(
            reason("[limits.yaw]\npass={max=3}\nreview={max=2}\nclause='c'").contains("contain")
        );
        assert!(reason("[limits.yaw]\nclause='c'").contains("either"));
        assert!(reason("[limits.yaw]\none_of=['JPEG']\nclause='c'").contains("a number"));
        assert!(reason("[limits.file_format]\npass={min=1}\nclause='c'").contains("a name"));
        assert!(reason("[limits.file_format]\none_of=['JPG']\nclause='c'").contains("`JPG`"));
        assert!(reason("[limits.yaw]\npass={min=-inf}\nclause='c'").contains("finite"));
        assert!(reason("[limits.yaw]\npass={max=3}").contains("clause"));
        assert!(reason("[limit.yaw]\npass={max=3}\nclause='c'").contains("limit"));
    }

    #[test]
    fn a_finished_file_keeps_the_limits_that_it_does_not_replace() {
        let profile = Profile::load("chsi-degree").unwrap();
        assert_eq!(profile.capture["yaw"], profile.finished["yaw"]);
        assert_ne!(profile.capture["pixel_width"], profile.finished["pixel_width"]);
        assert!(!profile.capture.contains_key("dpi"));
    }

    #[test]
    fn an_unknown_profile_names_those_that_there_are() {
        assert!(Profile::load("chsi").unwrap_err().to_string().contains("chsi-degree"));
    }
}
