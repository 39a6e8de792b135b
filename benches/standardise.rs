//! One 24-megapixel capture made into its standard file, stage by stage:
//! `cargo bench --profile dev --bench standardise` (the profile that is built already).
//!
//! The capture is a render, enlarged, with grain, as a JPEG in memory. Machines are noisy, so every round
//! takes all stages in turn, and what counts is the shares of the medians and their ratio to decoding,
//! which every program that opens the picture pays. (The least times are nearest to an idle machine's.)

use std::path::Path;
use std::time::Instant;

use image::{Rgb, RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use photogate::capture::{self, Capture, Given};
use photogate::engine::{self, Choice};
use photogate::face::{self, Face};
use photogate::model::attributes::Attributer;
use photogate::model::detector::Detector;
use photogate::model::landmarks::Landmarker;
use photogate::model::matte::Segmenter;
use photogate::pipeline::Pipeline;
use photogate::produce::Order;
use photogate::profile::{Profile, Stage};
use photogate::resume::{self, Course, Keep};
use photogate::scene::{Person, Scene};
use photogate::standardise::encode::{self, Band};
use photogate::standardise::{self, Wish, sheet};
use photogate::verdict::Outcome;
use photogate::{body, check, hash, judge, photo};

const ROUNDS: usize = 7;

/// 24.0 megapixels of the renders' shape, 3:4.
const SIZE: [u32; 2] = [4242, 5656];

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("capture.jpg");
    std::fs::write(&path, camera_file()).expect("a file");
    let capture = Capture { id: "capture.jpg".to_owned(), path };
    let given = Given { capture: capture.clone(), bytes: None };
    let engine = engine::start(&Choice::Auto).expect("an engine");
    let mut pipeline = Pipeline::load(engine).expect("models");
    let mut detector = Detector::load(engine).expect("a model");
    let mut landmarker = Landmarker::load(engine).expect("a model");
    let mut segmenter = Segmenter::load(engine).expect("a model");
    let mut attributer = Attributer::load(engine).expect("a model");
    let profile = Profile::load("chsi-degree").expect("a profile");
    let target = profile.target(Stage::Capture);
    let frame = profile.frame.expect("a frame");
    let layout = sheet::plan([152.4, 101.6], frame.print_mm(), None).expect("a layout");
    // What the profile asks of the file.
    let band = Band { bytes: (20 * 1024, 40 * 1024), quality: 60, dpi: 300 };

    let mut times = Times(Vec::new());
    let mut about = String::new();
    // The first round warms caches and is not counted.
    for round in 0..=ROUNDS {
        if round == 1 {
            times.0.clear();
        }
        let most = photo::Limits::default().max_file_bytes;
        let bytes = times.of("read, SHA-256", || {
            let bytes = capture::read(&given, most).expect("the file");
            hash::sha256_hex(&bytes);
            bytes
        });
        let photo = times.of("decode", || photo::decode(&bytes, &capture.path).expect("a picture"));
        let picture = &photo.pixels;
        let found = times.of("detector", || detector.run(picture).expect("a run"));
        let faces: Vec<Face> = times.of("landmarks", || {
            let one = |d: &photogate::model::detector::Detection| {
                let seen = landmarker.run(picture, &d.five).expect("a run");
                let (bounds, pose) = (face::bounds(&seen.mesh), face::pose(&seen.mesh));
                Face { score: d.score, presence: seen.presence, bounds, mesh: seen.mesh, pose }
            };
            found.iter().map(one).collect()
        });
        assert_eq!(faces.len(), 1, "the render shows one face");
        let matte = times.of("matte", || segmenter.run(picture, &faces[0].mesh).expect("a run"));
        let attributes =
            times.of("attributes", || attributer.run(picture, &faces[0].mesh).expect("a run"));
        let body = times.of("body", || body::of(matte, &faces[0], picture.dimensions()));
        let person = Some(Person { body, attributes });
        let scene = Scene { photo, faces, doubtful: 0, person };
        let (measurements, plan) =
            times.of("measure", || check::complete(check::look(&scene), &target));
        let verdict = times.of("judge", || judge::judge(&measurements, &profile, Stage::Capture));
        let (plan, person) = (plan.expect("a plan"), scene.person.as_ref().expect("a person"));
        let whole = Instant::now();
        times.of("crop", || standardise::render(&scene, person, &plan, None));
        let crop = milliseconds(whole);
        let whole = Instant::now();
        let made = standardise::render(&scene, person, &plan, target.replacement);
        times.add("background", (milliseconds(whole) - crop).max(0.0));
        let file = times.of("encode", || encode::encode(&made.picture, &band).expect("a file"));
        let finished = times.of("re-check", || {
            let again = photo::decode(&file.bytes, Path::new("standard.jpg")).expect("a picture");
            pipeline.judge(again, &profile, Stage::Finished).expect("a verdict")
        });
        times.of(SHEET, || sheet::print(&layout, &file.bytes).expect("a sheet"));
        let order = Order { background: Wish::Replace, accept: Outcome::Fail };
        let all = times.of(WHOLE, || {
            let (stage, order) = (Stage::Capture, Some(order));
            let course = Course { profile: &profile, stage, order, known: None };
            resume::look(&mut pipeline, &given, &course, None::<&Keep<()>>).0.made
        });
        let all = all.file.expect("a file");
        assert_eq!(all.bytes, file.bytes, "the stages are what the program does");
        about = format!(
            "{} x {} px, {:.1} MB; verdict {}; the file: quality {}, {:.1} KB, {}",
            SIZE[0],
            SIZE[1],
            bytes.len() as f64 / 1e6,
            verdict.outcome.id(),
            file.quality,
            file.bytes.len() as f64 / 1024.0,
            finished.verdict.outcome.id()
        );
    }
    println!("{about}\n{} {}, {ROUNDS} rounds, medians\n", engine.name, engine.version);
    times.print();
}

