//! The face at the grain of its file: cut out, never turned, and shrunk at most by whole numbers.
//!
//! Noise, block edges, moire and the traces of enlarging live between neighbouring pixels; the
//! turned and interpolated chip has smoothed some of them away.

use image::{GrayImage, RgbImage};

use crate::face::{CHIP_EYES, Face};
use crate::pixels;

/// The face and what lies around it.
#[derive(Clone, Debug)]
pub struct CloseUp {
    /// Its pixels: means of squares of [`CloseUp::by`] pixels of the photo.
    pub picture: RgbImage,
    /// Rec. 709 luma of them, 0 to 255, row by row.
    pub luma: Vec<f32>,
    /// How many pixels of the photo lie side by side in one of these.
    pub by: u32,
    /// Top left corner on the photo.
    pub origin: [f32; 2],
    /// Distance between the pupils, pixels of the close-up: at most twice that of the chip.
    pub eyes: f32,
}

impl CloseUp {
    /// The face with a margin of `margin` eye distances around its mesh.
    pub fn of(photo: &RgbImage, face: &Face, margin: f32) -> CloseUp {
        let eyes = face.frontal_eye_distance();
        let (w, h) = photo.dimensions();
        let most = w.min(h).min(pixels::MOST_MEANS);
        let by = (eyes / CHIP_EYES).floor().clamp(1.0, most as f32) as u32;
        let [x0, y0, x1, y1] = face.bounds;
        let m = margin * eyes;
        let cut = |v: f32, n: u32| v.clamp(0.0, (n - 1) as f32) as u32;
        // A sliver at the picture's end would be narrower than one pixel of the close-up.
        let (left, top) = (cut(x0 - m, w).min(w - by), cut(y0 - m, h).min(h - by));
        let side = |from: u32, to: u32| ((to.max(from) - from + 1) / by).max(1);
        let (cols, rows) = (side(left, cut(x1 + m, w)), side(top, cut(y1 + m, h)));
        let picture = match by {
            1 => pixels::part(photo, [left, top, cols, rows]),
            _ => pixels::means(photo, [left, top], by, (cols, rows)),
        };
        let luma = pixels::lumas(&picture);
        CloseUp { picture, luma, by, origin: [left as f32, top as f32], eyes: eyes / by as f32 }
    }

    /// Mesh points on the close-up.
    pub fn outline(&self, face: &Face, indices: &[usize]) -> Vec<[f32; 2]> {
        let by = self.by as f32;
        let place = |k: usize, p: [f32; 2]| (p[k] - self.origin[k] - (by - 1.0) / 2.0) / by;
        face.outline(indices).into_iter().map(|p| [place(0, p), place(1, p)]).collect()
    }

    /// The pixels inside any of the outlines and outside all of the `holes`, 255 and 0.
    pub fn region(&self, face: &Face, outlines: &[&[usize]], holes: &[&[usize]]) -> GrayImage {
        let on = |all: &[&[usize]]| all.iter().map(|o| self.outline(face, o)).collect::<Vec<_>>();
        pixels::region(self.picture.dimensions(), &on(outlines), &on(holes))
    }

    /// Width and height.
    pub fn size(&self) -> (usize, usize) {
        (self.picture.width() as usize, self.picture.height() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::{Pose, part};
    use image::Rgb;

    #[test]
    fn a_large_face_is_shrunk_by_a_whole_number_and_its_points_lie_where_they_were() {
        let photo = RgbImage::from_fn(1200, 900, |x, y| Rgb([(x / 5) as u8, (y / 5) as u8, 0]));
        let mut mesh = vec![[600.0, 450.0, 0.0]; 478];
        mesh[part::RIGHT_PUPIL] = [500.0, 400.0, 0.0];
        mesh[part::LEFT_PUPIL] = [700.0, 400.0, 0.0];
        let pose = Pose { yaw: 0.0, pitch: 0.0, roll: 0.0 };
        let bounds = [450.0, 300.0, 750.0, 650.0];
        let face = Face { score: 1.0, presence: 1.0, bounds, mesh, pose };
        let close = CloseUp::of(&photo, &face, 0.2);
        assert_eq!((close.by, close.eyes), (2, 100.0));
        let [x, y] = close.outline(&face, &[part::LEFT_PUPIL])[0];
        let pixel = close.picture.get_pixel(x.round() as u32, y.round() as u32).0;
        assert!(pixel[0].abs_diff(140) <= 1 && pixel[1].abs_diff(80) <= 1, "{pixel:?}");
    }
}
