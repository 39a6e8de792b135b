//! Both inference engines give the same numbers on our models.
//!
//! `ort` keeps one engine per process, so this test runs itself again as two children, one per
//! engine, and compares what they print. Without an ONNX Runtime library there is nothing to compare
//! with: the test says so and passes. `.ci/run` installs one.

use std::io::Write;
use std::process::Command;

use ndarray::{ArrayD, IxDyn};
use photogate::engine::{self, Choice, Network};
use photogate::model::SHIPPED;

const CHILD: &str = "PHOTOGATE_TEST_ENGINE";

/// A picture-like input: smooth waves of every size, different in each channel.
fn input(shape: [usize; 4], seed: usize) -> ArrayD<f32> {
    ArrayD::from_shape_fn(IxDyn(&shape), |i| {
        let (c, y, x) = (i[1] as f32, i[2] as f32, i[3] as f32);
        let phase = seed as f32 * 1.7 + c;
        let wave = |n: f32| (x / n + phase).sin() * (y / (1.3 * n) - phase).cos();
        0.5 + 0.2 * wave(31.0) + 0.15 * wave(9.0) + 0.1 * wave(3.1)
    })
}

#[test]
#[ignore = "runs as a child of both_engines_agree"]
fn child() {
    let Ok(wanted) = std::env::var(CHILD) else { return };
    let choice = if wanted == "tract" { Choice::Embedded } else { Choice::Auto };
    let engine = engine::start(&choice).unwrap();
    println!("ENGINE {}", engine.name);
    for model in SHIPPED {
        let mut network = Network::load(engine, model.name, model.onnx).unwrap();
        for seed in 0..3 {
            for output in network.run(input(model.input, seed).view()).unwrap() {
                for value in output {
                    println!("VALUE {} {value}", model.name);
                }
            }
        }
    }
}

fn outputs_of(engine: &str) -> (String, Vec<(String, f32)>) {
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(CHILD, engine)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{text}{}", String::from_utf8_lossy(&run.stderr));
    let used = text.lines().find_map(|l| Some(l.split_once("ENGINE ")?.1.to_owned())).unwrap();
    let values = text.lines().filter_map(|l| {
        let (model, value) = l.strip_prefix("VALUE ")?.split_once(' ')?;
        Some((model.to_owned(), value.parse().unwrap()))
    });
    (used, values.collect())
}

#[test]
fn both_engines_agree_to_a_thousandth() {
    let (fast, theirs) = outputs_of("auto");
    if fast != "onnxruntime" {
        assert!(
            std::env::var_os("PHOTOGATE_NEEDS_ONNXRUNTIME").is_none(),
            "an ONNX Runtime should be there"
        );
        // Written past the test harness, which keeps what a passing test prints to itself.
        let said = "SKIPPED: no ONNX Runtime library was found, so tract was compared with nothing";
        writeln!(std::io::stderr(), "{said}").unwrap();
        return;
    }
    let (embedded, ours) = outputs_of("tract");
    assert_eq!(embedded, "tract");
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.len() > 3 * 2100 * 15, "both models answered");
    let worst = ours
        .iter()
        .zip(&theirs)
        .map(|((m, a), (_, b))| ((a - b).abs(), m))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (difference, model) = worst.unwrap();
    eprintln!("largest difference {difference:e}, in {model}");
    assert!(difference <= 1e-3, "{model} differs by {difference}");
}
