//! Readings against a profile: the only place that compares a value with a limit.

use crate::advice;
use crate::check::{ALL, Check, Measurement};
use crate::profile::{Profile, Stage};
use crate::verdict::{
    Accept, Band, Fault, Finding, Limit, Measured, Outcome, Reading, Unreadable, Value, Verdict,
    text,
};

/// The verdict on one capture: each measurement for which the profile has a limit becomes a finding.
///
/// A check with a limit but no measurement counts as not assessed; it never passes.
pub fn judge(measurements: &[Measurement], profile: &Profile, stage: Stage) -> Verdict {
    let limits = profile.limits(stage);
    // Measurements come in the order of the checks, so the next one is nearly always the one that is
    // looked for.
    let mut next = 0;
    let mut find = |check: &Check| {
        let ahead = measurements[next.min(measurements.len())..].iter();
        let at = ahead.clone().position(|(c, _)| c.id == check.id).map(|i| next + i);
        let at = at.or_else(|| measurements.iter().position(|(c, _)| c.id == check.id))?;
        next = at + 1;
        measurements.get(at)
    };
    let findings: Vec<Finding> = ALL
        .iter()
        .filter_map(|check| Some((check, limits.get(check.id)?)))
        .map(|(check, limit)| {
            let missing = || Err(Unreadable::because(text("没有测", "it was not measured")));
            let measured = find(check).map_or_else(missing, |(_, m)| m.clone());
            finding(check, measured, limit, profile)
        })
        .collect();
    let required = || findings.iter().enumerate().filter(|(_, f)| f.limit.required);
    let worst = required().map(|(_, f)| f.outcome).max();
    let first = worst.filter(|w| *w != Outcome::Pass).and_then(|w| say_first(required(), w));
    let outcome = match worst {
        Some(Outcome::NotAssessed) => Outcome::Review,
        Some(worst) => worst,
        // A profile without a required check has judged nothing.
        None => Outcome::Review,
    };
    Verdict { outcome, findings, first }
}

/// The finding whose instruction is likeliest to mend the photo: of the worst outcome, one that names a
/// fault before one that is only unsure, and of those the topmost of [`ALL`], where causes stand
/// before what they bring about (a head that tilts also tilts the line of its pupils).
fn say_first<'a>(
    required: impl Iterator<Item = (usize, &'a Finding)>,
    worst: Outcome,
) -> Option<usize> {
    let worst = required.filter(|(_, f)| f.outcome == worst);
    worst.min_by_key(|(i, f)| (f.fault.is_none(), *i)).map(|(i, _)| i)
}

fn finding(check: &'static Check, measured: Measured, limit: &Limit, profile: &Profile) -> Finding {
    let (outcome, slack, fault) = match &measured {
        Err(_) => (Outcome::NotAssessed, None, None),
        Ok(reading) => {
            let (outcome, slack, fault) = compare(check, reading, &limit.accept);
            let sure = is_sure(reading, profile.min_confidence);
            let outcome = if sure { outcome } else { Outcome::Review };
            (if check.suspicion { outcome.min(Outcome::Review) } else { outcome }, slack, fault)
        }
    };
    let (side, fault) = fault.unzip();
    let wording = profile.wording.get(check.id);
    let own = wording.zip(side).and_then(|(w, side)| match side {
        Side::Low => w.low.clone(),
        Side::High => w.high.clone(),
    });
    let reason = own.or_else(|| fault.map(|f| f.reason.into()));
    let advice = fault.map(|fault| advice::advice(check, &fault, limit, profile));
    let limit = limit.clone();
    Finding { check: check.id, outcome, measured, limit, slack, fault, reason, advice }
}

/// Whether a reading is sure enough to be held against a limit; any other is left to a person.
pub fn is_sure(reading: &Reading, min_confidence: f64) -> bool {
    reading.confidence >= min_confidence
}

/// On which side of the pass band a value lies.
#[derive(Clone, Copy)]
enum Side {
    Low,
    High,
}

fn compare(
    check: &Check,
    reading: &Reading,
    accept: &Accept,
) -> (Outcome, Option<f64>, Option<(Side, Fault)>) {
    match (&reading.value, accept) {
        (Value::Number(value), Accept::Range { pass, review }) => {
            let slack = slack(*value, *pass);
            let outcome = if slack >= 0.0 {
                Outcome::Pass
            } else if self::slack(*value, *review) >= 0.0 {
                Outcome::Review
            } else {
                Outcome::Fail
            };
            let below = pass.min.is_some_and(|min| *value < min);
            let fault = if below { (Side::Low, check.low) } else { (Side::High, check.high) };
            let fault = (slack < 0.0).then_some(fault);
            (outcome, slack.is_finite().then_some(slack), fault)
        }
        (Value::Name(name), Accept::OneOf(names)) if names.contains(name) => {
            (Outcome::Pass, None, None)
        }
        (Value::Name(_), Accept::OneOf(_)) => (Outcome::Fail, None, Some((Side::High, check.high))),
        // A profile that holds a number against names says nothing about it.
        (Value::Number(_), Accept::OneOf(_)) | (Value::Name(_), Accept::Range { .. }) => {
            (Outcome::NotAssessed, None, None)
        }
    }
}

