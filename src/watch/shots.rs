//! The photos of a session as they now are, by their paths: what came out for each, and the best of each
//! burst. A file that is written anew takes the place of what it was.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::capture::Capture;
use crate::pipeline::Checked;
use crate::verdict::{Accept, Finding, Outcome, Verdict};

/// One photo, as far as the session needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Its name and place.
    pub capture: Capture,
    /// SHA-256 of its bytes, where they could be read.
    pub sha256: Option<String>,
    /// When it was taken, or last written.
    pub taken: SystemTime,
    /// What was seen; nothing where it could not be read.
    pub seen: Option<Seen>,
}

/// What the session needs of a photo that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its verdict.
    pub outcome: Outcome,
    /// The check that the one instruction is about.
    pub first: Option<&'static str>,
    /// The bounds of each face, by which a picture is known: two that differ by one pixel differ in these.
    pub faces: Vec<[f32; 4]>,
    /// A camera RAW.
    pub raw: bool,
    rank: Rank,
}

/// How good a photo is: its verdict, and the least comfortable of its required checks.
type Rank = (Reverse<Outcome>, f64);

impl Shot {
    /// What is needed of a photo that was taken at `taken`.
    pub fn of(checked: &Checked, taken: SystemTime) -> Shot {
        let judged = checked.outcome.as_ref().ok();
        let seen = judged.map(|judged| {
            let faces = judged.faces.iter().map(|f| f.bounds).collect();
            Seen::of(&judged.verdict, faces, judged.facts.format.is_raw())
        });
        Shot { capture: checked.capture.clone(), sha256: checked.sha256.clone(), taken, seen }
    }
}

impl Seen {
    fn of(verdict: &Verdict, faces: Vec<[f32; 4]>, raw: bool) -> Seen {
        let first = verdict.first.map(|i| verdict.findings[i].check);
        let rank = (Reverse(verdict.outcome), comfort(&verdict.findings));
        Seen { outcome: verdict.outcome, first, faces, raw, rank }
    }

    /// Whether it is the same picture: something else was written into its file.
    fn is(&self, other: &Seen) -> bool {
        !self.faces.is_empty() && self.faces == other.faces
    }
}

/// Slack of the least comfortable required check, as a share of half its pass band; open bands have
/// nothing to compare with.
fn comfort(findings: &[Finding]) -> f64 {
    let required = findings.iter().filter(|f| f.limit.required);
    let share = required.filter_map(|f| match &f.limit.accept {
        Accept::Range { pass, .. } => Some(f.slack? / ((pass.max? - pass.min?) / 2.0).max(1e-9)),
        Accept::OneOf(_) => None,
    });
    share.fold(1.0, f64::min)
}

/// The photos of a session.
#[derive(Debug)]
pub struct Shots {
    /// A longer pause between two photos is another person.
    pub pause: Duration,
    photos: HashMap<PathBuf, Shot>,
    /// The same in the order in which they were taken.
    order: BTreeSet<(SystemTime, PathBuf)>,
}

/// What a photo brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The same picture was there before, in other bytes.
    pub again: bool,
    /// There is something to say. Not of a picture that comes out as it did, nor of a RAW whose picture
    /// lies beside it.
    pub news: bool,
    /// The best of its burst so far, which may be this one; nothing for one that could not be read.
    pub best: Option<Best>,
}

/// The best photo of a burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// Its name.
    pub id: String,
    /// Photos of the burst so far; a RAW and the picture beside it are one.
    pub of: usize,
}

impl Shots {
    /// Nothing yet, and this pause between persons.
    pub fn new(pause: Duration) -> Shots {
        Shots { pause, photos: HashMap::new(), order: BTreeSet::new() }
    }

    /// Take in a photo; what its file was before is taken back.
    pub fn take(&mut self, mut shot: Shot) -> Taken {
        let path = shot.capture.path.clone();
        let earlier = self.photos.remove(&path);
        let (mut again, mut news) = (false, true);
        if let Some(earlier) = earlier {
            self.order.remove(&(earlier.taken, path.clone()));
            match (&earlier.seen, &shot.seen) {
                (Some(old), Some(new)) => {
                    again = old.is(new);
                    news = !again || (old.outcome, old.first) != (new.outcome, new.first);
                }
                (old, new) => news = old.is_some() != new.is_some(),
            }
            // Whatever is written into it later, it was taken when it was taken.
            if again || earlier.seen.is_none() {
                shot.taken = shot.taken.min(earlier.taken);
            }
        }
        self.order.insert((shot.taken, path.clone()));
        let readable = shot.seen.is_some();
        self.photos.insert(path.clone(), shot);
        let beside = self.beside();
        news &= !beside.contains(&path);
        let best = if readable { self.best(&path, &beside) } else { None };
        Taken { again, news, best }
    }

