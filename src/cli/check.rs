//! `photogate check`, and `photogate standardise`, which is the same with other things told.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::input::nothing;
use super::ledger::{self, LedgerArgs};
use super::make::{Came, Maker};
use super::outfile::OutFile;
use super::report::Reporter;
use super::stop::{at_ctrl_c, stopped};
use super::{
    CheckArgs, Format, InputArgs, MakeArgs, STOPPED, StandardiseArgs, ignore_broken_pipe, print,
    sheet,
};
use crate::batch::{self, Twins};
use crate::capture::{Given, Take};
use crate::error::{Error, Result};
use crate::gate::Gate;
use crate::ledger::MadeBy;
use crate::pipeline::Checked;
use crate::produce::Made;
use crate::progress;
use crate::report::html::{self, Thumb};
use crate::report::{Files, Summary, json, terminal};
use crate::resume::{self, Course, Done, Keep};

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
    ledger: &'a LedgerArgs,
    format: Format,
    mesh: bool,
}

/// What a worker brings of one capture.
struct One {
    done: Done,
    /// Where a report is wanted and the picture could be read.
    thumb: Option<Thumb>,
}

impl From<Checked> for One {
    fn from(checked: Checked) -> One {
        One { done: checked.into(), thumb: None }
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
        ledger: &args.ledger,
        format: args.format,
        mesh: args.mesh,
    })?;
    Ok(match () {
        () if stopped() => STOPPED,
        () if files.failed > 0 => 2,
        () => summary.exit_code(),
    })
}

/// Make the standard file of every capture; the exit code.
pub(super) fn standardise(args: &StandardiseArgs) -> Result<u8> {
    let (summary, files) = work(&Job {
        input: &args.input,
        make: Some((&args.make, args.out.clone())),
        records: None,
        report: args.report.clone(),
        force: args.force,
        ledger: &args.ledger,
        format: Format::Terminal,
        mesh: false,
    })?;
    Ok(match () {
        () if stopped() => STOPPED,
        () if summary.error + files.failed > 0 => 2,
        () => u8::from(files.passed < summary.total()),
    })
}

