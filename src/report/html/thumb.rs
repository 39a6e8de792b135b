//! Thumbnails: small enough to page through thousands, large enough to see an ear.

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder};

use crate::pixels;

/// Height of a thumbnail, pixels: 1.5 times that of a card, and the large view bears it.
const HEIGHT: u32 = 400;

/// Most of its width: a strip of a picture stays small.
const WIDTH: u32 = 600;

/// Quality factor: artefacts do not show at the size of a card.
const QUALITY: u8 = 80;

/// A small picture of a capture.
#[derive(Clone, Debug)]
pub struct Thumb {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Pixels of the thumbnail for one of the photo.
    pub scale: f32,
}

/// The thumbnail of an upright picture, never enlarged; none where it has no pixels.
pub fn thumb(photo: &RgbImage) -> Option<Thumb> {
    let (w, h) = photo.dimensions();
    let scale = (HEIGHT as f32 / h as f32).min(WIDTH as f32 / w as f32).min(1.0);
    let size = [w, h].map(|v| ((v as f32 * scale).round() as u32).max(1));
    let small = if scale < 1.0 { &pixels::shrink(photo, size[0], size[1]) } else { photo };
    let sides = size.map(u16::try_from);
    let [Ok(w), Ok(h)] = sides else { return None };
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY).encode(small, w, h, ColorType::Rgb).ok()?;
    Some(Thumb { jpeg, size, scale })
}

/// Name of the thumbnail of the capture of this number, from 1.
pub fn thumb_name(number: usize) -> String {
    format!("{number:05}.jpg")
}

/// Name of its standard file's picture.
pub fn standard_name(number: usize) -> String {
    format!("{number:05}s.jpg")
}

/// Whether a file can be one of ours.
pub fn is_thumb_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".jpg") else { return false };
    let digits = stem.strip_suffix('s').unwrap_or(stem);
    digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_keeps_the_shape_and_is_never_larger_than_the_photo() {
        let size = |w, h| thumb(&RgbImage::new(w, h)).unwrap().size;
        assert_eq!([size(3000, 4000), size(90, 120)], [[300, 400], [90, 120]]);
        assert_eq!([size(4000, 10), size(1, 1)], [[600, 2], [1, 1]]);
    }

    #[test]
    fn our_names_are_known_again_and_others_are_not() {
        assert!(is_thumb_name(&thumb_name(7)) && is_thumb_name(&standard_name(123_456)));
        assert!(!is_thumb_name("IMG_0412.jpg") && !is_thumb_name("0412.jpg"));
        assert!(!is_thumb_name("00001.png"));
    }
}
