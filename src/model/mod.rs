//! The networks: one file each, with how to prepare its input, run it and read its output.
//!
//! A network sees only floats; what it returns is in pixels of the photo it was given.

pub mod detector;
pub mod landmarks;
pub mod matte;
mod patch;
pub mod garment;
pub mod attributes;
pub mod gaze;
mod one_eye;
pub mod rims;
pub mod lids;
pub mod shoulders;

use std::sync::LazyLock;

use image::RgbImage;

use crate::engine::{Engine, Network};
use crate::error::Result;

/// A model as it is shipped: embedded in the program, so that a bare binary works offline.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Name used in records and by `doctor`.
    pub name: &'static str,
    /// The ONNX file.
    pub onnx: &'static [u8],
    /// Shape of its only input: pictures, channels, height, width.
    pub input: [usize; 4],
    /// Input and output shapes, for people.
    pub shapes: &'static str,
    /// Multiply-adds of one run, in millions (counted on the exported graph by the recipe).
    pub mega_macs: f64,
}

/// Every model of this build.
pub const SHIPPED: &[Shipped] = &[
    detector::SHIPPED,
    landmarks::SHIPPED,
    matte::SHIPPED,
    attributes::SHIPPED,
    garment::SHIPPED,
    gaze::SHIPPED,
    rims::SHIPPED,
    lids::SHIPPED,
    shoulders::SHIPPED,
];

impl Shipped {
    /// SHA-256 of the ONNX file, hexadecimal.
    pub fn sha256(&self) -> &'static str {
        // Every record names the models: ten megabytes are not hashed for each.
        static HASHES: LazyLock<Vec<String>> =
            LazyLock::new(|| SHIPPED.iter().map(|m| crate::hash::sha256_hex(m.onnx)).collect());
        let at = SHIPPED.iter().position(|m| m.name == self.name);
        at.map_or("", |at| &HASHES[at])
    }
}

/// A byte's share of 255.
static SHARE: [f32; 256] = {
    let mut shares = [0.0; 256];
    let mut v = 0;
    while v < 256 {
        shares[v] = v as f32 / 255.0;
        v += 1;
    }
    shares
};

/// Planar RGB in 0..1, `[pictures, 3, height, width]`, as every model here takes its pictures, which
/// all have the size of the first.
fn planar(pictures: &[RgbImage]) -> ndarray::ArrayD<f32> {
    let (w, h) = pictures.first().map_or((0, 0), |p| (p.width() as usize, p.height() as usize));
    let mut values = vec![0.0; pictures.len() * 3 * w * h];
    for (planes, picture) in values.chunks_exact_mut((3 * w * h).max(1)).zip(pictures) {
        for (c, plane) in planes.chunks_exact_mut((w * h).max(1)).enumerate() {
            for (value, pixel) in plane.iter_mut().zip(picture.as_raw().as_chunks::<3>().0) {
                *value = SHARE[usize::from(pixel[c])];
            }
        }
    }
    let shape = ndarray::IxDyn(&[pictures.len(), 3, h, w]);
    ndarray::ArrayD::from_shape_vec(shape, values).expect("as many values as the shape has")
}

/// Milliseconds of one run of a model on a grey picture: the median of nine after one to warm up.
///
/// # Errors
/// When the runtime rejects the model.
pub fn milliseconds(model: &Shipped, engine: &Engine) -> Result<f64> {
    let mut network = Network::load(engine, model.name, model.onnx)?;
    let input = ndarray::ArrayD::from_elem(ndarray::IxDyn(&model.input), 0.5);
    network.run(input.view())?;
    let mut times = Vec::new();
    for _ in 0..9 {
        let start = std::time::Instant::now();
        network.run(input.view())?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[4])
}
