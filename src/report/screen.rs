//! What stands on the screen beside the camera: the last photo's verdict and its one instruction, large.

use std::io::{self, IsTerminal, Write};

use unicode_width::UnicodeWidthStr;

use super::Summary;
use super::terminal::{self, Language, Mood};
use crate::identity::shown;
use crate::pipeline::Checked;
use crate::verdict::Text;
use crate::watch::drifts::Drift;
use crate::watch::shots::Best;

/// What is shown of the last photo.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The photo.
    pub checked: &'a Checked,
    /// What has drifted with it.
    pub drifts: &'a [Drift],
    /// The best of its burst, where there is a choice.
    pub best: Option<&'a Best>,
    /// The standard files that could not be written.
    pub unwritten: Option<Unwritten<'a>>,
    /// The session so far.
    pub summary: &'a Summary,
    /// Language.
    pub language: Language,
}

/// Standard files that were made and could not be written: somebody must do something.
#[derive(Clone, Copy, Debug)]
pub struct Unwritten<'a> {
    /// How many in this session.
    pub count: usize,
    /// Why, of the latest.
    pub why: &'a str,
    /// Whether the latest is that of the photo shown.
    pub now: bool,
}

impl Unwritten<'_> {
    fn say(&self, language: Language) -> String {
        let n = self.count;
        let files = if n == 1 { "file" } else { "files" };
        let zh = format!("{n} 张标准照没有写出，请处理！");
        let en = format!("{n} standard {files} not written: see to it!");
        match language {
            Language::Zh => zh,
            Language::En => en,
            Language::Both => format!("{zh} {en}"),
        }
    }
}

/// What the page says when it shows no photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Before the next photo.
    Waiting,
    /// The folder cannot be seen.
    Gone,
    /// The watch was ended.
    Ended,
}

