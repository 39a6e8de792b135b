//! Limits for a wanted rate of false passes, on one side of a check.
//!
//! Two edges are looked for among the readings: one up to which no more than the wanted share of the
//! pictures that a person failed lie, and one beyond which no more than the same share of the pictures
//! that a person passed lie. What is inside both passes and what is beyond both fails.
//!
//! Where the two kinds overlap, what lies between goes to a person. Where they are apart, nothing has
//! been seen between them: the half next to the passes passes, the half next to the fails goes to a
//! person. (A pass band drawn tightly around few passes would send the next good picture to review.)

use super::Outcomes;
use super::rates::{at_most, needed};

/// Which end of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Readings that are too low.
    Low,
    /// Readings that are too high.
    High,
}

impl Side {
    /// The word used in records.
    pub fn id(self) -> &'static str {
        match self {
            Side::Low => "low",
            Side::High => "high",
        }
    }

    /// A reading as a score that grows towards this side; the same function leads back.
    pub fn score(self, value: f64) -> f64 {
        match self {
            Side::Low => -value,
            Side::High => value,
        }
    }
}

/// Limits that would have kept to the wanted rate on the pictures at hand, and what they would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// End of the pass band, in the check's unit.
    pub pass: f64,
    /// End of the review band, in the check's unit: beyond it a picture fails.
    pub fail: f64,
    /// What would become of the pictures that a person passed.
    pub passes: Outcomes,
    /// What would become of those that a person failed on this side.
    pub fails: Outcomes,
    /// The share of faults that may still pass, with 95 % confidence (`rates::at_most`). It takes the
    /// limits as given; chosen on the same pictures, they are a little better here than elsewhere.
    pub at_most: f64,
    /// How many fails without a false pass it would take to promise the wanted rate, where there are
    /// too few to promise it now.
    pub needed: Option<usize>,
}

/// Why there is no suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSuggestion {
    /// No picture that a person failed lies on this side.
    NoFails,
    /// No picture was passed by a person.
    NoPasses,
    /// Faults read like the middle of the good pictures: a limit that stops enough of them would stop
    /// more than half of the good ones.
    NotTold,
}

impl NoSuggestion {
    /// The word used in records.
    pub fn id(self) -> &'static str {
        match self {
            NoSuggestion::NoFails => "no_fails",
            NoSuggestion::NoPasses => "no_passes",
            NoSuggestion::NotTold => "not_told_apart",
        }
    }
}

/// Suggest limits for one side from the readings that a person passed and failed there.
///
/// `wanted` is the share of the fails that may pass, 0 to less than 1; the edges are multiples of
/// 1 / `per_unit`.
///
/// # Errors
/// [`NoSuggestion`] where the readings do not give any.
pub fn suggest(
    side: Side,
    passes: &[f64],
    fails: &[f64],
    wanted: f64,
    per_unit: f64,
) -> Result<Suggestion, NoSuggestion> {
    let sorted = |values: &[f64]| {
        let mut scores: Vec<f64> = values.iter().map(|v| side.score(*v)).collect();
        scores.sort_by(f64::total_cmp);
        scores
    };
    let (passes, fails) = (sorted(passes), sorted(fails));
    let middle = median(&passes).ok_or(NoSuggestion::NoPasses)?;
    // The innermost fail that may not pass any more, and the outermost pass that may not fail.
    let first_to_stop = fails.get(allowed(wanted, fails.len())).ok_or(NoSuggestion::NoFails)?;
    let last_to_keep = passes[passes.len() - 1 - allowed(wanted, passes.len())];
    let stops = grid_below(*first_to_stop, per_unit);
    let keeps = -grid_at_or_below(-last_to_keep, per_unit);
    let (pass, fail) = if keeps < stops {
        (grid_at_or_below(f64::midpoint(keeps, stops), per_unit).max(keeps), stops)
    } else {
        (stops, keeps)
    };
    if pass < middle {
        return Err(NoSuggestion::NotTold);
    }
    let after = |scores: &[f64]| {
        let reviewed = scores.iter().filter(|s| **s > pass && **s <= fail).count();
        let failed = scores.iter().filter(|s| **s > fail).count();
        let passed = scores.len() - reviewed - failed;
        Outcomes { pass: passed, review: reviewed, fail: failed, not_assessed: 0 }
    };
    let (passes, fails) = (after(&passes), after(&fails));
    let at_most = at_most(fails.pass, fails.total());
    let needed = if at_most > wanted { needed(wanted) } else { None };
    // Adding nothing turns the -0 of a negated 0 into 0.
    let value = |score: f64| side.score(score) + 0.0;
    Ok(Suggestion { pass: value(pass), fail: value(fail), passes, fails, at_most, needed })
}

/// How many of `of` the wanted share allows. (A hair more than the product, which may be 0.9999….)
fn allowed(wanted: f64, of: usize) -> usize {
    (wanted * of as f64 + 1e-9).floor() as usize
}

/// The middle of sorted values, the mean of two where their number is even.
pub fn median(sorted: &[f64]) -> Option<f64> {
    let half = sorted.len() / 2;
    let upper = sorted.get(half)?;
    Some(if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[half - 1], *upper)
    } else {
        *upper
    })
}

