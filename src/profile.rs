//! A specification as data: which checks, with which limits, and where each number comes from.
//!
//! Profiles are TOML. An unknown key, an unknown check or a limit that contradicts itself is an
//! error, so that a misspelt rule can never be a rule that is silently not applied.
//!
//! A profile may take everything of another and say only what is different: `extends = "NAME"`, a
//! built-in profile or the path of a file, relative to the file that says so.
//!
//! | key | where it is given | where it is not |
//! |---|---|---|
//! | `name` | its own | an error: it is never inherited |
//! | `title`, `source`, `min_confidence` | its own | inherited |
//! | `frame`, `background` | replaces the inherited one as a whole | inherited |
//! | `limits.CHECK` | replaces the inherited limit of that check as a whole, with `review`, `required` and `clause` | inherited |
//! | `finished.limits.CHECK` | the same, of the finished stage alone | the finished stage has what it inherits, or else the capture's |
//! | `drop` | takes inherited limits of both stages away, before its own are added | |
//! | `finished.drop` | takes limits away from the finished stage | |
//! | `wording.CHECK.low`, `.high` | replaces that reason | inherited, or else the check's own |
//!
//! With a frame of another size the inherited limits of the planned crop, which are pixels of the old
//! frame, must all be given anew or dropped. A profile's hash is that of everything it comes to, as
//! `photogate profiles show` prints it: it changes with what is inherited, and not with comments.

mod built_in;
mod file;
mod raw;
mod resolve;
mod schema;
mod set;
mod show;

use std::collections::BTreeMap;
use std::path::Path;

use image::Rgb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use built_in::{BASES, BUILT_IN};
pub use schema::schema;
pub use set::{Set, parse as parse_set, with};
pub use show::to_toml;

use crate::error::{Error, Result};
use crate::target::{Aims, Frame, Target};
use crate::verdict::{Accept, Band, Limit, Words};

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
    /// Names of the profiles that it extends, the nearest first.
    pub parents: Vec<String>,
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
    /// SHA-256 of everything that it comes to, as [`to_toml`] writes it.
    pub sha256: String,
    /// Limits for a capture.
    pub capture: Limits,
    /// Limits for a finished file: those of a capture, with the profile's own in their place.
    pub finished: Limits,
    /// Reasons in this desk's own words, by check id.
    pub wording: BTreeMap<&'static str, Wording>,
}

/// What a desk calls the fault of one check, where it does not say what the check says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Of a value below the pass band.
    pub low: Option<Words>,
    /// Of a value above it, or a name that is not accepted.
    pub high: Option<Words>,
}

/// The frame of the standard picture.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
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
    /// Width and height of the print, mm, where the specification gives them; without, the pixels at `dpi`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print: Option<[f64; 2]>,
}

impl FrameSize {
    /// Width and height of the picture on paper, mm.
    pub fn print_mm(&self) -> [f64; 2] {
        let at_dpi = |pixels: u32| f64::from(pixels) / f64::from(self.dpi) * 25.4;
        self.print.unwrap_or([at_dpi(self.width), at_dpi(self.height)])
    }
}

/// The background of the standard picture.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
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
    /// What a picture is to become, for the checks that measure against it. The crop is planned for the
    /// required limits: what does not decide must not cost what does.
    pub fn target(&self, stage: Stage) -> Target {
        let limits = self.limits(stage);
        let required = |id: &str| limits.get(id).filter(|l| l.required);
        let band = |id: &str| match required(id).map(|l| &l.accept) {
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
        let file = file::find(name_or_path, Path::new("")).map_err(|r| invalid(name_or_path, r))?;
        file::read(file, &mut Vec::new())
    }
}

/// Read a profile. `label` names it in messages; a path that it extends is relative to the working
/// directory.
///
/// # Errors
/// [`Error::Profile`] with the place and the reason.
pub fn parse(label: &str, text: &str) -> Result<Profile> {
    let file = file::File { label: label.to_owned(), path: None, text: text.to_owned() };
    file::read(file, &mut Vec::new())
}

fn invalid(profile: &str, reason: impl Into<String>) -> Error {
    Error::Profile { profile: profile.to_owned(), reason: reason.into() }
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
        for (name, _) in BUILT_IN.iter().chain(BASES) {
            let profile = Profile::load(name).unwrap();
            assert_eq!(profile.name, *name);
            let again = parse(name, &to_toml(&profile)).unwrap();
            assert_eq!(again.sha256, profile.sha256);
            assert_eq!((again.capture, again.finished), (profile.capture, profile.finished));
            assert_eq!((again.frame, again.wording), (profile.frame, profile.wording));
            assert_eq!(again.background, profile.background);
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
