//! Which picture a row of decisions means.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::Decision;
use super::decisions::Row;
use crate::capture::Capture;
use crate::capture::names::Names;

/// Decisions on one picture, by check id: each with the line that it stands in.
pub type Decided = BTreeMap<&'static str, (Decision, u64)>;

/// The decisions beside the captures that they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paired {
    /// Captures with decisions, in the order of the input.
    pub captures: Vec<(Capture, Decided)>,
    /// What the file calls pictures that are not in the input, in the order of the file.
    pub missing: Vec<(String, Decided)>,
    /// Captures of the input that the file does not name, each once.
    pub without: Vec<Capture>,
}

/// Find the capture of every row.
///
/// [`Names`] says what a picture may be called. A decision of pass or fail takes the place of an unknown one.
///
/// # Errors
/// With the reason, where a name means more than one capture, or two rows disagree.
pub fn pair(rows: &[Row], captures: &[Capture]) -> Result<Paired, String> {
    let names = Names::of(captures);
    let mut found: BTreeMap<usize, Decided> = BTreeMap::new();
    let mut missing: Vec<(String, Decided)> = Vec::new();
    let mut place: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let decided = match names.find(&row.file, row.line)? {
            Some(capture) => found.entry(capture).or_default(),
            None => {
                let at = *place.entry(&row.file).or_insert_with(|| {
                    missing.push((row.file.clone(), Decided::new()));
                    missing.len() - 1
                });
                &mut missing[at].1
            }
        };
        add(decided, row)?;
    }
    // A file that was given twice is one picture.
    let mut seen: HashSet<&Path> = found.keys().map(|i| captures[*i].path.as_path()).collect();
    let without = captures.iter().filter(|c| seen.insert(&c.path)).cloned().collect();
    let captures = found.into_iter().map(|(i, d)| (captures[i].clone(), d)).collect();
    Ok(Paired { captures, missing, without })
}

fn add(decided: &mut Decided, row: &Row) -> Result<(), String> {
    let known = decided.entry(row.subject).or_insert((row.decision, row.line));
    match (known.0, row.decision) {
        (_, Decision::Unknown) => Ok(()),
        (Decision::Unknown, _) => {
            *known = (row.decision, row.line);
            Ok(())
        }
        (before, now) if before == now => Ok(()),
        (before, now) => Err(format!(
            "lines {} and {} disagree on `{}` of {}: {} and {}",
            known.1,
            row.line,
            row.subject,
            row.file.escape_debug(),
            before.id(),
            now.id()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures() -> Vec<Capture> {
        ["a.jpg", "class1/001.jpg", "class2/001.jpg", "class2/b.tif"]
            .map(|id| Capture { id: id.to_owned(), path: format!("in/{id}").into() })
            .into()
    }

    fn row(file: &str, decision: Decision, line: u64) -> Row {
        Row { line, file: file.to_owned(), subject: "yaw", decision }
    }

    fn found(name: &str) -> Option<String> {
        let paired = pair(&[row(name, Decision::Pass, 2)], &captures()).unwrap();
        assert_eq!(paired.captures.len() + paired.missing.len(), 1);
        assert_eq!(paired.captures.len() + paired.without.len(), 4);
        paired.captures.first().map(|(c, _)| c.id.clone())
    }

    #[test]
    fn a_picture_answers_to_its_path_its_file_name_and_its_stem() {
        for (name, id) in [
            ("a.jpg", "a.jpg"),
            ("./a.jpg", "a.jpg"),
            ("a", "a.jpg"),
            ("in/a.jpg", "a.jpg"),
            ("class1/001.jpg", "class1/001.jpg"),
            ("class2\\001", "class2/001.jpg"),
            ("b.tif", "class2/b.tif"),
            ("b", "class2/b.tif"),
        ] {
            assert_eq!(found(name).as_deref(), Some(id), "{name}");
        }
        for name in ["A.jpg", "class3/001.jpg", "1.jpg", "b.jpg", "class2"] {
            assert_eq!(found(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_of_two_pictures_is_an_error_that_names_both() {
        for name in ["001.jpg", "001"] {
            let said = pair(&[row(name, Decision::Pass, 7)], &captures()).unwrap_err();
            assert!(said.contains("line 7") && said.contains(name), "{said}");
            assert!(said.contains("in/class1/001.jpg or in/class2/001.jpg"), "{said}");
        }
        let twice = [captures(), captures()].concat();
        let paired = pair(&[row("a", Decision::Pass, 2)], &twice).unwrap();
        assert_eq!(paired.captures.len(), 1, "the same file given twice is one picture");
        assert_eq!(paired.without.len(), 3, "of the others too");
    }

    #[test]
    fn rows_that_disagree_are_an_error_and_unknown_gives_way() {
        use Decision::{Fail, Pass, Unknown};
        let decided = |first, second| {
            let rows = [row("a", first, 2), row("a.jpg", second, 9)];
            pair(&rows, &captures()).map(|p| p.captures[0].1["yaw"])
        };
        assert_eq!(decided(Pass, Pass), Ok((Pass, 2)));
        assert_eq!(decided(Unknown, Fail), Ok((Fail, 9)));
        assert_eq!(decided(Fail, Unknown), Ok((Fail, 2)));
        let said = decided(Pass, Fail).unwrap_err();
        assert!(said.contains("lines 2 and 9 disagree on `yaw`"), "{said}");
        let rows = [row("gone", Pass, 2), row("gone", Fail, 3)];
        assert!(pair(&rows, &captures()).is_err(), "also where the picture is missing");
    }
}
