//! What stands on the screen beside the camera: the last photo's verdict and its one instruction, large.

use std::io::{self, IsTerminal, Write};

use super::Summary;
use super::terminal::{self, Language, Mood};
use crate::identity::shown;
use crate::pipeline::Checked;
use crate::watch::session::{Best, Drift};

/// What is shown of the last photo.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The photo.
    pub checked: &'a Checked,
    /// What has drifted with it.
    pub drifts: &'a [Drift],
    /// The best of its burst, where there is a choice.
    pub best: Option<&'a Best>,
    /// The session so far.
    pub summary: &'a Summary,
    /// Language.
    pub language: Language,
}

/// Double height, as DEC's terminals had it and xterm, Konsole, iTerm2, Windows Terminal and others have:
/// a line of upper halves and the same line of lower ones.
const HALVES: [&str; 2] = ["\x1b#3", "\x1b#4"];

/// Write the photo's lines; `bell` sounds once for a pass and twice for anything else.
///
/// # Errors
/// When `out` cannot be written to.
pub fn terminal(out: &mut impl Write, shown: &Shown, bell: bool) -> io::Result<()> {
    let Shown { checked, language, .. } = shown;
    let (mood, ..) = terminal::at_a_glance(checked, *language);
    if io::stdout().is_terminal() {
        // Large letters leave room for half a line: each language has its own.
        for language in each(*language) {
            let (_, word, advice) = terminal::at_a_glance(checked, language);
            let style = mood.style();
            for half in HALVES {
                writeln!(out, "{half}{style}{word} {}{style:#}", terminal::printable(&advice))?;
            }
        }
    }
    terminal::capture(out, checked, *language)?;
    for drift in shown.drifts {
        let (style, said) = (Mood::Look.style(), terminal::say(drift.warning, *language));
        let (first, now) = (super::number(drift.first), super::number(drift.now));
        writeln!(out, "       {style}{said}{style:#} ({} {first} -> {now})", drift.check)?;
    }
    if let Some(Best { id, of }) = shown.best {
        let id = terminal::printable(id);
        let said = match language {
            Language::Zh => format!("连拍 {of} 张，最好的是 {id}"),
            _ => format!("best of {of}: {id}"),
        };
        writeln!(out, "       {said}")?;
    }
    writeln!(out, "       {}", shown.summary)?;
    if bell {
        write!(out, "{}", if mood == Mood::Good { "\x07" } else { "\x07\x07" })?;
    }
    Ok(())
}

/// The languages one by one.
fn each(language: Language) -> Vec<Language> {
    match language {
        Language::Both => vec![Language::Zh, Language::En],
        one => vec![one],
    }
}

/// A page for a second screen, that asks for itself again every second.
pub fn page(shown: &Shown) -> String {
    let Shown { checked, summary, language, .. } = shown;
    let (mood, ..) = terminal::at_a_glance(checked, *language);
    let said = each(*language).into_iter().map(|language| {
        let (_, word, advice) = terminal::at_a_glance(checked, language);
        format!("<h1>{word}</h1>\n<p class=\"advice\">{}</p>\n", escape(&advice))
    });
    let said: String = said.collect();
    let size = if *language == Language::Both { "0.62" } else { "1" };
    let colour = match mood {
        Mood::Good => "#0a7d33",
        Mood::Look => "#a66a00",
        Mood::Bad => "#b3261e",
    };
    let drifts: String = shown
        .drifts
        .iter()
        .map(|d| format!("<p class=drift>{}</p>", escape(&terminal::say(d.warning, *language))))
        .collect();
    let best = shown.best.map_or_else(String::new, |b| format!("★ {}", escape(&b.id)));
    include_str!("screen.html")
        .replace("{colour}", colour)
        .replace("{size}", size)
        .replace("{said}", &said)
        .replace("{drifts}", &drifts)
        .replace("{summary}", &summary.to_string())
        .replace("{best}", &best)
        // The last, for it is not ours and could hold any of the others.
        .replace("{name}", &escape(&checked.capture.id))
}

fn escape(text: &str) -> String {
    let plain = |c| match c {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        '{' => "&#123;".to_owned(),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    shown(text).chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Capture;

    #[test]
    fn a_hostile_name_is_only_a_name() {
        let id = "<img onerror=x>{said}\u{7}.jpg".to_owned();
        let capture = Capture { path: id.clone().into(), id };
        let checked = Checked { capture, sha256: None, outcome: Err("not an image".to_owned()) };
        let summary = Summary { error: 1, ..Summary::default() };
        let language = Language::En;
        let shown =
            Shown { checked: &checked, drifts: &[], best: None, summary: &summary, language };
        let page = page(&shown);
        assert!(page.contains("&lt;img onerror=x&gt;&#123;said} .jpg"), "{page}");
        assert!(page.contains("not an image") && !page.contains("{size}"), "{page}");
    }
}
