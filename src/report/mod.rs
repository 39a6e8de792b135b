//! What people and programs read of the results.

pub mod columns;
pub mod diff;
pub mod eval;
pub mod html;
pub mod json;
pub mod overlay;
pub mod proof;
pub mod screen;
mod sheet;
pub mod spreadsheet;
pub mod story;
mod table;
pub mod terminal;

use crate::check;
use crate::verdict::{Accept, Band, Finding, Outcome, Value};

/// How many captures came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Passed.
    pub pass: usize,
    /// A person must look.
    pub review: usize,
    /// To be taken again.
    pub fail: usize,
    /// Could not be read.
    pub error: usize,
}

impl Summary {
    /// Count one more; `None` is a capture that could not be read.
    pub fn count(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Pass) => self.pass += 1,
            Some(Outcome::Review | Outcome::NotAssessed) => self.review += 1,
            Some(Outcome::Fail) => self.fail += 1,
            None => self.error += 1,
        }
    }

    /// All captures.
    pub fn total(&self) -> usize {
        self.pass + self.review + self.fail + self.error
    }

    /// Exit code of the program: 0 all pass, 1 some need attention, 2 some could not be read.
    pub fn exit_code(&self) -> u8 {
        match (self.error, self.review + self.fail) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 2,
        }
    }
}

impl std::fmt::Display for Summary {
    /// In signs, for a line that counts while the batch runs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Summary { pass, review, fail, error } = self;
        write!(f, "\u{2713} {pass}  \u{2717} {fail}  ? {review}  ! {error}")
    }
}

/// What became of the standard files of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Written.
    pub written: usize,
    /// Of these, passed as finished files.
    pub passed: usize,
    /// Could not be named or written.
    pub failed: usize,
}

impl Files {
    /// Count one more capture.
    pub fn count(&mut self, written: bool, passed: bool, failed: bool) {
        self.written += usize::from(written);
        self.passed += usize::from(passed);
        self.failed += usize::from(failed);
    }
}

/// A number as people read it: no more digits than its size deserves.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        a if a >= 100.0 => 0,
        a if a >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let text = trimmed(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number next to the end of a band that it lies beyond: with enough digits to see that it does.
fn number_beyond(value: f64, band: Band) -> String {
    let shown = |digits: usize| format!("{value:.digits$}");
    let looks_inside = |text: &String| {
        let seen: f64 = text.parse().unwrap_or(value);
        band.min.is_none_or(|min| seen >= min) && band.max.is_none_or(|max| seen <= max)
    };
    let longer = (2..7).map(shown);
    std::iter::once(number(value)).chain(longer).find(|t| !looks_inside(t)).unwrap_or(shown(7))
}

/// The measured value with its unit, or a dash.
fn value(finding: &Finding) -> String {
    match &finding.measured {
        Ok(reading) => match (&reading.value, &finding.limit.accept) {
            (Value::Number(n), Accept::Range { pass, .. })
                if finding.slack.is_some_and(|s| s < 0.0) =>
            {
                with_unit(&number_beyond(*n, *pass), finding.check)
            }
            (Value::Number(n), _) => with_unit(&number(*n), finding.check),
            (Value::Name(name), _) => name.clone(),
        },
        Err(_) => "-".to_owned(),
    }
}

/// The pass band with its unit.
fn limit(finding: &Finding) -> String {
    accepted(&finding.limit.accept, finding.check)
}

/// What a limit lets pass, with the unit of its check.
fn accepted(accept: &Accept, check: &str) -> String {
    match accept {
        Accept::Range { pass, .. } => with_unit(&band(*pass), check),
        Accept::OneOf(names) => one_of(names, check::find(check).map_or(&[], |c| c.names)),
    }
}

/// Names that pass, or, where most of all do, those that do not: the shorter list is read.
fn one_of(accepted: &[String], all: &[&str]) -> String {
    let is_refused = |name: &&str| !accepted.iter().any(|a| a == name);
    let refused: Vec<&str> = all.iter().copied().filter(is_refused).collect();
    if refused.is_empty() || accepted.len() <= refused.len() {
        accepted.join(" / ")
    } else {
        format!("≠ {}", refused.join(" / "))
    }
}

/// How far the value lies outside its pass band, with its unit.
fn beyond(finding: &Finding) -> Option<String> {
    let Accept::Range { pass, .. } = &finding.limit.accept else { return None };
    let slack = finding.slack.filter(|s| *s < 0.0)?;
    let value = match &finding.measured.as_ref().ok()?.value {
        Value::Number(value) => *value,
        Value::Name(_) => return None,
    };
    Some(with_unit(&distance(value, *pass, -slack), finding.check))
}

/// A distance between a value and a band, with as many decimals as these are shown with, so that it is
/// seen to be their difference; with more where it would be none.
fn distance(value: f64, band: Band, off: f64) -> String {
    let decimals = |text: String| text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let ends = [band.min, band.max].into_iter().flatten().map(|end| decimals(number(end)));
    let least = ends.fold(decimals(number_beyond(value, band)), usize::max);
    let shown = |digits: usize| format!("{off:.digits$}");
    let is_some = |text: &String| text.chars().any(|c| ('1'..='9').contains(&c));
    let text = (least..7).map(shown).find(is_some).unwrap_or_else(|| shown(7));
    trimmed(&text).to_owned()
}

/// A decimal number without the zeros that it ends with.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn with_unit(text: &str, check: &str) -> String {
    match check::find(check).map_or("", |c| c.unit) {
        "" => text.to_owned(),
        unit @ ("°" | "%") => format!("{text}{unit}"),
        unit => format!("{text} {unit}"),
    }
}

