//! Batches through the program itself: speed with two workers over one, memory of a large batch over
//! that of a small one, and how long a photo waits for its verdict in a watched folder:
//!
//! ```sh
//! cargo bench --profile dev --bench batch
//! ```
//!
//! Photos are copies of a rendered fixture with other bytes at their end; the large batch is of small
//! pictures of nobody, in a TAR as well as in a folder. Peak memory is `VmHWM` of /proc, so Linux only.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PHOTOS: usize = 48;
const ROUNDS: usize = 3;
const WATCHED: usize = 12;
const SMALL: u32 = 500;
const LARGE: u32 = 20_000;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let photos = folder.path().join("photos");
    std::fs::create_dir(&photos).expect("a folder");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/c01.jpg");
    let bytes = std::fs::read(fixture).expect("a fixture");
    for i in 0..PHOTOS {
        let other = [&bytes[..], i.to_string().as_bytes()].concat();
        std::fs::write(photos.join(format!("{i:03}.jpg")), other).expect("a file");
    }
    // In turn, so that a busy minute strikes both.
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for workers in [1, 2] {
            times[workers - 1].push(run(&photos, workers).seconds);
        }
    }
    let [one, two] = times.map(|mut t| {
        t.sort_by(f64::total_cmp);
        t[t.len() / 2]
    });
    let rate = |seconds: f64| PHOTOS as f64 / seconds;
    println!("{PHOTOS} photos, median of {ROUNDS}, start of the program included");
    println!("1 worker   {:6.1} photos/s", rate(one));
    println!("2 workers  {:6.1} photos/s   ratio {:.2} (wanted 1.8)", rate(two), one / two);

    let (small, large) = (nobody(folder.path(), SMALL), nobody(folder.path(), LARGE));
    let tar = folder.path().join("large.tar");
    let mut archive = tar::Builder::new(File::create(&tar).expect("a file"));
    archive.append_dir_all("large", &large).expect("files");
    archive.finish().expect("an archive");
    let base = run(&small, 2).peak_kb;
    println!("{SMALL} files      {:6.0} MB", base as f64 / 1024.0);
    for (name, input) in [("files   ", &large), ("in a TAR", &tar)] {
        let peak = run(input, 2).peak_kb;
        println!(
            "{LARGE} {name} {:6.0} MB   ratio {:.2} (wanted at most 1.2)",
            peak as f64 / 1024.0,
            peak as f64 / base as f64
        );
    }

    let mut waits = watch(folder.path(), &bytes);
    waits.sort_by(f64::total_cmp);
    println!(
        "watch      {:6.2} s from the last byte to the record, median of {WATCHED}; worst {:.2} (wanted 1)",
        waits[waits.len() / 2],
        waits[waits.len() - 1]
    );
}

/// Seconds from the last byte of each photo to its record in the log.
fn watch(folder: &Path, photo: &[u8]) -> Vec<f64> {
    let (watched, log) = (folder.join("watched"), folder.join("log.ndjson"));
    std::fs::create_dir(&watched).expect("a folder");
    let mut program = Command::new(env!("CARGO_BIN_EXE_photogate"))
        .args(["watch".as_ref(), watched.as_os_str(), "--log".as_ref(), log.as_os_str()])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program");
    std::thread::sleep(Duration::from_secs(2));
    let lines = || std::fs::read_to_string(&log).map_or(0, |text| text.lines().count());
    let one = |i: usize| {
        let path = watched.join(format!("{i}.jpg"));
        std::fs::write(path, [photo, i.to_string().as_bytes()].concat()).expect("a file");
        let written = Instant::now();
        while lines() <= i {
            std::thread::sleep(Duration::from_millis(5));
        }
        written.elapsed().as_secs_f64()
    };
    let waits = (0..WATCHED).map(one).collect();
    program.kill().expect("an end");
    program.wait().expect("an end");
    waits
}

struct Run {
    seconds: f64,
    peak_kb: u64,
}

fn run(input: &Path, workers: usize) -> Run {
    let began = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_photogate"))
        .args(["check".as_ref(), input.as_os_str()])
        .args(["--format", "ndjson", "--workers", &workers.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let status = format!("/proc/{}/status", program.id());
    let mut out = program.stdout.take().expect("its output");
    let (mut buffer, mut peak_kb) = (vec![0; 1 << 20], 0);
    // The peak only grows: asked after every part of the output, the last answer is it.
    while out.read(&mut buffer).expect("output") > 0 {
        peak_kb = peak(&status).unwrap_or(peak_kb);
    }
    program.wait().expect("an end");
    Run { seconds: began.elapsed().as_secs_f64(), peak_kb }
}

fn peak(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A folder of so many pictures, no two alike.
fn nobody(folder: &Path, count: u32) -> PathBuf {
    let folder = folder.join(format!("nobody{count}"));
    std::fs::create_dir(&folder).expect("a folder");
    for i in 0..count {
        let grey = image::GrayImage::from_fn(64, 80, |x, y| image::Luma([(x + y + i) as u8]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        grey.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
        let mut file = File::create(folder.join(format!("{i:05}.png"))).expect("a file");
        file.write_all(bytes.get_ref()).expect("a file");
        file.write_all(&i.to_le_bytes()).expect("a file");
    }
    folder
}
