//! The standard file: baseline JPEG of the highest quality that fits the band of sizes.

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};

use crate::error::{Error, Result};

/// Highest quality of a file that nothing bounds: beyond it files grow by half and no eye sees why
/// (libjpeg's own usage.txt advises against it).
const ENOUGH: u8 = 95;

/// What the file must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Fewest and most bytes; `u64::MAX` bounds nothing.
    pub bytes: (u64, u64),
    /// Lowest quality factor, 1 to 100.
    pub quality: u8,
    /// Dots per inch that the file states.
    pub dpi: u16,
}

/// A file in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The JPEG.
    pub bytes: Vec<u8>,
    /// Its quality factor.
    pub quality: u8,
}

/// The JPEG of the highest quality whose size lies in the band; of quality 95, or more where the file
/// would be too small, if there is no most.
///
/// Baseline, 4:2:0, JFIF density, no metadata. Nothing is ever padded.
///
/// # Errors
/// [`Error::Standard`] when it is too large at the lowest quality or too small at 100.
pub fn encode(picture: &RgbImage, band: &Band) -> Result<Encoded> {
    let (least, most) = band.bytes;
    if most == u64::MAX && band.quality <= ENOUGH {
        let enough = jpeg(picture, ENOUGH, SamplingFactor::F_2_2, band.dpi)?;
        if enough.len() as u64 >= least {
            return Ok(Encoded { bytes: enough, quality: ENOUGH });
        }
    }
    let at = |quality: u8| jpeg(picture, quality, SamplingFactor::F_2_2, band.dpi);
    let size = |bytes: &[u8]| bytes.len() as u64;
    // Sizes grow with quality but for a few bytes: the place is found between one that fits and one that
    // does not. The logarithm of the size is nearly a line over quality, so two sizes tell where to look.
    let log = |bytes: &[u8]| (size(bytes) as f64 / most as f64).ln();
    let (mut fits, mut over): (Option<Encoded>, Option<(u8, f64)>) = (None, None);
    let fits = loop {
        let low = fits.as_ref().map_or(i32::from(band.quality) - 1, |f| i32::from(f.quality));
        let high = over.map_or(101, |(quality, _)| i32::from(quality));
        if high - low <= 1 {
            match fits {
                Some(fits) => break fits,
                None => return Err(too_large(&at(band.quality)?, band)),
            }
        }
        let below = fits.as_ref().map(|f| (f64::from(f.quality), log(&f.bytes)));
        let above = over.map(|(quality, log)| (f64::from(quality), log));
        let guess = match (below, above) {
            (None, None) => f64::from(FIRST),
            (Some((q, log)), None) => q - log / GROWTH,
            (None, Some((q, log))) => q - log / GROWTH - 1.0,
            (Some((p, a)), Some((q, b))) if b > a => p + (q - p) * (-a / (b - a)),
            (Some((p, _)), Some((q, _))) => f64::midpoint(p, q),
        };
        let quality = (guess.floor() as i32).clamp(low + 1, high - 1) as u8;
        let bytes = at(quality)?;
        if size(&bytes) <= most {
            fits = Some(Encoded { bytes, quality });
        } else {
            over = Some((quality, log(&bytes)));
        }
    };
    if size(&fits.bytes) < least {
        let reason = format!(
            "at quality {} the file has {:.1} KB, fewer than {:.1}, and is not padded",
            fits.quality,
            size(&fits.bytes) as f64 / 1024.0,
            least as f64 / 1024.0
        );
        return Err(Error::Standard { reason });
    }
    Ok(fits)
}

/// Where the search begins: portraits of 480 x 640 px in 40 KB come out between 80 and 95.
const FIRST: u8 = 88;

/// By how much the logarithm of the size grows with each step of quality there.
const GROWTH: f64 = 0.05;

fn too_large(lowest: &[u8], band: &Band) -> Error {
    let reason = format!(
        "at quality {} the file has {:.1} KB, more than {:.1}",
        band.quality,
        lowest.len() as f64 / 1024.0,
        band.bytes.1 as f64 / 1024.0
    );
    Error::Standard { reason }
}

/// A JPEG to print from: no band of sizes, so colour at full resolution (4:4:4).
///
/// # Errors
/// [`Error::Standard`] when a side is too long for JPEG.
pub fn to_print(picture: &RgbImage, quality: u8, dpi: u16) -> Result<Vec<u8>> {
    jpeg(picture, quality, SamplingFactor::F_1_1, dpi)
}

fn jpeg(picture: &RgbImage, quality: u8, sampling: SamplingFactor, dpi: u16) -> Result<Vec<u8>> {
    let refuse = |reason: String| Error::Standard { reason };
    let side =
        |n: u32| u16::try_from(n).map_err(|_| refuse(format!("a side of {n} px is too long")));
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    // Optimised Huffman tables would save 2 %, but the encoder then stores the channels one after the
    // other, which our own decoder and perhaps a collector's does not take.
    encoder.set_density(PixelDensity::dpi(dpi));
    encoder
        .encode(picture.as_raw(), side(picture.width())?, side(picture.height())?, ColorType::Rgb)
        .map_err(|e| refuse(e.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Soft colours with some grain.
    fn picture() -> RgbImage {
        RgbImage::from_fn(240, 320, |x, y| {
            let grain = ((x * 7919 + y * 104_729) % 23) as u8;
            Rgb([90 + grain + (x / 4) as u8, 120 + grain, 160 - (y / 8) as u8 + grain])
        })
    }

    #[test]
    fn the_best_quality_that_fits_is_found_and_the_next_does_not_fit() {
        let at = |quality| jpeg(&picture(), quality, SamplingFactor::F_2_2, 300);
        let whole = at(90).unwrap().len() as u64;
        let band = Band { bytes: (whole / 2, whole), quality: 60, dpi: 300 };
        let found = encode(&picture(), &band).unwrap();
        assert!(found.quality >= 90 && (found.bytes.len() as u64) <= whole);
        let next = at(found.quality + 1).unwrap();
        assert!(next.len() as u64 > whole);
    }

    #[test]
    fn what_nothing_bounds_is_of_quality_95_unless_that_is_too_small() {
        let free = |least| Band { bytes: (least, u64::MAX), quality: 60, dpi: 300 };
        let enough = encode(&picture(), &free(0)).unwrap();
        assert_eq!(enough.quality, 95);
        let more = encode(&picture(), &free(enough.bytes.len() as u64 + 1)).unwrap();
        assert_eq!(more.quality, 100);
    }

    #[test]
    fn what_does_not_fit_is_said_and_never_padded() {
        let band = |bytes| Band { bytes, quality: 60, dpi: 300 };
        let small = encode(&picture(), &band((1, 900))).unwrap_err().to_string();
        assert!(small.contains("quality 60") && small.contains("more than"), "{small}");
        let large = encode(&picture(), &band((9_000_000, 9_100_000))).unwrap_err().to_string();
        assert!(large.contains("quality 100") && large.contains("not padded"), "{large}");
    }
}
