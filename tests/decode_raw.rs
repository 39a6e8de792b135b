//! Camera RAW previews, on containers built here: no camera's own file was at
//! hand. What is tested is the structure that the formats share.

use std::path::Path;

use image::{DynamicImage, RgbImage};
use photogate::error::Error;
use photogate::photo::{self, ColourSpace, Format, Limits};

/// A gradient with a dark top left corner, so that turning it shows.
fn preview(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 90])
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode_image(&DynamicImage::from(picture.clone()))
        .unwrap();
    bytes
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    // Little-endian: a SHORT's value fills the first half of the field.
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()]
        .concat()
}

fn directory(entries: &[Vec<u8>]) -> Vec<u8> {
    [&(entries.len() as u16).to_le_bytes()[..], &entries.concat(), &[0; 4]].concat()
}

/// A RAW as DNG and NEF are built: main directory with a thumbnail, SubIFDs
/// with the sensor data and with the full-size preview, then the data.
fn tiff_raw(
    magic: [u8; 4],
    make: &[u8; 8],
    extra: Option<Vec<u8>>,
    orientation: u32,
    full: &RgbImage,
) -> Vec<u8> {
    let (thumbnail, full) = (jpeg(&preview(160, 120)), jpeg(full));
    // Sensor data: noise that holds the start of a *lossless* JPEG.
    let mut sensor: Vec<u8> =
        (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 23) as u8).collect();
    sensor[100..119]
        .copy_from_slice(b"\xff\xd8\xff\xc3\0\x0b\x0e\x10\0\x18\0\x01\x01\x11\0\xff\xda\0\x08");
    let main_size = 2 + 12 * (5 + extra.iter().len()) + 4;
    let (sub1, sub2) = (8 + main_size, 8 + main_size + 30);
    let make_at = sub2 + 30 + 8;
    let data = make_at + 8;
    let mut main = vec![
        entry(271, 2, 8, make_at as u32),
        entry(274, 3, 1, orientation),
        entry(330, 4, 2, (make_at - 8) as u32),
        entry(513, 4, 1, data as u32),
        entry(514, 4, 1, thumbnail.len() as u32),
    ];
    main.extend(extra);
    [
        &magic[..],
        &8_u32.to_le_bytes(),
        &directory(&main),
        &directory(&[entry(262, 3, 1, 32803), entry(259, 3, 1, 1)]),
        &directory(&[
            entry(513, 4, 1, (data + thumbnail.len() + sensor.len()) as u32),
            entry(514, 4, 1, full.len() as u32),
        ]),
        &(sub1 as u32).to_le_bytes(),
        &(sub2 as u32).to_le_bytes(),
        make,
        &thumbnail,
        &sensor,
        &full,
    ]
    .concat()
}

fn close(a: &RgbImage, b: &RgbImage) -> bool {
    let pairs = a.as_raw().iter().zip(b.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    a.dimensions() == b.dimensions() && sum < 4 * a.as_raw().len() as u64
}

const II: [u8; 4] = *b"II\x2a\0";

#[test]
fn the_full_size_preview_is_found_and_turned() {
    let stored = preview(640, 480);
    let upright = image::imageops::rotate90(&stored);
    let dng = Some(entry(50706, 1, 4, 0x0000_0401));
    let cases = [
        (tiff_raw(II, b"NIKON  \0", None, 6, &stored), Format::Nef),
        (tiff_raw(II, b"SONY   \0", None, 6, &stored), Format::Arw),
        (tiff_raw(II, b"PENTAX \0", None, 6, &stored), Format::Pef),
        (tiff_raw(II, b"Google \0", dng, 6, &stored), Format::Dng),
        (tiff_raw(II, b"SAMSUNG\0", None, 6, &stored), Format::OtherRaw),
        (tiff_raw(*b"IIRO", b"OLYMPUS\0", None, 6, &stored), Format::Orf),
        (tiff_raw(*b"IIU\0", b"Panason\0", None, 6, &stored), Format::Rw2),
    ];
    for (bytes, format) in cases {
        let photo = photo::decode(&bytes, Path::new("DSC_0001.NEF")).unwrap();
        assert_eq!(photo.facts.format, format);
        assert!(photo.facts.raw_preview && format.is_raw());
        assert_eq!(photo.facts.orientation, 6);
        assert_eq!(photo.facts.bytes, bytes.len() as u64);
        assert_eq!(photo.facts.colour_space, ColourSpace::UntaggedRgb);
        assert_eq!(photo.facts.jpeg.unwrap().quality, Some(90));
        assert!(close(&photo.pixels, &upright), "{format:?}");
    }
}

#[test]
fn raf_and_cr3() {
    let stored = preview(640, 480);
    let raf = [&b"FUJIFILMCCD-RAW 0201"[..], &[0; 64], &jpeg(&stored), &[7; 500]].concat();
    let photo = photo::decode(&raf, Path::new("DSCF0001.RAF")).unwrap();
    assert_eq!(photo.facts.format, Format::Raf);
    assert!(close(&photo.pixels, &stored));

    let cmt1 = [&b"II\x2a\0\x08\0\0\0"[..], &directory(&[entry(274, 3, 1, 3)])].concat();
    let cr3 =
        [&b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"[..], b"\0\0\0\x22CMT1", &cmt1, &jpeg(&stored)]
            .concat();
    let photo = photo::decode(&cr3, Path::new("IMG_0001.CR3")).unwrap();
    assert_eq!((photo.facts.format, photo.facts.orientation), (Format::Cr3, 3));
    assert!(close(&photo.pixels, &image::imageops::rotate180(&stored)));
}

#[test]
fn a_raw_without_a_usable_preview_says_so() {
    let thumbnail_only = tiff_raw(II, b"NIKON  \0", None, 1, &preview(160, 120));
    let none = [&b"FUJIFILMCCD-RAW 0201"[..], &[0; 600]].concat();
    let tiles = [b"FUJIFILMCCD-RAW 0201".to_vec(), jpeg(&preview(512, 512)).repeat(6)].concat();
    for (bytes, expected) in
        [(thumbnail_only, "thumbnail only (160 x 120)"), (none, "without"), (tiles, "tiles")]
    {
        match photo::decode(&bytes, Path::new("x.nef")) {
            Err(Error::Unsupported { what, .. }) => assert!(what.contains(expected), "{what}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn previews_obey_limits_and_must_be_whole() {
    let bytes = tiff_raw(II, b"NIKON  \0", None, 1, &preview(640, 480));
    let limits = Limits { max_pixels: 300_000, ..Limits::default() };
    let refused = photo::decode_within(&bytes, Path::new("x.nef"), &limits);
    assert!(matches!(refused, Err(Error::TooManyPixels { width: 640, height: 480, .. })));
    let cut = &bytes[..bytes.len() - 300];
    let refused = photo::decode(cut, Path::new("x.nef"));
    assert!(matches!(refused, Err(Error::Corrupt { format: "NEF", .. })), "{refused:?}");
}

/// Flipped bytes in the directories: any result but a panic or a hang.
#[test]
fn damaged_containers_never_panic() {
    let whole = tiff_raw(II, b"NIKON  \0", None, 6, &preview(400, 300));
    let mut state = 0x2545_f491_u32;
    let mut random = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % limit
    };
    for _ in 0..500 {
        let mut bytes = whole.clone();
        for _ in 0..=random(6) {
            let at = random(200);
            bytes[at] = random(256) as u8;
        }
        bytes.truncate(whole.len() - random(2) * random(whole.len()));
        let _ = photo::decode(&bytes, Path::new("x.nef"));
    }
}
