//! What the program said against what a person decided.
//!
//! ```text
//! decisions (CSV) --pair--> captures --check--> Said per decision --evaluate--> rates, EER, limits
//! ```
//!
//! No reading is compared with a limit here; that was `judge`. The limits suggested are found among
//! the readings alone, and the profile's own are only shown beside them.

pub mod agreement;
pub mod decisions;
pub mod eer;
pub mod pairing;
pub mod rates;
pub mod suggest;

use std::collections::BTreeSet;

use crate::check;
use crate::profile::Limits;
use crate::verdict::{Accept, Limit, Outcome, Reading, Text, Value};
use agreement::{Agreement, Pair, agreement};
use eer::{Eer, eer};
use rates::Rate;
use suggest::{NoSuggestion, Side, Suggestion, median, steps_per_unit, suggest};

/// What stands in the place of a check's id for a decision on the whole picture.
pub const VERDICT: &str = "verdict";

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing to object to.
    Pass,
    /// A fault.
    Fail,
    /// Not decided, or not to be told.
    Unknown,
}

impl Decision {
    /// The word used in files.
    pub fn id(self) -> &'static str {
        match self {
            Decision::Pass => "pass",
            Decision::Fail => "fail",
            Decision::Unknown => "unknown",
        }
    }
}

/// How many pictures came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Passed.
    pub pass: usize,
    /// Left to a person because of their reading.
    pub review: usize,
    /// Failed.
    pub fail: usize,
    /// Left to a person because they could not be measured.
    pub not_assessed: usize,
}

impl Outcomes {
    /// Count the outcomes; what was not judged is not counted.
    fn count(outcomes: impl Iterator<Item = Option<Outcome>>) -> Outcomes {
        let mut all = Outcomes::default();
        for outcome in outcomes.flatten() {
            match outcome {
                Outcome::Pass => all.pass += 1,
                Outcome::Review => all.review += 1,
                Outcome::Fail => all.fail += 1,
                Outcome::NotAssessed => all.not_assessed += 1,
            }
        }
        all
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.pass + self.to_look_at() + self.fail
    }

    /// Those that a person must look at.
    pub fn to_look_at(&self) -> usize {
        self.review + self.not_assessed
    }
}

/// One side of a check's number.
#[derive(Clone, Debug, PartialEq)]
pub struct SideResult {
    /// Which.
    pub side: Side,
    /// How many pictures that a person failed lie on this side.
    pub fails: usize,
    /// How many pictures that a person passed there are.
    pub passes: usize,
    /// The equal error rate.
    pub eer: Option<Eer>,
    /// Limits for the wanted rate of false passes.
    pub suggestion: Result<Suggestion, NoSuggestion>,
}

/// What came out for one check, or for the whole picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Id of the check, or [`VERDICT`].
    pub subject: &'static str,
    /// The profile's rule.
    pub limit: Option<Limit>,
    /// What the program said of the pictures that a person passed.
    pub passes: Outcomes,
    /// ... failed.
    pub fails: Outcomes,
    /// How many the person passed, failed, and left undecided, judged or not.
    pub person: [usize; 3],
    /// Decided pictures that could not be measured.
    pub not_measured: usize,
    /// How many of those that the person passed, and failed, have a reading too unsure for a limit: always
    /// left to a person, and in no equal error and no suggestion.
    pub unsure: [usize; 2],
    /// Program pass among person fail.
    pub false_pass: Option<Rate>,
    /// Program fail among person pass.
    pub false_fail: Option<Rate>,
    /// Left to a person, among all that a person decided.
    pub review: Option<Rate>,
    /// The sides of the number that can be at fault.
    pub sides: Vec<SideResult>,
    /// Indices of false passes and false fails, the farthest on the wrong side of the limit first.
    pub worst: Vec<usize>,
}

