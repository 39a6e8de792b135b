//! Batches as they come: archives, patterns, copies, broken files among good ones, and a stop.

mod common;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;
use common::fixture;
use serde_json::Value;
use zip::write::SimpleFileOptions;

fn photogate(args: &[&str]) -> Output {
    Command::cargo_bin("photogate").unwrap().args(args).output().unwrap()
}

fn records(output: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(output.to_vec()).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn of(records: &[Value], key: &str) -> Vec<String> {
    records.iter().map(|r| r[key].as_str().unwrap_or("-").to_owned()).collect()
}

fn capture(name: &str) -> Vec<u8> {
    std::fs::read(fixture(&format!("captures/{name}.jpg"))).unwrap()
}

/// A picture of nobody: quick to look at. Every number makes other bytes.
fn nobody(number: u32) -> Vec<u8> {
    let grey = image::RgbImage::from_fn(64, 80, |x, y| {
        let v = (x + y + number) as u8;
        image::Rgb([v, v, number as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn zip(path: &Path, members: &[(&str, &[u8])]) {
    let mut out = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap();
}

fn tar_gz(path: &Path, members: &[(&str, &[u8])]) {
    let out = flate2::write::GzEncoder::new(File::create(path).unwrap(), Default::default());
    let mut out = tar::Builder::new(out);
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap().finish().unwrap();
}

#[test]
fn pictures_in_archives_are_judged_like_files_and_standardised_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (c01, turned) = (capture("c01"), capture("v20_yaw20"));
    zip(&path("class1.zip"), &[("张三.jpg", &c01), ("../out.jpg", &c01), ("list.csv", b"x")]);
    tar_gz(&path("class2.tar.gz"), &[("a/turned.jpg", &turned), ("b/broken.jpg", b"not one")]);
    std::fs::write(path("class3.zip"), "no archive").unwrap();
    let out = path("standard");
    let run = photogate(&[
        "check",
        folder.path().to_str().unwrap(),
        "--format",
        "ndjson",
        "--standardise",
        out.to_str().unwrap(),
    ]);
    assert_eq!(run.status.code(), Some(2));
    let records = records(&run.stdout);
    assert_eq!(of(&records, "verdict"), ["pass", "error", "fail", "error", "error"]);
    assert_eq!(records[0]["id"], "class1.zip/张三.jpg");
    assert_eq!(records[2]["id"], "class2.tar.gz/a/turned.jpg");
    let said = of(&records, "error");
    assert!(said[1].contains("leads out of the archive"), "{said:?}");
    assert!(said[3].contains("class2.tar.gz/b/broken.jpg: not an image"), "{said:?}");
    assert!(said[4].contains("class3.zip: archive"), "{said:?}");
    // The same pixels give the same record as a file does.
    let file = fixture("captures/c01.jpg");
    let alone = photogate(&["check", file.to_str().unwrap(), "--format", "ndjson"]);
    assert_eq!(self::records(&alone.stdout)[0]["findings"], records[0]["findings"]);
    assert!(out.join("张三.jpg").exists());
    assert_eq!(std::fs::read_dir(out).unwrap().count(), 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing was unpacked");
}

#[test]
fn patterns_choose_captures_and_copies_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("raw")).unwrap();
    for name in ["a.png", "b.jpg", "raw/c.png", "d_old.png"] {
        std::fs::write(path(name), nobody(1)).unwrap();
    }
    let check = |more: &[&str]| {
        let folder = folder.path().to_str().unwrap();
        photogate(&[&["check", folder, "--format", "ndjson"], more].concat())
    };
    let all = records(&check(&[]).stdout);
    assert_eq!(of(&all, "id"), ["a.png", "b.jpg", "d_old.png", "raw/c.png"]);
    assert_eq!(of(&all, "same_content_as"), ["-", "a.png", "a.png", "a.png"]);
    let ids = |more: &[&str]| of(&records(&check(more).stdout), "id");
    assert_eq!(ids(&["--include", "*.png"]), ["a.png", "d_old.png", "raw/c.png"]);
    assert_eq!(ids(&["--exclude", "raw/**", "--exclude", "*_old.*"]), ["a.png", "b.jpg"]);
    let none = check(&["--include", "*.tif"]);
    assert_eq!(none.status.code(), Some(64));
    let wrong = check(&["--include", "["]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("`[`"));
}

#[test]
fn a_hundred_broken_files_among_four_hundred_are_a_hundred_errors() {
    let folder = tempfile::tempdir().unwrap();
    let whole = nobody(0);
    for i in 0..400_u32 {
        let bytes = match i % 16 {
            0 => Vec::new(),
            4 => whole[..whole.len() / 2].to_vec(),
            8 => b"<html>not found</html>".to_vec(),
            12 => [&whole[..40], &[0xff; 200]].concat(),
            _ => nobody(i),
        };
        std::fs::write(folder.path().join(format!("{i:03}.png")), bytes).unwrap();
    }
    let run = photogate(&["check", folder.path().to_str().unwrap(), "--format", "ndjson"]);
    assert_eq!(run.status.code(), Some(2));
    let records = records(&run.stdout);
    let broken: Vec<usize> = (0..400).filter(|i| records[*i]["verdict"] == "error").collect();
    assert_eq!(records.len(), 400);
    assert_eq!(broken, (0..400).step_by(4).collect::<Vec<_>>());
    for i in broken {
        let said = records[i]["error"].as_str().unwrap();
        assert!(said.contains(&format!("{i:03}.png: ")), "{said}");
    }
}

/// Ctrl-C: what is in hand is finished, what was finished is kept.
#[cfg(unix)]
#[test]
fn a_stopped_run_leaves_whole_records_of_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let [photos, out] = ["photos", "out"].map(|n| folder.path().join(n));
    std::fs::create_dir(&photos).unwrap();
    for i in 0..2000 {
        std::fs::write(photos.join(format!("{i:04}.png")), nobody(i)).unwrap();
    }
    let program = assert_cmd::cargo::cargo_bin("photogate");
    let mut run = std::process::Command::new(program)
        .args(["check".as_ref(), photos.as_os_str(), "--out".as_ref(), out.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stdout.take().unwrap()).lines();
    said.next().unwrap().unwrap();
    let pid = run.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let rest = said.map_while(Result::ok).count();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let records = records(&std::fs::read(out.join("findings.ndjson")).unwrap());
    assert!((1..2000).contains(&records.len()), "{}", records.len());
    let ids = of(&records, "id");
    assert_eq!(ids, (0..ids.len()).map(|i| format!("{i:04}.png")).collect::<Vec<_>>());
    assert!(rest > 0, "the summary is still said");
}
