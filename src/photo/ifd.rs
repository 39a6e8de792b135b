//! The tag directories (IFDs) of TIFF files, which EXIF blocks and most camera
//! RAWs are as well.
//!
//! One small reader instead of a crate for each: the `tiff` crate insists on a
//! decodable image, EXIF crates do not return a RAW's SubIFDs or know its magic
//! numbers, and we need eight tags. Every access is bounds-checked and every
//! walk is bounded, so damaged data yield fewer tags, never a panic or a loop.
//!
//! Layout: Adobe, TIFF 6.0, section 2. EXIF tags: CIPA DC-008 (EXIF 2.32).

use super::raster::Declared;

/// Tag numbers.
pub const BITS_PER_SAMPLE: u16 = 258;
pub const COMPRESSION: u16 = 259;
pub const PHOTOMETRIC: u16 = 262;
pub const MAKE: u16 = 271;
pub const ORIENTATION: u16 = 274;
pub const X_RESOLUTION: u16 = 282;
pub const Y_RESOLUTION: u16 = 283;
pub const RESOLUTION_UNIT: u16 = 296;
pub const EXTRA_SAMPLES: u16 = 338;
pub const ICC_PROFILE: u16 = 34675;
pub const DNG_VERSION: u16 = 50706;
const SUB_IFDS: u16 = 330;
const EXIF_IFD: u16 = 34665;
const INTEROP_IFD: u16 = 40965;
const INTEROP_INDEX: u16 = 1;
const EXIF_COLOR_SPACE: u16 = 40961;

/// More directories than any file has; a damaged chain could be endless.
const MAX_DIRECTORIES: usize = 64;

/// One tag of one directory.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    directory: usize,
    tag: u16,
    kind: u16,
    value: &'a [u8],
}

/// All tags of a TIFF structure: the chain of main directories, numbered from
/// 0, and the SubIFDs, EXIF and interoperability directories below them.
#[derive(Debug)]
pub struct Tags<'a> {
    little_endian: bool,
    entries: Vec<Entry<'a>>,
}

impl<'a> Tags<'a> {
    /// Reads the directories of `data`, which starts with the byte order mark.
    /// `None` if it is not a TIFF structure.
    pub fn read(data: &'a [u8]) -> Option<Self> {
        let little_endian = match data.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let mut tags = Self { little_endian, entries: Vec::new() };
        // 42, or what Olympus ("RO", "RS") and Panasonic (0x55) write instead.
        if !matches!(tags.u16_at(data, 2)?, 42 | 0x4f52 | 0x5352 | 0x55) {
            return None;
        }
        let first = tags.u32_at(data, 4)? as usize;
        let mut pending = vec![first];
        let mut seen = Vec::new();
        while let Some(offset) = pending.pop() {
            if offset == 0 || seen.contains(&offset) || seen.len() == MAX_DIRECTORIES {
                continue;
            }
            let directory = seen.len();
            seen.push(offset);
            // Last in, first out: what hangs below a directory comes before
            // its successor in the chain.
            pending.extend(tags.read_directory(data, offset, directory));
        }
        Some(tags)
    }

    /// Reads one directory; returns the offsets of those it points to.
    fn read_directory(&mut self, data: &'a [u8], offset: usize, directory: usize) -> Vec<usize> {
        let count = self.u16_at(data, offset).unwrap_or(0);
        let mut next = Vec::new();
        let end = offset + 2 + usize::from(count) * 12;
        next.extend(self.u32_at(data, end).map(|offset| offset as usize));
        for index in 0..usize::from(count) {
            let Some(entry) = self.entry(data, offset + 2 + index * 12, directory) else {
                continue;
            };
            if matches!(entry.tag, SUB_IFDS | EXIF_IFD | INTEROP_IFD) {
                let width = entry.value.len().min(4 * MAX_DIRECTORIES);
                for at in (0..width).step_by(4).rev() {
                    next.extend(self.u32_at(entry.value, at).map(|offset| offset as usize));
                }
            }
            self.entries.push(entry);
        }
        next
    }