/// How fine the edges are: the steps in one unit. Whole numbers where all readings are whole, else a
/// power of ten that cuts their range into 200 to 2,000 steps: finer than it matters, and short.
pub fn steps_per_unit(values: &[f64]) -> f64 {
    if values.iter().all(|v| v.fract() == 0.0) {
        return 1.0;
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exponent = (200.0 / (high - low)).log10().ceil();
    // 10^0 to 10^4: records have four decimals. One value repeated has no range: as fine as it goes.
    10_f64.powi(exponent.clamp(0.0, 4.0) as i32)
}

/// The greatest multiple of a step below `value`.
fn grid_below(value: f64, per_unit: f64) -> f64 {
    let at = grid_at_or_below(value, per_unit);
    if at < value { at } else { ((at * per_unit).round() - 1.0) / per_unit }
}

/// The greatest multiple of a step at or below `value`.
fn grid_at_or_below(value: f64, per_unit: f64) -> f64 {
    let near = (value * per_unit).round();
    let at = near / per_unit;
    if at <= value { at } else { (near - 1.0) / per_unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(pass: usize, review: usize, fail: usize) -> Outcomes {
        Outcomes { pass, review, fail, not_assessed: 0 }
    }

    #[test]
    fn where_the_two_kinds_are_apart_the_gap_is_halved() {
        let s = suggest(Side::High, &[1.0, 2.0, 6.0], &[10.0, 12.5], 0.02, 10.0).unwrap();
        // The outermost pass is 6; 9.9 is just inside the innermost fail; 7.95 lies in the middle.
        assert_eq!((s.pass, s.fail), (7.9, 9.9));
        assert_eq!((s.passes, s.fails), (outcomes(3, 0, 0), outcomes(0, 0, 2)));
        assert_eq!(s.needed, Some(149));
        // None of 2: 1 - sqrt(0.05).
        assert!((s.at_most - 0.7764).abs() < 1e-4, "{}", s.at_most);
    }

    #[test]
    fn where_the_two_kinds_overlap_a_person_looks() {
        let passes: Vec<f64> = (1..=10).map(f64::from).collect();
        let s = suggest(Side::High, &passes, &[7.5, 9.5, 11.0, 12.0], 0.1, 10.0).unwrap();
        // Of 4 fails none may pass, so below 7.5; of 10 passes one may fail, so up to 9.
        assert_eq!((s.pass, s.fail), (7.4, 9.0));
        assert_eq!((s.passes, s.fails), (outcomes(7, 2, 1), outcomes(0, 1, 3)));
    }

    #[test]
    fn the_low_side_is_the_mirror_image() {
        let s = suggest(Side::Low, &[-1.0, -2.0, -6.0], &[-10.0, -12.5], 0.02, 10.0).unwrap();
        assert_eq!((s.pass, s.fail), (-7.9, -9.9));
        let zero = suggest(Side::Low, &[0.0, 1.0], &[-1.0], 0.0, 1.0).unwrap();
        assert!(zero.pass == 0.0 && zero.pass.is_sign_positive(), "no -0 in a profile");
        assert_eq!(zero.needed, None, "no number of pictures promises that none ever passes");
    }

    #[test]
    fn a_wanted_rate_lets_so_many_fails_pass_and_no_more() {
        let fails: Vec<f64> = std::iter::once(3.0).chain([20.0; 49]).collect();
        let s = suggest(Side::High, &[1.0, 2.0, 3.0, 5.0], &fails, 0.02, 10.0).unwrap();
        assert_eq!((s.pass, s.fails.pass), (12.4, 1), "1 of 50 is 2 %");
        let fails: Vec<f64> = std::iter::once(3.0).chain([20.0; 48]).collect();
        let s = suggest(Side::High, &[1.0, 2.0, 3.0, 5.0], &fails, 0.02, 10.0).unwrap();
        assert_eq!((s.pass, s.fails.pass), (2.9, 0), "1 of 49 would be more");
    }

    #[test]
    fn what_cannot_be_told_gives_no_limit() {
        assert_eq!(suggest(Side::High, &[1.0], &[], 0.02, 1.0), Err(NoSuggestion::NoFails));
        assert_eq!(suggest(Side::High, &[], &[1.0], 0.02, 1.0), Err(NoSuggestion::NoPasses));
        let like = suggest(Side::High, &[1.0, 1.0, 1.0], &[1.0, 3.0], 0.02, 1.0);
        assert_eq!(like, Err(NoSuggestion::NotTold));
    }

    #[test]
    fn edges_are_short_numbers_that_keep_their_side() {
        assert_eq!(steps_per_unit(&[1.0, 480.0]), 1.0);
        assert_eq!(steps_per_unit(&[-20.5, 19.5]), 10.0);
        assert_eq!(steps_per_unit(&[0.31, 0.81]), 1000.0);
        assert_eq!(steps_per_unit(&[0.5, 0.5]), 10_000.0);
        assert_eq!(grid_below(7.5, 10.0), 7.4);
        assert_eq!(grid_below(0.3, 10.0), 0.2);
        assert_eq!(grid_at_or_below(0.3, 10.0), 0.3);
        assert_eq!(grid_at_or_below(-6.1234, 100.0), -6.13);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[1.0, 2.0, 4.0]), Some(2.0));
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), Some(3.0));
        assert_eq!(median(&[]), None);
    }
}
