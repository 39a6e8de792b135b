//! A folder that fills up.
#![cfg(unix)]

mod common;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::fixture;
use serde_json::Value;

/// Long, for a busy machine: nothing here is a measurement of speed.
const LONG: Duration = Duration::from_secs(60);

fn capture(name: &str) -> Vec<u8> {
    std::fs::read(fixture(&format!("captures/{name}.jpg"))).unwrap()
}

fn records(log: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let whole = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let word = |v: &Value| v.as_str().unwrap().to_owned();
    whole.map(|r| (word(&r["id"]), word(&r["verdict"]))).collect()
}

/// Wait until the log has so many records, and no longer.
fn wait(log: &Path, count: usize) -> Vec<(String, String)> {
    let began = Instant::now();
    while records(log).len() < count {
        assert!(began.elapsed() < LONG, "{:?}", records(log));
        std::thread::sleep(Duration::from_millis(50));
    }
    records(log)
}

/// A session in English with these arguments, that watches.
fn watch(folder: &Path, args: &[&str], paths: &[(&str, &Path)]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("photogate"));
    command.arg("watch").arg(folder).args(["--lang", "en"]).args(args);
    for (name, path) in paths {
        command.arg(name).arg(path);
    }
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    begun(&mut run);
    run
}

/// The exit code of a session that does not begin, and what it said.
fn refused(folder: &Path, paths: &[(&str, &Path)]) -> (Option<i32>, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("photogate"));
    command.arg("watch").arg(folder);
    for (name, path) in paths {
        command.arg(name).arg(path);
    }
    let out = command.output().unwrap();
    (out.status.code(), String::from_utf8(out.stderr).unwrap())
}

/// Wait until it watches: what is there before is none of its business.
fn begun(run: &mut Child) {
    // Byte by byte: what comes after the line is for the test.
    let (said, mut first, mut byte) = (run.stdout.as_mut().unwrap(), Vec::new(), [0]);
    while byte != *b"\n" {
        said.read_exact(&mut byte).unwrap();
        first.push(byte[0]);
    }
    assert!(first.starts_with(b"watching "), "{}", String::from_utf8_lossy(&first));
}

fn stop(mut run: Child) -> (Option<i32>, String) {
    let pid = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    run.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    (run.wait().unwrap().code(), rest)
}

