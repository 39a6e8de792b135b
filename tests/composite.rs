//! Another background behind a person, held against the exact picture.
//!
//! `fixtures/composite`: rendered people cut out exactly (`benches/peers/cutouts.py`): NAME.jpg before
//! some backdrop, NAME.exact.jpg the same film before the wanted blue, NAME.share.png the share of each
//! pixel that the person covers.

mod common;

use common::fixture;
use image::{Rgb, RgbImage};
use photogate::engine::{self, Choice};
use photogate::framing::{self, Plan};
use photogate::photo::{self, Photo};
use photogate::pipeline::Pipeline;
use photogate::profile::{Profile, Stage};
use photogate::scene::Scene;
use photogate::standardise;

const BLUE: Rgb<u8> = Rgb([100, 197, 255]);

/// The captures, and the most that the edge may be off on average, levels of 255. Measured: 4.6 and 7.6;
/// plain mixtures 12.4 and 8.1.
const EDGES: [(&str, f64); 2] = [("c07_white", 5.5), ("c12_grey", 8.1)];

/// Most that the whole picture may be off: the capture's noise and its JPEG are 1 of it.
const WHOLE: f64 = 1.6;

fn read(name: &str) -> Photo {
    let path = fixture(&format!("composite/{name}"));
    photo::decode(&std::fs::read(&path).unwrap(), &path).unwrap()
}

/// Other pixels of the same size, cut and scaled as the capture is.
fn standard(scene: &Scene, plan: &Plan, pixels: RgbImage) -> RgbImage {
    let photo = Photo { pixels, ..scene.photo.clone() };
    let mut other = scene.clone();
    other.photo = photo;
    let person = scene.person.as_ref().unwrap();
    standardise::render(&other, person, plan, None).picture
}

/// Mean difference where `here` says so.
fn off(a: &RgbImage, b: &RgbImage, here: impl Fn(u32, u32) -> bool) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (x, y, p) in a.enumerate_pixels().filter(|(x, y, _)| here(*x, *y)) {
        let q = b.get_pixel(x, y);
        sum += (0..3).map(|k| f64::from(p.0[k].abs_diff(q.0[k]))).sum::<f64>();
        count += 3.0;
    }
    assert!(count > 3000.0, "an edge");
    sum / count
}

#[test]
fn the_filled_picture_is_near_the_exact_one_and_nearer_than_a_plain_mixture() {
    let mut pipeline = Pipeline::load(engine::start(&Choice::Auto).unwrap()).unwrap();
    let target = Profile::load("chsi-degree").unwrap().target(Stage::Capture);
    for (name, most) in EDGES {
        let scene = pipeline.perceive(read(&format!("{name}.jpg"))).unwrap();
        let portrait = scene.portrait().unwrap();
        let plan = framing::plan(portrait.geometry(), &target).unwrap();
        let made = standardise::render(&scene, portrait.person, &plan, Some(BLUE)).picture;
        let exact = standard(&scene, &plan, read(&format!("{name}.exact.jpg")).pixels);
        let share = standard(&scene, &plan, read(&format!("{name}.share.png")).pixels);

        // What a plain mixture of codes by the same matte makes.
        let matte = portrait.person.body.matte.at_photo(&scene.photo.pixels);
        let mut mixed = scene.photo.pixels.clone();
        for (p, a) in mixed.pixels_mut().zip(matte.pixels()) {
            let a = f32::from(a.0[0]) / 255.0;
            let mix = |k: usize| a * f32::from(p.0[k]) + (1.0 - a) * f32::from(BLUE.0[k]);
            *p = Rgb([0, 1, 2].map(|k| mix(k).round() as u8));
        }
        let plain = standard(&scene, &plan, mixed);

        // Within three pixels of what is neither person nor backdrop alone.
        let soft = |x: u32, y: u32| (12..250).contains(&share.get_pixel(x, y).0[0]);
        let (w, h) = share.dimensions();
        let edge = |x: u32, y: u32| {
            let rows = y.saturating_sub(3)..=(y + 3).min(h - 1);
            rows.flat_map(|j| (x.saturating_sub(3)..=(x + 3).min(w - 1)).map(move |i| (i, j)))
                .any(|(i, j)| soft(i, j))
        };
        let (ours, theirs) = (off(&made, &exact, edge), off(&plain, &exact, edge));
        let whole = off(&made, &exact, |_, _| true);
        println!("{name}: edge {ours:.2}, mixed plainly {theirs:.2}, whole {whole:.2}");
        assert!(ours < most, "{name}: {ours}");
        assert!(whole < WHOLE, "{name}: {whole}");
        assert!(ours < 0.97 * theirs, "{name}: {ours} {theirs}");
    }
}
