//! Stored readings under other rules: no picture is opened.
//!
//! Captures are read and judged by several threads in waves, and handed on in their order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use rayon::prelude::*;

use crate::capture::Capture;
use crate::check;
use crate::error::{Error, Result};
use crate::judge::judge;
use crate::ledger::{Context, Reader, Row};
use crate::pipeline::{Checked, judge_look};
use crate::profile::{Profile, Stage};
use crate::verdict::{Finding, Outcome, Verdict};

/// Captures that a thread reads at a time: few where each brings its evidence, some tens of kilobytes.
const CHUNK: usize = 2048;
const CHUNK_OF_DETAILS: usize = 32;

/// The rules to judge by, for each stage that captures were recorded with.
pub type Rules = BTreeMap<&'static str, Profile>;

/// What became of a capture's verdict.
#[derive(Clone, Debug)]
pub struct Change {
    /// Name of the capture inside its input.
    pub name: String,
    /// The recorded verdict; none where it could not be read then, which no rule changes.
    pub old: Option<Outcome>,
    /// The verdict by the new rules.
    pub new: Option<Outcome>,
    /// Why they differ; empty where they do not.
    pub because: Vec<Turn>,
}

/// A check that turned the verdict: its finding by the old rules and by the new; none where there is no
/// limit.
#[derive(Clone, Debug)]
pub struct Turn {
    /// By the old rules.
    pub old: Option<Finding>,
    /// By the new rules.
    pub new: Option<Finding>,
}

/// Do `work` with the stored captures of these ids, and hand the results to `each` in their order.
///
/// # Errors
/// When the ledger cannot be read.
pub fn run<T: Send>(
    ledger: &Path,
    ids: &[i64],
    details: bool,
    work: impl Fn(Row) -> T + Sync,
    mut each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<()> {
    let chunk = if details { CHUNK_OF_DETAILS } else { CHUNK };
    let chunks: Vec<&[i64]> = ids.chunks(chunk).collect();
    for wave in chunks.chunks(4 * rayon::current_num_threads().max(1)) {
        let judged: Result<Vec<Vec<T>>> = wave
            .par_iter()
            .map_init(
                || Reader::open(ledger, details),
                |reader, ids| {
                    let reader =
                        reader.as_ref().map_err(|e| Error::Usage { reason: e.to_string() });
                    Ok(reader?.rows(ids)?.into_iter().map(&work).collect())
                },
            )
            .collect();
        for one in judged?.into_iter().flatten() {
            if each(one).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The verdict on what was measured, by another profile.
fn verdict(row: &Row, context: &Context, profile: &Profile, stage: Stage) -> Option<Verdict> {
    let (measurements, _) = check::complete(row.look(context)?, &profile.target(stage));
    Some(judge(&measurements, profile, stage))
}

fn damaged(row: &Row) -> String {
    format!("{}: its readings in the ledger are damaged", row.name)
}

/// How a capture's verdict changes; not at all where its readings are damaged.
pub fn change(row: &Row, context: &Context, rules: &Rules, stage: Stage) -> Change {
    let name = row.name.clone();
    let none = Change { name: name.clone(), old: None, new: None, because: Vec::new() };
    let (None, Some(profile)) = (&row.error, rules.get(stage.id())) else { return none };
    let Some(new) = verdict(row, context, profile, stage) else { return none };
    let old = [Outcome::Pass, Outcome::Review, Outcome::Fail];
    let old = old.into_iter().find(|o| o.id() == row.verdict);
    let because = match (old, row.profile(context)) {
        (Some(old), Some(then)) if old != new.outcome => {
            verdict(row, context, then, row.stage).map_or_else(Vec::new, |old| turns(&old, &new))
        }
        _ => Vec::new(),
    };
    Change { name, old, new: Some(new.outcome), because }
}

/// The checks that turned a verdict: those that now come out as badly as the verdict where it became
/// worse, those that did before where it became better.
fn turns(old: &Verdict, new: &Verdict) -> Vec<Turn> {
    let of = |verdict: &Verdict, id: &str| verdict.findings.iter().find(|f| f.check == id).cloned();
    let weight = |f: &Finding| match f.outcome {
        // On a required check a person must look.
        _ if !f.limit.required => Outcome::Pass,
        Outcome::NotAssessed => Outcome::Review,
        outcome => outcome,
    };
    let worse = new.outcome > old.outcome;
    let (from, to) = if worse { (old, new) } else { (new, old) };
    let decisive = to.findings.iter().filter(|f| weight(f) > from.outcome);
    decisive
        .map(|f| {
            let other = of(from, f.check);
            let this = Some(f.clone());
            if worse { Turn { old: other, new: this } } else { Turn { old: this, new: other } }
        })
        .collect()
}

/// A stored capture judged by a profile, as if it had been looked at again; an error where its readings are
/// damaged.
pub fn checked(row: &Row, context: &Context, profile: &Profile, stage: Stage) -> Checked {
    let outcome = match &row.error {
        Some(reason) => Err(reason.clone()),
        None => {
            let seen = row.seen(context).ok_or_else(|| damaged(row));
            seen.map(|seen| judge_look(seen, profile, stage))
        }
    };
    let capture = Capture { id: row.name.clone(), path: row.path.clone() };
    Checked { capture, sha256: row.sha256.clone(), outcome }
}