#[test]
fn photos_are_judged_as_they_are_completed_renamed_and_brought_back() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, log, page, out] = ["in", "log.ndjson", "now.html", "out"].map(path);
    std::fs::create_dir_all(folder.join("day1")).unwrap();
    std::fs::create_dir_all(folder.join("day0")).unwrap();
    std::fs::write(folder.join("old.jpg"), capture("c05")).unwrap();
    std::fs::write(folder.join("day0/b.jpg"), capture("c06")).unwrap();
    let mut run = Command::new(assert_cmd::cargo::cargo_bin("photogate"))
        .arg("watch")
        .arg(&folder)
        .args(["--lang", "en", "--log"])
        .arg(&log)
        .arg("--screen")
        .arg(&page)
        .arg("--standardise")
        .arg(&out)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    begun(&mut run);
    let waiting = std::fs::read_to_string(&page).unwrap();
    assert!(waiting.contains("<h1>WAITING</h1>"), "{waiting}");

    // What was there before stays what it was, whatever it or its folder is called.
    std::fs::rename(folder.join("old.jpg"), folder.join("older.jpg")).unwrap();
    std::fs::rename(folder.join("day0"), folder.join("yesterday")).unwrap();

    // Written in two halves, with a pause longer than a file needs to look settled.
    let whole = capture("c01");
    let (head, tail) = whole.split_at(whole.len() / 2);
    let mut file = std::fs::File::create(folder.join("day1/a.jpg")).unwrap();
    file.write_all(head).unwrap();
    file.flush().unwrap();
    std::thread::sleep(Duration::from_millis(900));
    file.write_all(tail).unwrap();
    drop(file);
    assert_eq!(wait(&log, 1), [("day1/a.jpg".to_owned(), "pass".to_owned())]);
    let screen = std::fs::read_to_string(&page).unwrap();
    assert!(screen.contains(">PASS</h1>") && screen.contains("day1/a.jpg"), "{screen}");
    assert!(out.join("a.jpg").exists() && out.join("a.json").exists());

    // Under a temporary name first, as tethering programs do; the new name is the photo.
    std::fs::write(folder.join("b.tmp"), capture("v20_yaw20")).unwrap();
    std::thread::sleep(Duration::from_millis(400));
    std::fs::rename(folder.join("b.tmp"), folder.join("b.jpg")).unwrap();
    assert_eq!(wait(&log, 2)[1], ("b.jpg".to_owned(), "fail".to_owned()));
    let screen = std::fs::read_to_string(&page).unwrap();
    assert!(screen.contains("Point your nose at the lens"), "{screen}");
    assert!(!out.join("b.jpg").exists());

    // Renaming a photo that was judged is nothing new; half a file that stays half is an error.
    std::fs::rename(folder.join("b.jpg"), folder.join("c.jpg")).unwrap();
    std::fs::write(folder.join("half.jpg"), head).unwrap();
    assert_eq!(wait(&log, 3)[2], ("half.jpg".to_owned(), "error".to_owned()));

    // The folder drops out and comes back with a photo more.
    let away = path("away");
    std::fs::rename(&folder, &away).unwrap();
    std::thread::sleep(Duration::from_millis(900));
    std::fs::write(away.join("d.jpg"), capture("c02")).unwrap();
    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(wait(&log, 4)[3], ("d.jpg".to_owned(), "pass".to_owned()));

    let (code, rest) = stop(run);
    assert_eq!(code, Some(1), "{rest}");
    assert!(rest.contains("4 captures: 2 pass, 1 retake, 0 to look at, 1 unreadable"), "{rest}");
    assert_eq!(
        records(&log).len(),
        4,
        "nothing was judged twice, and nothing that was there before"
    );
    let ended = std::fs::read_to_string(&page).unwrap();
    assert!(ended.contains("<h1>ENDED</h1>"), "{ended}");
}

/// A file is one photo, whatever is written into it and how long that takes.
#[test]
fn a_file_that_is_completed_late_or_written_into_is_one_photo() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, log, out] = ["in", "log", "out"].map(path);
    std::fs::create_dir(&folder).unwrap();
    let paths: [(&str, &Path); 2] = [("--log", &log), ("--standardise", &out)];
    let run = watch(&folder, &["--burst", "3600"], &paths);
    let append = |name: &str, bytes: &[u8]| {
        let file = std::fs::File::options().create(true).append(true).open(folder.join(name));
        file.unwrap().write_all(bytes).unwrap();
    };
    // A card reader that stalls for longer than anybody waits.
    let whole = capture("c01");
    let (head, tail) = whole.split_at(whole.len() / 2);
    append("a.jpg", head);
    assert_eq!(wait(&log, 1)[0], ("a.jpg".to_owned(), "error".to_owned()));
    append("a.jpg", tail);
    assert_eq!(wait(&log, 2)[1], ("a.jpg".to_owned(), "pass".to_owned()));
    // A star in the photographer's program is written into the file.
    append("a.jpg", b"a rating");
    assert_eq!(wait(&log, 3)[2], ("a.jpg".to_owned(), "pass".to_owned()));
    let (code, said) = stop(run);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 captures: 1 pass") && said.contains("1 standard files"), "{said}");
    assert!(!said.contains("best of"), "{said}");
    assert_eq!(said.matches("PASS").count(), 1, "said once: {said}");
    let mut made: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|f| f.unwrap().file_name()).collect();
    made.sort();
    assert_eq!(made, ["a.jpg", "a.json"]);
}

/// A card that is emptied into the folder at once holds many persons.
#[test]
fn bursts_go_by_when_photos_were_taken() {
    let place = tempfile::tempdir().unwrap();
    let (folder, log) = (place.path().join("in"), place.path().join("log"));
    std::fs::create_dir(&folder).unwrap();
    let now = std::time::SystemTime::now();
    for (name, ago) in [("v20_yaw20", 600), ("c01", 595), ("c02", 300), ("c03", 0)] {
        let path = folder.join(format!("{ago}.jpg"));
        std::fs::write(&path, capture(name)).unwrap();
        let file = std::fs::File::options().append(true).open(path).unwrap();
        file.set_modified(now - Duration::from_secs(ago)).unwrap();
    }
    let run = watch(&folder, &["--all"], &[("--log", &log)]);
    wait(&log, 4);
    let (_, said) = stop(run);
    assert!(said.contains("best of 2: 595.jpg"), "{said}");
    assert_eq!(said.matches("best of").count(), 1, "{said}");
}

