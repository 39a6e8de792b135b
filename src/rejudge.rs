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

/// Captures that a thread reads at a time.
const CHUNK: usize = 2048;

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
    work: impl Fn(Row) -> Result<T> + Sync,
    mut each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<()> {
    let chunks: Vec<&[i64]> = ids.chunks(CHUNK).collect();
    for wave in chunks.chunks(2 * rayon::current_num_threads().max(1)) {
        let judged: Result<Vec<Vec<T>>> = wave
            .par_iter()
            .map_init(
                || Reader::open(ledger, details),
                |reader, ids| {
                    let reader =
                        reader.as_ref().map_err(|e| Error::Usage { reason: e.to_string() });
                    reader?.rows(ids)?.into_iter().map(&work).collect()
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
fn verdict(row: &Row, context: &Context, profile: &Profile, stage: Stage) -> Result<Verdict> {
    let look = row.look(context).ok_or_else(|| unreadable(row))?;
    let (measurements, _) = check::complete(look, &profile.target(stage));
    Ok(judge(&measurements, profile, stage))
}

fn unreadable(row: &Row) -> Error {
    Error::Usage { reason: format!("{}: its readings in the ledger are damaged", row.name) }
}

/// How a capture's verdict changes.
///
/// # Errors
/// When its readings are damaged.
pub fn change(row: &Row, context: &Context, rules: &Rules, stage: Stage) -> Result<Change> {
    let name = row.name.clone();
    let (None, Some(profile)) = (&row.error, rules.get(stage.id())) else {
        return Ok(Change { name, old: None, new: None, because: Vec::new() });
    };
    let new = verdict(row, context, profile, stage)?;
    let old = [Outcome::Pass, Outcome::Review, Outcome::Fail];
    let old = old.into_iter().find(|o| o.id() == row.verdict);
    let because = match (old, row.profile(context)) {
        (Some(old), Some(then)) if old != new.outcome => {
            turns(&verdict(row, context, then, row.stage)?, &new)
        }
        _ => Vec::new(),
    };
    Ok(Change { name, old, new: Some(new.outcome), because })
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

/// A stored capture judged by a profile, as if it had been looked at again.
///
/// # Errors
/// When its readings are damaged.
pub fn checked(row: &Row, context: &Context, profile: &Profile, stage: Stage) -> Result<Checked> {
    let outcome = match &row.error {
        Some(reason) => Err(reason.clone()),
        None => {
            let seen = row.seen(context).ok_or_else(|| unreadable(row))?;
            Ok(judge_look(seen, profile, stage))
        }
    };
    let capture = Capture { id: row.name.clone(), path: row.path.clone() };
    Ok(Checked { capture, sha256: row.sha256.clone(), outcome })
}
