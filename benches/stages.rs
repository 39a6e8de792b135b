//! One capture made into its standard file, stage by stage, at 0.3, 2, 12 and 24 megapixels:
//! `cargo bench --profile dev --bench stages` (the profile that is built already; `-- 12` for one size).
//!
//! The captures are a render, enlarged, with grain, as JPEG files. Machines are noisy, so every round takes all
//! stages in turn, and what counts is the shares of the medians and the ratio to the limit: decoding by
//! libjpeg-turbo's own tool (djpeg of Debian's libjpeg-turbo-progs, its start included) and the models' bare
//! inference, which every program that does this work pays.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use image::{Rgb, RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use photogate::capture::{self, Capture, Given};
use photogate::engine::{self, Choice, Engine};
use photogate::face::{self, Face};
use photogate::model::attributes::Attributer;
use photogate::model::detector::Detector;
use photogate::model::gaze::Gazer;
use photogate::model::landmarks::Landmarker;
use photogate::model::lids::LidFinder;
use photogate::model::matte::Segmenter;
use photogate::model::rims::RimFinder;
use photogate::model::shoulders::ShoulderFinder;
use photogate::model::{self, SHIPPED};
use photogate::pipeline::Pipeline;
use photogate::produce::Order;
use photogate::profile::{Profile, Stage};
use photogate::pyramid::{Overview, Pyramid};
use photogate::resume::{self, Course, Keep};
use photogate::scene::{Person, Scene};
use photogate::standardise::encode::{self, Band};
use photogate::standardise::{self, Wish, sheet};
use photogate::verdict::Outcome;
use photogate::{body, check, hash, judge, photo};

const ROUNDS: usize = 7;

/// Megapixels, and sides of the renders' shape, 3:4.
const SIZES: [(&str, [u32; 2]); 4] =
    [("0.3", [480, 640]), ("2", [1224, 1632]), ("12", [3000, 4000]), ("24", [4242, 5656])];

/// How often a photo of one person runs each model.
const RUNS: [(&str, f64); 9] = [
    ("detector", 1.0),
    ("landmarks", 3.0),
    ("matte", 1.0),
    ("attributes", 1.0),
    ("garment", 1.0),
    ("gaze", 1.0),
    ("rims", 1.0),
    ("lids", 1.0),
    ("shoulders", 1.0),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let sizes: Vec<_> = SIZES.into_iter().filter(|(name, _)| chosen(name)).collect();
    let engine = engine::start(&Choice::Auto).expect("an engine");
    let folder = tempfile::tempdir().expect("a folder");
    let mut columns = Vec::new();
    for (name, size) in sizes {
        let path = folder.path().join(format!("{name}.jpg"));
        std::fs::write(&path, camera_file(size)).expect("a file");
        columns.push((name, measure(engine, &path)));
    }
    println!(
        "\n{} {}, {ROUNDS} rounds, medians; ms (share of the standardising whole)\n",
        engine.name, engine.version
    );
    print(&columns);
}

