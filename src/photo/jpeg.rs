//! JPEG: headers, an integrity check, then pixels by `zune-jpeg`.
//!
//! `zune-jpeg` is called directly rather than through `image`, because `image`
//! asks it for forgiving decoding and for naively converted CMYK. Even in its
//! strict mode it takes a premature end-of-image marker for a regular one and
//! invents the rest, so [`entropy`] walks the coded data first.

mod entropy;
mod markers;
mod quality;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Limits;
use super::facts::JpegFacts;
use super::ifd::Tags;
use super::raster::{Fault, Model, Raster, Samples};
use super::spare;
pub use markers::Headers;

/// Reads a JPEG file, or a JPEG inside a camera RAW.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    let headers = Headers::read(bytes)?;
    limits.check(headers.width.into(), headers.height.into())?;
    if !headers.is_huffman_dct() {
        return Err(Fault::unsupported(format!("{} JPEG", headers.process_name())));
    }
    if headers.precision != 8 {
        return Err(Fault::unsupported(format!("JPEG with {} bits a channel", headers.precision)));
    }
    entropy::check(bytes, &headers)?;
    // zune-jpeg 0.5.15 decodes these to wrong colours without an error
    // (zune-image issues 422 and 448; encoders for photos do not write them).
    let in_first_scan = bytes.get(headers.first_scan + 2).copied().unwrap_or(0);
    if !headers.is_progressive() && usize::from(in_first_scan) < headers.components.len() {
        return Err(Fault::unsupported(
            "sequential JPEG that stores its channels one after the other",
        ));
    }

    let (model, samples) = pixels(bytes, &headers)?;
    let mut raster =
        Raster::new(headers.width.into(), headers.height.into(), model, Samples::Eight(samples));
    if let Some(exif) = headers.exif.and_then(Tags::read) {
        raster.orientation = exif.orientation().unwrap_or(1);
        raster.dpi = exif.dpi();
        raster.declared = exif.declared();
    }
    // JFIF before EXIF: it is the one that simple checkers read, and editors
    // that change the resolution always write it.
    raster.dpi = headers.jfif_dpi.or(raster.dpi);
    raster.icc = headers.icc();
    raster.jpeg = Some(facts(&headers));
    Ok(raster)
}

fn facts(headers: &Headers) -> JpegFacts {
    let table = |component: usize| {
        let table = headers.components.get(component)?.quantisation;
        headers.quantisation[usize::from(table)].as_ref()
    };
    // Where one table serves all channels (grey, CMYK, RGB) there is no chroma.
    let chroma = match headers.components.as_slice() {
        [first, second, ..] if first.quantisation != second.quantisation => table(1),
        _ => None,
    };
    let estimate = table(0).map(|luma| quality::estimate(luma, chroma));
    let subsampling = match headers.components.as_slice() {
        [luma, chroma, _] => {
            Some((luma.across / chroma.across.max(1), luma.down / chroma.down.max(1)))
        }
        _ => None,
    };
    JpegFacts {
        quality: estimate.map(|estimate| estimate.quality),
        quality_exact: estimate.is_some_and(|estimate| estimate.exact),
        progressive: headers.is_progressive(),
        subsampling,
        restart_interval: headers.restart_interval,
    }
}

/// Decodes to grey, RGB or CMYK, the latter as ink (0 is paper).
fn pixels(bytes: &[u8], headers: &Headers) -> Result<(Model, Vec<u8>), Fault> {
    // Strict, except that padding between headers is no damage to the picture;
    // some cameras and editors leave it there.
    let options = DecoderOptions::default()
        .set_strict_mode(!headers.stray_bytes)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(Fault::corrupt)?;
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::Unknown);
    let (model, wanted) = match stored {
        ColorSpace::Luma => (Model::Grey, ColorSpace::Luma),
        ColorSpace::YCbCr | ColorSpace::RGB => (Model::Rgb, ColorSpace::RGB),
        // Four channels as stored: zune-jpeg 0.5 converts YCCK to inverted RGB
        // and not to CMYK at all (zune-image issue 442).
        ColorSpace::CMYK | ColorSpace::YCCK => (Model::Cmyk, stored),
        _ => {
            return Err(Fault::unsupported(format!(
                "JPEG with {} channels",
                headers.components.len()
            )));
        }
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let expected = usize::from(headers.width) * usize::from(headers.height) * model.channels();
    let found = decoder.output_buffer_size().unwrap_or(0);
    if found != expected {
        return Err(Fault::corrupt(format!("{found} samples instead of {expected}")));
    }
    let mut samples = spare::take(expected);
    decoder.decode_into(&mut samples).map_err(Fault::corrupt)?;
    if model == Model::Cmyk {
        to_ink(&mut samples, stored == ColorSpace::YCCK, headers.adobe);
    }
    Ok((model, samples))
}

/// Turns stored CMYK or YCCK samples into amounts of ink.
///
/// Adobe stores the complement of the ink and marks the file with its APP14
/// segment; YCCK is YCbCr of RGB = complement of the stored CMY, and K as it
/// is (libjpeg, `libjpeg.txt`, "Special color spaces"; T.872, 6.5.3).
fn to_ink(samples: &mut [u8], ycck: bool, adobe: bool) {
    for pixel in samples.chunks_exact_mut(4) {
        if ycck {
            let y = f32::from(pixel[0]);
            let cb = f32::from(pixel[1]) - 128.0;
            let cr = f32::from(pixel[2]) - 128.0;
            // `as` saturates, and NaN cannot occur. Constants: JFIF 1.02.
            pixel[0] = 255 - (y + 1.402 * cr).round() as u8;
            pixel[1] = 255 - (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
            pixel[2] = 255 - (y + 1.772 * cb).round() as u8;
        }
        if adobe {
            for sample in pixel {
                *sample = 255 - *sample;
            }
        }
    }
}
