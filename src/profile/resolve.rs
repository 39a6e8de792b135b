//! From what files say to the profile that they mean: inheritance, and everything that is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::raw::{RawLimit, RawProfile, RawText, RawWording, band};
use super::{FrameSize, Limits, Profile, Stage, Wording, show};
use crate::check::{self, Check, Measure};
use crate::hash::sha256_hex;
use crate::verdict::{Accept, Band, Limit, Words};

/// Why a profile is not valid.
type Refusal<T> = std::result::Result<T, String>;

/// The profile that a file means, on top of the one that it extends.
pub(super) fn resolve(raw: RawProfile, parent: Option<Profile>) -> Refusal<Profile> {
    let missing = |key: &str| format!("missing field `{key}`, and no profile to take it from");
    let from = parent.as_ref();
    let title = raw.title.map(|t| (t.zh, t.en)).or_else(|| from.map(|p| p.title.clone()));
    let source = raw.source.or_else(|| from.map(|p| p.source.clone()));
    let min_confidence = raw.min_confidence.or_else(|| from.map(|p| p.min_confidence));
    let given = (limits(&raw.limits)?, limits(&raw.finished.limits)?);
    let dropped = (known(&raw.drop)?, known(&raw.finished.drop)?);
    let own_frame = raw.frame.is_some();
    let mut profile = Profile {
        name: raw.name,
        parents: from
            .into_iter()
            .flat_map(|p| [&p.name].into_iter().chain(&p.parents))
            .cloned()
            .collect(),
        title: title.ok_or_else(|| missing("title"))?,
        source: source.ok_or_else(|| missing("source"))?,
        frame: raw.frame.or_else(|| from.and_then(|p| p.frame)),
        background: raw.background.or_else(|| from.and_then(|p| p.background.clone())),
        min_confidence: min_confidence.ok_or_else(|| missing("min_confidence"))?,
        sha256: String::new(),
        capture: Limits::new(),
        finished: Limits::new(),
        wording: BTreeMap::new(),
    };
    if let Some(p) = from
        && own_frame
        && p.frame.map(|f| (f.width, f.height)) != profile.frame.map(|f| (f.width, f.height))
    {
        of_another_frame(p, &given, &dropped)?;
    }
    if let Some(p) = from
        && replaced(p)
        && !replaced(&profile)
    {
        of_a_kept_background(p, &given.0, &dropped.0)?;
    }
    (profile.capture, profile.finished) = merge(from, given, dropped)?;
    profile.wording = wording(from, raw.wording, &profile)?;
    sealed(profile)
}

/// The profile, when it is consistent, with the hash of what it says.
pub(super) fn sealed(mut profile: Profile) -> Refusal<Profile> {
    consistent(&profile)?;
    profile.sha256 = sha256_hex(show::to_toml(&profile).as_bytes());
    Ok(profile)
}

/// What the finished stage has of its own: limits that are not the capture's, and checks that it
/// leaves out.
pub(super) fn own_finished(profile: &Profile) -> (Limits, BTreeSet<&'static str>) {
    let Profile { capture, finished, .. } = profile;
    let own = finished.iter().filter(|(id, limit)| capture.get(*id) != Some(*limit));
    let without = capture.keys().filter(|id| !finished.contains_key(*id));
    (own.map(|(id, limit)| (*id, limit.clone())).collect(), without.copied().collect())
}

/// The limits of both stages.
fn merge(
    parent: Option<&Profile>,
    (given, given_finished): (Limits, Limits),
    (dropped, dropped_finished): (Vec<&'static str>, Vec<&'static str>),
) -> Refusal<(Limits, Limits)> {
    let mut capture = parent.map(|p| p.capture.clone()).unwrap_or_default();
    let (mut own, mut without) = parent.map(own_finished).unwrap_or_default();
    for id in dropped {
        let there = [capture.remove(id).is_some(), own.remove(id).is_some()];
        without.remove(id);
        if there == [false; 2] {
            return Err(format!("drop: there is no limit of `{id}` to take away"));
        }
    }
    capture.extend(given);
    for id in dropped_finished {
        if given_finished.contains_key(id) {
            return Err(format!("finished.drop: `{id}` is dropped and given"));
        }
        let there = own.remove(id).is_some() || capture.contains_key(id);
        if !there || (capture.contains_key(id) && !without.insert(id)) {
            return Err(format!("finished.drop: there is no limit of `{id}` to take away"));
        }
    }
    let mut finished = capture.clone();
    finished.retain(|id, _| !without.contains(id));
    finished.extend(own);
    finished.extend(given_finished);
    Ok((capture, finished))
}

