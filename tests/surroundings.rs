//! What lies around the files goes wrong: links in circles, pipes, permissions, full disks, clocks, a ledger that
//! others hold or spoil. Nothing is lost, nothing hangs, and the reason is said.
#![cfg(unix)]

mod common;

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use common::fixture;
use common::program::{PROGRAM, photogate, run, str, text};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// Id, verdict and error of each record.
fn records(output: &Output) -> Vec<(String, String, String)> {
    let of = |r: &Value, key: &str| r[key].as_str().unwrap_or_default().to_owned();
    let lines = text(&output.stdout);
    let records = lines.lines().map(|l| serde_json::from_str::<Value>(l).expect(l));
    records.map(|r| (of(&r, "id"), of(&r, "verdict"), of(&r, "error"))).collect()
}

/// Small pictures of nobody, which are quick to look at, all different.
fn nobodies(folder: &Path, count: u32) {
    for i in 0..count {
        let picture = image::RgbImage::from_fn(96, 128, |x, y| {
            image::Rgb([(x + i) as u8, (y / 2) as u8, (i % 251) as u8])
        });
        picture.save(folder.join(format!("{i:03}.png"))).unwrap();
    }
}

fn good(folder: &Path, name: &str) {
    fs::copy(fixture("captures/c01.jpg"), folder.join(name)).unwrap();
}

/// Whether the tests run as root, who may do anything.
fn root() -> bool {
    let probe = tempfile::tempdir().unwrap();
    fs::set_permissions(probe.path(), Permissions::from_mode(0o000)).unwrap();
    let may = File::create(probe.path().join("x")).is_ok();
    fs::set_permissions(probe.path(), Permissions::from_mode(0o700)).unwrap();
    may
}

/// The program as somebody without rights: as the tests run, or where they run as root as nobody.
struct Plain {
    home: TempDir,
}

impl Plain {
    fn new() -> Option<Plain> {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        if root() {
            fs::copy(PROGRAM, home.path().join("photogate")).unwrap();
            let tried = Command::new("setpriv")
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .arg(home.path().join("photogate"))
                .arg("--version")
                .output();
            if !tried.is_ok_and(|o| o.status.success()) {
                println!("skipped: the tests run as root, and setpriv does not work here");
                return None;
            }
        }
        Some(Plain { home })
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = if root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(self.home.path().join("photogate"));
            command
        } else {
            Command::new(PROGRAM)
        };
        run(command.args(args))
    }
}

#[test]
fn a_folder_of_links_pipes_devices_and_folders_called_like_pictures_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (input, outside) = (folder.path().join("in"), folder.path().join("outside"));
    fs::create_dir_all(input.join("folder.jpg/below")).unwrap();
    fs::create_dir(&outside).unwrap();
    good(&outside, "linked.jpg");
    good(&input, "a.jpg");
    good(&input.join("folder.jpg/below"), "inside.jpg");
    symlink(&input, input.join("circle")).unwrap();
    symlink("..", input.join("folder.jpg/up.jpg")).unwrap();
    symlink(&outside, input.join("outside")).unwrap();
    symlink(outside.join("linked.jpg"), input.join("linked.jpg")).unwrap();
    symlink("itself.jpg", input.join("itself.jpg")).unwrap();
    symlink("gone.jpg", input.join("dangling.jpg")).unwrap();
    symlink("/dev/zero", input.join("zero.jpg")).unwrap();
    symlink("gone.txt", input.join("notes.txt")).unwrap();
    let made = Command::new("mkfifo").arg(input.join("pipe.jpg")).status().unwrap();
    assert!(made.success());
    let _ = std::os::unix::net::UnixListener::bind(input.join("socket.jpg"));
    let done = photogate(&["check", str(&input), "--format", "ndjson"]);
    let mut said = records(&done);
    said.sort();
    let brief: Vec<_> = said
        .iter()
        .map(|(id, verdict, _)| {
            (id.strip_prefix(str(&input)).unwrap_or(id).trim_start_matches('/'), &**verdict)
        })
        .collect();
    let wanted = [
        ("a.jpg", "pass"),
        ("dangling.jpg", "error"),
        ("folder.jpg/below/inside.jpg", "pass"),
        ("itself.jpg", "error"),
        ("linked.jpg", "pass"),
    ];
    let mut brief = brief;
    brief.sort_unstable();
    assert_eq!(brief, wanted, "{}", text(&done.stderr));
    for (.., error) in said.iter().filter(|s| s.1 == "error") {
        assert!(error.contains("could not be read") && error.contains(str(&input)), "{error}");
    }
}

