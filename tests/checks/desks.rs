//! What other desks than the degree photo's ask for: the colour of a backdrop that stays as it is, and the
//! shape of a file whose size may vary.

use image::imageops::FilterType;
use photogate::pipeline::Judged;
use photogate::profile::Stage;
use photogate::verdict::Outcome;

use super::common::{capture, finding, fixture, judged_by, not_passed};
use super::jpeg;

/// Check and code of the fault, of finished files of a profile that fixes a shape and no size.
pub const FINISHED_FILES: [(&str, &str); 2] =
    [("aspect_ratio", "shape_too_tall"), ("aspect_ratio", "shape_too_broad")];

fn seen(profile: &str, picture: &str) -> Judged {
    judged_by(profile, &fixture(picture), Stage::Capture)
}

fn outcome(judged: &Judged, check: &str) -> Outcome {
    finding(judged, check).outcome
}

fn advice(judged: &Judged, check: &str) -> [String; 2] {
    let advice = finding(judged, check).advice.clone().unwrap();
    [advice.zh, advice.en]
}

#[test]
fn a_blue_backdrop_is_no_white_one() {
    // Blue passes the degree photo, whose background is replaced.
    assert_eq!(capture("c01").verdict.outcome, Outcome::Pass);
    for (profile, wanted) in [
        ("us-visa", Outcome::Fail),
        ("korea", Outcome::Fail),
        ("cn-driving-licence", Outcome::Fail),
        // Plain and light, no colour named.
        ("icao", Outcome::Review),
        ("uk", Outcome::Review),
    ] {
        let blue = seen(profile, "captures/c01.jpg");
        assert_eq!(outcome(&blue, "background_colour"), wanted, "{profile}");
        assert!(blue.verdict.outcome >= wanted, "{profile}");
        let [zh, en] = advice(&blue, "background_colour");
        assert!(!zh.contains('蓝') && !en.contains("blue"), "{profile}: {zh} {en}");
        let white = seen(profile, "white/c01.jpg");
        assert_eq!(outcome(&white, "background_colour"), Outcome::Pass, "{profile}");
    }
    assert_eq!(not_passed(&seen("us-visa", "captures/c01.jpg")), ["background_colour"]);
    assert_eq!(seen("us-visa", "white/c01.jpg").verdict.outcome, Outcome::Pass);
    // A mid grey wall, L* 70, is so near a white one in the shade that a person looks.
    let grey = seen("us-visa", "people/v35_grey_bg.jpg");
    assert_eq!(outcome(&grey, "background_colour"), Outcome::Review);
}

#[test]
fn a_white_backdrop_is_no_blue_one() {
    let white = seen("ncre", "white/c01.jpg");
    assert_eq!(outcome(&white, "background_colour"), Outcome::Fail);
    assert!(advice(&white, "background_colour")[1].contains("light blue"));
    assert_eq!(outcome(&seen("ncre", "captures/c01.jpg"), "background_colour"), Outcome::Pass);
    for picture in ["white/c01.jpg", "captures/c01.jpg"] {
        for profile in ["kaoyan", "cn-exit-entry"] {
            let either = seen(profile, picture);
            assert_eq!(outcome(&either, "background_colour"), Outcome::Pass, "{profile} {picture}");
        }
    }
}

#[test]
fn a_refused_colour_of_a_top_is_named() {
    let white = seen("cn-id-card", "white/c01.jpg");
    assert_eq!(outcome(&white, "garment_colour"), Outcome::Fail);
    assert_eq!(advice(&white, "garment_colour")[1], "The top must not be white: please change it.");
}

#[test]
fn a_finished_file_of_another_shape_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let picture = image::open(fixture("white/c01.jpg")).unwrap();
    // Each is cut so that the head has 65 % of the height, and nothing is drawn out.
    for ([x, y, w, h], [width, height], code) in [
        ([30, 90, 900, 900], [700, 700], None),
        // A near miss: 7 px of 707.
        ([25, 90, 909, 900], [707, 700], None),
        ([100, 90, 760, 902], [640, 760], Some(FINISHED_FILES[0].1)),
        ([0, 90, 960, 873], [704, 640], Some(FINISHED_FILES[1].1)),
    ] {
        let part = picture.crop_imm(x, y, w, h);
        let small = part.resize_exact(width, height, FilterType::Lanczos3);
        let path = jpeg(&folder, "finished.jpg", &small, 97, 300);
        let judged = judged_by("us-visa", &path, Stage::Finished);
        let found = finding(&judged, "aspect_ratio");
        assert_eq!(found.fault.map(|f| f.code), code, "{width} x {height}");
        let wanted = if code.is_some() { Outcome::Fail } else { Outcome::Pass };
        assert_eq!(found.outcome, wanted, "{width} x {height}: {:?}", found.measured);
        let mut others = not_passed(&judged);
        others.retain(|c| *c != "aspect_ratio");
        assert_eq!(others, [""; 0], "{width} x {height}");
    }
}
