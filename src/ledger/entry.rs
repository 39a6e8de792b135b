//! What is written down of one capture.

use std::path::PathBuf;
use std::time::Duration;

use super::Stamp;
use crate::capture::Capture;
use crate::pipeline::Judged;

/// One capture of a run.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The capture.
    pub capture: Capture,
    /// What the file system said of it.
    pub stamp: Option<Stamp>,
    /// SHA-256 of its content, where it could be read.
    pub sha256: Option<String>,
    /// The judged photo, or why there is none.
    pub outcome: std::result::Result<Judged, String>,
    /// Whether it was looked at, or stored readings were used.
    pub looked: bool,
    /// How long that took.
    pub timing: Timing,
    /// The standard file that was made.
    pub output: Option<Output>,
    /// Why none was, where one was asked for.
    pub not_made: Option<String>,
}

/// How long a capture took; what was not done took no time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Everything.
    pub all: Duration,
    /// From bytes to pixels.
    pub decode: Option<Duration>,
    /// The networks.
    pub perceive: Option<Duration>,
    /// Measuring and judging.
    pub measure: Option<Duration>,
    /// The standard file, with the reading of the file itself.
    pub standardise: Option<Duration>,
}

/// A standard file on disk.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name, without ending, as records say it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Its quality factor.
    pub quality: u8,
    /// What was done with the background.
    pub background: String,
    /// Every reading of the file itself.
    pub judged: Judged,
}
