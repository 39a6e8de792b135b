//! What a session of shooting tells beyond its single photos: the best of each burst, and whether the set
//! has drifted since the first good frames.

use std::time::Duration;

use crate::check::Measurement;
use crate::verdict::{Accept, Finding, Outcome, Text, Value, Verdict};

/// Good frames that the others are compared with, and the latest that are.
const FRAMES: usize = 5;

/// A reading that should stay as it was, and by how much its median may move.
struct Steady {
    check: &'static str,
    /// In the check's unit, or for the size of the head a share of the first.
    most: f64,
    share: bool,
    warning: Text,
}

/// About half of the width that `chsi-degree` passes, so that a drift is told before photos fail by it.
const STEADY: [Steady; 4] = [
    Steady {
        check: "background_colour",
        most: 4.0,
        share: false,
        warning: Text {
            zh: "背景颜色变了，检查背景灯和白平衡。",
            en: "The background's colour has drifted: check its lamp and the white balance.",
        },
    },
    Steady {
        check: "split_light",
        most: 4.0,
        share: false,
        warning: Text {
            zh: "左右光不如开始时均匀，检查两侧的灯。",
            en: "Light from left and right has drifted apart: check the lamps.",
        },
    },
    Steady {
        check: "exposure",
        most: 8.0,
        share: false,
        warning: Text {
            zh: "曝光变了，检查灯和相机设置。",
            en: "The exposure has drifted: check lamps and camera.",
        },
    },
    Steady {
        check: "inter_ocular_distance",
        most: 0.15,
        share: true,
        warning: Text {
            zh: "人像大小变了，检查座位距离和焦距。",
            en: "Heads have become larger or smaller: check the distance and the zoom.",
        },
    },
];

/// A drift that is told: what to do, and the number now and at first.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Id of the check.
    pub check: &'static str,
    /// What to do.
    pub warning: Text,
    /// Median of the first good frames.
    pub first: f64,
    /// Median of the latest.
    pub now: f64,
}

/// Follows the readings of a session.
#[derive(Debug, Default)]
pub struct Drifts {
    /// Values by place in [`STEADY`].
    values: [Vec<f64>; STEADY.len()],
    told: [bool; STEADY.len()],
}

impl Drifts {
    /// Take in a photo; what has drifted with it. A drift is told once, and again after it was mended.
    pub fn take(&mut self, measurements: &[Measurement], outcome: Outcome) -> Vec<Drift> {
        let mut drifts = Vec::new();
        for (i, steady) in STEADY.iter().enumerate() {
            let value = measurements.iter().find(|(c, _)| c.id == steady.check);
            let Some(Ok(reading)) = value.map(|(_, m)| m) else { continue };
            let Value::Number(value) = reading.value else { continue };
            let values = &mut self.values[i];
            // The first are to be good ones: what is compared with must be right.
            if values.len() < FRAMES && outcome != Outcome::Pass {
                continue;
            }
            values.push(value);
            if values.len() < 2 * FRAMES {
                continue;
            }
            values.drain(FRAMES..values.len() - FRAMES);
            let (first, now) = (median(&values[..FRAMES]), median(&values[FRAMES..]));
            let most = if steady.share { steady.most * first.abs() } else { steady.most };
            let drifted = (now - first).abs() > most;
            if drifted && !self.told[i] {
                drifts.push(Drift { check: steady.check, warning: steady.warning, first, now });
            }
            self.told[i] = drifted;
        }
        drifts
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The photos of one person, told apart by the pause before the next.
#[derive(Debug)]
pub struct Bursts {
    /// A longer pause is another person.
    pub pause: Duration,
    last: Option<Duration>,
    taken: usize,
    best: Option<(Rank, String)>,
}

/// How good a photo is: its verdict, and the least comfortable of its required checks.
type Rank = (std::cmp::Reverse<Outcome>, f64);

/// The best photo of a burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// Its name.
    pub id: String,
    /// Photos of the burst so far.
    pub of: usize,
}

impl Bursts {
    /// Bursts with this pause between them.
    pub fn new(pause: Duration) -> Bursts {
        Bursts { pause, last: None, taken: 0, best: None }
    }

