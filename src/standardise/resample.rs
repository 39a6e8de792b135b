//! From the capture's pixels to those of the standard picture, in linear light.
//!
//! Averaging sRGB values darkens fine bright detail (hair against the backdrop, the rim of glasses);
//! light adds up linearly. 16 bits a channel keep the shadows.

use std::sync::LazyLock;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelComponentMapper, PixelType, create_srgb_mapper};
use image::{ImageBuffer, Rgb, RgbImage};

use super::lanczos;
use crate::framing::Plan;
use crate::pixels::Similarity;

/// A picture in linear light, 16 bits a channel.
pub(super) type Linear = ImageBuffer<Rgb<u16>, Vec<u16>>;

static SRGB: LazyLock<PixelComponentMapper> = LazyLock::new(create_srgb_mapper);

/// The planned crop at the size of the standard picture.
pub(super) fn crop(photo: &RgbImage, plan: &Plan) -> Linear {
    let [x0, y0, x1, y1] = plan.crop.map(f64::from);
    let (w, h) = photo.dimensions();
    let (cw, ch) = ((x1 - x0).min(f64::from(w) - x0), (y1 - y0).min(f64::from(h) - y0));
    lanczos::resize(photo, [x0, y0, cw, ch], plan.size.map(|v| v as u32))
}

/// The whole picture at another size.
pub(super) fn resized(picture: &RgbImage, size: [u32; 2]) -> RgbImage {
    if [picture.width(), picture.height()] == size {
        return picture.clone();
    }
    let whole = [0.0, 0.0, f64::from(picture.width()), f64::from(picture.height())];
    to_srgb(&lanczos::resize(picture, whole, size))
}

fn to_linear(part: &RgbImage) -> Image<'static> {
    let source = ImageRef::new(part.width(), part.height(), part.as_raw(), PixelType::U8x3)
        .expect("three bytes a pixel");
    let mut linear = Image::new(part.width(), part.height(), PixelType::U16x3);
    SRGB.forward_map(&source, &mut linear).expect("the same size");
    linear
}

/// Back to sRGB.
pub(super) fn to_srgb(linear: &Linear) -> RgbImage {
    let (w, h) = linear.dimensions();
    let bytes: Vec<u8> = linear.as_raw().iter().flat_map(|v| v.to_ne_bytes()).collect();
    let source = Image::from_vec_u8(w, h, bytes, PixelType::U16x3).expect("six bytes a pixel");
    let mut out = Image::new(w, h, PixelType::U8x3);
    SRGB.backward_map(&source, &mut out).expect("the same size");
    RgbImage::from_vec(w, h, out.into_vec()).expect("three bytes a pixel")
}

/// The value of sRGB colour in linear light.
pub(super) fn linear(colour: Rgb<u8>) -> [f32; 3] {
    let one = RgbImage::from_pixel(1, 1, colour);
    let values = to_linear(&one);
    let b = values.buffer();
    [0, 2, 4].map(|i| f32::from(u16::from_ne_bytes([b[i], b[i + 1]])))
}

/// From the standard picture to wherever `to` leads from the photo.
pub(super) fn after(plan: &Plan, to: &Similarity) -> Similarity {
    let k = 1.0 / plan.scale[0];
    // Pixel centres stand at whole numbers in both pictures.
    let shift = 0.5 * (k - 1.0);
    let origin = to.apply([plan.crop[0] + shift, plan.crop[1] + shift]);
    Similarity { a: to.a * k, b: to.b * k, tx: origin[0], ty: origin[1] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Geometry;
    use crate::verdict::{Unreadable, text};

    fn plan(crop: [f32; 4], size: [f32; 2]) -> Plan {
        let geometry = Geometry {
            picture: [100.0, 100.0],
            crown: Err(Unreadable::because(text("没有", "none"))),
            chin: [0.0; 2],
            pupils: [[0.0; 2]; 2],
            cheeks: [0.0; 2],
        };
        let scale = [size[0] / (crop[2] - crop[0]), size[1] / (crop[3] - crop[1])];
        Plan { crop, scale, size, geometry }
    }

    #[test]
    fn light_is_averaged_not_its_code() {
        // Lines of black and white: half the light is 188 in sRGB, not 128.
        let lines = RgbImage::from_fn(100, 100, |x, _| Rgb([if x % 2 == 0 { 0 } else { 255 }; 3]));
        let out = to_srgb(&crop(&lines, &plan([0.0, 0.0, 100.0, 100.0], [10.0, 10.0])));
        let middle = out.get_pixel(5, 5).0[0];
        assert!((187..=189).contains(&middle), "{middle}");
    }

    #[test]
    fn a_crop_at_its_own_size_is_the_same_pixels() {
        let ramp = RgbImage::from_fn(100, 100, |x, y| Rgb([2 * x as u8, 2 * y as u8, 90]));
        let out = to_srgb(&crop(&ramp, &plan([20.0, 30.0, 80.0, 90.0], [60.0, 60.0])));
        for (x, y) in [(0, 0), (30, 20), (59, 59)] {
            let (a, b) = (out.get_pixel(x, y).0, ramp.get_pixel(x + 20, y + 30).0);
            assert!((0..3).all(|k| a[k].abs_diff(b[k]) <= 1), "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_place_in_the_standard_picture_is_found_through_the_photo() {
        let plan = plan([20.0, 10.0, 80.0, 90.0], [30.0, 40.0]);
        let to = Similarity { a: 2.0, b: 0.0, tx: 5.0, ty: 7.0 };
        let [x, y] = after(&plan, &to).apply([3.0, 4.0]);
        // Pixel 3 covers photo pixels 26 and 27.
        assert!((x - (2.0 * 26.5 + 5.0)).abs() < 1e-3 && (y - (2.0 * 18.5 + 7.0)).abs() < 1e-3);
    }
}
