//! The ledger: nothing is lost, nothing is twice, and what is stored judges as the pictures would.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use common::fixture;
use image::{Rgb, RgbImage};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_photogate"))
}

fn photogate(args: &[&str]) -> Output {
    program().args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn records(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// A folder with copies of fixtures and, if asked for, small pictures of nobody; all different.
fn pictures(fixtures: &[&str], portraits: usize, empty: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..portraits {
        let name = fixtures[i % fixtures.len()];
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        // What comes after the end of a JPEG is another content, and the same picture.
        bytes.extend_from_slice(format!("copy {i}").as_bytes());
        let name = Path::new(name).file_name().unwrap().to_string_lossy();
        std::fs::write(folder.path().join(format!("{:03}_{name}", 10 * i)), bytes).unwrap();
    }
    for i in 0..empty {
        let picture = RgbImage::from_fn(96, 128, |x, y| {
            Rgb([(x + i as u32) as u8, (y / 2) as u8, (i % 251) as u8])
        });
        picture.save(folder.path().join(format!("{i:03}_empty.png"))).unwrap();
    }
    folder
}

fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A small generator (xorshift): the kills are at random points, and the same in each run of the test.
fn random(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % below
}

/// Every finished file of a folder with its bytes; what a killed process had not yet named is hidden.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
    files
        .filter(|p| !name(p).starts_with('.'))
        .map(|p| (name(&p), std::fs::read(&p).unwrap()))
        .collect()
}

#[test]
fn twenty_kills_lose_nothing_record_nothing_twice_and_leave_no_half_file() {
    let input = pictures(&["captures/c01.jpg", "captures/v20_yaw20.jpg"], 16, 284);
    let work = tempfile::tempdir().unwrap();
    let (ledger, out) = (work.path().join("l.sqlite"), work.path().join("out"));
    let args = ["check", str(input.path()), "--format", "ndjson", "--standardise"];
    let with = |command: &mut Command| {
        command.args(args).arg(&out).arg("--ledger").arg(&ledger);
    };
    let mut state = 0x9E37_79B9_7F4A_7C15;
    let (mut recorded, mut killed) = (0, 0);
    for kill in 0..20 {
        let mut command = program();
        with(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Some die before they say anything, the others a little further than the one before.
        let further = if kill % 5 == 4 { 0 } else { recorded + 1 + random(&mut state, 6) };
        let mut seen = 0;
        while seen < further && lines.next().is_some_and(|l| l.is_ok()) {
            seen += 1;
        }
        let longest = if further == 0 { 500 } else { 30 };
        std::thread::sleep(Duration::from_millis(random(&mut state, longest)));
        // SIGKILL.
        let running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += usize::from(running);
        if let Ok(db) = Connection::open(&ledger) {
            let known = "SELECT count(DISTINCT place) FROM capture";
            let found: i64 = db.query_row(known, [], |r| r.get(0)).unwrap_or(0);
            recorded = found as u64;
            assert!(recorded >= seen, "what was said was written down before");
        }
    }
    assert_eq!(killed, 20, "each was killed while it ran");
    assert!(recorded < 300, "the last run still has something to do");
    let mut command = program();
    with(&mut command);
    let last = command.output().unwrap();
    let said = text(&last.stderr);
    assert!(said.contains(&format!("{recorded} unchanged, not looked at again")), "{said}");

    // As if nothing had happened.
    let clean = work.path().join("clean");
    let whole = photogate(&[&args[..], &[str(&clean)]].concat());
    assert_eq!(last.status.code(), whole.status.code());
    assert!(last.stdout == whole.stdout, "the records are those of a run that nobody killed");
    assert_eq!(files(&clean).len(), 16, "eight standard files and their proofs");
    assert!(files(&out) == files(&clean), "every standard file is whole and there is no other");

    let db = Connection::open(&ledger).unwrap();
    let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    let check: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut keys = db.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!keys.exists([]).unwrap(), "no row points nowhere");
    // A few may die before they have begun a run.
    assert!((17..=21).contains(&one("SELECT count(*) FROM run")));
    assert_eq!(one("SELECT count(*) FROM run WHERE finished IS NOT NULL"), 1);
    assert_eq!(
        one(
            "SELECT count(*) FROM (SELECT place FROM capture GROUP BY place HAVING sum(looked) = 1)"
        ),
        300,
        "each was recorded as looked at once"
    );
    assert_eq!(one("SELECT sum(looked) FROM capture"), 300);
    assert_eq!(one("SELECT count(*) FROM capture WHERE run = (SELECT max(id) FROM run)"), 300);
    assert_eq!(
        one("SELECT count(*) FROM reading WHERE sha256 IN (SELECT sha256 FROM capture)"),
        300
    );
    assert_eq!(one("SELECT count(DISTINCT place) FROM output"), 8);
}

const SOME: [&str; 10] = [
    "captures/c01.jpg",
    "captures/v07_clear_round.jpg",
    "captures/v20_yaw20.jpg",
    "captures/v28_under.jpg",
    "captures/v31_two.jpg",
    "captures/v32_nobody.jpg",
    "captures/v33_small.jpg",
    "captures/v40_yaw_m14.jpg",
    "broken/truncated.jpg",
    "captures/c05.jpg",
];

/// Verdicts by id.
fn verdicts(output: &Output) -> BTreeMap<String, String> {
    let word = |r: &Value, key: &str| r[key].as_str().unwrap().to_owned();
    records(output).iter().map(|r| (word(r, "id"), word(r, "verdict"))).collect()
}

#[test]
fn stored_readings_judge_as_the_pictures_do_and_only_changed_files_are_looked_at() {
    let input = pictures(&SOME, 10, 0);
    let work = tempfile::tempdir().unwrap();
    let ledger = work.path().join("l.sqlite");
    let folder = str(input.path());
    let check =
        |more: &[&str]| photogate(&[&["check", folder, "--format", "ndjson"][..], more].concat());
    let on = ["--ledger", str(&ledger)];
    let first = check(&on);
    assert_eq!(text(&first.stderr), "");
    let again = check(&on);
    assert_eq!(text(&again.stderr), "10 unchanged, not looked at again\n");
    assert!(first.stdout == again.stdout && first.status == again.status);
    let mesh = check(&[&on[..], &["--mesh"]].concat());
    assert!(!records(&mesh)[0]["faces"][0]["mesh"].is_null(), "the mesh is kept too");

    // Other profiles: by the ledger, and by looking.
    let sets: [&[&str]; 3] = [
        &["--profile", "icao"],
        &["--profile", "us-visa", "--stage", "finished"],
        // The latest run took the files for finished ones.
        &[
            "--stage",
            "capture",
            "--set",
            "yaw.pass.max=30",
            "--set",
            "head_top.pass.min=90",
            "--set",
            "roll.pass.max=1",
        ],
    ];
    for set in sets {
        let looked = check(set);
        assert_ne!(looked.status.code(), Some(64), "{}", text(&looked.stderr));
        let args = [&["rejudge", "--ledger", str(&ledger), "--format", "ndjson"][..], set].concat();
        let judged = photogate(&args);
        assert_eq!(judged.status, looked.status, "{}", text(&judged.stderr));
        // Every outcome, value, slack, reason and line of evidence.
        assert!(judged.stdout == looked.stdout, "{set:?}");
        let known = check(&[&on[..], set].concat());
        assert!(known.stdout == looked.stdout);
        assert_eq!(text(&known.stderr), "10 unchanged, not looked at again\n");
        // That run is now the latest; the first is what we compare with.
        let diff = photogate(&[&args[..], &["--diff", "--run", "1"]].concat());
        let (old, new) = (verdicts(&first), verdicts(&looked));
        let changed: BTreeSet<&String> = old.keys().filter(|id| old[*id] != new[*id]).collect();
        let listed = records(&diff);
        let found: BTreeSet<String> =
            listed.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found.iter().collect::<BTreeSet<_>>(), changed, "{set:?}");
        assert_eq!(diff.status.code(), Some(i32::from(!changed.is_empty())));
        for r in &listed {
            let id = r["id"].as_str().unwrap();
            assert_eq!(
                (&r["old"], &r["new"]),
                (&old[id].as_str().into(), &new[id].as_str().into())
            );
            assert!(!r["because"].as_array().unwrap().is_empty(), "{r}");
        }
    }

    // One file changes, and is looked at; --fresh looks at all.
    let turned = input.path().join("020_v20_yaw20.jpg");
    std::fs::copy(fixture("captures/c02.jpg"), &turned).unwrap();
    let changed = check(&on);
    assert_eq!(text(&changed.stderr), "9 unchanged, not looked at again\n");
    assert_eq!(verdicts(&changed)["020_v20_yaw20.jpg"], "pass");
    let fresh = check(&[&on[..], &["--fresh"]].concat());
    assert_eq!(text(&fresh.stderr), "");
    assert!(fresh.stdout == changed.stdout);

    history_and_export(&ledger, &changed);
}

