//! `photogate forget`: nothing of the person is left in the ledger's files, the standard files or the records,
//! and nothing of anybody else is lost.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::fixture;
use rusqlite::Connection;
use tempfile::TempDir;

fn photogate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_photogate")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn hash(path: &Path) -> String {
    photogate::hash::sha256_hex(&fs::read(path).unwrap())
}

/// A day's work: two people, a copy of the first, a page of text; standard files by name, records, a ledger.
struct Day {
    work: TempDir,
}

impl Day {
    fn new() -> Day {
        let day = Day { work: tempfile::tempdir().unwrap() };
        fs::create_dir(day.at("in")).unwrap();
        let anna = fs::read(fixture("captures/c01.jpg")).unwrap();
        fs::write(day.at("in/anna.jpg"), &anna).unwrap();
        fs::write(day.at("in/copy.jpg"), &anna).unwrap();
        fs::copy(fixture("captures/c02.jpg"), day.at("in/bert.jpg")).unwrap();
        fs::copy(fixture("broken/page.jpg"), day.at("in/page.jpg")).unwrap();
        let list = "file,class,student\nanna.jpg,CS-1,2026001\ncopy.jpg,CS-1,20260011\nbert.jpg,CS-1,2026002\n";
        fs::write(day.at("list.csv"), list).unwrap();
        day
    }

