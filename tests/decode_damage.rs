//! What must not decode: damaged, foreign and oversized files give one clear
//! error each, and nothing whatever gives a panic.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{ExtendedColorType, ImageEncoder};
use photogate::error::Error;
use photogate::photo::{self, Limits};

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn error_of(name: &str) -> Error {
    photo::open(&fixture(name)).expect_err(name)
}

#[test]
fn every_broken_fixture_fails_with_one_line() {
    for path in fixtures("broken") {
        let error = photo::open(&path).expect_err(&path.display().to_string());
        let message = error.to_string();
        println!("{}", message.replace(env!("CARGO_MANIFEST_DIR"), ""));
        assert!(!message.contains('\n'));
        assert!(message.starts_with(&path.display().to_string()));
    }
}

#[test]
fn the_reason_is_named() {
    let not_an_image = |name: &str, expected: &str| match error_of(name) {
        Error::NotAnImage { looks_like, .. } => {
            assert!(looks_like.contains(expected), "{name}: {looks_like}")
        }
        other => panic!("{name}: {other:?}"),
    };
    not_an_image("broken/text.jpg", "is text");
    not_an_image("broken/page.jpg", "HTML");
    not_an_image("broken/document.jpg", "PDF");
    not_an_image("broken/zeros.jpg", "all zeros");
    not_an_image("broken/noise.jpg", "no known kind");

    let corrupt = |name: &str, expected: &str| match error_of(name) {
        Error::Corrupt { reason, .. } => assert!(reason.contains(expected), "{name}: {reason}"),
        other => panic!("{name}: {other:?}"),
    };
    corrupt("broken/truncated.jpg", "end early");
    corrupt("broken/truncated_closed.jpg", "end early");
    corrupt("broken/truncated_progressive.jpg", "");
    corrupt("broken/truncated.png", "");
    corrupt("broken/truncated.webp", "cut short: 4000 of");
    corrupt("broken/broken_huffman.jpg", "");

    let unsupported = |name: &str, expected: &str| match error_of(name) {
        Error::Unsupported { what, .. } => assert!(what.contains(expected), "{name}: {what}"),
        other => panic!("{name}: {other:?}"),
    };
    unsupported("broken/picture.heic", "HEIC");
    unsupported("broken/picture.gif", "GIF");

    assert!(matches!(error_of("broken/zero_bytes.jpg"), Error::Empty { .. }));
    assert!(matches!(error_of("broken/there_is_no_such.jpg"), Error::Read { .. }));
    assert!(matches!(error_of("broken"), Error::Read { .. }), "a folder");
}

