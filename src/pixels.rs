//! Pixel work that several stages share: resampling, similarities, lightness, polygon regions.
//!
//! Coordinates are pixels of the picture at hand, x right, y down, pixel centres at whole numbers.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::drawing::draw_polygon_mut;
use imageproc::geometric_transformations::Projection;
use imageproc::point::Point;
use palette::{Lab, Srgb};

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

/// [`shrink`] for a part of the picture: left, top, width, height. The rest is not touched.
pub fn shrink_part(picture: &RgbImage, part: [u32; 4], width: u32, height: u32) -> RgbImage {
    let mut out = RgbImage::new(width, height);
    let [x, y, w, h] = part.map(f64::from);
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box)).crop(x, y, w, h);
    Resizer::new().resize(picture, &mut out, Some(&options)).expect("a part inside the picture");
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

/// The part of the picture that a similarity carries onto a square of `side` pixels.
///
/// Averages where it shrinks; outside the picture the edge pixels go on.
pub fn cut(picture: &RgbImage, to_square: &Similarity, side: u32) -> RgbImage {
    cut_out(picture, to_square, (side, side))
}

/// [`cut`] for a crop of any width and height.
pub fn cut_out(picture: &RgbImage, to_crop: &Similarity, size: (u32, u32)) -> RgbImage {
    let back = to_crop.inverse();
    let (right, low) = (size.0 as f32 - 1.0, size.1 as f32 - 1.0);
    let corners = [[0.0, 0.0], [right, 0.0], [0.0, low], [right, low]].map(|p| back.apply(p));
    let (w, h) = picture.dimensions();
    // Only the part that is needed is averaged: the face of a 24-megapixel capture is a corner of it.
    let by = (1.0 / to_crop.scale()).floor().max(1.0);
    let clamp = |v: f32, n: u32| v.clamp(0.0, (n - 1) as f32) as u32;
    let low =
        |k: usize, n| clamp(corners.iter().map(|c| c[k]).fold(f32::MAX, f32::min) - 2.0 * by, n);
    let high =
        |k: usize, n| clamp(corners.iter().map(|c| c[k]).fold(f32::MIN, f32::max) + 2.0 * by, n);
    let (x0, y0, x1, y1) = (low(0, w), low(1, h), high(0, w), high(1, h));
    let (cols, rows) = (x1 - x0 + 1, y1 - y0 + 1);
    let small_size = |n: u32| ((n as f32 / by).round() as u32).max(1);
    let small = (by > 1.0)
        .then(|| shrink_part(picture, [x0, y0, cols, rows], small_size(cols), small_size(rows)));
    let (source, [left, top, sw, sh]) = match &small {
        Some(small) => (small, [0, 0, small.width(), small.height()]),
        None => (picture, [x0, y0, cols, rows]),
    };
    // From pixels of the source to pixels of the picture: centres at whole numbers in both.
    let (fx, fy) = (cols as f32 / sw as f32, rows as f32 / sh as f32);
    let (ox, oy) = (x0 as f32 + (fx - 1.0) / 2.0, y0 as f32 + (fy - 1.0) / 2.0);
    let s = to_crop;
    let matrix = [
        s.a * fx,
        -s.b * fy,
        s.a * ox - s.b * oy + s.tx,
        s.b * fx,
        s.a * fy,
        s.b * ox + s.a * oy + s.ty,
        0.0,
        0.0,
        1.0,
    ];
    // A similarity of positive scale always has an inverse.
    match Projection::from_matrix(matrix) {
        Some(projection) => warp(source, [left, top, sw, sh], projection.invert(), size),
        None => RgbImage::new(size.0, size.1),
    }
}

/// The part of the picture where `back` leads from each pixel of one of `size`, bilinear; beyond the part
/// its edge goes on.
///
/// To the last bit what `imageproc`'s `warp_into` does (each step is cut to whole levels, as the limits of
/// the checks were set with), several times as fast: it looks every pixel up behind bounds checks of its own,
/// and wants the part as a picture.
fn warp(
    picture: &RgbImage,
    [left, top, w, h]: [u32; 4],
    back: Projection,
    size: (u32, u32),
) -> RgbImage {
    let row = 3 * picture.width() as usize;
    let values = &picture.as_raw()[row * top as usize + 3 * left as usize..];
    let (right, low) = (w as usize - 1, h as usize - 1);
    let mut out = RgbImage::new(size.0, size.1);
    let mix = |p: u8, q: u8, t: f32| ((1.0 - t) * f32::from(p) + t * f32::from(q)) as u8;
    for (y, line) in out.chunks_exact_mut(3 * size.0.max(1) as usize).enumerate() {
        for (x, to) in line.chunks_exact_mut(3).enumerate() {
            let (px, py) = back * (x as f32, y as f32);
            let (x0, y0) = (px.floor(), py.floor());
            let (tx, ty) = (px - x0, py - y0);
            // `as` takes what is below zero for zero.
            let column = |v: f32| 3 * (v as usize).min(right);
            let line = |v: f32| row * (v as usize).min(low);
            let at = |i: usize| &values[i..i + 3];
            let (upper, lower) = (line(y0), line(y0 + 1.0));
            let (near, far) = (column(x0), column(x0 + 1.0));
            let (a, b, c, d) =
                (at(upper + near), at(upper + far), at(lower + near), at(lower + far));
            for k in 0..3 {
                to[k] = mix(mix(a[k], b[k], tx), mix(c[k], d[k], tx), ty);
            }
        }
    }
    out
}