    /// A photo has another name now.
    pub fn rename(&mut self, old: &Path, new: &Capture) {
        if let Some(mut shot) = self.photos.remove(old) {
            self.order.remove(&(shot.taken, old.to_owned()));
            shot.capture = new.clone();
            self.order.insert((shot.taken, new.path.clone()));
            self.photos.insert(new.path.clone(), shot);
        }
    }

    /// The photo that holds these bytes.
    pub fn holder(&self, sha256: &str) -> Option<&Capture> {
        let mut photos = self.photos.values();
        photos.find(|p| p.sha256.as_deref() == Some(sha256)).map(|p| &p.capture)
    }

    /// What came out for every shot; nothing for a file that could not be read. A RAW beside a picture of
    /// the same name is the same shot, and the picture speaks for it.
    pub fn outcomes(&self) -> impl Iterator<Item = Option<Outcome>> {
        let beside = self.beside();
        let shots = self.photos.iter().filter(move |(path, _)| !beside.contains(*path));
        shots.map(|(_, shot)| shot.seen.as_ref().map(|s| s.outcome))
    }

    /// The RAWs that have a picture of the same name beside them.
    fn beside(&self) -> HashSet<PathBuf> {
        let seen = |raw: bool| {
            let of = move |s: &Shot| s.seen.as_ref().is_some_and(|s| s.raw == raw);
            self.photos.iter().filter(move |(_, s)| of(s)).map(|(path, _)| path)
        };
        if seen(true).next().is_none() {
            return HashSet::new();
        }
        let pictures: HashSet<PathBuf> = seen(false).map(|p| p.with_extension("")).collect();
        seen(true).filter(|p| pictures.contains(&p.with_extension(""))).cloned().collect()
    }

