//! A table of captures: one row each, a value and an outcome for every check.

use std::io::{self, Write};

use super::json::round;
use crate::check::ALL;
use crate::identity::shown;
use crate::pipeline::Checked;
use crate::verdict::{Outcome, Value};

/// One row.
#[derive(Clone, Debug)]
pub struct Line {
    /// The facts: path, id, SHA-256, run, profile, verdict, the check said first, its reason in Chinese
    /// and English, why it could not be read. Empty where there is none.
    pub facts: [String; FACTS.len()],
    /// By check, in their order: the value, and the outcome where the profile has a limit.
    pub checks: Vec<(Option<Value>, Option<Outcome>)>,
}

/// Names of the first columns.
pub const FACTS: [&str; 10] = [
    "path",
    "id",
    "sha256",
    "run",
    "profile",
    "verdict",
    "first",
    "reason_zh",
    "reason_en",
    "error",
];

/// The row of a capture.
pub fn line(checked: &Checked, run: i64, profile: &str) -> Line {
    let judged = checked.outcome.as_ref().ok();
    let verdict = judged.map(|j| &j.verdict);
    let first = verdict.and_then(|v| Some(&v.findings[v.first?]));
    let reason = first.and_then(|f| f.reason.clone());
    let (zh, en) = reason.map(|r| (r.zh, r.en)).unwrap_or_default();
    let facts = [
        shown(&checked.capture.path.to_string_lossy()).into_owned(),
        shown(&checked.capture.id).into_owned(),
        checked.sha256.clone().unwrap_or_default(),
        run.to_string(),
        profile.to_owned(),
        verdict.map_or("error", |v| v.outcome.id()).to_owned(),
        first.map_or("", |f| f.check).to_owned(),
        zh,
        en,
        checked.outcome.as_ref().err().map(|e| shown(e).into_owned()).unwrap_or_default(),
    ];
    let checks = ALL.iter().map(|check| {
        let measured = judged.and_then(|j| j.measurements.iter().find(|(c, _)| c.id == check.id));
        let value = measured.and_then(|(_, m)| Some(m.as_ref().ok()?.value.clone()));
        let finding = verdict.and_then(|v| v.findings.iter().find(|f| f.check == check.id));
        (value, finding.map(|f| f.outcome))
    });
    Line { facts, checks: checks.collect() }
}

/// Text that a spreadsheet would take for a formula gets a quote before it.
///
/// OWASP, CSV Injection: cells that begin with = + - @, a tab or a carriage return.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text.to_owned() }
}

/// A CSV file that Excel opens as UTF-8: with a byte order mark.
pub struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    /// Begin with the names of the columns.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn begin(mut out: W) -> io::Result<Csv<W>> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::Writer::from_writer(out);
        let checks = ALL.iter().flat_map(|c| [c.id.to_owned(), format!("{}.outcome", c.id)]);
        csv.write_record(FACTS.map(str::to_owned).into_iter().chain(checks))?;
        Ok(Csv(csv))
    }

    /// One row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, line: &Line) -> io::Result<()> {
        let checks = line.checks.iter().flat_map(|(value, outcome)| {
            let value = match value {
                Some(Value::Number(n)) => round(*n).to_string(),
                Some(Value::Name(name)) => harmless(name),
                None => String::new(),
            };
            [value, outcome.map_or_else(String::new, |o| o.id().to_owned())]
        });
        let facts = line.facts.iter().map(|fact| harmless(fact));
        Ok(self.0.write_record(facts.chain(checks))?)
    }

    /// Write what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_quoted_and_numbers_are_not() {
        let said = ["=1+1", "+x", "-8.5", "-x", "@a", "\t=x", "a=b", ""].map(harmless);
        assert_eq!(said, ["'=1+1", "'+x", "-8.5", "'-x", "'@a", "'\t=x", "a=b", ""]);
    }
}
