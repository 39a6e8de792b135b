//! `photogate check`.

use std::io::Write;
use std::ops::ControlFlow;

use super::outfile::OutFile;
use super::{CheckArgs, Format, ignore_broken_pipe};
use crate::batch;
use crate::error::{Error, Result};
use crate::progress;
use crate::report::{Summary, json, terminal};

/// Check the captures and report; the exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8> {
    let input = &args.input;
    let profile = input.profile()?;
    let (stage, language) = (input.stage(), input.language());
    let met = input.find()?;
    let create = |dir| OutFile::create(dir, "findings.ndjson", args.force);
    let mut records = args.out.as_deref().map(create).transpose()?;
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let bar = progress::bar(met.len());
    let mut summary = Summary::default();
    let mut recording = Ok(());
    let mut printing = Ok(());
    batch::run(&met, engine, &profile, stage, input.workers(), |checked| {
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
