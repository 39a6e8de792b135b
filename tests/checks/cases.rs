//! Cases of single checks: one picture that fails because of the check and of nothing else, and a near
//! miss that passes it. Every area of checks has its file of them.

use image::RgbImage;

/// Where a picture comes from.
#[derive(Clone, Copy)]
pub enum Picture {
    /// A fixture, by its name in `captures`, `people` or `cases`.
    Fixture(&'static str),
    /// A fixture that is changed by code, and stored as a JPEG of quality 95.
    Made(&'static str, fn(RgbImage) -> RgbImage),
}

/// A check, a picture with its fault and one without.
pub struct Case {
    /// Id of the check.
    pub check: &'static str,
    /// Code of the fault that is to be found; a suspicion is to ask for a person, any other check to fail.
    pub code: &'static str,
    /// With the fault.
    pub fails: Picture,
    /// Nearly so.
    pub passes: Picture,
    /// Other checks that cannot pass on the faulty picture either, because the fault is theirs too.
    pub with: &'static [&'static str],
}
