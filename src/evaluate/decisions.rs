//! What a person decided, from a CSV file.
//!
//! Two forms are read. Long, one decision a row, other columns ignored (so that the `pictures.csv`
//! of an evaluation can be corrected and given back):
//!
//! ```csv
//! file,check,decision
//! c01.jpg,yaw,pass
//! ```
//!
//! Wide, one picture a row and one check a column, where every other column must be a check:
//!
//! ```csv
//! file,yaw,eyes_open,verdict
//! c01.jpg,pass,,fail
//! ```
//!
//! Semicolons or tabs may stand between the cells as well, as spreadsheets write them in some countries.
//! Headings, checks and decisions may be written in capitals.

use std::path::Path;

use super::{Decision, VERDICT};
use crate::check;
use crate::error::{Error, Result};

/// One decision of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: u64,
    /// What it calls the picture.
    pub file: String,
    /// Id of the check, or [`VERDICT`].
    pub subject: &'static str,
    /// The decision.
    pub decision: Decision,
}

/// Read a file of decisions.
///
/// # Errors
/// [`Error::Decisions`] with the line and the reason: not read, not UTF-8, no such check, no such
/// word.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let refuse = |reason| Error::Decisions { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|e| refuse(format!("could not be read: {e}")))?;
    parse(&bytes).map_err(refuse)
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Which columns hold what.
enum Form {
    Long { file: usize, check: usize, decision: usize },
    Wide { file: usize, subjects: Vec<(usize, &'static str)> },
}

/// The decisions of a CSV text in UTF-8, with or without a byte order mark.
fn parse(bytes: &[u8]) -> std::result::Result<Vec<Row>, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let lines = Lines::of(bytes);
    let mut reader = reader(bytes, delimiter(bytes));
    let form = form(reader.headers().map_err(|e| said(&e, &lines))?)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| said(&e, &lines))?;
        let line = lines.of_position(record.position());
        // Spreadsheets leave lines of nothing but commas behind.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let mut add = |file: usize, subject, word: usize| {
            if cell(file).is_empty() {
                return Err(format!("line {line}: which picture? The cell `file` is empty"));
            }
            let decision = decision(cell(word)).map_err(|e| format!("line {line}: {e}"))?;
            rows.push(Row { line, file: cell(file).to_owned(), subject, decision });
            Ok(())
        };
        match &form {
            // An evaluation writes such a line of what it could not read and has no decision.
            Form::Long { check, decision, .. }
                if [check, decision].iter().all(|c| cell(**c).is_empty()) => {}
            Form::Long { file, check, decision } => {
                let subject = subject(cell(*check)).map_err(|e| format!("line {line}: {e}"))?;
                add(*file, subject, *decision)?;
            }
            Form::Wide { file, subjects } => {
                for (column, subject) in subjects {
                    add(*file, subject, *column)?;
                }
            }
        }
    }
    if rows.is_empty() {
        return Err("there is no decision in it".to_owned());
    }
    Ok(rows)
}

fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes)
}

/// What stands between the cells: that which makes a column `file` of the header, a comma first.
fn delimiter(bytes: &[u8]) -> u8 {
    let splits = |delimiter: &u8| {
        reader(bytes, *delimiter).headers().is_ok_and(|header| column(header, "file").is_some())
    };
    [b',', b';', b'\t'].into_iter().find(splits).unwrap_or(b',')
}

/// The column of this heading, however it is written.
fn column(header: &csv::StringRecord, name: &str) -> Option<usize> {
    header.iter().position(|h| h.eq_ignore_ascii_case(name))
}

fn form(header: &csv::StringRecord) -> std::result::Result<Form, String> {
    let column = |name: &str| column(header, name);
    let twice = header.iter().enumerate().find(|(i, h)| column(h) != Some(*i) && !h.is_empty());
    if let Some((_, name)) = twice {
        return Err(format!("line 1: two columns are called `{name}`"));
    }
    let Some(file) = column("file") else {
        let found: Vec<&str> = header.iter().collect();
        return Err(format!(
            "line 1: no column `file`. Wanted is the header `file,check,decision`, or `file` and \
             one column per check; found `{}`",
            found.join(",").escape_debug()
        ));
    };
    if let (Some(check), Some(decision)) = (column("check"), column("decision")) {
        return Ok(Form::Long { file, check, decision });
    }
    let columns = header.iter().enumerate().filter(|(i, h)| *i != file && !h.is_empty());
    let subjects: std::result::Result<Vec<_>, String> = columns
        .map(|(i, name)| subject(name).map(|s| (i, s)).map_err(|e| format!("line 1: {e}")))
        .collect();
    match subjects? {
        none if none.is_empty() => Err("line 1: no column of decisions".to_owned()),
        subjects => Ok(Form::Wide { file, subjects }),
    }
}

fn subject(id: &str) -> std::result::Result<&'static str, String> {
    let plain = id.to_ascii_lowercase();
    if plain == VERDICT {
        return Ok(VERDICT);
    }
    let unknown = || {
        format!(
            "there is no check called `{}`; `photogate explain` lists them, and `{VERDICT}` is \
             the whole picture",
            id.escape_debug()
        )
    };
    check::find(&plain).map(|c| c.id).ok_or_else(unknown)
}

/// Yes and no, or 1 and 0, are not among the words on purpose: `glasses,yes` may mean either.
fn decision(word: &str) -> std::result::Result<Decision, String> {
    match word.to_ascii_lowercase().as_str() {
        "pass" | "合格" | "通过" => Ok(Decision::Pass),
        "fail" | "不合格" | "不通过" => Ok(Decision::Fail),
        "" | "unknown" | "?" | "未知" => Ok(Decision::Unknown),
        _ => Err(format!(
            "`{}` is no decision: write pass (合格), fail (不合格) or unknown (未知, or nothing)",
            word.escape_debug()
        )),
    }
}