/// Evaluate every subject that has decisions, in the order of the checks, the whole picture last.
///
/// `wanted` is the rate of false passes to suggest limits for, `worst` how many of the most wrong
/// pictures to keep per subject.
pub fn evaluate(pairs: &[Pair], limits: &Limits, wanted: f64, worst: usize) -> Vec<Evaluated> {
    let there: BTreeSet<&str> = pairs.iter().map(|p| p.subject).collect();
    let subjects = check::ALL.iter().map(|c| c.id).chain([VERDICT]);
    subjects
        .filter(|s| there.contains(s))
        .map(|s| one(s, pairs, limits.get(s), wanted, worst))
        .collect()
}

fn one(
    subject: &'static str,
    pairs: &[Pair],
    limit: Option<&Limit>,
    wanted: f64,
    keep: usize,
) -> Evaluated {
    let of =
        |decision| pairs.iter().filter(move |p| p.subject == subject && p.decision == decision);
    let [passes, fails] = [Decision::Pass, Decision::Fail]
        .map(|decision| Outcomes::count(of(decision).map(|p| p.outcome)));
    let decided = || of(Decision::Pass).chain(of(Decision::Fail));
    let readable = |p: &&Pair| matches!(p.measured, Some(Ok(_)));
    let not_measured = decided().filter(|p| matches!(p.measured, Some(Err(_)))).count();
    let unsure = [Decision::Pass, Decision::Fail]
        .map(|decision| of(decision).filter(readable).filter(|p| !p.sure).count());
    let to_look_at = passes.to_look_at() + fails.to_look_at();
    let values = |decision| of(decision).filter_map(sure_number).collect::<Vec<f64>>();
    Evaluated {
        subject,
        limit: limit.cloned(),
        passes,
        fails,
        person: [Decision::Pass, Decision::Fail, Decision::Unknown].map(|d| of(d).count()),
        not_measured,
        unsure,
        false_pass: Rate::new(fails.pass, fails.total()),
        false_fail: Rate::new(passes.fail, passes.total()),
        review: Rate::new(to_look_at, passes.total() + fails.total()),
        sides: sides(
            &wanted_sides(subject, limit),
            &values(Decision::Pass),
            &values(Decision::Fail),
            wanted,
        ),
        worst: worst(subject, pairs, keep),
    }
}

/// The number of a reading that a limit would act on.
fn sure_number(pair: &Pair) -> Option<f64> {
    match &pair.measured {
        Some(Ok(Reading { value: Value::Number(n), .. })) if pair.sure && n.is_finite() => Some(*n),
        _ => None,
    }
}

/// The sides that the profile limits; both where it has no limit for the number.
fn wanted_sides(subject: &str, limit: Option<&Limit>) -> Vec<Side> {
    let is_number = check::find(subject).is_some_and(|c| c.names.is_empty());
    match limit.map(|l| &l.accept) {
        Some(Accept::Range { pass, .. }) => {
            let ends = [(pass.min, Side::Low), (pass.max, Side::High)];
            ends.into_iter().filter_map(|(end, side)| end.map(|_| side)).collect()
        }
        None if is_number => vec![Side::Low, Side::High],
        None | Some(Accept::OneOf(_)) => Vec::new(),
    }
}

/// Each side by itself.
///
/// A person's `fail` does not say on which side the fault is. Where only one side has a limit, it is
/// that one, whatever the reading. Where both have, it is the side of the median of the passes that
/// the reading lies on: a head that reads 20° to the left was not failed for being turned right. A
/// fail that reads exactly the median may be either, and counts against both. (So a fault that reads
/// on the wrong side of the median is taken for a fault of the other side; both numbers are then a
/// little better than the truth.)
fn sides(wanted: &[Side], passes: &[f64], fails: &[f64], rate: f64) -> Vec<SideResult> {
    let mut sorted = passes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = median(&sorted);
    let per_unit = steps_per_unit(&[passes, fails].concat());
    wanted
        .iter()
        .map(|&side| {
            let here = |fail: &&f64| {
                wanted.len() == 1 || middle.is_none_or(|m| side.score(**fail) >= side.score(m))
            };
            let fails: Vec<f64> = fails.iter().filter(here).copied().collect();
            let scores = |values: &[f64]| values.iter().map(|v| side.score(*v)).collect::<Vec<_>>();
            SideResult {
                side,
                fails: fails.len(),
                passes: passes.len(),
                eer: eer(&scores(passes), &scores(&fails)),
                suggestion: suggest(side, passes, &fails, rate, per_unit),
            }
        })
        .collect()
}