/// All stages of one capture, and the limit.
fn measure(engine: &Engine, path: &Path) -> Times {
    let capture = Capture { id: "capture.jpg".to_owned(), path: path.to_owned() };
    let given = Given { capture: capture.clone(), bytes: None };
    let mut pipeline = Pipeline::load(engine).expect("models");
    let mut detector = Detector::load(engine).expect("a model");
    let mut landmarker = Landmarker::load(engine).expect("a model");
    let mut segmenter = Segmenter::load(engine).expect("a model");
    let mut attributer = Attributer::load(engine).expect("a model");
    let mut gazer = Gazer::load(engine).expect("a model");
    let mut rim_finder = RimFinder::load(engine).expect("a model");
    let mut lid_finder = LidFinder::load(engine).expect("a model");
    let mut shoulder_finder = ShoulderFinder::load(engine).expect("a model");
    let profile = Profile::load("chsi-degree").expect("a profile");
    let target = profile.target(Stage::Capture);
    let frame = profile.frame.expect("a frame");
    let layout = sheet::plan([152.4, 101.6], frame.print_mm(), None).expect("a layout");
    // What the profile asks of the file.
    let band = Band { bytes: (20 * 1024, 40 * 1024), quality: 60, dpi: 300 };

    let (mut times, mut checks) = (Times(Vec::new()), Vec::<(&str, Vec<f64>)>::new());
    // The first round warms caches and is not counted.
    for round in 0..=ROUNDS {
        if round == 1 {
            times.0.clear();
        }
        let bare = |m: &model::Shipped| {
            let runs = RUNS.iter().find(|(name, _)| *name == m.name).map_or(0.0, |(_, n)| *n);
            runs * model::milliseconds(m, engine).expect("a run")
        };
        times.add(BARE, SHIPPED.iter().map(bare).sum());
        let turbo = times
            .of(TURBO, || Command::new("djpeg").args(["-outfile", "/dev/null"]).arg(path).status());
        if !turbo.is_ok_and(|s| s.success()) {
            times.0.retain(|(name, _)| *name != TURBO);
        }
        let most = photo::Limits::default().max_file_bytes;
        let bytes = times.of("read, SHA-256", || {
            let bytes = capture::read(&given, most).expect("the file");
            hash::sha256_hex(&bytes);
            bytes
        });
        let photo = times.of("decode", || photo::decode(&bytes, &capture.path).expect("a picture"));
        let picture = &photo.pixels;
        let photo_size = [photo.facts.width, photo.facts.height];
        let overview = times.of("overview", || Overview::of(picture));
        let pyramid = Pyramid { photo: picture, overview: &overview };
        let found = times.of("detector", || detector.run(pyramid).expect("a run"));
        let faces: Vec<Face> = times.of("landmarks", || {
            let one = |d: &photogate::model::detector::Detection| {
                let seen = landmarker.run(pyramid, &d.five).expect("a run");
                let (bounds, pose) = (face::bounds(&seen.mesh), face::pose(&seen.mesh));
                Face { score: d.score, presence: seen.presence, bounds, mesh: seen.mesh, pose }
            };
            found.iter().map(one).collect()
        });
        assert_eq!(faces.len(), 1, "the render shows one face");
        let matte = times.of("matte", || segmenter.run(pyramid, &faces[0].mesh).expect("a run"));
        let (attributes, before) = times
            .of("attributes, garment", || attributer.run(pyramid, &faces[0].mesh).expect("a run"));
        let gaze = times
            .of("gaze", || gazer.run(pyramid, &faces[0].mesh, faces[0].pose.yaw).expect("a run"));
        let size = picture.dimensions();
        let line = times.of("shoulders", || shoulder_finder.run(&matte, size).expect("a run"));
        let body = times.of("body", || body::of(matte, &faces[0], size, &line));
        let rims = times.of("rims", || rim_finder.run(pyramid, &faces[0].mesh).expect("a run"));
        let lids = times.of("lids", || lid_finder.run(pyramid, &faces[0].mesh).expect("a run"));
        let person = Some(Person { body, attributes, before, gaze, rims, lids });
        let scene = Scene { photo, overview, faces, doubtful: 0, person };
        for (check, ms) in alone(&scene) {
            match checks.iter_mut().find(|(id, _)| *id == check) {
                Some((_, all)) => all.push(ms),
                None => checks.push((check, vec![ms])),
            }
        }
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
        let run = |order| Course { profile: &profile, stage: Stage::Capture, order, known: None };
        let mut whole = |stage, course: &Course| {
            times
                .of(stage, || resume::look(&mut pipeline, &given, course, None::<&Keep<()>>).0.made)
        };
        whole(CHECK, &run(None)).checked.outcome.expect("a verdict");
        let all = whole(WHOLE, &run(Some(order))).file.expect("a file");
        assert_eq!(all.bytes, file.bytes, "the stages are what the program does");
        if round == ROUNDS {
            println!(
                "{:.1} MP, {:.1} MB: {}; its file: quality {}, {:.1} KB, {}",
                f64::from(photo_size[0] * photo_size[1]) / 1e6,
                bytes.len() as f64 / 1e6,
                verdict.outcome.id(),
                file.quality,
                file.bytes.len() as f64 / 1024.0,
                finished.verdict.outcome.id()
            );
        }
    }
    for (_, all) in &mut checks {
        all.sort_by(f64::total_cmp);
    }
    checks.sort_by(|(_, a), (_, b)| b[b.len() / 2].total_cmp(&a[a.len() / 2]));
    let slowest = checks.iter().take(12).map(|(id, all)| format!("{id} {:.1}", all[all.len() / 2]));
    println!("    slowest checks, ms: {}", slowest.collect::<Vec<_>>().join(", "));
    times
}

