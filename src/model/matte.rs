//! The matte network: how much of each pixel belongs to the person, for head and shoulders.
//!
//! Input `[1, 3, 256, 224]`, the crop of [`frame`]; output `alpha` `[1, 1, 256, 224]`, 0 (background)
//! to 1 (person) (model card: `models/README.md`). Its edge is then
//! sharpened by colour ([`unmix`]) and fitted to the photo (`guided`), for use at any size.

use image::{GrayImage, Luma, RgbImage};

use super::landmarks::frame_of;
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::guided::{self, Fit, Plane};
use crate::pixels::{self, Similarity};
use crate::unmix::unmix;

/// The shipped matte model.
pub const SHIPPED: Shipped = Shipped {
    name: "matte",
    onnx: include_bytes!("../../models/matte.onnx"),
    input: [1, 3, SIZE.1 as usize, SIZE.0 as usize],
    shapes: "image [1,3,256,224] -> alpha [1,1,256,224]",
    mega_macs: 331.2,
};

/// Width and height of the crop.
const SIZE: (u32, u32) = (224, 256);

/// Pixels of the crop in one unit of the face's scale, as in training (`models/training/matte`): the
/// crop then spans 7.5 by 8.5 units, the standard picture with room at every side.
const UNIT: f32 = 30.0;

/// How far the middle of the crop lies below that of the face, in the same unit.
const CROP_DROP: f32 = 1.0;

/// Pixels at the rim of the crop where the network is least sure: what lies within goes on over them.
const RIM: f32 = 2.0;

/// How much finer the refined matte is than the network's: about 55 px between the eyes.
const FINER: u32 = 2;

/// Radius of the windows in which a pixel's two colours are looked for, pixels of the refined matte:
/// a quarter of the eye distance reaches from the middle of a soft edge to what is sure.
const UNMIX_RADIUS: usize = 18;

/// Radius of the guided filter's windows, pixels of the refined matte.
const RADIUS: usize = 6;

/// Colour variance that counts as flat for the guided filter.
const EPSILON: f32 = 1e-4;

/// The person on a crop around head and shoulders, upright with the photo.
#[derive(Clone, Debug)]
pub struct Matte {
    /// Share of the person in each pixel, 0 to 1; 448 by 512 pixels.
    pub alpha: Plane,
    /// The photo at the same pixels; outside the photo its edge goes on.
    pub guide: RgbImage,
    /// From the photo to these pixels: uniform scale and shift, no rotation.
    pub to_matte: Similarity,
    /// What the guided filter fitted, for alpha at the photo's own pixels.
    pub fit: Fit,
}

/// The matte network, ready to run.
pub struct Segmenter(Network);

impl Segmenter {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<Segmenter> {
        Ok(Segmenter(Network::load(engine, SHIPPED.name, SHIPPED.onnx)?))
    }

    /// The matte of the person with this mesh (photo pixels).
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, photo: &RgbImage, mesh: &[[f32; 3]]) -> Result<Matte> {
        let crop = pixels::cut_out(photo, &frame(mesh, 1), SIZE);
        let outputs = self.0.run(planar(&[crop]).view())?;
        let raw = outputs[0].iter().copied().collect();
        let to_matte = frame(mesh, FINER);
        let guide = pixels::cut_out(photo, &to_matte, (FINER * SIZE.0, FINER * SIZE.1));
        let small = Plane::from_vec(SIZE.0, SIZE.1, raw).ok_or_else(|| Error::Model {
            name: SHIPPED.name,
            reason: "its alpha is smaller than its picture".to_owned(),
        })?;
        let coarse = enlarge(&small);
        let fine = unmix(&guide, &coarse, UNMIX_RADIUS);
        let fit = guided::fit(&guide, &fine, RADIUS, EPSILON);
        let alpha = settle(&fit.filtered(&guide), &fine);
        Ok(Matte { alpha, guide, to_matte, fit })
    }
}

impl Matte {
    /// Alpha at the photo's own pixels, 0 to 255. Beyond the matte's crop its edge goes on.
    pub fn at_photo(&self, photo: &RgbImage) -> GrayImage {
        self.on(photo, &self.to_matte)
    }

    /// Alpha at the pixels of any picture of the person, 0 to 255; `to_matte` leads from there to the
    /// matte's pixels. Beyond the matte's crop its edge goes on.
    pub fn on(&self, photo: &RgbImage, to_matte: &Similarity) -> GrayImage {
        let (right, low) = (self.alpha.width() as f32 - 1.0, self.alpha.height() as f32 - 1.0);
        GrayImage::from_fn(photo.width(), photo.height(), |x, y| {
            let [px, py] = to_matte.apply([x as f32, y as f32]);
            let place = [px.clamp(0.0, right), py.clamp(0.0, low)];
            let alpha = match bilinear(&self.alpha, place) {
                a if a < 0.01 => 0.0,
                a if a > 0.99 => 1.0,
                _ => self.fit.at(place, *photo.get_pixel(x, y)),
            };
            Luma([(255.0 * alpha).round() as u8])
        })
    }
}

/// The value between the four pixels around a place inside the plane.
fn bilinear(plane: &Plane, [x, y]: [f32; 2]) -> f32 {
    let (x0, y0) = (x as u32, y as u32);
    let (x1, y1) = ((x0 + 1).min(plane.width() - 1), (y0 + 1).min(plane.height() - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let at = |x, y| plane.get_pixel(x, y).0[0];
    let row = |y| at(x0, y) + fx * (at(x1, y) - at(x0, y));
    row(y0) + fy * (row(y1) - row(y0))
}

/// The similarity from the photo to the crop at `finer` times the network's pixels. The same rule as
/// `place` in `models/training/matte/compose.py`.
fn frame(mesh: &[[f32; 3]], finer: u32) -> Similarity {
    let face = frame_of(mesh);
    let middle = [face.centre[0], face.centre[1] + CROP_DROP * face.scale];
    let finer = finer as f32;
    let onto = [finer * SIZE.0 as f32 / 2.0, finer * SIZE.1 as f32 / 2.0];
    Similarity::about(middle, 0.0, finer * UNIT / face.scale, onto)
}

/// The network's alpha at the refined matte's size, bilinear.
fn enlarge(small: &Plane) -> Plane {
    let (w, h) = SIZE;
    let (right, low) = (w as f32 - 1.0 - RIM, h as f32 - 1.0 - RIM);
    let k = 1.0 / FINER as f32;
    Plane::from_fn(FINER * w, FINER * h, |x, y| {
        // Both grids have their middle on the same place of the photo ([`frame`]).
        Luma([bilinear(small, [(x as f32 * k).clamp(RIM, right), (y as f32 * k).clamp(RIM, low)])])
    })
}

/// Filtered near the edge; elsewhere as it was.
fn settle(filtered: &Plane, fine: &Plane) -> Plane {
    Plane::from_fn(filtered.width(), filtered.height(), |x, y| {
        let sure = fine.get_pixel(x, y).0[0];
        Luma([match sure {
            s if s < 0.01 => 0.0,
            s if s > 0.99 => 1.0,
            _ => filtered.get_pixel(x, y).0[0],
        }])
    })
}
