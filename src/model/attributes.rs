//! The attributes of one person: ears, forehead, brows, glasses, mouth, eyes, headwear, jewellery, neckline
//! and pattern, as calibrated probabilities. Necklace, neckline and pattern are the garment network's.
//!
//! Input of the attribute network `[5, 3, 96, 96]`: five square patches that the mesh lays ([`PATCHES`]);
//! outputs one row of class probabilities per attribute, two for the ears (model card: `models/README.md`).

use super::garment::{self, Garment};
use super::landmarks::frame_of;
use super::patch::{Patch, TORSO, opposite, patch, to_patch};
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::pyramid::Pyramid;

/// The shipped attribute model.
pub const SHIPPED: Shipped = Shipped {
    name: "attributes",
    onnx: include_bytes!("../../models/attributes.onnx"),
    input: [PATCHES.len(), 3, SIDE as usize, SIDE as usize],
    shapes: "patches [5,3,96,96] -> class probabilities of 8 attributes, and of what lies before the face",
    mega_macs: 175.8,
};

const SIDE: u32 = 96;

const RIGHT_EAR: Patch = patch(&[234], [-0.15, 0.25], 1.35);

/// Right ear (left in the picture), left ear, eyes, top of the head, mouth.
const PATCHES: [Patch; 5] = [
    RIGHT_EAR,
    opposite(&[454], &RIGHT_EAR),
    patch(&[33, 263], [0.0, 0.0], 2.0),
    patch(&[10], [0.0, -0.2], 2.8),
    patch(&[61, 291], [0.0, 0.0], 1.4),
];

/// Chin and neck down to the collar: where a necklace and a neckline are, of what the garment network sees.
const NECK: Patch = patch(&[152], [0.0, 0.45], 1.8);

/// The squares of [`Attributer::regions`] by what they show.
pub mod region {
    /// The subject's own right ear.
    pub const RIGHT_EAR: &[usize] = &[0];
    /// The left ear.
    pub const LEFT_EAR: &[usize] = &[1];
    /// Both ears.
    pub const EARS: &[usize] = &[0, 1];
    /// Eyes and glasses.
    pub const EYES: &[usize] = &[2];
    /// Top of the head with the brows.
    pub const TOP: &[usize] = &[3];
    /// Mouth.
    pub const MOUTH: &[usize] = &[4];
    /// Eyes and mouth.
    pub const FACE: &[usize] = &[2, 4];
    /// Neck.
    pub const NECK: &[usize] = &[5];
    /// Neck and garment, all that the garment network sees.
    pub const TORSO: &[usize] = &[6];
}

/// Class probabilities, each adding up to 1, in the order of the names in [`CLASSES`].
#[derive(Clone, Debug, PartialEq)]
pub struct Attributes {
    /// The subject's own right ear, on the left of the picture: visible, partly hidden, hidden.
    pub right_ear: [f32; 3],
    /// The left ear.
    pub left_ear: [f32; 3],
    /// Clear, partly covered, mostly covered.
    pub forehead: [f32; 3],
    /// Clear, at least partly hidden by hair or hat.
    pub brows: [f32; 2],
    /// None, clear, reflecting over an eye, tinted.
    pub glasses: [f32; 4],
    /// Closed, showing teeth or open.
    pub mouth: [f32; 2],
    /// Open, closed.
    pub eyes: [f32; 2],
    /// None, band or clip, hat or cap, scarf or turban.
    pub headwear: [f32; 4],
    /// None, at least one.
    pub earring: [f32; 2],
    /// None, one.
    pub necklace: [f32; 2],
    /// Collar, round or V, low or straps, not visible.
    pub neckline: [f32; 4],
    /// Plain, patterned, not visible.
    pub pattern: [f32; 3],
}

/// What lies before the face, as chances: what linear probes read off the features of the same network
/// (`models/training/probe.py`), which learnt without such pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Before {
    /// A frame of glasses about the eyes, also one that lies across them, of which [`Attributes::glasses`] often sees none.
    pub frame: f32,
    /// A hand, a mask or a thing over an eighth and more of the face below the eyes.
    pub covered: f32,
}

/// Names of the attributes and of their classes, in the order of [`Attributes`].
pub const CLASSES: [(&str, &[&str]); 12] = [
    ("right_ear", &["visible", "partly", "hidden"]),
    ("left_ear", &["visible", "partly", "hidden"]),
    ("forehead", &["clear", "partly", "covered"]),
    ("brows", &["clear", "hidden"]),
    ("glasses", &["none", "clear", "reflecting", "tinted"]),
    ("mouth", &["closed", "open"]),
    ("eyes", &["open", "closed"]),
    ("headwear", &["none", "band", "hat", "scarf"]),
    ("earring", &["none", "present"]),
    ("necklace", &["none", "present"]),
    ("neckline", &["collar", "round", "low", "not_visible"]),
    ("pattern", &["plain", "patterned", "not_visible"]),
];

