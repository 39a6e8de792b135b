//! What passes between a format's reader and the conversion to sRGB.

use std::path::Path;

use super::{Format, JpegFacts, Limits};
use crate::error::Error;

/// Why a format's reader gave up; [`Fault::at`] adds the path.
#[derive(Debug)]
pub enum Fault {
    Corrupt(String),
    Unsupported(String),
    TooManyPixels { width: u64, height: u64 },
}

impl Fault {
    pub fn corrupt(reason: impl std::fmt::Display) -> Self {
        Self::Corrupt(reason.to_string())
    }

    pub fn unsupported(what: impl std::fmt::Display) -> Self {
        Self::Unsupported(what.to_string())
    }

    pub fn at(self, path: &Path, format: Format, limits: &Limits) -> Error {
        let path = path.into();
        match self {
            Self::Corrupt(reason) => Error::Corrupt { path, format: format.name(), reason },
            Self::Unsupported(what) => Error::Unsupported { path, what },
            Self::TooManyPixels { width, height } => {
                Error::TooManyPixels { path, width, height, limit: limits.max_pixels }
            }
        }
    }
}

/// What the samples of a [`Raster`] stand for. Ink is stored as ink: 0 is paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    Cmyk,
}

impl Model {
    pub fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
}

/// Samples, interleaved, without row padding.
#[derive(Debug)]
pub enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

/// What the file declares its colours to be, other than by an ICC profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Declared {
    #[default]
    Nothing,
    Srgb,
    AdobeRgb,
}

/// A decoded picture as stored: not yet sRGB, not yet upright.
#[derive(Debug)]
pub struct Raster {
    pub width: u32,
    pub height: u32,
    pub model: Model,
    pub samples: Samples,
    /// Alpha is already multiplied into the colours (TIFF's "associated alpha").
    pub premultiplied: bool,
    pub bits_per_channel: u8,
    /// As stored: 1 for a palette's index.
    pub channels: u8,
    pub icc: Option<Vec<u8>>,
    pub declared: Declared,
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Dots per inch along the stored width and height.
    pub dpi: Option<(f64, f64)>,
    pub jpeg: Option<JpegFacts>,
    pub raw_preview: bool,
}

impl Raster {
    pub fn new(width: u32, height: u32, model: Model, samples: Samples) -> Self {
        let bits_per_channel = match samples {
            Samples::Eight(_) => 8,
            Samples::Sixteen(_) => 16,
        };
        Self {
            width,
            height,
            model,
            samples,
            premultiplied: false,
            bits_per_channel,
            channels: model.channels() as u8,
            icc: None,
            declared: Declared::Nothing,
            orientation: 1,
            dpi: None,
            jpeg: None,
            raw_preview: false,
        }
    }
}
