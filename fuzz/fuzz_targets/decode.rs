//! Any bytes become a photo or an error, within the limits.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use photogate::photo::{Limits, decode_within};

const LIMITS: Limits = Limits { max_pixels: 1 << 20, max_file_bytes: 1 << 20 };

fuzz_target!(
    // Panics of libraries are caught by what is tried here, and only told; one that gets through still aborts.
    init: std::panic::set_hook(Box::new(|panic| eprintln!("guarded {panic}"))),
    |bytes: &[u8]| {
        match decode_within(bytes, Path::new("fuzz.jpg"), &LIMITS) {
            Ok(photo) => {
                let (w, h) = photo.pixels.dimensions();
                assert!(w > 0 && h > 0 && u64::from(w) * u64::from(h) <= LIMITS.max_pixels);
                assert_eq!((w, h), (photo.facts.width, photo.facts.height));
            }
            Err(e) => assert!(e.to_string().starts_with("fuzz.jpg: "), "{e}"),
        }
    }
);
