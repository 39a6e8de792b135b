//! A folder that fills up while the photographer shoots: which of its files are whole and new.
//!
//! The folder is listed again and again; what the system tells of changes only wakes us earlier. So network
//! folders, renames, files that are written twice and a folder that goes away and comes back need nothing
//! of their own.

pub mod session;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::capture::Capture;

/// A file that has not changed for so long is taken to be whole. Cameras and tethering programs write
/// in bursts closer than that.
pub const SETTLED: Duration = Duration::from_millis(200);

/// A file that cannot be decoded may be the first half of one: it gets so long to grow.
pub const PATIENCE: Duration = Duration::from_millis(2500);

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
    given: bool,
}

impl Folder {
    /// Take what is there already as known, so that only what comes is given.
    pub fn skip(&mut self, listed: &[Listed]) {
        self.update(listed, Duration::ZERO);
        self.files.values_mut().for_each(|k| k.given = true);
    }

    /// The files that are whole and were not given before, in the order of the listing. One that was
    /// written anew is given again.
    pub fn scan(&mut self, listed: &[Listed], now: Duration) -> Vec<Capture> {
        self.update(listed, now);
        let mut whole = Vec::new();
        for one in listed {
            let Some(known) = self.files.get_mut(&one.capture.path) else { continue };
            if !known.given && known.size > 0 && now.saturating_sub(known.since) >= SETTLED {
                known.given = true;
                whole.push(one.capture.clone());
            }
        }
        whole
    }

    /// Whether a file that could not be decoded may still be growing: it is then given once more.
    pub fn may_grow(&mut self, capture: &Capture, now: Duration) -> bool {
        let Some(known) = self.files.get_mut(&capture.path) else { return false };
        let young = now.saturating_sub(known.since) < PATIENCE;
        known.given = !young;
        young
    }

    /// Whether some file is waited for, so that it is worth while to look again soon.
    pub fn waits(&self) -> bool {
        self.files.values().any(|k| !k.given)
    }

    fn update(&mut self, listed: &[Listed], now: Duration) {
        let there: HashSet<&PathBuf> = listed.iter().map(|l| &l.capture.path).collect();
        // What was given stays known also while it is not there: a share that is mounted again brings
        // the same files, and they are no news.
        self.files.retain(|path, known| known.given || there.contains(path));
        for Listed { capture, size, modified } in listed {
            let fresh = Known { size: *size, modified: *modified, since: now, given: false };
            match self.files.get_mut(&capture.path) {
                Some(k) if k.size == *size && k.modified == *modified => {}
                Some(known) => *known = fresh,
                None => drop(self.files.insert(capture.path.clone(), fresh)),
            }
        }
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
        folder.scan(&listed, Duration::from_millis(ms)).into_iter().map(|c| c.id).collect()
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
    fn an_empty_file_is_waited_for_and_a_renamed_one_is_new() {
        let mut folder = Folder::default();
        scan(&mut folder, &[("a.jpg", 0)], 0);
        assert_eq!(scan(&mut folder, &[("a.jpg", 0)], 9000), [""; 0]);
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
        assert_eq!(scan(&mut folder, &[("a", 9)], 450), ["a"]);
        assert!(!folder.may_grow(&a, Duration::from_millis(2600)));
        assert_eq!(scan(&mut folder, &[("a", 9)], 2700), [""; 0]);
    }
}