/// The disagreements, the farthest on the wrong side of the limit first; what has no distance (names,
/// whole pictures) last, in the order of the input.
fn worst(subject: &str, pairs: &[Pair], keep: usize) -> Vec<usize> {
    let wrong = |p: &Pair| {
        matches!(agreement(p.decision, p.outcome), Agreement::FalsePass | Agreement::FalseFail)
    };
    let all = pairs.iter().enumerate().filter(|(_, p)| p.subject == subject && wrong(p));
    let mut all: Vec<(usize, f64)> =
        all.map(|(i, p)| (i, p.slack.map_or(-1.0, f64::abs))).collect();
    // Stable, so that equals stay in the order of the input.
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.into_iter().take(keep).map(|(i, _)| i).collect()
}

/// Name of a subject for people.
pub fn title(subject: &str) -> Text {
    let whole = Text { zh: "整张照片", en: "Whole picture" };
    check::find(subject).map_or(whole, |c| c.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use crate::profile;
    use crate::verdict::{Measured, Unreadable, text};

    const PROFILE: &str = "name='t'\ntitle={zh='一',en='t'}\nsource='s'\nmin_confidence=0.5\n\
        [limits.yaw]\npass={min=-8,max=8}\nreview={min=-12,max=12}\nclause='c'\n\
        [limits.sharpness]\npass={min=0.4}\nclause='c'\n";

    /// Pairs of one check as the program would make them, from readings and decisions.
    fn pairs(check: &str, said: &[(Measured, Decision)]) -> Vec<Pair> {
        let profile = profile::parse("t", PROFILE).unwrap();
        let check = check::find(check).unwrap();
        let pair = |(measured, decision): &(Measured, Decision)| {
            let verdict = judge(&[(check, measured.clone())], &profile, profile::Stage::Capture);
            let finding = verdict.findings.iter().find(|f| f.check == check.id);
            Pair {
                file: "p".to_owned(),
                subject: check.id,
                decision: *decision,
                outcome: finding.map(|f| f.outcome),
                measured: Some(measured.clone()),
                sure: measured.as_ref().is_ok_and(|r| r.confidence >= 0.5),
                slack: finding.and_then(|f| f.slack),
                first: None,
            }
        };
        said.iter().map(pair).collect()
    }

    fn reads(value: f64, decision: Decision) -> (Measured, Decision) {
        (Ok(Reading::exact(value)), decision)
    }

    fn evaluated(pairs: &[Pair]) -> Evaluated {
        let limits = profile::parse("t", PROFILE).unwrap().capture;
        let mut all = evaluate(pairs, &limits, 0.02, 2);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn counts_and_rates_are_what_the_table_of_outcomes_says() {
        use Decision::{Fail, Pass, Unknown};
        let pairs = pairs(
            "yaw",
            &[
                reads(0.0, Pass),
                reads(7.0, Pass),
                reads(10.0, Pass),
                reads(20.0, Pass),
                reads(15.0, Fail),
                reads(2.0, Fail),
                reads(-4.0, Fail),
                reads(1.0, Unknown),
                (Err(Unreadable::because(text("没有人脸", "no face"))), Fail),
                (Ok(Reading { confidence: 0.1, ..Reading::exact(40.0) }), Pass),
            ],
        );
        let e = evaluated(&pairs);
        assert_eq!(e.person, [5, 4, 1]);
        assert_eq!(e.passes, Outcomes { pass: 2, review: 2, fail: 1, not_assessed: 0 });
        assert_eq!(e.fails, Outcomes { pass: 2, review: 0, fail: 1, not_assessed: 1 });
        assert_eq!((e.not_measured, e.unsure), (1, [1, 0]));
        let counts = |r: Option<Rate>| r.map(|r| (r.count, r.of));
        assert_eq!(counts(e.false_pass), Some((2, 4)));
        assert_eq!(counts(e.false_fail), Some((1, 5)));
        assert_eq!(counts(e.review), Some((3, 9)));
        // 20 lies 12 beyond the limit, 2 lies 6 inside it, -4 only 4.
        assert_eq!(e.worst, [3, 5]);
    }

    #[test]
    fn a_fault_of_a_two_sided_check_counts_on_its_side_of_the_median_of_the_passes() {
        use Decision::{Fail, Pass};
        let passes = [-2.0, 0.0, 2.0].map(|v| reads(v, Pass));
        let fails = [-9.0, 1.0, 7.0, 9.0].map(|v| reads(v, Fail));
        let e = evaluated(&pairs("yaw", &[&passes[..], &fails].concat()));
        let [low, high] = &e.sides[..] else { panic!("two sides") };
        assert_eq!((low.side, low.fails, low.passes), (Side::Low, 1, 3));
        assert_eq!((high.side, high.fails, high.passes), (Side::High, 3, 3));
        assert_eq!(low.eer.unwrap().rate, 0.0);
        // From the top: 9 and 7 found, (miss 1/3, flag 0); then the pass 2: (1/3, 1/3).
        assert!((high.eer.unwrap().rate - 1.0 / 3.0).abs() < 1e-12);
        // 1 is the innermost fail on the high side, so only up to below it may pass: 0, of -2 to 2.
        let s = high.suggestion.as_ref().unwrap();
        assert_eq!((s.pass, s.fail, s.passes.pass, s.passes.review), (0.0, 2.0, 2, 1));
        let s = low.suggestion.as_ref().unwrap();
        // Passes reach down to -2, the fail is just below -8: halved.
        assert_eq!((s.pass, s.fail), (-5.0, -8.0));
    }

    #[test]
    fn a_fault_that_reads_the_median_counts_against_both_sides() {
        let said = [reads(0.0, Decision::Pass), reads(0.0, Decision::Fail)];
        let e = evaluated(&pairs("yaw", &said));
        assert_eq!([e.sides[0].fails, e.sides[1].fails], [1, 1]);
        assert_eq!(e.sides[0].suggestion, Err(NoSuggestion::NotTold));
    }

    #[test]
    fn a_one_sided_check_has_its_faults_on_that_side_whatever_they_read() {
        use Decision::{Fail, Pass};
        let said = [reads(0.5, Pass), reads(0.6, Pass), reads(0.2, Fail), reads(0.9, Fail)];
        let e = evaluated(&pairs("sharpness", &said));
        assert_eq!(e.sides.len(), 1);
        assert_eq!((e.sides[0].side, e.sides[0].fails), (Side::Low, 2));
        assert_eq!(e.sides[0].eer.unwrap().rate, 0.5);
    }

    #[test]
    fn a_check_without_a_limit_has_no_rates_but_a_suggestion() {
        use Decision::{Fail, Pass};
        let said = [reads(0.5, Pass), reads(0.6, Pass), reads(0.2, Fail)];
        let e = evaluated(&pairs("eyes_open", &said));
        assert_eq!((e.limit, e.false_pass, e.person), (None, None, [2, 1, 0]));
        let low = &e.sides[0];
        assert_eq!(low.eer.unwrap().rate, 0.0);
        let s = low.suggestion.as_ref().unwrap();
        assert!((s.pass, s.fail) == (0.351, 0.201) && s.needed == Some(149), "{s:?}");
        assert_eq!(e.sides[1].suggestion, Err(NoSuggestion::NoFails));
    }

    #[test]
    fn the_whole_picture_comes_last_and_has_no_number() {
        let yaw = pairs("yaw", &[reads(0.0, Decision::Pass)]);
        let whole = Pair { subject: VERDICT, measured: None, slack: None, ..yaw[0].clone() };
        let limits = profile::parse("t", PROFILE).unwrap().capture;
        let all = evaluate(&[whole, yaw[0].clone()], &limits, 0.02, 5);
        assert_eq!(all.iter().map(|e| e.subject).collect::<Vec<_>>(), ["yaw", VERDICT]);
        assert!(all[1].sides.is_empty() && all[1].not_measured == 0);
    }
}
