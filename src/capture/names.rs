//! Which capture a list means.

use std::collections::HashMap;

use super::Capture;

/// Captures by everything that a list may call them.
///
/// A capture may be named by its path below the folder that was given; by the end of that path, most
/// often the file name alone; or by either without the ending (`.jpg`). The first of these that any
/// capture answers to counts. A path with folders in it never matches by its file name alone: of
/// `class1/001.jpg` and `class2/001.jpg` one may be missing.
#[derive(Debug)]
pub struct Names<'a> {
    captures: &'a [Capture],
    ids: HashMap<String, Vec<usize>>,
    ends: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
}

impl<'a> Names<'a> {
    /// Of these captures.
    pub fn of(captures: &'a [Capture]) -> Names<'a> {
        let (ids, ends, stems) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut names = Names { captures, ids, ends, stems };
        for (i, capture) in captures.iter().enumerate() {
            names.ids.entry(plain(&capture.id)).or_default().push(i);
            let path = plain(&capture.path.to_string_lossy());
            let starts = path.match_indices('/').map(|(at, _)| at + 1);
            for start in std::iter::once(0).chain(starts) {
                let end = &path[start..];
                names.ends.entry(end.to_owned()).or_default().push(i);
                if let Some(stem) = without_ending(end) {
                    names.stems.entry(stem.to_owned()).or_default().push(i);
                }
            }
        }
        names
    }

    /// Place of the capture that is called so in this line of a list.
    ///
    /// # Errors
    /// With the reason, where the name means more than one file.
    pub fn find(&self, name: &str, line: u64) -> Result<Option<usize>, String> {
        let called = name;
        let name = plain(name);
        let met = [&self.ids, &self.ends, &self.stems].into_iter().find_map(|by| by.get(&name));
        let Some(met) = met else { return Ok(None) };
        let path = |i: usize| &self.captures[i].path;
        match met.iter().find(|i| path(**i) != path(met[0])) {
            None => Ok(Some(met[0])),
            Some(other) => Err(format!(
                "line {}: `{}` may be {} or {}: give more of its path",
                line,
                called.escape_debug(),
                path(met[0]).display(),
                path(*other).display()
            )),
        }
    }
}

/// A path with forward slashes and without a leading `./`: lists are written on any system.
fn plain(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

fn without_ending(path: &str) -> Option<&str> {
    let (stem, ending) = path.rsplit_once('.')?;
    (!ending.contains('/') && !stem.is_empty() && !stem.ends_with('/')).then_some(stem)
}
