//! The standard picture, from rendered captures.

mod common;

use common::fixture;
use image::Rgb;
use palette::color_difference::Ciede2000;
use photogate::engine::{self, Choice};
use photogate::framing;
use photogate::pipeline::Pipeline;
use photogate::pixels::lab;
use photogate::profile::{Profile, Stage};
use photogate::standardise::{self, encode};

#[test]
fn a_filled_background_is_the_wanted_colour_and_the_file_fits_the_band() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let target = Profile::load("chsi-degree").unwrap().target(Stage::Capture);
    let keep = std::env::var_os("PHOTOGATE_KEEP");
    for name in ["captures/c01", "captures/c08", "people/v35_grey_bg", "people/v36_clutter"] {
        let path = fixture(&format!("{name}.jpg"));
        let photo = photogate::photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
        let scene = pipeline.perceive(photo).unwrap();
        let portrait = scene.portrait().unwrap();
        let plan = framing::plan(portrait.geometry(), &target).unwrap();
        let blue = Rgb([100, 197, 255]);
        let made = standardise::render(&scene, portrait.person, &plan, Some(blue));
        assert_eq!(made.picture.dimensions(), (480, 640));
        let corner = lab(*made.picture.get_pixel(3, 3));
        assert!(corner.difference(lab(blue)) <= 1.0, "{name}");
        let band = encode::Band { bytes: (31 * 1000, 39 * 1024), quality: 60, dpi: 300 };
        let file = encode::encode(&made.picture, &band).unwrap();
        if let Some(dir) = &keep {
            let name = name.replace('/', "_");
            let dir = std::path::Path::new(dir);
            std::fs::write(dir.join(format!("{name}_{}.jpg", file.quality)), &file.bytes).unwrap();
            made.picture.save(dir.join(format!("{name}.png"))).unwrap();
        }
    }
}

fn photogate(args: &[&str]) -> (Option<i32>, String) {
    let run = assert_cmd::Command::cargo_bin("photogate").unwrap().args(args).output().unwrap();
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

#[test]
fn every_compliant_capture_becomes_a_file_that_passes_as_a_finished_one() {
    let captures = fixture("captures");
    let captures = captures.to_str().unwrap();
    for profile in ["chsi-degree", "cn-id-card"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let order =
            ["standardise", captures, "--out", out, "--profile", profile, "--accept", "any"];
        let (_, said) = photogate(&order);
        let compliant = (1..=14).map(|i| format!("c{i:02}")).chain(["v07_clear_round".to_owned()]);
        for name in compliant {
            let proof = std::fs::read(folder.path().join(format!("{name}.json"))).unwrap();
            let proof: serde_json::Value = serde_json::from_slice(&proof).unwrap();
            let wrong: Vec<_> = proof["finished"]["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|f| f["required"] == true && f["outcome"] != "pass")
                .map(|f| (f["check"].clone(), f["value"].clone(), f["outcome"].clone()))
                .collect();
            if profile == "chsi-degree" {
                assert!(wrong.is_empty(), "{profile} {name}: {wrong:?}\n{said}");
            }
            assert!(proof["file"]["quality"].as_u64().unwrap() >= 60);
            assert!(folder.path().join(format!("{name}.jpg")).exists());
        }
        // Nothing is overwritten unasked.
        let before = std::fs::read(folder.path().join("c01.jpg")).unwrap();
        let (code, _) = photogate(&order);
        assert_eq!(code, Some(2));
        assert_eq!(std::fs::read(folder.path().join("c01.jpg")).unwrap(), before);
    }
}

#[test]
fn what_fails_is_not_made_unless_asked_for_and_clutter_is_never_cut_out() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let [turned, cluttered] = ["captures/v20_yaw20.jpg", "people/v36_clutter.jpg"].map(fixture);
    let (code, said) = photogate(&["standardise", turned.to_str().unwrap(), "--out", out]);
    assert_eq!(code, Some(1));
    assert!(said.contains("NOT MADE") && said.contains("fail"), "{said}");
    let (_, said) =
        photogate(&["standardise", cluttered.to_str().unwrap(), "--out", out, "--accept", "any"]);
    assert!(said.contains("too cluttered"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