/// Limits of the planned crop are pixels of a frame: of another frame they mean nothing.
fn of_another_frame(
    parent: &Profile,
    given: &(Limits, Limits),
    dropped: &(Vec<&'static str>, Vec<&'static str>),
) -> Refusal<()> {
    let framed =
        |id: &&str| check::find(id).is_some_and(|c| matches!(c.measure, Measure::Framed(_)));
    let (own, _) = own_finished(parent);
    let left = parent.capture.keys().filter(|id| !given.0.contains_key(*id));
    let left_finished =
        own.keys().filter(|id| !given.1.contains_key(*id) && !dropped.1.contains(id));
    let left = left.chain(left_finished).filter(|id| !dropped.0.contains(id));
    match left.copied().find(framed) {
        None => Ok(()),
        Some(id) => Err(format!(
            "frame: the limit of `{id}` is in pixels of the extended profile's frame; give it anew or drop it"
        )),
    }
}

fn replaced(profile: &Profile) -> bool {
    profile.background.as_ref().is_some_and(|b| b.replace)
}

/// What a capture's background may look like where it is replaced says nothing of where it stays.
fn of_a_kept_background(parent: &Profile, given: &Limits, dropped: &[&str]) -> Refusal<()> {
    const COLOUR: &str = "background_colour";
    let told = parent.capture.get(COLOUR).is_some_and(|limit| !limit.required);
    if !told || given.contains_key(COLOUR) || dropped.contains(&COLOUR) {
        return Ok(());
    }
    Err(format!(
        "background: it is not replaced, and the limit of `{COLOUR}` that the extended profile has decides nothing; give it anew or drop it"
    ))
}

fn wording(
    parent: Option<&Profile>,
    given: BTreeMap<String, RawWording>,
    profile: &Profile,
) -> Refusal<BTreeMap<&'static str, Wording>> {
    let limited = |id: &str| profile.capture.contains_key(id) || profile.finished.contains_key(id);
    let mut all = parent.map(|p| p.wording.clone()).unwrap_or_default();
    all.retain(|id, _| limited(id));
    for (id, raw) in given {
        let check = find(&id)?;
        if !limited(check.id) {
            return Err(format!("wording of `{id}`: there is no limit of it"));
        }
        if raw.low.is_some() && !check.names.is_empty() {
            return Err(format!(
                "wording of `{id}`: it is a name, so it is never low: give `high`"
            ));
        }
        let words = |t: RawText| Words { zh: t.zh, en: t.en };
        let wording = all.entry(check.id).or_default();
        wording.low = raw.low.map(words).or(wording.low.take());
        wording.high = raw.high.map(words).or(wording.high.take());
    }
    Ok(all)
}

/// What contradicts itself, whoever said which half.
fn consistent(profile: &Profile) -> Refusal<()> {
    if !(0.0..=1.0).contains(&profile.min_confidence) {
        return Err("min_confidence must lie between 0 and 1".to_owned());
    }
    if profile.background.as_ref().is_some_and(|b| b.colours.is_empty()) {
        return Err("background: name at least one colour".to_owned());
    }
    let Some(f) = &profile.frame else { return Ok(()) };
    frame(f)?;
    let [width, height, dpi] = [f.width, f.height, f.dpi].map(f64::from);
    let facts = [
        ("pixel_width", width),
        ("pixel_height", height),
        ("aspect_ratio", width / height),
        ("dpi", dpi),
    ];
    for (id, value) in facts {
        let limit = profile.limits(Stage::Finished).get(id).map(|l| &l.accept);
        let value_band = Band { min: Some(value), max: Some(value) };
        if let Some(Accept::Range { pass, .. }) = limit
            && !contains(*pass, value_band)
        {
            return Err(format!("frame: its {value} is not what a finished file's `{id}` must be"));
        }
    }
    Ok(())
}

