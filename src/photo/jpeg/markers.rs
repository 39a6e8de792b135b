//! The marker segments of a JPEG up to its first scan (ITU-T T.81, annex B).

use crate::photo::raster::Fault;

/// One component of the frame, in the frame's order.
#[derive(Debug, Clone, Copy)]
pub struct Component {
    pub id: u8,
    /// Samples across and down in one MCU, in blocks of 8 × 8.
    pub across: u8,
    pub down: u8,
    /// Number of the quantisation table, 0 to 3.
    pub quantisation: u8,
}

/// What the headers say; nothing is decoded yet.
#[derive(Debug)]
pub struct Headers<'a> {
    pub width: u16,
    pub height: u16,
    /// Bits of a sample.
    pub precision: u8,
    /// The low byte of the SOF marker: 0xc0 baseline, 0xc1 extended, 0xc2
    /// progressive; the others are not decoded.
    process: u8,
    pub components: Vec<Component>,
    /// In zigzag order, as stored.
    pub quantisation: [Option<[u16; 64]>; 4],
    /// MCUs between restart markers; 0 for none.
    pub restart_interval: u16,
    /// Dots per inch from the JFIF segment, if it has a unit.
    pub jfif_dpi: Option<(f64, f64)>,
    /// The TIFF structure of the EXIF segment.
    pub exif: Option<&'a [u8]>,
    icc_parts: Vec<(u8, &'a [u8])>,
    /// Has Adobe's APP14 segment: CMYK is stored inverted.
    pub adobe: bool,
    /// Bytes that belong to no segment stand between two of them.
    pub stray_bytes: bool,
    /// Where the headers end: the offset of the first SOS segment's length.
    pub first_scan: usize,
}

/// The next marker at or after `at`: its low byte and the offset behind it.
/// Skips fill bytes (0xff) and anything that is not a marker.
pub fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        if bytes[at] != 0 {
            return Some((bytes[at], at + 1));
        }
    }
}

/// The content of the segment whose length field is at `at`, and its end.
pub fn segment(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
    let end = at + usize::from(length);
    Some((bytes.get(at + 2..end)?, end))
}

