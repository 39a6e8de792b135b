//! What other rules change: for people, and as records.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::terminal::{FAIL, FAINT, LOOK, Language, PASS, printable, say, word};
use super::{json as records, limit, value};
use crate::check;
use crate::identity::shown;
use crate::rejudge::{Change, Turn};
use crate::verdict::{Finding, Outcome};

/// How many captures changed from one verdict to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// By old and new verdict: pass, review, fail.
    pub counts: [[usize; 3]; 3],
    /// Captures that could not be read, which no rule changes.
    pub unread: usize,
}

const VERDICTS: [Outcome; 3] = [Outcome::Pass, Outcome::Review, Outcome::Fail];

impl Changes {
    /// Count one more.
    pub fn count(&mut self, change: &Change) {
        let place = |o: Option<Outcome>| VERDICTS.iter().position(|v| Some(*v) == o);
        match place(change.old).zip(place(change.new)) {
            Some((old, new)) => self.counts[old][new] += 1,
            None => self.unread += 1,
        }
    }

    /// How many have another verdict.
    pub fn changed(&self) -> usize {
        let all = (0..3).flat_map(|a| (0..3).map(move |b| (a, b)));
        all.filter(|(a, b)| a != b).map(|(a, b)| self.counts[a][b]).sum()
    }

    /// All captures.
    pub fn total(&self) -> usize {
        self.unread + self.counts.iter().flatten().sum::<usize>()
    }
}

fn verdict(outcome: Outcome, language: Language) -> String {
    let (style, said) = match outcome {
        Outcome::Pass => (PASS, word(language, "通过", "PASS")),
        Outcome::Fail => (FAIL, word(language, "重拍", "RETAKE")),
        Outcome::Review | Outcome::NotAssessed => (LOOK, word(language, "待复核", "LOOK")),
    };
    format!("{style}{said}{style:#}")
}

/// Write the lines of a capture whose verdict changes; nothing for another.
///
/// # Errors
/// When `out` cannot be written to.
pub fn change(out: &mut impl Write, change: &Change, language: Language) -> io::Result<()> {
    let (Some(old), Some(new)) = (change.old, change.new) else { return Ok(()) };
    if old == new {
        return Ok(());
    }
    let (old, new) = (verdict(old, language), verdict(new, language));
    writeln!(out, "{old} -> {new}  {}", printable(&change.name))?;
    for turn in &change.because {
        let Some(finding) = turn.new.as_ref().or(turn.old.as_ref()) else { continue };
        let title = check::find(finding.check).map_or_else(String::new, |c| say(c.title, language));
        let none = word(language, "无", "none");
        let bound = |f: &Option<Finding>| {
            f.as_ref().map_or_else(
                || none.to_owned(),
                |f| {
                    let optional = word(language, "（不计）", " (does not count)");
                    format!("{}{}", limit(f), if f.limit.required { "" } else { optional })
                },
            )
        };
        let (then, now) = (bound(&turn.old), bound(&turn.new));
        let limits = word(language, "标准", "limit");
        let limits = if then == now {
            format!("{limits} {now}")
        } else {
            format!("{limits} {then} -> {now}")
        };
        let seen = |f: &Option<Finding>| f.as_ref().map(value);
        let values = match (seen(&turn.old), seen(&turn.new)) {
            (Some(a), Some(b)) if a != b => format!("{a} -> {b}"),
            (a, b) => b.or(a).unwrap_or_default(),
        };
        writeln!(out, "       {FAINT}{title}: {values} ({limits}){FAINT:#}")?;
    }
    Ok(())
}

/// Write how many changed.
///
/// # Errors
/// When `out` cannot be written to.
pub fn summary(out: &mut impl Write, changes: &Changes, language: Language) -> io::Result<()> {
    let (changed, total) = (changes.changed(), changes.total());
    let mut parts = Vec::new();
    for (i, old) in VERDICTS.iter().enumerate() {
        for (j, new) in VERDICTS.iter().enumerate().filter(|(j, _)| *j != i) {
            let n = changes.counts[i][j];
            if n > 0 {
                let (old, new) = (verdict(*old, language), verdict(*new, language));
                parts.push(format!("{old} -> {new} {n}"));
            }
        }
    }
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    match language {
        Language::Zh => writeln!(out, "\n共 {total} 张，结论改变 {changed} 张{parts}"),
        _ => writeln!(out, "\n{changed} of {total} verdicts change{parts}"),
    }
}

/// A change as a record, on one line.
pub fn record(change: &Change) -> String {
    let bound = |f: &Option<Finding>| f.as_ref().map(|f| records::limit(&f.limit.accept));
    let outcome = |f: &Option<Finding>| f.as_ref().map(|f| f.outcome.id());
    let read = |f: &Option<Finding>| {
        let reading = f.as_ref().and_then(|f| f.measured.as_ref().ok());
        reading.map(|r| records::value(&r.value))
    };
    let turn = |t: &Turn| -> Json {
        json!({
            "check": t.new.as_ref().or(t.old.as_ref()).map(|f| f.check),
            "old": {"outcome": outcome(&t.old), "value": read(&t.old), "limit": bound(&t.old)},
            "new": {"outcome": outcome(&t.new), "value": read(&t.new), "limit": bound(&t.new)},
        })
    };
    let because: Vec<Json> = change.because.iter().map(turn).collect();
    let id = |o: Option<Outcome>| o.map_or("error", Outcome::id);
    json!({"id": shown(&change.name), "old": id(change.old), "new": id(change.new), "because": because})
        .to_string()
}
