//! The HTML report as a file: what is in it, and when it is written.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::fixture;
use image::{Rgb, RgbImage};
use serde_json::Value;

fn photogate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_photogate"))
}

fn check(input: &Path, report: &Path, more: &[&str]) -> Output {
    photogate().arg("check").arg(input).arg("--report").arg(report).args(more).output().unwrap()
}

/// The blocks of data by their id, read as a browser would: up to the first end of a script.
fn blocks(page: &str) -> BTreeMap<String, Value> {
    let blocks = page.split("<script type=\"application/json\" id=\"").skip(1);
    let read = |block: &str| {
        let (id, rest) = block.split_once("\">").unwrap();
        (id.to_owned(), serde_json::from_str(rest.split("</script").next().unwrap()).unwrap())
    };
    blocks.map(read).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Pictures without anybody: they are judged in no time.
fn many(dir: &Path, n: usize) {
    std::fs::create_dir_all(dir).unwrap();
    for i in 0..n {
        let picture = RgbImage::from_pixel(24, 32, Rgb([(i % 256) as u8, 120, 200]));
        picture.save(dir.join(format!("{i:04}.png"))).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn a_report_has_every_capture_once_and_no_name_is_ever_markup() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    // The name of a folder and that of its file make `</script>...`.
    let hostile = ["</script><img src=x onerror=alert(1)>.jpg", "\"q' & 毕业照 <!--.jpg"];
    std::fs::create_dir_all(input.join("<")).unwrap();
    for (from, to) in [
        ("captures/c01.jpg", hostile[0]),
        ("captures/v20_yaw20.jpg", hostile[1]),
        ("captures/v31_two.jpg", "two.jpg"),
        ("captures/v32_nobody.jpg", "nobody.jpg"),
        ("broken/truncated.jpg", "broken.jpg"),
    ] {
        std::fs::copy(fixture(from), input.join(to)).unwrap();
    }
    let report = dir.path().join("r.html");
    let standard = dir.path().join("standard");
    let standard = standard.to_str().unwrap();
    let out = dir.path().join("records");
    let more = ["--out", out.to_str().unwrap(), "--standardise", standard, "--format", "ndjson"];
    let output = check(&input, &report, &more);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let records: Vec<Value> = std::str::from_utf8(&output.stdout)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(!page.contains(dir.path().to_str().unwrap()), "no path of this machine");
    assert!(!page.contains("onerror=alert(1)>.jpg\n") && !page.contains("<img"), "no markup");
    let blocks = blocks(&page);
    let (rows, about) = (blocks["index"].as_array().unwrap(), &blocks["about"]);
    assert_eq!(rows.len(), records.len());
    let checks = about["checks"].as_array().unwrap();
    for (i, (row, record)) in rows.iter().zip(&records).enumerate() {
        assert_eq!((&row["id"], &row["verdict"]), (&record["id"], &record["verdict"]));
        let detail = &blocks[&format!("d{i}")];
        let Some(findings) = record["findings"].as_array() else {
            assert!(row["error"].as_str().unwrap().contains("damaged JPEG"), "{row}");
            continue;
        };
        assert!(detail["thumb"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
        // The large view goes to the capture from where the page lies.
        assert_eq!(detail["file"], format!("in/{}", row["id"].as_str().unwrap()));
        assert!(dir.path().join(detail["file"].as_str().unwrap()).is_file());
        let outcomes: String = findings
            .iter()
            .map(|f| f["outcome"].as_str().unwrap().chars().next().unwrap())
            .collect();
        assert_eq!(row["outcomes"], outcomes);
        for (f, (check, slack)) in
            findings.iter().zip(checks.iter().zip(row["slack"].as_array().unwrap()))
        {
            assert_eq!((&f["check"], &f["slack"]), (&check["id"], slack));
        }
        let told = detail["findings"].as_array().unwrap().iter().zip(findings);
        for (why, f) in told.filter(|(_, f)| !f["unreadable"].is_null()) {
            assert_eq!((&why["zh"], &why["en"]), (&f["unreadable_zh"], &f["unreadable"]));
        }
        let first = row["first"].as_u64().map(|i| &checks[i as usize]["id"]);
        assert_eq!(first.unwrap_or(&Value::Null), &record["first"]);
    }
    assert!(hostile.iter().all(|h| rows.iter().any(|r| r["id"] == *h)), "names are kept");
    assert_eq!(about["counts"]["error"], 1);
    assert_eq!(about["files"]["written"], 1);
    let good = rows.iter().position(|r| r["id"] == hostile[0]).unwrap();
    let good = &blocks[&format!("d{good}")];
    assert!(good["standard"]["thumb"].is_string(), "the standard file beside its capture");
    assert!(good["lines"]["crown"].is_array() && !good["mesh"][0].is_null());
    assert_eq!(names(dir.path()), ["in", "r.html", "records", "standard"], "nothing else is left");
}

#[test]
fn many_captures_have_their_thumbnails_in_a_folder_and_nothing_is_replaced_unasked() {
    let dir = tempfile::tempdir().unwrap();
    let (input, report) = (dir.path().join("in"), dir.path().join("r.html"));
    let folder = dir.path().join("r_files");
    many(&input, 201);
    assert_eq!(check(&input, &report, &[]).status.code(), Some(1));
    let page = std::fs::read_to_string(&report).unwrap();
    assert_eq!(blocks(&page)["about"]["folder"], "r_files");
    assert!(!page.contains("data:image"));
    assert_eq!(names(&folder).len(), 201);
    assert_eq!(image::open(folder.join("00201.jpg")).unwrap().height(), 32);

    let refused = check(&input, &report, &[]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("r.html is there already"));
    std::fs::write(&report, "old").unwrap();
    assert_eq!(check(&input, &report, &["--force", "--workers", "1"]).status.code(), Some(1));
    assert!(
        std::fs::read_to_string(&report).unwrap() == page,
        "the same for any number of workers"
    );
    assert_eq!(names(dir.path()), ["in", "r.html", "r_files"]);

    // A folder of that name that somebody else has filled is not ours to replace.
    std::fs::write(folder.join("notes.txt"), "keep me").unwrap();
    let refused = check(&input, &report, &["--force"]);
    assert_eq!(refused.status.code(), Some(64), "{}", String::from_utf8_lossy(&refused.stderr));
    assert!(folder.join("notes.txt").exists() && folder.join("00001.jpg").exists());
    // A small report needs no folder, and leaves this one alone.
    let one = input.join("0000.png");
    assert_eq!(check(&one, &report, &["--force"]).status.code(), Some(1));
    assert!(folder.join("notes.txt").exists());
    // What is left of an earlier report goes with it: nobody's picture stays behind.
    std::fs::remove_file(folder.join("notes.txt")).unwrap();
    assert_eq!(check(&one, &report, &["--force"]).status.code(), Some(1));
    assert_eq!(names(dir.path()), ["in", "r.html"]);
}

#[test]
fn a_run_that_is_stopped_leaves_no_report() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    many(&input, 600);
    let out = dir.path().join("out");
    let report = out.join("r.html");
    let mut run = photogate();
    run.arg("check").arg(&input).arg("--report").arg(&report).arg("--workers").arg("1");
    let mut run = run.stdout(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while !out.exists() || names(&out).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "it began");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(!report.exists() && !out.join("r_files").exists());
}

#[test]
fn a_file_named_by_its_whole_path_has_its_own_name_in_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("r.html");
    check(&fixture("broken/text.jpg"), &report, &[]);
    let page = std::fs::read_to_string(report).unwrap();
    assert_eq!(blocks(&page)["index"][0]["id"], "text.jpg");
    assert!(!page.contains(env!("CARGO_MANIFEST_DIR")));
}

#[test]
fn the_page_works_in_a_browser() {
    let Ok(node) = Command::new("node").arg("--version").output() else {
        println!("SKIPPED: there is no Node, so the report was not opened in a browser");
        return;
    };
    assert!(node.status.success());
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("r.html");
    let standard = dir.path().join("standard");
    let output = photogate()
        .args(["standardise".as_ref(), fixture("captures").as_os_str()])
        .args([fixture("broken/truncated.jpg"), fixture("people/v36_clutter.jpg")])
        .args(["--out".as_ref(), standard.as_os_str(), "--report".as_ref(), report.as_os_str()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/report.mjs");
    let output = Command::new("node").arg(script).arg(&report).output().unwrap();
    // It says itself when there is no Chromium.
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