/// Where the lines of a text end. The lines that `csv` gives are one short after a line that ends as
/// in Windows, and before empty ones.
struct Lines<'a> {
    text: &'a [u8],
    ends: Vec<usize>,
}

impl Lines<'_> {
    fn of(text: &[u8]) -> Lines<'_> {
        let ends = text.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i).collect();
        Lines { text, ends }
    }

    /// The line of the record that begins here, from 1.
    fn of_position(&self, position: Option<&csv::Position>) -> u64 {
        let from = position.map_or(0, |p| p.byte() as usize).min(self.text.len());
        let ends = self.text[from..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.ends.partition_point(|end| *end < from + ends) as u64 + 1
    }
}

fn said(e: &csv::Error, lines: &Lines) -> String {
    let line = |p: &Option<csv::Position>| lines.of_position(p.as_ref());
    match e.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => format!(
            "line {}: not UTF-8. In Excel, save it as `CSV UTF-8`, not as plain `CSV`",
            line(pos)
        ),
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            format!("line {}: {len} cells, but the header has {expected_len}", line(pos))
        }
        _ => e.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        parse(text.as_bytes()).unwrap()
    }

    fn reason(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn long_and_wide_say_the_same_with_and_without_a_byte_order_mark() {
        let long = rows("file,check,decision\na,yaw,pass\na,roll,fail\nb,yaw,\nb,roll,unknown\n");
        let wide = rows("\u{feff}file,yaw,roll\r\na, PASS ,不合格\r\n,,\r\nb,,?\r\n");
        let without_line = |rows: Vec<Row>| -> Vec<_> {
            rows.into_iter().map(|r| (r.file, r.subject, r.decision)).collect()
        };
        assert_eq!(long[1].line, 3);
        assert_eq!(wide[2].line, 4);
        assert_eq!(without_line(long.clone()), without_line(wide));
        assert_eq!(rows("file,yaw\r\n\r\n\"a\nb\",pass\r\nc,fail")[1].line, 5);
        let capitals =
            rows("File, CHECK ,Decision\na,Yaw,PASS\na,roll ,Fail\nb,yaw,\nb,ROLL,Unknown\n");
        assert_eq!(capitals, long);
        let wide = rows("FILE,Yaw, Roll\na,pass,fail\nb,,\n");
        assert_eq!(without_line(wide), without_line(long));
        let marked = rows("\u{feff}file,check,decision\n\"a, b.jpg\",verdict,合格\n");
        assert_eq!((marked[0].file.as_str(), marked[0].subject), ("a, b.jpg", VERDICT));
    }

    #[test]
    fn semicolons_and_tabs_do_as_well_as_commas() {
        for text in [
            "file;check;decision\na, b.jpg;yaw;pass\n",
            "\u{feff}\"File\";\"Check\";\"Decision\"\r\n\"a, b.jpg\";\"yaw\";\"pass\"\r\n",
            "file\tcheck\tdecision\na, b.jpg\tyaw\tpass\n",
            "file;yaw\na, b.jpg;pass\n",
            "note, if any\tfile\tcheck\tdecision\n-\ta, b.jpg\tyaw\tpass\n",
        ] {
            let row = &rows(text)[0];
            let is = (row.line, row.file.as_str(), row.subject);
            assert_eq!(is, (2, "a, b.jpg", "yaw"), "{text:?}");
        }
        let reason = reason("file;yawn\na;pass\n");
        assert!(reason.contains("`yawn`"), "{reason}");
    }

    #[test]
    fn a_line_that_names_neither_check_nor_decision_decides_nothing() {
        let text = "file,check,decision,because\nlost/,,,could not be read\na,yaw,fail,\n";
        assert_eq!((rows(text).len(), rows(text)[0].line), (1, 3));
        assert!(reason("file,check,decision\na,,fail\n").contains("line 2"));
    }

    #[test]
    fn the_long_form_may_have_other_columns_and_any_order() {
        let row = &rows("note,decision,file,check\nlook again,fail,a,yaw\n")[0];
        assert_eq!((row.file.as_str(), row.decision), ("a", Decision::Fail));
    }

    #[test]
    fn what_cannot_be_meant_is_said_with_its_line() {
        for (text, words) in [
            ("file,check,decision\na,yawn,pass\n", ["line 2", "`yawn`"]),
            ("file,yawn\na,pass\n", ["line 1", "`yawn`"]),
            ("file,check,decision\na,yaw,yes\n", ["line 2", "`yes`"]),
            ("file,check,decision\n,yaw,pass\n", ["line 2", "which picture"]),
            ("file,check,decision\na,yaw\n", ["line 2", "2 cells"]),
            ("name;check;decision\na;yaw;pass\n", ["line 1", "`file`"]),
            ("file,yaw,yaw\na,pass,pass\n", ["line 1", "two columns"]),
            ("file\na\n", ["line 1", "no column of decisions"]),
            ("file,check,decision\n", ["no decision", ""]),
            ("", ["line 1", "`file`"]),
        ] {
            let reason = reason(text);
            assert!(words.iter().all(|w| reason.contains(w)), "{text:?}: {reason}");
        }
        let gbk = parse(b"file,check,decision\n\xd5\xd5,yaw,pass\n").unwrap_err();
        assert!(gbk.contains("line 2") && gbk.contains("CSV UTF-8"), "{gbk}");
    }
}