/// Distance to the nearest end of the band: positive inside, negative outside. What is no number, or no
/// finite one, is as far outside as can be: something went wrong where it was measured.
fn slack(value: f64, band: Band) -> f64 {
    if !value.is_finite() {
        return f64::NEG_INFINITY;
    }
    let above = band.min.map_or(f64::INFINITY, |min| value - min);
    let below = band.max.map_or(f64::INFINITY, |max| max - value);
    above.min(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::profile;

    const PROFILE: &str = "name='t'\ntitle={zh='一',en='t'}\nsource='s'\nmin_confidence=0.5\n\
        [limits.yaw]\npass={min=-8,max=8}\nreview={min=-12,max=12}\nclause='c'\n\
        [limits.file_format]\none_of=['JPEG']\nclause='c'\n\
        [limits.jpeg_quality]\npass={min=60}\nrequired=false\nclause='c'\n";

    fn verdict(yaw: Measured) -> Verdict {
        let measurements = [
            (check::find("yaw").unwrap(), yaw),
            (check::find("file_format").unwrap(), Ok(Reading::name("JPEG"))),
            (check::find("jpeg_quality").unwrap(), Ok(Reading::exact(20.0))),
        ];
        judge(&measurements, &profile::parse("t", PROFILE).unwrap(), Stage::Capture)
    }

    #[test]
    fn a_value_passes_is_reviewed_or_fails_by_its_bands_and_the_ends_belong_to_them() {
        for (value, outcome, code) in [
            (0.0, Outcome::Pass, None),
            (8.0, Outcome::Pass, None),
            (8.1, Outcome::Review, Some("yaw_left")),
            (-12.0, Outcome::Review, Some("yaw_right")),
            (12.1, Outcome::Fail, Some("yaw_left")),
        ] {
            let v = verdict(Ok(Reading::exact(value)));
            assert_eq!(v.outcome, outcome, "{value}");
            assert_eq!(v.findings[0].fault.map(|f| f.code), code, "{value}");
        }
    }

    #[test]
    fn slack_is_the_distance_to_the_nearest_end_of_the_pass_band() {
        assert_eq!(verdict(Ok(Reading::exact(5.0))).findings[0].slack, Some(3.0));
        assert_eq!(verdict(Ok(Reading::exact(-10.0))).findings[0].slack, Some(-2.0));
    }

    #[test]
    fn what_is_unsure_or_not_measured_is_left_to_a_person() {
        let unsure = Reading { confidence: 0.3, ..Reading::exact(40.0) };
        assert_eq!(verdict(Ok(unsure)).outcome, Outcome::Review);
        let v = verdict(Err(Unreadable::because(text("没有人脸", "no face"))));
        assert_eq!((v.outcome, v.findings[0].outcome), (Outcome::Review, Outcome::NotAssessed));
        assert_eq!(v.first, Some(0));
        assert_eq!(verdict(Ok(Reading::exact(f64::NAN))).outcome, Outcome::Fail);
    }

    #[test]
    fn what_names_a_fault_is_said_before_what_is_only_unsure() {
        let profile = "name='t'\ntitle={zh='一',en='t'}\nsource='s'\nmin_confidence=0.5\n\
            [limits.yaw]\npass={max=8}\nclause='c'\n\
            [limits.roll]\npass={max=5}\nreview={max=9}\nclause='c'\n";
        let profile = profile::parse("t", profile).unwrap();
        let unsure = Reading { confidence: 0.2, ..Reading::exact(0.0) };
        let measurements = [
            (check::find("yaw").unwrap(), Ok(unsure)),
            (check::find("roll").unwrap(), Ok(Reading::exact(7.0))),
        ];
        let v = judge(&measurements, &profile, Stage::Capture);
        assert_eq!(v.first.map(|i| v.findings[i].check), Some("roll"));
    }

    #[test]
    fn a_suspicion_asks_a_person_and_never_fails() {
        let profile = "name='t'\ntitle={zh='一',en='t'}\nsource='s'\nmin_confidence=0.5\n\
            [limits.face_aspect]\npass={max=8}\nclause='c'\n";
        let measured = Ok(Reading::exact(90.0));
        let measurements = [(check::find("face_aspect").unwrap(), measured)];
        let v = judge(&measurements, &profile::parse("t", profile).unwrap(), Stage::Capture);
        assert_eq!((v.outcome, v.findings[0].fault.is_some()), (Outcome::Review, true));
    }

    #[test]
    fn an_optional_check_is_reported_but_does_not_decide() {
        let v = verdict(Ok(Reading::exact(0.0)));
        assert_eq!(v.outcome, Outcome::Pass);
        assert_eq!(v.findings.iter().filter(|f| f.outcome == Outcome::Fail).count(), 1);
        assert_eq!(v.first, None);
    }

    #[test]
    fn a_required_check_without_a_measurement_does_not_pass() {
        let v = judge(&[], &profile::parse("t", PROFILE).unwrap(), Stage::Capture);
        assert_eq!(v.outcome, Outcome::Review);
    }
}
