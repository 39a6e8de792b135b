//! Any bytes called ZIP, TAR, TAR.GZ or TAR.ZST: members stay inside, small, and errors have the path. The
//! first byte says which.
#![no_main]

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Component, PathBuf};

use libfuzzer_sys::fuzz_target;
use photogate::capture::{Filter, walk};
use tempfile::TempDir;

const LIMIT: u64 = 1 << 16;

thread_local! {
    static PLACE: RefCell<TempDir> = RefCell::new(TempDir::new().expect("a folder for archives"));
}

fuzz_target!(
    // Panics of libraries are caught by what is tried here, and only told; one that gets through still aborts.
    init: std::panic::set_hook(Box::new(|panic| eprintln!("guarded {panic}"))),
    |bytes: &[u8]| {
        let Some((which, bytes)) = bytes.split_first() else { return };
        let endings = ["zip", "tar", "tar.gz", "tar.zst"];
        let name = format!("a.{}", endings[usize::from(which % 4)]);
        PLACE.with_borrow(|place| {
            let path: PathBuf = place.path().join(&name);
            std::fs::write(&path, bytes).expect("the archive can be written");
            let mut met = 0;
            let _ = walk(std::slice::from_ref(&path), &Filter::default(), LIMIT, &mut |one| {
                match one {
                    Ok(given) => {
                        let inside = given.capture.path.strip_prefix(&path).expect("inside");
                        let plain = |c: Component| matches!(c, Component::Normal(_) | Component::CurDir);
                        assert!(inside.components().all(plain), "{inside:?}");
                        assert!(given.bytes.expect("bytes").len() as u64 <= LIMIT);
                    }
                    Err(e) => assert!(e.to_string().contains(&name), "{e}"),
                }
                met += 1;
                if met < 1000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        });
    }
);