    /// Take in a photo that was met at `now`; the best of its burst, which may be this one.
    pub fn take(&mut self, id: &str, verdict: &Verdict, now: Duration) -> Best {
        if self.last.is_none_or(|last| now.saturating_sub(last) > self.pause) {
            (self.taken, self.best) = (0, None);
        }
        self.last = Some(now);
        self.taken += 1;
        let rank = (std::cmp::Reverse(verdict.outcome), comfort(&verdict.findings));
        let better = |(best, _): &(Rank, String)| rank.partial_cmp(best).is_some_and(|o| o.is_gt());
        if self.best.as_ref().is_none_or(better) {
            self.best = Some((rank, id.to_owned()));
        }
        let best = self.best.as_ref().map_or(id, |(_, id)| id);
        Best { id: best.to_owned(), of: self.taken }
    }
}

/// Slack of the least comfortable required check, as a share of half its pass band; open bands have
/// nothing to compare with.
fn comfort(findings: &[Finding]) -> f64 {
    let required = findings.iter().filter(|f| f.limit.required);
    let share = required.filter_map(|f| match &f.limit.accept {
        Accept::Range { pass, .. } => Some(f.slack? / ((pass.max? - pass.min?) / 2.0).max(1e-9)),
        Accept::OneOf(_) => None,
    });
    share.fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::verdict::{Band, Limit, Reading};

    fn verdict(outcome: Outcome, slack: f64) -> Verdict {
        let pass = Band { min: Some(-10.0), max: Some(10.0) };
        let accept = Accept::Range { pass, review: pass };
        let finding = Finding {
            check: "yaw",
            outcome,
            measured: Ok(Reading::exact(0.0)),
            limit: Limit { accept, required: true, clause: String::new() },
            slack: Some(slack),
            fault: None,
            reason: None,
        };
        Verdict { outcome, findings: vec![finding], first: None }
    }

    #[test]
    fn the_best_of_a_burst_passes_with_the_most_room_and_a_pause_begins_another() {
        let mut bursts = Bursts::new(Duration::from_secs(10));
        let mut take = |id: &str, outcome, slack, s| {
            let best = bursts.take(id, &verdict(outcome, slack), Duration::from_secs(s));
            (best.id, best.of)
        };
        assert_eq!(take("a", Outcome::Fail, -3.0, 0), ("a".into(), 1));
        assert_eq!(take("b", Outcome::Pass, 2.0, 4), ("b".into(), 2));
        assert_eq!(take("c", Outcome::Pass, 8.0, 8), ("c".into(), 3));
        assert_eq!(take("d", Outcome::Review, 9.0, 12), ("c".into(), 4));
        assert_eq!(take("e", Outcome::Fail, -9.0, 30), ("e".into(), 1));
    }

    #[test]
    fn a_drift_is_told_once_and_again_after_it_was_mended() {
        let light = check::find("split_light").unwrap();
        let mut drifts = Drifts::default();
        let mut told = Vec::new();
        let values = [3.0; 7].into_iter().chain([9.0; 8]).chain([3.0; 6]).chain([9.0; 4]);
        for (i, value) in values.enumerate() {
            let measured = vec![(light, Ok(Reading::exact(value)))];
            told.extend(drifts.take(&measured, Outcome::Pass).iter().map(|d| (i, d.check)));
        }
        // Three of the latest five are enough.
        assert_eq!(told, [(9, "split_light"), (23, "split_light")]);
    }

    #[test]
    fn only_good_frames_are_compared_with() {
        let light = check::find("split_light").unwrap();
        let mut drifts = Drifts::default();
        let mut take = |value, outcome| drifts.take(&[(light, Ok(Reading::exact(value)))], outcome);
        (0..5).for_each(|_| assert!(take(30.0, Outcome::Fail).is_empty()));
        (0..20).for_each(|_| assert!(take(3.0, Outcome::Pass).is_empty()));
    }
}
