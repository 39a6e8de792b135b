//! What a file is, by its first bytes and, for TIFF, its tags.
//!
//! Unsupported pictures and common non-pictures are told apart so that the
//! message can say what to do: a HEIC must be converted, a web page saved
//! under the name photo.jpg must be downloaded again.

use super::Format;
use super::ifd::{COMPRESSION, DNG_VERSION, MAKE, PHOTOMETRIC, Tags};

/// What the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A picture we read.
    Picture(Format),
    /// A picture we do not read: which.
    Unsupported(&'static str),
    /// Not a picture: what it looks like.
    Other(&'static str),
}

/// Names the content of a file that is not empty.
pub fn identify(bytes: &[u8]) -> Content {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| {
        bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic))
    };
    if starts(b"\xff\xd8\xff") {
        Content::Picture(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Content::Picture(Format::Png)
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Content::Picture(Format::WebP)
    } else if starts(b"BM") && is_bmp(bytes) {
        Content::Picture(Format::Bmp)
    } else if starts(b"FUJIFILMCCD-RAW") {
        Content::Picture(Format::Raf)
    } else if at(4, b"ftyp") {
        iso_media(bytes)
    } else if starts(b"II\x2b\0") || starts(b"MM\0\x2b") {
        Content::Unsupported("BigTIFF image")
    } else if let Some(tags) = Tags::read(bytes) {
        Content::Picture(tiff_or_raw(bytes, &tags))
    } else {
        other(bytes)
    }
}

/// "BM" alone is too short a signature for text that starts with it: the
/// header that follows must have one of the known sizes.
fn is_bmp(bytes: &[u8]) -> bool {
    let header_size = bytes.get(14..18);
    matches!(header_size, Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// Files of the ISO base media family (ISO/IEC 14496-12) name their kind in the
/// major brand, bytes 8 to 11.
fn iso_media(bytes: &[u8]) -> Content {
    match bytes.get(8..12).unwrap_or_default() {
        b"crx " => Content::Picture(Format::Cr3),
        b"avif" | b"avis" => Content::Unsupported("AVIF image"),
        b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
            Content::Unsupported("HEIC/HEIF image")
        }
        _ => Content::Other("the content is a video"),
    }
}

/// A camera RAW built on TIFF shows it by its magic number (CR2, ORF, RW2), by
/// the DNG version tag, or by holding sensor data: photometric interpretation
/// "colour filter array" (32803, TIFF/EP) or "linear raw" (34892, DNG), or a
/// maker's own compression scheme.
fn tiff_or_raw(bytes: &[u8], tags: &Tags) -> Format {
    match bytes.get(2..4) {
        Some(b"RO" | b"RS" | b"OR" | b"SR") => return Format::Orf,
        Some(b"\x55\0") => return Format::Rw2,
        _ => {}
    }
    if bytes.get(8..10) == Some(b"CR") {
        return Format::Cr2;
    }
    if tags.first(DNG_VERSION).is_some() {
        return Format::Dng;
    }
    let sensor_data = tags.all(PHOTOMETRIC).any(|v| v == 32803 || v == 34892)
        || tags
            .all(COMPRESSION)
            // 32767 Sony, 32769/32770 Samsung, 34713 Nikon, 65535 Pentax.
            .any(|v| matches!(v, 32767 | 32769 | 32770 | 34713 | 65535));
    if !sensor_data {
        return Format::Tiff;
    }
    let make = tags.text(MAKE).unwrap_or_default().to_ascii_uppercase();
    match make.split(|&byte| byte == b' ').next() {
        Some(b"NIKON") => Format::Nef,
        Some(b"SONY") => Format::Arw,
        Some(b"PENTAX" | b"RICOH") => Format::Pef,
        _ => Format::OtherRaw,
    }
}

fn other(bytes: &[u8]) -> Content {
    let unsupported: &[(&[u8], &'static str)] = &[
        (b"GIF8", "GIF image"),
        (b"\xff\x0a", "JPEG XL image"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL image"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000 image"),
        (b"\xff\x4f\xff\x51", "JPEG 2000 image"),
        (b"8BPS", "Photoshop document (PSD)"),
        (b"qoif", "QOI image"),
        (b"\0\0\x01\0", "Windows icon"),
        (b"\x76\x2f\x31\x01", "OpenEXR image"),
        (b"#?RADIANCE", "Radiance HDR image"),
        (b"DDS ", "DDS texture"),
        (b"gimp xcf", "GIMP document (XCF)"),
        (b"\0MRM", "Minolta RAW (MRW)"),
        (b"FOVb", "Sigma RAW (X3F)"),
        (b"II\xbc\x01", "JPEG XR image"),
        (b"II\x1a\0\0\0HEAPCCDR", "Canon RAW, 1st version (CRW)"),
    ];
    let others: &[(&[u8], &'static str)] = &[
        (b"%PDF", "the content is a PDF document"),
        (b"PK\x03\x04", "the content is a ZIP archive or an Office document"),
        (b"\xd0\xcf\x11\xe0", "the content is an old Office document"),
        (b"Rar!", "the content is a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "the content is a 7z archive"),
        (b"\x1f\x8b", "the content is gzip-compressed data"),
        (b"\x7fELF", "the content is a program"),
        (b"MZ", "the content is a program"),
        (b"{\\rtf", "the content is an RTF document"),
        (b"RIFF", "the content is audio or video"),
        (b"OggS", "the content is audio or video"),
        (b"ID3", "the content is audio"),
        (b"\x1aE\xdf\xa3", "the content is a video"),
        (b"SQLite format 3", "the content is a database"),
        // What a Mac writes beside each file on a foreign disk ("._name.jpg").
        (b"\0\x05\x16\x07", "the content is macOS metadata, not the photo itself"),
    ];
    let find = |list: &[(&[u8], &'static str)]| {
        let known = list.iter().find(|(magic, _)| bytes.starts_with(magic));
        known.map(|&(_, name)| name)
    };
    if let Some(name) = find(unsupported) {
        Content::Unsupported(name)
    } else if let Some(name) = find(others) {
        Content::Other(name)
    } else {
        Content::Other(text_or_noise(bytes))
    }
}

fn text_or_noise(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(1024)];
    if head.iter().all(|&byte| byte == 0) {
        return "the content is all zeros (a failed copy or download)";
    }
    // A multi-byte character may be cut at the end of the head.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(cut) if cut.error_len().is_none() && cut.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..cut.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return "the content is of no known kind",
    };
    let lower = text.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        "the content is an HTML page"
    } else if lower.starts_with("<svg") || (lower.starts_with("<?xml") && lower.contains("<svg")) {
        "the content is an SVG drawing"
    } else if lower.starts_with("<?xml") {
        "the content is an XML document"
    } else if lower.starts_with('{') || lower.starts_with('[') {
        "the content is JSON text"
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
        "the content is of no known kind"
    } else {
        "the content is text"
    }
}
