//! Each model on both engines, in one run: `cargo bench --profile dev`
//! (the profile that is built already).
//!
//! Machines are noisy, so what counts is the ratio: the engines take turns, five rounds each, in
//! processes of their own (`ort` keeps one engine per process), and the medians are compared.
//! `ORT_DYLIB_PATH` or an installed wheel gives ONNX Runtime; without one only tract is measured.

use std::collections::BTreeMap;
use std::process::Command;

use photogate::engine::{self, Choice};
use photogate::model::{self, SHIPPED};

const CHILD: &str = "PHOTOGATE_BENCH_ENGINE";
const ROUNDS: usize = 5;

fn main() {
    match std::env::var(CHILD) {
        Ok(engine) => child(&engine),
        Err(_) => parent(),
    }
}

/// Measure every model once on one engine; print name and milliseconds.
fn child(wanted: &str) {
    let choice = if wanted == "tract" { Choice::Embedded } else { Choice::Auto };
    let engine = engine::start(&choice).expect("an engine");
    println!("{} {}", engine.name, engine.version);
    for m in SHIPPED {
        println!("{} {}", m.name, model::milliseconds(m, engine).expect("a run"));
    }
}

fn parent() {
    let program = std::env::current_exe().expect("this program");
    let mut times: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for wanted in ["tract", "auto"] {
            let output = Command::new(&program).env(CHILD, wanted).output().expect("a child");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut lines = text.lines();
            let engine = lines.next().expect("the child names its engine").to_owned();
            names.insert(wanted, engine.clone());
            for line in lines {
                let (model, ms) = line.split_once(' ').expect("a model and its time");
                times
                    .entry((model.to_owned(), engine.clone()))
                    .or_default()
                    .push(ms.parse().expect("a number"));
            }
        }
    }
    let (tract, fast) = (&names["tract"], &names["auto"]);
    println!(
        "| model | M multiply-adds | {tract}, ms | {fast}, ms | tract / ONNX Runtime |\n|---|---|---|---|---|"
    );
    for m in SHIPPED {
        let mut median = |engine: &String| {
            let all = times.get_mut(&(m.name.to_owned(), engine.clone())).expect("it was measured");
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let (slow, quick) = (median(tract), median(fast));
        println!(
            "| {} | {:.1} | {slow:.1} | {quick:.1} | {:.1} |",
            m.name,
            m.mega_macs,
            slow / quick
        );
    }
    if tract == fast {
        println!("No ONNX Runtime was found: both columns are tract.");
    }
}