/// Most cameras can write two files of one shot.
#[test]
fn a_raw_and_the_jpeg_beside_it_are_one_shot() {
    let place = tempfile::tempdir().unwrap();
    let (folder, log) = (place.path().join("in"), place.path().join("log"));
    std::fs::create_dir(&folder).unwrap();
    let run = watch(&folder, &["--burst", "3600"], &[("--log", &log)]);
    let raw = |of: &str| [&b"FUJIFILMCCD-RAW 0201"[..], &[0; 64], &capture(of), &[7; 500]].concat();
    std::fs::write(folder.join("1.jpg"), capture("c01")).unwrap();
    wait(&log, 1);
    std::fs::write(folder.join("1.raf"), raw("c01")).unwrap();
    assert_eq!(wait(&log, 2)[1].0, "1.raf");
    std::fs::write(folder.join("2.raf"), raw("v20_yaw20")).unwrap();
    wait(&log, 3);
    let (_, said) = stop(run);
    assert!(said.contains("2 captures: 1 pass, 1 retake, 0 to look at, 0 unreadable"), "{said}");
    assert!(said.contains("best of 2: 1.jpg") && !said.contains("best of 3"), "{said}");
    assert!(!said.contains("1.raf"), "{said}");
}

#[test]
fn what_cannot_be_written_is_said_and_the_verdict_all_the_same() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, log, page, out] = ["in", "log", "now.html", "out"].map(path);
    for new in [&folder, &out] {
        std::fs::create_dir(new).unwrap();
    }
    // The card's numbers begin anew: the name was used yesterday.
    std::fs::write(out.join("IMG_1.json"), "{}").unwrap();
    let paths: [(&str, &Path); 3] = [("--log", &log), ("--screen", &page), ("--standardise", &out)];
    let mut run = watch(&folder, &[], &paths);
    // The log's disk goes away.
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    std::fs::write(folder.join("IMG_1.jpg"), capture("c01")).unwrap();
    let began = Instant::now();
    let shown = || std::fs::read_to_string(&page).unwrap();
    while !shown().contains(">PASS</h1>") {
        assert!(began.elapsed() < LONG, "{}", shown());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(shown().contains("1 standard file not written: see to it!"), "{}", shown());
    let mut wrong = run.stderr.take().unwrap();
    let (code, said) = stop(run);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("PASS   IMG_1.jpg"), "{said}");
    assert!(said.contains("1 standard file not written: see to it!"), "{said}");
    assert!(said.contains("IMG_1.json is there already"), "{said}");
    assert!(said.contains("0 standard files, 1 not written"), "{said}");
    let mut errors = String::new();
    wrong.read_to_string(&mut errors).unwrap();
    assert!(errors.contains("log: could not be written"), "{errors}");
    assert_eq!(std::fs::read(out.join("IMG_1.json")).unwrap(), b"{}");
}

