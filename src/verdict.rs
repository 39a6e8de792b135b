//! What is said of a capture: readings, limits, findings and the verdict.
//!
//! Plain data. Measuring (`check/`) makes a [`Reading`], a profile gives the [`Limit`], and `judge`
//! alone brings the two together.

/// How a finding or a whole capture came out, from best to worst.
///
/// The order is the rule for combining: the worst outcome of the required checks is the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Inside the limit.
    Pass,
    /// Could not be measured: neither good nor bad. On a required check a person must look.
    NotAssessed,
    /// So near the limit, or so unsure, that a person must look.
    Review,
    /// Outside the limit: take the picture again.
    Fail,
}

impl Outcome {
    /// The word used in records and profiles.
    pub fn id(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::NotAssessed => "not_assessed",
            Outcome::Review => "review",
            Outcome::Fail => "fail",
        }
    }
}

/// The same text in both languages of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Simplified Chinese, as a photographer would say it to the student.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// A text in both languages.
pub const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// A [`Text`] that is read or made at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Text> for Words {
    fn from(text: Text) -> Words {
        Words { zh: text.zh.to_owned(), en: text.en.to_owned() }
    }
}

/// What a check found: a number with its unit's meaning given by the check, or a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A measurement in the unit of its check.
    Number(f64),
    /// One of a set of names, such as a file format.
    Name(String),
}

/// What on the picture a reading was taken from. Pixels of the upright photo, x right, y down.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Separate points.
    Points(Vec<[f32; 2]>),
    /// A line from the first point to the second.
    Line([f32; 2], [f32; 2]),
    /// A closed outline.
    Region(Vec<[f32; 2]>),
}

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The measured value.
    pub value: Value,
    /// How far the value can be trusted, 0 (not at all) to 1.
    pub confidence: f64,
    /// Where on the picture it was measured.
    pub evidence: Vec<Evidence>,
}

impl Reading {
    /// A number that is certain, such as a file fact.
    pub fn exact(value: f64) -> Reading {
        Reading { value: Value::Number(value), confidence: 1.0, evidence: Vec::new() }
    }

    /// A name that is certain.
    pub fn name(name: &str) -> Reading {
        Reading { value: Value::Name(name.to_owned()), confidence: 1.0, evidence: Vec::new() }
    }
}

/// Why there is no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The reason, for reports and records.
    pub because: Words,
}

impl Unreadable {
    /// Not measured, because of this.
    pub fn because(reason: impl Into<Words>) -> Unreadable {
        Unreadable { because: reason.into() }
    }
}

/// What a check's measurement returns: a reading, or the reason why there is none.
pub type Measured = Result<Reading, Unreadable>;

/// A closed interval; a missing end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band {
    /// Lowest value inside.
    pub min: Option<f64>,
    /// Highest value inside.
    pub max: Option<f64>,
}

/// What a limit accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum Accept {
    /// Numbers inside `pass` pass, those outside `pass` but inside `review` need a person.
    Range {
        /// The pass band.
        pass: Band,
        /// The review band, which contains the pass band.
        review: Band,
    },
    /// Names that pass; any other fails.
    OneOf(Vec<String>),
}

/// The rule of a profile for one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is accepted.
    pub accept: Accept,
    /// Whether the outcome counts in the verdict.
    pub required: bool,
    /// The clause or source that the numbers come from.
    pub clause: String,
}

/// A fault that a check can find: its code for machines and the instruction that mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, such as `yaw_left`.
    pub code: &'static str,
    /// What the review desk would call it.
    pub reason: Text,
    /// What to say to the student or the photographer.
    pub advice: Text,
}

/// One check's result against one profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the check.
    pub check: &'static str,
    /// The result.
    pub outcome: Outcome,
    /// What was measured, or why nothing was.
    pub measured: Measured,
    /// The rule it was held against.
    pub limit: Limit,
    /// Distance to the nearest end of the pass band in the check's unit: positive inside, negative
    /// outside. `None` for names and for what was not measured.
    pub slack: Option<f64>,
    /// The fault, where the value is outside the pass band.
    pub fault: Option<Fault>,
    /// What this desk calls the fault: the profile's word for it, or else the check's.
    pub reason: Option<Words>,
    /// What to say to mend it: the check's instruction, with what the profile wants where it wants
    /// something by name.
    pub advice: Option<Words>,
}

/// The judgement of one capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The worst outcome of the required checks; never `NotAssessed` (that is `Review`).
    pub outcome: Outcome,
    /// All findings, in the order of the checks.
    pub findings: Vec<Finding>,
    /// Index in `findings` of the one to say first, when the outcome is not `Pass`.
    pub first: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_outcome_is_the_greatest() {
        let mut all = [Outcome::Fail, Outcome::Pass, Outcome::Review, Outcome::NotAssessed];
        all.sort();
        assert_eq!(all, [Outcome::Pass, Outcome::NotAssessed, Outcome::Review, Outcome::Fail]);
    }
}
