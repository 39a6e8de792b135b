//! One face: its mesh with named parts, its pose, and an upright picture of it to measure on.

use image::RgbImage;
use nalgebra::{Matrix3, Vector3};

use crate::model::landmarks::MESH_TABLE;
use crate::pixels::{self, Similarity};

/// Mesh indices of named parts (MediaPipe topology). Right and left are the subject's own.
pub mod part {
    /// Right pupil, the middle of the right iris.
    pub const RIGHT_PUPIL: usize = 468;
    /// Left pupil.
    pub const LEFT_PUPIL: usize = 473;
    /// Right eye: outer corner, inner corner.
    pub const RIGHT_EYE_CORNERS: [usize; 2] = [33, 133];
    /// Left eye: outer corner, inner corner.
    pub const LEFT_EYE_CORNERS: [usize; 2] = [263, 362];
    /// Right eye: pairs of upper and lower lid, opposite each other.
    pub const RIGHT_LIDS: [(usize, usize); 3] = [(160, 144), (159, 145), (158, 153)];
    /// Left eye: pairs of upper and lower lid.
    pub const LEFT_LIDS: [(usize, usize); 3] = [(387, 373), (386, 374), (385, 380)];
    /// Pairs of the inner rim of upper and lower lip.
    pub const INNER_LIPS: [(usize, usize); 3] = [(82, 87), (13, 14), (312, 317)];
    /// Mouth corners, right and left.
    pub const MOUTH_CORNERS: [usize; 2] = [61, 291];
    /// Outline of the right eye with its lids.
    pub const RIGHT_EYE: &[usize] =
        &[226, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25];
    /// Outline of the left eye with its lids.
    pub const LEFT_EYE: &[usize] =
        &[446, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255];
    /// What shows of the right eyeball between its lids.
    pub const RIGHT_EYEBALL: &[usize] =
        &[33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7];
    /// What shows of the left eyeball.
    pub const LEFT_EYEBALL: &[usize] =
        &[263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249];
    /// Rim of the right iris, four points.
    pub const RIGHT_IRIS: &[usize] = &[469, 470, 471, 472];
    /// Rim of the left iris.
    pub const LEFT_IRIS: &[usize] = &[474, 475, 476, 477];
    /// Inner rim of the lips: what lies in an open mouth.
    pub const MOUTH: &[usize] = &[
        78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
    ];
    /// Right cheek below the eye, clear of nose, mouth and jaw.
    pub const RIGHT_CHEEK: &[usize] = &[116, 117, 118, 101, 36, 205, 187, 123];
    /// Left cheek.
    pub const LEFT_CHEEK: &[usize] = &[345, 346, 347, 330, 266, 425, 411, 352];
    /// Middle of the forehead, between the brows and below the usual fringe.
    pub const FOREHEAD: &[usize] = &[108, 151, 337, 336, 9, 107];
    /// Outline of the face.
    pub const OVAL: &[usize] = &[
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
    ];
    /// Outline of the lips.
    pub const LIPS: &[usize] = &[
        61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
    ];
    /// Right brow.
    pub const RIGHT_BROW: &[usize] = &[70, 63, 105, 66, 107, 55, 65, 52, 53, 46];
    /// Left brow.
    pub const LEFT_BROW: &[usize] = &[300, 293, 334, 296, 336, 285, 295, 282, 283, 276];
}

/// Side of [`Face::chip`] in pixels.
pub const CHIP_SIDE: u32 = 320;

/// Inter-ocular distance on the chip, pixels: about that of the 480 x 640 standard picture.
pub const CHIP_EYES: f32 = 90.0;

/// Corners of [`Face::glasses`] from the middle between the pupils, eye distances: a frame reaches from the
/// brows to the cheekbones and from temple to temple.
const GLASSES: [[f32; 2]; 4] = [[-1.1, -0.4], [1.1, -0.4], [1.1, 0.5], [-1.1, 0.5]];

/// Head pose in degrees, from the subject's point of view; all zero: straight into the lens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Turned: + to the subject's own left.
    pub yaw: f64,
    /// Nodded: + up.
    pub pitch: f64,
    /// Tilted: + towards the subject's left shoulder.
    pub roll: f64,
}

