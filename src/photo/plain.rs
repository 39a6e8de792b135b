//! PNG, WebP, BMP and TIFF: formats whose libraries do the work.
//!
//! PNG goes through `png` itself, since `image` does not pass on its physical
//! resolution; CMYK TIFF through `tiff`, since `image` converts it to RGB
//! without its profile. The rest goes through `image`'s decoders.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder, ImageError};
use tiff::decoder::DecodingResult;

use super::Limits;
use super::ifd::{BITS_PER_SAMPLE, EXTRA_SAMPLES, ICC_PROFILE, Tags};
use super::raster::{Declared, Fault, Model, Raster, Samples};

/// Metres in an inch.
const INCH: f64 = 0.0254;

impl From<ImageError> for Fault {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Unsupported(error) => Self::unsupported(error),
            error => Self::corrupt(error),
        }
    }
}

/// Reads a PNG. Palettes, 1-, 2- and 4-bit grey and `tRNS` are expanded.
pub fn read_png(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    let budget = png::Limits { bytes: usize::try_from(limits.max_alloc()).unwrap_or(usize::MAX) };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), budget);
    decoder.set_transformations(png::Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(Fault::corrupt)?;
    let (width, height) = (header.width, header.height);
    let (stored, depth) = (header.color_type, header.bit_depth);
    limits.check(width.into(), height.into())?;

    let mut reader = decoder.read_info().map_err(Fault::corrupt)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| Fault::corrupt("the picture is too large to address"))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(Fault::corrupt)?;
    // Reads on to the end: a file without one was cut short, and EXIF may
    // follow the pixels.
    reader.finish().map_err(|error| Fault::corrupt(format!("after the pixels: {error}")))?;

    let model = match frame.color_type {
        png::ColorType::Grayscale => Model::Grey,
        png::ColorType::GrayscaleAlpha => Model::GreyAlpha,
        png::ColorType::Rgb => Model::Rgb,
        png::ColorType::Rgba => Model::Rgba,
        png::ColorType::Indexed => return Err(Fault::corrupt("a palette without colours")),
    };
    let samples = if frame.bit_depth == png::BitDepth::Sixteen {
        let pairs = buffer.chunks_exact(2);
        Samples::Sixteen(pairs.map(|p| u16::from_be_bytes([p[0], p[1]])).collect())
    } else {
        Samples::Eight(buffer)
    };
    let mut raster = Raster::new(width, height, model, samples);
    raster.bits_per_channel = depth as u8;
    raster.channels = stored.samples() as u8;

    let info = reader.info();
    raster.icc = info.icc_profile.as_ref().map(|icc| icc.to_vec());
    if info.srgb.is_some() {
        raster.declared = Declared::Srgb;
    }
    if let Some(exif) = &info.exif_metadata {
        apply_exif(&mut raster, exif);
    }
    if let Some(density) = info.pixel_dims
        && density.unit == png::Unit::Meter
        && density.xppu > 0
        && density.yppu > 0
    {
        let dpi = |per_metre: u32| f64::from(per_metre) * INCH;
        raster.dpi = Some((dpi(density.xppu), dpi(density.yppu)));
    }
    Ok(raster)
}

/// Reads a WebP, lossy or lossless; of an animation, the first frame.
pub fn read_webp(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    // The decoder takes what is there; RIFF says how much there should be.
    // One byte less is tolerated: writers forget the padding of the last chunk.
    let declared = bytes.get(4..8).and_then(|size| size.try_into().ok());
    let needed = declared.map_or(0, |size| u64::from(u32::from_le_bytes(size)) + 8);
    if (bytes.len() as u64) + 1 < needed {
        return Err(Fault::corrupt(format!("cut short: {} of {needed} bytes", bytes.len())));
    }
    let mut decoder = WebPDecoder::new(Cursor::new(bytes))?;
    let exif = decoder.exif_metadata()?;
    let mut raster = read_image(decoder, limits)?;
    if let Some(exif) = exif {
        apply_exif(&mut raster, &exif);
    }
    Ok(raster)
}

/// Reads a Windows bitmap. Resolution: `biXPelsPerMeter` and `biYPelsPerMeter`
/// of BITMAPINFOHEADER, at offsets 38 and 42.
pub fn read_bmp(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    let decoder = BmpDecoder::new(Cursor::new(bytes))?;
    let mut raster = read_image(decoder, limits)?;
    // OS/2's short header (12 bytes) has the depth elsewhere and no resolution.
    let short = bytes.get(14) == Some(&12);
    let depth = bytes.get(if short { 24 } else { 28 }).copied();
    (raster.bits_per_channel, raster.channels) = match depth {
        Some(bits @ (1 | 2 | 4 | 8)) => (bits, 1), // a palette's index
        Some(16) => (5, 3),
        Some(32) => (8, 4),
        _ => (8, 3),
    };
    let per_metre = |at: usize| {
        let field = bytes.get(at..at + 4)?.try_into().ok()?;
        let value = i32::from_le_bytes(field);
        (!short && value > 0).then(|| f64::from(value) * INCH)
    };
    raster.dpi = per_metre(38).zip(per_metre(42));
    Ok(raster)
}

