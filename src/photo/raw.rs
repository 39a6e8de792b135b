//! Camera RAW: the picture the camera itself rendered and embedded as JPEG.
//!
//! Sensor data are not developed: that would need a demosaicing library (the
//! complete ones are LGPL) and a rendering nobody asked for. The preview is
//! what the photographer saw.
//!
//! Where makers put it differs (SubIFDs, strips, maker notes, boxes), but it is
//! always a whole JPEG stream inside the file. So the file is searched for
//! JPEG streams, and the one with most pixels is taken. Sensor data that are
//! themselves coded as JPEG are told apart by their process: they are lossless
//! (SOF3). Inside another JPEG's coded data no start of image can occur.
//!
//! Recognised: DNG, CR2, CR3, NEF, ARW, ORF, RW2, PEF, RAF and other RAWs
//! that are TIFF structures. **Tested only on files built for the purpose**, as
//! no camera's own file was at hand.

use super::Limits;
use super::ifd::Tags;
use super::jpeg::{self, Headers};
use super::raster::{Declared, Fault, Raster};

/// Long side below which an embedded JPEG is a thumbnail, pixels. Cameras
/// store 160 × 120 by the EXIF standard; previews start at about 570.
const THUMBNAIL: u16 = 320;

/// JPEG streams to look at. Cameras embed two to five.
const MAX_STREAMS: usize = 256;

/// This many streams of the largest size are the tiles of one big picture
/// (lossy DNG), none of which shows the whole.
const TILES: usize = 4;

/// Where CR3 files keep the directory with their orientation: in the `moov`
/// box at their beginning.
const CR3_HEAD: usize = 1 << 18;

/// Decodes the largest JPEG embedded in a camera RAW, turned as the RAW says.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Raster, Fault> {
    let streams = streams(bytes);
    let area = |stream: &Stream| u32::from(stream.width) * u32::from(stream.height);
    // The first of the largest: `max_by_key` would return the last.
    let Some(largest) = streams.iter().rev().max_by_key(|stream| area(stream)) else {
        return Err(Fault::unsupported("camera RAW without an embedded JPEG"));
    };
    let (width, height) = (largest.width, largest.height);
    if width.max(height) < THUMBNAIL {
        return Err(Fault::unsupported(format!(
            "camera RAW with a thumbnail only ({width} x {height})"
        )));
    }
    let same = |stream: &&Stream| (stream.width, stream.height) == (width, height);
    if streams.iter().filter(same).count() >= TILES {
        return Err(Fault::unsupported("camera RAW that stores JPEG tiles"));
    }

    let mut raster = jpeg::read(&bytes[largest.start..], limits)?;
    raster.raw_preview = true;
    if let Some(tags) = container_tags(bytes) {
        // The container's word comes first: a preview with an orientation of
        // its own repeats it, and must not be turned twice.
        raster.orientation = tags.orientation().unwrap_or(raster.orientation);
        raster.dpi = raster.dpi.or(tags.dpi());
        if raster.declared == Declared::Nothing {
            raster.declared = tags.declared();
        }
    }
    Ok(raster)
}

/// The tags of the RAW itself: it is a TIFF structure, or (CR3) has one in its
/// `CMT1` box. RAF has none; its preview carries EXIF.
fn container_tags(bytes: &[u8]) -> Option<Tags<'_>> {
    Tags::read(bytes).or_else(|| {
        let head = &bytes[..bytes.len().min(CR3_HEAD)];
        let name = head.windows(4).position(|window| window == b"CMT1")?;
        Tags::read(&bytes[name + 4..])
    })
}

/// One JPEG stream inside the file.
struct Stream {
    start: usize,
    width: u16,
    height: u16,
}

/// All streams that could be a picture: Huffman-coded, 8 bits, grey or colour.
fn streams(bytes: &[u8]) -> Vec<Stream> {
    let mut streams = Vec::new();
    let mut at = 0;
    for _ in 0..MAX_STREAMS {
        let starts = |window: &[u8]| window == b"\xff\xd8\xff";
        let Some(found) = bytes[at..].windows(3).position(starts) else {
            break;
        };
        let start = at + found;
        at = start + 3;
        let Ok(headers) = Headers::read(&bytes[start..]) else {
            continue;
        };
        // Behind the headers: a thumbnail inside them is of no use.
        at = start + headers.first_scan;
        let colours = matches!(headers.components.len(), 1 | 3);
        if headers.is_huffman_dct() && headers.precision == 8 && colours {
            streams.push(Stream { start, width: headers.width, height: headers.height });
        }
    }
    streams
}