    fn at(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// Check and standardise everything; `more` goes to the command.
    fn run(&self, more: &[&str]) {
        let (input, out, run) = (self.at("in"), self.at("out"), self.at("run"));
        let (ledger, list) = (self.at("l.sqlite"), self.at("list.csv"));
        let args = [
            "check",
            str(&input),
            "--standardise",
            str(&out),
            "--name",
            "{class}/{student}",
            "--subjects",
            str(&list),
            "--sheet",
            "6x4in",
            "--out",
            str(&run),
            "--ledger",
            str(&ledger),
        ];
        let done = photogate(&[&args[..], more].concat());
        assert_eq!(done.status.code(), Some(2), "page.jpg is none: {}", text(&done.stderr));
    }

    fn forget(&self, args: &[&str]) -> Output {
        let ledger = self.at("l.sqlite");
        photogate(&[&["forget", "--ledger", str(&ledger)][..], args].concat())
    }

    fn count(&self, table: &str) -> i64 {
        let db = Connection::open(self.at("l.sqlite")).unwrap();
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap()
    }

    /// Every file below the folder of the day.
    fn files(&self) -> Vec<String> {
        let all = walkdir(self.work.path());
        all.iter().map(|p| str(p.strip_prefix(self.work.path()).unwrap()).to_owned()).collect()
    }

    /// The same without what SQLite lays beside a ledger that was only read.
    fn kept(&self) -> Vec<String> {
        let mut files = self.files();
        files.retain(|f| !f.ends_with("-shm") && !f.ends_with("-wal"));
        files
    }

    /// Whether these bytes stand anywhere in the ledger's files.
    fn holds(&self, needle: &[u8]) -> bool {
        let files = self.files().into_iter().filter(|f| f.starts_with("l.sqlite"));
        files.into_iter().any(|f| {
            let bytes = fs::read(self.at(&f)).unwrap();
            bytes.windows(needle.len()).any(|w| w == needle)
        })
    }
}

fn walkdir(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(walkdir(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

#[test]
fn a_person_is_gone_from_ledger_files_and_records_and_nobody_else_is() {
    let day = Day::new();
    day.run(&[]);
    // The standard files themselves were looked at as well.
    let (ledger, out) = (day.at("l.sqlite"), day.at("out"));
    let checked = photogate(&["check", str(&out), "--stage", "finished", "--ledger", str(&ledger)]);
    assert_ne!(checked.status.code(), Some(64), "{}", text(&checked.stderr));
    let anna = day.at("in/anna.jpg");
    let standard = out.join("CS-1/2026001.jpg");
    let (of_capture, of_standard) = (hash(&anna), hash(&standard));
    let of_bert = hash(&day.at("in/bert.jpg"));
    let details: Vec<Vec<u8>> = {
        let db = Connection::open(&ledger).unwrap();
        let mut all = db.prepare("SELECT details FROM reading WHERE sha256 IN (?, ?)").unwrap();
        let rows = all.query_map([&of_capture, &of_standard], |r| r.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(details.len(), 2);
    // From the faces' mesh, which is the person: no other picture has these numbers.
    let marks: Vec<&[u8]> = details.iter().map(|d| &d[d.len() / 2..d.len() / 2 + 24]).collect();
    let names: [&[u8]; 4] =
        [b"anna.jpg", b"2026001", of_capture.as_bytes(), of_standard.as_bytes()];
    for trace in names.iter().chain(&marks) {
        assert!(day.holds(trace), "the test sees what is there");
    }

    // First only what would happen.
    let before = day.kept();
    let findings = day.at("run/findings.ndjson");
    let dry = day.forget(&["2026001", "--dry-run", "--records", str(&findings)]);
    assert_eq!(dry.status.code(), Some(0), "{}", text(&dry.stderr));
    assert!(text(&dry.stdout).contains("would be removed"), "{}", text(&dry.stdout));
    assert_eq!(day.kept(), before);
    assert_eq!(day.count("capture"), 4 + 6, "sheets are pictures too");

    let done = day.forget(&["2026001", "--records", str(&findings)]);
    let said = text(&done.stdout);
    assert_eq!(done.status.code(), Some(0), "{said}{}", text(&done.stderr));
    for name in ["2026001.jpg", "2026001.json", "2026001.sheet.jpg", "20260011.jpg"] {
        assert!(said.contains(name), "{said}");
    }
    assert!(said.contains("anna.jpg: the capture itself is yours to delete"), "{said}");
    for trace in names.iter().chain(&marks) {
        assert!(!day.holds(trace), "{:?} is still in the ledger", String::from_utf8_lossy(trace));
    }
    assert!(!day.holds(b"copy.jpg"), "the copy is the same person");
    let records = fs::read_to_string(&findings).unwrap();
    assert!(!records.contains(&of_capture) && !records.contains("anna"), "{records}");

    // The captures are untouched, and so is everything of the others.
    assert_eq!(hash(&anna), of_capture);
    let left: Vec<_> = before.iter().filter(|f| !f.contains("out/CS-1/2026001")).collect();
    assert_eq!(day.kept().iter().collect::<Vec<_>>(), left);
    assert!(records.contains(&of_bert) && records.lines().count() == 2, "{records}");
    assert!(day.holds(b"bert.jpg") && day.holds(of_bert.as_bytes()));
    assert_eq!((day.count("capture"), day.count("output")), (2 + 2, 1));
    let db = Connection::open(&ledger).unwrap();
    assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    let whole: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(whole, "ok");
    drop(db);
    let story = photogate(&["history", "--ledger", str(&ledger), "bert.jpg"]);
    assert!(text(&story.stdout).contains("2026002.jpg"));

    // A second time there is nothing to forget; the page could not be read and can be forgotten all the same.
    let again = day.forget(&["2026001"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stdout).contains("2026001: the ledger knows no such capture"));
    let page = day.at("in/page.jpg");
    assert_eq!(day.forget(&[str(&page)]).status.code(), Some(0));
    assert!(!day.holds(b"page.jpg"));
}

#[test]
fn a_word_that_means_several_people_removes_nobody_unless_all_are_wanted() {
    let day = Day::new();
    day.run(&[]);
    let before = (day.kept(), day.count("capture"));
    let refused = day.forget(&["CS-1"]);
    assert_eq!(refused.status.code(), Some(64));
    let said = text(&refused.stderr);
    assert!(said.contains("means several captures") && said.contains("--all"), "{said}");
    // Nor those that were named beside it.
    assert_eq!(day.forget(&["2026002", "CS-1"]).status.code(), Some(64));
    for unknown in ["202600", "6001", "nobody.jpg", "abcdef01", "in"] {
        assert_eq!(day.forget(&[unknown]).status.code(), Some(1), "{unknown}");
    }
    assert_eq!((day.kept(), day.count("capture")), before);
    assert_eq!(day.forget(&["CS-1", "--all"]).status.code(), Some(0));
    assert!(!day.at("out/CS-1").exists(), "the folder was made for them");
    assert!(day.at("out").exists() && day.at("in/anna.jpg").exists());
    assert_eq!((day.count("capture"), day.count("output"), day.count("reading")), (1, 0, 1));
}

#[test]
fn a_hash_a_path_and_a_standard_file_mean_the_same_capture() {
    let day = Day::new();
    let names = ["in/bert.jpg", "out/CS-1/2026002.jpg", "hash"];
    for name in names {
        day.run(&["--fresh", "--force"]);
        let records = day.count("capture");
        let of_bert = hash(&day.at("in/bert.jpg"))[..8].to_uppercase();
        let path = day.at(name);
        let what = if name == "hash" { &of_bert } else { str(&path) };
        let done = day.forget(&[what]);
        assert_eq!(done.status.code(), Some(0), "{name}: {}", text(&done.stderr));
        assert!(!day.at("out/CS-1/2026002.jpg").exists() && !day.holds(b"bert.jpg"), "{name}");
        assert_eq!(day.count("capture"), records - 1);
    }
}

#[test]
fn a_file_that_is_no_longer_what_was_written_is_left_and_named() {
    let day = Day::new();
    day.run(&[]);
    let (altered, proof) = (day.at("out/CS-1/2026002.jpg"), day.at("out/CS-1/2026002.json"));
    fs::write(&altered, "somebody's work").unwrap();
    let others = fs::read(day.at("out/CS-1/2026001.json")).unwrap();
    fs::write(&proof, &others).unwrap();
    let done = day.forget(&["bert.jpg"]);
    let said = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("2026002.jpg: left") && said.contains("2026002.json: left"), "{said}");
    assert_eq!(fs::read(&altered).unwrap(), b"somebody's work");
    assert_eq!(fs::read(&proof).unwrap(), others);
    assert!(!day.holds(b"bert.jpg"));
}

#[test]
fn a_ledger_that_is_read_by_others_is_told_and_none_is_made_of_nothing() {
    let day = Day::new();
    day.run(&[]);
    let reader = Connection::open(day.at("l.sqlite")).unwrap();
    // As a run that is going on has it.
    reader.pragma_update(None, "journal_mode", "wal").unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM capture", [], |r| r.get(0)).unwrap();
    let busy = day.forget(&["bert.jpg"]);
    assert_eq!(busy.status.code(), Some(64), "{}", text(&busy.stdout));
    let said = text(&busy.stderr);
    assert!(said.contains("another program reads it"), "{said}");
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    // What was begun is finished by the next try.
    assert_eq!(day.forget(&["bert.jpg"]).status.code(), Some(1), "its rows have gone");
    assert!(!day.holds(b"bert.jpg"));

    let none = day.at("none.sqlite");
    let missing = photogate(&["forget", "x", "--ledger", str(&none)]);
    assert_eq!(missing.status.code(), Some(64));
    fs::write(&none, "").unwrap();
    let empty = photogate(&["forget", "x", "--ledger", str(&none)]);
    assert_eq!(empty.status.code(), Some(64), "{}", text(&empty.stderr));
    assert_eq!(fs::read(&none).unwrap(), b"");
}