/// Reads the first page of a TIFF: 8 or 16 bits, grey, RGB or CMYK, with or
/// without alpha, with the compressions that `tiff` knows (none, LZW, Deflate,
/// PackBits, JPEG).
pub fn read_tiff(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    let mut page = tiff::decoder::Decoder::new(Cursor::new(bytes)).map_err(tiff_fault)?;
    let (width, height) = page.dimensions().map_err(tiff_fault)?;
    limits.check(width.into(), height.into())?;
    let colours = page.colortype().map_err(tiff_fault)?;
    let mut raster = if let tiff::ColorType::CMYK(8 | 16) = colours {
        let budget = usize::try_from(limits.max_alloc()).unwrap_or(usize::MAX);
        let mut allowed = tiff::decoder::Limits::default();
        allowed.decoding_buffer_size = budget;
        allowed.intermediate_buffer_size = budget;
        let samples = match page.with_limits(allowed).read_image().map_err(tiff_fault)? {
            DecodingResult::U8(samples) => Samples::Eight(samples),
            DecodingResult::U16(samples) => Samples::Sixteen(samples),
            _ => return Err(Fault::unsupported("CMYK TIFF of unusual sample format")),
        };
        sized(Raster::new(width, height, Model::Cmyk, samples))?
    } else {
        read_image(TiffDecoder::new(Cursor::new(bytes))?, limits)?
    };
    if let Some(tags) = Tags::read(bytes) {
        // `image` expands two-level pictures to 8 bits.
        if tags.first(BITS_PER_SAMPLE) == Some(1) {
            raster.bits_per_channel = 1;
        }
        raster.orientation = tags.orientation().unwrap_or(1);
        raster.dpi = tags.dpi();
        raster.declared = tags.declared();
        raster.icc = tags.bytes(ICC_PROFILE).map(<[u8]>::to_vec);
        // TIFF 6.0, section 18: 1 is "associated", i.e. pre-multiplied alpha.
        raster.premultiplied = tags.first(EXTRA_SAMPLES) == Some(1);
    }
    Ok(raster)
}

fn tiff_fault(error: tiff::TiffError) -> Fault {
    match error {
        tiff::TiffError::UnsupportedError(error) => Fault::unsupported(format!("TIFF: {error}")),
        error => Fault::corrupt(error),
    }
}

/// Decodes with one of `image`'s decoders.
fn read_image(mut decoder: impl ImageDecoder, limits: &Limits) -> Result<Raster, Fault> {
    let (width, height) = decoder.dimensions();
    limits.check(width.into(), height.into())?;
    let mut allowed = image::Limits::no_limits();
    allowed.max_alloc = Some(limits.max_alloc());
    decoder.set_limits(allowed)?;

    let (model, wide) = match decoder.color_type() {
        ColorType::L8 => (Model::Grey, false),
        ColorType::La8 => (Model::GreyAlpha, false),
        ColorType::Rgb8 => (Model::Rgb, false),
        ColorType::Rgba8 => (Model::Rgba, false),
        ColorType::L16 => (Model::Grey, true),
        ColorType::La16 => (Model::GreyAlpha, true),
        ColorType::Rgb16 => (Model::Rgb, true),
        ColorType::Rgba16 => (Model::Rgba, true),
        other => return Err(Fault::unsupported(format!("{other:?} samples"))),
    };
    let icc = decoder.icc_profile()?;
    let size = usize::try_from(decoder.total_bytes()).map_err(Fault::corrupt)?;
    let mut buffer = vec![0; size];
    decoder.read_image(&mut buffer)?;
    let samples = if wide {
        let pairs = buffer.chunks_exact(2);
        Samples::Sixteen(pairs.map(|p| u16::from_ne_bytes([p[0], p[1]])).collect())
    } else {
        Samples::Eight(buffer)
    };
    let mut raster = sized(Raster::new(width, height, model, samples))?;
    raster.icc = icc;
    Ok(raster)
}

/// Checks that there are as many samples as the size asks for.
fn sized(raster: Raster) -> Result<Raster, Fault> {
    let count = match &raster.samples {
        Samples::Eight(samples) => samples.len(),
        Samples::Sixteen(samples) => samples.len(),
    };
    let expected = raster.width as usize * raster.height as usize * raster.model.channels();
    if count == expected {
        Ok(raster)
    } else {
        Err(Fault::corrupt(format!("{count} samples instead of {expected}")))
    }
}

/// Takes orientation, resolution and colour space from an EXIF block, which
/// some writers start with JPEG's "Exif" header.
fn apply_exif(raster: &mut Raster, exif: &[u8]) {
    if let Some(tags) = Tags::read(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif)) {
        raster.orientation = tags.orientation().unwrap_or(1);
        raster.dpi = raster.dpi.or(tags.dpi());
        if raster.declared == Declared::Nothing {
            raster.declared = tags.declared();
        }
    }
}
