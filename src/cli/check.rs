//! `photogate check`, and `photogate standardise`, which is the same with other things told.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::make::{Came, Maker};
use super::outfile::OutFile;
use super::report::Reporter;
use super::{CheckArgs, Format, InputArgs, MakeArgs, StandardiseArgs, ignore_broken_pipe};
use crate::batch;
use crate::capture::Capture;
use crate::error::{Error, Result};
use crate::pipeline::{Checked, Pipeline};
use crate::produce::{self, Made};
use crate::progress;
use crate::report::html::{self, Thumb};
use crate::report::{Files, Summary, json, terminal};
use crate::scene::Scene;

/// What the commands differ in.
struct Job<'a> {
    input: &'a InputArgs,
    /// How standard files are made, and where; none for verdicts alone.
    make: Option<(&'a MakeArgs, PathBuf)>,
    /// Where the records go.
    records: Option<PathBuf>,
    /// Where the HTML report goes.
    report: Option<PathBuf>,
    force: bool,
    format: Format,
    mesh: bool,
}

/// What a worker brings of one capture.
struct Done {
    made: Made,
    /// Where a report is wanted and the picture could be read.
    thumb: Option<Thumb>,
}

impl From<Checked> for Done {
    fn from(checked: Checked) -> Done {
        Done { made: checked.into(), thumb: None }
    }
}

/// Check the captures and report; the exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8> {
    let (summary, files) = work(&Job {
        input: &args.input,
        make: args.standardise.clone().map(|folder| (&args.make, folder)),
        records: args.out.clone(),
        report: args.report.clone(),
        force: args.force,
        format: args.format,
        mesh: args.mesh,
    })?;
    Ok(if files.failed > 0 { 2 } else { summary.exit_code() })
}

/// Make the standard file of every capture; the exit code.
pub(super) fn standardise(args: &StandardiseArgs) -> Result<u8> {
    let (summary, files) = work(&Job {
        input: &args.input,
        make: Some((&args.make, args.out.clone())),
        records: None,
        report: args.report.clone(),
        force: args.force,
        format: Format::Terminal,
        mesh: false,
    })?;
    Ok(match () {
        () if summary.error + files.failed > 0 => 2,
        () => u8::from(files.passed < summary.total()),
    })
}

fn work(job: &Job) -> Result<(Summary, Files)> {
    let input = job.input;
    let profile = input.profile()?;
    let (stage, language) = (input.stage(), input.language());
    let met = input.find()?;
    let maker =
        |(args, folder): &(&MakeArgs, PathBuf)| Maker::new(args, folder, job.force, (&met, stage));
    let mut maker = job.make.as_ref().map(maker).transpose()?;
    let create = |dir| OutFile::create(dir, "findings.ndjson", job.force);
    let mut records = job.records.as_deref().map(create).transpose()?;
    let begin = |path| Reporter::begin(path, job.force, met.len());
    let mut report = job.report.as_deref().map(begin).transpose()?;
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let bar = progress::bar(met.len());
    let (mut summary, mut files) = (Summary::default(), Files::default());
    let (mut recording, mut printing, mut reporting) = (Ok(()), Ok(()), Ok(()));
    let order = maker.as_ref().map(|m| m.order);
    let wanted = report.is_some();
    let keep = |scene: &Scene| wanted.then(|| html::thumb(&scene.photo.pixels)).flatten();
    let one = |models: &mut Pipeline, capture: &Capture| {
        let (made, thumb) = match order {
            Some(order) => produce::make_and(models, capture, &profile, order, keep),
            None => {
                let (checked, thumb) = models.check_and(capture, &profile, stage, keep);
                (checked.into(), thumb)
            }
        };
        Done { made, thumb: thumb.flatten() }
    };
    let run = json::Run { profile: &profile, stage, engine: &engine_name, mesh: job.mesh };
    batch::run(&met, engine, input.workers(), one, |Done { made, thumb }| {
        summary.count(made.checked.outcome.as_ref().ok().map(|j| j.verdict.outcome));
        let came = maker.as_mut().map(|m| m.write(&made, &run));
        if let Some(came) = &came {
            files.count(matches!(came, Came::Written { .. }), came.passed(), came.failed());
        }
        let record = || record(&made, came.as_ref(), &run);
        recording = records.as_mut().map_or(Ok(()), |r| writeln!(r.file, "{}", record()));
        reporting =
            report.as_mut().map_or(Ok(()), |r| r.add(&made, thumb.as_ref(), came.as_ref(), &run));
        // Whoever reads our output may stop reading; the records still become whole.
        if printing.is_ok() {
            printing = progress::above(&bar, || {
                let mut out = anstream::stdout().lock();
                match job.format {
                    Format::Ndjson => writeln!(out, "{}", record()),
                    Format::Terminal => {
                        terminal::capture(&mut out, &made.checked, language)?;
                        match (&came, &maker) {
                            (Some(came), Some(maker)) => {
                                tell(&mut out, &made, came, maker, language)
                            }
                            _ => Ok(()),
                        }
                    }
                }
            });
        }
        bar.set_message(made.checked.capture.id);
        bar.inc(1);
        let printing_alone = records.is_none() && maker.is_none() && report.is_none();
        let nobody_reads = printing.is_err() && printing_alone;
        if recording.is_err() || reporting.is_err() || nobody_reads {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    if let Some(records) = records {
        recording.map_err(|source| Error::Write { path: records.path.clone(), source })?;
        records.finish(job.force)?;
    }
    reporting?;
    if let Some(report) = report {
        let files = maker.is_some().then_some(&files);
        report.finish(&run, &summary, files, language)?;
    }
    printing.or_else(ignore_broken_pipe)?;
    if matches!(job.format, Format::Terminal) {
        let made_by = format!("{}, {engine_name}", profile.name);
        let files = maker.is_some().then_some(&files);
        let written =
            terminal::summary(&mut anstream::stdout().lock(), &summary, files, &made_by, language);
        written.or_else(ignore_broken_pipe)?;
    }
    Ok((summary, files))
}

fn record(made: &Made, came: Option<&Came>, run: &json::Run) -> String {
    match came {
        None => json::record(&made.checked, run),
        Some(Came::Written { name, .. }) => json::record_made(made, Ok(name), run),
        Some(Came::NotMade(reason) | Came::Failed(reason)) => {
            json::record_made(made, Err(reason), run)
        }
    }
}

fn tell(
    out: &mut impl Write,
    made: &Made,
    came: &Came,
    maker: &Maker,
    language: terminal::Language,
) -> io::Result<()> {
    match (came, &made.file) {
        (Came::Written { name, .. }, Ok(file)) => {
            terminal::standard(out, file, &maker.place(name), language)
        }
        // What could not be read has been said.
        (Came::NotMade(_), _) if made.checked.outcome.is_err() => Ok(()),
        (Came::Written { .. }, Err(reason)) => terminal::not_made(out, reason, language),
        (Came::NotMade(reason) | Came::Failed(reason), _) => {
            terminal::not_made(out, reason, language)
        }
    }
}
