//! What a photographer reads at a glance: the verdict, the one thing to mend, the number, the limit.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::{Files, Summary, beyond, limit, number, value};
use crate::check;
use crate::identity::shown;
use crate::pipeline::{Checked, Judged};
use crate::produce::Standard;
use crate::standardise::Background;
use crate::verdict::{Finding, Outcome, Text, Words};

/// Languages of the instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese, then English.
    #[default]
    Both,
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// How a photo came out, for colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Passed.
    Good,
    /// A person must look.
    Look,
    /// To be taken again, or not read.
    Bad,
}

impl Mood {
    /// Its style on a terminal.
    pub fn style(self) -> Style {
        match self {
            Mood::Good => PASS,
            Mood::Look => LOOK,
            Mood::Bad => FAIL,
        }
    }
}

/// The verdict in a word, and the one instruction.
pub fn at_a_glance(checked: &Checked, language: Language) -> (Mood, &'static str, String) {
    let judged = match &checked.outcome {
        Ok(judged) => judged,
        Err(reason) => return (Mood::Bad, word(language, "读不了", "ERROR"), reason.clone()),
    };
    let verdict = &judged.verdict;
    let first = verdict.first.map(|i| say(instruction(&verdict.findings[i]), language));
    let (mood, word) = match verdict.outcome {
        Outcome::Pass => (Mood::Good, word(language, "通过", "PASS")),
        Outcome::Fail => (Mood::Bad, word(language, "重拍", "RETAKE")),
        Outcome::Review | Outcome::NotAssessed => (Mood::Look, word(language, "待复核", "LOOK")),
    };
    (mood, word, first.unwrap_or_default())
}

pub(super) const PASS: Style = AnsiColor::Green.on_default().bold();
pub(super) const LOOK: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const FAIL: Style = AnsiColor::Red.on_default().bold();
pub(super) const FAINT: Style = Style::new().dimmed();

/// Write the lines of one capture.
///
/// # Errors
/// When `out` cannot be written to.
pub fn capture(out: &mut impl Write, checked: &Checked, language: Language) -> io::Result<()> {
    // A file name may hold control characters, and must not draw on the terminal.
    let id = printable(&checked.capture.id);
    match &checked.outcome {
        Err(reason) => writeln!(
            out,
            "{FAIL}{}{FAIL:#} {id}\n       {}",
            word(language, "读不了", "ERROR "),
            printable(reason)
        ),
        Ok(judged) => {
            let (style, word) = match judged.verdict.outcome {
                Outcome::Pass => (PASS, word(language, "通过  ", "PASS  ")),
                Outcome::Fail => (FAIL, word(language, "重拍  ", "RETAKE")),
                Outcome::Review | Outcome::NotAssessed => {
                    (LOOK, word(language, "待复核", "LOOK  "))
                }
            };
            write!(out, "{style}{word}{style:#} {id}")?;
            match judged.verdict.first {
                Some(i) => first(out, judged, i, language),
                None => writeln!(out),
            }
        }
    }
}

fn first(
    out: &mut impl Write,
    judged: &Judged,
    index: usize,
    language: Language,
) -> io::Result<()> {
    let finding = &judged.verdict.findings[index];
    writeln!(out, "  {}", say(instruction(finding), language))?;
    write!(out, "       {FAINT}{}{FAINT:#}", numbers(finding, language))?;
    let others = judged.verdict.findings.iter().enumerate().filter(|(i, f)| {
        *i != index
            && f.limit.required
            && f.outcome != Outcome::Pass
            // What is only unsure names no fault.
            && f.fault.is_some()
    });
    let others: Vec<String> =
        others.map(|(_, f)| format!("{} {}", title(f, language), value(f))).collect();
    if !others.is_empty() {
        let also = word(language, "另有", "also");
        write!(out, "{FAINT}; {also} {}{FAINT:#}", others.join(", "))?;
    }
    writeln!(out)
}

/// What to do about a finding: the fault's advice, or why a person must look.
fn instruction(finding: &Finding) -> Words {
    match (&finding.advice, &finding.measured) {
        (Some(advice), _) => advice.clone(),
        (None, Err(_)) => UNMEASURED.into(),
        (None, Ok(_)) => UNSURE.into(),
    }
}

/// What is said of a check that nothing was measured for.
pub(super) const UNMEASURED: Text = Text {
    zh: "没能测出来，请人工看一下。",
    en: "Could not be measured: please look.",
};

/// What is said of a reading that is not sure enough.
pub(super) const UNSURE: Text =
    Text { zh: "机器没把握，请人工看一下。", en: "Not sure enough: please look." };

fn numbers(finding: &Finding, language: Language) -> String {
    let mut title = title(finding, language);
    // The desk's own word, by which a rejection would come back.
    if let Some(reason) = &finding.reason {
        let said = match language {
            Language::En => &reason.en,
            Language::Zh | Language::Both => &reason.zh,
        };
        title = if language == Language::Zh {
            format!("{title}（{said}）")
        } else {
            format!("{title} ({said})")
        };
    }
    match &finding.measured {
        Ok(_) => {
            let bound = word(language, "标准", "limit");
            let off = beyond(finding).map_or_else(String::new, |off| match language {
                Language::Zh => format!("，差 {off}"),
                Language::Both | Language::En => format!(", off by {off}"),
            });
            format!("{title}: {} ({bound} {}{off})", value(finding), limit(finding))
        }
        Err(unreadable) => {
            let because = say(unreadable.because.clone(), language);
            let (not, comma) =
                (word(language, "未测出", "not measured"), word(language, "，", ", "));
            format!("{title}: {not}{comma}{because}")
        }
    }
}

