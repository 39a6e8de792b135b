//! What is kept of a portrait for the checks that depend on the profile: the points that a crop is
//! planned by, and the colours that are held against the wanted background.
//!
//! It is small and holds no pixels, so a picture can be judged again under a profile with another
//! frame or another background long after its pixels are gone.

use palette::Lab;

use crate::framing::Geometry;
use crate::verdict::{Evidence, Unreadable};

/// What is kept of a scene with exactly one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Gist {
    /// What a crop is planned by.
    pub geometry: Geometry,
    /// Whether the picture's upper edge surely cuts the head off.
    pub cut_off: bool,
    /// Presence score of the face, 0 to 1.
    pub presence: f32,
    /// Height of the nose's tip, photo pixels.
    pub nose: f32,
    /// Heights of the right and the left end of the face's outline, photo pixels.
    pub cheeks: [f32; 2],
    /// The background around head and shoulders.
    pub background: Result<Tone, Unreadable>,
    /// The garment beside the background.
    pub garment: Result<Seam, Unreadable>,
}

/// A colour that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Tone {
    /// The colour.
    pub colour: Lab,
    /// How far it can be trusted, 0 to 1.
    pub confidence: f64,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
}

/// Where the garment meets the background.
#[derive(Clone, Debug, PartialEq)]
pub struct Seam {
    /// How far the two differ there, ΔE00.
    pub difference: f32,
    /// The garment's commonest colour.
    pub garment: Tone,
}
