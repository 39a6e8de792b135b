//! A folder that fills up while the photographer shoots: which of its files are whole and new.
//!
//! The folder is listed again and again; what the system tells of changes only wakes us earlier. So network
//! folders, renames, files that are written twice and a folder that goes away and comes back need nothing
//! of their own.

pub mod drifts;
pub mod shots;
pub mod wake;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::capture::Capture;

/// A file that has not changed for so long is taken to be whole. Cameras and tethering programs write
/// in bursts closer than that.
pub const SETTLED: Duration = Duration::from_millis(200);

/// A file that cannot be decoded may be the first half of one: it gets so long to grow.
pub const PATIENCE: Duration = Duration::from_millis(2500);

/// How long until such a file is tried again while it looks unchanged: where a copy takes its whole size
/// at once, only its content tells that it is complete.
const RETRY: Duration = Duration::from_millis(300);

/// A file as the folder shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The file.
    pub capture: Capture,
    /// Bytes.
    pub size: u64,
    /// When it was last written, by its file system.
    pub modified: Option<SystemTime>,
}

/// What is known of the files of the folder. Times are since the start of the watch.
#[derive(Debug, Default)]
pub struct Folder {
    files: HashMap<PathBuf, Known>,
}

#[derive(Debug)]
struct Known {
    size: u64,
    modified: Option<SystemTime>,
    /// When it was seen to change last.
    since: Duration,
    /// From when on it may be given.
    due: Duration,
    given: bool,
}

/// What a listing brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Files that are whole and were not given before, in the order of the listing. One that was written
    /// anew is given again.
    pub whole: Vec<Listed>,
    /// Files that were given by another path and are now called so.
    pub renamed: Vec<(PathBuf, Capture)>,
}

impl Folder {
    /// Take what is there already as known, so that only what comes is given.
    pub fn skip(&mut self, listed: &[Listed]) {
        self.update(listed, Duration::ZERO);
        self.files.values_mut().for_each(|k| k.given = true);
    }

    /// Take in a listing.
    pub fn scan(&mut self, listed: &[Listed], now: Duration) -> News {
        let renamed = self.update(listed, now);
        let mut whole = Vec::new();
        for one in listed {
            let Some(known) = self.files.get_mut(&one.capture.path) else { continue };
            if !known.given && known.size > 0 && now >= known.due {
                known.given = true;
                whole.push(one.clone());
            }
        }
        News { whole, renamed }
    }

    /// Whether a file that could not be decoded may still be growing: it is then given once more.
    pub fn may_grow(&mut self, capture: &Capture, now: Duration) -> bool {
        let Some(known) = self.files.get_mut(&capture.path) else { return false };
        let young = now.saturating_sub(known.since) < PATIENCE;
        (known.given, known.due) = (!young, now + RETRY);
        young
    }

    /// Whether some file is waited for, so that it is worth while to look again soon. One that stays
    /// empty is not.
    pub fn waits(&self) -> bool {
        self.files.values().any(|k| !k.given && k.size > 0)
    }

    /// Take in a listing; what was renamed.
    fn update(&mut self, listed: &[Listed], now: Duration) -> Vec<(PathBuf, Capture)> {
        let there: HashSet<&PathBuf> = listed.iter().map(|l| &l.capture.path).collect();
        // What was given stays known also while it is not there: a share that is mounted again brings
        // the same files, and they are no news.
        self.files.retain(|path, known| known.given || there.contains(path));
        let mut left = self.left(listed);
        let mut renamed = Vec::new();
        for Listed { capture, size, modified } in listed {
            let (path, due) = (&capture.path, now + SETTLED);
            let mut fresh =
                Known { size: *size, modified: *modified, since: now, due, given: false };
            match self.files.get_mut(path) {
                Some(k) if k.size == *size && k.modified == *modified => {}
                Some(known) => *known = fresh,
                None => {
                    if let Some(old) = modified.and_then(|m| moved(&mut left, (*size, m), path)) {
                        fresh.given = true;
                        if !there.contains(&old) {
                            self.files.remove(&old);
                        }
                        renamed.push((old, capture.clone()));
                    }
                    self.files.insert(path.clone(), fresh);
                }
            }
        }
        renamed
    }

    /// The files that were given and are no longer where they were, or something else is there, by size
    /// and time.
    fn left(&self, listed: &[Listed]) -> HashMap<(u64, SystemTime), Vec<PathBuf>> {
        let now: HashMap<&PathBuf, _> =
            listed.iter().map(|l| (&l.capture.path, (l.size, l.modified))).collect();
        let mut left: HashMap<_, Vec<PathBuf>> = HashMap::new();
        for (path, known) in self.files.iter().filter(|(_, k)| k.given) {
            if let Some(modified) = known.modified
                && now.get(path) != Some(&(known.size, known.modified))
            {
                left.entry((known.size, modified)).or_default().push(path.clone());
            }
        }
        left
    }
}

