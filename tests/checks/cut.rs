//! What the picture cuts off is not taken for absent.

use image::RgbImage;
use image::imageops::{crop_imm, grayscale};
use photogate::verdict::Outcome;

use super::cases::Picture::{self, *};
use super::common::{finding, number};
use super::shown;

/// The picture from this row on.
fn from_row(p: RgbImage, row: u32) -> RgbImage {
    crop_imm(&p, 0, row, p.width(), p.height() - row).to_image()
}

/// The picture down to this row.
fn down_to(p: RgbImage, row: u32) -> RgbImage {
    crop_imm(&p, 0, 0, p.width(), row).to_image()
}

/// A few rows of hair are missing at the top: what hangs down is still hair.
#[test]
fn hair_is_still_known_where_the_crown_is_cut_off() {
    const CUT: [(&str, Picture, Picture, f64); 2] = [
        (
            "loose_hair",
            Fixture("v01_left_ear_covered"),
            Made("v01_left_ear_covered", |p| from_row(p, 160)),
            10.0,
        ),
        (
            "hair_over_eyes",
            Fixture("fringe_brows"),
            Made("fringe_brows", |p| from_row(p, 160)),
            25.0,
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (check, whole, cut, by) in CUT {
        let whole = number(&shown(&folder, whole), check);
        let cut = shown(&folder, cut);
        assert_eq!(finding(&cut, check).outcome, Outcome::Fail, "{check}: {whole} whole");
        assert!(
            (number(&cut, check) - whole).abs() < by,
            "{check}: {whole}, {}",
            number(&cut, check)
        );
    }
}

#[test]
fn a_head_that_is_cut_off_fails_by_its_headroom() {
    let folder = tempfile::tempdir().unwrap();
    let judged = shown(&folder, Made("c01", |p| from_row(p, 150)));
    let headroom = finding(&judged, "head_top");
    assert_eq!(headroom.outcome, Outcome::Fail);
    assert_eq!(headroom.fault.map(|f| f.code), Some("head_too_high"));
    assert!(number(&judged, "head_top") < 0.0);
}

#[test]
fn nothing_is_said_of_a_garment_that_the_picture_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let judged = shown(&folder, Made("c01", |p| down_to(p, 495)));
    for check in ["pattern", "collar", "neckline", "necklace", "garment_colour"] {
        let found = finding(&judged, check);
        assert_eq!(found.outcome, Outcome::NotAssessed, "{check}: {:?}", found.measured);
    }
}

/// In greys all colours are alike: lips are not pale and irises not brown for that.
#[test]
fn nothing_is_said_of_colours_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let grey = |p: RgbImage| image::DynamicImage::ImageLuma8(grayscale(&p)).into_rgb8();
    let judged = shown(&folder, Made("c01", grey));
    for check in ["makeup", "cosmetic_lenses"] {
        let found = finding(&judged, check);
        assert_eq!(found.outcome, Outcome::NotAssessed, "{check}: {:?}", found.measured);
    }
}

/// Eyes that are cut off, closed or behind tinted lenses look nowhere that could be told; of shining ones a person decides.
#[test]
fn nothing_is_said_of_eyes_that_are_not_seen() {
    let folder = tempfile::tempdir().unwrap();
    let without_right = |p: RgbImage| crop_imm(&p, 330, 0, p.width() - 330, p.height()).to_image();
    let unknown = Outcome::NotAssessed;
    // The gaze, whether a frame covers an eye, and whether both are open.
    for (picture, gaze, frame, open) in [
        (Made("c01", without_right), unknown, unknown, unknown),
        (Fixture("v23_eyes_closed"), unknown, unknown, Outcome::Fail),
        (Fixture("v06_tinted"), unknown, unknown, unknown),
        (Fixture("v08_glare"), Outcome::Review, Outcome::Pass, Outcome::Review),
    ] {
        let judged = shown(&folder, picture);
        for (check, wanted) in [("gaze", gaze), ("frame_over_eye", frame), ("eyes_open", open)] {
            let found = finding(&judged, check);
            assert_eq!(found.outcome, wanted, "{check}: {:?}", found.measured);
        }
    }
}
