//! The report of an evaluation: what the program said against what people decided.

pub mod csv;
pub mod json;
mod limits;
pub mod terminal;

use std::path::Path;

use super::json::Run;
use crate::evaluate::agreement::Pair;
use crate::evaluate::pairing::Decided;
use crate::evaluate::{Evaluated, VERDICT};

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    /// Profile, stage and engine.
    pub run: Run<'a>,
    /// The file of decisions.
    pub decisions: &'a Path,
    /// The wanted rate of false passes.
    pub wanted: f64,
    /// Number of pictures that were judged.
    pub pictures: usize,
    /// Every decision on them beside what the program said, in the order of the input.
    pub pairs: Vec<Pair>,
    /// What that comes to, by check.
    pub checks: Vec<Evaluated>,
    /// Pictures of the file of decisions that are not in the input.
    pub missing: Vec<(String, Decided)>,
    /// Pictures, folders and paths that could not be read.
    pub unreadable: Vec<NotRead>,
    /// Number of pictures of the input that the file does not name: they were not judged.
    pub without: usize,
}

/// A picture, folder or path that could not be read.
#[derive(Clone, Debug)]
pub struct NotRead {
    /// Id of the capture, or the path.
    pub file: String,
    /// Why.
    pub reason: String,
    /// The decisions on it; on a folder, and on a path that nothing names, there are none.
    pub decided: Decided,
}

impl Evaluation<'_> {
    /// Exit code of the program: 0 every decision was used, 1 some have no picture, 2 something could
    /// not be read.
    pub fn exit_code(&self) -> u8 {
        match (self.unreadable.is_empty(), self.missing.is_empty()) {
            (false, _) => 2,
            (true, false) => 1,
            (true, true) => 0,
        }
    }
}

/// Decisions of a picture in the order of the checks, the whole picture last.
fn in_order(decided: &Decided) -> Vec<(&'static str, &'static str)> {
    let subjects = crate::check::ALL.iter().map(|c| c.id).chain([VERDICT]);
    subjects.filter_map(|s| Some((s, decided.get(s)?.0.id()))).collect()
}
