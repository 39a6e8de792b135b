//! `extends`, `drop` and `wording`.

use std::path::PathBuf;

use photogate::check;
use photogate::judge::judge;
use photogate::profile::{Profile, Stage, to_toml};
use photogate::verdict::{Accept, Reading};

use super::HEAD;

/// Files of a test, in a folder of their own.
struct Files(tempfile::TempDir);

impl Files {
    fn of(files: &[(&str, &str)]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        path.to_string_lossy().into_owned()
    }

    fn load(&self, name: &str) -> Profile {
        Profile::load(&self.path(name)).unwrap()
    }

    fn refused(&self, name: &str) -> String {
        Profile::load(&self.path(name)).unwrap_err().to_string()
    }
}

const PARENT: &str = "[limits.yaw]\npass = { max = 3 }\nreview = { max = 9 }\nrequired = false\nclause = 'p'\n\
    [limits.roll]\npass = { max = 5 }\nclause = 'p'\n\
    [finished.limits.roll]\npass = { max = 4 }\nclause = 'pf'\n\
    [finished.limits.dpi]\npass = { min = 300 }\nclause = 'pf'\n\
    [wording.yaw]\nhigh = { zh = '歪', en = 'askew' }\nlow = { zh = '斜', en = 'aslant' }\n";

fn parent() -> String {
    format!("name = 'p'\n{HEAD}{PARENT}")
}

fn child(lines: &str) -> Files {
    let child = format!("name = 'c'\nextends = '../p.toml'\n{lines}");
    Files::of(&[("p.toml", &parent()), ("sub/c.toml", &child)])
}

fn said(profile: &Profile) -> (Vec<&str>, Vec<&str>) {
    (profile.capture.keys().copied().collect(), profile.finished.keys().copied().collect())
}

#[test]
fn a_child_has_all_of_its_parent_and_the_path_is_relative_to_its_file() {
    let files = child("");
    let (c, p) = (files.load("sub/c.toml"), files.load("p.toml"));
    assert_eq!((&c.name[..], &c.parents[..]), ("c", &["p".to_owned()][..]));
    assert_eq!((&c.capture, &c.finished, &c.title), (&p.capture, &p.finished, &p.title));
    assert_eq!((&c.wording, c.min_confidence), (&p.wording, 0.5));
    assert_ne!(c.sha256, p.sha256, "the name is part of what records can tell apart");
}

#[test]
fn a_limit_is_replaced_as_a_whole_and_title_and_source_one_by_one() {
    let files = child(
        "source = 'own'\n[limits.yaw]\npass = { max = 2 }\nclause = 'c'\n\
         [limits.roll]\npass = { max = 6 }\nclause = 'c'\n[limits.pitch]\npass = { max = 1 }\nclause = 'c'\n",
    );
    let c = files.load("sub/c.toml");
    assert_eq!((&c.title.1[..], &c.source[..]), ("one", "own"));
    let yaw = &c.capture["yaw"];
    assert!(yaw.required && yaw.clause == "c");
    let Accept::Range { pass, review } = &yaw.accept else { panic!() };
    assert_eq!(pass, review, "the parent's review band is gone");
    assert_eq!(c.finished["roll"].clause, "pf", "the finished stage keeps its own");
    assert_eq!(c.finished["pitch"], c.capture["pitch"]);
}

#[test]
fn drop_takes_away_from_both_stages_and_finished_drop_from_one() {
    let c = child("drop = ['roll', 'dpi']\n").load("sub/c.toml");
    assert_eq!(said(&c), (vec!["yaw"], vec!["yaw"]));
    let c = child("[finished]\ndrop = ['roll', 'yaw']\n").load("sub/c.toml");
    assert_eq!(said(&c), (vec!["roll", "yaw"], vec!["dpi"]));
    // What was dropped stays so further down, and in the profile written out.
    let again = photogate::profile::parse("again", &to_toml(&c)).unwrap();
    assert_eq!((said(&again), &again.sha256), (said(&c), &c.sha256));
    let own = "drop = ['roll']\n[finished.limits.roll]\npass = { max = 1 }\nclause = 'c'\n";
    assert_eq!(said(&child(own).load("sub/c.toml")), (vec!["yaw"], vec!["dpi", "roll", "yaw"]));
}