/// CIE L* of an sRGB pixel, 0 to 100 (D65; CIE 15:2004).
pub fn lightness(pixel: Rgb<u8>) -> f32 {
    let [r, g, b] = pixel.0.map(|v| LINEAR[usize::from(v)]);
    116.0 * bent(XYZ[1][0] * r + XYZ[1][1] * g + XYZ[1][2] * b) - 16.0
}

/// CIE L*a*b* of an sRGB pixel (D65; CIE 15:2004).
///
/// `palette` has it too, and is what this is tested against; here the cube roots, which take most of its
/// time, are three steps of arithmetic each.
pub fn lab(pixel: Rgb<u8>) -> Lab {
    let [r, g, b] = pixel.0.map(|v| LINEAR[usize::from(v)]);
    let [x, y, z] = XYZ.map(|row| bent(row[0] * r + row[1] * g + row[2] * b));
    Lab::new(116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z))
}

/// Linear light, 0 to 1, of an sRGB code (IEC 61966-2-1).
pub static LINEAR: std::sync::LazyLock<[f32; 256]> = std::sync::LazyLock::new(|| {
    std::array::from_fn(|v| Srgb::new(v as u8, 0, 0).into_linear::<f32>().red)
});

/// From linear sRGB to CIE XYZ, each row over its value at the white point D65.
const XYZ: [[f32; 3]; 3] = [
    [0.412_456_4 / 0.950_47, 0.357_576_1 / 0.950_47, 0.180_437_5 / 0.950_47],
    [0.212_672_9, 0.715_152_2, 0.072_175_0],
    [0.019_333_9 / 1.088_83, 0.119_192 / 1.088_83, 0.950_304_1 / 1.088_83],
];

/// The function `f` of L*a*b*: the cube root, and a line near black.
fn bent(t: f32) -> f32 {
    if t <= 216.0 / 24389.0 { t * (841.0 / 108.0) + 4.0 / 29.0 } else { cube_root(t) }
}

/// The cube root of a positive number to the last bits: a third of the exponent, then Halley's method twice.
fn cube_root(t: f32) -> f32 {
    let mut root = f32::from_bits(t.to_bits() / 3 + 0x2a51_37a0);
    for _ in 0..2 {
        let cube = root * root * root;
        root *= (cube + 2.0 * t) / (2.0 * cube + t);
    }
    root
}

/// Colour difference ΔE*ab (CIE 1976), for deciding which of two far colours is nearer; where a
/// difference is reported or held against a limit it is ΔE00.
pub fn delta_e(a: Lab, b: Lab) -> f32 {
    ((a.l - b.l).powi(2) + (a.a - b.a).powi(2) + (a.b - b.b).powi(2)).sqrt()
}

/// Colour difference ΔE00 (CIE DE2000; Sharma, Wu and Dalal 2005, by way of `palette`).
pub fn delta_e00(a: Lab, b: Lab) -> f32 {
    palette::color_difference::Ciede2000::difference(a, b)
}

/// Whether two colours differ by more than `limit` ΔE00.
///
/// ΔE00 is at most 2.13 times ΔE*ab (its weights are 1 at least, a* is stretched to 1.5 times at most and
/// the rotation term at most doubles the sum), which settles nearly all pixels of an even backdrop.
pub fn differ(a: Lab, b: Lab, limit: f32) -> bool {
    2.13 * delta_e(a, b) > limit && delta_e00(a, b) > limit
}

/// Rec. 709 luma of an sRGB pixel, 0 to 255.
pub fn luma(pixel: Rgb<u8>) -> f32 {
    let [r, g, b] = pixel.0.map(f32::from);
    0.2126 * r + 0.7152 * g + 0.0722 * b
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
    fn cutting_finds_the_same_place_at_full_size_and_shrunk() {
        // A horizontal and vertical ramp: the value tells the place.
        let ramp = RgbImage::from_fn(250, 250, |x, y| Rgb([x as u8, y as u8, 0]));
        for scale in [1.0, 0.4, 0.21] {
            let s = Similarity::about([125.0, 100.0], 0.0, scale, [16.0, 16.0]);
            let out = cut(&ramp, &s, 33);
            let [x, y] = s.inverse().apply([20.0, 10.0]);
            let p = out.get_pixel(20, 10).0;
            assert!(
                (f32::from(p[0]) - x).abs() < 1.5 && (f32::from(p[1]) - y).abs() < 1.5,
                "{scale}: {p:?} {x} {y}"
            );
        }
    }

    #[test]
    fn lightness_of_black_grey_and_white() {
        assert!(lightness(Rgb([0; 3])).abs() < 0.01);
        assert!((lightness(Rgb([119; 3])) - 50.0).abs() < 0.3);
        assert!((lightness(Rgb([255; 3])) - 100.0).abs() < 0.01);
    }

    #[test]
    fn colours_are_those_of_palette_and_differ_by_the_same() {
        use palette::FromColor;
        let grid = |i: u32| Rgb([i % 16 * 17, i / 16 % 16 * 17, i / 256 * 17].map(|v| v as u8));
        for i in 0..4096 {
            let Rgb([r, g, b]) = grid(i);
            let theirs = Lab::from_color(Srgb::new(r, g, b).into_linear::<f32>());
            let ours = lab(grid(i));
            assert!(delta_e(theirs, ours) < 0.01, "{:?}: {theirs:?} {ours:?}", grid(i));
            assert!((lightness(grid(i)) - ours.l).abs() < 1e-4);
            let other = lab(grid(i * 2657 % 4096));
            for limit in [4.0, 12.0] {
                assert_eq!(differ(ours, other, limit), delta_e00(ours, other) > limit);
            }
        }
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
