//! The face detector: every face of a picture, with five points each.
//!
//! Input `[1, 3, 320, 320]`, the picture letterboxed in the middle over grey; output
//! `[1, 2100, 15]`: score, box, five points, all normalised to the square (model card:
//! `models/README.md`).

use image::{Rgb, RgbImage};

use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::Result;
use crate::pixels;
use crate::pyramid::Pyramid;

/// The shipped detector.
pub const SHIPPED: Shipped = Shipped {
    name: "detector",
    onnx: include_bytes!("../../models/detector.onnx"),
    input: [1, 3, SIDE as usize, SIDE as usize],
    shapes: "image [1,3,320,320] -> faces [1,2100,15]",
    mega_macs: 113.6,
};

const SIDE: u32 = 320;

/// Candidates below this score are not reported. Low, because the landmark network looks at each and
/// throws out what is no face: see the model card.
const SCORE: f32 = 0.4;

/// Two boxes that overlap more than this (IoU) are one face.
pub const SAME_FACE_IOU: f32 = 0.4;

/// One detected face, in pixels of the photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// 0 to 1.
    pub score: f32,
    /// Left, top, right, bottom of the face from forehead to chin (of the mesh, not of the hair).
    pub bounds: [f32; 4],
    /// Subject's right pupil, left pupil, nose tip, right and left mouth corner.
    pub five: [[f32; 2]; 5],
}

/// The detector, ready to run.
pub struct Detector(Network);

impl Detector {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<Detector> {
        Ok(Detector(Network::load(engine, SHIPPED.name, SHIPPED.onnx)?))
    }

    /// All faces of a photo, best score first.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, pyramid: Pyramid) -> Result<Vec<Detection>> {
        let seen = &pyramid.overview.picture;
        let (square, scale, shift) = letterbox(seen, pyramid.photo.dimensions());
        let outputs = self.0.run(planar(&[square]).view())?;
        let side = SIDE as f32;
        let rows = outputs[0].as_slice().unwrap_or_default().chunks_exact(15);
        let mut found: Vec<Detection> = rows
            .filter(|row| row[0] >= SCORE)
            .map(|row| {
                let at = |i: usize| {
                    [(row[i] * side - shift[0]) / scale, (row[i + 1] * side - shift[1]) / scale]
                };
                let ([x0, y0], [x1, y1]) = (at(1), at(3));
                let five = std::array::from_fn(|k| at(5 + 2 * k));
                Detection { score: row[0], bounds: [x0, y0, x1, y1], five }
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(suppress(found))
    }
}

/// The picture in the middle of a grey square: the square, pixels of it per pixel of the photo of this size,
/// and where the photo's corner lies in it.
fn letterbox(seen: &RgbImage, (w, h): (u32, u32)) -> (RgbImage, f32, [f32; 2]) {
    let scale = SIDE as f32 / w.max(h) as f32;
    let fit = |n: u32| ((n as f32 * scale).round() as u32).clamp(1, SIDE);
    let small = pixels::shrink(seen, fit(w), fit(h));
    let (dx, dy) = ((SIDE - small.width()) / 2, (SIDE - small.height()) / 2);
    let mut square = RgbImage::from_pixel(SIDE, SIDE, Rgb([128; 3]));
    image::imageops::replace(&mut square, &small, i64::from(dx), i64::from(dy));
    (square, scale, [dx as f32, dy as f32])
}

/// Non-maximum suppression over detections sorted by score.
fn suppress(sorted: Vec<Detection>) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for d in sorted {
        if kept.iter().all(|k| iou(&k.bounds, &d.bounds) <= SAME_FACE_IOU) {
            kept.push(d);
        }
    }
    kept
}

/// Intersection over union of two boxes: left, top, right, bottom.
pub fn iou(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let w = (a[2].min(b[2]) - a[0].max(b[0])).max(0.0);
    let h = (a[3].min(b[3]) - a[1].max(b[1])).max(0.0);
    let area = |r: &[f32; 4]| (r[2] - r[0]).max(0.0) * (r[3] - r[1]).max(0.0);
    let union = area(a) + area(b) - w * h;
    if union > 0.0 { w * h / union } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(score: f32, bounds: [f32; 4]) -> Detection {
        Detection { score, bounds, five: [[0.0; 2]; 5] }
    }

    #[test]
    fn a_face_found_twice_is_kept_once_and_neighbours_are_both_kept() {
        let one = face(0.9, [0.0, 0.0, 10.0, 10.0]);
        let again = face(0.8, [1.0, 0.0, 11.0, 10.0]);
        let other = face(0.7, [30.0, 0.0, 40.0, 10.0]);
        assert_eq!(suppress(vec![one.clone(), again, other.clone()]), [one, other]);
    }

    #[test]
    fn a_letterboxed_corner_comes_back_to_where_it_was() {
        let (square, scale, shift) = letterbox(&RgbImage::new(600, 900), (600, 900));
        assert_eq!(square.dimensions(), (SIDE, SIDE));
        assert_eq!(shift, [53.0, 0.0]);
        assert!((900.0 * scale - 320.0).abs() < 1e-3);
        assert_eq!(square.get_pixel(0, 0).0, [128; 3]);
        assert_eq!(square.get_pixel(160, 160).0, [0; 3]);
    }
}