#[test]
fn uncommon_jpegs_are_named() {
    let whole = std::fs::read(fixture("formats/baseline.jpg")).unwrap();
    let frame = whole.windows(2).position(|w| w == b"\xff\xc0").unwrap();
    let with = |at: usize, value: u8| {
        let mut bytes = whole.clone();
        bytes[frame + at] = value;
        match photo::decode(&bytes, Path::new("x.jpg")) {
            Err(Error::Unsupported { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with(1, 0xc9), "arithmetic-coded JPEG");
    assert_eq!(with(1, 0xc3), "lossless JPEG");
    assert_eq!(with(4, 12), "JPEG with 12 bits a channel");
}

/// A sequential JPEG whose channels are coded one after the other (stitched
/// from three grey ones, the chroma at half size each way) is sound, and says
/// so by being refused for another reason than damage.
#[test]
fn jpeg_in_separate_scans_is_sound_but_refused() {
    let grey_jpeg = |width: u32, height: u32, level: fn(u32, u32) -> u8| {
        let picture = image::GrayImage::from_fn(width, height, |x, y| image::Luma([level(x, y)]));
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)
            .write_image(picture.as_raw(), width, height, ExtendedColorType::L8)
            .unwrap();
        bytes
    };
    let find = |bytes: &[u8], marker: &[u8]| {
        let found = bytes.windows(2).position(|window| window == marker);
        found.unwrap()
    };
    // Sizes that fill neither whole blocks nor whole MCUs.
    let scans = [
        grey_jpeg(50, 37, |x, y| (60 + 3 * x + y) as u8),
        grey_jpeg(25, 19, |_, _| 100),
        grey_jpeg(25, 19, |_, y| (128 + y) as u8),
    ];
    let first = &scans[0];
    let frame = find(first, b"\xff\xc0");
    let mut stitched = first[..frame].to_vec();
    stitched.extend(b"\xff\xc0\0\x11\x08\0\x25\0\x32\x03\x01\x22\0\x02\x11\0\x03\x11\0");
    // Behind the grey frame (13 bytes): the Huffman tables.
    stitched.extend(&first[frame + 13..find(first, b"\xff\xda")]);
    for (id, scan) in (1..).zip(&scans) {
        let data = find(scan, b"\xff\xda") + 10;
        stitched.extend([0xff, 0xda, 0, 8, 1, id, 0, 0, 63, 0]);
        stitched.extend(&scan[data..scan.len() - 2]);
    }
    let cut = [&stitched[..], b"\xff\xd9"].concat();
    match photo::decode(&cut, Path::new("x.jpg")) {
        Err(Error::Unsupported { what, .. }) => assert!(what.contains("one after the other")),
        other => panic!("{other:?}"),
    }
    // Without the last scan there is no colour to show.
    let scans_end = stitched.windows(2).rposition(|window| window == b"\xff\xda").unwrap();
    let cut = [&stitched[..scans_end], b"\xff\xd9"].concat();
    let refused = photo::decode(&cut, Path::new("x.jpg"));
    assert!(matches!(refused, Err(Error::Corrupt { .. })), "{refused:?}");
}

#[test]
fn bombs_are_refused_on_their_headers() {
    for (name, side) in [("broken/huge_header.png", 60_000), ("broken/bomb.png", 20_000)] {
        let start = Instant::now();
        match error_of(name) {
            Error::TooManyPixels { width, height, limit, .. } => {
                assert_eq!((width, height, limit), (side, side, 200_000_000), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
        // Unpacking 400 million pixels takes far longer.
        assert!(start.elapsed() < Duration::from_millis(100), "{name}");
    }
}

#[test]
fn every_format_obeys_the_limits() {
    let limits = Limits { max_pixels: 1000, ..Limits::default() };
    for path in fixtures("formats") {
        let refused = photo::open_within(&path, &limits);
        assert!(matches!(refused, Err(Error::TooManyPixels { limit: 1000, .. })), "{path:?}");
    }
    let limits = Limits { max_file_bytes: 100, ..Limits::default() };
    let refused = photo::open_within(&fixture("captures/c01.jpg"), &limits);
    assert!(matches!(refused, Err(Error::FileTooLarge { limit: 100, .. })));
}

/// A JPEG cut anywhere is an error, also if an end-of-image marker was put
/// behind the cut: decoders for browsers paint the rest grey.
#[test]
fn a_cut_jpeg_is_an_error() {
    for name in
        ["captures/c01.jpg", "formats/progressive.jpg", "formats/restarts.jpg", "formats/cmyk.jpg"]
    {
        let whole = std::fs::read(fixture(name)).unwrap();
        for percent in (10..=95).step_by(5) {
            let mut cut = whole[..whole.len() * percent / 100].to_vec();
            assert!(photo::decode(&cut, Path::new("cut.jpg")).is_err(), "{name} at {percent} %");
            cut.extend(b"\xff\xd9");
            assert!(
                photo::decode(&cut, Path::new("cut.jpg")).is_err(),
                "{name} at {percent} %, closed"
            );
        }
        let mut last_scans_missing = whole[..whole.len() - 2].to_vec();
        assert!(
            photo::decode(&last_scans_missing, Path::new("cut.jpg")).is_err(),
            "{name}, no end"
        );
        last_scans_missing.extend(b"\xff\xd9 and trailing data, as some programs add");
        assert!(photo::decode(&last_scans_missing, Path::new("cut.jpg")).is_ok(), "{name}");
    }
}

/// Progressive pictures cut exactly between two scans look complete to most
/// decoders, only blurred.
#[test]
fn missing_last_scans_are_an_error() {
    let whole = std::fs::read(fixture("formats/progressive.jpg")).unwrap();
    let scans: Vec<_> =
        (0..whole.len() - 1).filter(|&at| whole[at..].starts_with(b"\xff\xda")).collect();
    assert!(scans.len() > 5);
    for &scan in &scans[1..] {
        // Back to the Huffman table that belongs to the scan, if it has one.
        let cut =
            (0..scan).rev().find(|&at| whole[at] == 0xff && !matches!(whole[at + 1], 0 | 0xda));
        let tables = cut.filter(|&at| whole[at + 1] == 0xc4 && scan - at < 300);
        let kept = [&whole[..tables.unwrap_or(scan)], b"\xff\xd9"].concat();
        assert!(photo::decode(&kept, Path::new("cut.jpg")).is_err(), "cut at {scan}");
    }
}

#[test]
fn other_formats_cut_short_are_errors() {
    for name in [
        "rgb16.png",
        "palette.png",
        "lossy.webp",
        "lossless.webp",
        "alpha.webp",
        "rgb.bmp",
        "rgb.tif",
        "rgb16.tif",
        "cmyk.tif",
    ] {
        let whole = std::fs::read(fixture("formats").join(name)).unwrap();
        for percent in (10..=90).step_by(10) {
            let cut = &whole[..whole.len() * percent / 100];
            assert!(photo::decode(cut, Path::new(name)).is_err(), "{name} at {percent} %");
        }
    }
}

/// xorshift64*, so that the sequence is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

/// Flipped, overwritten, cut and spliced fixtures: any result but a panic.
#[test]
fn damage_never_panics() {
    const ROUNDS: usize = 2000;
    let mut files: Vec<_> =
        fixtures("formats").iter().map(|path| std::fs::read(path).unwrap()).collect();
    files.extend(fixtures("broken").iter().map(|path| std::fs::read(path).unwrap()));
    files.retain(|file| file.len() > 16);
    let limits = Limits { max_pixels: 500_000, ..Limits::default() };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut decoded = 0;
    for round in 0..ROUNDS {
        let mut file = files[round % files.len()].clone();
        for _ in 0..=random.below(8) {
            // Headers are short and matter most: half of the hits go there.
            let span = if random.below(2) == 0 { file.len().min(700) } else { file.len() };
            let at = random.below(span);
            match random.below(4) {
                0 => file[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
                1 => file[at] = random.below(256) as u8,
                _ => file[at] ^= 1 << random.below(8),
            }
        }
        if random.below(4) == 0 {
            file.truncate(random.below(file.len()));
        }
        decoded += usize::from(photo::decode_within(&file, Path::new("x.jpg"), &limits).is_ok());
    }
    println!("{decoded} of {ROUNDS} damaged files still decoded");
    assert!(decoded < ROUNDS);
}
