//! What decodes, and to what: every format and colour space, through the
//! public interface. Fixtures: `fixtures/make_formats.py`.

use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use photogate::photo::{self, ColourSpace, FileFacts, Format, Photo};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn open(name: &str) -> Photo {
    photo::open(&fixture(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// The capture that all fixtures were made from, at 240 × 320, as 8-bit sRGB.
fn reference() -> RgbImage {
    open("formats/reference.png").pixels
}

/// The same at 120 × 160, as the BMP holds it without loss.
fn little_reference() -> RgbImage {
    open("formats/rgb.bmp").pixels
}

/// Mean absolute difference of all channels, in levels of 255.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let pairs = a.as_raw().iter().zip(b.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

fn grey(picture: &RgbImage) -> RgbImage {
    // Rec. 601 luma, as the fixtures' grey was made.
    let mut grey = picture.clone();
    for pixel in grey.pixels_mut() {
        let [r, g, b] = pixel.0.map(f64::from);
        pixel.0 = [(0.299 * r + 0.587 * g + 0.114 * b).round() as u8; 3];
    }
    grey
}

/// Opens a fixture and requires it to be the reference within `tolerance`
/// (mean levels of 255; what a lossy encoding costs, plus rounding).
fn open_close_to(name: &str, reference: &RgbImage, tolerance: f64) -> FileFacts {
    let Photo { pixels, facts } = open(name);
    let found = difference(&pixels, reference);
    assert!(found <= tolerance, "{name}: {found:.3} levels > {tolerance}");
    println!("{name}: {found:.3} levels");
    assert_eq!((facts.width, facts.height), pixels.dimensions());
    assert_eq!(facts.bytes, std::fs::metadata(fixture(name)).unwrap().len());
    facts
}

fn has_dpi(facts: &FileFacts, x: f64, y: f64) -> bool {
    facts.dpi.is_some_and(|dpi| (dpi.0 - x).abs() < 0.05 && (dpi.1 - y).abs() < 0.05)
}

#[test]
fn the_capture_has_known_pixels() {
    let Photo { pixels, facts } = open("captures/c01.jpg");
    assert_eq!(pixels.dimensions(), (720, 960));
    // libjpeg-turbo's values; decoders may differ by a few levels in rounding.
    for (x, y, golden) in GOLDEN {
        let found = pixels.get_pixel(x, y).0;
        let worst = (0..3).map(|c| found[c].abs_diff(golden[c])).max();
        assert!(worst <= Some(3), "({x}, {y}): {found:?}, not {golden:?}");
    }
    assert_eq!(facts.format, Format::Jpeg);
    assert_eq!(facts.colour_space, ColourSpace::UntaggedRgb);
    assert_eq!(facts.dpi, None, "JFIF 1x1 without a unit is no resolution");
    assert_eq!(facts.bits_per_pixel, 24);
    assert_eq!(facts.extension_matches(), Some(true));
    assert_eq!(facts.orientation, 1);
    assert!(!facts.raw_preview);
}

const GOLDEN: [(u32, u32, [u8; 3]); 4] = [
    (10, 10, [99, 198, 255]),
    (360, 300, [252, 203, 162]),
    (300, 700, [246, 245, 250]),
    (700, 900, [101, 197, 255]),
];

#[test]
fn jpeg_variants() {
    let reference = reference();
    let facts = open_close_to("formats/baseline.jpg", &reference, 1.5);
    assert!(has_dpi(&facts, 300.0, 300.0));
    let jpeg = facts.jpeg.unwrap();
    assert_eq!((jpeg.quality, jpeg.quality_exact), (Some(90), true));
    assert_eq!(jpeg.subsampling_name(), "4:4:4");
    assert!(!jpeg.progressive);

    let facts = open_close_to("formats/progressive.jpg", &reference, 2.0);
    let jpeg = facts.jpeg.unwrap();
    assert!(jpeg.progressive);
    assert_eq!(jpeg.subsampling_name(), "4:2:0");

    let facts = open_close_to("formats/restarts.jpg", &reference, 2.5);
    assert!(facts.jpeg.unwrap().restart_interval > 0);

    // RGB without the conversion to YCbCr: one table for all channels.
    let facts = open_close_to("formats/rgb.jpg", &reference, 1.5);
    assert_eq!(facts.jpeg.unwrap().quality, Some(90));
    assert!(facts.jpeg.unwrap().quality_exact);

    let facts = open_close_to("formats/grey.jpg", &grey(&reference), 1.5);
    assert_eq!(facts.colour_space, ColourSpace::Grey);
    assert_eq!((facts.channels, facts.bits_per_pixel), (1, 8));
    assert_eq!(facts.jpeg.unwrap().quality, Some(90));
    assert_eq!(facts.jpeg.unwrap().subsampling, None);
}

#[test]
fn jpeg_quality_of_every_setting() {
    let little = DynamicImage::from(reference()).resize_exact(48, 64, FilterType::Triangle);
    for quality in 30..=100 {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
            .write_image(little.as_bytes(), 48, 64, ExtendedColorType::Rgb8)
            .unwrap();
        let jpeg = photo::decode(&bytes, Path::new("q.jpg")).unwrap().facts.jpeg.unwrap();
        let found = jpeg.quality.unwrap();
        assert!(found.abs_diff(quality) <= 1, "{quality} read as {found}");
    }
}

#[test]
fn cmyk() {
    let reference = reference();
    // Pillow stores CMYK inverted, as Adobe does.
    let facts = open_close_to("formats/cmyk.jpg", &reference, 2.0);
    assert_eq!(facts.colour_space, ColourSpace::Cmyk);
    assert_eq!((facts.channels, facts.bits_per_pixel), (4, 32));

    let facts = open_close_to("formats/cmyk.tif", &little_reference(), 1.0);
    assert_eq!(facts.colour_space, ColourSpace::Cmyk);
    assert_eq!(facts.format, Format::Tiff);

    // LittleCMS's opinion of the same file; its interpolation differs.
    let expected = open("formats/cmyk_profile.expected.png").pixels;
    let facts = open_close_to("formats/cmyk_profile.jpg", &expected, 1.5);
    assert_eq!(facts.icc_description.as_deref(), Some("Test inks"));
    assert_eq!(facts.icc_problem, None);
    let ignored = difference(&expected, &reference);
    assert!(ignored > 5.0, "the profile must matter: {ignored}");
}

#[test]
fn ycck_is_cmyk_in_another_coding() {
    // The same four stored channels, once under Adobe transform 0 (CMYK) and
    // once under 2 (YCCK): stored (Y, Cb, Cr, K) of neutral samples is
    // (255 - C', 128, 128, K), which these flat pictures make checkable.
    let path = Path::new("x.jpg");
    let mut bytes = std::fs::read(fixture("formats/cmyk.jpg")).unwrap();
    let adobe = bytes.windows(5).position(|w| w == b"Adobe").unwrap();
    let transform = &mut bytes[adobe + 11];
    assert_eq!(*transform, 0);
    *transform = 2;
    let found = photo::decode(&bytes, path).unwrap().pixels;

    *bytes.get_mut(adobe + 11).unwrap() = 0;
    let stored_cmyk = photo::decode(&bytes, path).unwrap().pixels;
    // Pillow's CMYK of RGB has no black (K' = 255 stored), so the pixels of the
    // plain file are the stored CMY: read those as YCbCr by JFIF's equations.
    for (found, stored) in found.pixels().zip(stored_cmyk.pixels()) {
        let [y, cb, cr] = stored.0.map(f64::from);
        let (cb, cr) = (cb - 128.0, cr - 128.0);
        let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
        // Stored CMY = 255 - RGB; ink = 255 - stored = RGB; light = 255 - ink.
        for (found, rgb) in found.0.into_iter().zip(rgb) {
            let expected = 255.0 - rgb.clamp(0.0, 255.0);
            assert!((f64::from(found) - expected).abs() <= 4.0, "{found} {expected}");
        }
    }
}

#[test]
fn profiles_lead_to_srgb() {
    let reference = reference();
    let facts = open_close_to("formats/adobe_rgb.jpg", &reference, 1.5);
    assert_eq!(facts.colour_space, ColourSpace::AdobeRgb);
    assert_eq!(facts.icc_description.as_deref(), Some("Compatible with Adobe RGB (1998)"));

    let facts = open_close_to("formats/wide_rgb.png", &reference, 1.0);
    assert_eq!(facts.colour_space.name(), "Wide gamut test space");

    // A grey of gamma 1.8 is darker than the same number in sRGB.
    let photo = open("formats/grey_profile.jpg");
    assert_eq!(photo.facts.colour_space, ColourSpace::Grey);
    assert_eq!(photo.facts.icc_description.as_deref(), Some("Grey gamma 1.8"));
    let plain = open("formats/grey.jpg").pixels;
    let mean = |p: &RgbImage| p.as_raw().iter().map(|&v| f64::from(v)).sum::<f64>();
    assert!(mean(&photo.pixels) > mean(&plain) * 1.01);
}

#[test]
fn spaces_are_named_by_what_they_do() {
    let plain = std::fs::read(fixture("formats/baseline.jpg")).unwrap();
    let with_profile = |profile: moxcms::ColorProfile| {
        let icc = profile.encode().unwrap();
        let length = u16::try_from(icc.len() + 16).unwrap().to_be_bytes();
        let head: &[&[u8]] = &[&plain[..2], b"\xff\xe2", &length, b"ICC_PROFILE\0\x01\x01"];
        let bytes = [&head.concat()[..], &icc, &plain[2..]].concat();
        photo::decode(&bytes, Path::new("x.jpg")).unwrap()
    };
    let untagged = open("formats/baseline.jpg").pixels;
    let srgb = with_profile(moxcms::ColorProfile::new_srgb());
    assert_eq!(srgb.facts.colour_space, ColourSpace::Srgb);
    assert_eq!(srgb.pixels, untagged, "sRGB is not converted to itself");
    let p3 = with_profile(moxcms::ColorProfile::new_display_p3());
    assert_eq!(p3.facts.colour_space, ColourSpace::DisplayP3);
    assert!(difference(&p3.pixels, &untagged) > 1.0);
}

#[test]
fn a_broken_profile_is_a_fact() {
    let facts = open_close_to("formats/broken_profile.jpg", &reference(), 2.0);
    assert_eq!(facts.colour_space, ColourSpace::UntaggedRgb);
    assert!(facts.icc_problem.unwrap().starts_with("unreadable profile"));
    assert_eq!(facts.icc_description, None);
}

#[test]
fn adobe_rgb_by_exif_alone() {
    // A DCF option file: ColorSpace "uncalibrated" and interoperability "R03".
    let plain = std::fs::read(fixture("formats/baseline.jpg")).unwrap();
    let tagged = with_exif(&plain, &dcf_option_exif());
    let photo = photo::decode(&tagged, Path::new("_MG_0001.JPG")).unwrap();
    assert_eq!(photo.facts.colour_space, ColourSpace::AdobeRgb);
    assert_eq!(photo.facts.extension.as_deref(), Some("jpg"));
    // Adobe RGB red is redder than the same numbers in sRGB.
    let untagged = photo::decode(&plain, Path::new("x.jpg")).unwrap();
    assert!(difference(&photo.pixels, &untagged.pixels) > 1.0);
}

/// Inserts an APP1 EXIF segment behind SOI.
fn with_exif(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", tiff, &jpeg[2..]].concat()
}

fn dcf_option_exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let directory = |entries: &[Vec<u8>]| {
        let count = u16::try_from(entries.len()).unwrap().to_be_bytes();
        [&count[..], &entries.concat(), &[0; 4]].concat()
    };
    let main = directory(&[entry(34665, 4, 1, 26_u32.to_be_bytes())]);
    let exif = directory(&[
        entry(40961, 3, 1, [0xff, 0xff, 0, 0]),
        entry(40965, 4, 1, 56_u32.to_be_bytes()),
    ]);
    let interop = directory(&[entry(1, 2, 4, *b"R03\0")]);
    [&b"MM\0\x2a\0\0\0\x08"[..], &main, &exif, &interop].concat()
}

#[test]
fn png_variants() {
    let (reference, little) = (reference(), little_reference());
    let facts = open_close_to("formats/reference.png", &reference, 0.0);
    assert_eq!((facts.bits_per_channel, facts.bits_per_pixel), (8, 24));
    let facts = open_close_to("formats/rgb16.png", &little, 0.0);
    assert_eq!((facts.bits_per_channel, facts.bits_per_pixel), (16, 48));
    assert!(has_dpi(&facts, 300.0, 300.0));
    let facts = open_close_to("formats/palette.png", &reference, 4.0);
    assert_eq!((facts.channels, facts.bits_per_pixel), (1, 8));
    assert_eq!(facts.jpeg, None);
}

#[test]
fn alpha_lies_over_white() {
    for name in ["formats/alpha.png", "formats/alpha.webp"] {
        let Photo { pixels, facts } = open(name);
        assert_eq!((facts.channels, facts.bits_per_pixel), (4, 32), "{name}");
        let little = little_reference();
        for (x, y, pixel) in pixels.enumerate_pixels() {
            let opaque = little.get_pixel(x, y).0.map(i32::from);
            let expected = match y {
                0..40 => [255; 3],
                40..80 => opaque.map(|v| (v * 128 + 255 * 127 + 127) / 255),
                _ => opaque,
            };
            assert_eq!(pixel.0.map(i32::from), expected, "{name} ({x}, {y})");
        }
    }
}

#[test]
fn webp_tiff_bmp() {
    let (reference, little) = (reference(), little_reference());
    let facts = open_close_to("formats/lossy.webp", &reference, 3.0);
    assert_eq!(facts.format, Format::WebP);
    open_close_to("formats/lossless.webp", &little, 0.0);

    let facts = open_close_to("formats/rgb.tif", &little, 0.0);
    assert_eq!(facts.format, Format::Tiff);
    assert!(has_dpi(&facts, 300.0, 300.0));
    let facts = open_close_to("formats/rgb16.tif", &little, 0.0);
    assert_eq!((facts.bits_per_channel, facts.channels), (16, 3));
    assert!(has_dpi(&facts, 300.0, 300.0));
    let facts = open_close_to("formats/grey.tif", &grey(&reference), 0.6);
    assert_eq!(facts.colour_space, ColourSpace::Grey);

    let Photo { pixels, facts } = open("formats/two_level.tif");
    assert_eq!((facts.bits_per_pixel, facts.channels), (1, 1));
    let two_level = |&value: &u8| value == 0 || value == 255;
    assert!(pixels.as_raw().iter().all(two_level));

    let facts = open_close_to("formats/rgb.bmp", &little, 0.0);
    assert_eq!((facts.format, facts.bits_per_pixel), (Format::Bmp, 24));
    assert!(has_dpi(&facts, 300.0, 300.0));
}

#[test]
fn orientation_is_applied() {
    let (reference, little) = (reference(), little_reference());
    let facts = open_close_to("formats/orientation_6.jpg", &reference, 1.5);
    assert_eq!((facts.orientation, facts.width, facts.height), (6, 240, 320));
    // Stored 300 across and 150 down; upright the other way round.
    assert!(has_dpi(&facts, 150.0, 300.0), "{:?}", facts.dpi);
    let facts = open_close_to("formats/orientation_3.jpg", &reference, 1.5);
    assert_eq!(facts.orientation, 3);
    assert!(has_dpi(&facts, 300.0, 150.0));
    let facts = open_close_to("formats/orientation_6.webp", &reference, 3.0);
    assert_eq!(facts.orientation, 6);
    let facts = open_close_to("formats/orientation_3.png", &little, 0.0);
    assert_eq!(facts.orientation, 3);
}

#[test]
fn resolution_is_read_from_jfif_before_exif() {
    let jfif_300 = std::fs::read(fixture("formats/baseline.jpg")).unwrap();
    let facts = |bytes: &[u8]| photo::decode(bytes, Path::new("x.jpg")).unwrap().facts;
    let exif_300_150 = std::fs::read(fixture("formats/orientation_3.jpg")).unwrap();
    assert!(has_dpi(&facts(&exif_300_150), 300.0, 150.0));
    let app1 = exif_300_150.windows(2).position(|w| w == b"\xff\xe1").unwrap();
    let length = usize::from(exif_300_150[app1 + 3]) + 256 * usize::from(exif_300_150[app1 + 2]);
    let exif = &exif_300_150[app1 + 10..app1 + 2 + length];
    let both = facts(&with_exif(&jfif_300, exif));
    assert_eq!(both.orientation, 3);
    assert!(has_dpi(&both, 300.0, 300.0));

    // The same density by the centimetre: unit 2, at offset 13 of the file.
    let mut per_cm = jfif_300.clone();
    assert_eq!((&per_cm[6..11], per_cm[13]), (&b"JFIF\0"[..], 1));
    per_cm[13] = 2;
    assert!(has_dpi(&facts(&per_cm), 762.0, 762.0));
}

#[test]
fn all_eight_orientations() {
    // Left half red, right half blue, top left corner green; then stored so
    // that each orientation value makes it upright again.
    let upright = RgbImage::from_fn(64, 32, |x, y| match (x < 32, y < 16 && x < 16) {
        (_, true) => image::Rgb([0, 200, 0]),
        (true, _) => image::Rgb([200, 0, 0]),
        (false, _) => image::Rgb([0, 0, 200]),
    });
    for orientation in 1..=8_u8 {
        let mut stored = DynamicImage::from(upright.clone());
        // The inverse: 6 and 8 undo each other, the rest undo themselves.
        let inverse = match orientation {
            6 => 8,
            8 => 6,
            same => same,
        };
        stored.apply_orientation(image::metadata::Orientation::from_exif(inverse).unwrap());
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)
            .encode_image(&stored)
            .unwrap();
        let mut exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        exif[18] = orientation;
        let photo = photo::decode(&with_exif(&bytes, &exif), Path::new("x.jpg")).unwrap();
        assert_eq!(photo.facts.orientation, orientation);
        let found = difference(&photo.pixels, &upright);
        assert!(found < 8.0, "orientation {orientation}: {found}");
    }
}

#[test]
fn a_wrong_extension_is_a_fact() {
    let facts = open_close_to("formats/wrong_extension.jpg", &little_reference(), 0.0);
    assert_eq!(facts.format, Format::Png);
    assert_eq!(facts.extension.as_deref(), Some("jpg"));
    assert_eq!(facts.extension_matches(), Some(false));
    let bytes = std::fs::read(fixture("formats/rgb.bmp")).unwrap();
    let facts = photo::decode(&bytes, Path::new("upload")).unwrap().facts;
    assert_eq!(facts.extension_matches(), None);
}