/// A face that is surely one.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Score of the detector, 0 to 1.
    pub score: f32,
    /// Presence score of the landmark network, 0 to 1.
    pub presence: f32,
    /// Left, top, right, bottom of the mesh, photo pixels.
    pub bounds: [f32; 4],
    /// The 478 points: x, y in photo pixels, z in the same scale, smaller is nearer.
    pub mesh: Vec<[f32; 3]>,
    /// Head pose.
    pub pose: Pose,
}

impl Face {
    /// A mesh point on the photo.
    pub fn at(&self, index: usize) -> [f32; 2] {
        [self.mesh[index][0], self.mesh[index][1]]
    }

    /// An outline of mesh points on the photo.
    pub fn outline(&self, indices: &[usize]) -> Vec<[f32; 2]> {
        indices.iter().map(|&i| self.at(i)).collect()
    }

    /// Distance between the pupils, photo pixels.
    pub fn inter_ocular_distance(&self) -> f32 {
        distance(self.at(part::RIGHT_PUPIL), self.at(part::LEFT_PUPIL))
    }

    /// Distance between the pupils as if the face were not turned away: with its depth, photo pixels.
    pub fn frontal_eye_distance(&self) -> f32 {
        let (r, l) = (self.mesh[part::RIGHT_PUPIL], self.mesh[part::LEFT_PUPIL]);
        let (dx, dy, dz) = (l[0] - r[0], l[1] - r[1], (l[2] - r[2]) * DEPTH as f32);
        (dx * dx + dy * dy + dz * dz).sqrt().max(1.0)
    }

    /// Box over both eye sockets from temple to temple, where glasses sit, along the line of the pupils: its
    /// corners in turn, photo pixels.
    pub fn glasses(&self) -> [[f32; 2]; 4] {
        let (r, l) = (self.at(part::RIGHT_PUPIL), self.at(part::LEFT_PUPIL));
        let eyes = distance(r, l).max(1.0);
        let along = [(l[0] - r[0]) / eyes, (l[1] - r[1]) / eyes];
        let middle = [f32::midpoint(r[0], l[0]), f32::midpoint(r[1], l[1])];
        let corner = |[x, y]: [f32; 2]| {
            let (x, y) = (x * eyes, y * eyes);
            [middle[0] + x * along[0] - y * along[1], middle[1] + x * along[1] + y * along[0]]
        };
        GLASSES.map(corner)
    }

    /// The similarity from the photo to the chip: eyes level, [`CHIP_EYES`] apart, never enlarged.
    pub fn to_chip(&self) -> Similarity {
        let (r, l) = (self.at(part::RIGHT_PUPIL), self.at(part::LEFT_PUPIL));
        let (dx, dy) = (l[0] - r[0], l[1] - r[1]);
        let width = self.frontal_eye_distance();
        let middle = [
            f32::midpoint(self.bounds[0], self.bounds[2]),
            f32::midpoint(self.bounds[1], self.bounds[3]),
        ];
        let scale = (CHIP_EYES / width).min(1.0);
        Similarity::about(middle, dy.atan2(dx), scale, [CHIP_SIDE as f32 / 2.0; 2])
    }

    /// The face upright at measuring size.
    pub fn chip(&self, photo: &RgbImage) -> RgbImage {
        pixels::cut(photo, &self.to_chip(), CHIP_SIDE)
    }
}

/// Distance of two points.
pub fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Left, top, right, bottom of the 468 face points.
pub fn bounds(mesh: &[[f32; 3]]) -> [f32; 4] {
    mesh.iter().take(468).fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    })
}

/// The rigid points: mesh index and position, pupil distance 1, depth to the scale of [`DEPTH`].
fn mean_face() -> impl Iterator<Item = (usize, Vector3<f64>)> {
    MESH_TABLE.lines().filter_map(|line| {
        let fields: Vec<f64> = line.split(',').map_while(|f| f.parse().ok()).collect();
        let [index, _, 1.0, x, y, z] = fields[..] else { return None };
        Some((index as usize, Vector3::new(x, y, z)))
    })
}