impl<'a> Headers<'a> {
    /// Reads the segments from SOI to the first SOS.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut headers = Self {
            width: 0,
            height: 0,
            precision: 0,
            process: 0,
            components: Vec::new(),
            quantisation: [None; 4],
            restart_interval: 0,
            jfif_dpi: None,
            exif: None,
            icc_parts: Vec::new(),
            adobe: false,
            stray_bytes: false,
            first_scan: 0,
        };
        let mut at = 2; // behind SOI
        loop {
            let (marker, behind) = next_marker(bytes, at)
                .ok_or_else(|| Fault::corrupt("ends before the picture data"))?;
            headers.stray_bytes |= bytes[at..behind - 1].iter().any(|&byte| byte != 0xff);
            match marker {
                0xd9 => return Err(Fault::corrupt("ends before the picture data")),
                // TEM and RSTn have no content.
                0x01 | 0xd0..=0xd8 => {
                    at = behind;
                    continue;
                }
                _ => {}
            }
            let (content, end) =
                segment(bytes, behind).ok_or_else(|| Fault::corrupt("ends inside the headers"))?;
            match marker {
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    headers.process = marker;
                    headers
                        .frame(content)
                        .ok_or_else(|| Fault::corrupt("the frame header is damaged"))?;
                }
                0xdb => headers.quantisation_tables(content),
                0xdd => headers.restart_interval = be16(content, 0).unwrap_or(0),
                0xda if headers.components.is_empty() => {
                    return Err(Fault::corrupt("picture data without a frame header"));
                }
                0xda => {
                    headers.first_scan = behind;
                    return Ok(headers);
                }
                0xe0..=0xef => headers.application(marker, content),
                _ => {}
            }
            at = end;
        }
    }

    fn frame(&mut self, content: &[u8]) -> Option<()> {
        self.precision = *content.first()?;
        self.height = be16(content, 1)?;
        self.width = be16(content, 3)?;
        let count = usize::from(*content.get(5)?);
        let entries = content.get(6..6 + 3 * count)?;
        self.components = entries
            .chunks_exact(3)
            .map(|entry| Component {
                id: entry[0],
                across: entry[1] >> 4,
                down: entry[1] & 15,
                quantisation: entry[2] & 3,
            })
            .collect();
        let factor = |value: u8| (1..=4).contains(&value);
        let sound = |c: &Component| factor(c.across) && factor(c.down);
        (count > 0 && self.components.iter().all(sound)).then_some(())
    }

    fn quantisation_tables(&mut self, content: &[u8]) {
        let mut rest = content;
        while let Some((&head, tail)) = rest.split_first() {
            let sixteen = head >> 4 != 0;
            let size = if sixteen { 128 } else { 64 };
            let Some(values) = tail.get(..size) else {
                return; // the decoder reports it
            };
            let mut table = [0; 64];
            for (index, value) in table.iter_mut().enumerate() {
                *value = if sixteen {
                    u16::from_be_bytes([values[2 * index], values[2 * index + 1]])
                } else {
                    values[index].into()
                };
            }
            self.quantisation[usize::from(head & 3)] = Some(table);
            rest = &tail[size..];
        }
    }

    fn application(&mut self, marker: u8, content: &'a [u8]) {
        if marker == 0xe0 && content.starts_with(b"JFIF\0") {
            // JFIF 1.02: version, unit (0 aspect ratio only, 1 dots per inch,
            // 2 dots per cm), then the two densities.
            let unit = content.get(7).copied();
            let per_inch = match unit {
                Some(1) => 1.0,
                Some(2) => 2.54,
                _ => return,
            };
            if let (Some(x @ 1..), Some(y @ 1..)) = (be16(content, 8), be16(content, 10)) {
                self.jfif_dpi = Some((f64::from(x) * per_inch, f64::from(y) * per_inch));
            }
        } else if marker == 0xe1 && content.starts_with(b"Exif\0") {
            self.exif = self.exif.or(content.get(6..));
        } else if marker == 0xe2 && content.starts_with(b"ICC_PROFILE\0") && content.len() > 14 {
            self.icc_parts.push((content[12], &content[14..]));
        } else if marker == 0xee && content.starts_with(b"Adobe") {
            self.adobe = true;
        }
    }

    /// The ICC profile, put together from its segments (ICC.1, annex B.4). If
    /// a part is missing the result is short, and is reported as broken.
    pub fn icc(&self) -> Option<Vec<u8>> {
        let mut parts = self.icc_parts.clone();
        parts.sort_by_key(|&(number, _)| number);
        let profile: Vec<u8> = parts.iter().flat_map(|&(_, part)| part).copied().collect();
        (!profile.is_empty()).then_some(profile)
    }

    pub fn is_progressive(&self) -> bool {
        self.process == 0xc2
    }

    /// Sequential or progressive, Huffman-coded: the processes decoded here.
    pub fn is_huffman_dct(&self) -> bool {
        matches!(self.process, 0xc0..=0xc2)
    }

    pub fn process_name(&self) -> &'static str {
        match self.process {
            0xc0 => "baseline",
            0xc1 => "extended sequential",
            0xc2 => "progressive",
            0xc3 | 0xc7 | 0xcb | 0xcf => "lossless",
            0xc9..=0xca => "arithmetic-coded",
            _ => "hierarchical",
        }
    }

    /// The frame in MCUs, across and down, for an interleaved scan.
    pub fn mcus(&self) -> (usize, usize) {
        let (h, v) = self.max_sampling();
        (usize::from(self.width).div_ceil(8 * h), usize::from(self.height).div_ceil(8 * v))
    }

    /// The largest sampling factors of any component.
    pub fn max_sampling(&self) -> (usize, usize) {
        let max = |of: fn(&Component) -> u8| self.components.iter().map(of).max().unwrap_or(1);
        (max(|c| c.across).into(), max(|c| c.down).into())
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}
