//! The print sheet: the standard photo at its size on paper, as often as the paper holds it, with crop
//! marks to cut along.
//!
//! The photos stand as they are, never turned; nothing is written on the sheet, since what lies about in
//! a studio should not say who is on it.

mod layout;

use std::path::Path;

use image::{Rgb, RgbImage, imageops};
use imageproc::drawing::draw_filled_rect_mut;

pub use layout::{DPI, Layout, plan, ppi, told};

use super::{encode, resample};
use crate::error::Result;
use crate::photo;

/// JPEG quality of a sheet: nobody sees the loss, and 6x4in stays below 2 MB.
pub const QUALITY: u8 = 95;

const PAPER: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([0; 3]);

/// A sheet in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// How it is laid out.
    pub layout: Layout,
    /// The JPEG.
    pub bytes: Vec<u8>,
    /// Pixels of the standard photo per inch of the print, across or down, where there are fewer.
    pub ppi: f64,
}

/// The sheet with this photo.
pub fn draw(layout: &Layout, photo: &RgbImage) -> RgbImage {
    let mut sheet = RgbImage::from_pixel(layout.size[0], layout.size[1], PAPER);
    if let Some(first) = layout.places.first() {
        let print = resample::resized(photo, [first.width(), first.height()]);
        for p in &layout.places {
            imageops::replace(&mut sheet, &print, p.left().into(), p.top().into());
        }
    }
    for mark in &layout.marks {
        draw_filled_rect_mut(&mut sheet, *mark, INK);
    }
    sheet
}

/// The sheet of a standard file. What is printed is the very file that was judged, read again.
///
/// # Errors
/// When the file cannot be read, or the sheet is too large for a JPEG.
pub fn print(layout: &Layout, standard: &[u8]) -> Result<Sheet> {
    let photo = photo::decode(standard, Path::new("standard.jpg"))?.pixels;
    let bytes = encode::to_print(&draw(layout, &photo), QUALITY, DPI)?;
    Ok(Sheet { layout: layout.clone(), bytes, ppi: ppi(layout, photo.dimensions().into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_photo_is_where_it_should_be_and_the_rest_is_white_paper() {
        let photo = RgbImage::from_fn(295, 413, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 77]));
        let layout = plan([127.0, 88.9], [25.0, 35.0], Some(5)).unwrap();
        let sheet = draw(&layout, &photo);
        let mut rest = sheet.clone();
        for m in &layout.marks {
            assert_eq!(sheet.get_pixel(m.left() as u32, m.bottom() as u32), &INK);
            draw_filled_rect_mut(&mut rest, *m, PAPER);
        }
        for p in &layout.places {
            let [x, y] = [p.left() as u32, p.top() as u32];
            let there = imageops::crop_imm(&sheet, x, y, p.width(), p.height()).to_image();
            assert_eq!(there, photo);
            draw_filled_rect_mut(&mut rest, *p, PAPER);
        }
        assert!(rest.pixels().all(|p| *p == PAPER));
    }
}
