//! What is private stays: no command speaks to a network, nothing that a file says of a person is passed on,
//! and numbers of identity cards are masked.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::fixture;
use object::Object;

const PROGRAM: &str = env!("CARGO_BIN_EXE_photogate");

fn photogate(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// What the system is asked for to speak to another machine, and what asks a server for a name.
const CALLS: [&str; 8] = [
    "socket",
    "connect",
    "bind",
    "sendto",
    "sendmsg",
    "getaddrinfo",
    "gethostbyname",
    "WSAStartup",
];

#[test]
fn the_program_has_no_means_to_speak_to_a_network() {
    // The standard library holds all of these; the linker leaves out what nobody calls. A dependency that
    // opens connections brings them back.
    let program = fs::read(PROGRAM).unwrap();
    let program = object::File::parse(&*program).unwrap();
    let imports = program.imports().unwrap();
    let names: Vec<_> = imports.iter().map(|i| String::from_utf8_lossy(i.name())).collect();
    let has = |name: &str| names.iter().any(|n| n.trim_start_matches('_') == name);
    if cfg!(unix) {
        assert!(has("write") && has("realpath"), "imports are seen: {names:?}");
    }
    for call in CALLS {
        assert!(!has(call), "the program calls {call}");
    }
}

/// A folder with a capture, one that fails and one that is broken.
fn pictures(folder: &Path) -> PathBuf {
    let input = folder.join("in");
    fs::create_dir(&input).unwrap();
    for name in ["captures/c01.jpg", "captures/v20_yaw20.jpg", "broken/truncated.jpg"] {
        let to = input.join(Path::new(name).file_name().unwrap());
        fs::copy(fixture(name), to).unwrap();
    }
    input
}

#[test]
fn every_command_does_its_work_where_there_is_no_network_and_asks_for_none() {
    let works = |program: &str, args: &[&str]| {
        Command::new(program).args(args).arg("true").output().is_ok_and(|o| o.status.success())
    };
    let alone: &[&str] = &["unshare", "--user", "--map-root-user", "--net"];
    let alone = if works(alone[0], &alone[1..]) { alone } else { &[] };
    let traced: &[&str] = &["strace", "-f", "-qq", "-e", "trace=network", "-o"];
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let traced = if works("strace", &["-f", "-o", str(&trace)]) { traced } else { &[] };
    if alone.is_empty() && traced.is_empty() {
        println!("skipped: neither unshare nor strace may be used here");
        return;
    }
    let input = pictures(folder.path());
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ledger, decisions) = (at("l.sqlite"), fixture("decisions.csv"));
    let (input, out, run, report) = (str(&input), at("out"), at("run"), at("report.html"));
    let commands: Vec<(Vec<&str>, i32)> = vec![
        (
            vec![
                "check",
                input,
                "--ledger",
                &ledger,
                "--standardise",
                &out,
                "--out",
                &run,
                "--report",
                &report,
            ],
            2,
        ),
        (vec!["eval", input, "--decisions", str(&decisions)], 1),
        (vec!["rejudge", "--ledger", &ledger, "--profile", "icao"], 2),
        (vec!["history", "--ledger", &ledger], 0),
        (vec!["export", "--ledger", &ledger, "--format", "csv", "--out", &run, "--force"], 2),
        (vec!["inspect", input, "--out", &out], 2),
        (vec!["forget", "c01.jpg", "--ledger", &ledger], 0),
        (vec!["explain"], 0),
        (vec!["profiles"], 0),
        (vec!["doctor"], 0),
    ];
    for (args, code) in commands {
        let mut line: Vec<&str> = alone.to_vec();
        if !traced.is_empty() {
            line.extend(traced);
            line.push(str(&trace));
        }
        line.push(PROGRAM);
        line.extend(&args);
        let done = Command::new(line[0]).args(&line[1..]).output().unwrap();
        let said = text(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{args:?}: {}{said}", text(&done.stdout));
        if !traced.is_empty() {
            let calls = fs::read_to_string(&trace).unwrap();
            // A pair of ends within the process is no network.
            let asked: Vec<&str> =
                calls.lines().filter(|l| l.contains("AF_") && !l.contains("AF_UNIX")).collect();
            assert!(asked.is_empty(), "{args:?} asked for a network: {asked:?}");
        }
    }
}

/// A JPEG with segments before its own.
fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, body) in segments {
        out.extend([0xFF, *marker]);
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(body);
    }
    out.extend(&jpeg[2..]);
    out
}

