//! The shoulder network: how the line of the shoulders lies under garments and hair.
//!
//! Input `[2, 5, 72, 112]`: the lower part of the matte's crop, its colours and alpha, 0 to 1, and 1 where the
//! photo is, all of them 0 beyond it; then the mirror image of that. Output `[1, 5]`: degrees, how far off they
//! may be, and the line's place (model card: `models/README.md`).

use image::RgbImage;
use ndarray::{ArrayD, Axis, IxDyn, concatenate};

use super::Shipped;
use super::matte::Matte;
use crate::engine::{Engine, Network};
use crate::error::{Error, Result};
use crate::guided::Plane;
use crate::pixels::Similarity;

/// The shipped shoulder model.
pub const SHIPPED: Shipped = Shipped {
    name: "shoulders",
    onnx: include_bytes!("../../models/shoulders.onnx"),
    input: [2, 5, HIGH, WIDE],
    shapes: "lower part of the matte's crop with its alpha, and its mirror image [2,5,72,112] -> degrees, expected error, place of the line",
    mega_macs: 36.6,
};

/// Width and height of what the network sees, pixels.
const WIDE: usize = 112;
const HIGH: usize = 72;

/// Side of the squares of the matte's pixels that it sees as one.
const BY: usize = 4;

/// First row of the matte that it sees: between nose and mouth.
const TOP: usize = 224;

/// Pixels of the matte in one unit of the face's scale, in which the network gives places.
const UNIT: f32 = 60.0;

/// Least half length of a line, in the same unit: nobody's shoulders are narrower than their eyes.
const SHORTEST: f32 = 0.5;

/// The line of the shoulders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Degrees against the level of the picture, + where the subject's left shoulder is lower.
    pub angle: f32,
    /// Mean error to expect of that, degrees, as the network itself says.
    pub error: f32,
    /// Its ends on the subject's right and left shoulder, pixels of the matte; they may lie beyond the
    /// photo.
    pub ends: [[f32; 2]; 2],
}

/// The shoulder network, ready to run.
pub struct ShoulderFinder(Network);

impl ShoulderFinder {
    /// Load the shipped model.
    ///
    /// # Errors
    /// When the runtime rejects it.
    pub fn load(engine: &Engine) -> Result<ShoulderFinder> {
        Ok(ShoulderFinder(Network::load(engine, SHIPPED.name, SHIPPED.onnx)?))
    }

    /// The line of the person in this matte, whose photo has `size`.
    ///
    /// # Errors
    /// When inference fails.
    pub fn run(&mut self, matte: &Matte, size: (u32, u32)) -> Result<Line> {
        let seen = input(&matte.alpha, &matte.guide, &matte.to_matte, size);
        let outputs = self.0.run(seen.view())?;
        let flat: Vec<f32> = outputs.iter().flat_map(|o| o.iter().copied()).collect();
        line(&flat).ok_or_else(|| {
            let reason = format!("it gave no line but {flat:?}");
            Error::Model { name: SHIPPED.name, reason }
        })
    }
}

/// The line that the network's five numbers mean.
fn line(said: &[f32]) -> Option<Line> {
    let &[angle, error, x, y, half] = said else { return None };
    if said.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let (sin, cos) = angle.to_radians().sin_cos();
    // In training the middle is that of the network's pixels.
    let middle = [(BY * WIDE - 1) as f32 / 2.0, TOP as f32 + (BY * HIGH - 1) as f32 / 2.0];
    let end = |side: f32| {
        let along = side * half.max(SHORTEST);
        [middle[0] + UNIT * (x + along * cos), middle[1] + UNIT * (y + along * sin)]
    };
    Some(Line { angle, error, ends: [end(-1.0), end(1.0)] })
}

