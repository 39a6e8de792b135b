//! The whole of it: any bytes become a verdict or an error. Set ORT_DYLIB_PATH: it is five times faster.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use photogate::Gate;

thread_local! {
    static GATE: RefCell<Gate> = RefCell::new(Gate::new("chsi-degree").expect("the models load"));
}

fuzz_target!(
    // Panics of libraries are caught by what is tried here, and only told; one that gets through still aborts.
    init: std::panic::set_hook(Box::new(|panic| eprintln!("guarded {panic}"))),
    |bytes: &[u8]| {
        GATE.with_borrow_mut(|gate| match gate.check(bytes) {
            Ok(judged) => {
                assert!(!judged.verdict.findings.is_empty());
                for finding in &judged.verdict.findings {
                    assert!(finding.slack.is_none_or(f64::is_finite), "{finding:?}");
                }
            }
            Err(e) => assert!(e.to_string().starts_with("photo: "), "{e}"),
        });
    }
);
