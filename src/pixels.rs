//! Pixel work that several stages share: resampling, similarities, lightness, polygon regions.
//!
//! Coordinates are pixels of the picture at hand, x right, y down, pixel centres at whole numbers.

mod blur;
mod colour;
mod means;
mod warp;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::drawing::draw_polygon_mut;
use imageproc::point::Point;
use palette::Lab;

pub use blur::{blurred, blurred_rgb};
pub use colour::{
    LINEAR, delta_e, delta_e00, differ, lab, labs, labs_of, lightness, luma, lumas, lumas_of,
};
pub use means::{MOST_MEANS, means};
pub use warp::{cut, cut_out};

/// Rotation, uniform scale and shift: `x' = a x - b y + tx`, `y' = b x + a y + ty`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times cosine.
    pub a: f32,
    /// Scale times sine.
    pub b: f32,
    /// Shift in x, target pixels.
    pub tx: f32,
    /// Shift in y, target pixels.
    pub ty: f32,
}

impl Similarity {
    /// Turns the source by `-angle` (so that a line at `angle` radians becomes level), scales it by
    /// `scale` and puts the source point `centre` on the target point `onto`.
    pub fn about(centre: [f32; 2], angle: f32, scale: f32, onto: [f32; 2]) -> Similarity {
        let (sin, cos) = (-angle).sin_cos();
        let (a, b) = (cos * scale, sin * scale);
        let tx = onto[0] - (a * centre[0] - b * centre[1]);
        let ty = onto[1] - (b * centre[0] + a * centre[1]);
        Similarity { a, b, tx, ty }
    }

    /// The image of a point.
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty]
    }

    /// Target pixels per source pixel.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// The way back.
    pub fn inverse(&self) -> Similarity {
        let d = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / d, -self.b / d);
        let tx = -(a * self.tx - b * self.ty);
        let ty = -(b * self.tx + a * self.ty);
        Similarity { a, b, tx, ty }
    }
}

/// The picture at another, smaller size: each new pixel is the mean of those it covers.
pub fn shrink(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let mut out = RgbImage::new(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    // Both are 8-bit RGB of at least one pixel, so that resizing has nothing to refuse.
    Resizer::new().resize(picture, &mut out, Some(&options)).expect("same pixel type");
    out
}

/// A part of the picture (left, top, width, height, inside it), row by row.
pub fn part(picture: &RgbImage, [x, y, w, h]: [u32; 4]) -> RgbImage {
    let row = 3 * picture.width() as usize;
    let (from, length) = (3 * x as usize, 3 * w as usize);
    let rows = picture.as_raw().chunks_exact(row).skip(y as usize).take(h as usize);
    let mut values = Vec::with_capacity(length * h as usize);
    rows.for_each(|row| values.extend_from_slice(&row[from..from + length]));
    RgbImage::from_vec(w, h, values).expect("three bytes a pixel")
}

/// The picture at another size, larger or smaller.
pub fn resized(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let mut out = RgbImage::new(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(picture, &mut out, Some(&options)).expect("same pixel type");
    out
}

/// The pixels inside any of the polygons and outside all of the `holes`, as a mask of 255 and 0.
pub fn region(size: (u32, u32), polygons: &[Vec<[f32; 2]>], holes: &[Vec<[f32; 2]>]) -> GrayImage {
    let mut mask = GrayImage::new(size.0, size.1);
    for (outlines, value) in [(polygons, 255), (holes, 0)] {
        for outline in outlines {
            let mut points: Vec<Point<i32>> = outline
                .iter()
                .map(|p| Point::new(p[0].round() as i32, p[1].round() as i32))
                .collect();
            // The drawing routine closes the outline itself and refuses one that is closed already.
            points.dedup();
            while points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() > 2 {
                draw_polygon_mut(&mut mask, &points, Luma([value]));
            }
        }
    }
    mask
}

/// Places of a picture of `size` nearer than `radius` to a point, row by row.
pub fn disc(size: (u32, u32), [x, y]: [f32; 2], radius: f32) -> impl Iterator<Item = (u32, u32)> {
    let ends = |middle: f32, n: u32| {
        let cut = |v: f32| v.clamp(0.0, n as f32) as u32;
        cut((middle - radius).floor())..cut((middle + radius).ceil() + 1.0)
    };
    let (columns, rows) = (ends(x, size.0), ends(y, size.1));
    let all = rows.flat_map(move |row| columns.clone().map(move |column| (column, row)));
    all.filter(move |&(column, row)| {
        let (dx, dy) = (column as f32 - x, row as f32 - y);
        dx * dx + dy * dy < radius * radius
    })
}

/// Area inside a closed outline (shoelace formula), in square units of its points.
pub fn area(outline: &[[f32; 2]]) -> f32 {
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f32>().abs() / 2.0
}

/// The colours of the masked pixels, row by row.
pub fn masked<'a>(
    picture: &'a RgbImage,
    mask: &'a GrayImage,
) -> impl Iterator<Item = Rgb<u8>> + 'a {
    picture.pixels().zip(mask.pixels()).filter(|(_, m)| m.0[0] > 0).map(|(p, _)| *p)
}

/// The value below which a share `q` (0..1) of the values lies; `None` of no values.
pub fn quantile(values: &mut [f32], q: f32) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let k = ((values.len() - 1) as f32 * q).round() as usize;
    let (_, value, _) = values.select_nth_unstable_by(k, f32::total_cmp);
    Some(*value)
}

/// The median of each channel; `None` of no colours.
pub fn median(colours: impl Iterator<Item = Lab>) -> Option<Lab> {
    let all: Vec<Lab> = colours.collect();
    let of = |get: fn(&Lab) -> f32| quantile(&mut all.iter().map(get).collect::<Vec<_>>(), 0.5);
    Some(Lab::new(of(|c| c.l)?, of(|c| c.a)?, of(|c| c.b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similarity_and_its_inverse_cancel() {
        let s = Similarity::about([30.0, 40.0], 0.3, 2.5, [5.0, 6.0]);
        let [x, y] = s.inverse().apply(s.apply([12.0, -7.0]));
        assert!((x - 12.0).abs() < 1e-4 && (y + 7.0).abs() < 1e-4);
        assert!((s.scale() - 2.5).abs() < 1e-5);
    }

    #[test]
    fn a_disc_is_cut_off_at_the_ends() {
        let all = |at, radius| disc((10, 8), at, radius).collect::<Vec<_>>();
        assert_eq!(all([4.0, 4.0], 1.5).len(), 9);
        assert_eq!(all([0.0, 0.0], 1.5), [(0, 0), (1, 0), (0, 1), (1, 1)]);
        assert_eq!(all([9.4, 7.0], 1.0), [(9, 7)]);
        assert!(all([-20.0, 4.0], 5.0).is_empty() && all([4.0, 99.0], 5.0).is_empty());
    }

    #[test]
    fn a_hole_is_left_out_of_a_region() {
        let square = |a: f32, b: f32| vec![[a, a], [b, a], [b, b], [a, b]];
        let mask = region((20, 20), &[square(2.0, 17.0)], &[square(8.0, 11.0)]);
        assert_eq!(mask.get_pixel(4, 4).0[0], 255);
        assert_eq!(mask.get_pixel(9, 9).0[0], 0);
        assert_eq!(mask.get_pixel(0, 0).0[0], 0);
    }

    #[test]
    fn quantiles_of_few_values() {
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
