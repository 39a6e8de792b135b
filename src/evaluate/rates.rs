//! Shares of a few pictures, and how little they may say.

/// The standard normal quantile of a two-sided 95 % interval.
const Z95: f64 = 1.959_963_985;

/// A share of pictures with its Wilson 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// Lower end of the interval, 0 to 1.
    pub low: f64,
    /// Upper end of the interval, 0 to 1.
    pub high: f64,
}

impl Rate {
    /// `count` of `of`; of nothing there is no rate.
    pub fn new(count: usize, of: usize) -> Option<Rate> {
        if of == 0 {
            return None;
        }
        let (low, high) = wilson(count as f64 / of as f64, of as f64);
        Some(Rate { count, of, low, high })
    }

    /// The share, 0 to 1.
    pub fn share(&self) -> f64 {
        self.count as f64 / self.of as f64
    }
}

/// The Wilson score interval at 95 % of a share `p` seen in `n` tries (E. B. Wilson 1927; Brown, Cai
/// and DasGupta 2001 recommend it for small `n`). Unlike `p` ± 2 standard errors it stays inside 0 to
/// 1 and does not shrink to nothing where nothing, or all, was seen.
///
/// ```
/// let (low, high) = photogate::evaluate::rates::wilson(0.5, 10.0);
/// assert!((low - 0.2366).abs() < 1e-4 && (high - 0.7634).abs() < 1e-4);
/// ```
pub fn wilson(p: f64, n: f64) -> (f64, f64) {
    let z2 = Z95 * Z95;
    let centre = p + z2 / (2.0 * n);
    let half = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let shrink = 1.0 + z2 / n;
    (((centre - half) / shrink).max(0.0), ((centre + half) / shrink).min(1.0))
}

/// What a true rate may be at most, with 95 % confidence, where `count` of `of` were seen: the
/// one-sided exact bound of Clopper and Pearson 1934, the rate at which so few would be seen 5 % of
/// the time. Where none was seen it is 1 - 0.05^(1/n), about 3/n: the rule of three (Hanley and
/// Lippman-Hand 1983).
pub fn at_most(count: usize, of: usize) -> f64 {
    if count >= of {
        return 1.0;
    }
    let (mut low, mut high) = (count as f64 / of as f64, 1.0);
    // Each step halves the interval: 50 leave it finer than a double shows.
    for _ in 0..50 {
        let p = f64::midpoint(low, high);
        if chance_of_so_few(count, of, p) > 0.05 { low = p } else { high = p }
    }
    high
}

/// The chance of `count` or fewer in `of` tries of probability `p` (0 < p < 1).
fn chance_of_so_few(count: usize, of: usize, p: f64) -> f64 {
    let odds = (p / (1.0 - p)).ln();
    // Logarithms, because (1 - p)^n alone is 0 in a double where n is in the thousands.
    let mut term = of as f64 * (1.0 - p).ln();
    let mut sum = term.exp();
    for k in 1..=count {
        term += ((of - k + 1) as f64 / k as f64).ln() + odds;
        sum += term.exp();
    }
    sum
}

/// How many pictures without a single miss it takes to say with 95 % confidence that the true rate
/// is at most `wanted`: ln 0.05 / ln(1 - wanted). `None` where no number would do.
pub fn needed(wanted: f64) -> Option<usize> {
    (wanted > 0.0 && wanted < 1.0).then(|| (0.05_f64.ln() / (1.0 - wanted).ln()).ceil() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    #[test]
    fn the_wilson_interval_has_its_textbook_values() {
        // 0 of 10: 0 to z² / (n + z²) = 3.8415 / 13.8415.
        let none = Rate::new(0, 10).unwrap();
        assert!(none.low == 0.0 && near(none.high, 0.2775), "{none:?}");
        let all = Rate::new(10, 10).unwrap();
        assert!(near(all.low, 0.7225) && all.high == 1.0, "{all:?}");
        // Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662.
        let newcombe = Rate::new(81, 263).unwrap();
        assert!(near(newcombe.low, 0.2553) && near(newcombe.high, 0.3662), "{newcombe:?}");
        assert_eq!(Rate::new(0, 0), None);
    }

    #[test]
    fn the_exact_bound_has_its_textbook_values() {
        // None of 3: 1 - 0.05^(1/3).
        assert!(near(at_most(0, 3), 0.6316));
        assert!(near(at_most(0, 100), 0.0295), "the rule of three says 0.03");
        // One of 10: the root of (1-p)^10 + 10 p (1-p)^9 = 0.05.
        assert!(near(at_most(1, 10), 0.3942));
        assert_eq!(at_most(4, 4), 1.0);
        let many = at_most(100, 10_000);
        assert!(many > 0.0117 && many < 0.0119, "{many}");
    }

    #[test]
    fn pictures_needed_without_a_miss() {
        assert_eq!(needed(0.02), Some(149));
        assert!(at_most(0, 149) <= 0.02 && at_most(0, 148) > 0.02);
        assert_eq!(needed(0.0), None);
    }
}
