//! A folder that fills up.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Write};
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

/// Wait until it watches: what is there before is none of its business.
fn begun(run: &mut Child) {
    let mut first = String::new();
    let mut said = BufReader::new(run.stdout.take().unwrap());
    said.read_line(&mut first).unwrap();
    assert!(first.starts_with("watching "), "{first}");
    run.stdout = Some(said.into_inner());
}

fn stop(mut run: Child) -> (Option<i32>, String) {
    let pid = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut run.stdout.take().unwrap(), &mut rest).unwrap();
    (run.wait().unwrap().code(), rest)
}

#[test]
fn photos_are_judged_as_they_are_completed_renamed_and_brought_back() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let [folder, log, page, out] = ["in", "log.ndjson", "now.html", "out"].map(path);
    std::fs::create_dir_all(folder.join("day1")).unwrap();
    std::fs::write(folder.join("old.jpg"), capture("c05")).unwrap();
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
    assert!(screen.contains("<h1>PASS</h1>") && screen.contains("day1/a.jpg"), "{screen}");
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
