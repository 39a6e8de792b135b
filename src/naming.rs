//! How standard files are called: a template, filled from the capture's own name and from a list of who
//! is on it.
//!
//! `{stem}` is the capture's file name without its ending, `{n}` counts the files of the run (`{n:4}`
//! with four digits), and any other name is a column of the list: `{id}`, `{student}`, `{code}`, `{学号}`.
//! A `/` in the template makes folders; what is filled in never does.

mod subjects;

pub use subjects::Subjects;

use std::collections::HashSet;
use std::path::Path;

use crate::capture::Capture;

/// Longest name of a file or folder, bytes: file systems take 255, and endings and a number come after.
const LONGEST: usize = 200;

/// A template of file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Names of folders and, last, of the file, each in parts.
    components: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Stem,
    Counter { digits: usize },
    Column(String),
}

impl Template {
    /// Read a template.
    ///
    /// # Errors
    /// With the reason: a brace without its other half, an empty place, a folder without a name.
    pub fn parse(text: &str) -> Result<Template, String> {
        let components: Result<Vec<_>, _> = text.split('/').map(component).collect();
        Ok(Template { components: components? })
    }

    /// The columns of a list that it wants.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.components.iter().flatten().filter_map(|part| match part {
            Part::Column(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The name of a capture's file, without ending, folders parted by `/`; safe on every file system.
    ///
    /// # Errors
    /// With the reason, where the list has nothing to fill in, or nothing is left of a name.
    pub fn fill(&self, capture: &Capture, list: &Subjects, count: usize) -> Result<String, String> {
        let part = |part: &Part| match part {
            Part::Text(text) => Ok(text.clone()),
            Part::Stem => {
                let stem = Path::new(&capture.id).file_stem();
                Ok(stem.map_or_else(String::new, |s| s.to_string_lossy().into_owned()))
            }
            Part::Counter { digits } => Ok(format!("{count:0digits$}")),
            Part::Column(name) => list.cell(capture, name).map(ToOwned::to_owned),
        };
        let names = self.components.iter().map(|parts| {
            let filled: Result<Vec<String>, String> = parts.iter().map(part).collect();
            let filled = filled?.concat();
            let name = safe(&filled);
            // `..` would come out as `_`, which nobody meant.
            if name.is_empty() || filled.trim_matches(['.', ' ']).is_empty() {
                return Err(format!("no name is left of `{}`", filled.escape_debug()));
            }
            Ok(name)
        });
        Ok(names.collect::<Result<Vec<_>, _>>()?.join("/"))
    }

    /// Whether the number of the file is part of its name.
    pub fn counts(&self) -> bool {
        self.components.iter().flatten().any(|part| matches!(part, Part::Counter { .. }))
    }

    /// Whether a capture's file may have got this name, whatever its number was then.
    pub fn may_be(&self, name: &str, capture: &Capture, list: &Subjects) -> bool {
        let plain = name.rsplit_once('-').filter(|(_, n)| n.parse::<u32>().is_ok());
        let numbers = name.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
        let mut counts = numbers.chain([1]);
        counts.any(|count| {
            let filled = self.fill(capture, list, count);
            filled.is_ok_and(|f| f == name || plain.is_some_and(|(plain, _)| f == plain))
        })
    }
}

fn component(text: &str) -> Result<Vec<Part>, String> {
    if text.is_empty() {
        return Err("a file or folder has no name".to_owned());
    }
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let after = rest[at..].strip_prefix('{').and_then(|r| r.split_once('}'));
        let Some((inside, after)) = after.filter(|(inside, _)| !inside.contains('{')) else {
            return Err(format!("a brace without its other half in `{text}`"));
        };
        if at > 0 {
            parts.push(Part::Text(rest[..at].to_owned()));
        }
        parts.push(place(inside)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

fn place(inside: &str) -> Result<Part, String> {
    match (inside.trim(), inside.split_once(':')) {
        ("", _) => Err("`{}` names nothing".to_owned()),
        ("stem", _) => Ok(Part::Stem),
        ("n", _) => Ok(Part::Counter { digits: 1 }),
        (_, Some(("n", digits))) => match digits.parse() {
            Ok(digits @ 1..=12) => Ok(Part::Counter { digits }),
            _ => Err(format!("`{{n:{digits}}}`: give 1 to 12 digits")),
        },
        (name, _) => Ok(Part::Column(name.to_owned())),
    }
}

/// A name that every file system takes: no separators, control characters, device names, blanks or
/// leading dots.
fn safe(name: &str) -> String {
    // Also what turns the order of reading around, and makes a name look like another.
    let turns = |c| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain = |c: char| if c.is_whitespace() || c.is_control() || turns(c) { '_' } else { c };
    let plain: String = name.trim().chars().map(plain).collect();
    let plain = plain.trim_start_matches('.');
    // Cut first: what is made safe stays so, and only ever gets shorter.
    let end = (0..=plain.len().min(LONGEST)).rev().find(|i| plain.is_char_boundary(*i));
    let options = sanitize_filename::Options { windows: true, truncate: false, replacement: "_" };
    sanitize_filename::sanitize_with_options(&plain[..end.unwrap_or(0)], options)
}

/// Names given in a run: none is given twice, also on file systems that know no capitals.
#[derive(Debug, Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// Whether neither the name nor that of its sheet was given before.
    pub fn is_free(&self, name: &str) -> bool {
        both(name).iter().all(|n| !self.0.contains(n))
    }

    /// Give a name.
    pub fn take(&mut self, name: &str) {
        self.0.extend(both(name));
    }
}

/// A name, and the same with numbers behind it: there are more of them than captures.
pub fn variants(name: &str) -> impl Iterator<Item = String> {
    let numbered = (2..).map(move |i: u32| format!("{name}-{i}"));
    std::iter::once(name.to_owned()).chain(numbered)
}

/// A name and that of its print sheet, as file systems without capitals see them.
fn both(name: &str) -> [String; 2] {
    [name.to_lowercase(), format!("{name}.sheet").to_lowercase()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(id: &str) -> Capture {
        Capture { id: id.to_owned(), path: id.into() }
    }

    fn name(template: &str, id: &str) -> Result<String, String> {
        Template::parse(template).unwrap().fill(&capture(id), &Subjects::default(), 7)
    }

    #[test]
    fn names_are_safe_everywhere() {
        for (id, wanted) in [
            ("a/张三 1.jpg", "张三_1"),
            ("a/x.y.jpg", "x.y"),
            ("CON.jpg", "_"),
            ("..\\..\u{7}<a>.jpg", "_..__a_"),
            ("a/.hidden.jpg", "hidden"),
        ] {
            let found = name("{stem}", id).unwrap();
            assert_eq!(found, wanted, "{id}");
        }
        assert_eq!(name("{stem}", &format!("{}.jpg", "长".repeat(80))).unwrap().len(), 198);
        assert!(name("{stem}", "...").is_err());
    }

    #[test]
    fn a_template_counts_and_makes_folders() {
        assert_eq!(name("batch 3/{n:4}_{stem}", "b/IMG 1.jpg").unwrap(), "batch_3/0007_IMG_1");
        assert_eq!(name("{n}", "b.jpg").unwrap(), "7");
        assert!(name("../{stem}", "b.jpg").is_err(), "nothing leads out of the folder");
        for wrong in ["", "a//b", "/a", "{", "a}b", "{a{b}}", "{}", "{n:0}", "{n:x}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
        assert!(name("{student}", "b.jpg").unwrap_err().contains("student"));
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut taken = Taken::default();
        let mut unlike = |name: &str| {
            let free = variants(name).find(|n| taken.is_free(n)).unwrap();
            taken.take(&free);
            free
        };
        let given = ["a", "A", "a", "a-2"].map(&mut unlike);
        assert_eq!(given, ["a", "A-2", "a-3", "a-2-2"]);
        let given = ["b.sheet", "b", "c", "c.sheet"].map(unlike);
        assert_eq!(given, ["b.sheet", "b-2", "c", "c.sheet-2"], "none is that of another's sheet");
    }
}