fn work(job: &Job) -> Result<(Summary, Files)> {
    let input = job.input;
    let profile = input.profile()?;
    let (stage, language) = (input.stage(), input.language());
    let mut given = input.given()?;
    let files = job.report.as_deref().map(super::report::folder_of);
    let folders = job.make.iter().map(|(_, folder)| folder.clone()).chain(files);
    given.leave_out(&folders.collect::<Vec<_>>())?;
    let maker = |(args, folder): &(&MakeArgs, PathBuf)| {
        Maker::new(args, folder, job.force, (&given, &profile, stage))
    };
    let mut maker = job.make.as_ref().map(maker).transpose()?;
    let create = |dir| OutFile::create(dir, "findings.ndjson", job.force);
    let mut records = job.records.as_deref().map(create).transpose()?;
    let ledger = job.ledger.open()?;
    // Of many captures the thumbnails lie beside the page; archives do not tell how many they hold.
    let many = || given.count().map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let begin = |path| Reporter::begin(path, job.force, many());
    let mut report = job.report.as_deref().map(begin).transpose()?;
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let (known, mut book) =
        job.ledger.begin(ledger, &MadeBy::this(&engine_name), (&profile, stage))?;
    if let (Some(layout), Format::Terminal) =
        (maker.as_ref().and_then(|m| m.layout.as_ref()), job.format)
    {
        print(&sheet::about(layout, &profile))?;
    }
    let bar = given.bar();
    let (mut summary, mut files) = (Summary::default(), Files::default());
    let (mut recording, mut printing, mut reporting) = (Ok(()), Ok(()), Ok(()));
    let (workers, stop) = (input.workers(), at_ctrl_c());
    let order = batch::Order { engine, profile: &profile, stage, workers, stop };
    let asked = known.as_ref().filter(|_| !job.ledger.fresh);
    let wanted = maker.as_ref().map(|m| m.order);
    let course = Course { profile: &profile, stage, order: wanted, known: asked };
    let keep: Option<&Keep<Thumb>> = report.is_some().then_some(&html::thumb);
    let work = |gate: &mut Gate, given: &Given| {
        let (done, thumb) = resume::look(&mut gate.pipeline, given, &course, keep);
        One { done, thumb }
    };
    let (mut unchanged, mut keeping) = (0, Ok(()));
    let run = json::Run { profile: &profile, stage, engine: &engine_name, mesh: job.mesh };
    let mut twins = Twins::default();
    let source = |take: Take| given.walk(take);
    let met = batch::run(source, &order, work, |One { done, thumb }: One| {
        let made = &done.made;
        let twin = twins.of(&made.checked);
        summary.count(made.checked.outcome.as_ref().ok().map(|j| j.verdict.outcome));
        let there = known.as_ref().map(|known| (known, done.kept.as_deref()));
        let came = maker.as_mut().map(|m| m.write(made, &run, there));
        if let Some(came) = &came {
            files.count(matches!(came, Came::Written { .. }), came.passed(), came.failed());
        }
        unchanged += usize::from(!done.looked);
        if let Some(book) = &mut book {
            keeping = ledger::record(book, &done, came.as_ref(), maker.as_ref());
        }
        let record = || record(made, came.as_ref(), twin.as_deref(), &run);
        recording = records.as_mut().map_or(Ok(()), |r| writeln!(r.file, "{}", record()));
        reporting =
            report.as_mut().map_or(Ok(()), |r| r.add(made, thumb.as_ref(), came.as_ref(), &run));
        // Whoever reads our output may stop reading; the records still become whole.
        if printing.is_ok() {
            printing = progress::above(&bar, || {
                let mut out = anstream::stdout().lock();
                match job.format {
                    Format::Ndjson => writeln!(out, "{}", record()),
                    Format::Terminal => {
                        terminal::capture(&mut out, &made.checked, language)?;
                        if let Some(twin) = &twin {
                            terminal::twin(&mut out, twin, language)?;
                        }
                        match (&came, &maker) {
                            (Some(came), Some(maker)) => {
                                tell(&mut out, made, came, maker, language)
                            }
                            _ => Ok(()),
                        }
                    }
                }
            });
        }
        bar.set_message(format!("{summary}  {}", terminal::printable(&made.checked.capture.id)));
        bar.inc(1);
        let asked = records.is_some() || maker.is_some() || book.is_some() || report.is_some();
        let broken = recording.is_err() || keeping.is_err() || reporting.is_err();
        if broken || (printing.is_err() && !asked) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    // Whoever closes a ledger last puts it in order, and must be able to write.
    drop(known);
    // A ledger that cannot be written ends the run, but what was judged by then is not lost with it.
    let whole = keeping.is_ok() && !stopped();
    if let Some(book) = book.filter(|_| keeping.is_ok()) {
        keeping = book.finish(whole);
    }
    if met == 0 && !stopped() {
        keeping?;
        return Err(nothing());
    }
    if let Some(records) = records {
        recording.map_err(|source| Error::Write { path: records.path.clone(), source })?;
        if whole || !left(&records.path) {
            records.finish(job.force)?;
        }
    }
    reporting?;
    if let Some(report) = report.filter(|_| whole || !job.report.as_deref().is_some_and(left)) {
        let files = maker.is_some().then_some(&files);
        report.finish(&run, &summary, files, language, !whole)?;
    }
    keeping.map_err(|e| match e {
        // Not a wrong order, as a ledger that could not be opened would be.
        Error::Ledger { path, reason } => Error::Write { path, source: io::Error::other(reason) },
        other => other,
    })?;
    printing.or_else(ignore_broken_pipe)?;
    if matches!(job.format, Format::Terminal) {
        let made_by = format!("{}, {engine_name}", profile.name);
        let files = maker.is_some().then_some(&files);
        let written =
            terminal::summary(&mut anstream::stdout().lock(), &summary, files, &made_by, language);
        written.or_else(ignore_broken_pipe)?;
        if unchanged > 0 {
            let written = terminal::unchanged(&mut anstream::stdout().lock(), unchanged, language);
            written.or_else(ignore_broken_pipe)?;
        }
    } else if unchanged > 0 {
        // Records alone go to standard output; whether this line can be read changes nothing.
        let _ = terminal::unchanged(&mut anstream::stderr().lock(), unchanged, language);
    }
    Ok((summary, files))
}

/// Whether something is in the place of a run's part, which is left there then: it may be a whole.
fn left(path: &Path) -> bool {
    let there = path.exists();
    if there {
        let called = terminal::printable(&path.to_string_lossy());
        eprintln!("{called}: left as it was, for the run did not come to its end");
    }
    there
}

fn record(made: &Made, came: Option<&Came>, twin: Option<&str>, run: &json::Run) -> String {
    match came {
        None => json::record(&made.checked, twin, run),
        Some(Came::Written { name, .. }) => json::record_made(made, Ok(name), twin, run),
        Some(Came::NotMade(reason) | Came::Failed(reason)) => {
            json::record_made(made, Err(reason), twin, run)
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
