//! The landmark network: the 478-point mesh of one face, and whether there is a face at all.
//!
//! Input `[1, 3, 160, 160]`, the face crop of [`crop`]; outputs `mesh` `[1, 478, 3]` in crop units
//! (0..1; z in the same scale, smaller is nearer) and `presence` `[1, 1]` (model card:
//! `models/README.md`).

use image::RgbImage;

use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::Result;
use crate::pixels::Similarity;
use crate::pyramid::Pyramid;

/// The shipped landmark model.
pub const SHIPPED: Shipped = Shipped {
    name: "landmarks",
    onnx: include_bytes!("../../models/landmarks.onnx"),
    input: [1, 3, SIDE as usize, SIDE as usize],
    shapes: "image [1,3,160,160] -> mesh [1,478,3], presence [1,1]",
    mega_macs: 98.1,
};

/// Number of mesh points: 468 of the face and 5 of each iris (MediaPipe's topology).
pub const POINTS: usize = 478;

/// Table of the mesh: `index,mirror,rigid,x,y,z`. The mirror twin of each point; whether it hardly
/// moves with expression; its place on the mean face, pupil distance 1, depth scaled for pose.
pub const MESH_TABLE: &str = include_str!("../../models/mesh.csv");

/// Mesh points that stand for a detection's five: pupils, nose tip, mouth corners.
const FIVE: [usize; 5] = [468, 473, 1, 61, 291];

const SIDE: u32 = 160;

/// Side of the crop in units of the face's scale, as in training (`crops.py`).
const CROP_SIDE: f32 = 3.4;

/// A mesh in photo pixels and the model's belief that it lies on a face.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmarks {
    /// x, y in photo pixels, z in the same scale, smaller is nearer. [`POINTS`] of them.
    pub mesh: Vec<[f32; 3]>,
    /// 0 to 1.
    pub presence: f32,
}

/// The landmark network, ready to run.
pub struct Landmarker(Network);

impl Landmarker {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<Landmarker> {
        Ok(Landmarker(Network::load(engine, SHIPPED.name, SHIPPED.onnx)?))
    }

    /// The mesh of the face with these five points.
    ///
    /// Runs three times: the first mesh, which knows the face better than the detector does, lays the
    /// crop anew; on that crop and on its mirror image the network errs differently, and the mean of
    /// both errs less.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid, five: &[[f32; 2]; 5]) -> Result<Landmarks> {
        let to_crop = crop(frame(five));
        let rough = to_photo(&self.on_crop(&pyramid.cut(&to_crop, SIDE))?, &to_crop);
        let to_crop = crop(frame_of(&rough.mesh));
        let crop = pyramid.cut(&to_crop, SIDE);
        let plain = self.on_crop(&crop)?;
        let mirrored = self.on_crop(&image::imageops::flip_horizontal(&crop))?;
        Ok(to_photo(&mean(&plain, &mirrored), &to_crop))
    }

    /// One run; the mesh in pixels of the crop.
    fn on_crop(&mut self, crop: &RgbImage) -> Result<Landmarks> {
        let outputs = self.0.run(planar(std::slice::from_ref(crop)).view())?;
        let points = outputs[0].as_slice().unwrap_or_default().chunks_exact(3);
        let mesh = points.map(|p| [p[0], p[1], p[2]].map(|v| v * SIDE as f32)).collect();
        let presence = outputs[1].iter().next().copied().unwrap_or(0.0);
        Ok(Landmarks { mesh, presence })
    }
}

/// The mean of what was found on a crop and on its mirror image.
fn mean(plain: &Landmarks, mirrored: &Landmarks) -> Landmarks {
    let twins = MESH_TABLE.lines().filter_map(|l| l.split(',').nth(1)?.parse::<usize>().ok());
    let pair = |(p, twin): (&[f32; 3], usize)| {
        let [x, y, z] = mirrored.mesh[twin];
        [(p[0] + (SIDE - 1) as f32 - x) / 2.0, (p[1] + y) / 2.0, (p[2] + z) / 2.0]
    };
    let mesh = plain.mesh.iter().zip(twins).map(pair).collect();
    Landmarks { mesh, presence: (plain.presence + mirrored.presence) / 2.0 }
}