fn title(finding: &Finding, language: Language) -> String {
    check::find(finding.check).map_or_else(String::new, |c| say(c.title, language))
}

/// A name or message as people may see it: identity numbers masked, and escaped what would draw on the
/// terminal or turn the order of reading around.
pub fn printable(text: &str) -> String {
    let draws = |c: char| {
        let turns = matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
    };
    shown(text)
        .chars()
        .flat_map(|c| if draws(c) { c.escape_default().collect() } else { vec![c] })
        .collect()
}

/// A word of the frame around the texts, where both languages at once would only be in the way.
pub(super) fn word(language: Language, zh: &'static str, en: &'static str) -> &'static str {
    if language == Language::Zh { zh } else { en }
}

/// A text in this language.
pub fn say(text: impl Into<Words>, language: Language) -> String {
    let Words { zh, en } = text.into();
    match language {
        Language::Both => format!("{zh} {en}"),
        Language::Zh => zh,
        Language::En => en,
    }
}

/// Write the closing line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn summary(
    out: &mut impl Write,
    summary: &Summary,
    files: Option<&Files>,
    made_by: &str,
    language: Language,
) -> io::Result<()> {
    let Summary { pass, review, fail, error } = summary;
    let total = summary.total();
    if language == Language::Zh {
        write!(
            out,
            "\n共 {total} 张：{PASS}通过 {pass}{PASS:#}，{FAIL}重拍 {fail}{FAIL:#}，{LOOK}待复核 {review}{LOOK:#}，无法读取 {error}"
        )?;
    } else {
        write!(
            out,
            "\n{total} captures: {PASS}{pass} pass{PASS:#}, {FAIL}{fail} retake{FAIL:#}, \
             {LOOK}{review} to look at{LOOK:#}, {error} unreadable"
        )?;
    }
    if let Some(Files { written, passed, failed }) = files {
        let more = |n: usize, text: String| if n > 0 { text } else { String::new() };
        let unlike = written - passed;
        if language == Language::Zh {
            write!(out, "；标准照 {written}")?;
            write!(out, "{}", more(unlike, format!("（成品复检未过 {unlike}）")))?;
            write!(out, "{}", more(*failed, format!("，{FAIL}写入失败 {failed}{FAIL:#}")))?;
        } else {
            write!(out, "; {written} standard files")?;
            write!(out, "{}", more(unlike, format!(" ({unlike} of them do not pass)")))?;
            write!(out, "{}", more(*failed, format!(", {FAIL}{failed} not written{FAIL:#}")))?;
        }
    }
    writeln!(out, "  {FAINT}({made_by}){FAINT:#}")
}

/// Write that an earlier capture has the same bytes.
///
/// # Errors
/// When `out` cannot be written to.
pub fn twin(out: &mut impl Write, id: &str, language: Language) -> io::Result<()> {
    let said = word(language, "与此文件内容相同", "same content as");
    writeln!(out, "       {LOOK}{said}{LOOK:#}: {}", printable(id))
}

/// Write how many captures a ledger spared.
///
/// # Errors
/// When `out` cannot be written to.
pub fn unchanged(out: &mut impl Write, count: usize, language: Language) -> io::Result<()> {
    match language {
        Language::Zh => writeln!(out, "{count} 张没有变化，没有重新检查"),
        _ => writeln!(out, "{count} unchanged, not looked at again"),
    }
}

/// Write the line of a standard file, and what is wrong with it as a finished one.
///
/// # Errors
/// When `out` cannot be written to.
pub fn standard(
    out: &mut impl Write,
    file: &Standard,
    path: &Path,
    language: Language,
) -> io::Result<()> {
    let size = file.bytes.len() as f64 / 1024.0;
    let background = match (&file.background, language == Language::Zh) {
        (Background::Kept, true) => "背景保留".to_owned(),
        (Background::Kept, false) => "background kept".to_owned(),
        (Background::Replaced(c), zh) => {
            let [r, g, b] = c.0;
            let said = if zh { "背景换为" } else { "background replaced by" };
            format!("{said} {r},{g},{b}")
        }
    };
    let quality = word(language, "质量", "quality");
    writeln!(
        out,
        "       -> {}  {FAINT}{quality} {}, {} KB, {background}{FAINT:#}",
        printable(&path.to_string_lossy()),
        file.quality,
        number(size),
    )?;
    let wrong = file.judged.verdict.findings.iter();
    for finding in wrong.filter(|f| f.limit.required && f.outcome != Outcome::Pass) {
        let (style, said) = match finding.outcome {
            Outcome::Fail => (FAIL, word(language, "成品不合格", "the file fails")),
            _ => (LOOK, word(language, "成品待复核", "look at the file")),
        };
        writeln!(out, "          {style}{said}{style:#}: {}", numbers(finding, language))?;
    }
    Ok(())
}

/// Write why there is no standard file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn not_made(out: &mut impl Write, reason: &str, language: Language) -> io::Result<()> {
    let said = word(language, "未制作", "not made");
    writeln!(out, "       {LOOK}{said}{LOOK:#}: {}", printable(reason))
}
