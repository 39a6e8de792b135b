//! Photogate judges portrait photos against a written photo specification.
//!
//! ```text
//! Capture --decode--> Photo --perceive--> Scene --(exactly one face)--> Portrait
//!                                                      | plan: the crop for the profile's frame
//!                                                      | measure: every check -> Reading
//! report <-- Verdict <--judge(Profile)-- Readings <----+
//! ```
//!
//! The modules stand in the order of the flow, and a module uses only those above it:
//! `tests/invariants.rs` holds us to that, and to the rules that single files own `ort`,
//! `indicatif`, comparison with limits, and serialisation.

#![warn(clippy::unwrap_used)]

pub mod error;
pub mod hash;
pub mod identity;
pub mod simd;
pub mod spans;
pub mod windows;
pub mod verdict;
pub mod capture;
pub mod photo;
pub mod pixels;
pub mod pyramid;
pub mod spectrum;
pub mod guided;
pub mod unmix;
pub mod engine;
pub mod model;
pub mod face;
pub mod closeup;
pub mod body;
pub mod target;
pub mod framing;
pub mod gist;
pub mod scene;
pub mod eyes;
pub mod check;
pub mod profile;
pub mod advice;
pub mod judge;
pub mod standardise;
pub mod pipeline;
pub mod naming;
pub mod produce;
pub mod ledger;
pub mod resume;
pub mod rejudge;
pub mod gate;
pub mod batch;
pub mod watch;
pub mod evaluate;
pub mod report;
pub mod progress;
pub mod cli;

pub use gate::Gate;

/// This program: its version, and the first digits of a hash of the source that readings come from.
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("PHOTOGATE_SOURCE"));
