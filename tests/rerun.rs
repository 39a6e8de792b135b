//! What may change between two runs into one ledger, and what a run must not take for a capture.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use common::fixture;
use image::GenericImageView;
use serde_json::Value;
use tempfile::TempDir;

fn program(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_photogate")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Name and verdict of every record.
fn verdicts(output: &Output) -> Vec<(String, String)> {
    let said = text(&output.stdout);
    let word = |v: &Value| v.as_str().unwrap().to_owned();
    let all = said.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    all.map(|r| (word(&r["id"]), word(&r["verdict"]))).collect()
}

/// A folder with an input of these names, each a copy of a fixture and unlike the others.
fn input(names: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    names.iter().for_each(|(name, from)| put(&folder, name, from));
    (work, folder)
}

fn put(folder: &Path, name: &str, from: &str) {
    let bytes = std::fs::read(fixture(&format!("captures/{from}.jpg"))).unwrap();
    std::fs::write(folder.join(name), [&bytes[..], name.as_bytes()].concat()).unwrap();
}

fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
#[cfg(unix)]
fn files_that_changed_names_are_told_apart_though_size_and_time_are_alike() {
    let (work, folder) = input(&[]);
    let [good, turned] =
        ["c01", "v20_yaw20"].map(|n| std::fs::read(fixture(&format!("captures/{n}.jpg"))).unwrap());
    let long = good.len().max(turned.len());
    let old = SystemTime::now() - Duration::from_secs(1000);
    for (name, mut bytes) in [("a.jpg", good), ("b.jpg", turned)] {
        bytes.resize(long, 0);
        std::fs::write(folder.join(name), bytes).unwrap();
        let file = std::fs::File::options().append(true).open(folder.join(name)).unwrap();
        file.set_modified(old).unwrap();
    }
    let ledger = work.path().join("l.sqlite");
    let args = ["check", str(&folder), "--format", "ndjson", "--ledger", str(&ledger)];
    let pair = |a: &str, b: &str| vec![("a.jpg".into(), a.into()), ("b.jpg".into(), b.into())];
    assert_eq!(verdicts(&program(&args)), pair("pass", "fail"));
    let third = folder.join("c");
    std::fs::rename(folder.join("a.jpg"), &third).unwrap();
    std::fs::rename(folder.join("b.jpg"), folder.join("a.jpg")).unwrap();
    std::fs::rename(third, folder.join("b.jpg")).unwrap();
    let again = program(&args);
    assert_eq!(verdicts(&again), pair("fail", "pass"));
    assert!(text(&again.stderr).contains("2 unchanged"), "the contents are known");
    // Nothing is left beside the ledger, also by those who only read.
    assert_eq!(program(&["history", "--ledger", str(&ledger)]).status.code(), Some(0));
    assert_eq!(listed(work.path()), ["in", "l.sqlite"]);
    // The same folder given another way holds the same files.
    let detour = folder.join("../in");
    assert!(
        text(&program(&["check", str(&detour), "--ledger", str(&ledger)]).stdout)
            .contains("2 unchanged")
    );
    let all = program(&["rejudge", "--ledger", str(&ledger), "--format", "ndjson"]);
    assert_eq!(verdicts(&all).len(), 2);
}

#[test]
fn a_sheet_of_another_paper_and_a_spoilt_proof_are_made_again() {
    let (work, folder) = input(&[("a.jpg", "c01")]);
    let (ledger, out) = (work.path().join("l.sqlite"), work.path().join("out"));
    let run = |more: &[&str]| {
        let args = ["standardise", str(&folder), "--out", str(&out), "--ledger", str(&ledger)];
        let done = program(&[&args, more].concat());
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    };
    let proof = || std::fs::read_to_string(out.join("a.json")).unwrap();
    let size = || image::open(out.join("a.sheet.jpg")).unwrap().dimensions();
    run(&["--sheet", "6x4in"]);
    let (first, six) = (proof(), size());
    run(&["--sheet", "a4"]);
    assert_ne!((size(), proof()), (six, first.clone()));
    std::fs::write(out.join("a.json"), "spilt").unwrap();
    std::fs::write(out.join("a.sheet.jpg"), "spilt").unwrap();
    run(&["--sheet", "6x4in"]);
    assert_eq!((size(), proof()), (six, first));
}

#[test]
fn a_photo_that_comes_in_between_renames_nothing() {
    let (work, folder) = input(&[("a.jpg", "c01"), ("b.jpg", "c02")]);
    let (ledger, out) = (work.path().join("l.sqlite"), work.path().join("out"));
    let args = ["standardise", str(&folder), "--out", str(&out), "--name", "{n:3}"];
    let run = || {
        let done = program(&[&args[..], &["--ledger", str(&ledger), "--lang", "en"]].concat());
        assert_eq!(done.status.code(), Some(0), "{}{}", text(&done.stdout), text(&done.stderr));
    };
    run();
    let of_b = std::fs::read(out.join("002.jpg")).unwrap();
    put(&folder, "aa.jpg", "c03");
    run();
    let pictures = || listed(&out).into_iter().filter(|n| n.ends_with(".jpg")).collect::<Vec<_>>();
    assert_eq!(pictures(), ["001.jpg", "002.jpg", "003.jpg"]);
    assert!(std::fs::read(out.join("002.jpg")).unwrap() == of_b);
    run();
    assert_eq!(pictures(), ["001.jpg", "002.jpg", "003.jpg"]);
}

#[test]
fn what_a_run_writes_is_not_its_input_and_copies_are_not_unchanged() {
    let (work, folder) = input(&[("a.jpg", "c01")]);
    std::fs::copy(folder.join("a.jpg"), folder.join("copy.jpg")).unwrap();
    let (out, ledger) = (folder.join("made"), work.path().join("l.sqlite"));
    let args = ["standardise", str(&folder), "--out", str(&out), "--ledger", str(&ledger)];
    for unchanged in [false, true] {
        let said = text(&program(&args).stdout);
        assert!(said.contains("2 captures"), "{said}");
        assert_eq!(said.contains("2 unchanged"), unchanged, "{said}");
    }
    assert_eq!(listed(&out), ["a.jpg", "a.json", "copy.jpg", "copy.json"]);
    let into = program(&["standardise", str(&folder), "--out", str(&folder)]);
    assert_eq!(into.status.code(), Some(64));
    assert!(text(&into.stderr).contains("given as input and to write to"));
}

#[test]
#[cfg(unix)]
fn a_run_that_is_stopped_replaces_no_records_and_says_that_it_is_a_part() {
    let names: Vec<String> = (0..60).map(|i| format!("{i:02}.jpg")).collect();
    let all: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "c01")).collect();
    let (work, folder) = input(&all);
    let (out, report) = (work.path().join("out"), work.path().join("r.html"));
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("findings.ndjson"), "the whole\n").unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_photogate"));
    run.arg("check").arg(&folder).args(["--force", "--workers", "1", "--format", "ndjson"]);
    run.arg("--out").arg(&out).arg("--report").arg(&report);
    run.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = run.spawn().unwrap();
    let mut first = [0; 1];
    std::io::Read::read_exact(run.stdout.as_mut().unwrap(), &mut first).unwrap();
    // What a terminal that is closed, or a system that shuts down, sends.
    let pid = run.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let done = run.wait_with_output().unwrap();
    let said = text(&done.stderr);
    assert!(text(&done.stdout).lines().count() < 60, "it was stopped");
    assert_eq!(done.status.code(), Some(130), "{said}");
    assert!(said.contains("findings.ndjson: left as it was"), "{said}");
    assert!(std::fs::read_to_string(&report).unwrap().contains("\"stopped\":true"));
    assert_eq!(std::fs::read_to_string(out.join("findings.ndjson")).unwrap(), "the whole\n");
    assert_eq!(listed(&out), ["findings.ndjson"]);
}
