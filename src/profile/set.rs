//! Single limits changed on the command line: `--set CHECK.KEY=VALUE`.

use super::raw::{RawBand, RawLimit, raw_limit};
use super::{Profile, Stage, invalid, resolve};
use crate::check;
use crate::error::Result;
use crate::verdict::Limit;

/// One change of one limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Id of the check.
    pub check: &'static str,
    /// As it was typed, after `CHECK.`
    pub text: String,
    change: Change,
}

#[derive(Clone, Debug, PartialEq)]
enum Change {
    /// An end of the pass or the review band; `None` opens it.
    End(Which, Side, Option<f64>),
    OneOf(Vec<String>),
    Required(bool),
}

impl Change {
    /// Whether a limit can begin with this: it says what passes.
    fn can_begin(&self, check: &str) -> bool {
        match self {
            Change::End(Which::Pass, _, _) => {
                check::find(check).is_some_and(|c| c.names.is_empty())
            }
            Change::OneOf(_) => true,
            Change::End(Which::Review, _, _) | Change::Required(_) => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Which {
    Pass,
    Review,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Min,
    Max,
}

/// Read `CHECK.KEY=VALUE`.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn parse(text: &str) -> std::result::Result<Set, String> {
    const KEYS: &str = "pass.min, pass.max, review.min, review.max, one_of, required";
    let form = || format!("CHECK.KEY=VALUE is wanted, where KEY is one of {KEYS}");
    let (place, value) = text.split_once('=').ok_or_else(form)?;
    let (id, key) = place.trim().split_once('.').ok_or_else(form)?;
    let value = value.trim();
    let end = |which, side| {
        let end = match value {
            "open" => None,
            _ => Some(value.parse().map_err(|_| format!("`{value}` is no number, nor `open`"))?),
        };
        Ok::<_, String>(Change::End(which, side, end))
    };
    let change = match key {
        "pass.min" => end(Which::Pass, Side::Min)?,
        "pass.max" => end(Which::Pass, Side::Max)?,
        "review.min" => end(Which::Review, Side::Min)?,
        "review.max" => end(Which::Review, Side::Max)?,
        "one_of" => Change::OneOf(value.split(',').map(|n| n.trim().to_owned()).collect()),
        "required" => Change::Required(
            value.parse().map_err(|_| format!("`{value}` is neither true nor false"))?,
        ),
        _ => return Err(format!("there is no key `{key}`; there are: {KEYS}")),
    };
    let check = check::find(id).ok_or_else(|| {
        format!("there is no check called `{id}`; `photogate explain` lists them")
    })?;
    Ok(Set { check: check.id, text: format!("{key}={value}"), change })
}

/// The profile with these changes, as if a file that extends it had given the limits anew: those of
/// `finished` where that is the stage, else the capture's, which a finished file has too unless it
/// has its own.
///
/// An end of the review band that would no longer contain the pass band, or that was no wider than
/// it, moves with it. Records show the change: by the name, `NAME+set`, and by the hash.
///
/// # Errors
/// [`crate::error::Error::Profile`] when a changed limit is not valid.
pub fn with(mut profile: Profile, stage: Stage, sets: &[Set]) -> Result<Profile> {
    if sets.is_empty() {
        return Ok(profile);
    }
    let name = profile.name.clone();
    for (i, set) in sets.iter().enumerate() {
        if sets[..i].iter().any(|earlier| earlier.check == set.check) {
            continue;
        }
        let of_check: Vec<&Set> = sets.iter().filter(|s| s.check == set.check).collect();
        let old = profile.limits(stage).get(set.check).cloned();
        if old.is_none() && !of_check.iter().any(|s| s.change.can_begin(s.check)) {
            return Err(invalid(&name, without_limit(&profile, stage, set.check)));
        }
        let new = changed(old.as_ref(), &of_check).map_err(|r| invalid(&name, r))?;
        if stage == Stage::Finished || profile.finished.get(set.check) == old.as_ref() {
            profile.finished.insert(set.check, new.clone());
        }
        if stage == Stage::Capture {
            profile.capture.insert(set.check, new);
        }
    }
    profile.name = format!("{name}+set");
    resolve::sealed(profile).map_err(|r| invalid(&name, format!("--set: {r}")))
}

/// Why nothing can be changed of a check that has no limit in this stage.
fn without_limit(profile: &Profile, stage: Stage, check: &str) -> String {
    let stage_of = |s: Stage| match s {
        Stage::Capture => "a capture",
        Stage::Finished => "a finished file",
    };
    let other = match stage {
        Stage::Capture => Stage::Finished,
        Stage::Finished => Stage::Capture,
    };
    let elsewhere = if profile.limits(other).contains_key(check) {
        format!(" ({} has one: --stage {})", stage_of(other), other.id())
    } else {
        String::new()
    };
    let key = match check::find(check) {
        Some(c) if !c.names.is_empty() => "one_of",
        _ => "pass.min or pass.max",
    };
    format!(
        "--set: `{}` has no limit of `{check}` for {}{elsewhere}, so there is nothing to change; \
         set {check}.{key} to give it one",
        profile.name,
        stage_of(stage)
    )
}

/// The limit of one check with all changes of it.
fn changed(old: Option<&Limit>, sets: &[&Set]) -> std::result::Result<Limit, String> {
    let typed: Vec<&str> = sets.iter().map(|s| s.text.as_str()).collect();
    let mut raw = match old {
        Some(limit) => raw_limit(limit),
        None => RawLimit {
            pass: None,
            review: None,
            one_of: None,
            required: true,
            clause: String::new(),
        },
    };
    raw.clause = match old {
        Some(limit) => format!("--set {}; before: {}", typed.join(" "), limit.clause),
        None => format!("--set {}", typed.join(" ")),
    };
    let before = raw.clone();
    for set in sets {
        match &set.change {
            Change::End(which, side, value) => {
                let band = match which {
                    Which::Pass => &mut raw.pass,
                    Which::Review => &mut raw.review,
                };
                *end(band.get_or_insert_default(), *side) = *value;
            }
            Change::OneOf(names) => raw.one_of = Some(names.clone()),
            Change::Required(required) => raw.required = *required,
        }
    }
    for side in [Side::Min, Side::Max] {
        let said =
            |s: &&&Set| matches!(&s.change, Change::End(Which::Review, at, _) if *at == side);
        if sets.iter().find(said).is_none() {
            follow(&mut raw, &before, side);
        }
    }
    let check = check::find(sets[0].check).ok_or("no such check")?;
    resolve::limit(check, &raw).map_err(|reason| format!("--set: {reason}"))
}

/// Move an end of the review band with the pass band's.
fn follow(raw: &mut RawLimit, before: &RawLimit, side: Side) {
    let (Some(mut pass), Some(review)) = (raw.pass, &mut raw.review) else { return };
    let pass = *end(&mut pass, side);
    let no_wider = match (before.pass, before.review) {
        (Some(mut pass), Some(mut review)) => *end(&mut pass, side) == *end(&mut review, side),
        _ => true,
    };
    let review = end(review, side);
    *review = match (pass, *review) {
        _ if no_wider => pass,
        (Some(p), Some(r)) if side == Side::Min => Some(p.min(r)),
        (Some(p), Some(r)) => Some(p.max(r)),
        _ => None,
    };
}

fn end(band: &mut RawBand, side: Side) -> &mut Option<f64> {
    match side {
        Side::Min => &mut band.min,
        Side::Max => &mut band.max,
    }
}
