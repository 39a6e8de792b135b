//! The part of the terminal's report on an evaluation that suggests limits.

use std::io::{self, Write};

use super::Evaluation;
use super::terminal::{BOLD, PLAIN, name, percent, side_name};
use crate::evaluate::suggest::{NoSuggestion, Side};
use crate::evaluate::{Evaluated, Outcomes};
use crate::report::table::{Align, lines};
use crate::report::terminal::{LOOK, Language, word};
use crate::report::with_unit;
use crate::verdict::{Accept, Band};

/// Write the suggested limits beside those of the profile, and what they are worth.
pub(super) fn suggestions(
    out: &mut impl Write,
    e: &Evaluation,
    language: Language,
) -> io::Result<()> {
    let wanted = percent(e.wanted);
    let heading = if language == Language::Zh {
        format!("建议限值（误放率不超过 {wanted}%）：界内通过，界外不通过，两界之间交人工")
    } else {
        format!(
            "Suggested limits, for at most {wanted}% false passes (between the two a person looks)"
        )
    };
    let say = |zh: &str, en: &str| if language == Language::Zh { zh } else { en }.to_owned();
    let mut rows = vec![(
        BOLD,
        vec![
            say("项目", "check"),
            say("现为：通过", "now: pass"),
            say("不通过", "fail"),
            say("建议：通过", "suggested: pass"),
            say("不通过", "fail"),
            say("合格者 通过/复核/不通过", "passes: pass/look/fail"),
            say("不合格者", "fails: the same"),
            say("误放至多", "may still pass"),
        ],
    )];
    let mut nothing = Vec::new();
    let mut too_few = None;
    for (check, side) in e.checks.iter().flat_map(|c| c.sides.iter().map(move |s| (c, s))) {
        let which = format!("{} {}", name(check.subject, language), side_name(side.side, language));
        match &side.suggestion {
            Err(why) => nothing.push((which, *why)),
            Ok(s) => {
                let [now_pass, now_fail] = now(check, side.side);
                too_few = too_few.or(s.needed);
                let star = if s.needed.is_some() { " *" } else { "" };
                rows.push((
                    PLAIN,
                    vec![
                        which,
                        now_pass,
                        now_fail,
                        inside(side.side, s.pass, check.subject),
                        beyond(side.side, s.fail, check.subject),
                        would(&s.passes),
                        would(&s.fails),
                        format!("{}%{star}", percent(s.at_most)),
                    ],
                ));
            }
        }
    }
    if rows.len() + nothing.len() == 1 {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}{heading}{BOLD:#}")?;
    if rows.len() > 1 {
        for line in lines(&[Align::Left; 8], &rows) {
            writeln!(out, "{line}")?;
        }
    }
    if let Some(needed) = too_few {
        let note = if language == Language::Zh {
            format!(
                "* 不合格照片太少，不足为凭：有 95% 把握的误放率上限仍高于所求；若无一误放，须有 {needed} 张。"
            )
        } else {
            format!(
                "* Too few fails to trust it: with 95 % confidence no more is known than that so many of such\n  \
                 faults may pass. {needed} fails without a false pass would promise {wanted}%."
            )
        };
        writeln!(out, "{LOOK}{note}{LOOK:#}")?;
    }
    without_suggestion(out, &nothing, language)
}

/// The ends of the profile's bands on this side.
fn now(check: &Evaluated, side: Side) -> [String; 2] {
    let Some(Accept::Range { pass, review }) = check.limit.as_ref().map(|l| &l.accept) else {
        return ["-".to_owned(), "-".to_owned()];
    };
    let end = |band: &Band| match side {
        Side::Low => band.min,
        Side::High => band.max,
    };
    let dash = || "-".to_owned();
    [
        end(pass).map_or_else(dash, |v| inside(side, v, check.subject)),
        end(review).map_or_else(dash, |v| beyond(side, v, check.subject)),
    ]
}

fn inside(side: Side, value: f64, check: &str) -> String {
    let sign = if side == Side::Low { "≥" } else { "≤" };
    with_unit(&format!("{sign} {}", exact(value)), check)
}

fn beyond(side: Side, value: f64, check: &str) -> String {
    let sign = if side == Side::Low { "<" } else { ">" };
    with_unit(&format!("{sign} {}", exact(value)), check)
}

/// A limit as it goes into a profile: never rounded over a reading. It has four decimals at most.
fn exact(value: f64) -> String {
    value.to_string()
}

fn would(o: &Outcomes) -> String {
    format!("{}/{}/{}", o.pass, o.review, o.fail)
}

fn without_suggestion(
    out: &mut impl Write,
    nothing: &[(String, NoSuggestion)],
    language: Language,
) -> io::Result<()> {
    for (why, zh, en) in [
        (
            NoSuggestion::NotTold,
            "无限值可荐：不合格与合格的数值分不开，要拦住前者，过半的后者也会被拦：",
            "No limit gives this rate (it would stop more than half of the good pictures too):",
        ),
        (
            NoSuggestion::NoFails,
            "无从建议（人工判不合格的照片没有可用的读数）：",
            "Nothing to go by, no usable reading of a picture that a person failed:",
        ),
        (
            NoSuggestion::NoPasses,
            "无从建议（人工判合格的照片没有可用的读数）：",
            "Nothing to go by, no usable reading of a picture that a person passed:",
        ),
    ] {
        let of: Vec<String> =
            nothing.iter().filter(|(_, w)| *w == why).map(|(which, _)| which.clone()).collect();
        if !of.is_empty() {
            writeln!(out, "{}", word(language, zh, en))?;
            wrapped(out, of.into_iter(), language)?;
        }
    }
    Ok(())
}

/// Four to an indented line.
pub(super) fn wrapped(
    out: &mut impl Write,
    items: impl Iterator<Item = String>,
    language: Language,
) -> io::Result<()> {
    let items: Vec<String> = items.collect();
    for four in items.chunks(4) {
        writeln!(out, "  {}", four.join(word(language, "，", ", ")))?;
    }
    Ok(())
}
