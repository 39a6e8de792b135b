//! Colours of pixels: CIE L*a*b*, lightness, luma, and how far colours differ.

use image::{Rgb, RgbImage};
use palette::{Lab, Srgb};

use crate::simd::{self, Simd, WithSimd};

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

/// [`lab`] of every pixel, row by row, several at a time.
pub fn labs(picture: &RgbImage) -> Vec<Lab> {
    let mut out = vec![Lab::new(0.0, 0.0, 0.0); picture.len() / 3];
    labs_of(picture.as_raw(), &mut out);
    out
}

/// [`lab`] of a run of pixels, red, green and blue.
pub fn labs_of(pixels: &[u8], out: &mut [Lab]) {
    simd::wide(Labs { pixels, light: &LINEAR, out });
}

struct Labs<'a> {
    pixels: &'a [u8],
    light: &'a [f32; 256],
    out: &'a mut [Lab],
}

impl WithSimd for Labs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        const AT_ONCE: usize = 16;
        for (pixels, out) in self.pixels.chunks(3 * AT_ONCE).zip(self.out.chunks_mut(AT_ONCE)) {
            let mut rgb = [[0.0_f32; AT_ONCE]; 3];
            for (i, p) in pixels.chunks_exact(3).enumerate() {
                for k in 0..3 {
                    rgb[k][i] = self.light[usize::from(p[k])];
                }
            }
            let mut xyz = [[0.0_f32; AT_ONCE]; 3];
            for k in 0..3 {
                for i in 0..AT_ONCE {
                    let [r, g, b] = XYZ[k];
                    xyz[k][i] = bent(r * rgb[0][i] + g * rgb[1][i] + b * rgb[2][i]);
                }
            }
            for (i, to) in out.iter_mut().enumerate() {
                let (x, y, z) = (xyz[0][i], xyz[1][i], xyz[2][i]);
                *to = Lab::new(116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z));
            }
        }
    }
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
#[inline(always)]
fn bent(t: f32) -> f32 {
    if t <= 216.0 / 24389.0 { t * (841.0 / 108.0) + 4.0 / 29.0 } else { cube_root(t) }
}

/// The cube root of a positive number to the last bits: a third of the exponent, then Halley's method twice.
#[inline(always)]
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

/// [`luma`] of every pixel, row by row, several at a time.
pub fn lumas(picture: &RgbImage) -> Vec<f32> {
    let mut out = vec![0.0; picture.len() / 3];
    lumas_of(picture.as_raw(), &mut out);
    out
}

/// [`luma`] of a run of pixels, red, green and blue.
pub fn lumas_of(pixels: &[u8], out: &mut [f32]) {
    simd::wide(Lumas { pixels, out });
}

struct Lumas<'a> {
    pixels: &'a [u8],
    out: &'a mut [f32],
}

impl WithSimd for Lumas<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (p, to) in self.pixels.chunks_exact(3).zip(self.out) {
            let [r, g, b] = [f32::from(p[0]), f32::from(p[1]), f32::from(p[2])];
            *to = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let row = RgbImage::from_fn(19, 1, |_, _| grid(i));
            assert!(labs(&row).iter().all(|c| *c == ours) && labs(&row).len() == 19);
            let other = lab(grid(i * 2657 % 4096));
            for limit in [4.0, 12.0] {
                assert_eq!(differ(ours, other, limit), delta_e00(ours, other) > limit);
            }
        }
    }
}