/// Milliseconds of each check alone, and of what they share.
fn alone(scene: &Scene) -> Vec<(&'static str, f64)> {
    let start = Instant::now();
    let portrait = scene.portrait();
    let mut all = vec![("(shared)", milliseconds(start))];
    for check in check::ALL {
        let start = Instant::now();
        match check.measure {
            check::Measure::Scene(measure) => drop(measure(scene)),
            check::Measure::Portrait(measure) => drop(portrait.as_ref().map(measure)),
            _ => continue,
        }
        all.push((check.id, milliseconds(start)));
    }
    all
}

/// Beside the stages: the sheet is an option, a check alone makes no file, and what the limit is made of.
const SHEET: &str = "print sheet (--sheet 6x4in)";
const CHECK: &str = "check, whole";
const WHOLE: &str = "standardise, whole";
const TURBO: &str = "djpeg of libjpeg-turbo";
const BARE: &str = "bare inference of one photo";

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

    fn median(&self, stage: &str) -> Option<f64> {
        let mut all = self.0.iter().find(|(name, _)| *name == stage)?.1.clone();
        all.sort_by(f64::total_cmp);
        Some(all[all.len() / 2])
    }
}

fn print(columns: &[(&str, Times)]) {
    let Some((_, first)) = columns.first() else { return };
    let heads: String = columns.iter().map(|(name, _)| format!(" {name} MP |")).collect();
    println!("| stage |{heads}\n|---|{}", "---|".repeat(columns.len()));
    let beside = [BARE, TURBO, SHEET, CHECK, WHOLE];
    let stages = first.0.iter().map(|(name, _)| *name).filter(|name| !beside.contains(name));
    for name in stages.chain([SHEET, CHECK, WHOLE, TURBO, BARE]) {
        let cell = |(_, times): &(&str, Times)| match (times.median(name), times.median(WHOLE)) {
            (Some(ms), Some(_)) if beside.contains(&name) => format!(" {ms:.1} |"),
            (Some(ms), Some(whole)) => format!(" {ms:.1} ({:.0} %) |", 100.0 * ms / whole),
            _ => " - |".to_owned(),
        };
        println!("| {name} |{}", columns.iter().map(cell).collect::<String>());
    }
    // A standard file is looked at like a photo, so its models run twice.
    for (name, whole, photos) in [("check", CHECK, 1.0), ("standardise", WHOLE, 2.0)] {
        let cell = |(_, times): &(&str, Times)| {
            let ratio = || {
                Some(times.median(whole)? / (times.median(TURBO)? + photos * times.median(BARE)?))
            };
            ratio().map_or(" - |".to_owned(), |r| format!(" {r:.2} |"))
        };
        println!("| **{name} over its limit** |{}", columns.iter().map(cell).collect::<String>());
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// A render as a camera would store it: grain of some 4 levels, quality 92, 4:2:0.
fn camera_file([width, height]: [u32; 2]) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/c01.jpg");
    let render = photo::open(&path).expect("the fixture").pixels;
    let mut large: RgbImage =
        imageops::resize(&render, width, height, imageops::FilterType::CatmullRom);
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
    let (w, h) = (width as u16, height as u16);
    encoder.encode(large.as_raw(), w, h, ColorType::Rgb).expect("a JPEG");
    bytes
}