#[test]
fn what_may_not_be_read_is_an_error_and_what_may_not_be_written_is_said_at_once() {
    let Some(plain) = Plain::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let input = folder.path().join("in");
    fs::create_dir_all(input.join("locked")).unwrap();
    for name in ["a.jpg", "b.jpg", "locked/c.jpg", "d.zip"] {
        good(&input, name);
    }
    for name in ["b.jpg", "d.zip", "locked"] {
        fs::set_permissions(input.join(name), Permissions::from_mode(0o000)).unwrap();
    }
    let done = plain.run(&["check", str(&input), "--format", "ndjson"]);
    let said = records(&done);
    assert_eq!(done.status.code(), Some(2), "{}", text(&done.stderr));
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!(said.iter().filter(|s| s.1 == "pass").count(), 1);
    for name in ["b.jpg", "d.zip", "locked"] {
        let denied =
            |s: &&(String, String, String)| s.0.ends_with(name) && s.2.contains("ermission denied");
        let error = &said.iter().find(denied).unwrap_or_else(|| panic!("{name}: {said:?}")).2;
        assert!(error.contains(str(&input.join(name))), "{error}");
    }

    // Where nothing may be written, that is said before anything slow is begun, and nothing is half there.
    let sealed = folder.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    fs::set_permissions(&sealed, Permissions::from_mode(0o555)).unwrap();
    let at = |name: &str| sealed.join(name).to_str().unwrap().to_owned();
    let one = input.join("a.jpg");
    for (args, code) in [
        (vec!["check", str(&one), "--out", &at("run")], 2),
        (vec!["check", str(&one), "--report", &at("r.html")], 2),
        (vec!["check", str(&one), "--ledger", &at("l.sqlite")], 64),
        (vec!["standardise", str(&one), "--out", &at("standard")], 2),
        (vec!["standardise", str(&one), "--out", str(&sealed)], 2),
        (vec!["inspect", str(&one), "--out", str(&sealed)], 2),
    ] {
        let done = plain.run(&args);
        let said = text(&done.stdout) + &text(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(str(&sealed)), "{args:?}: {said}");
        assert_eq!(fs::read_dir(&sealed).unwrap().count(), 0, "{args:?}");
    }
    for name in ["b.jpg", "d.zip", "locked"] {
        fs::set_permissions(input.join(name), Permissions::from_mode(0o700)).unwrap();
    }
    fs::set_permissions(&sealed, Permissions::from_mode(0o700)).unwrap();
}

/// Files of a folder and of those below, without what a stopped process left hidden.
fn listed(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(listed(&path));
        } else {
            all.push(str(&path).to_owned());
        }
    }
    all.sort();
    all
}

#[test]
fn a_full_disk_is_said_and_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    for i in 1..=3 {
        fs::copy(fixture(&format!("captures/c0{i}.jpg")), input.join(format!("{i}.jpg"))).unwrap();
    }
    let input = str(&input);
    if Path::new("/dev/full").exists() {
        for format in ["terminal", "ndjson"] {
            let full = File::options().write(true).open("/dev/full").unwrap();
            let args = ["check", input, "--format", format];
            let done = Command::new(PROGRAM).args(args).stdout(full).output().unwrap();
            assert_eq!(done.status.code(), Some(2), "{format}");
            let said = text(&done.stderr);
            assert!(said.contains("standard output") && said.contains("No space"), "{said}");
        }
    }
    // No file of more than 12 KB: a standard file has 20 to 40, its proof about 40, a ledger more. The shell
    // counts in halves of a KB or in whole ones.
    let limited = |args: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 12; exec \"$0\" \"$@\"", PROGRAM]);
        run(command.args(args))
    };
    let out = folder.path().join("out");
    let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
    fs::create_dir(&out).unwrap();
    for (args, code) in [
        (vec!["standardise", input, "--out", &at("standard")], 2),
        (vec!["check", input, "--out", &at("run")], 2),
        (vec!["check", input, "--report", &at("r.html")], 2),
        (vec!["check", input, "--ledger", &at("l.sqlite")], 64),
        (vec!["inspect", input, "--out", &at("seen")], 2),
    ] {
        // What the run itself prints is longer than that, too.
        let done = limited(&args);
        let said = text(&done.stderr) + &text(&done.stdout);
        assert_eq!(done.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(str(&out)), "{args:?}: {said}");
        let left: Vec<_> = listed(&out).into_iter().filter(|f| !f.contains("l.sqlite")).collect();
        assert!(left.is_empty(), "{args:?} left {left:?}");
    }
    // With room again the same ledger goes on, and everything is made.
    let (ledger, standard) = (at("l.sqlite"), at("standard"));
    let args = ["check", input, "--ledger", &ledger, "--standardise", &standard];
    let done = photogate(&args);
    assert_eq!(done.status.code(), Some(0), "{}{}", text(&done.stdout), text(&done.stderr));
    assert_eq!(listed(Path::new(&standard)).len(), 6);
}

