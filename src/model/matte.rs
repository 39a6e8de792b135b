//! The matte network: how much of each pixel belongs to the person, for head and shoulders.
//!
//! Input `[1, 3, 256, 224]`, the crop of [`frame`]; output `alpha` `[1, 1, 256, 224]`, 0 (background)
//! to 1 (person) (model card: `models/README.md`). Its edge is then
//! sharpened by colour ([`unmix`]) and fitted to the photo (`guided`), for use at any size.

use image::{GrayImage, Rgb, RgbImage};

use super::landmarks::frame_of;
use super::{Shipped, planar};
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::guided::{self, Fit, Plane};
use crate::pixels::Similarity;
use crate::pyramid::Pyramid;
use crate::spans::Spans;
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
    pub fn run(&mut self, pyramid: Pyramid, mesh: &[[f32; 3]]) -> Result<Matte> {
        let crop = pyramid.cut_out(&frame(mesh, 1), SIZE);
        let outputs = self.0.run(planar(&[crop]).view())?;
        let raw = outputs[0].iter().copied().collect();
        let to_matte = frame(mesh, FINER);
        let guide = pyramid.cut_out(&to_matte, (FINER * SIZE.0, FINER * SIZE.1));
        let small = Plane::from_vec(SIZE.0, SIZE.1, raw).ok_or_else(|| Error::Model {
            name: SHIPPED.name,
            reason: "its alpha is smaller than its picture".to_owned(),
        })?;
        let coarse = enlarge(&small);
        let fine = unmix(&guide, &coarse, UNMIX_RADIUS);
        let fit = guided::fit(&guide, &fine, RADIUS, EPSILON, &edge(&fine));
        let mut alpha = fit.filtered(&guide, &fine, |a| (0.01..=0.99).contains(&a));
        // Filtered near the edge; elsewhere as it was.
        let sure = |a: &mut f32, fine: &f32| match fine {
            f if *f < 0.01 => *a = 0.0,
            f if *f > 0.99 => *a = 1.0,
            _ => {}
        };
        alpha.iter_mut().zip(fine.iter()).for_each(|(a, fine)| sure(a, fine));
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
        let (width, alpha) = (self.alpha.width() as usize, self.alpha.as_raw());
        let mut out = GrayImage::new(photo.width(), photo.height());
        let rows = out.chunks_exact_mut(photo.width().max(1) as usize);
        let pixels = photo.as_raw().chunks_exact(3 * photo.width().max(1) as usize);
        // No rotation: a row of the picture is one of the matte, and a column a column.
        let along = |x: usize| to_matte.apply([x as f32, 0.0])[0].clamp(0.0, right);
        let xs: Vec<f32> = (0..photo.width() as usize).map(along).collect();
        for (y, (row, pixels)) in rows.zip(pixels).enumerate() {
            let py = to_matte.apply([0.0, y as f32])[1].clamp(0.0, low);
            let (y0, fy) = (py as usize, py.fract());
            let y1 = (y0 + 1).min(low as usize);
            let (upper, lower) = (&alpha[y0 * width..][..width], &alpha[y1 * width..][..width]);
            for ((to, p), &px) in row.iter_mut().zip(pixels.chunks_exact(3)).zip(&xs) {
                let (x0, fx) = (px as usize, px.fract());
                let x1 = (x0 + 1).min(width - 1);
                let between = |row: &[f32]| row[x0] + fx * (row[x1] - row[x0]);
                let (top, bottom) = (between(upper), between(lower));
                let share = match top + fy * (bottom - top) {
                    a if a < 0.01 => 0.0,
                    a if a > 0.99 => 1.0,
                    _ => self.fit.at([px, py], Rgb([p[0], p[1], p[2]])),
                };
                *to = (255.0 * share).round() as u8;
            }
        }
        out
    }
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

/// Where the fit is asked for: what is not sure, and what lies beside a change.
fn edge(fine: &Plane) -> Spans {
    let (w, h) = (fine.width() as usize, fine.height() as usize);
    let alpha = fine.as_raw();
    let differs = |i: usize, j: usize| alpha.get(j).is_some_and(|other| *other != alpha[i]);
    let wanted =
        |i: usize| (0.01..=0.99).contains(&alpha[i]) || differs(i, i + 1) || differs(i, i + w);
    // Between pixels all four of them are asked.
    Spans::of((w, h), wanted).around(1)
}

/// The network's alpha at the refined matte's size, bilinear.
fn enlarge(small: &Plane) -> Plane {
    let (w, h) = (SIZE.0 as usize, SIZE.1 as usize);
    let k = 1.0 / FINER as f32;
    // Both grids have their middle on the same place of the photo ([`frame`]).
    let place = |v: usize, n: usize| {
        let v = (v as f32 * k).clamp(RIM, n as f32 - 1.0 - RIM);
        (v as usize, v.fract())
    };
    let finer = FINER as usize;
    let xs: Vec<(usize, f32)> = (0..finer * w).map(|x| place(x, w)).collect();
    let mut values = Vec::with_capacity(finer * w * finer * h);
    for (y, fy) in (0..finer * h).map(|y| place(y, h)) {
        let (upper, lower) = (&small.as_raw()[y * w..][..w], &small.as_raw()[(y + 1) * w..][..w]);
        values.extend(xs.iter().map(|&(x, fx)| {
            let between = |row: &[f32]| row[x] + fx * (row[x + 1] - row[x]);
            let (top, bottom) = (between(upper), between(lower));
            top + fy * (bottom - top)
        }));
    }
    Plane::from_vec(FINER * SIZE.0, FINER * SIZE.1, values).expect("one value a pixel")
}