/// EXIF with text in the fields that name people: description, artist, copyright, owner and serial number.
fn exif_of_a_person() -> Vec<u8> {
    let fields: [(u16, &[u8]); 5] = [
        (0x010E, b"SECRET-description\0"),
        (0x013B, b"SECRET-artist-of-this\0"),
        (0x8298, b"SECRET-copyright-line\0"),
        (0xA430, b"SECRET-owner-of-camera\0"),
        (0xA431, b"SECRET-serial-number\0"),
    ];
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend(u16::try_from(fields.len()).unwrap().to_be_bytes());
    let mut texts: Vec<u8> = Vec::new();
    let first = 8 + 2 + 12 * fields.len() + 4;
    for (tag, value) in fields {
        tiff.extend(tag.to_be_bytes());
        tiff.extend([0, 2]);
        tiff.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        tiff.extend(u32::try_from(first + texts.len()).unwrap().to_be_bytes());
        texts.extend(value);
    }
    tiff.extend([0; 4]);
    tiff.extend(texts);
    [b"Exif\0\0", &tiff[..]].concat()
}

#[test]
fn what_a_file_says_of_people_is_in_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRET-xmp-creator</x:xmpmeta>".to_vec();
    let segments =
        [(0xE1, exif_of_a_person()), (0xE1, xmp), (0xFE, b"SECRET-comment of the camera".to_vec())];
    for (from, to) in [("c01", "good"), ("v20_yaw20", "bad")] {
        let jpeg = fs::read(fixture(&format!("captures/{from}.jpg"))).unwrap();
        let private = with_segments(&jpeg, &segments);
        fs::write(input.join(format!("{to}.jpg")), &private).unwrap();
        // Broken ones say why, and nothing else.
        fs::write(input.join(format!("{to}_cut.jpg")), &private[..private.len() / 2]).unwrap();
    }
    let out = folder.path().join("out");
    let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let ledger = at("l.sqlite");
    fs::create_dir(&out).unwrap();
    let (standard, run, report, seen) = (at("standard"), at("run"), at("r.html"), at("seen"));
    let commands = [
        vec![
            "check",
            str(&input),
            "--ledger",
            &ledger,
            "--standardise",
            &standard,
            "--accept",
            "any",
            "--sheet",
            "6x4in",
            "--out",
            &run,
            "--report",
            &report,
        ],
        vec!["inspect", str(&input), "--out", &seen, "--matte"],
        vec!["export", "--ledger", &ledger, "--format", "csv", "--out", &at("all.csv")]
            .into_iter()
            .map(|a| Box::leak(a.to_owned().into_boxed_str()) as &str)
            .collect(),
    ];
    for args in commands {
        let done = photogate(&args);
        let wanted = if args[0] == "export" { 0 } else { 2 };
        assert_eq!(done.status.code(), Some(wanted), "{args:?}: {}", text(&done.stderr));
        for said in [&done.stdout, &done.stderr] {
            assert!(!contains(said, b"SECRET"), "{}", text(said));
        }
    }
    let written = files(&out);
    assert!(written.len() > 10, "{written:?}");
    for path in written {
        assert!(!contains(&fs::read(&path).unwrap(), b"SECRET"), "{}", path.display());
    }
}

/// The example of GB 11643, which belongs to nobody.
const NUMBER: &str = "11010519491231002X";
const MASKED: &str = "1101**********002X";

