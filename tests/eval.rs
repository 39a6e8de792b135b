//! `photogate eval` as an admin meets it, on the rendered captures whose truth is known.

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use common::fixture;
use serde_json::Value;

/// The decisions that come with the captures: `photogate eval fixtures/captures --decisions` them.
const DECISIONS: &str = "decisions.csv";

/// What a fair person would decide of a render whose specification is known. Where nobody or more
/// than one is in the picture, a face's checks are left open.
fn decide(truth: &Value) -> Vec<(&'static str, &'static str)> {
    let spec = &truth["spec"];
    let tagged = |tag: &str| spec["tags"].as_array().unwrap().iter().any(|t| t == tag);
    let turned = |axis: usize| spec["head"][axis].as_f64().unwrap().abs() > 5.0;
    let fault = |is: bool| if is { "fail" } else { "pass" };
    let alone = truth["persons"] == 1;
    let of_face = |is: bool| if alone { fault(is) } else { "unknown" };
    vec![
        ("face_count", fault(!alone)),
        ("eyes_open", of_face(tagged("eyes_closed"))),
        ("lips_closed", of_face(tagged("teeth_smile") || tagged("mouth_open"))),
        ("yaw", of_face(turned(0))),
        ("pitch", of_face(turned(1))),
        ("roll", of_face(turned(2))),
        ("sharpness", of_face(tagged("blurred"))),
        ("exposure", of_face(tagged("underexposed") || tagged("overexposed"))),
        ("split_light", of_face(tagged("split_light"))),
        ("inter_ocular_distance", of_face(tagged("head_too_small"))),
        ("verdict", fault(!tagged("compliant"))),
    ]
}

fn truths() -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(fixture("captures")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let read = |file: PathBuf| {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(fixture(&format!("truth/{stem}.json"))).unwrap();
        (
            file.file_name().unwrap().to_string_lossy().into_owned(),
            serde_json::from_str(&text).unwrap(),
        )
    };
    files.into_iter().map(read).collect()
}

fn wide() -> String {
    let mut text = String::new();
    for (file, truth) in truths() {
        let decisions = decide(&truth);
        if text.is_empty() {
            let checks: Vec<&str> = decisions.iter().map(|(check, _)| *check).collect();
            text = format!("file,{}\n", checks.join(","));
        }
        let words: Vec<&str> = decisions.iter().map(|(_, decision)| *decision).collect();
        text += &format!("{file},{}\n", words.join(","));
    }
    text
}

fn long() -> String {
    let rows = truths().into_iter().flat_map(|(file, truth)| {
        let row = move |(check, decision)| format!("{file},{check},{decision}\n");
        decide(&truth).into_iter().map(row).collect::<Vec<_>>()
    });
    "file,check,decision\n".to_owned() + &rows.collect::<String>()
}

/// A folder of its own for each test, with the file of decisions in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn with(decisions: impl AsRef<[u8]>) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("d.csv"), decisions).unwrap();
        Desk { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `photogate eval INPUT... --decisions d.csv --out out MORE...`
    fn eval(&self, inputs: &[PathBuf], more: &[&str]) -> Output {
        let mut command = Command::cargo_bin("photogate").unwrap();
        command.arg("eval").args(inputs).arg("--decisions").arg(self.path("d.csv"));
        command.arg("--out").arg(self.path("out")).args(more).output().unwrap()
    }

    fn json(&self) -> Value {
        let text = std::fs::read_to_string(self.path("out/eval.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A CSV file that was written, with its byte order mark taken off.
    fn csv(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path("out").join(name)).unwrap();
        text.strip_prefix('\u{feff}').expect("a byte order mark, for Excel").to_owned()
    }
}

fn captures(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|n| fixture(&format!("captures/{n}.jpg"))).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["checks"].as_array().unwrap().iter().find(|c| c["check"] == id).unwrap()
}

/// Evaluate a few captures; what cannot be used is refused with this exit code.
fn refused(decisions: impl AsRef<[u8]>, inputs: &[PathBuf]) -> String {
    let desk = Desk::with(decisions);
    let output = desk.eval(inputs, &[]);
    assert_eq!(output.status.code(), Some(64), "{}", text(&output.stdout));
    assert_eq!(output.stdout, b"");
    assert!(!desk.path("out").exists(), "nothing is written");
    let said = text(&output.stderr);
    assert!(said.contains("d.csv") && said.trim_end().lines().count() == 1, "{said}");
    said
}

#[test]
fn the_decisions_that_come_with_the_captures_are_their_truth() {
    let file = fixture(DECISIONS);
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&file, wide()).unwrap();
    }
    let is = std::fs::read_to_string(&file).unwrap();
    assert!(is == wide(), "UPDATE_FIXTURES=1 cargo test --test eval writes it anew");
}

