//! `photogate eval`.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use super::outfile::OutFile;
use super::{EvalArgs, ignore_broken_pipe};
use crate::batch;
use crate::capture::{Capture, Met};
use crate::check;
use crate::error::{Error, Result};
use crate::evaluate::agreement::said;
use crate::evaluate::pairing::{self, Paired};
use crate::evaluate::{VERDICT, decisions, evaluate};
use crate::pipeline::Pipeline;
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
    let (captures, not_met): (Vec<Met>, Vec<Met>) = input.find()?.into_iter().partition(Met::is_ok);
    let captures: Vec<Capture> = captures.into_iter().flatten().collect();
    let mut unreadable: Vec<NotRead> =
        not_met.into_iter().filter_map(Met::err).map(not_read).collect();
    let refuse = |reason| Error::Decisions { path: args.decisions.clone(), reason };
    let Paired { captures, missing, without } = pairing::pair(&rows, &captures).map_err(refuse)?;
    if captures.is_empty() {
        return Err(refuse(none_there(&missing[0].0, missing.len(), without)));
    }
    // Begun before the work, so that what is in the way is said at once.
    let create = |dir: &Path| -> Result<Vec<OutFile>> {
        FILES.iter().map(|(name, _)| OutFile::create(dir, name, args.force)).collect()
    };
    let files = args.out.as_deref().map(create).transpose()?.unwrap_or_default();
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let bar = progress::bar(captures.len());
    let (met, decided): (Vec<Met>, Vec<_>) = captures.into_iter().map(|(c, d)| (Ok(c), d)).unzip();
    let (mut decided, mut pairs, mut pictures) = (decided.into_iter(), Vec::new(), 0);
    let work = |models: &mut Pipeline, capture: &Capture| models.check(capture, &profile, stage);
    batch::run(&met, engine, input.workers(), work, |checked| {
        // Results come in the order of the input, one for each.
        let decided = decided.next().unwrap_or_default();
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

fn not_read(e: Error) -> NotRead {
    let file = e.path().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    NotRead { file, reason: e.to_string(), decided: pairing::Decided::new() }
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
