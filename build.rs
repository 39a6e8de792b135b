//! Names the source that readings come from, so that those of another source are not taken for them.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// What judges, prints, stores and watches makes no readings.
const NO_READINGS: [&str; 5] = ["cli", "profiles", "report", "ledger", "watch"];

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    // Decoders and resampling are of other crates; a library that is built for somebody has no such file.
    files.extend(Some(PathBuf::from("Cargo.lock")).filter(|f| f.is_file()));
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.to_string_lossy().replace('\\', "/"));
        let text = std::fs::read(&file).unwrap_or_default();
        // Git may write other line ends on another system.
        hash.update(text.into_iter().filter(|b| *b != b'\r').collect::<Vec<u8>>());
    }
    let digits: String = hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect();
    println!("cargo::rustc-env=PHOTOGATE_SOURCE={digits}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if NO_READINGS.contains(&&*stem) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}
