//! Ctrl-C: once finishes what is in hand, twice ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// What becomes true at the first Ctrl-C.
pub(super) fn at_ctrl_c() -> &'static AtomicBool {
    // Where no handler can be set, Ctrl-C ends the program as it does others.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(super::STOPPED.into());
        }
        eprintln!("\nfinishing what is in hand; once more ends at once");
    });
    &STOP
}

/// Whether the run was stopped.
pub(super) fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}
