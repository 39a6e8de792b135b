//! Finding and reading profile files, and the files that they extend.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::built_in::{self, BUILT_IN};
use super::raw::RawProfile;
use super::resolve::resolve;
use super::{Profile, invalid};
use crate::error::Result;

/// Bytes of the largest profile that is read; ours have up to 30,000.
const LARGEST: u64 = 1 << 20;

/// Longest line that is quoted, characters.
const WIDEST: usize = 200;

/// Most profiles that may extend one another.
const DEEPEST: usize = 32;

/// A profile before it is read.
pub(super) struct File {
    /// Its name or path, for messages.
    pub label: String,
    /// Where it is, unless it is built in.
    pub path: Option<PathBuf>,
    /// What it says.
    pub text: String,
}

/// The built-in profile of this name, or else the file at this path.
pub(super) fn find(name_or_path: &str, folder: &Path) -> std::result::Result<File, String> {
    if let Some(text) = built_in::text(name_or_path) {
        return Ok(File { label: name_or_path.to_owned(), path: None, text: text.to_owned() });
    }
    let path = folder.join(name_or_path);
    match read_text(&path) {
        Ok(text) => Ok(File { label: path.to_string_lossy().into_owned(), path: Some(path), text }),
        Err(e) if name_or_path.ends_with(".toml") => Err(format!("{}: {e}", path.display())),
        Err(_) => {
            let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            Err(format!(
                "no such profile as `{name_or_path}`; there are: {}, or give a .toml file",
                known.join(", ")
            ))
        }
    }
}

/// A file's text. The path may come from a profile of somebody else, and lead anywhere.
fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is too large for a profile"));
    }
    Ok(text)
}

/// Read a file and all that it extends. `below` are those that led to it.
pub(super) fn read(file: File, below: &mut Vec<File>) -> Result<Profile> {
    let refuse = |label: &str, reason: &str| invalid(label, reason.trim_end());
    let raw: RawProfile =
        toml::from_str(&file.text).map_err(|e| refuse(&file.label, &brief(&e.to_string())))?;
    let label = file.label.clone();
    let parent = match &raw.extends {
        None => None,
        Some(name) => {
            let folder = file.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let parent =
                find(name, folder).map_err(|r| refuse(&label, &format!("extends: {r}")))?;
            below.push(file);
            if below.len() > DEEPEST {
                return Err(refuse(
                    &label,
                    &format!("extends goes over more than {DEEPEST} profiles"),
                ));
            }
            if below.iter().any(|f| same(f, &parent)) {
                let way: Vec<_> = below.iter().map(|f| &f.label[..]).collect();
                let way = format!("{} -> {}", way.join(" -> "), parent.label);
                return Err(refuse(&label, &format!("extends goes in a circle: {way}")));
            }
            Some(read(parent, below)?)
        }
    };
    resolve(raw, parent).map_err(|reason| refuse(&label, &reason))
}

/// A message that quotes the file, without the rest of lines that nobody reads.
fn brief(said: &str) -> String {
    let line = |l: &str| match l.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{} ...", &l[..at]),
        None => l.to_owned(),
    };
    said.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether these are the same profile, however its path is written.
fn same(a: &File, b: &File) -> bool {
    match (&a.path, &b.path) {
        (Some(a), Some(b)) => match (a.canonicalize(), b.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => a == b,
        },
        (None, None) => a.label == b.label,
        _ => false,
    }
}
