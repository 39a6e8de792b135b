//! What an admin reads of an evaluation: how often the program was wrong, where, and which limits
//! would do better.

use std::io::{self, Write};

use anstyle::Style;

use super::Evaluation;
use super::limits::{suggestions, wrapped};
use crate::evaluate::agreement::{Agreement, Pair, agreement};
use crate::evaluate::eer::Eer;
use crate::evaluate::rates::Rate;
use crate::evaluate::suggest::Side;
use crate::evaluate::{Evaluated, SideResult, VERDICT, title};
use crate::report::table::{Align, lines};
use crate::report::terminal::{FAIL, FAINT, LOOK, Language, printable, word};
use crate::report::{band, number, number_beyond, with_unit};
use crate::verdict::{Accept, Value};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const PLAIN: Style = Style::new();

/// Write the whole report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn report(out: &mut impl Write, e: &Evaluation, language: Language) -> io::Result<()> {
    let run = format!("{}, {}", e.run.profile.name, e.run.engine);
    let (pictures, decisions) = (e.pictures, e.pairs.len());
    writeln!(
        out,
        "{}  {FAINT}({run}){FAINT:#}",
        if language == Language::Zh {
            format!("{pictures} 张照片，{decisions} 条人工判定")
        } else {
            format!("{}, {} of a person", many(pictures, "picture"), many(decisions, "decision"))
        }
    )?;
    // Where nothing was judged there is nothing to tell but why.
    if !e.checks.is_empty() {
        writeln!(out)?;
        rates(out, e, language)?;
        legend(out, language)?;
        unsure(out, e, language)?;
        suggestions(out, e, language)?;
        worst(out, e, language)?;
    }
    left_out(out, e, language)
}

fn legend(out: &mut impl Write, language: Language) -> io::Result<()> {
    let legend = word(
        language,
        "误放：人工不合格而程序通过；误拒：人工合格而程序不通过；复核：程序交人工（含测不出、没把握）。括号内为 95% 置信区间（Wilson）。\n\
         等错误率：只看数值、不看限值，漏判率与误判率相等时的错误率；偏低、偏高两侧分开计算。",
        "false pass: a person failed it, the program passes it. false fail: the reverse. to look at: left to a\n\
         person, readings that could not be taken or are unsure included. In brackets 95 % intervals (Wilson).\n\
         equal error: how well the number alone tells faults, whatever the limit; 50 % is guessing.",
    );
    writeln!(out, "{FAINT}{legend}{FAINT:#}")
}

/// The readings that the table counts but that no equal error and no suggestion rests on, by check.
fn unsure(out: &mut impl Write, e: &Evaluation, language: Language) -> io::Result<()> {
    let said = |check: &Evaluated| {
        let ([pass, fail], name) = (check.unsure, name(check.subject, language));
        match language {
            Language::Zh => format!("{name}（合格 {pass}、不合格 {fail}）"),
            Language::Both | Language::En => format!("{name} (pass {pass}, fail {fail})"),
        }
    };
    let some: Vec<String> = e.checks.iter().filter(|c| c.unsure != [0, 0]).map(said).collect();
    if some.is_empty() {
        return Ok(());
    }
    let least = e.run.profile.min_confidence;
    let heading = match language {
        Language::Zh => format!("没把握的读数（置信度低于 {least}），不计入等错误率和建议限值："),
        Language::Both | Language::En => {
            format!(
                "Unsure readings (confidence below {least}), in no equal error and no suggestion:"
            )
        }
    };
    writeln!(out, "{heading}")?;
    wrapped(out, some.into_iter(), language)
}

