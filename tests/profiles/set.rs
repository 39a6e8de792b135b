//! `--set`: single limits changed on the command line.

use photogate::profile::{Profile, Stage, parse, parse_set, with};
use photogate::verdict::{Accept, Band};
use serde_json::Value;

use super::{HEAD, fixture, photogate, text};

const LIMITS: &str = "[limits.yaw]\npass = { min = -8, max = 8 }\nreview = { min = -12, max = 12 }\nclause = 'c'\n\
    [limits.pixel_width]\npass = { min = 480 }\nclause = 'c'\n\
    [finished.limits.pixel_width]\npass = { min = 480, max = 480 }\nclause = 'f'\n\
    [finished.limits.dpi]\npass = { min = 300 }\nclause = 'f'\n\
    [limits.file_format]\none_of = ['JPEG']\nclause = 'c'\n";

fn profile() -> Profile {
    parse("t", &format!("name = 't'\n{HEAD}{LIMITS}")).unwrap()
}

fn set(stage: Stage, sets: &[&str]) -> Result<Profile, String> {
    let sets: Result<Vec<_>, _> = sets.iter().map(|s| parse_set(s)).collect();
    with(profile(), stage, &sets?).map_err(|e| e.to_string())
}

fn bands(profile: &Profile, stage: Stage, id: &str) -> [Option<f64>; 4] {
    let Accept::Range { pass, review } = profile.limits(stage)[id].accept else { panic!() };
    let ends = |b: Band| [b.min, b.max];
    let [[a, b], [c, d]] = [ends(pass), ends(review)];
    [a, b, c, d]
}

#[test]
fn an_end_is_changed_and_the_review_band_goes_with_it_where_it_must() {
    let yaw = |sets: &[&str]| bands(&set(Stage::Capture, sets).unwrap(), Stage::Capture, "yaw");
    let n = Some;
    assert_eq!(yaw(&["yaw.pass.max=10"]), [n(-8.0), n(10.0), n(-12.0), n(12.0)]);
    assert_eq!(yaw(&["yaw.pass.max=15"]), [n(-8.0), n(15.0), n(-12.0), n(15.0)]);
    assert_eq!(yaw(&["yaw.pass.min=open"]), [None, n(8.0), None, n(12.0)]);
    assert_eq!(
        yaw(&["yaw.pass.max=15", "yaw.review.max=20"]),
        [n(-8.0), n(15.0), n(-12.0), n(20.0)]
    );
    // Where nothing lay between pass and fail, nothing does afterwards.
    let wide = set(Stage::Capture, &["pixel_width.pass.min=600"]).unwrap();
    assert_eq!(bands(&wide, Stage::Capture, "pixel_width"), [n(600.0), None, n(600.0), None]);
}

#[test]
fn the_stage_that_is_judged_is_changed_and_a_capture_s_change_is_inherited() {
    let capture = set(Stage::Capture, &["yaw.pass.max=10", "pixel_width.pass.min=600"]).unwrap();
    assert_eq!(capture.capture["yaw"], capture.finished["yaw"]);
    let own = bands(&capture, Stage::Finished, "pixel_width");
    assert_eq!(own, [Some(480.0); 4], "the finished stage has its own");
    let finished = set(Stage::Finished, &["yaw.pass.max=10"]).unwrap();
    assert_eq!(finished.capture, profile().capture);
    assert_eq!(bands(&finished, Stage::Finished, "yaw")[1], Some(10.0));
}

