//! `photogate check`.

use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{CheckArgs, Format, LangArg, StageArg, ignore_broken_pipe};
use crate::batch;
use crate::capture;
use crate::error::{Error, Result};
use crate::profile::{Profile, Stage};
use crate::progress;
use crate::report::terminal::Language;
use crate::report::{Summary, json, terminal};

/// Check the captures and report; the exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8> {
    let profile = Profile::load(&args.profile)?;
    let stage = match args.stage {
        StageArg::Capture => Stage::Capture,
        StageArg::Finished => Stage::Finished,
    };
    let language = match args.lang {
        LangArg::Both => Language::Both,
        LangArg::Zh => Language::Zh,
        LangArg::En => Language::En,
    };
    let met = capture::find(&inputs(&args.paths)?);
    if met.is_empty() {
        return Err(Error::Usage { reason: "no pictures in what was given".to_owned() });
    }
    let mut records =
        args.out.as_deref().map(|dir| Records::create(dir, args.force)).transpose()?;
    let engine = args.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let workers = args.workers.map(usize::from);
    let workers =
        workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let bar = progress::bar(met.len());
    let mut summary = Summary::default();
    let mut recording = Ok(());
    let mut printing = Ok(());
    batch::run(&met, engine, &profile, stage, workers, |checked| {
        summary.count(checked.outcome.as_ref().ok().map(|j| j.verdict.outcome));
        let record = || {
            json::record(
                &checked,
                &json::Run { profile: &profile, stage, engine: &engine_name, mesh: args.mesh },
            )
        };
        recording = records.as_mut().map_or(Ok(()), |r| writeln!(r.file, "{}", record()));
        // Whoever reads our output may stop reading; the records still become whole.
        if printing.is_ok() {
            printing = progress::above(&bar, || {
                let mut out = anstream::stdout().lock();
                match args.format {
                    Format::Terminal => terminal::capture(&mut out, &checked, language),
                    Format::Ndjson => writeln!(out, "{}", record()),
                }
            });
        }
        bar.set_message(checked.capture.id);
        bar.inc(1);
        if recording.is_err() || (printing.is_err() && args.out.is_none()) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    if let Some(records) = records {
        recording.map_err(|source| Error::Write { path: records.path.clone(), source })?;
        records.finish(args.force)?;
    }
    printing.or_else(ignore_broken_pipe)?;
    if matches!(args.format, Format::Terminal) {
        let made_by = format!("{}, {engine_name}", profile.name);
        let written =
            terminal::summary(&mut anstream::stdout().lock(), &summary, &made_by, language);
        written.or_else(ignore_broken_pipe)?;
    }
    Ok(summary.exit_code())
}

/// The paths that were given; `-` stands for the lines of standard input.
fn inputs(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        if path != Path::new("-") {
            all.push(path.clone());
            continue;
        }
        for line in io::stdin().lock().split(b'\n') {
            let line =
                line.map_err(|source| Error::Read { path: "standard input".into(), source })?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if !line.is_empty() {
                all.push(path_of(line));
            }
        }
    }
    Ok(all)
}

/// A path from the bytes of a list; a file name need not be UTF-8.
#[cfg(unix)]
fn path_of(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(line).into()
}

#[cfg(not(unix))]
fn path_of(line: &[u8]) -> PathBuf {
    String::from_utf8_lossy(line).into_owned().into()
}

/// A temporary file that everyone may read who may read the folder's other files.
fn shared_file(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".findings-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's umask takes away; the default is for the user alone.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir)
}

/// The records on their way to `DIR/findings.ndjson`: a temporary file until they are whole.
struct Records {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl Records {
    fn create(dir: &Path, force: bool) -> Result<Records> {
        let path = dir.join("findings.ndjson");
        let refuse = |source| Error::Write { path: path.clone(), source };
        if path.exists() && !force {
            return Err(Error::Usage {
                reason: format!("{} is there already; --force replaces it", path.display()),
            });
        }
        std::fs::create_dir_all(dir).map_err(refuse)?;
        let file = shared_file(dir).map_err(refuse)?;
        Ok(Records { file, path })
    }

    fn finish(self, force: bool) -> Result<()> {
        let saved = if force {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        saved.map(drop).map_err(|e| Error::Write { path: self.path, source: e.error })
    }
}