impl Notice {
    fn text(self) -> (Text, Text, &'static str) {
        let text = |zh, en| Text { zh, en };
        match self {
            Notice::Waiting => {
                let advice =
                    text("拍好的照片会显示在这里。", "The next photo will be judged here.");
                (text("等待照片", "WAITING"), advice, "#37474f")
            }
            Notice::Gone => {
                let advice = text("检查连接线、网络和硬盘。", "Check cable, network and disk.");
                (text("照片文件夹不见了", "FOLDER GONE"), advice, "#b3261e")
            }
            Notice::Ended => {
                let advice = text("照片不再检查。", "Photos are no longer judged.");
                (text("已结束", "ENDED"), advice, "#37474f")
            }
        }
    }
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
    if let Some(unwritten) = &shown.unwritten {
        let style = Mood::Bad.style();
        let halves = if unwritten.now && io::stdout().is_terminal() { &HALVES[..] } else { &[""] };
        for language in each(*language) {
            for half in halves {
                writeln!(out, "{half}{style}{}{style:#}", unwritten.say(language))?;
            }
        }
        writeln!(out, "       {}", terminal::printable(unwritten.why))?;
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

/// What every page has, and no other file.
const MARK: &str = "<meta name=\"generator\" content=\"photogate watch\">";

/// Whether this is a page for the second screen, that may be replaced unasked.
pub fn is_page(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(500)];
    String::from_utf8_lossy(head).contains(MARK)
}

/// A page for a second screen, that asks for itself again every second.
pub fn page(shown: &Shown) -> String {
    let Shown { checked, summary, language, .. } = shown;
    let (mood, ..) = terminal::at_a_glance(checked, *language);
    let said = each(*language).into_iter().map(|language| {
        let (_, word, advice) = terminal::at_a_glance(checked, language);
        (word.to_owned(), advice)
    });
    let colour = match mood {
        Mood::Good => "#0a7d33",
        Mood::Look => "#8f5a00",
        Mood::Bad => "#b3261e",
    };
    let mut bars: String = shown
        .drifts
        .iter()
        .map(|d| format!("<p class=bar>{}</p>\n", escape(&terminal::say(d.warning, *language))))
        .collect();
    if let Some(unwritten) = &shown.unwritten {
        let (said, why) = (escape(&unwritten.say(*language)), escape(unwritten.why));
        bars += &format!("<p class=\"bar todo\">{said}<small>{why}</small></p>\n");
    }
    let best = shown.best.map_or_else(String::new, |b| format!("   ★ {}", escape(&b.id)));
    let name = escape(&checked.capture.id);
    fill(&said.collect::<Vec<_>>(), colour, &bars, [&name, &best], summary)
}

/// The page when there is no photo to show.
pub fn notice(notice: Notice, summary: &Summary, language: Language) -> String {
    let (word, advice, colour) = notice.text();
    let said = each(language).into_iter();
    let said = said.map(|l| (terminal::say(word, l), terminal::say(advice, l)));
    fill(&said.collect::<Vec<_>>(), colour, "", ["", ""], summary)
}

/// Fill in the page: words with their instructions, bars below them, name of the photo and the best.
fn fill(
    said: &[(String, String)],
    colour: &str,
    bars: &str,
    [name, best]: [&str; 2],
    summary: &Summary,
) -> String {
    let said = &once(said)[..];
    let size = size(said, bars.matches("<p ").count());
    let said = said.iter().map(|(word, advice)| match advice.as_str() {
        "" => format!("<h1 class=\"alone\">{}</h1>\n", escape(word)),
        advice => {
            let (word, advice) = (escape(word), escape(advice));
            format!("<h1>{word}</h1>\n<p class=\"advice\">{advice}</p>\n")
        }
    });
    include_str!("screen.html")
        .replace("{colour}", colour)
        .replace("{size}", &format!("{size:.2}"))
        .replace("{said}", &said.collect::<String>())
        .replace("{summary}", &summary.to_string())
        .replace("{best}", best)
        // The last, for they are not ours and could hold any of the others.
        .replace("{bars}", bars)
        .replace("{name}", name)
}

/// Where there is nothing to be done, or why is said in one language only, that stands once.
fn once(said: &[(String, String)]) -> Vec<(String, String)> {
    match said {
        [(zh, one), (en, other)] if one == other => vec![(format!("{zh} {en}"), one.clone())],
        all => all.to_vec(),
    }
}

/// How large the letters can be for all of it to stand on the screen, as a share of the largest: as
/// the page has no program, its lines are counted here.
fn size(said: &[(String, String)], bars: usize) -> f64 {
    // In hundredths of the height of a screen of 3 to 2, less its edges: wider ones have room to spare.
    let (width, height) = (138.0, 89.0 - 12.0 * bars as f64);
    let tall = |size: f64| -> f64 {
        let lines = |text: &str, letter: f64| {
            // A letter is about half as wide as a Chinese one.
            let columns = (width / (letter * size * 0.55)).floor().max(1.0);
            (text.width() as f64 / columns).ceil() * letter * size
        };
        let each = |(word, advice): &(String, String)| {
            let letter = if advice.is_empty() { 26.0 } else { 11.0 };
            lines(word, letter) * 1.1 + lines(advice, 15.0) * 1.2 + 4.0
        };
        said.iter().map(each).sum()
    };
    let sizes = (4..=20).rev().map(|twentieths| f64::from(twentieths) / 20.0);
    sizes.into_iter().find(|size| tall(*size) <= height).unwrap_or(0.2)
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
        let why = "out/{name}.json is there already";
        let unwritten = Some(Unwritten { count: 2, why, now: true });
        let shown = Shown {
            checked: &checked,
            drifts: &[],
            best: None,
            unwritten,
            summary: &summary,
            language,
        };
        let page = page(&shown);
        assert!(page.contains("2 standard files not written: see to it!"), "{page}");
        assert!(page.contains("out/&#123;name}.json") && is_page(page.as_bytes()), "{page}");
        assert!(page.contains("&lt;img onerror=x&gt;&#123;said} .jpg"), "{page}");
        assert!(page.contains("not an image") && !page.contains("{size}"), "{page}");
    }

    #[test]
    fn letters_are_as_large_as_there_is_room() {
        let said = |advice: &str| vec![("RETAKE".to_owned(), advice.to_owned())];
        assert_eq!(size(&said("Chin up."), 0), 1.0);
        let long = "Point your nose at the lens: turn a little to your right. ".repeat(3);
        assert!(size(&said(&long), 0) < size(&said(&long[..60]), 0));
        assert!(size(&said(&long), 2) < size(&said(&long), 0));
        assert_eq!(size(&said(&"x".repeat(9000)), 0), 0.2);
    }

    #[test]
    fn a_page_without_a_photo_is_a_page_and_no_other_file_is_one() {
        let waiting = notice(Notice::Waiting, &Summary::default(), Language::Both);
        let twice =
            [("读不了".to_owned(), "why".to_owned()), ("ERROR".to_owned(), "why".to_owned())];
        assert_eq!(once(&twice), [("读不了 ERROR".to_owned(), "why".to_owned())]);
        assert!(waiting.contains("等待照片") && waiting.contains("WAITING"), "{waiting}");
        assert!(is_page(waiting.as_bytes()) && !waiting.contains("{s"), "{waiting}");
        assert!(!is_page(b"\xff\xd8\xff\xe0") && !is_page(b"<!doctype html><title>photogate"));
    }
}