    /// The best of the photos that were taken with no pause between them and this one.
    fn best(&self, path: &Path, beside: &HashSet<PathBuf>) -> Option<Best> {
        let taken = self.photos.get(path)?.taken;
        let here = (taken, path.to_owned());
        let mut last = taken;
        let before = self.order.range(..here.clone()).rev().take_while(|(at, _)| {
            let near = last.duration_since(*at).is_ok_and(|gap| gap <= self.pause);
            last = *at;
            near
        });
        let mut burst: Vec<&PathBuf> = before.map(|(_, p)| p).collect();
        burst.reverse();
        let mut last = taken;
        burst.extend(self.order.range(here..).map_while(|(at, p)| {
            let near = at.duration_since(last).is_ok_and(|gap| gap <= self.pause);
            last = *at;
            near.then_some(p)
        }));
        let shots = burst.into_iter().filter(|p| !beside.contains(*p));
        let seen: Vec<(&Seen, &Shot)> = shots
            .filter_map(|p| self.photos.get(p))
            .filter_map(|s| Some((s.seen.as_ref()?, s)))
            .collect();
        // Of equals the first.
        let better = |a: &Rank, b: &Rank| a.partial_cmp(b).is_some_and(|o| o.is_gt());
        let best = seen
            .iter()
            .copied()
            .reduce(|best, next| if better(&next.0.rank, &best.0.rank) { next } else { best });
        best.map(|(_, shot)| Best { id: shot.capture.id.clone(), of: seen.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Band, Limit, Reading};

    fn seen(outcome: Outcome, slack: f64, face: f32) -> Seen {
        let pass = Band { min: Some(-10.0), max: Some(10.0) };
        let finding = Finding {
            check: "yaw",
            outcome,
            measured: Ok(Reading::exact(0.0)),
            limit: Limit {
                accept: Accept::Range { pass, review: pass },
                required: true,
                clause: String::new(),
            },
            slack: Some(slack),
            fault: None,
            reason: None,
            advice: None,
        };
        let first = (outcome != Outcome::Pass).then_some(0);
        Seen::of(&Verdict { outcome, findings: vec![finding], first }, vec![[face; 4]], false)
    }

    fn shot(name: &str, s: u64, seen: Option<Seen>) -> Shot {
        let taken = SystemTime::UNIX_EPOCH + Duration::from_secs(s);
        let capture = Capture { id: name.to_owned(), path: name.into() };
        Shot { capture, sha256: None, taken, seen }
    }

    fn counts(shots: &Shots) -> [usize; 3] {
        let count = |wanted| shots.outcomes().filter(|o| *o == wanted).count();
        [count(Some(Outcome::Pass)), count(Some(Outcome::Fail)), count(None)]
    }

    #[test]
    fn the_best_of_a_burst_passes_with_the_most_room_and_a_pause_begins_another() {
        let mut shots = Shots::new(Duration::from_secs(10));
        let mut take = |id: &str, outcome, slack, s| {
            let best = shots.take(shot(id, s, Some(seen(outcome, slack, s as f32)))).best.unwrap();
            (best.id, best.of)
        };
        assert_eq!(take("a", Outcome::Fail, -3.0, 0), ("a".into(), 1));
        assert_eq!(take("b", Outcome::Pass, 2.0, 4), ("b".into(), 2));
        assert_eq!(take("c", Outcome::Pass, 8.0, 8), ("c".into(), 3));
        assert_eq!(take("d", Outcome::Review, 9.0, 12), ("c".into(), 4));
        assert_eq!(take("e", Outcome::Fail, -9.0, 30), ("e".into(), 1));
    }

    #[test]
    fn a_burst_goes_by_when_its_photos_were_taken_and_not_by_when_they_were_judged() {
        let mut shots = Shots::new(Duration::from_secs(15));
        // One person a minute, three photos each, judged one after the other without a pause.
        for name in 0..30_u64 {
            let taken = name / 3 * 60 + name % 3 * 4;
            let of =
                shots.take(shot(&format!("{name}"), taken, Some(seen(Outcome::Pass, 1.0, 1.0))));
            assert_eq!(of.best.unwrap().of as u64, name % 3 + 1, "{name}");
        }
        // One that comes late belongs where it was taken.
        let late = shots.take(shot("late", 62, Some(seen(Outcome::Pass, 9.0, 2.0))));
        assert_eq!(late.best, Some(Best { id: "late".into(), of: 4 }));
    }

    #[test]
    fn half_a_file_that_is_completed_later_is_one_photo() {
        let mut shots = Shots::new(Duration::from_secs(10));
        assert!(shots.take(shot("a", 0, None)).news);
        assert_eq!(counts(&shots), [0, 0, 1]);
        assert!(!shots.take(shot("a", 2, None)).news);
        let whole = shots.take(shot("a", 9, Some(seen(Outcome::Pass, 1.0, 1.0))));
        assert!(whole.news && !whole.again);
        assert_eq!(whole.best.unwrap().of, 1);
        assert_eq!(counts(&shots), [1, 0, 0]);
    }

    #[test]
    fn a_picture_that_something_is_written_into_is_the_same_photo_and_no_news() {
        let mut shots = Shots::new(Duration::from_secs(10));
        shots.take(shot("a", 0, Some(seen(Outcome::Pass, 1.0, 1.0))));
        let later = shots.take(shot("a", 500, Some(seen(Outcome::Pass, 1.0, 1.0))));
        assert!(later.again && !later.news);
        let next = shots.take(shot("b", 5, Some(seen(Outcome::Fail, -1.0, 2.0))));
        assert_eq!(next.best, Some(Best { id: "a".into(), of: 2 }), "taken when it was taken");
        assert_eq!(counts(&shots), [1, 1, 0]);
        // Another picture by the same name takes its place, and is news.
        let other = shots.take(shot("b", 6, Some(seen(Outcome::Fail, -1.0, 3.0))));
        assert!(!other.again && other.news);
        assert_eq!(counts(&shots), [1, 1, 0]);
        // Renamed, and then written into.
        shots.rename(Path::new("b"), &shot("c", 0, None).capture);
        assert!(shots.take(shot("c", 7, Some(seen(Outcome::Fail, -1.0, 3.0)))).again);
        assert_eq!(counts(&shots), [1, 1, 0]);
    }

    #[test]
    fn a_raw_and_the_picture_beside_it_are_one_shot_of_which_the_picture_speaks() {
        let raw = |outcome| Some(Seen { raw: true, ..seen(outcome, 9.0, 7.0) });
        let mut shots = Shots::new(Duration::from_secs(10));
        assert!(shots.take(shot("x/1.NEF", 0, raw(Outcome::Fail))).news);
        let picture = shots.take(shot("x/1.JPG", 0, Some(seen(Outcome::Pass, 1.0, 1.0))));
        assert_eq!(picture.best, Some(Best { id: "x/1.JPG".into(), of: 1 }));
        shots.take(shot("x/2.JPG", 3, Some(seen(Outcome::Pass, 0.5, 2.0))));
        let second = shots.take(shot("x/2.NEF", 4, raw(Outcome::Pass)));
        assert!(!second.news);
        assert_eq!(second.best, Some(Best { id: "x/1.JPG".into(), of: 2 }));
        assert_eq!(counts(&shots), [2, 0, 0]);
        // One that is cut off is to be seen to, whatever lies beside it; another folder is another shot.
        shots.take(shot("x/2.NEF", 4, None));
        shots.take(shot("y/1.NEF", 5, raw(Outcome::Pass)));
        assert_eq!(counts(&shots), [3, 0, 1]);
    }
}
