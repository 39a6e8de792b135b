//! What the proof says of the print sheet.

use serde_json::{Value as Json, json};

use super::json::round;
use crate::hash::sha256_hex;
use crate::standardise::sheet::{DPI, QUALITY, Sheet};

/// Sizes are width and height; `places` are the top left corners of the photos in pixels of the sheet.
pub(super) fn record(sheet: &Sheet) -> Json {
    let layout = &sheet.layout;
    let print = layout.places.first().map(|p| [p.width(), p.height()]);
    let places: Vec<[i32; 2]> = layout.places.iter().map(|p| [p.left(), p.top()]).collect();
    json!({
        "sha256": sha256_hex(&sheet.bytes),
        "bytes": sheet.bytes.len(),
        "quality": QUALITY,
        "paper_mm": layout.paper.map(round),
        "pixels": layout.size,
        "dpi": DPI,
        "photos": places.len(),
        "photo_mm": layout.photo.map(round),
        "photo_pixels": print,
        "ppi": round(sheet.ppi),
        "places": places,
    })
}
