//! Cases of the checks on light and on the picture itself. They change a compliant capture at the places
//! where its face is known to be.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};

use photogate::verdict::Outcome;

use super::cases::{Case, Picture::*};
use super::common::finding;
use super::near::exposed;
use super::shown;

/// Pupils of c01.
const PUPILS: [[f32; 2]; 2] = [[311.0, 324.5], [408.5, 324.9]];

pub const CASES: &[Case] = &[
    Case {
        check: "colour_cast",
        code: "colour_cast",
        fails: Made("c01", |p| lit(p, [2.1, 1.0, 0.3])),
        passes: Made("c01", |p| lit(p, [1.15, 1.0, 0.85])),
        with: &["garment_skin"],
    },
    Case {
        check: "monochrome",
        code: "no_colour",
        fails: Made("c01", |p| {
            image::DynamicImage::ImageLuma8(image::imageops::grayscale(&p)).into_rgb8()
        }),
        passes: Made("c01", faded),
        // Grey skin is no colour of skin.
        with: &["colour_cast", "earring", "garment_contrast", "garment_skin"],
    },
    // Two stops less: the skin is still as light as dark skin, but nothing in the picture is bright.
    Case {
        check: "exposure",
        code: "too_dark",
        fails: Made("c01", |p| exposed(p, 0.22)),
        passes: Made("c01", |p| exposed(p, 0.6)),
        with: &[],
    },
    Case {
        check: "red_eye",
        code: "red_eye",
        fails: Made("c01", |p| discs(p, 5.0, [190, 40, 40])),
        passes: Made("c01", |p| discs(p, 5.0, [80, 40, 30])),
        with: &[],
    },
    Case {
        check: "noise",
        code: "noisy",
        fails: Made("c01", |p| noisy(p, 14.0)),
        passes: Made("c01", |p| noisy(p, 3.0)),
        with: &["motion_blur"],
    },
    Case {
        check: "border",
        code: "border",
        fails: Made("c01", |p| framed(p, 9, [10, 10, 10])),
        passes: Fixture("v35_grey_bg"),
        with: &[],
    },
    Case {
        check: "overlay_text",
        code: "writing",
        fails: Made("c01", |p| written(p, "2026-06-18", [480, 60])),
        passes: Made("c01", |p| written(p, "26", [480, 60])),
        with: &["background_objects"],
    },
    Case {
        check: "motion_blur",
        code: "motion_blur",
        fails: Made("c01", |p| moved(p, 8)),
        passes: Made("c01", |p| moved(p, 2)),
        // Smeared lids look like rims.
        with: &["sharpness", "upscaling", "frame_over_eye"],
    },
    Case {
        check: "compression",
        code: "blocky",
        fails: Made("c01", |p| stored(p, 8)),
        passes: Made("c01", |p| stored(p, 75)),
        with: &["background_painted"],
    },
    Case {
        check: "upscaling",
        code: "enlarged",
        fails: Made("c01", |p| enlarged(p, 4)),
        passes: Fixture("c01"),
        // What has lost its detail is not sharp either.
        with: &["sharpness", "background_painted"],
    },
    Case {
        check: "recaptured",
        code: "screen_pattern",
        fails: Made("c01", |p| on_screen(p, 0.04)),
        passes: Made("c01", |p| on_screen(p, 0.0)),
        with: &["motion_blur", "noise"],
    },
    Case {
        check: "cosmetic_lenses",
        code: "coloured_iris",
        fails: Made("c01", |p| discs(p, 8.5, [120, 70, 190])),
        passes: Made("c01", |p| discs(p, 8.5, [110, 80, 60])),
        with: &[],
    },
    Case {
        check: "makeup",
        code: "lipstick",
        fails: Made("c01", |p| painted(p, 1.0)),
        passes: Made("c01", |p| painted(p, 0.1)),
        with: &[],
    },
    Case {
        check: "retouch",
        code: "smoothed_skin",
        fails: Made("c01", smoothed),
        passes: Made("c01", |p| noisy(p, 2.5)),
        with: &[],
    },
];

/// One lamp darkens half of the face, or all below a slanting line, as much as hair or a mask would. That is said, and
/// nobody is told to clip a fringe or to take a mask off.
#[test]
fn a_hard_shadow_is_neither_hair_nor_a_mask() {
    let folder = tempfile::tempdir().unwrap();
    let half = Made("c03", |p| shaded(p, 0.0, 0.0));
    let lower = Made("c03", |p| shaded(p, 0.8, 0.42));
    for (check, picture) in [("hair_over_eyes", half), ("face_covered", lower)] {
        let judged = shown(&folder, picture);
        let found = finding(&judged, check);
        assert!(found.outcome != Outcome::Fail && found.fault.is_none(), "{found:?}");
        assert_eq!(finding(&judged, "split_light").outcome, Outcome::Fail);
    }
}

/// An eighth of the light beyond a line: upright through the middle, or slanting by `slope` through the middle at the height `from`.
fn shaded(mut picture: RgbImage, slope: f32, from: f32) -> RgbImage {
    let (w, h) = picture.dimensions();
    for (x, y, p) in picture.enumerate_pixels_mut() {
        let beyond = x as f32 / w as f32 - 0.5 + slope * (y as f32 / h as f32 - from);
        let light = 1.0 - 0.88 / (1.0 + (-beyond / 0.012).exp());
        p.0 = p.0.map(|c| (f32::from(c) * light.powf(1.0 / 2.2)).round() as u8);
    }
    picture
}

