//! The list of who is on which capture.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;

use crate::capture::Capture;
use crate::capture::names::Names;
use crate::error::{Error, Result};

/// Cells of a list by capture. Without a list there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    columns: Vec<String>,
    rows: HashMap<PathBuf, Vec<String>>,
}

impl Subjects {
    /// Read a list: CSV with a column `file` (see [`Names`]) and any others.
    ///
    /// UTF-8, or what a spreadsheet in China writes (GB 18030). Lines about pictures that are not there
    /// are left alone: a list may hold more than one day's captures.
    ///
    /// # Errors
    /// [`Error::Subjects`] with the line and the reason: not read, no column `file`, a name of two
    /// captures, two lines about one.
    pub fn read(path: &Path, captures: &[Capture]) -> Result<Subjects> {
        let refuse = |reason| Error::Subjects { path: path.to_owned(), reason };
        let bytes = std::fs::read(path).map_err(|e| refuse(format!("could not be read: {e}")))?;
        parse(&bytes, captures).map_err(refuse)
    }

    /// What the list says of a capture in this column.
    ///
    /// # Errors
    /// With the reason, where it says nothing.
    pub fn cell(&self, capture: &Capture, column: &str) -> std::result::Result<&str, String> {
        let at = self.columns.iter().position(|c| c == column);
        let at = at.ok_or_else(|| format!("the list has no column `{column}`"))?;
        let row = self.rows.get(&capture.path).ok_or("the list has no line for this capture")?;
        match row.get(at).map(|cell| cell.trim()) {
            None | Some("") => Err(format!("the list has no `{column}` for this capture")),
            Some(cell) => Ok(cell),
        }
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c == column)
    }
}

fn parse(bytes: &[u8], captures: &[Capture]) -> std::result::Result<Subjects, String> {
    // Takes a byte order mark away as well.
    let utf8 = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = match std::str::from_utf8(utf8) {
        Ok(text) => text.into(),
        Err(_) => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or("it is neither UTF-8 nor GB 18030: save it as UTF-8")?,
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?;
    let columns: Vec<String> = header.iter().map(ToOwned::to_owned).collect();
    let file = columns.iter().position(|c| c == "file");
    let file = file.ok_or_else(|| {
        // A list without headings begins with somebody's name and number: it is not repeated.
        let columns = columns.len();
        format!("line 1: no column `file`, which names the captures, among {columns} columns")
    })?;
    let names = Names::of(captures);
    let mut rows: HashMap<PathBuf, Vec<String>> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let called = record.get(file).unwrap_or_default();
        if called.is_empty() {
            continue;
        }
        let Some(at) = names.find(called, line)? else { continue };
        let row: Vec<String> = record.iter().map(ToOwned::to_owned).collect();
        if rows.get(&captures[at].path).is_some_and(|before| *before != row) {
            return Err(format!("line {line}: `{}` is there twice", called.escape_debug()));
        }
        rows.insert(captures[at].path.clone(), row);
    }
    Ok(Subjects { columns, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures() -> Vec<Capture> {
        ["a.jpg", "b.jpg"].map(|id| Capture { id: id.to_owned(), path: id.into() }).into()
    }

    #[test]
    fn a_list_in_either_encoding_names_the_people() {
        let text = "file,学号\na.jpg,2026001\nelsewhere.jpg,9\n";
        let (gbk, ..) = GB18030.encode(text);
        for bytes in [text.as_bytes(), format!("\u{feff}{text}").as_bytes(), &gbk] {
            let list = parse(bytes, &captures()).unwrap();
            assert_eq!(list.cell(&captures()[0], "学号"), Ok("2026001"));
            assert!(list.has("学号") && !list.has("id"));
            assert!(list.cell(&captures()[1], "学号").is_err(), "no line");
            assert!(list.cell(&captures()[0], "id").is_err(), "no column");
        }
    }

    #[test]
    fn what_is_wrong_with_a_list_is_said() {
        for (text, wanted) in [
            ("name,id\na,1\n", "no column `file`"),
            ("file,id\na.jpg,1\na,2\n", "line 3: `a` is there twice"),
            ("file,id\na.jpg,1,2\n", "2"),
        ] {
            let said = parse(text.as_bytes(), &captures()).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
        assert!(parse(b"file,id\n\xff\xff,1\n", &captures()).is_err());
    }
}
