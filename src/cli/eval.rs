//! `photogate eval`.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::input::Inputs;
use super::outfile::OutFile;
use super::stop::{at_ctrl_c, stopped};
use super::{EvalArgs, STOPPED, ignore_broken_pipe};
use crate::batch::{self, Order};
use crate::capture::{Capture, Given, Take};
use crate::check;
use crate::error::{Error, Result};
use crate::evaluate::agreement::said;
use crate::evaluate::pairing::{self, Decided, Paired};
use crate::evaluate::{VERDICT, decisions, evaluate};
use crate::gate::Gate;
use crate::produce::Made;
use crate::progress;
use crate::report::eval::{Evaluation, NotRead, csv, json, terminal};
use crate::report::json::Run;

/// A file of `--out`: its name, and what makes its text.
type Written = (&'static str, fn(&Evaluation) -> String);

const FILES: [Written; 3] =
    [("eval.json", json::document), ("eval.csv", csv::checks), ("pictures.csv", csv::pictures)];

/// Judge the pictures that a person decided on, and report how the two agree; the exit code.
pub(super) fn run(args: &EvalArgs) -> Result<u8> {
    let input = &args.input;
    let profile = input.profile()?;
    let (stage, language) = (input.stage(), input.language());
    let rows = decisions::read(&args.decisions)?;
    let given = input.given()?;
    let (captures, not_met): (Vec<_>, Vec<_>) = given.find()?.into_iter().partition(Result::is_ok);
    let captures: Vec<Capture> = captures.into_iter().flatten().collect();
    let mut unreadable: Vec<NotRead> =
        not_met.into_iter().filter_map(Result::err).map(not_read).collect();
    let refuse = |reason| Error::Decisions { path: args.decisions.clone(), reason };
    let Paired { captures, missing, without } = pairing::pair(&rows, &captures).map_err(refuse)?;
    let (gone, without) = not_there(&given, without);
    unreadable.extend(gone);
    // Where something could not be read, that may be why: the report says both.
    if captures.is_empty() && unreadable.is_empty() {
        return Err(refuse(none_there(&missing[0].0, missing.len(), without)));
    }
    // Begun before the work, so that what is in the way is said at once.
    let create = |dir: &Path| -> Result<Vec<OutFile>> {
        FILES.iter().map(|(name, _)| OutFile::create(dir, name, args.force)).collect()
    };
    let files = args.out.as_deref().map(create).transpose()?.unwrap_or_default();
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let total = captures.len() as u64;
    let bar = progress::bar(move || Some(total));
    let mut decided: HashMap<PathBuf, Decided> =
        captures.into_iter().map(|(c, d)| (c.path, d)).collect();
    let paths: HashSet<PathBuf> = decided.keys().cloned().collect();
    // Only what was decided on is looked at.
    let source = |take: Take| {
        given.walk(&mut |met| match met {
            Ok(one) if paths.contains(&one.capture.path) => take(Ok(one)),
            _ => ControlFlow::Continue(()),
        })
    };
    let (mut pairs, mut pictures) = (Vec::new(), 0);
    let (workers, stop) = (input.workers(), at_ctrl_c());
    let order = Order { engine, profile: &profile, stage, workers, stop };
    let work = |gate: &mut Gate, given: &Given| gate.take(given, None);
    batch::run(source, &order, work, |made: Made| {
        let checked = made.checked;
        // A file that was given twice is one picture.
        let Some(decided) = decided.remove(&checked.capture.path) else {
            return ControlFlow::Continue(());
        };
        let file = checked.capture.id;
        match checked.outcome {
            Err(reason) => unreadable.push(NotRead { file, reason, decided }),
            Ok(judged) => {
                pictures += 1;
                let subjects = check::ALL.iter().map(|c| c.id).chain([VERDICT]);
                let decisions = subjects.filter_map(|s| Some((s, decided.get(s)?.0)));
                pairs.extend(decisions.map(|(s, d)| said(&file, s, d, &judged, &profile)));
            }
        }
        bar.inc(1);
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    if stopped() {
        return Ok(STOPPED);
    }
    let evaluation = Evaluation {
        run: Run { profile: &profile, stage, engine: &engine_name, mesh: false },
        decisions: &args.decisions,
        wanted: args.false_pass,
        pictures,
        checks: evaluate(&pairs, profile.limits(stage), args.false_pass, args.worst),
        pairs,
        missing,
        unreadable,
        without,
    };
    for (mut file, (_, make)) in files.into_iter().zip(FILES) {
        let refuse = |source| Error::Write { path: file.path.clone(), source };
        file.file.write_all(make(&evaluation).as_bytes()).map_err(refuse)?;
        file.finish(args.force)?;
    }
    terminal::report(&mut anstream::stdout().lock(), &evaluation, language)
        .or_else(ignore_broken_pipe)?;
    Ok(evaluation.exit_code())
}

/// Of the captures without a decision: paths that were given and do not exist, and how many others there
/// are. Those are never opened, so that nothing else would notice that a path is misspelt.
fn not_there(given: &Inputs, without: Vec<Capture>) -> (Vec<NotRead>, usize) {
    let all = without.len();
    let outright: HashSet<&PathBuf> = given.paths.iter().collect();
    let gone = without.into_iter().filter(|c| outright.contains(&c.path)).filter_map(|capture| {
        let source = std::fs::metadata(&capture.path).err()?;
        Some(not_read(Error::Read { path: capture.path, source }))
    });
    let gone: Vec<NotRead> = gone.collect();
    let there = all - gone.len();
    (gone, there)
}

fn not_read(e: Error) -> NotRead {
    let file = e.path().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    NotRead { file, reason: e.to_string(), decided: Decided::new() }
}

fn none_there(first: &str, missing: usize, captures: usize) -> String {
    format!(
        "none of its {missing} pictures is among the {captures} of the input; the first it names is {}",
        first.escape_debug()
    )
}

/// A share on the command line.
pub(super) fn share(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=0.5).contains(&share) => Ok(share),
        _ => Err("a share from 0 to 0.5 is wanted, such as 0.02 for 2 %".to_owned()),
    }
}