/// The person under a light of these red, green and blue shares; the backdrop has its own.
fn lit(mut picture: RgbImage, light: [f32; 3]) -> RgbImage {
    for p in picture.pixels_mut() {
        let [r, _, b] = p.0;
        // c01's backdrop alone is this blue.
        if b < 200 || i32::from(b) - i32::from(r) < 60 {
            p.0 = std::array::from_fn(|k| {
                // Linear light, by the usual power.
                let linear = (f32::from(p.0[k]) / 255.0).powf(2.2) * light[k] * 0.8;
                (255.0 * linear.min(1.0).powf(1.0 / 2.2)) as u8
            });
        }
    }
    picture
}

/// Half of the colour taken away.
fn faded(mut picture: RgbImage) -> RgbImage {
    for p in picture.pixels_mut() {
        let grey = p.0.iter().map(|&c| u32::from(c)).sum::<u32>() / 3;
        p.0 = p.0.map(|c| ((u32::from(c) + grey) / 2) as u8);
    }
    picture
}

/// A disc on each pupil of c01.
fn discs(mut picture: RgbImage, radius: f32, colour: [u8; 3]) -> RgbImage {
    for (x, y, p) in picture.enumerate_pixels_mut() {
        if PUPILS.iter().any(|c| (x as f32 - c[0]).hypot(y as f32 - c[1]) < radius) {
            *p = Rgb(colour);
        }
    }
    picture
}

/// Uniform pseudo-random numbers, 0 to 1.
fn random() -> impl FnMut() -> f32 {
    let mut state = 1_u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    }
}

/// With noise of this standard deviation in each channel.
fn noisy(mut picture: RgbImage, sigma: f32) -> RgbImage {
    let mut uniform = random();
    for p in picture.pixels_mut() {
        p.0 = p.0.map(|c| {
            let normal = (0..12).map(|_| uniform()).sum::<f32>() - 6.0;
            (f32::from(c) + sigma * normal).clamp(0.0, 255.0) as u8
        });
    }
    picture
}

/// With a frame of this many pixels.
fn framed(mut picture: RgbImage, wide: u32, colour: [u8; 3]) -> RgbImage {
    let (w, h) = picture.dimensions();
    for (x, y, p) in picture.enumerate_pixels_mut() {
        if x.min(w - 1 - x).min(y).min(h - 1 - y) < wide {
            *p = Rgb(colour);
        }
    }
    picture
}

/// Characters of 16 px in white, from a left top corner on.
fn written(mut picture: RgbImage, text: &str, [left, top]: [u32; 2]) -> RgbImage {
    for (i, c) in (0..).zip(text.chars()) {
        let rows = font8x8::legacy::BASIC_LEGACY[c as usize];
        for (x, y) in (0..16).flat_map(|y| (0..16).map(move |x| (x, y))) {
            if rows[y as usize / 2] >> (x / 2) & 1 == 1 {
                picture.put_pixel(left + 17 * i + x, top + y, Rgb([255; 3]));
            }
        }
    }
    picture
}

/// Smeared sideways over this many pixels.
fn moved(picture: RgbImage, over: u32) -> RgbImage {
    let w = picture.width();
    RgbImage::from_fn(w, picture.height(), |x, y| {
        let at = |i: u32| picture.get_pixel((x + i).min(w - 1), y).0;
        let mean = |k: usize| (0..over).map(|i| u32::from(at(i)[k])).sum::<u32>() / over;
        Rgb(std::array::from_fn(|k| mean(k) as u8))
    })
}

/// Stored as a JPEG of this quality and read again.
fn stored(picture: RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&picture).unwrap();
    image::load_from_memory(bytes.get_ref()).unwrap().into_rgb8()
}

/// Shrunk by a factor and brought back to its size.
fn enlarged(picture: RgbImage, by: u32) -> RgbImage {
    let (w, h) = picture.dimensions();
    let small = resize(&picture, w / by, h / by, FilterType::Triangle);
    resize(&small, w, h, FilterType::CatmullRom)
}

/// As a camera sees it on a screen: the faint wave that two grids make.
fn on_screen(mut picture: RgbImage, strength: f32) -> RgbImage {
    for (x, y, p) in picture.enumerate_pixels_mut() {
        let phase = std::f32::consts::TAU * (0.21 * x as f32 + 0.13 * y as f32);
        let light = 1.0 + strength * phase.cos();
        p.0 = p.0.map(|c| (f32::from(c) * light).min(255.0) as u8);
    }
    picture
}

/// Lipstick on c01, mixed in by a share.
fn painted(mut picture: RgbImage, share: f32) -> RgbImage {
    for (x, y, p) in picture.enumerate_pixels_mut() {
        // Its mouth: an ellipse.
        if ((x as f32 - 359.0) / 34.0).hypot((y as f32 - 434.0) / 13.0) < 1.0 {
            let mix = |c: u8, to: f32| (f32::from(c) + share * (to - f32::from(c))) as u8;
            p.0 = [mix(p.0[0], 190.0), mix(p.0[1], 30.0), mix(p.0[2], 50.0)];
        }
    }
    picture
}

/// The skin of c01's cheeks and forehead under a mean of 7 x 7 pixels.
fn smoothed(picture: RgbImage) -> RgbImage {
    let patches = [[265, 345, 335, 420], [385, 345, 455, 420], [325, 260, 395, 305]];
    let inside = |x: u32, y: u32| {
        patches.iter().any(|[x0, y0, x1, y1]| (x0..x1).contains(&&x) && (y0..y1).contains(&&y))
    };
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        if !inside(x, y) {
            return *picture.get_pixel(x, y);
        }
        let around = (0..49).map(|i| picture.get_pixel(x + i % 7 - 3, y + i / 7 - 3).0);
        let sums = around.fold([0_u32; 3], |s, p| std::array::from_fn(|k| s[k] + u32::from(p[k])));
        Rgb(sums.map(|s| (s / 49) as u8))
    })
}