#[test]
fn a_disk_that_fills_up_in_the_middle_keeps_what_was_whole() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    for i in 1..=5 {
        fs::copy(fixture(&format!("captures/c0{i}.jpg")), input.join(format!("{i}.jpg"))).unwrap();
    }
    // A disk of 200 KB that only this process sees: room for two files with their proofs.
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let script = "mount -t tmpfs -o size=200k none \"$1\" || exit 77
        \"$0\" standardise \"$2\" --out \"$1/out\" --workers 1 >\"$3\" 2>&1; code=$?
        ls -A \"$1/out\"; exit $code";
    let log = folder.path().join("log");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, PROGRAM]);
    let done = run(command.args([&disk, &input, &log]));
    if !log.exists() {
        println!("skipped: no disk of our own may be mounted here");
        return;
    }
    let said = fs::read_to_string(&log).unwrap();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.contains("No space left"), "{said}");
    let names: Vec<String> = text(&done.stdout).lines().map(str::to_owned).collect();
    let whole = names.iter().filter(|n| n.ends_with(".jpg")).count();
    assert!((1..5).contains(&whole), "{names:?} {said}");
    // No picture without its proof, and no temporary file.
    for name in &names {
        assert!(!name.starts_with('.'), "{names:?}");
        if let Some(stem) = name.strip_suffix(".jpg") {
            assert!(names.contains(&format!("{stem}.json")), "{names:?}");
        }
    }
}

#[test]
fn files_that_change_or_go_while_the_batch_runs_are_one_error_each() {
    let folder = tempfile::tempdir().unwrap();
    nobodies(folder.path(), 40);
    let whole = fs::read(folder.path().join("039.png")).unwrap();
    let mut command = Command::new(PROGRAM);
    let args = ["check", str(folder.path()), "--format", "ndjson", "--workers", "1"];
    let mut child =
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = vec![lines.next().unwrap().unwrap()];
    // Far behind what is in hand.
    fs::remove_file(folder.path().join("037.png")).unwrap();
    fs::write(folder.path().join("038.png"), &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(folder.path().join("039.png")).unwrap();
    fs::create_dir(folder.path().join("039.png")).unwrap();
    said.extend(lines.map(Result::unwrap));
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let said: Vec<Value> = said.iter().map(|l| serde_json::from_str(l).unwrap()).collect();
    let errors: Vec<_> = said.iter().filter(|r| r["verdict"] == "error").collect();
    // The folder's list may be older or newer than the change: what is met is an error, what is not met
    // any more is not.
    assert!((1..=3).contains(&errors.len()) && said.len() >= 38, "{errors:?}");
    assert!(errors.iter().any(|r| r["id"] == "038.png"), "{errors:?}");
    for error in errors {
        assert!(error["error"].as_str().unwrap().contains(str(folder.path())), "{error}");
    }
}

#[test]
fn a_list_of_files_that_are_gone_or_folders_by_now_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    nobodies(folder.path(), 2);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let args = [
        "check",
        &at("000.png"),
        &at("gone.jpg"),
        &at("no/folder/x.zip"),
        &at("001.png"),
        "--format",
        "ndjson",
    ];
    let said = records(&photogate(&args));
    let verdicts: Vec<_> = said.iter().map(|s| &*s.1).collect();
    assert_eq!(verdicts, ["fail", "error", "error", "fail"]);
    assert!(said[1].2.contains("gone.jpg") && said[2].2.contains("x.zip"), "{said:?}");
}