/// The lower part of a matte as the network takes it, and its mirror image.
fn input(alpha: &Plane, guide: &RgbImage, to_matte: &Similarity, size: (u32, u32)) -> ArrayD<f32> {
    let wide = alpha.width() as usize;
    let [x0, y0] = to_matte.apply([0.0, 0.0]);
    let [x1, y1] = to_matte.apply([size.0 as f32 - 1.0, size.1 as f32 - 1.0]);
    // A pixel counts when its middle is nearer to a pixel of the photo than half of one.
    let half = 0.5 * to_matte.scale();
    let within = |v: usize, low: f32, high: f32| (low - half..=high + half).contains(&(v as f32));
    let xs: Vec<usize> = (0..BY * WIDE).filter(|&x| within(x, x0, x1)).collect();
    let mut values = vec![0.0_f32; 5 * HIGH * WIDE];
    let plane = HIGH * WIDE;
    let (colours, alphas) = (guide.as_raw(), alpha.as_raw());
    for y in (TOP..TOP + BY * HIGH).filter(|&y| within(y, y0, y1)) {
        let row = (y - TOP) / BY * WIDE;
        for &x in &xs {
            let (to, from) = (row + x / BY, y * wide + x);
            for c in 0..3 {
                values[c * plane + to] += f32::from(colours[3 * from + c]) / 255.0;
            }
            values[3 * plane + to] += alphas[from];
            values[4 * plane + to] += 1.0;
        }
    }
    let share = 1.0 / (BY * BY) as f32;
    values.iter_mut().for_each(|v| *v *= share);
    let shape = IxDyn(&[1, 5, HIGH, WIDE]);
    let seen = ArrayD::from_shape_vec(shape, values).expect("as many values as the shape has");
    let mut mirror = seen.clone();
    mirror.invert_axis(Axis(3));
    concatenate(Axis(0), &[seen.view(), mirror.view()])
        .expect("alike")
        .as_standard_layout()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    #[test]
    fn it_sees_means_of_squares_and_nothing_beyond_the_photo() {
        let alpha = Plane::from_pixel(448, 512, Luma([0.5]));
        let guide = RgbImage::from_fn(448, 512, |x, _| Rgb([if x < 224 { 255 } else { 0 }, 51, 0]));
        // One pixel of the photo to one of the matte, whose columns 40 to 401 and rows up to 361 it has.
        let to = Similarity::about([0.0, 0.0], 0.0, 1.0, [40.0, 0.0]);
        let seen = input(&alpha, &guide, &to, (362, 362));
        assert_eq!(seen.shape(), [2, 5, 72, 112]);
        assert!(seen.is_standard_layout());
        let at = |n, c, y, x| seen[IxDyn(&[n, c, y, x])];
        assert_eq!([at(0, 4, 0, 9), at(0, 4, 0, 10), at(0, 4, 0, 99)], [0.0, 1.0, 1.0]);
        assert_eq!([at(0, 4, 0, 100), at(0, 4, 34, 50), at(0, 4, 35, 50)], [0.5, 0.5, 0.0]);
        assert_eq!([at(0, 0, 0, 55), at(0, 0, 0, 56), at(0, 3, 0, 50)], [1.0, 0.0, 0.5]);
        assert!((at(0, 1, 0, 50) - 0.2).abs() < 1e-6 && at(0, 1, 40, 50) == 0.0);
        assert!((0..112).all(|x| at(1, 0, 3, x) == at(0, 0, 3, 111 - x)));
    }

    #[test]
    fn five_numbers_are_a_line_and_no_others() {
        let level = line(&[0.0, 0.4, 0.0, 0.0, 1.0]).unwrap();
        assert_eq!(level.ends, [[163.5, 367.5], [283.5, 367.5]]);
        let tilted = line(&[30.0, 0.4, 0.5, -0.5, 1.0]).unwrap();
        assert!((tilted.ends[1][1] - tilted.ends[0][1] - 60.0).abs() < 1e-3);
        assert!(line(&[0.0, f32::NAN, 0.0, 0.0, 1.0]).is_none());
        assert!(line(&[0.0, 0.4, 0.0, 0.0]).is_none());
    }
}