/// The file that is now called `path`, by its size and time: to rename a file, or a folder above it, changes
/// neither. Where several are alike, the one that kept its own name.
fn moved(
    left: &mut HashMap<(u64, SystemTime), Vec<PathBuf>>,
    facts: (u64, SystemTime),
    path: &Path,
) -> Option<PathBuf> {
    let alike = left.get_mut(&facts)?;
    let same_name = alike.iter().position(|old| old.file_name() == path.file_name());
    match same_name {
        Some(i) => Some(alike.swap_remove(i)),
        None => alike.pop(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, size: u64) -> Listed {
        let capture = Capture { id: name.to_owned(), path: name.into() };
        let modified = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(size));
        Listed { capture, size, modified }
    }

    fn scan(folder: &mut Folder, files: &[(&str, u64)], ms: u64) -> Vec<String> {
        let listed: Vec<_> = files.iter().map(|(n, s)| listed(n, *s)).collect();
        let whole = folder.scan(&listed, Duration::from_millis(ms)).whole;
        whole.into_iter().map(|l| l.capture.id).collect()
    }

    #[test]
    fn a_file_is_given_once_it_no_longer_changes_and_again_when_it_is_written_anew() {
        let mut folder = Folder::default();
        folder.skip(&[listed("old", 5)]);
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 10)], 0), [""; 0]);
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 20)], 200), [""; 0]);
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 20)], 390), [""; 0]);
        assert!(folder.waits());
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 20)], 410), ["new"]);
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 20)], 999), [""; 0]);
        assert!(!folder.waits());
        scan(&mut folder, &[("old", 6), ("new", 20)], 2000);
        assert_eq!(scan(&mut folder, &[("old", 6), ("new", 20)], 2300), ["old"]);
    }

    #[test]
    fn an_empty_file_is_no_photo_and_one_renamed_before_it_was_given_is_new() {
        let mut folder = Folder::default();
        scan(&mut folder, &[("a.jpg", 0)], 0);
        assert_eq!(scan(&mut folder, &[("a.jpg", 0)], 9000), [""; 0]);
        assert!(!folder.waits());
        scan(&mut folder, &[("b.jpg", 9)], 9100);
        assert_eq!(scan(&mut folder, &[("b.jpg", 9)], 9400), ["b.jpg"]);
    }

    #[test]
    fn files_that_come_back_as_they_were_are_not_given_again() {
        let mut folder = Folder::default();
        folder.skip(&[listed("old", 5)]);
        scan(&mut folder, &[("old", 5), ("new", 9)], 0);
        assert_eq!(scan(&mut folder, &[("old", 5), ("new", 9)], 300), ["new"]);
        // Unmounted, the folder is there and empty.
        assert_eq!(scan(&mut folder, &[], 400), [""; 0]);
        let back = [("old", 5), ("new", 9), ("more", 7)];
        scan(&mut folder, &back, 500);
        assert_eq!(scan(&mut folder, &back, 800), ["more"]);
        assert!(!folder.waits());
        // Another picture by an old name is another picture.
        scan(&mut folder, &[("old", 6)], 900);
        assert_eq!(scan(&mut folder, &[("old", 6)], 1200), ["old"]);
    }

    #[test]
    fn half_a_file_gets_time_to_grow_and_then_is_what_it_is() {
        let mut folder = Folder::default();
        scan(&mut folder, &[("a", 9)], 0);
        assert_eq!(scan(&mut folder, &[("a", 9)], 300), ["a"]);
        let a = listed("a", 9).capture;
        assert!(folder.may_grow(&a, Duration::from_millis(400)));
        assert_eq!(scan(&mut folder, &[("a", 9)], 500), [""; 0]);
        assert!(folder.waits());
        assert_eq!(scan(&mut folder, &[("a", 9)], 700), ["a"]);
        assert!(!folder.may_grow(&a, Duration::from_millis(2600)));
        assert_eq!(scan(&mut folder, &[("a", 9)], 2700), [""; 0]);
    }

    #[test]
    fn a_photo_that_was_there_before_is_not_new_by_another_name_or_in_another_folder() {
        let mut folder = Folder::default();
        folder.skip(&[listed("day1/a", 5), listed("day1/b", 6), listed("c", 7)]);
        let renamed = [("day2/a", 5), ("day2/b", 6), ("d", 7), ("new", 8)];
        scan(&mut folder, &renamed, 100);
        assert_eq!(scan(&mut folder, &renamed, 400), ["new"]);
        // Back again, and once more another way.
        let back = [("day1/a", 5), ("day1/b", 6), ("d", 7), ("new", 8)];
        assert_eq!(scan(&mut folder, &back, 500), [""; 0]);
        assert_eq!(scan(&mut folder, &back, 900), [""; 0]);
        // A copy beside the photo is for its content to tell.
        let copied = [back[0], back[1], back[2], back[3], ("copy", 7)];
        scan(&mut folder, &copied, 1000);
        assert_eq!(scan(&mut folder, &copied, 1300), ["copy"]);
    }

    #[test]
    fn who_was_renamed_is_said_also_where_its_old_name_is_taken_at_once() {
        let mut folder = Folder::default();
        folder.skip(&[listed("a", 5), listed("x/b", 5)]);
        let now = [listed("a", 9), listed("c", 5), listed("y/b", 5)];
        let news = folder.scan(&now, Duration::from_millis(100));
        let renamed: Vec<_> =
            news.renamed.iter().map(|(old, new)| (old.to_str(), &*new.id)).collect();
        assert_eq!(renamed.len(), 2);
        assert!(renamed.contains(&(Some("x/b"), "y/b")) || renamed.contains(&(Some("x/b"), "c")));
        let later = folder.scan(&now, Duration::from_millis(400)).whole;
        assert_eq!(later.iter().map(|l| &*l.capture.id).collect::<Vec<_>>(), ["a"]);
    }
}