/// From pixels of the crop to pixels of the photo.
fn to_photo(on_crop: &Landmarks, to_crop: &Similarity) -> Landmarks {
    let back = to_crop.inverse();
    let point = |p: &[f32; 3]| {
        let [x, y] = back.apply([p[0], p[1]]);
        [x, y, p[2] * back.scale()]
    };
    Landmarks { mesh: on_crop.mesh.iter().map(point).collect(), presence: on_crop.presence }
}

/// Where a face is, how it is tilted and how large it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceFrame {
    /// Middle between eyes and mouth, photo pixels.
    pub centre: [f32; 2],
    /// Tilt in radians, clockwise in the picture.
    pub angle: f32,
    /// Photo pixels: the longer of eye distance and eyes to mouth.
    pub scale: f32,
}

/// The frame of a face from its five points.
///
/// The angle takes the eye line and the eyes-to-mouth line together, the scale the longer of the
/// two, so that a head turned or nodding keeps its size. The same rule as `frame` in
/// `models/training/landmarks/crops.py`; every network of a face takes its crop from it.
fn frame(five: &[[f32; 2]; 5]) -> FaceFrame {
    let middle = |a: [f32; 2], b: [f32; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
    let (eye, mouth) = (middle(five[0], five[1]), middle(five[3], five[4]));
    let eyes = [five[1][0] - five[0][0], five[1][1] - five[0][1]];
    let down = [mouth[0] - eye[0], mouth[1] - eye[1]];
    FaceFrame {
        centre: middle(eye, mouth),
        angle: (eyes[1] - down[0]).atan2(eyes[0] + down[1]),
        scale: eyes[0].hypot(eyes[1]).max(down[0].hypot(down[1])).max(1.0),
    }
}

/// The frame of a face from its mesh.
pub fn frame_of(mesh: &[[f32; 3]]) -> FaceFrame {
    frame(&FIVE.map(|i| [mesh[i][0], mesh[i][1]]))
}

/// The similarity from the photo to the face crop.
fn crop(face: FaceFrame) -> Similarity {
    let k = SIDE as f32 / (face.scale * CROP_SIDE);
    Similarity::about(face.centre, face.angle, k, [SIDE as f32 / 2.0; 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crop_is_centred_upright_and_as_large_as_in_training() {
        // Eyes level 100 px apart, mouth 100 px below: scale 100, so 340 px make 160.
        let five = [[100.0, 100.0], [200.0, 100.0], [150.0, 150.0], [120.0, 200.0], [180.0, 200.0]];
        let to_crop = crop(frame(&five));
        assert_eq!(to_crop.apply([150.0, 150.0]), [80.0, 80.0]);
        let [x, y] = to_crop.apply([320.0, 150.0]);
        assert!((x - 160.0).abs() < 1e-3 && (y - 80.0).abs() < 1e-3);
    }

    #[test]
    fn the_mean_with_a_true_mirror_image_changes_nothing() {
        let twins: Vec<usize> =
            MESH_TABLE.lines().filter_map(|l| l.split(',').nth(1)?.parse().ok()).collect();
        assert_eq!(twins.len(), POINTS);
        let mesh: Vec<[f32; 3]> =
            (0..POINTS).map(|i| [i as f32 / 4.0, (i % 7) as f32, 1.0]).collect();
        let mut flipped = vec![[0.0; 3]; POINTS];
        for (i, &twin) in twins.iter().enumerate() {
            assert_eq!(twins[twin], i, "a twin's twin is the point itself");
            flipped[twin] = [159.0 - mesh[i][0], mesh[i][1], mesh[i][2]];
        }
        let plain = Landmarks { mesh: mesh.clone(), presence: 0.8 };
        let mirrored = Landmarks { mesh: flipped, presence: 0.6 };
        let both = mean(&plain, &mirrored);
        assert_eq!(both.mesh, mesh);
        assert!((both.presence - 0.7).abs() < 1e-6);
    }

    #[test]
    fn a_tilted_face_is_upright_in_its_crop() {
        let (s, c) = 0.5_f32.sin_cos();
        let turn = |[x, y]: [f32; 2]| [c * x - s * y + 300.0, s * x + c * y + 300.0];
        let five =
            [[-50.0, -50.0], [50.0, -50.0], [0.0, 0.0], [-30.0, 50.0], [30.0, 50.0]].map(turn);
        let to_crop = crop(frame(&five));
        let (right, left) = (to_crop.apply(five[0]), to_crop.apply(five[1]));
        assert!((right[1] - left[1]).abs() < 1e-3, "{right:?} {left:?}");
        assert!(right[0] < left[0]);
    }
}