#[test]
fn the_hash_is_that_of_everything_it_comes_to() {
    let files = child("# a comment\n");
    let before = files.load("sub/c.toml").sha256;
    std::fs::write(files.path("p.toml"), parent().replace("max = 9", "max = 10")).unwrap();
    let after = files.load("sub/c.toml").sha256;
    assert_ne!(before, after, "the parent has changed");
    std::fs::write(files.path("p.toml"), parent() + "# so it was\n").unwrap();
    assert_eq!(files.load("sub/c.toml").sha256, before, "a comment changes nothing");
}

#[test]
fn what_cannot_be_inherited_is_a_clear_error() {
    let say = |lines: &str| child(lines).refused("sub/c.toml");
    assert!(say("drop = ['pitch']").contains("drop: there is no limit of `pitch`"));
    assert!(say("drop = ['pich']").contains("no check called `pich`"));
    assert!(say("[finished]\ndrop = ['pitch']").contains("finished.drop"));
    let both =
        "[finished]\ndrop = ['dpi']\n[finished.limits.dpi]\npass = { min = 1 }\nclause = 'c'";
    assert!(say(both).contains("dropped and given"));
    assert!(say("[wording.pitch]\nhigh = { zh = '一', en = 'x' }").contains("no limit of it"));
    assert!(say("drob = ['yaw']").contains("drob"));
    let files = Files::of(&[
        ("none.toml", "name = 'n'\nextends = 'nobody'\n"),
        ("gone.toml", "name = 'n'\nextends = 'gone/away.toml'\n"),
        ("bare.toml", "name = 'n'\nmin_confidence = 0.5\n"),
        (
            "names.toml",
            "name = 'n'\nextends = 'chsi-degree'\n[wording.file_format]\nlow = { zh = '一', en = 'x' }",
        ),
    ]);
    let none = files.refused("none.toml");
    assert!(none.contains("extends") && none.contains("chsi-degree"), "{none}");
    assert!(files.refused("gone.toml").contains("away.toml"));
    assert!(files.refused("bare.toml").contains("missing field `title`"));
    assert!(files.refused("names.toml").contains("never low"));
}

#[test]
fn a_circle_is_said_with_its_way() {
    let files = Files::of(&[
        ("a.toml", "name = 'a'\nextends = 'b.toml'\n"),
        ("b.toml", "name = 'b'\nextends = './a.toml'\n"),
        ("me.toml", "name = 'me'\nextends = 'me.toml'\n"),
    ]);
    let circle = files.refused("a.toml");
    assert!(circle.contains("circle") && circle.matches("a.toml").count() >= 2, "{circle}");
    assert!(circle.contains("b.toml"), "{circle}");
    assert!(files.refused("me.toml").contains("circle"));
}

