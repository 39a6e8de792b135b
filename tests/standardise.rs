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
