//! Which captures of the input are wanted.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns on a capture's name inside the input.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these; without any all.
    include: Option<GlobSet>,
    /// Not these.
    exclude: GlobSet,
    /// Folders that are not entered, without links in their paths: what a run writes there is no input.
    pub left_out: Vec<PathBuf>,
}

impl Filter {
    /// From patterns: `*` and `?` within a name, `**` across folders, `[ab]`, `{a,b}`; capitals count
    /// as small letters. A pattern without `/` is tried on the file's name alone.
    ///
    /// # Errors
    /// With the pattern and what is wrong with it.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Filter, String> {
        let include = if include.is_empty() { None } else { Some(set(include)?) };
        Ok(Filter { include, exclude: set(exclude)?, left_out: Vec::new() })
    }

    /// Whether the pictures of an archive of this name may be wanted, each by its own name.
    pub fn opens(&self, id: &str) -> bool {
        !self.exclude.is_match(id)
    }

    /// Whether a folder is entered.
    pub fn enters(&self, folder: &Path) -> bool {
        let is = |real: PathBuf| self.left_out.contains(&real);
        self.left_out.is_empty() || !folder.canonicalize().is_ok_and(is)
    }

    /// Whether a capture of this name is wanted.
    pub fn takes(&self, id: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(id)) && !self.exclude.is_match(id)
    }
}

fn set(patterns: &[String]) -> Result<GlobSet, String> {
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        let deep = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        let glob = GlobBuilder::new(&deep).literal_separator(true).case_insensitive(true).build();
        all.add(glob.map_err(|e| format!("pattern `{pattern}`: {}", e.kind()))?);
    }
    all.build().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(include: &[&str], exclude: &[&str], id: &str) -> bool {
        let all = |p: &[&str]| p.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        Filter::new(&all(include), &all(exclude)).unwrap().takes(id)
    }

    #[test]
    fn names_and_folders_are_chosen_by_pattern() {
        assert!(takes(&[], &[], "a/b.jpg"));
        assert!(takes(&["*.jpg"], &[], "a/b/c.JPG") && !takes(&["*.jpg"], &[], "a/b.png"));
        assert!(takes(&["a/*.jpg"], &[], "a/b.jpg") && !takes(&["a/*.jpg"], &[], "a/x/b.jpg"));
        assert!(takes(&["a/**"], &[], "a/x/b.jpg"));
        assert!(!takes(&[], &["raw/**", "*_old.*"], "raw/b.jpg"));
        assert!(!takes(&["*.jpg"], &["*_old.*"], "b_old.jpg"));
        assert!(Filter::new(&["[".to_owned()], &[]).unwrap_err().contains("`[`"));
    }
}
