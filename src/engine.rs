//! The inference engine: the only file that names `ort`.
//!
//! Two runtimes sit behind the same sessions. The embedded one, tract, is pure Rust and always there;
//! Microsoft's ONNX Runtime is several times faster and is used when its library is found. The choice
//! is made once per process, because `ort` keeps its API table for the whole process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ndarray::{ArrayD, ArrayViewD};
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use crate::error::{Error, Result};

/// Which runtime to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// ONNX Runtime where it is found and works, else the embedded one.
    #[default]
    Auto,
    /// The embedded one.
    Embedded,
    /// ONNX Runtime from this library file, or an error.
    Library(PathBuf),
}

/// The runtime of this process.
#[derive(Clone, Debug)]
pub struct Engine {
    /// `tract` or `onnxruntime`.
    pub name: &'static str,
    /// Version of the runtime.
    pub version: String,
    /// The library file, for ONNX Runtime.
    pub library: Option<PathBuf>,
    /// Libraries that were found but could not be used, with the reason.
    pub passed_over: Vec<(PathBuf, String)>,
    environment: Environment,
}

static ENGINE: OnceLock<Engine> = OnceLock::new();

/// Start the runtime. The first call in a process decides; later calls return the same engine.
///
/// # Errors
/// [`Error::Engine`] when a library that was asked for by name cannot be used.
pub fn start(choice: &Choice) -> Result<&'static Engine> {
    static STARTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let engine = match choice {
        Choice::Embedded => embedded(Vec::new())?,
        Choice::Library(path) => onnx_runtime(path, Vec::new())
            .map_err(|reason| Error::Engine { reason: format!("{}: {reason}", path.display()) })?,
        Choice::Auto => {
            let mut passed_over = Vec::new();
            let mut used = None;
            for path in library_candidates() {
                match onnx_runtime(&path, passed_over.clone()) {
                    Ok(engine) => {
                        used = Some(engine);
                        break;
                    }
                    Err(reason) => passed_over.push((path, reason)),
                }
            }
            match used {
                Some(engine) => engine,
                None => embedded(passed_over)?,
            }
        }
    };
    Ok(ENGINE.get_or_init(|| engine))
}

fn embedded(passed_over: Vec<(PathBuf, String)>) -> Result<Engine> {
    ort::set_api(ort_tract::api());
    let environment = ort::init().build().map_err(|e| Error::Engine { reason: e.to_string() })?;
    Ok(Engine {
        name: "tract",
        version: locked_version("tract-core"),
        library: None,
        passed_over,
        environment,
    })
}

/// ONNX Runtime from the library at `path`, or why it cannot be used.
fn onnx_runtime(
    path: &Path,
    passed_over: Vec<(PathBuf, String)>,
) -> std::result::Result<Engine, String> {
    // Refuses what is no ONNX Runtime, or is older than the API that we call.
    // Absolute, because a relative path would be looked up beside this program first.
    let absolute = std::path::absolute(path).map_err(|e| e.to_string())?;
    let builder = ort::init_from(absolute).map_err(|e| e.to_string())?;
    let environment = builder.with_telemetry(false).build().map_err(|e| e.to_string())?;
    let version = library_version(path, ort::info());
    Ok(Engine {
        name: "onnxruntime",
        version,
        library: Some(path.to_owned()),
        passed_over,
        environment,
    })
}

/// The version that this build was locked to: the crate has no way to ask at run time.
fn locked_version(package: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let entry = format!("name = \"{package}\"\nversion = \"");
    let found = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or_else(|| "unknown".to_owned(), |(version, _)| version.to_owned())
}

/// From the file name (`libonnxruntime.so.1.31.0`), else from the branch in the build information:
/// `ort` does not hand on the library's own version string.
fn library_version(path: &Path, build_info: &str) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let in_name = digits.trim_end_matches(|c: char| !c.is_ascii_digit());
    if in_name.contains('.') {
        return in_name.to_owned();
    }
    let branch = build_info.split_once("git-branch=rel-").map(|(_, rest)| rest);
    let version = branch.and_then(|rest| rest.split([',', ' ']).next());
    version.unwrap_or("unknown version").to_owned()
}

