//! Photogate judges portrait photos against a written photo specification.
//!
//! ```text
//! Capture --decode--> Photo --perceive--> Scene --(exactly one face)--> Portrait
//!                                                      | measure: every check -> Reading
//! report <-- Verdict <--judge(Profile)-- Readings <----+
//! ```
//!
//! The modules stand in the order of the flow, and a module uses only those above it:
//! `tests/invariants.rs` holds us to that, and to the rules that single files own `ort`,
//! `indicatif`, comparison with limits, and serialisation.

pub mod error;
pub mod photo;