#[test]
fn pixels_of_another_frame_are_not_inherited() {
    let frame = |lines: &str| {
        let frame = "[frame]\nwidth = 300\nheight = 400\ndpi = 300\n";
        Files::of(&[("c.toml", &format!("name = 'c'\nextends = 'chsi-degree'\n{lines}{frame}"))])
    };
    let refused = frame("").refused("c.toml");
    assert!(refused.contains("extended profile's frame"), "{refused}");
    let dropped: Vec<String> = Profile::load("chsi-degree")
        .unwrap()
        .capture
        .keys()
        .filter(|id| matches!(check::find(id).unwrap().measure, check::Measure::Framed(_)))
        .map(|id| format!("'{id}'"))
        .collect();
    // The file must be as large as the frame, too.
    let refused = frame(&format!("drop = [{}]\n", dropped.join(","))).refused("c.toml");
    assert!(refused.contains("frame: its 300") && refused.contains("pixel_width"), "{refused}");
    let all = format!("drop = [{}, 'pixel_width', 'pixel_height']\n", dropped.join(","));
    assert_eq!(frame(&all).load("c.toml").frame.unwrap().width, 300);
    // And of its shape.
    let tall = "[frame]\nwidth = 600\nheight = 800\ndpi = 300\n";
    let framed = "drop = ['centring', 'eye_line', 'head_height', 'head_top']\n";
    let tall = format!("name = 'c'\nextends = 'us-visa'\n{framed}{tall}");
    let refused = Files::of(&[("c.toml", &tall)]).refused("c.toml");
    assert!(refused.contains("frame: its 0.75") && refused.contains("aspect_ratio"), "{refused}");
    // The same frame at another enlargement keeps them.
    let same = "name = 'c'\nextends = 'chsi-degree'\n[frame]\nwidth = 480\nheight = 640\ndpi = 300\nenlarge = 1.2\n";
    assert_eq!(Files::of(&[("c.toml", same)]).load("c.toml").frame.unwrap().enlarge, 1.2);
}

#[test]
fn the_colour_of_a_background_that_stays_is_said_anew() {
    let kept = |lines: &str| {
        let background = "[background]\ncolours = [[255, 255, 255]]\nreplace = false\n";
        let own = format!("name = 'c'\nextends = 'chsi-degree'\n{lines}\n{background}");
        Files::of(&[("c.toml", &own)])
    };
    let refused = kept("").refused("c.toml");
    assert!(refused.contains("background: it is not replaced"), "{refused}");
    assert!(refused.contains("`background_colour`"), "{refused}");
    let limit = "limits.background_colour = { pass = { max = 9 }, clause = 'our own' }";
    assert!(kept(limit).load("c.toml").capture["background_colour"].required);
    let without = kept("drop = ['background_colour']").load("c.toml");
    assert!(!without.capture.contains_key("background_colour"));
    // Where it decides already it is inherited.
    let own = "name = 'c'\nextends = 'us-visa'\n[background]\ncolours = [[240, 240, 240]]\nreplace = false\n";
    assert!(Files::of(&[("c.toml", own)]).load("c.toml").capture["background_colour"].required);
}

#[test]
fn a_print_has_the_shape_of_its_pixels() {
    let print = |mm: &str| {
        let frame = format!("[frame]\nwidth = 480\nheight = 640\ndpi = 300\nprint = {mm}\n");
        Files::of(&[("c.toml", &format!("name = 'c'\nextends = 'chsi-degree'\n{frame}"))])
    };
    assert_eq!(print("[36, 48]").load("c.toml").frame.unwrap().print_mm(), [36.0, 48.0]);
    let refused = print("[33, 48]").refused("c.toml");
    assert!(refused.contains("33 x 48 mm has not the shape of 480 x 640 px"), "{refused}");
    assert!(print("[0.3, 0.4]").refused("c.toml").contains("1 to 1000 mm"));
}

#[test]
fn a_desk_may_say_a_reason_in_its_own_words() {
    let own = "[wording.yaw]\nhigh = { zh = '侧面拍', en = 'side view' }\n";
    let c = child(own).load("sub/c.toml");
    let reason = |value: f64, id: &str| {
        let measurement = (check::find(id).unwrap(), Ok(Reading::exact(value)));
        let verdict = judge(&[measurement], &c, Stage::Capture);
        let finding = verdict.findings.into_iter().find(|f| f.check == id).unwrap();
        let reason = finding.reason.map(|r| r.en);
        (reason, finding.fault.map(|f| f.code))
    };
    assert_eq!(reason(20.0, "yaw"), (Some("side view".to_owned()), Some("yaw_left")));
    let other = check::find("roll").unwrap().high;
    assert_eq!(reason(20.0, "roll"), (Some(other.reason.en.to_owned()), Some(other.code)));
    assert_eq!(reason(0.0, "yaw"), (None, None));
    assert_eq!(c.wording["yaw"].low.as_ref().unwrap().en, "aslant", "the other side is inherited");
}