fn history_and_export(ledger: &Path, latest: &Output) {
    let folder = ledger.parent().unwrap();
    let runs = text(&photogate(&["history", "--ledger", str(ledger)]).stdout);
    assert!(runs.contains("chsi-degree") && runs.contains("icao"), "{runs}");
    let story = photogate(&["history", "--ledger", str(ledger), "020_v20_yaw20.jpg"]);
    let story = text(&story.stdout);
    assert!(story.contains("fail") && story.contains("pass") && story.contains("yaw"), "{story}");
    let none = photogate(&["history", "--ledger", str(ledger), "nobody.jpg"]);
    assert_eq!(none.status.code(), Some(64));

    let export = |format: &str| {
        let out = folder.join(format!("all.{format}"));
        let args = ["export", "--ledger", str(ledger), "--format", format, "--out", str(&out)];
        let done = photogate(&args);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        assert_eq!(photogate(&args).status.code(), Some(64), "nothing is replaced unasked");
        std::fs::read(out).unwrap()
    };
    assert!(export("ndjson") == latest.stdout, "the records of the latest run");
    let rows = records(latest);

    let csv = export("csv");
    let bom = csv.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark, for Excel");
    let mut csv = csv::Reader::from_reader(bom);
    let head = csv.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    let lines: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(&line[column("verdict")], row["verdict"].as_str().unwrap());
        assert_eq!(&line[column("sha256")], row["sha256"].as_str().unwrap());
        let yaw = row["findings"].as_array().and_then(|f| f.iter().find(|f| f["check"] == "yaw"));
        let value = yaw.and_then(|f| f["value"].as_f64());
        assert_eq!(line[column("yaw")].parse().ok(), value);
    }

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(bytes::Bytes::from(export("parquet"))).unwrap();
    let read: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.len(), rows.len());
    for (line, row) in read.iter().zip(&rows) {
        let cell = |name: &str| line.get_column_iter().find(|(n, _)| *n == name).unwrap().1;
        assert_eq!(*cell("verdict"), Field::Str(row["verdict"].as_str().unwrap().to_owned()));
        let yaw = row["findings"].as_array().and_then(|f| f.iter().find(|f| f["check"] == "yaw"));
        let value = yaw.and_then(|f| f["value"].as_f64());
        match (cell("yaw"), value) {
            (Field::Double(a), Some(b)) => assert!((a - b).abs() < 1e-4, "{a} {b}"),
            (none, value) => assert_eq!((none, value), (&Field::Null, None)),
        }
    }
}