impl Attributes {
    /// Attribute, classes and probabilities, in the order of [`CLASSES`].
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str], &[f32])> {
        let rows: [&[f32]; 12] = [
            &self.right_ear,
            &self.left_ear,
            &self.forehead,
            &self.brows,
            &self.glasses,
            &self.mouth,
            &self.eyes,
            &self.headwear,
            &self.earring,
            &self.necklace,
            &self.neckline,
            &self.pattern,
        ];
        CLASSES.into_iter().zip(rows).map(|((name, classes), row)| (name, classes, row))
    }
}

/// The attribute and garment networks, ready to run.
pub struct Attributer {
    attributes: Network,
    garment: Network,
}

impl Attributer {
    /// Load the shipped models.
    ///
    /// # Errors
    /// When the runtime rejects one.
    pub fn load(engine: &Engine) -> Result<Attributer> {
        let attributes = Network::load(engine, SHIPPED.name, SHIPPED.onnx)?;
        Ok(Attributer { attributes, garment: garment::load(engine)? })
    }

    /// The attributes of the person with this mesh (photo pixels), and what lies before the face.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<(Attributes, Before)> {
        let face = frame_of(mesh);
        let patches = PATCHES.map(|p| {
            let patch = pyramid.cut(&to_patch(&p, mesh, face, SIDE), SIDE);
            if p.flipped { image::imageops::flip_horizontal(&patch) } else { patch }
        });
        let outputs = self.attributes.run(planar(&patches).view())?;
        let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
        let worn = garment::run(&mut self.garment, pyramid, mesh)?;
        read(&flat, worn).ok_or_else(|| Error::Model {
            name: SHIPPED.name,
            reason: format!("it gave {} probabilities", flat.len()),
        })
    }

    /// The squares that the networks looked at, photo pixels: [`region`] names them.
    pub fn regions(mesh: &[[f32; 3]]) -> [[[f32; 2]; 4]; 7] {
        let face = frame_of(mesh);
        let end = SIDE as f32 - 1.0;
        let [right, left, eyes, top, mouth] = PATCHES;
        [right, left, eyes, top, mouth, NECK, TORSO].map(|p| {
            let back = to_patch(&p, mesh, face, SIDE).inverse();
            [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]].map(|c| back.apply(c))
        })
    }
}

/// All outputs one after the other, in the order of the model file, and those of the garment network.
fn read(
    flat: &[f32],
    Garment { necklace, neckline, pattern }: Garment,
) -> Option<(Attributes, Before)> {
    let mut rest = flat;
    let attributes = Attributes {
        right_ear: take(&mut rest)?,
        left_ear: take(&mut rest)?,
        forehead: take(&mut rest)?,
        brows: take(&mut rest)?,
        glasses: take(&mut rest)?,
        mouth: take(&mut rest)?,
        eyes: take(&mut rest)?,
        headwear: take(&mut rest)?,
        earring: take(&mut rest)?,
        necklace,
        neckline,
        pattern,
    };
    let [[_, frame], [_, covered]] = [take(&mut rest)?, take(&mut rest)?];
    rest.is_empty().then_some((attributes, Before { frame, covered }))
}

fn take<const N: usize>(rest: &mut &[f32]) -> Option<[f32; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_read_in_order_and_none_may_be_missing() {
        let flat: Vec<f32> = (0..30).map(|v| v as f32).collect();
        let worn = Garment { necklace: [0.1, 0.9], neckline: [0.25; 4], pattern: [0.2, 0.3, 0.5] };
        let read = |n: usize| super::read(&flat[..n], worn.clone());
        let (attributes, before) = read(29).unwrap();
        assert_eq!(attributes.left_ear, [3.0, 4.0, 5.0]);
        assert_eq!(attributes.earring, [23.0, 24.0]);
        assert_eq!(before, Before { frame: 26.0, covered: 28.0 });
        assert_eq!(attributes.pattern, worn.pattern);
        assert!(read(28).is_none() && read(30).is_none());
        let classes: usize = attributes
            .named()
            .map(|(_, c, p)| {
                assert_eq!(c.len(), p.len());
                p.len()
            })
            .sum();
        assert_eq!(classes, 34);
    }

    #[test]
    fn paired_patches_lie_mirrored_beside_an_upright_face() {
        let mut mesh = vec![[0.0; 3]; 478];
        let set = [
            (468, [50.0, 100.0]),
            (473, [150.0, 100.0]),
            (1, [100.0, 150.0]),
            (61, [70.0, 200.0]),
            (291, [130.0, 200.0]),
            (234, [20.0, 120.0]),
            (454, [180.0, 120.0]),
            (152, [100.0, 240.0]),
        ];
        for (i, [x, y]) in set {
            mesh[i] = [x, y, 0.0];
        }
        let regions = Attributer::regions(&mesh);
        let middle = |r: [[f32; 2]; 4]| [(r[0][0] + r[2][0]) / 2.0, (r[0][1] + r[2][1]) / 2.0];
        let (right, left) = (middle(regions[0]), middle(regions[1]));
        // Half a pixel of a patch: its middle lies between two of them.
        assert!(
            (right[0] - 5.0).abs() < 1.0 && (left[0] - 195.0).abs() < 1.0,
            "{right:?} {left:?}"
        );
        assert!((right[1] - 145.0).abs() < 1.0 && (left[1] - 145.0).abs() < 1.0);
    }
}