#[test]
fn a_clock_that_jumps_neither_loses_nor_invents_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (input, ledger) = (folder.path().join("in"), folder.path().join("l.sqlite"));
    fs::create_dir(&input).unwrap();
    nobodies(&input, 4);
    let century = Duration::from_secs(100 * 366 * 86_400);
    for (name, time) in [
        ("000.png", SystemTime::now() + century),
        ("001.png", SystemTime::UNIX_EPOCH - Duration::from_secs(86_400)),
        ("002.png", SystemTime::UNIX_EPOCH),
    ] {
        File::options().append(true).open(input.join(name)).unwrap().set_modified(time).unwrap();
    }
    let args = ["check", str(&input), "--ledger", str(&ledger), "--format", "ndjson"];
    let first = photogate(&args);
    assert_eq!(first.status.code(), Some(1), "{}", text(&first.stderr));
    // The clock was a year ahead when that was written down, and the run ended before it began.
    let db = Connection::open(&ledger).unwrap();
    let year = 366_i64 * 86_400 * 1_000_000;
    db.execute("UPDATE run SET started = started + ?1, finished = finished - ?1", [year]).unwrap();
    db.execute("UPDATE capture SET at = at + ?1", [year]).unwrap();
    drop(db);
    let again = photogate(&args);
    assert!(again.stdout == first.stdout, "{}", text(&again.stderr));
    assert!(text(&again.stderr).contains("4 unchanged"), "{}", text(&again.stderr));
    // Another content of the same size is seen although all times lie.
    let other = fs::read(input.join("003.png")).unwrap();
    let mut changed = fs::read(input.join("000.png")).unwrap();
    changed.truncate(other.len().min(changed.len()) - 1);
    fs::write(input.join("000.png"), &changed).unwrap();
    let future = SystemTime::now() + century;
    File::options().append(true).open(input.join("000.png")).unwrap().set_modified(future).unwrap();
    let seen = records(&photogate(&args));
    assert_eq!(seen[0].1, "error", "it was cut short: {seen:?}");
    let history = photogate(&["history", "--ledger", str(&ledger)]);
    assert_eq!(history.status.code(), Some(0), "{}", text(&history.stderr));
    assert_eq!(text(&history.stdout).lines().count(), 4, "{}", text(&history.stdout));
}

#[test]
fn a_ledger_that_others_hold_or_spoil_is_one_line_and_no_verdict_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (input, ledger) = (folder.path().join("in"), folder.path().join("l.sqlite"));
    fs::create_dir(&input).unwrap();
    nobodies(&input, 30);
    let check = |ledger: &Path| photogate(&["check", str(&input), "--ledger", str(ledger)]);
    assert_eq!(check(&ledger).status.code(), Some(1));
    let whole = fs::read(&ledger).unwrap();
    assert!(whole.len() > 40_000);

    let holder = Connection::open(&ledger).unwrap();
    // As a run that is going on has it.
    holder.pragma_update(None, "journal_mode", "wal").unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let locked = check(&ledger);
    let said = text(&locked.stderr);
    assert_eq!(locked.status.code(), Some(64), "{said}");
    assert!(said.contains("locked") && said.contains(str(&ledger)), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // Those who only read need not wait.
    assert_eq!(photogate(&["history", "--ledger", str(&ledger)]).status.code(), Some(0));
    drop(holder);
    assert_eq!(check(&ledger).status.code(), Some(1));

    type Spoil = Box<dyn Fn(&mut Vec<u8>)>;
    let spoil: [(&str, Spoil); 5] = [
        ("half", Box::new(|b| b.truncate(b.len() / 2))),
        ("a page and a bit", Box::new(|b| b.truncate(5000))),
        ("zeros inside", Box::new(|b| b[4096..40_000].fill(0))),
        ("noise inside", Box::new(|b| b[4096..].iter_mut().for_each(|b| *b ^= 0x5a))),
        ("no tables", Box::new(|b| b[100..4096].fill(0))),
    ];
    for (name, spoil) in spoil {
        let path = folder.path().join(format!("{name}.sqlite"));
        let mut bytes = whole.clone();
        spoil(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        let commands: [&[&str]; 5] = [
            &["check", str(&input), "--ledger", str(&path)],
            &["history", "--ledger", str(&path)],
            &["rejudge", "--ledger", str(&path)],
            &["export", "--ledger", str(&path), "--format", "csv", "--out", "/dev/null", "--force"],
            &["forget", "003.png", "--ledger", str(&path)],
        ];
        let mut refused = 0;
        for args in commands {
            let done = photogate(args);
            let (code, said) = (done.status.code(), text(&done.stderr));
            // What lies outside the damage may still be read; nothing fails without a word.
            assert!(matches!(code, Some(0..=2 | 64)), "{name} {args:?}: {code:?} {said}");
            if code == Some(64) {
                refused += 1;
                assert!(
                    said.contains(str(&path)) && said.lines().count() == 1,
                    "{name} {args:?}: {said}"
                );
            }
        }
        assert!(refused >= 1, "{name}: the damage is seen");
    }
}