#[test]
fn records_can_tell_that_it_was_changed() {
    let plain = profile();
    let changed = set(Stage::Capture, &["yaw.required=false"]).unwrap();
    assert_eq!((&changed.name[..], changed.capture["yaw"].required), ("t+set", false));
    assert_ne!(changed.sha256, plain.sha256);
    let clause = &changed.capture["yaw"].clause;
    assert!(clause.contains("--set required=false") && clause.ends_with("before: c"), "{clause}");
    let unchanged = set(Stage::Capture, &[]).unwrap();
    assert_eq!((unchanged.name, unchanged.sha256), (plain.name, plain.sha256));
    // A check that had no limit gets one.
    let new = set(Stage::Capture, &["roll.pass.max=5"]).unwrap();
    assert_eq!(bands(&new, Stage::Finished, "roll"), [None, Some(5.0), None, Some(5.0)]);
    let both = set(Stage::Capture, &["roll.required=false", "roll.pass.max=5"]).unwrap();
    assert!(!both.capture["roll"].required, "what says what passes makes it, wherever it stands");
}

#[test]
fn what_a_file_may_not_say_a_command_line_may_not_either() {
    let refused = |sets: &[&str]| set(Stage::Capture, sets).unwrap_err();
    for (sets, said) in [
        (vec!["yaw"], "CHECK.KEY=VALUE"),
        (vec!["yaw=3"], "CHECK.KEY=VALUE"),
        (vec!["yawn.pass.max=3"], "no check called `yawn`"),
        (vec!["yaw.pass.maxi=3"], "no key `pass.maxi`"),
        (vec!["yaw.pass.max=three"], "`three` is no number"),
        (vec!["yaw.pass.max=inf"], "finite"),
        (vec!["yaw.required=perhaps"], "neither true nor false"),
        (vec!["yaw.pass.min=9"], "min lie below"),
        (vec!["yaw.pass.max=15", "yaw.review.max=14"], "contain"),
        (vec!["yaw.one_of=JPEG"], "either"),
        (vec!["file_format.one_of=JPG"], "`JPG`"),
        (vec!["file_format.pass.min=1"], "either"),
        (vec!["roll.required=true"], "`t` has no limit of `roll` for a capture, so"),
        (vec!["roll.review.max=9"], "set roll.pass.min or pass.max to give it one"),
        (vec!["file_extension.required=false"], "set file_extension.one_of to give it one"),
        (vec!["dpi.required=false"], "(a finished file has one: --stage finished)"),
    ] {
        let reason = refused(&sets);
        assert!(reason.contains(said), "{sets:?}: {reason}");
    }
    assert!(set(Stage::Capture, &["file_format.one_of=JPEG, PNG"]).is_ok());
}

#[test]
fn check_and_show_take_it() {
    let turned = fixture("captures/v20_yaw20.jpg");
    let run = |more: &[&str]| {
        let args = ["check", &turned, "--format", "ndjson"];
        let output = photogate(&[&args[..], more].concat());
        serde_json::from_str::<Value>(&text(&output.stdout)).unwrap()
    };
    let outcome = |r: &Value| {
        let findings = r["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|f| f["check"] == "yaw").unwrap()["outcome"].clone()
    };
    let (plain, wide) = (run(&[]), run(&["--set", "yaw.pass.max=30"]));
    assert_eq!((outcome(&plain), outcome(&wide)), ("fail".into(), "pass".into()));
    assert_eq!(wide["profile"]["name"], "chsi-degree+set");
    assert_ne!(plain["profile"]["sha256"], wide["profile"]["sha256"]);
    let shown = photogate(&[
        "profiles",
        "show",
        "chsi-degree",
        "--set",
        "file_size.pass.max=39",
        "--stage",
        "finished",
    ]);
    let again = parse("shown", &text(&shown.stdout)).unwrap();
    assert_eq!(again.name, "chsi-degree+set");
    assert_eq!(bands(&again, Stage::Finished, "file_size")[1], Some(39.0));
    for wrong in ["yaw.pass.max", "yaw.pass.min=90", "nose.pass.max=1"] {
        let output = photogate(&["check", &turned, "--set", wrong]);
        assert_eq!(output.status.code(), Some(64), "{wrong}");
        assert!(text(&output.stderr).contains("--set"), "{}", text(&output.stderr));
    }
}
