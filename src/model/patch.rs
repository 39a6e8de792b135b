//! Square regions of a photo that the mesh lays, as `models/training/attributes/patches.py`, `views.py`
//! and `models/training/eyes.py` lay them.

use image::RgbImage;

use super::landmarks::{FaceFrame, frame_of};
use crate::pixels::Similarity;
use crate::pyramid::Pyramid;

/// A square region of the picture that the mesh lays.
pub(super) struct Patch {
    /// Mesh points whose mean is where it starts from.
    pub points: &'static [usize],
    /// From there to its middle along the face's axes, in units of the face's scale.
    pub offset: [f32; 2],
    /// Its side in the same unit.
    pub side: f32,
    /// Whether it is flipped, so that both of a pair look alike.
    pub flipped: bool,
}

pub(super) const fn patch(points: &'static [usize], offset: [f32; 2], side: f32) -> Patch {
    Patch { points, offset, side, flipped: false }
}

/// The patch on the other side of the face, flipped.
pub(super) const fn opposite(points: &'static [usize], patch: &Patch) -> Patch {
    let [x, y] = patch.offset;
    Patch { points, offset: [-x, y], side: patch.side, flipped: true }
}

/// Side of [`eyes`], pixels.
pub(super) const EYE_SIDE: u32 = 64;

/// The subject's right eye, left eye: between its corners (`models/training/eyes.py`).
const EYES: [Patch; 2] =
    [patch(&[33, 133], [0.0, 0.0], 0.72), patch(&[263, 362], [0.0, 0.0], 0.72)];

/// The squares around both eyes of the person with this mesh (photo pixels), the subject's right one first.
pub(super) fn eyes(pyramid: Pyramid, mesh: &[[f32; 3]]) -> [RgbImage; 2] {
    let frame = frame_of(mesh);
    EYES.map(|eye| pyramid.cut(&to_patch(&eye, mesh, frame, EYE_SIDE), EYE_SIDE))
}

/// Neck, shoulders and the upper part of the garment.
pub(super) const TORSO: Patch = patch(&[152], [0.0, 1.0], 3.4);

/// The similarity from the photo to a patch of `pixels` on a side, not yet flipped.
pub(super) fn to_patch(
    patch: &Patch,
    mesh: &[[f32; 3]],
    face: FaceFrame,
    pixels: u32,
) -> Similarity {
    let n = patch.points.len() as f32;
    let mean = |k: usize| patch.points.iter().map(|&i| mesh[i][k]).sum::<f32>() / n;
    let (sin, cos) = face.angle.sin_cos();
    let [dx, dy] = patch.offset.map(|v| v * face.scale);
    let centre = [mean(0) + cos * dx - sin * dy, mean(1) + sin * dx + cos * dy];
    let scale = pixels as f32 / (patch.side * face.scale);
    Similarity::about(centre, face.angle, scale, [pixels as f32 / 2.0; 2])
}
