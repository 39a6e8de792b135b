//! Bytes → [`Photo`]: upright 8-bit sRGB pixels, and the facts about the file.
//!
//! The order of work is the same for every format:
//!
//! 1. `sniff` names the format by content; the extension is only recorded.
//! 2. The format's reader checks the header against [`Limits`], then decodes
//!    to a `Raster`: samples as stored, with whatever the file says about
//!    their meaning (profile, orientation, resolution).
//! 3. `colour` converts the samples to 8-bit sRGB, at the precision they
//!    were stored in, and lays transparency over white.
//! 4. The orientation is applied, last, so that it moves 3 bytes a pixel.
//!
//! Damaged data are always an error. Decoders made for browsers paint what is
//! missing grey and go on; a grey band is not a person's shoulder, and a photo
//! that arrived cut short must be delivered again.

mod colour;
mod facts;
mod ifd;
mod jpeg;
mod plain;
mod raster;
mod raw;
mod sniff;
mod spare;
mod turn;

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::RgbImage;

use crate::error::{Error, Result, panic_said};
pub use facts::{ColourSpace, FileFacts, Format, JpegFacts};
use raster::{Fault, Raster};
use sniff::Content;

/// A decoded picture: what every later stage looks at.
#[derive(Clone)]
pub struct Photo {
    /// 8-bit sRGB, upright (the stored orientation has been applied).
    pub pixels: RgbImage,
    /// What the file said, before anything was converted.
    pub facts: FileFacts,
}

/// Facts only: nobody wants to read millions of pixels in a failed test.
impl std::fmt::Debug for Photo {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.debug_struct("Photo").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// Keeps the memory of pixels that nobody needs any more for the next photo of this thread.
pub fn let_go(pixels: RgbImage) {
    spare::keep(pixels.into_raw());
}

/// How much one file may cost. Checked on headers, before pixels are allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest width × height, pixels. The default, 200 million, is above
    /// every camera in use (150 MP medium format) and far below what a
    /// decompression bomb claims.
    pub max_pixels: u64,
    /// Largest file, bytes. The default, 1 GiB, fits any camera RAW.
    pub max_file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 200_000_000, max_file_bytes: 1 << 30 }
    }
}

impl Limits {
    /// Largest single allocation for samples, bytes: four 16-bit channels
    /// (RGBA or CMYK) for each permitted pixel.
    pub fn max_alloc(&self) -> u64 {
        self.max_pixels.saturating_mul(8)
    }

    /// An error if a header claims too much or nothing at all.
    fn check(&self, width: u64, height: u64) -> std::result::Result<(), Fault> {
        if width == 0 || height == 0 {
            return Err(Fault::corrupt(format!("the header says {width} x {height} pixels")));
        }
        match width.checked_mul(height) {
            Some(pixels) if pixels <= self.max_pixels => Ok(()),
            _ => Err(Fault::TooManyPixels { width, height }),
        }
    }
}

/// Reads and decodes one file, within [`Limits::default`].
///
/// # Errors
/// [`Error::Read`], [`Error::FileTooLarge`], and those of [`decode`].
pub fn open(path: &Path) -> Result<Photo> {
    open_within(path, &Limits::default())
}

/// Reads and decodes one file, within `limits`.
///
/// # Errors
/// As [`open`].
pub fn open_within(path: &Path, limits: &Limits) -> Result<Photo> {
    decode_within(&read(path, limits)?, path, limits)
}

/// Decodes a file's content, within [`Limits::default`].
///
/// `path` is used for messages and for [`FileFacts::extension`]; nothing is
/// read from it, and it need not exist.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotAnImage`], [`Error::Unsupported`],
/// [`Error::Corrupt`] or [`Error::TooManyPixels`].
pub fn decode(bytes: &[u8], path: &Path) -> Result<Photo> {
    decode_within(bytes, path, &Limits::default())
}

/// Decodes a file's content, within `limits`.
///
/// # Errors
/// As [`decode`].
pub fn decode_within(bytes: &[u8], path: &Path, limits: &Limits) -> Result<Photo> {
    if bytes.is_empty() {
        return Err(Error::Empty { path: path.into() });
    }
    let (format, raster) = match sniff::identify(bytes) {
        Content::Picture(format) => (format, guarded(|| read_raster(bytes, format, limits))),
        Content::Unsupported(what) => {
            return Err(Error::Unsupported { path: path.into(), what: what.into() });
        }
        Content::Other(looks_like) => {
            return Err(Error::NotAnImage { path: path.into(), looks_like });
        }
    };
    raster
        .map(|raster| finish(raster, format, bytes.len() as u64, path))
        .map_err(|fault| fault.at(path, format, limits))
}

/// Decoders meet what their authors never thought of: a panic of one is a damaged file.
fn guarded(
    read: impl FnOnce() -> std::result::Result<Raster, Fault>,
) -> std::result::Result<Raster, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        Err(Fault::corrupt(format!("the decoder failed on it: {}", panic_said(&*panic))))
    })
}

/// The file's bytes, unless there are too many of them.
fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let unreadable = |source| Error::Read { path: path.into(), source };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let limit = limits.max_file_bytes;
    let mut bytes = Vec::new();
    if size <= limit {
        // One byte more than allowed: pipes and growing files report no size.
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if size.max(bytes.len() as u64) > limit {
        return Err(Error::FileTooLarge {
            path: path.into(),
            bytes: size.max(bytes.len() as u64),
            limit,
        });
    }
    Ok(bytes)
}

fn read_raster(
    bytes: &[u8],
    format: Format,
    limits: &Limits,
) -> std::result::Result<Raster, Fault> {
    match format {
        Format::Jpeg => jpeg::read(bytes, limits),
        Format::Png => plain::read_png(bytes, limits),
        Format::WebP => plain::read_webp(bytes, limits),
        Format::Bmp => plain::read_bmp(bytes, limits),
        Format::Tiff => plain::read_tiff(bytes, limits),
        _ => raw::read(bytes, limits),
    }
}

/// Colour, then orientation, then the facts.
fn finish(raster: Raster, format: Format, bytes: u64, path: &Path) -> Photo {
    let Raster { bits_per_channel, channels, orientation, dpi, .. } = raster;
    let (jpeg, raw_preview) = (raster.jpeg, raster.raw_preview);
    let converted = colour::to_srgb(raster);

    let pixels = turn::upright(converted.pixels, orientation);

    // Orientations 5 to 8 swap the axes, so the two resolutions swap as well.
    let dpi = dpi.map(|(x, y)| if orientation >= 5 { (y, x) } else { (x, y) });
    let facts = FileFacts {
        format,
        extension: path.extension().map(|extension| extension.to_string_lossy().to_lowercase()),
        bytes,
        width: pixels.width(),
        height: pixels.height(),
        dpi,
        bits_per_channel,
        channels,
        bits_per_pixel: u16::from(bits_per_channel) * u16::from(channels),
        colour_space: converted.colour_space,
        icc_description: converted.icc_description,
        icc_problem: converted.icc_problem,
        orientation,
        jpeg,
        raw_preview,
    };
    Photo { pixels, facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_a_damaged_file() {
        let fault = guarded(|| panic!("index out of bounds")).err().unwrap();
        let error = fault.at(Path::new("a.jpg"), Format::Jpeg, &Limits::default());
        let wanted = "a.jpg: damaged JPEG file: the decoder failed on it: index out of bounds";
        assert_eq!(error.to_string(), wanted);
    }
}
