//! The print sheet, through the program: the photos are on it, where and how large they should be.

mod common;

use std::path::Path;
use std::process::Output;

use common::fixture;
use image::{RgbImage, imageops};
use photogate::photo::{self, Photo};
use serde_json::Value;

fn standardise(out: &Path, capture: &str, rest: &[&str]) -> Output {
    let mut command = assert_cmd::Command::cargo_bin("photogate").unwrap();
    command.arg("standardise").arg(fixture(capture)).arg("--out").arg(out);
    command.args(rest).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn opened(out: &Path, name: &str) -> Photo {
    photo::open(&out.join(name)).unwrap()
}

fn proof(out: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(out.join(name)).unwrap()).unwrap()
}

fn pair(value: &Value) -> [u32; 2] {
    [0, 1].map(|k| value[k].as_f64().unwrap() as u32)
}

/// Mean and greatest difference of the values.
fn difference(a: &RgbImage, b: &RgbImage) -> (f64, u8) {
    assert_eq!(a.dimensions(), b.dimensions());
    let each = || a.as_raw().iter().zip(b.as_raw()).map(|(p, q)| p.abs_diff(*q));
    let sum: u64 = each().map(u64::from).sum();
    (sum as f64 / a.as_raw().len() as f64, each().max().unwrap())
}

#[test]
fn the_degree_photo_is_on_the_sheet_with_its_own_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let run = standardise(out, "captures/c01.jpg", &["--sheet", "6寸"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    assert!(said(&run).contains("each sheet: 4 of 40.6 x 54.2 mm on 101.6 x 152.4 mm"));
    let (standard, sheet) = (opened(out, "c01.jpg"), opened(out, "c01.sheet.jpg"));
    assert_eq!(sheet.pixels.dimensions(), (1200, 1800));
    assert_eq!(sheet.facts.dpi, Some((300.0, 300.0)));
    assert!(sheet.facts.jpeg.as_ref().unwrap().quality.unwrap() >= 95);
    let record = proof(out, "c01.json")["sheet"].clone();
    assert_eq!((record["photos"].as_u64(), pair(&record["pixels"])), (Some(4), [1200, 1800]));
    assert_eq!((record["ppi"].as_f64(), pair(&record["photo_pixels"])), (Some(300.0), [480, 640]));
    let places = record["places"].as_array().unwrap();
    assert_eq!(places.len(), 4);
    let mut rest = sheet.pixels.clone();
    for place in places {
        let [x, y] = pair(place);
        let there = imageops::crop_imm(&sheet.pixels, x, y, 480, 640).to_image();
        // Not resampled: only the sheet's own compression lies between them.
        let (mean, most) = difference(&there, &standard.pixels);
        assert!(mean < 1.5 && most < 40, "{mean} {most}");
        let white = RgbImage::from_pixel(496, 656, image::Rgb([255; 3]));
        imageops::replace(&mut rest, &white, i64::from(x) - 8, i64::from(y) - 8);
    }
    // 8 px around are left out for what compression smears; beyond, it is paper but for the marks.
    let ink = rest.pixels().filter(|p| p.0[1] < 128).count();
    assert!((200..4000).contains(&ink), "{ink}");
    assert!(rest.pixels().filter(|p| p.0[1] < 240).count() < 4 * ink);

    // Nothing is overwritten unasked, not even where only the sheet is there.
    let before = std::fs::read(out.join("c01.sheet.jpg")).unwrap();
    std::fs::remove_file(out.join("c01.jpg")).unwrap();
    let again = standardise(out, "captures/c01.jpg", &["--sheet", "6x4in", "--copies", "2"]);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    assert_eq!(std::fs::read(out.join("c01.sheet.jpg")).unwrap(), before);
    let order = ["--sheet", "6x4in", "--copies", "2", "--force"];
    assert_eq!(standardise(out, "captures/c01.jpg", &order).status.code(), Some(0));
    assert_eq!(proof(out, "c01.json")["sheet"]["photos"], 2);
}

#[test]
fn a_photo_of_another_dpi_is_brought_to_the_size_of_its_print() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let order = ["--profile", "cn-id-card", "--accept", "any", "--sheet", "5x3.5in"];
    let run = standardise(out, "captures/c01.jpg", &order);
    let (standard, sheet) = (opened(out, "c01.jpg"), opened(out, "c01.sheet.jpg"));
    let record = proof(out, "c01.json")["sheet"].clone();
    assert_eq!(record["photos"], 9, "{}", said(&run));
    assert_eq!(record["photo_mm"], serde_json::json!([26.0, 32.0]));
    // 26 / 25.4 x 300 and 32 / 25.4 x 300; 358 px on 26 mm are 350 an inch.
    assert_eq!(pair(&record["photo_pixels"]), [307, 378]);
    assert!((record["ppi"].as_f64().unwrap() - 349.7).abs() < 0.1, "{}", record["ppi"]);
    let wanted = imageops::resize(&standard.pixels, 307, 378, imageops::FilterType::Lanczos3);
    for place in record["places"].as_array().unwrap() {
        let [x, y] = pair(place);
        let there = imageops::crop_imm(&sheet.pixels, x, y, 307, 378).to_image();
        // Ours averages light and `image` averages codes: they differ along edges alone.
        let (mean, _) = difference(&there, &wanted);
        assert!(mean < 2.0, "{mean}");
    }
}

#[test]
fn a_paper_that_is_too_small_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for (order, words) in [
        (&["--sheet", "50x40mm"][..], ["sheet of 50 x 40 mm holds 0", "40.6 x 54.2"]),
        (&["--sheet", "4R", "--copies", "9"], ["holds 4", "9 are wanted"]),
        (&["--sheet", "6x4"], ["in, mm or cm", "--sheet"]),
        (&["--copies", "4"], ["--sheet", "required"]),
    ] {
        let run = standardise(&folder.path().join("out"), "captures/c01.jpg", order);
        assert_eq!(run.status.code(), Some(64));
        assert!(words.iter().all(|w| said(&run).contains(w)), "{}", said(&run));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn too_few_pixels_for_a_large_print_are_said_and_printed_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let profile = folder.path().join("large.toml");
    let text = "name = 'large'\nextends = 'chsi-degree'\n[frame]\nwidth = 480\nheight = 640\ndpi = 300\nprint = [60, 80]\n";
    std::fs::write(&profile, text).unwrap();
    let order = ["--profile", profile.to_str().unwrap(), "--sheet", "A4"];
    let run = standardise(&out, "captures/c01.jpg", &order);
    // 480 / (60 / 25.4) = 203.2
    assert!(said(&run).contains("203 pixels per inch"), "{}", said(&run));
    let record = proof(&out, "c01.json")["sheet"].clone();
    assert!((record["ppi"].as_f64().unwrap() - 203.2).abs() < 0.01);
    assert_eq!(pair(&record["photo_pixels"]), [709, 945]);
}