/// Where an ONNX Runtime may be: `ORT_DYLIB_PATH`, beside this program, the usual library folders,
/// and the wheels of the Python installations and environments that can be seen from here.
fn library_candidates() -> Vec<PathBuf> {
    let env_path = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let mut found: Vec<PathBuf> = env_path("ORT_DYLIB_PATH").into_iter().collect();
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent).map(Path::to_owned);
    let mut folders: Vec<PathBuf> = beside.into_iter().collect();
    let usual = [
        "/usr/local/lib",
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/opt/homebrew/lib",
    ];
    folders.extend(usual.map(PathBuf::from));
    // A wheel keeps the library in site-packages/onnxruntime/capi.
    let home = env_path("HOME");
    let mut roots: Vec<PathBuf> =
        ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(env_path).collect();
    roots.extend(home.iter().map(|h| h.join(".local")));
    roots.extend(home.iter().flat_map(|h| children(&h.join(".pyenv/versions"))));
    roots.extend(["/usr/local", "/usr"].map(PathBuf::from));
    for lib in roots.iter().flat_map(|r| children(&r.join("lib"))) {
        if lib.file_name().is_some_and(|n| n.to_string_lossy().starts_with("python3")) {
            folders.push(lib.join("site-packages/onnxruntime/capi"));
            folders.push(lib.join("dist-packages/onnxruntime/capi"));
        }
    }
    for file in folders.iter().flat_map(|f| children(f)) {
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let is_library = name.starts_with("libonnxruntime.so")
            || (name.starts_with("libonnxruntime.") && name.ends_with(".dylib"))
            || name == "onnxruntime.dll";
        if is_library && !found.contains(&file) {
            found.push(file);
        }
    }
    found
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).collect();
    paths.sort();
    paths
}

/// One model ready to run. Not shared between threads: each worker has its own.
pub struct Network {
    session: Session,
    name: &'static str,
}

impl Network {
    /// Load a model from the bytes of an ONNX file, for one thread.
    ///
    /// # Errors
    /// [`Error::Model`] when the runtime rejects it.
    pub fn load(engine: &Engine, name: &'static str, onnx: &[u8]) -> Result<Network> {
        // tract runs unoptimised, 10 to 30 times slower, below `All`.
        let session = Session::builder(&engine.environment)
            .and_then(|b| Ok(b.with_optimization_level(GraphOptimizationLevel::All)?))
            .and_then(|b| Ok(b.with_intra_threads(1)?))
            .and_then(|mut b| b.commit_from_memory(onnx))
            .map_err(|e| Error::Model { name, reason: e.to_string() })?;
        Ok(Network { session, name })
    }

    /// Run on one input tensor; all outputs in the order of the model file.
    ///
    /// # Errors
    /// [`Error::Model`] when inference fails or an output is not a float tensor.
    pub fn run(&mut self, input: ArrayViewD<'_, f32>) -> Result<Vec<ArrayD<f32>>> {
        let name = self.name;
        let fail = |e: ort::Error| Error::Model { name, reason: e.to_string() };
        let tensor = TensorRef::from_array_view(input).map_err(fail)?;
        let outputs = self.session.run(ort::inputs![tensor]).map_err(fail)?;
        outputs
            .values()
            .map(|v| Ok(v.try_extract_array::<f32>().map_err(fail)?.to_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_tract_is_known() {
        assert!(locked_version("tract-core").starts_with("0."));
        assert_eq!(locked_version("no-such-package"), "unknown");
    }

    #[test]
    fn the_version_comes_from_the_file_name_or_the_branch() {
        let named = Path::new("/x/libonnxruntime.so.1.31.0");
        assert_eq!(library_version(named, ""), "1.31.0");
        let plain = Path::new("/x/libonnxruntime.so");
        assert_eq!(library_version(plain, "ORT Build Info: git-branch=rel-1.24.1, x"), "1.24.1");
        assert_eq!(library_version(plain, ""), "unknown version");
    }
}