#[test]
fn a_standard_file_that_is_missing_or_altered_is_made_again() {
    let input = pictures(&["captures/c01.jpg", "captures/c02.jpg"], 2, 0);
    let work = tempfile::tempdir().unwrap();
    let (ledger, out) = (work.path().join("l.sqlite"), work.path().join("out"));
    let args = ["standardise", str(input.path()), "--out", str(&out), "--ledger", str(&ledger)];
    let run = || {
        let done = photogate(&args);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(!run().contains("unchanged"));
    let whole = files(&out);
    assert_eq!(whole.len(), 4);
    assert!(run().contains("2 unchanged, not looked at again"));
    std::fs::remove_file(out.join("000_c01.jpg")).unwrap();
    std::fs::write(out.join("010_c02.jpg"), "spilt").unwrap();
    assert!(!run().contains("unchanged"));
    assert!(files(&out) == whole);
    std::fs::remove_file(out.join("000_c01.json")).unwrap();
    assert!(run().contains("1 unchanged, not looked at again"));
    assert!(files(&out) == whole);
}

#[test]
fn what_is_no_ledger_is_refused_with_one_line_and_left_as_it_is() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    std::fs::write(at("text.sqlite"), "not a database, but long enough to look at".repeat(40))
        .unwrap();
    Connection::open(at("foreign.sqlite")).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    let picture = fixture("captures/v32_nobody.jpg");
    let check = |ledger: &Path| photogate(&["check", str(&picture), "--ledger", str(ledger)]);
    for (name, version) in [("newer.sqlite", 99), ("older.sqlite", 2)] {
        check(&at(name));
        let ledger = Connection::open(at(name)).unwrap();
        ledger.pragma_update(None, "user_version", version).unwrap();
    }
    let mut cases = vec![
        (at("text.sqlite"), "no ledger of photogate"),
        (at("foreign.sqlite"), "no ledger of photogate"),
        (at("newer.sqlite"), "newer photogate"),
        (at("older.sqlite"), "begin a new one"),
        (at("no/such/folder/l.sqlite"), "cannot be opened"),
        (work.path().to_owned(), "cannot be opened"),
    ];
    // Root may write anywhere, so read-only proves nothing where the tests run as root.
    let locked = at("readonly.sqlite");
    check(&locked);
    let mut mode = std::fs::metadata(&locked).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&locked, mode).unwrap();
    if std::fs::OpenOptions::new().append(true).open(&locked).is_err() {
        cases.push((locked.clone(), "read-only"));
    }
    for (path, reason) in cases {
        let before = std::fs::read(&path).ok();
        let refused = check(&path);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(64), "{said}");
        assert!(said.contains(reason) && said.contains(str(&path)), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(text(&refused.stdout), "");
        assert!(std::fs::read(&path).ok() == before);
        let args = ["rejudge", "--ledger", str(&path)];
        if reason.contains("photogate") {
            let said = text(&photogate(&args).stderr);
            assert!(said.contains(reason), "{said}");
        }
    }
    let missing = photogate(&["history", "--ledger", str(&at("none.sqlite"))]);
    assert!(text(&missing.stderr).contains("there is no such ledger"));
    assert!(!at("none.sqlite").exists());
    assert_eq!(photogate(&["check", "x", "--fresh"]).status.code(), Some(64));
}