fn rates(out: &mut impl Write, e: &Evaluation, language: Language) -> io::Result<()> {
    use Align::{Left, Right};
    let heads = if language == Language::Zh {
        ["项目", "合格", "不合格", "未定", "误放", "", "误拒", "", "复核", "", "测不出", "等错误率"]
    } else {
        let [pass, fail] = ["pass", "fail"];
        let rates = ["false pass", "", "false fail", "", "to look at", ""];
        let [a, b, c, d, e, f] = rates;
        ["check", pass, fail, "?", a, b, c, d, e, f, "no reading", "equal error"]
    };
    let align = [Left, Right, Right, Right, Right, Left, Right, Left, Right, Left, Right, Left];
    let mut rows = vec![(BOLD, heads.map(str::to_owned).to_vec())];
    for check in &e.checks {
        let mut row = vec![name(check.subject, language)];
        row.extend(check.person.map(|n| n.to_string()));
        for rate in [check.false_pass, check.false_fail, check.review] {
            row.extend(rate_cells(rate));
        }
        row.push(check.not_measured.to_string());
        let mut sides = check.sides.iter().map(|s| eer(s, check.sides.len() > 1, language));
        row.push(sides.next().unwrap_or_else(|| "-".to_owned()));
        rows.push((PLAIN, row));
        for more in sides {
            let mut row = vec![String::new(); align.len() - 1];
            row.push(more);
            rows.push((PLAIN, row));
        }
    }
    for line in lines(&align, &rows) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Name of a subject: its id, with the Chinese title where Chinese is asked for.
pub(super) fn name(subject: &str, language: Language) -> String {
    match language {
        Language::En => subject.to_owned(),
        Language::Both | Language::Zh => format!("{subject} {}", title(subject).zh),
    }
}

/// "3/40" and "7.5% (2.6-20%)".
fn rate_cells(rate: Option<Rate>) -> [String; 2] {
    match rate {
        None => ["-".to_owned(), String::new()],
        Some(r) => {
            let share = percent(r.share());
            [format!("{}/{}", r.count, r.of), format!("{share}% ({})", interval(r.low, r.high))]
        }
    }
}

fn interval(low: f64, high: f64) -> String {
    format!("{}-{}%", percent(low), percent(high))
}

/// "1 fail", "2 fails".
fn many(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A share in per cent: one decimal below ten, none above.
pub(super) fn percent(share: f64) -> String {
    let digits = usize::from(share < 0.0995 && (share * 1000.0).round() % 10.0 != 0.0);
    format!("{:.digits$}", share * 100.0)
}

fn eer(side: &SideResult, named: bool, language: Language) -> String {
    let which = if named { format!("{} ", side_name(side.side, language)) } else { String::new() };
    match side.eer {
        None => format!("{which}-"),
        Some(Eer { rate, interval: (low, high) }) => {
            let fails = side.fails;
            let of = if language == Language::Zh {
                format!("{fails} 张不合格")
            } else {
                many(fails, "fail")
            };
            format!("{which}{}% ({}, {of})", percent(rate), interval(low, high))
        }
    }
}

pub(super) fn side_name(side: Side, language: Language) -> &'static str {
    match side {
        Side::Low => word(language, "偏低", "low"),
        Side::High => word(language, "偏高", "high"),
    }
}

fn worst(out: &mut impl Write, e: &Evaluation, language: Language) -> io::Result<()> {
    let of = |check: &Evaluated| check.worst.iter().map(|i| &e.pairs[*i]).collect::<Vec<_>>();
    let wrong: Vec<&Pair> = e.checks.iter().flat_map(of).collect();
    if wrong.is_empty() {
        let none =
            word(language, "程序与人工无一相反。", "No picture was judged the other way round.");
        return writeln!(out, "\n{none}");
    }
    let heading = word(
        language,
        "错得最远的照片",
        "Pictures that were judged the other way round, the worst of each check first",
    );
    writeln!(out, "\n{BOLD}{heading}{BOLD:#}")?;
    let rows: Vec<(Style, Vec<String>)> = wrong
        .into_iter()
        .map(|p| {
            let kind = match agreement(p.decision, p.outcome) {
                Agreement::FalsePass => word(language, "误放", "false pass"),
                _ => word(language, "误拒", "false fail"),
            };
            let row = vec![
                name(p.subject, language),
                kind.to_owned(),
                printable(&p.file),
                numbers(p, e, language),
            ];
            (PLAIN, row)
        })
        .collect();
    for line in lines(&[Align::Left; 4], &rows) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The reading beside the limit; of a whole picture, the check that is to blame.
fn numbers(p: &Pair, e: &Evaluation, language: Language) -> String {
    let first = || p.first.map_or_else(String::new, |f| name(f, language));
    let limit = e.run.profile.limits(e.run.stage).get(p.subject).map(|l| &l.accept);
    let bound = word(language, "标准", "limit");
    match (p.measured.as_ref().and_then(|m| m.as_ref().ok()).map(|r| &r.value), limit) {
        (Some(Value::Number(n)), Some(Accept::Range { pass, .. })) => {
            let outside = p.slack.is_some_and(|s| s < 0.0);
            let shown = if outside { number_beyond(*n, *pass) } else { number(*n) };
            let [shown, limit] = [shown, band(*pass)].map(|t| with_unit(&t, p.subject));
            format!("{shown} ({bound} {limit})")
        }
        (Some(Value::Name(name)), Some(Accept::OneOf(names))) => {
            format!("{name} ({bound} {})", names.join(" / "))
        }
        _ if p.subject == VERDICT => first(),
        _ => String::new(),
    }
}

fn left_out(out: &mut impl Write, e: &Evaluation, language: Language) -> io::Result<()> {
    let zh = language == Language::Zh;
    if !e.missing.is_empty() {
        let (n, file) = (e.missing.len(), e.decisions.display());
        let words = if zh {
            format!("{file} 中有 {n} 张照片不在所给文件夹里，其判定未计入：")
        } else {
            format!("Of {file} not in the input, and not counted: {}", many(n, "picture"))
        };
        writeln!(out, "\n{LOOK}{words}{LOOK:#}")?;
        for (name, decided) in &e.missing {
            let lines = decided.values().map(|(_, line)| *line).min().unwrap_or_default();
            let line = word(language, "行", "line");
            writeln!(out, "  {} ({line} {lines})", printable(name))?;
        }
    }
    // Last of the lists, so that a path that was misspelt is not above hundreds of pictures missed by it.
    if !e.unreadable.is_empty() {
        let n = e.unreadable.len();
        let words = if zh { format!("读不了：{n}") } else { format!("{n} could not be read:") };
        writeln!(out, "\n{FAIL}{words}{FAIL:#}")?;
        for u in &e.unreadable {
            writeln!(out, "  {}", printable(&u.reason))?;
        }
    }
    if e.without > 0 {
        let n = e.without;
        if zh {
            writeln!(out, "\n另有 {n} 张照片没有人工判定，未检查。")?;
        } else {
            let more = many(n, "more picture");
            writeln!(out, "\nNot checked, because there is no decision: {more} of the input.")?;
        }
    }
    Ok(())
}