    fn entry(&self, data: &'a [u8], at: usize, directory: usize) -> Option<Entry<'a>> {
        let tag = self.u16_at(data, at)?;
        let kind = self.u16_at(data, at + 2)?;
        let count = self.u32_at(data, at + 4)? as usize;
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = count.checked_mul(size)?;
        let start = if length <= 4 { at + 8 } else { self.u32_at(data, at + 8)? as usize };
        let value = data.get(start..start.checked_add(length)?)?;
        Some(Entry { directory, tag, kind, value })
    }

    fn u16_at(&self, data: &[u8], at: usize) -> Option<u16> {
        let bytes = data.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32_at(&self, data: &[u8], at: usize) -> Option<u32> {
        let bytes = data.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn unsigned(&self, entry: &Entry) -> Option<u32> {
        match entry.kind {
            1 | 7 => entry.value.first().copied().map(u32::from),
            3 => self.u16_at(entry.value, 0).map(u32::from),
            4 => self.u32_at(entry.value, 0),
            _ => None,
        }
    }

    /// The first value of `tag` in the first main directory.
    pub fn first(&self, tag: u16) -> Option<u32> {
        let of_first = |entry: &&Entry| entry.directory == 0 && entry.tag == tag;
        self.entries.iter().find(of_first).and_then(|entry| self.unsigned(entry))
    }

    /// The first value of `tag` in every directory that has it.
    pub fn all(&self, tag: u16) -> impl Iterator<Item = u32> {
        let with_tag = self.entries.iter().filter(move |entry| entry.tag == tag);
        with_tag.filter_map(|entry| self.unsigned(entry))
    }

    /// The bytes of a tag, wherever it first occurs.
    pub fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.tag == tag).map(|entry| entry.value)
    }

    /// The bytes of a text tag, up to its NUL, wherever it first occurs.
    pub fn text(&self, tag: u16) -> Option<&'a [u8]> {
        self.bytes(tag)?.split(|&byte| byte == 0).next()
    }

    fn rational(&self, tag: u16) -> Option<f64> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.directory == 0 && entry.tag == tag && entry.kind == 5)?;
        let above = f64::from(self.u32_at(entry.value, 0)?);
        let below = f64::from(self.u32_at(entry.value, 4)?);
        (above > 0.0 && below > 0.0).then_some(above / below)
    }

    /// Orientation of the main picture, 1 to 8.
    pub fn orientation(&self) -> Option<u8> {
        let value = u8::try_from(self.first(ORIENTATION)?).ok()?;
        (1..=8).contains(&value).then_some(value)
    }

    /// Dots per inch across and down. ResolutionUnit 2 is the inch and the
    /// default, 3 the centimetre; 1 is "no absolute unit", hence no answer.
    pub fn dpi(&self) -> Option<(f64, f64)> {
        let per_inch = match self.first(RESOLUTION_UNIT).unwrap_or(2) {
            2 => 1.0,
            3 => 2.54,
            _ => return None,
        };
        let x = self.rational(X_RESOLUTION)?;
        let y = self.rational(Y_RESOLUTION).unwrap_or(x);
        Some((x * per_inch, y * per_inch))
    }

    /// What EXIF declares the colours to be. DCF 2.0 marks an Adobe RGB file
    /// ("option file") with ColorSpace "uncalibrated" and interoperability
    /// index "R03"; ColorSpace 2 is a common vendor shorthand for the same.
    pub fn declared(&self) -> Declared {
        match self.all(EXIF_COLOR_SPACE).next() {
            Some(1) => Declared::Srgb,
            Some(2) => Declared::AdobeRgb,
            Some(0xffff) if self.text(INTEROP_INDEX) == Some(b"R03") => Declared::AdobeRgb,
            _ => Declared::Nothing,
        }
    }
}
