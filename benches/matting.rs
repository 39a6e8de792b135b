//! Our side of `benches/peers/matting.py`: mattes and filled pictures of captures, and what they took.
//!
//! ```sh
//! cargo bench --profile dev --bench matting -- OUT CAPTURE...
//! ```
//!
//! Writes for every capture NAME.alpha.png (as large as the capture), NAME.png (the standard picture
//! before the profile's blue, before it is made a JPEG) and NAME.kept.png (with its own background), and
//! prints a line of JSON: the crop, and milliseconds of processor time (all threads: the machine may be
//! busy with other things) of the matte step (crop, network, refinement, alpha
//! at the capture's pixels), of the filling (crop, foreground, mixture), and of all from the file's
//! bytes to the filled picture. `PHOTOGATE_BENCH_ENGINE=tract` takes the embedded engine.

use std::path::{Path, PathBuf};

use image::Rgb;
use photogate::engine::{self, Choice};
use photogate::framing::{self, Plan};
use photogate::model::matte::Segmenter;
use photogate::pipeline::Pipeline;
use photogate::profile::{Profile, Stage};
use photogate::pyramid::Pyramid;
use photogate::standardise;

const BLUE: Rgb<u8> = Rgb([100, 197, 255]);

fn main() {
    // Cargo adds `--bench`.
    let mut given = std::env::args().skip(1).filter(|a| a != "--bench");
    let Some(out) = given.next() else {
        println!("benches/peers/matting.py calls this with a folder and captures");
        return;
    };
    let embedded = std::env::var("PHOTOGATE_BENCH_ENGINE").is_ok_and(|e| e == "tract");
    let engine = engine::start(if embedded { &Choice::Embedded } else { &Choice::Auto });
    let engine = engine.expect("an engine");
    let mut pipeline = Pipeline::load(engine).expect("the shipped models");
    let mut segmenter = Segmenter::load(engine).expect("the shipped matte");
    println!("{{\"engine\":\"{} {}\"}}", engine.name, engine.version);
    for path in given {
        println!("{}", one(&mut pipeline, &mut segmenter, Path::new(&path), Path::new(&out)));
    }
}

/// Measure one capture; its line.
fn one(pipeline: &mut Pipeline, segmenter: &mut Segmenter, path: &Path, out: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let target = Profile::load("chsi-degree").expect("built in").target(Stage::Capture);
    let bytes = std::fs::read(path).expect("a capture");
    let begun = spent();
    let photo = photogate::photo::decode(&bytes, path).expect("a picture");
    let scene = pipeline.perceive(photo).expect("a scene");
    let Ok(portrait) = scene.portrait() else {
        return format!("{{\"name\":\"{name}\"}}");
    };
    let plan = framing::plan(portrait.geometry(), &target).ok();
    let filled = plan
        .as_ref()
        .map(|p| (spent(), standardise::render(&scene, portrait.person, p, Some(BLUE))));
    let (whole, filling) =
        (spent() - begun, filled.as_ref().map_or(0.0, |(from, _)| spent() - from));

    let pyramid = Pyramid { photo: &scene.photo.pixels, overview: &scene.overview };
    let begun = spent();
    let matte = segmenter.run(pyramid, &portrait.face.mesh).expect("a matte");
    let alpha = matte.at_photo(&scene.photo.pixels);
    let matting = spent() - begun;

    let save = |ending: &str| out.join(format!("{name}{ending}.png"));
    alpha.save(save(".alpha")).expect("a place to write");
    if let (Some(plan), Some((_, filled))) = (&plan, &filled) {
        filled.picture.save(save("")).expect("a place to write");
        let kept = standardise::render(&scene, portrait.person, plan, None);
        kept.picture.save(save(".kept")).expect("a place to write");
    }
    let crop = plan.map_or([0.0; 4], |Plan { crop, .. }| crop);
    format!(
        "{{\"name\":\"{name}\",\"crop\":{crop:?},\"matting\":{matting:.2},\"filling\":{filling:.2},\"whole\":{whole:.2}}}"
    )
}

/// Milliseconds that this process has had of a processor, over its threads; needs Linux.
fn spent() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let of_one = |dir: PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(dir.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    tasks.filter_map(|t| of_one(t.ok()?.path())).sum::<f64>() / 1e6
}
