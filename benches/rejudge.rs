//! How fast stored readings are judged by other rules: `cargo bench --profile dev --bench rejudge`.
//!
//! A ledger of 100,000 made-up captures (values around the limits of `chsi-degree`, so that verdicts
//! differ) is judged by two other profiles, three rounds each; the best counts, because machines are
//! noisy, and processor time is told beside it, which other programs do not change as much. The issue asks for 50,000 photos a second.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use image::Rgb;
use palette::Lab;
use photogate::capture::Capture;
use photogate::check::{self, ALL, Look, Measure};
use photogate::framing::Geometry;
use photogate::gist::{Gist, Seam, Tone};
use photogate::hash::sha256_hex;
use photogate::ledger::{Entry, Ledger, MadeBy, Timing};
use photogate::photo;
use photogate::pipeline::{Seen, judge_look};
use photogate::profile::{Profile, Stage};
use photogate::rejudge::{self, Rules};
use photogate::report::diff::Changes;
use photogate::verdict::{Accept, Reading, Unreadable, Value, text};

const CAPTURES: usize = 100_000;
const WANTED: f64 = 50_000.0;

/// 0 to 1, the same in each run (splitmix64).
fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

fn seen(state: &mut u64, profile: &Profile, facts: &photo::FileFacts) -> Seen {
    let mut measurements = Vec::new();
    for &check in ALL {
        if matches!(check.measure, Measure::Target(_) | Measure::Framed(_)) {
            continue;
        }
        let measured = match profile.capture.get(check.id).map(|l| &l.accept) {
            _ if random(state) < 0.02 => {
                Err(Unreadable::because(text("画面里太少", "too little of it is in the picture")))
            }
            Some(Accept::OneOf(names)) => Ok(Reading::name(&names[0])),
            Some(Accept::Range { pass, .. }) => {
                let (low, high) = match (pass.min, pass.max) {
                    (Some(low), Some(high)) => (low, high),
                    (Some(low), None) => (low, 2.0 * low + 1.0),
                    (None, high) => (0.0, high.unwrap_or(1.0)),
                };
                // Outside now and then.
                let share =
                    0.5 + (random(state) - 0.5) * if random(state) < 0.02 { 3.0 } else { 0.9 };
                let value = Value::Number(low + share * (high - low));
                Ok(Reading { value, confidence: 0.4 + 0.6 * random(state), evidence: Vec::new() })
            }
            None => Ok(Reading::exact(random(state))),
        };
        measurements.push((check, measured));
    }
    let mut near = |middle: f64| (middle * (0.9 + 0.2 * random(state))) as f32;
    let width = near(800.0);
    let (x, y) = (near(1500.0), near(900.0));
    let tone = |colour| Tone { colour, confidence: 0.9, evidence: Vec::new() };
    let gist = Gist {
        geometry: Geometry {
            picture: [3000.0, 4000.0],
            crown: Ok([x, y]),
            chin: [x, y + 1.55 * width],
            pupils: [[x - 0.21 * width, y + 0.75 * width], [x + 0.21 * width, y + 0.75 * width]],
            cheeks: [x - width / 2.0, x + width / 2.0],
        },
        cut_off: false,
        presence: 0.99,
        nose: y + width,
        cheeks: [y + 0.8 * width; 2],
        background: Ok(tone(Lab::new(near(75.0), -12.0, -40.0))),
        garment: Ok(Seam { difference: near(40.0), garment: tone(Lab::new(near(25.0), 0.0, 0.0)) }),
    };
    let look = Look { measurements, gist: Ok(gist) };
    Seen { facts: facts.clone(), faces: Vec::new(), person: None, look }
}

fn make(path: &Path) {
    let profile = Profile::load("chsi-degree").expect("a profile");
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, Rgb([0; 3]));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    let facts = photo::decode(png.get_ref(), Path::new("x.png")).expect("a picture").facts;
    let ledger = Ledger::create(path).expect("a ledger");
    let made_by = MadeBy::this("none 0");
    let mut book = ledger.begin(&made_by, &profile, Stage::Capture).expect("a run");
    let mut state = 1;
    for i in 0..CAPTURES {
        let name = format!("batch/IMG_{i:06}.jpg");
        let judged = judge_look(seen(&mut state, &profile, &facts), &profile, Stage::Capture);
        let entry = Entry {
            sha256: Some(sha256_hex(name.as_bytes())),
            capture: Capture { path: name.clone().into(), id: name },
            stamp: None,
            outcome: Ok(judged),
            // So that many share a transaction.
            looked: false,
            timing: Timing::default(),
            output: None,
            not_made: None,
        };
        book.record(entry).expect("written");
    }
    book.finish(true).expect("written");
}

/// Processor time of this process so far, all threads, seconds; Linux tells it in hundredths.
fn processor() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("l.sqlite");
    let start = Instant::now();
    make(&path);
    let size = std::fs::metadata(&path).expect("a ledger").len() as f64 / 1e6;
    println!("{CAPTURES} captures written in {:.1} s, {size:.0} MB", start.elapsed().as_secs_f64());
    let checks = check::ALL.len();
    println!("{} threads, {checks} checks", rayon::current_num_threads());
    for name in ["chsi-degree-white", "icao"] {
        let (mut best, mut least) = (Duration::MAX, f64::MAX);
        let mut changes = Changes::default();
        for _ in 0..3 {
            changes = Changes::default();
            let (start, before) = (Instant::now(), processor());
            let ledger = Ledger::open(&path).expect("a ledger");
            let context = ledger.context().expect("its context");
            let ids = ledger.captures(None).expect("its captures");
            let profile = Profile::load(name).expect("a profile");
            let rules = Rules::from([(Stage::Capture.id(), profile)]);
            let work = |row| rejudge::change(&row, &context, &rules, Stage::Capture);
            rejudge::run(&path, &ids, false, work, |change| {
                changes.count(&change);
                ControlFlow::Continue(())
            })
            .expect("judged");
            best = best.min(start.elapsed());
            if let Some((before, after)) = before.zip(processor()) {
                least = least.min(after - before);
            }
        }
        let rate = changes.total() as f64 / best.as_secs_f64();
        println!(
            "{name}: {rate:.0} photos a second, {:.2} times what is wanted; {} verdicts change",
            rate / WANTED,
            changes.changed()
        );
        if least < f64::MAX {
            let cost = 1e6 * least / changes.total() as f64;
            println!(
                "  {cost:.1} µs of processor time each: {:.0} a second on two idle cores",
                2e6 / cost
            );
        }
    }
}
