//! What a file says about itself. Facts only: nothing here is good or bad.

/// A file format, recognised by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG (JFIF or EXIF), Huffman-coded, 8 bits a channel.
    Jpeg,
    /// PNG; of an animation, the default image.
    Png,
    /// WebP, lossy or lossless; of an animation, the first frame.
    WebP,
    /// TIFF; of several pages, the first.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// Adobe Digital Negative.
    Dng,
    /// Canon RAW, 2nd version.
    Cr2,
    /// Canon RAW, 3rd version.
    Cr3,
    /// Nikon RAW.
    Nef,
    /// Sony RAW.
    Arw,
    /// Olympus / OM System RAW.
    Orf,
    /// Panasonic RAW.
    Rw2,
    /// Pentax / Ricoh RAW.
    Pef,
    /// Fujifilm RAW.
    Raf,
    /// A camera RAW built on TIFF, of another maker.
    OtherRaw,
}

impl Format {
    /// The name to show, e.g. "JPEG".
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Dng => "DNG",
            Self::Cr2 => "CR2",
            Self::Cr3 => "CR3",
            Self::Nef => "NEF",
            Self::Arw => "ARW",
            Self::Orf => "ORF",
            Self::Rw2 => "RW2",
            Self::Pef => "PEF",
            Self::Raf => "RAF",
            Self::OtherRaw => "camera RAW",
        }
    }

    /// The usual extensions, lower-case, without the dot, commonest first.
    /// Empty for [`Format::OtherRaw`], which has none of its own.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png", "apng"],
            Self::WebP => &["webp"],
            Self::Tiff => &["tif", "tiff"],
            Self::Bmp => &["bmp", "dib"],
            Self::Dng => &["dng"],
            Self::Cr2 => &["cr2"],
            Self::Cr3 => &["cr3"],
            Self::Nef => &["nef", "nrw"],
            Self::Arw => &["arw", "sr2", "srf"],
            Self::Orf => &["orf", "ori"],
            Self::Rw2 => &["rw2", "rwl"],
            Self::Pef => &["pef"],
            Self::Raf => &["raf"],
            Self::OtherRaw => &[],
        }
    }

    /// Whether this is a camera RAW, of which only the preview is decoded.
    pub fn is_raw(self) -> bool {
        !matches!(self, Self::Jpeg | Self::Png | Self::WebP | Self::Tiff | Self::Bmp)
    }
}

/// The colours a file was stored in, before conversion to sRGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColourSpace {
    /// sRGB, by an ICC profile, EXIF ColorSpace or PNG `sRGB` chunk.
    Srgb,
    /// RGB of unstated meaning; taken to be sRGB.
    UntaggedRgb,
    /// Adobe RGB (1998), by an ICC profile or by EXIF (DCF option file, "R03").
    AdobeRgb,
    /// Display P3, by an ICC profile.
    DisplayP3,
    /// RGB with another ICC profile; its name, which may be empty.
    OtherRgb(String),
    /// Grey, with or without a profile.
    Grey,
    /// Cyan, magenta, yellow and black ink, with or without a profile.
    Cmyk,
}

impl ColourSpace {
    /// The name to show, e.g. "Adobe RGB".
    pub fn name(&self) -> &str {
        match self {
            Self::Srgb => "sRGB",
            Self::UntaggedRgb => "untagged RGB",
            Self::AdobeRgb => "Adobe RGB",
            Self::DisplayP3 => "Display P3",
            Self::OtherRgb(name) if name.is_empty() => "RGB with an unnamed profile",
            Self::OtherRgb(name) => name,
            Self::Grey => "grey",
            Self::Cmyk => "CMYK",
        }
    }
}

/// What the headers of a JPEG tell about how it was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegFacts {
    /// Quality on libjpeg's scale, 1 to 100, from the quantisation tables.
    /// `None` if the tables are missing from the headers.
    pub quality: Option<u8>,
    /// The tables are exactly those libjpeg makes for `quality`, so that the
    /// number is what the encoder was asked for; else it is the nearest.
    pub quality_exact: bool,
    /// Progressive rather than sequential.
    pub progressive: bool,
    /// Chroma subsampling: how many luma samples there are to one chroma
    /// sample, across and down. (1, 1) is 4:4:4, (2, 1) is 4:2:2, (2, 2) is
    /// 4:2:0. `None` for grey and CMYK.
    pub subsampling: Option<(u8, u8)>,
    /// MCUs between restart markers; 0 if there are none.
    pub restart_interval: u16,
}

impl JpegFacts {
    /// The usual notation of [`JpegFacts::subsampling`], e.g. "4:2:0".
    pub fn subsampling_name(&self) -> &'static str {
        match self.subsampling {
            None => "none",
            Some((1, 1)) => "4:4:4",
            Some((2, 1)) => "4:2:2",
            Some((1, 2)) => "4:4:0",
            Some((2, 2)) => "4:2:0",
            Some((4, 1)) => "4:1:1",
            Some((4, 2)) => "4:1:0",
            Some(_) => "other",
        }
    }
}

/// What a file says about itself, before anything was converted.
///
/// For a camera RAW the facts about samples are those of the preview.
#[derive(Debug, Clone, PartialEq)]
pub struct FileFacts {
    /// The format, by content.
    pub format: Format,
    /// The path's extension, lower-case, without the dot.
    pub extension: Option<String>,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// Width of the upright picture, pixels.
    pub width: u32,
    /// Height of the upright picture, pixels.
    pub height: u32,
    /// Dots per inch along the upright width and height. `None` if the file
    /// states none (a JFIF aspect ratio without a unit is none).
    pub dpi: Option<(f64, f64)>,
    /// Bits of one stored channel (of a palette's index: 1, 2, 4 or 8).
    pub bits_per_channel: u8,
    /// Stored channels, alpha included; 1 for a palette.
    pub channels: u8,
    /// `bits_per_channel × channels`: 24 for "true colour".
    pub bits_per_pixel: u16,
    /// The stored colours.
    pub colour_space: ColourSpace,
    /// The ICC profile's name for itself, if there is a readable profile.
    pub icc_description: Option<String>,
    /// Why an ICC profile was ignored, if one was; the picture was then
    /// treated as untagged.
    pub icc_problem: Option<String>,
    /// The EXIF orientation that was applied, 1 to 8; 1 if none was stated.
    pub orientation: u8,
    /// Encoding details, if the pixels come from a JPEG (also in a RAW).
    pub jpeg: Option<JpegFacts>,
    /// The pixels are a camera RAW's embedded preview, rendered by the camera.
    pub raw_preview: bool,
}

impl FileFacts {
    /// Whether the extension is one of the format's; `None` if the path has no
    /// extension or the format has none of its own.
    pub fn extension_matches(&self) -> Option<bool> {
        let known = self.format.extensions();
        let extension = self.extension.as_deref()?;
        (!known.is_empty()).then(|| known.contains(&extension))
    }
}
