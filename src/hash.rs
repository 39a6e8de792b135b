//! Content hashes, as records and model cards state them.

use sha2::{Digest, Sha256};

/// SHA-256 of the bytes, lower-case hexadecimal.
///
/// ```
/// assert!(photogate::hash::sha256_hex(b"").starts_with("e3b0c442"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
