//! Whether a session's set has drifted since its first good frames.

use crate::check::Measurement;
use crate::verdict::{Outcome, Text, Value};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::verdict::Reading;

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