#[test]
fn nothing_but_a_page_is_written_over_and_nothing_but_a_log_is_added_to() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, photo, page, log] = ["in", "photo.jpg", "now.html", "log"].map(path);
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(&photo, capture("c01")).unwrap();
    let nowhere = photo.join("log");
    for (option, path) in [
        ("--screen", &photo),
        ("--screen", &folder),
        ("--screen", &nowhere),
        ("--log", &photo),
        ("--log", &folder),
        ("--log", &nowhere),
        ("--standardise", &folder),
    ] {
        let (code, said) = refused(&folder, &[(option, path)]);
        assert_eq!(code, Some(64), "{option} {path:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(std::fs::read(&photo).unwrap(), capture("c01"));
    // Its own page of yesterday is replaced, and a record that was cut off is left alone.
    std::fs::write(&log, "{\"id\"").unwrap();
    for _ in 0..2 {
        let (code, said) = stop(watch(&folder, &[], &[("--screen", &page), ("--log", &log)]));
        assert_eq!(code, Some(0), "{said}");
    }
    assert_eq!(std::fs::read(&log).unwrap(), b"{\"id\"\n");
    let help = Command::new(assert_cmd::cargo::cargo_bin("photogate"))
        .args(["watch", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("Ctrl-C ends the session") && help.contains("0 all pass, 1"), "{help}");
}

/// Linux tells of a folder that is opened, and to list it is to open it.
#[test]
#[cfg(target_os = "linux")]
fn an_idle_folder_is_listed_now_and_then_and_not_all_the_time() {
    use notify::{EventKind, Watcher, event::AccessKind};
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    let run = watch(&folder, &[], &[]);
    let (tell, told) = std::sync::mpsc::channel();
    let mut opened = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if matches!(event.unwrap().kind, EventKind::Access(AccessKind::Open(_))) {
            tell.send(()).unwrap();
        }
    })
    .unwrap();
    opened.watch(&folder, notify::RecursiveMode::NonRecursive).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    drop(opened);
    stop(run);
    // Two and a half listings a second, each of which opens the folder twice; it was some thousands.
    let listings = told.iter().count();
    assert!((1..=60).contains(&listings), "{listings}");
}

#[test]
fn the_best_of_a_burst_is_named() {
    let place = tempfile::tempdir().unwrap();
    let (folder, log) = (place.path().join("in"), place.path().join("log"));
    std::fs::create_dir(&folder).unwrap();
    let mut run = Command::new(assert_cmd::cargo::cargo_bin("photogate"))
        .arg("watch")
        .arg(&folder)
        .args(["--lang", "en", "--burst", "3600", "--log"])
        .arg(&log)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    begun(&mut run);
    for (i, name) in ["v20_yaw20", "c01", "v20_yaw20"].into_iter().enumerate() {
        // Other bytes, for the same photo again is nothing new.
        let bytes = [capture(name), vec![i as u8]].concat();
        std::fs::write(folder.join(format!("{i}.jpg")), bytes).unwrap();
        wait(&log, i + 1);
    }
    let (_, said) = stop(run);
    assert!(said.contains("best of 2: 1.jpg") && said.contains("best of 3: 1.jpg"), "{said}");
    let missing = Command::new(assert_cmd::cargo::cargo_bin("photogate"))
        .args(["watch", "no/such/folder"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(64));
}

/// A network folder tells of nothing, and a share that drops out leaves an empty folder where it was mounted.
/// The system's events are taken away for it, as an unprivileged user may for itself.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_tells_of_nothing_and_is_empty_for_a_while_is_watched_all_the_same() {
    const WITHOUT_EVENTS: &str = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"";
    let without =
        ["--user", "--map-root-user", "sh", "-c", WITHOUT_EVENTS, "sh"].map(std::ffi::OsStr::new);
    let allowed = Command::new("unshare").args(without).arg("true").output();
    if !allowed.is_ok_and(|o| o.status.success()) {
        println!("SKIPPED: no user namespaces here, so events cannot be taken away");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, log, share] = ["in", "log.ndjson", "share"].map(path);
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("old.jpg"), capture("v20_yaw20")).unwrap();
    let mut run = Command::new("unshare")
        .args(without)
        .arg(assert_cmd::cargo::cargo_bin("photogate"))
        .args(["watch".as_ref(), folder.as_os_str()])
        .args(["--lang", "en", "--log"])
        .arg(&log)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    begun(&mut run);
    std::fs::write(folder.join("a.jpg"), capture("c01")).unwrap();
    wait(&log, 1);
    std::fs::rename(&folder, &share).unwrap();
    std::fs::create_dir(&folder).unwrap();
    std::thread::sleep(Duration::from_millis(1200));
    std::fs::remove_dir(&folder).unwrap();
    std::fs::rename(&share, &folder).unwrap();
    std::fs::write(folder.join("b.jpg"), capture("c02")).unwrap();
    let seen = wait(&log, 2);
    // Longer than an old file would need to be judged again.
    std::thread::sleep(Duration::from_millis(1500));
    stop(run);
    assert_eq!(records(&log), seen);
    let names: Vec<&str> = seen.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["a.jpg", "b.jpg"]);
}