fn band(band: Band) -> String {
    match (band.min, band.max) {
        (Some(a), Some(b)) if a == b => number(a),
        (Some(a), Some(b)) => format!("{}…{}", number(a), number(b)),
        (Some(a), None) => format!("≥ {}", number(a)),
        (None, Some(b)) => format!("≤ {}", number(b)),
        (None, None) => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_deserve() {
        let said: Vec<_> = [0.0, -0.001, 0.125, 9.5, 19.84, 480.0].map(number).into();
        assert_eq!(said, ["0", "0", "0.12", "9.5", "19.8", "480"]);
    }

    #[test]
    fn a_value_just_outside_does_not_look_like_its_limit() {
        let band = Band { min: None, max: Some(0.08) };
        assert_eq!(number_beyond(0.0803, band), "0.0803");
        assert_eq!(number_beyond(0.2, band), "0.2");
        assert_eq!(number_beyond(0.9996, Band { min: Some(1.0), max: None }), "0.9996");
        assert_eq!(number_beyond(0.995, Band { min: Some(1.0), max: None }), "0.99");
    }

    #[test]
    fn a_distance_is_seen_to_be_the_difference() {
        let most = |max| Band { min: None, max: Some(max) };
        assert_eq!(distance(0.1634, most(0.08), 0.0834), "0.08");
        assert_eq!(distance(0.0803, most(0.08), 0.0003), "0.0003");
        assert_eq!(distance(13.6, most(8.0), 5.6), "5.6");
        assert_eq!(distance(827.0, Band { min: Some(1063.0), max: None }, 236.0), "236");
        assert_eq!(distance(369.4, Band { min: Some(378.0), max: Some(425.0) }, 8.6), "9");
        assert_eq!(distance(8.0, most(7.5), 0.5), "0.5");
    }

    #[test]
    fn of_names_the_shorter_list_is_shown() {
        let all = ["white", "grey", "black", "red"];
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(one_of(&names(&["grey", "black", "red"]), &all), "≠ white");
        assert_eq!(one_of(&names(&["white"]), &all), "white");
        assert_eq!(one_of(&names(&["white", "grey"]), &all), "white / grey");
        assert_eq!(one_of(&names(&all), &all), "white / grey / black / red");
    }

    #[test]
    fn the_exit_code_says_the_worst() {
        let code = |pass, review, fail, error| Summary { pass, review, fail, error }.exit_code();
        assert_eq!(
            [code(3, 0, 0, 0), code(3, 1, 0, 0), code(3, 0, 1, 0), code(3, 1, 1, 1)],
            [0, 1, 1, 2]
        );
    }
}