#[test]
fn both_forms_give_the_same_report_with_and_without_a_byte_order_mark() {
    let wide = Desk::with("\u{feff}".to_owned() + &wide().replace('\n', "\r\n"));
    let long = Desk::with(long());
    let outputs = [&wide, &long].map(|desk| desk.eval(&[fixture("captures")], &[]));
    for output in &outputs {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    assert_eq!(text(&outputs[0].stdout), text(&outputs[1].stdout));
    for name in ["eval.csv", "pictures.csv"] {
        assert_eq!(wide.csv(name), long.csv(name));
    }
    assert_eq!(wide.json()["checks"], long.json()["checks"]);

    // The renders were made so that most checks tell them apart.
    let report = wide.json();
    let yaw = check(&report, "yaw");
    assert_eq!(yaw["person"]["fail"], 2);
    assert_eq!((&yaw["false_pass"]["count"], &yaw["false_pass"]["of"]), (&0.into(), &2.into()));
    assert_eq!(yaw["false_fail"]["count"], 0);
    let sides = yaw["sides"].as_array().unwrap();
    let fails: Vec<_> = sides.iter().map(|s| (&s["side"], &s["person_fail"])).collect();
    assert_eq!(fails, [(&"low".into(), &1.into()), (&"high".into(), &1.into())]);
    for side in sides {
        assert_eq!(side["eer"]["rate"], 0.0);
        assert_eq!(side["suggested"]["person_fail_needed"], 149, "one fail proves little");
        assert_eq!(side["suggested"]["false_pass_at_most"], 0.95);
    }
    // Its unknown decisions: nobody and two people.
    assert_eq!(yaw["person"]["unknown"], 2);

    // pictures.csv is a file of decisions itself.
    let again = Desk::with(wide.csv("pictures.csv"));
    assert_eq!(again.eval(&[fixture("captures")], &[]).status.code(), Some(0));
    assert_eq!(again.json()["checks"], report["checks"]);
}

#[test]
fn capitals_and_the_separators_of_spreadsheets_change_nothing() {
    let some = captures(&["c01", "v20_yaw20"]);
    let evaluated = |decisions: &str| {
        let desk = Desk::with(decisions);
        let output = desk.eval(&some, &[]);
        assert_eq!(output.status.code(), Some(0), "{decisions:?}: {}", text(&output.stderr));
        desk.json()["checks"].clone()
    };
    let plain = evaluated("file,check,decision\nc01,yaw,pass\nv20_yaw20,yaw,fail\n");
    for decisions in [
        "File,Check,Decision\nc01,Yaw,PASS\nv20_yaw20,YAW,Fail\n",
        "\u{feff}file;check;decision\r\nc01;yaw;pass\r\nv20_yaw20;yaw;fail\r\n",
        "FILE\tYaw\nc01\tpass\nv20_yaw20\tfail\n",
    ] {
        assert_eq!(evaluated(decisions), plain, "{decisions:?}");
    }
}

#[test]
fn the_terminal_says_what_was_wrong_and_which_limits_would_do() {
    let decisions =
        "file,yaw,verdict\nc01,pass,pass\nc02,pass,\nv20_yaw20,fail,fail\nc03,fail,pass\n";
    let desk = Desk::with(decisions);
    let output = desk.eval(&captures(&["c01", "c02", "c03", "v20_yaw20"]), &["--lang", "en"]);
    let out = text(&output.stdout);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{out}");
    for words in [
        "4 pictures, 8 decisions of a person",
        "1/2", // false passes of yaw: c03
        "false pass  ",
        "c03.jpg",
        "limit -8…8°",
        "Suggested limits, for at most 2% false passes",
        "Too few fails to trust it",
        "149 fails without a false pass",
    ] {
        assert!(out.contains(words), "{words:?} is not in\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "a pipe gets no colours");
    let zh = text(
        &desk
            .eval(&captures(&["c01", "c02", "c03", "v20_yaw20"]), &["--lang", "zh", "--force"])
            .stdout,
    );
    assert!(zh.contains("误放") && zh.contains("头部侧转") && zh.contains("建议限值"), "{zh}");
}

#[test]
fn pictures_that_are_missing_unreadable_or_without_a_decision_are_told() {
    let decisions =
        "file,check,decision\nc01.jpg,yaw,pass\ngone.jpg,yaw,fail\ntruncated.jpg,yaw,fail\n";
    let inputs = [captures(&["c01", "c02"]), vec![fixture("broken/truncated.jpg")]].concat();
    let desk = Desk::with(decisions);
    let output = desk.eval(&inputs, &[]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(out.contains("gone.jpg (line 3)") && out.contains("truncated.jpg: damaged"), "{out}");
    let report = desk.json();
    assert_eq!((&report["pictures"], &report["pictures_without_decision"]), (&1.into(), &1.into()));
    assert_eq!(report["missing"][0]["file"], "gone.jpg");
    assert_eq!(report["missing"][0]["decisions"]["yaw"], "fail");
    assert_eq!(report["unreadable"][0]["decisions"]["yaw"], "fail");
    assert_eq!(check(&report, "yaw")["person"]["fail"], 0, "they are not counted");
    let pictures = desk.csv("pictures.csv");
    assert!(pictures.contains("gone.jpg,yaw,fail,,missing"), "{pictures}");
    assert!(pictures.contains("truncated.jpg,yaw,fail,,unreadable"), "{pictures}");

    let missing_only = Desk::with("file,yaw\nc01,pass\ngone,fail\n");
    assert_eq!(missing_only.eval(&captures(&["c01"]), &[]).status.code(), Some(1));
}

#[test]
fn a_path_that_does_not_exist_is_told_also_where_no_decision_is_on_it() {
    let lost = ["lost.jpg", "lost folder"].map(|name| fixture("captures").join(name));
    let desk = Desk::with("file,check,decision\nc01.jpg,yaw,pass\n");
    let output = desk.eval(&[captures(&["c01", "c02"]), lost.to_vec()].concat(), &["--lang", "en"]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(out.contains("2 could not be read:\n"), "{out}");
    assert!(out.contains("no decision: 1 more picture of the input"), "{out}");
    let (report, pictures) = (desk.json(), desk.csv("pictures.csv"));
    assert_eq!((&report["pictures"], &report["pictures_without_decision"]), (&1.into(), &1.into()));
    for (path, unreadable) in lost.iter().zip(report["unreadable"].as_array().unwrap()) {
        let path = path.to_str().unwrap();
        assert!(out.contains(&format!("{path}: could not be read: ")), "{out}");
        assert_eq!(unreadable["file"], path);
        assert!(unreadable["error"].as_str().unwrap().contains("could not be read"));
        assert_eq!(unreadable["decisions"], serde_json::json!({}));
        assert!(pictures.contains(&format!("{path},,,,unreadable,")), "{pictures}");
    }
    // Given back, pictures.csv still is the one decision that it was made from.
    let again = Desk::with(&pictures);
    assert_eq!(again.eval(&captures(&["c01"]), &[]).status.code(), Some(0));
    assert_eq!(again.json()["checks"], report["checks"]);
}

#[test]
fn where_nothing_else_was_given_a_path_that_does_not_exist_is_what_is_told() {
    let desk = Desk::with("file,yaw\nc01.jpg,pass\n");
    let lost = fixture("captures").join("lost folder");
    let output = desk.eval(std::slice::from_ref(&lost), &["--lang", "en"]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}{}", text(&output.stderr));
    assert!(out.contains(&format!("{}: could not be read", lost.display())), "{out}");
    assert!(out.contains("c01.jpg (line 2)") && !out.contains("equal error"), "{out}");
    let report = desk.json();
    assert_eq!((&report["pictures"], &report["pictures_without_decision"]), (&0.into(), &0.into()));
    assert_eq!(report["unreadable"].as_array().unwrap().len(), 1);
}

#[test]
fn readings_that_are_too_unsure_for_a_limit_are_counted_on_the_terminal() {
    let desk =
        Desk::with("file,expression,file_format\nc01,pass,pass\nc02,fail,pass\nc03,fail,pass\n");
    // No mouth of a turned head is read with full confidence, and no head is turned by exactly nothing.
    let strict = desk.path("strict.toml");
    std::fs::write(&strict, "name = 'strict'\nextends = 'chsi-degree'\nmin_confidence = 1.0\n")
        .unwrap();
    let some = captures(&["c01", "c02", "c03"]);
    let eval = |more: &[&str]| {
        let profile = ["--profile", strict.to_str().unwrap()];
        text(&desk.eval(&some, &[&profile, more].concat()).stdout)
    };
    let out = eval(&["--lang", "en"]);
    assert!(out.contains("Unsure readings (confidence below 1)"), "{out}");
    assert!(out.contains("\n  expression (pass 1, fail 2)\n"), "{out}");
    let report = desk.json();
    let expression = check(&report, "expression");
    assert_eq!(expression["unsure"], 3);
    assert_eq!(check(&report, "file_format")["unsure"], 0);
    assert!(expression["sides"].as_array().unwrap().iter().all(|s| s["eer"].is_null()));
    assert!(desk.csv("eval.csv").contains("\nexpression,,1,2,0,0,3,"), "{}", desk.csv("eval.csv"));
    let zh = eval(&["--lang", "zh", "--force"]);
    assert!(zh.contains("没把握的读数") && zh.contains("（合格 1、不合格 2）"), "{zh}");
    let sure = text(&desk.eval(&some, &["--lang", "en", "--force"]).stdout);
    assert!(!sure.contains("Unsure"), "{sure}");
}

#[test]
fn what_could_not_be_measured_is_counted_as_that() {
    let desk = Desk::with("file,yaw\nv32_nobody,fail\nc01,pass\n");
    assert_eq!(desk.eval(&captures(&["v32_nobody", "c01"]), &[]).status.code(), Some(0));
    let report = desk.json();
    let yaw = check(&report, "yaw");
    assert_eq!(yaw["not_measured"], 1);
    assert_eq!(yaw["program"]["person_fail"]["not_assessed"], 1);
    assert_eq!((&yaw["review"]["count"], &yaw["review"]["of"]), (&1.into(), &2.into()));
    assert_eq!(yaw["sides"][0]["no_suggestion"], "no_fails", "it has no reading to go by");
    let pictures = desk.csv("pictures.csv");
    assert!(pictures.contains("yaw,fail,not_assessed,review,,°,,,no face"), "{pictures}");
}

#[test]
fn a_check_without_a_fail_has_no_false_pass_rate_and_no_suggestion() {
    let desk = Desk::with("file,yaw,file_format,dpi\nc01,pass,pass,pass\nc02,pass,pass,pass\n");
    let output = desk.eval(&captures(&["c01", "c02"]), &["--lang", "en"]);
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    assert!(
        out.contains("no usable reading of a picture that a person failed:\n  yaw low, yaw high"),
        "{out}"
    );
    let report = desk.json();
    let yaw = check(&report, "yaw");
    assert!(yaw["false_pass"].is_null() && yaw["sides"][0]["eer"].is_null());
    assert_eq!(yaw["false_fail"]["of"], 2);
    // For these two a capture has no limit.
    assert!(check(&report, "dpi")["limit"].is_null());
    assert!(check(&report, "file_format")["sides"].as_array().unwrap().is_empty());
    assert!(desk.csv("pictures.csv").contains("file_format,pass,,not_judged,JPEG,"));
}

#[test]
fn decisions_that_cannot_be_used_are_refused_with_line_and_reason() {
    let some = captures(&["c01", "c02"]);
    for (decisions, words) in [
        ("file,check,decision\nc01,yawn,pass\n", ["line 2", "no check called `yawn`"]),
        ("file,yawn\nc01,pass\n", ["line 1", "no check called `yawn`"]),
        ("file,yaw\nc01,yes\n", ["line 2", "`yes` is no decision"]),
        ("file,yaw\nc01,pass\nc01.jpg,fail\n", ["lines 2 and 3", "disagree on `yaw` of c01.jpg"]),
        ("picture,yaw\nc01,pass\n", ["line 1", "no column `file`"]),
        ("file,yaw\ngone,pass\n", ["none of its 1 pictures", "gone"]),
        ("", ["line 1", "`file`"]),
    ] {
        let said = refused(decisions, &some);
        assert!(words.iter().all(|w| said.contains(w)), "{decisions:?}: {said}");
    }
    assert!(refused(b"file,yaw\n\xd5\xd5,pass\n", &some).contains("CSV UTF-8"));
}

#[test]
fn a_name_that_two_pictures_answer_to_is_refused_with_both() {
    let desk = Desk::with("file,yaw\nc01.jpg,pass\n");
    for class in ["class1", "class2"] {
        std::fs::create_dir_all(desk.path("in").join(class)).unwrap();
        std::fs::copy(fixture("captures/c01.jpg"), desk.path("in").join(class).join("c01.jpg"))
            .unwrap();
    }
    let output = desk.eval(&[desk.path("in")], &[]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("class1/c01.jpg or ") && said.contains("class2/c01.jpg"), "{said}");
    std::fs::write(desk.path("d.csv"), "file,yaw\nclass1/c01,pass\nclass2\\c01.jpg,pass\n")
        .unwrap();
    assert_eq!(desk.eval(&[desk.path("in")], &[]).status.code(), Some(0));
    assert_eq!(desk.json()["pictures"], 2);
}

#[test]
fn files_are_written_whole_once_and_the_same_for_any_number_of_workers() {
    let desk = Desk::with(std::fs::read(fixture(DECISIONS)).unwrap());
    let some = captures(&["c01", "c02", "c03", "v20_yaw20", "v40_yaw_m14"]);
    let names = ["eval.csv", "eval.json", "pictures.csv"];
    let read = |folder: &Path| names.map(|n| std::fs::read(folder.join(n)).unwrap());
    assert_eq!(desk.eval(&some, &["--workers", "1"]).status.code(), Some(1));
    let first = read(&desk.path("out"));
    let again = desk.eval(&some, &[]);
    assert_eq!(again.status.code(), Some(64));
    assert!(text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    assert_eq!(desk.eval(&some, &["--workers", "2", "--force"]).status.code(), Some(1));
    assert!(first == read(&desk.path("out")), "1 and 2 workers write the same bytes");
    let mut there: Vec<_> =
        std::fs::read_dir(desk.path("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, names, "no temporary file is left");
}

#[test]
fn a_wanted_rate_is_a_share() {
    let desk = Desk::with("file,yaw\nc01,pass\n");
    for wrong in ["2", "-0.1", "two", "NaN"] {
        let output = desk.eval(&captures(&["c01"]), &[&format!("--false-pass={wrong}")]);
        assert_eq!(output.status.code(), Some(64), "{wrong}");
        assert!(text(&output.stderr).contains("0.02 for 2 %"), "{}", text(&output.stderr));
    }
}
