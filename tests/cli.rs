//! The program as its user meets it.

mod common;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use common::fixture;
use serde_json::Value;

fn photogate(args: &[&str]) -> Output {
    Command::cargo_bin("photogate").unwrap().args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(name: &str) -> String {
    fixture(name).to_string_lossy().into_owned()
}

fn records(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn the_demo_prints_a_verdict_for_each_capture_and_a_summary() {
    let output = photogate(&["check", &path("captures")]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{err}");
    let captures = std::fs::read_dir(fixture("captures")).unwrap().count();
    assert!(out.contains(&format!("\n{captures} captures: 15 pass, ")), "{out}");
    assert!(out.contains("PASS   c01.jpg"), "{out}");
    assert!(
        out.contains("RETAKE v20_yaw20.jpg  鼻尖对准镜头")
            && out.contains("Point your nose at the lens"),
        "{out}"
    );
    assert!(out.contains("limit -8…8°"), "{out}");
    assert_eq!(err, "", "a pipe gets no progress bar");
    assert!(!out.contains('\u{1b}'), "a pipe gets no colours");
}

#[test]
fn records_are_complete_in_input_order_and_the_same_for_any_number_of_workers() {
    let run = |workers| {
        photogate(&["check", &path("captures"), "--format", "ndjson", "--workers", workers])
    };
    let (one, two) = (run("1"), run("2"));
    assert!(one.stdout == two.stdout, "1 and 2 workers give the same bytes");
    let records = records(&one);
    let ids: Vec<&str> = records.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 25 && ids.is_sorted(), "{ids:?}");
    for r in &records {
        for key in [
            "id", "path", "sha256", "verdict", "findings", "photo", "faces", "models", "profile",
            "program",
        ] {
            assert!(!r[key].is_null(), "{} has no {key}", r["id"]);
        }
        assert_eq!(r["sha256"].as_str().unwrap().len(), 64);
        for f in r["findings"].as_array().unwrap() {
            for key in [
                "check",
                "outcome",
                "value",
                "unit",
                "confidence",
                "limit",
                "slack",
                "reason",
                "advice",
            ] {
                assert!(f.get(key).is_some(), "{}: {} has no {key}", r["id"], f["check"]);
            }
        }
    }
    let turned = records.iter().find(|r| r["id"] == "v20_yaw20.jpg").unwrap();
    assert_eq!((&turned["verdict"], &turned["first"]), (&"fail".into(), &"yaw".into()));
}

#[test]
fn why_nothing_was_measured_is_said_in_both_languages() {
    // Where the number of faces does not decide, what cannot be measured without one face does.
    let run = |more: &[&str]| {
        let pictures = [path("captures/v31_two.jpg"), path("captures/v32_nobody.jpg")];
        let args = ["check", &pictures[0], &pictures[1], "--set", "face_count.required=false"];
        photogate(&[&args[..], more].concat())
    };
    for (language, two, none) in [
        ("zh", "睁眼: 未测出，画面里有 2 张人脸，不知道该测哪一张\n", "睁眼: 未测出，没找到人脸\n"),
        (
            "en",
            "Eyes open: not measured, 2 faces were found, so it is not clear whose to measure\n",
            "Eyes open: not measured, no face was found\n",
        ),
        (
            "both",
            "睁眼 Eyes open: not measured, 画面里有 2 张人脸，不知道该测哪一张 2 faces were found, ",
            "睁眼 Eyes open: not measured, 没找到人脸 no face was found\n",
        ),
    ] {
        let out = text(&run(&["--lang", language]).stdout);
        assert!(out.contains(two) && out.contains(none), "{out}");
    }
    let chinese = |s: &Value| s.as_str().unwrap().chars().any(|c| c > '\u{4e00}');
    for r in records(&run(&["--format", "ndjson"])) {
        let findings = r["findings"].as_array().unwrap();
        let unread: Vec<&Value> =
            findings.iter().filter(|f| f["outcome"] == "not_assessed").collect();
        assert!(unread.len() > 20, "{unread:?}");
        for f in unread {
            assert!(!chinese(&f["unreadable"]) && chinese(&f["unreadable_zh"]), "{f}");
        }
    }
}

#[test]
fn broken_files_are_error_records_and_the_batch_goes_on() {
    let output =
        photogate(&["check", &path("broken"), &path("captures/c01.jpg"), "--format", "ndjson"]);
    assert_eq!(output.status.code(), Some(2));
    let records = records(&output);
    let files = std::fs::read_dir(fixture("broken")).unwrap().count();
    assert_eq!(records.len(), files + 1);
    for r in &records[..files] {
        assert_eq!(r["verdict"], "error", "{}", r["id"]);
        let (reason, name) = (r["error"].as_str().unwrap(), r["id"].as_str().unwrap());
        assert!(
            reason.contains(name) && reason.len() > name.len() + 10 && !reason.contains('\n'),
            "{reason}"
        );
        assert!(r.get("findings").is_none(), "an unreadable file has no findings");
    }
    assert_eq!(records[files]["verdict"], "pass");
}

#[test]
fn every_format_is_judged() {
    let output = photogate(&["check", &path("formats"), "--format", "ndjson"]);
    let files = std::fs::read_dir(fixture("formats")).unwrap().count();
    assert_eq!(records(&output).len(), files);
    for r in records(&output) {
        assert_ne!(r["verdict"], "error", "{}: {}", r["id"], r["error"]);
    }
}

#[test]
fn a_list_on_standard_input_is_checked_in_its_order() {
    let list = format!("{}\n{}\n", path("captures/c02.jpg"), path("captures/c01.jpg"));
    let mut command = Command::cargo_bin("photogate").unwrap();
    let output =
        command.args(["check", "-", "--format", "ndjson"]).write_stdin(list).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let ids: Vec<Value> = records(&output).into_iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids, [path("captures/c02.jpg"), path("captures/c01.jpg")]);
}

#[test]
fn out_writes_the_records_once_and_never_over_others() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/run").to_string_lossy().into_owned();
    let args = ["check", &path("captures/c01.jpg"), "--out", &out];
    assert_eq!(photogate(&args).status.code(), Some(0));
    let written = std::fs::read_to_string(Path::new(&out).join("findings.ndjson")).unwrap();
    assert_eq!(written.lines().count(), 1);
    let again = photogate(&args);
    assert_eq!(again.status.code(), Some(64));
    assert!(text(&again.stderr).contains("--force"));
    assert_eq!(photogate(&[&args[..], &["--force"]].concat()).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn inputs_are_never_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("c01.jpg");
    std::fs::copy(fixture("captures/c01.jpg"), &copy).unwrap();
    let before =
        (std::fs::read(&copy).unwrap(), std::fs::metadata(&copy).unwrap().modified().unwrap());
    photogate(&["check", &folder.path().to_string_lossy()]);
    assert_eq!(
        before,
        (std::fs::read(&copy).unwrap(), std::fs::metadata(&copy).unwrap().modified().unwrap())
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn wrong_usage_is_64_with_one_clear_message() {
    for (args, said) in [
        (vec!["check"], "required"),
        (vec!["check", "x", "--workers", "0"], "0 is not in"),
        (vec!["check", "x", "--profile", "no-such"], "chsi-degree"),
        (vec!["explain", "no_such"], "no check called `no_such`"),
        (vec!["profiles", "show", "nope.toml"], "nope.toml"),
        (vec!["fly"], "fly"),
    ] {
        let output = photogate(&args);
        assert_eq!(output.status.code(), Some(64), "{args:?}");
        assert!(text(&output.stderr).contains(said), "{args:?}: {}", text(&output.stderr));
        assert_eq!(output.stdout, b"");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(photogate(&["check", &empty.path().to_string_lossy()]).status.code(), Some(64));
}

#[test]
fn a_missing_file_is_unreadable_not_wrong_usage() {
    let output = photogate(&["check", "no/such/photo.jpg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("no/such/photo.jpg: could not be read"));
}

#[test]
fn explain_profiles_and_doctor_tell_what_there_is() {
    let all = text(&photogate(&["explain"]).stdout);
    for check in photogate::check::ALL {
        assert!(all.contains(check.id) && all.contains(check.title.zh));
        let one = text(&photogate(&["explain", check.id, "--lang", "zh"]).stdout);
        assert!(one.contains(check.method.zh) && !one.contains(check.method.en), "{one}");
    }
    assert!(text(&photogate(&["profiles"]).stdout).contains("教毕指〔2017〕99号"));
    let shown = text(&photogate(&["profiles", "show", "chsi-degree"]).stdout);
    assert!(shown.contains("[limits.yaw]") && shown.contains("clause"), "{shown}");
    let doctor = text(&photogate(&["doctor"]).stdout);
    for model in photogate::model::SHIPPED {
        assert!(doctor.contains(model.sha256()), "{doctor}");
    }
    let embedded = text(&photogate(&["doctor", "--engine", "tract"]).stdout);
    assert!(
        embedded.contains("engine     tract") && embedded.contains("pip install onnxruntime"),
        "{embedded}"
    );
}

#[test]
fn a_library_that_is_no_onnx_runtime_is_one_clear_error() {
    let output = photogate(&["doctor", "--onnxruntime", "/no/such/lib.so"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/no/such/lib.so"));
}

#[test]
fn inspect_draws_what_is_seen_and_overwrites_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("seen");
    let (one, two) = (path("captures/c01.jpg"), path("captures/v31_two.jpg"));
    let run = |more: &[&str]| {
        let to = out.to_string_lossy();
        photogate(&[&["inspect", &one, &two, "--matte", "--out", &to], more].concat())
    };
    let first = run(&[]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    // A file is written under its own path as it was given.
    let below = out.join(fixture("captures").strip_prefix("/").unwrap());
    let drawn = image::open(below.join("c01.jpg.seen.jpg")).unwrap();
    assert!(drawn.width() > 720, "the photo and a panel beside it");
    let matte = image::open(below.join("c01.jpg.matte.png")).unwrap().into_luma8();
    assert_eq!(matte.dimensions(), (720, 960));
    assert_eq!((matte.get_pixel(5, 5).0[0], matte.get_pixel(360, 400).0[0]), (0, 255));
    let seen = std::fs::read(below.join("c01.jpg.seen.json")).unwrap();
    let seen: Value = serde_json::from_slice(&seen).unwrap();
    let person = &seen["person"];
    assert!(person["silhouette"].as_array().unwrap().len() > 100);
    assert!(person["neck"].as_array().unwrap().len() > 10);
    assert!(person["gaze"]["beside"].as_f64().unwrap().abs() < 3.0);
    assert!(person["gaze"]["error"].as_f64().unwrap() > 0.0);
    assert_eq!(person["regions"]["left_ear"].as_array().unwrap().len(), 4);
    assert!(person["regions"]["glasses"].is_null(), "nobody wears any");
    assert!(person["rims"]["left"]["covered"].as_f64().unwrap() < 3.0);
    assert!(person["lids"]["left"]["ratio"].as_f64().unwrap() > 0.2);
    assert!(person["lids"]["left"]["error"].as_f64().unwrap() > 0.0);
    for part in ["background", "garment", "skin"] {
        let outlines = person["regions"][part].as_array().unwrap();
        assert!(outlines.iter().any(|o| o.as_array().unwrap().len() > 30), "{part}");
    }
    let shares = person["parts"].as_object().unwrap().values();
    assert!((shares.map(|v| v.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 0.01);
    // Two people: whose matte would it be?
    assert!(below.join("v31_two.jpg.seen.jpg").exists());
    assert!(!below.join("v31_two.jpg.matte.png").exists());
    let again = run(&[]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--force"));
    assert_eq!(run(&["--force"]).status.code(), Some(0));
}
