//! How well a number tells faults from good pictures, whatever the limit: the equal error rate.

use super::rates::wilson;

/// An equal error rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eer {
    /// The rate, 0 (tells all apart) to 1; 0.5 is guessing.
    pub rate: f64,
    /// Ends of its 95 % interval: Wilson's, as if the rate had been counted in the smaller of the
    /// two groups. A rough one, made to warn of small groups: the threshold is chosen on the same
    /// pictures.
    pub interval: (f64, f64),
}

/// The equal error rate of a score as a detector of fails: the point of the ROC curve at which the
/// share of fails that are missed equals the share of passes that are flagged. Higher scores are
/// flagged first.
///
/// Between two thresholds the curve is a straight line (Fawcett 2006), so equal scores, of which
/// either all are flagged or none, count as one step and half each. `None` where there is no pass or
/// no fail.
pub fn eer(passes: &[f64], fails: &[f64]) -> Option<Eer> {
    if passes.is_empty() || fails.is_empty() {
        return None;
    }
    let mut scores: Vec<(f64, bool)> = passes.iter().map(|s| (*s, false)).collect();
    scores.extend(fails.iter().map(|s| (*s, true)));
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut missed, mut flagged) = (fails.len(), 0_usize);
    let place = |missed: usize, flagged: usize| {
        (missed as f64 / fails.len() as f64, flagged as f64 / passes.len() as f64)
    };
    let mut before = place(missed, flagged);
    for equal in scores.chunk_by(|a, b| a.0 == b.0) {
        let among = equal.iter().filter(|(_, fail)| *fail).count();
        missed -= among;
        flagged += equal.len() - among;
        let here = place(missed, flagged);
        if here.0 <= here.1 {
            // The difference falls from positive to none or negative: cross it on a straight line.
            let (above, below) = (before.0 - before.1, here.1 - here.0);
            let rate = before.1 + (here.1 - before.1) * above / (above + below);
            let interval = wilson(rate, passes.len().min(fails.len()) as f64);
            return Some(Eer { rate, interval });
        }
        before = here;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(passes: &[f64], fails: &[f64]) -> f64 {
        eer(passes, fails).unwrap().rate
    }

    #[test]
    fn what_is_told_apart_is_zero_and_what_is_upside_down_is_one() {
        assert_eq!(rate(&[1.0, 2.0], &[3.0, 4.0]), 0.0);
        assert_eq!(rate(&[3.0, 4.0], &[1.0, 2.0]), 1.0);
        assert_eq!(rate(&[1.0, 1.0], &[1.0]), 0.5, "nothing but equal scores is guessing");
    }

    #[test]
    fn one_of_four_on_either_side_is_a_quarter() {
        // Flagging 4 and more misses 3.5 of the fails and flags 4 of the passes.
        assert_eq!(rate(&[1.0, 2.0, 3.0, 4.0], &[3.5, 5.0, 6.0, 7.0]), 0.25);
    }

    #[test]
    fn between_two_thresholds_the_line_is_crossed() {
        // Flag 3 and more: misses 1 of 3, flags none. Flag 2 and more: misses none, flags 1 of 2.
        // (1/3, 0) to (0, 1/2) in one step of equal scores: crossed at t = (1/3) / (1/3 + 1/2) = 0.4.
        assert!((rate(&[1.0, 2.0], &[2.0, 3.0, 4.0]) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn a_small_group_widens_the_interval() {
        let one = eer(&[1.0; 100], &[5.0]).unwrap();
        let many = eer(&[1.0; 100], &[5.0; 100]).unwrap();
        assert_eq!((one.rate, many.rate), (0.0, 0.0));
        assert!(one.interval.1 > 0.75 && many.interval.1 < 0.04);
        assert_eq!(eer(&[], &[1.0]), None);
        assert_eq!(eer(&[1.0], &[]), None);
    }
}
