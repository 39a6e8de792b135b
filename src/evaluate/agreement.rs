//! One decision of a person beside what the program said.

use super::{Decision, VERDICT};
use crate::judge;
use crate::pipeline::Judged;
use crate::profile::Profile;
use crate::verdict::{Measured, Outcome, Reading};

/// One decision, and what the program said.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Id of the capture.
    pub file: String,
    /// Id of the check, or [`VERDICT`].
    pub subject: &'static str,
    /// What the person decided.
    pub decision: Decision,
    /// What the program said; `None` where the profile has no limit.
    pub outcome: Option<Outcome>,
    /// What was measured, without its evidence; of the whole picture nothing is.
    pub measured: Option<Measured>,
    /// Whether the reading is sure enough to be held against a limit.
    pub sure: bool,
    /// Distance to the pass band, positive inside, as in a finding.
    pub slack: Option<f64>,
    /// Of the whole picture: the check that is said first.
    pub first: Option<&'static str>,
}

/// What the program said of one subject, beside the person's decision on it.
pub fn said(
    file: &str,
    subject: &'static str,
    decision: Decision,
    judged: &Judged,
    profile: &Profile,
) -> Pair {
    let verdict = &judged.verdict;
    let pair = Pair {
        file: file.to_owned(),
        subject,
        decision,
        outcome: None,
        measured: None,
        sure: true,
        slack: None,
        first: None,
    };
    if subject == VERDICT {
        let first = verdict.first.map(|i| verdict.findings[i].check);
        return Pair { outcome: Some(verdict.outcome), first, ..pair };
    }
    let finding = verdict.findings.iter().find(|f| f.check == subject);
    let measured = judged.measurements.iter().find(|(c, _)| c.id == subject).map(|(_, m)| m);
    Pair {
        outcome: finding.map(|f| f.outcome),
        measured: measured.map(|m| {
            m.as_ref().map(|r| Reading { evidence: Vec::new(), ..r.clone() }).map_err(Clone::clone)
        }),
        sure: matches!(measured, Some(Ok(r)) if judge::is_sure(r, profile.min_confidence)),
        slack: finding.and_then(|f| f.slack),
        ..pair
    }
}

/// How a decision and the program's outcome go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The same.
    Agree,
    /// A person failed what the program passes.
    FalsePass,
    /// A person passed what the program fails.
    FalseFail,
    /// The program leaves it to a person, so neither right nor wrong.
    Review,
    /// The person has not decided.
    Undecided,
    /// The profile has no limit for it.
    NotJudged,
}

impl Agreement {
    /// The word used in records.
    pub fn id(self) -> &'static str {
        match self {
            Agreement::Agree => "agree",
            Agreement::FalsePass => "false_pass",
            Agreement::FalseFail => "false_fail",
            Agreement::Review => "review",
            Agreement::Undecided => "undecided",
            Agreement::NotJudged => "not_judged",
        }
    }
}

/// Compare a decision with an outcome.
pub fn agreement(decision: Decision, outcome: Option<Outcome>) -> Agreement {
    match (decision, outcome) {
        (Decision::Unknown, _) => Agreement::Undecided,
        (_, None) => Agreement::NotJudged,
        (_, Some(Outcome::Review | Outcome::NotAssessed)) => Agreement::Review,
        (Decision::Pass, Some(Outcome::Pass)) | (Decision::Fail, Some(Outcome::Fail)) => {
            Agreement::Agree
        }
        (Decision::Fail, Some(Outcome::Pass)) => Agreement::FalsePass,
        (Decision::Pass, Some(Outcome::Fail)) => Agreement::FalseFail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pass_for_a_fail_and_a_fail_for_a_pass_are_wrong() {
        use Agreement::{Agree, FalseFail, FalsePass, NotJudged, Review, Undecided};
        let row = |decision| {
            [
                Some(Outcome::Pass),
                Some(Outcome::NotAssessed),
                Some(Outcome::Review),
                Some(Outcome::Fail),
                None,
            ]
            .map(|outcome| agreement(decision, outcome))
        };
        assert_eq!(row(Decision::Pass), [Agree, Review, Review, FalseFail, NotJudged]);
        assert_eq!(row(Decision::Fail), [FalsePass, Review, Review, Agree, NotJudged]);
        assert_eq!(row(Decision::Unknown), [Undecided; 5]);
    }
}