/// After the stages: the sheet is an option, the whole is all stages in one go.
const SHEET: &str = "print sheet (--sheet 6x4in)";
const WHOLE: &str = "whole";

/// Milliseconds of each stage, in the order in which they were first met.
struct Times(Vec<(&'static str, Vec<f64>)>);

impl Times {
    fn of<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(stage, milliseconds(start));
        result
    }

    fn add(&mut self, stage: &'static str, ms: f64) {
        match self.0.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, all)) => all.push(ms),
            None => self.0.push((stage, vec![ms])),
        }
    }

    fn print(&self) {
        let median = |all: &[f64]| {
            let mut all = all.to_vec();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let of = |wanted: &str| {
            self.0.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, all)| median(all))
        };
        let (decode, whole) = (of("decode"), of(WHOLE));
        println!(
            "| stage | ms, median | ms, least | % of the whole | decodes |\n|---|---|---|---|---|"
        );
        let mut sum = 0.0;
        for (name, all) in &self.0 {
            let ms = median(all);
            let least = all.iter().copied().fold(f64::INFINITY, f64::min);
            let (share, decodes) = (100.0 * ms / whole, ms / decode);
            println!("| {name} | {ms:.1} | {least:.1} | {share:.1} | {decodes:.2} |");
            sum += if [SHEET, WHOLE].contains(name) { 0.0 } else { ms };
        }
        println!("\nThe stages come to {sum:.0} ms, {:.2} times decoding.", sum / decode);
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// A render as a camera of 24 megapixels would store it: grain of some 4 levels, quality 92, 4:2:0.
fn camera_file() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/c01.jpg");
    let render = photo::open(&path).expect("the fixture").pixels;
    let mut large: RgbImage =
        imageops::resize(&render, SIZE[0], SIZE[1], imageops::FilterType::CatmullRom);
    let mut state = 1_u32;
    for Rgb(values) in large.pixels_mut() {
        for v in values {
            // The generator of Numerical Recipes; its high bits are the good ones.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = ((state >> 24) as i16 % 15) - 7;
            *v = (i16::from(*v) + grain).clamp(0, 255) as u8;
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let [w, h] = SIZE.map(|n| n as u16);
    encoder.encode(large.as_raw(), w, h, ColorType::Rgb).expect("a JPEG");
    bytes
}