#[test]
fn identity_numbers_are_masked_in_all_that_is_said_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let name = |what: &str| input.join(format!("{NUMBER}_{what}.jpg"));
    fs::copy(fixture("captures/c01.jpg"), name("good")).unwrap();
    fs::copy(fixture("captures/c01.jpg"), name("twin")).unwrap();
    fs::copy(fixture("captures/v20_yaw20.jpg"), name("bad")).unwrap();
    fs::copy(fixture("broken/truncated.jpg"), name("cut")).unwrap();
    let out = folder.path().join("out");
    let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let (ledger, run, report) = (at("l.sqlite"), at("run"), at("r.html"));
    let (standard, csv, rows) = (at("standard"), at("all.csv"), at("all.ndjson"));
    let good = name("good");
    let check = |more: &[&'static str]| {
        let own = ["--ledger", &ledger, "--standardise", &standard, "--report", &report];
        let args = [&["check", str(&input)][..], &own, &["--out", &run], more].concat();
        args.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let owned = |args: &[&str]| args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
    let turned = ["--set", "yaw.pass.max=90", "--set", "gaze.pass.max=90"];
    let commands = [
        (check(&[]), true),
        (check(&["--force", "--fresh", "--format", "ndjson"]), true),
        // Nothing is replaced unasked: the message names files.
        (owned(&["standardise", str(&input), "--out", &standard]), true),
        (owned(&[&["rejudge", "--ledger", &ledger, "--diff"], &turned[..]].concat()), true),
        (owned(&["rejudge", "--ledger", &ledger]), true),
        (owned(&["history", "--ledger", &ledger, str(&good)]), false),
        (owned(&["export", "--ledger", &ledger, "--format", "csv", "--out", &csv]), false),
        (owned(&["export", "--ledger", &ledger, "--format", "ndjson", "--out", &rows]), false),
        (owned(&["inspect", str(&input), "--out", &at("seen")]), true),
        (owned(&["check", &at(NUMBER), "--profile", &at(NUMBER)]), true),
        (owned(&["history", "--ledger", &at(NUMBER)]), true),
    ];
    let mut masked = 0;
    for (args, names) in &commands {
        let done = Command::new(PROGRAM).args(args).output().unwrap();
        let said = text(&done.stdout) + &text(&done.stderr);
        assert!(!said.contains(NUMBER), "{args:?}: {said}");
        masked += usize::from(said.contains(MASKED));
        if *names {
            assert!(said.contains(MASKED), "{args:?}: {said}");
        }
    }
    assert!(masked >= 8);
    // Files are called as the user wants; what is in them is masked. The ledger must find them again.
    for path in files(&out) {
        let bytes = fs::read(&path).unwrap();
        let ledger = str(&path).contains("l.sqlite");
        if ledger || path.extension().is_some_and(|e| e == "jpg") {
            continue;
        }
        assert!(!contains(&bytes, NUMBER.as_bytes()), "{}", path.display());
        assert!(contains(&bytes, MASKED.as_bytes()), "{}", path.display());
    }
    let whole = photogate(&["--whole-ids", "check", str(&input), "--format", "ndjson"]);
    assert!(text(&whole.stdout).contains(NUMBER) && !text(&whole.stdout).contains(MASKED));
}

#[test]
fn the_list_of_subjects_is_used_for_names_and_told_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let input = pictures(folder.path());
    let out = folder.path().join("out");
    let list = folder.path().join("list.csv");
    let row =
        |file: &str, n: u32| format!("{file},2026{n:03},SECRET-name,SECRET-number,SECRET-phone\n");
    let good = ["file,student,name,number,phone\n", &row("c01.jpg", 1), &row("elsewhere.jpg", 2)];
    fs::write(&list, good.concat()).unwrap();
    let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let (standard, run, report, ledger) = (at("s"), at("run"), at("r.html"), at("l.sqlite"));
    fs::create_dir(&out).unwrap();
    let args = [
        "check",
        str(&input),
        "--subjects",
        str(&list),
        "--name",
        "{student}",
        "--standardise",
        &standard,
        "--out",
        &run,
        "--report",
        &report,
        "--ledger",
        &ledger,
        "--accept",
        "any",
    ];
    let done = photogate(&args);
    assert!(Path::new(&at("s/2026001.jpg")).is_file(), "{}", text(&done.stderr));
    assert!(!contains(&done.stdout, b"SECRET") && !contains(&done.stderr, b"SECRET"));
    for path in files(&out) {
        assert!(!contains(&fs::read(&path).unwrap(), b"SECRET"), "{}", path.display());
    }
    // Nor is a list that is not understood repeated.
    let wrong = [
        row("c01.jpg", 1) + &row("c02.jpg", 2),
        good.concat() + &row("c01.jpg", 3),
        good.concat() + "c02.jpg,SECRET\n",
    ];
    for text in wrong {
        fs::write(&list, text).unwrap();
        let done = photogate(&args);
        assert_eq!(done.status.code(), Some(64));
        assert!(!contains(&done.stderr, b"SECRET"), "{}", self::text(&done.stderr));
    }
}