/// What no frame can be.
fn frame(f: &FrameSize) -> Refusal<()> {
    let sides = 1..=10_000;
    if !sides.contains(&f.width) || !sides.contains(&f.height) || !(0.1..=10.0).contains(&f.enlarge)
    {
        return Err("frame: a side must be 1 to 10000 px, enlarge 0.1 to 10".to_owned());
    }
    if !(1..=10_000).contains(&f.dpi) {
        return Err("frame: dpi must be 1 to 10000".to_owned());
    }
    // Sources round to whole mm and whole pixels; more than that would draw the person out.
    if let Some([w, h]) = f.print {
        let stretch = (w / h) / (f64::from(f.width) / f64::from(f.height));
        if !(1.0..=1000.0).contains(&w) || !(1.0..=1000.0).contains(&h) {
            return Err("frame: a side of the print must be 1 to 1000 mm".to_owned());
        }
        if !(0.99..=1.01).contains(&stretch) {
            return Err(format!(
                "frame: a print of {w} x {h} mm has not the shape of {} x {} px",
                f.width, f.height
            ));
        }
    }
    Ok(())
}

fn find(id: &str) -> Refusal<&'static Check> {
    check::find(id).ok_or_else(|| format!("there is no check called `{id}`"))
}

fn known(ids: &[String]) -> Refusal<Vec<&'static str>> {
    ids.iter().map(|id| find(id).map(|c| c.id)).collect()
}

fn limits(raw: &BTreeMap<String, RawLimit>) -> Refusal<Limits> {
    let one = |(id, raw): (&String, &RawLimit)| find(id).and_then(|c| Ok((c.id, limit(c, raw)?)));
    raw.iter().map(one).collect()
}

/// The limit of one check.
pub(super) fn limit(check: &Check, raw: &RawLimit) -> Refusal<Limit> {
    let accept = accept(raw, check.names).map_err(|r| format!("limit of `{}`: {r}", check.id))?;
    Ok(Limit { accept, required: raw.required, clause: raw.clause.clone() })
}

fn accept(raw: &RawLimit, names: &[&str]) -> Refusal<Accept> {
    match (raw.pass.map(band), raw.review.map(band), &raw.one_of) {
        (None, None, Some(wanted)) if !wanted.is_empty() => {
            match wanted.iter().find(|w| !names.contains(&w.as_str())) {
                None => Ok(Accept::OneOf(wanted.clone())),
                Some(_) if names.is_empty() => Err("it is a number: give `pass`".to_owned()),
                Some(w) => Err(format!("`{w}` is none of {}", names.join(", "))),
            }
        }
        (Some(_), _, None) if !names.is_empty() => {
            Err(format!("it is a name: give `one_of`, from {}", names.join(", ")))
        }
        (Some(pass), review, None) => {
            let review = review.unwrap_or(pass);
            if pass.min.is_none() && pass.max.is_none() {
                return Err("`pass` needs `min` or `max`".to_owned());
            }
            let ends = [pass.min, pass.max, review.min, review.max];
            if ends.iter().flatten().any(|end| !end.is_finite()) {
                return Err(
                    "leave an end out to have it open; it must be a finite number".to_owned()
                );
            }
            if !contains(review, pass) || !is_ordered(pass) {
                return Err(
                    "the review band must contain the pass band, and each min lie below its max"
                        .to_owned(),
                );
            }
            Ok(Accept::Range { pass, review })
        }
        _ => Err("give either `pass` (and `review`) or `one_of`".to_owned()),
    }
}

fn is_ordered(band: Band) -> bool {
    band.min.unwrap_or(f64::NEG_INFINITY) <= band.max.unwrap_or(f64::INFINITY)
}

fn contains(outer: Band, inner: Band) -> bool {
    outer.min.unwrap_or(f64::NEG_INFINITY) <= inner.min.unwrap_or(f64::NEG_INFINITY)
        && outer.max.unwrap_or(f64::INFINITY) >= inner.max.unwrap_or(f64::INFINITY)
}