/// Head pose from the mesh: the rotation that best carries the mean face onto it.
///
/// Least squares over similarities (Umeyama 1991, "Least-squares estimation of transformation
/// parameters between two point patterns") on the points that hardly move with expression. The
/// mean face and the zero of its pose come from `models/training/landmarks/mean_face.py`.
pub fn pose(mesh: &[[f32; 3]]) -> Pose {
    let pair = |(index, point): (usize, Vector3<f64>)| {
        let p = mesh.get(index)?;
        Some((point, Vector3::new(p[0].into(), p[1].into(), f64::from(p[2]) * DEPTH)))
    };
    let pairs: Vec<_> = mean_face().filter_map(pair).collect();
    let n = pairs.len() as f64;
    let (from, to) =
        pairs.iter().fold((Vector3::zeros(), Vector3::zeros()), |(a, b), (p, q)| (a + p, b + q));
    let (from, to) = (from / n, to / n);
    let covariance: Matrix3<f64> =
        pairs.iter().map(|(p, q)| (q - to) * (p - from).transpose()).sum();
    let svd = covariance.svd(true, true);
    let (u, vt) = (svd.u.unwrap_or_default(), svd.v_t.unwrap_or_default());
    let mirrored = (u.determinant() * vt.determinant()).signum();
    let r = u * Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, mirrored)) * vt;
    // R = Ry(yaw) Rx(pitch) Rz(roll) in x right, y down, z away, seen from the subject.
    Pose {
        yaw: (-r[(0, 2)]).atan2(r[(2, 2)]).to_degrees(),
        pitch: r[(1, 2)].clamp(-1.0, 1.0).asin().to_degrees(),
        roll: r[(1, 0)].atan2(r[(1, 1)]).to_degrees(),
    }
}

/// The network's depth, like its teacher's, is stretched against width and height: with this factor
/// the heads of 27 rendered poses come out best (`models/training/landmarks/mean_face.py`).
const DEPTH: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean face turned by R = Ry Rx Rz, as a mesh at 100 px between the pupils.
    fn turned(yaw: f64, pitch: f64, roll: f64) -> Vec<[f32; 3]> {
        let axis = |a: f64| a.to_radians().sin_cos();
        let ((sy, cy), (sp, cp), (sr, cr)) = (axis(yaw), axis(pitch), axis(roll));
        let ry = Matrix3::new(cy, 0.0, -sy, 0.0, 1.0, 0.0, sy, 0.0, cy);
        let rx = Matrix3::new(1.0, 0.0, 0.0, 0.0, cp, sp, 0.0, -sp, cp);
        let rz = Matrix3::new(cr, -sr, 0.0, sr, cr, 0.0, 0.0, 0.0, 1.0);
        let mut mesh = vec![[0.0; 3]; 478];
        for (index, point) in mean_face() {
            let p = ry * rx * rz * point * 100.0;
            mesh[index] = [p.x as f32 + 300.0, p.y as f32 + 200.0, (p.z / DEPTH) as f32];
        }
        mesh
    }

    #[test]
    fn the_pose_of_a_turned_mean_face_is_its_turn() {
        for (yaw, pitch, roll) in
            [(0.0, 0.0, 0.0), (30.0, 0.0, 0.0), (0.0, -20.0, 0.0), (-25.0, 15.0, 10.0)]
        {
            let found = pose(&turned(yaw, pitch, roll));
            let off = (found.yaw - yaw)
                .abs()
                .max((found.pitch - pitch).abs())
                .max((found.roll - roll).abs());
            assert!(off < 0.01, "{found:?} for {yaw} {pitch} {roll}");
        }
    }

    #[test]
    fn a_head_tilted_to_the_left_shoulder_lowers_the_left_side_of_the_picture_right() {
        let mesh = turned(0.0, 0.0, 10.0);
        assert!(mesh[263][1] > mesh[33][1], "the subject's left eye is on the right and lower");
    }
}
