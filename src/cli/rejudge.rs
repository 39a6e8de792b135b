//! `photogate rejudge`: what is in a ledger, judged by other rules.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;

use super::{Format, LangArg, StageArg, ignore_broken_pipe};
use crate::error::Result;
use crate::ledger::{Context, Ledger, Row};
use crate::profile::{self, Profile, Stage};
use crate::rejudge::{self, Rules};
use crate::report::diff::{self, Changes};
use crate::report::{Summary, json, terminal};

#[derive(Debug, Args)]
pub(super) struct RejudgeArgs {
    /// The ledger, as `check --ledger` wrote it; it is not changed
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Name of a built-in profile, or a .toml file
    #[arg(long, default_value = "chsi-degree")]
    profile: String,
    /// Change a limit of the profile, as `check --set` does
    #[arg(long, value_name = "CHECK.KEY=VALUE", value_parser = profile::parse_set)]
    set: Vec<profile::Set>,
    /// Judge as this stage [default: as each capture was judged]
    #[arg(long, value_enum)]
    stage: Option<StageArg>,
    /// List only the captures whose verdict changes, with the checks that turned it; exit code 1 if any
    #[arg(long)]
    diff: bool,
    /// Only the captures of this run [default: the latest record of every file]
    #[arg(long, value_name = "N")]
    run: Option<i64>,
    /// Language on the terminal
    #[arg(long, value_enum, default_value_t)]
    lang: LangArg,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Judge again; the exit code.
pub(super) fn run(args: &RejudgeArgs) -> Result<u8> {
    let ledger = Ledger::open(&args.ledger)?;
    let (context, ids) = (ledger.context()?, ledger.captures(args.run)?);
    let profile = Profile::load(&args.profile)?;
    let wanted = args.stage.map(StageArg::stage);
    let stages = wanted.map_or_else(|| vec![Stage::Capture, Stage::Finished], |stage| vec![stage]);
    let mut rules = Rules::new();
    for stage in stages {
        rules.insert(stage.id(), profile::with(profile.clone(), stage, &args.set)?);
    }
    if args.diff {
        changes(args, &context, &ids, &rules)
    } else {
        verdicts(args, &context, &ids, &rules)
    }
}

fn stage(args: &RejudgeArgs, row: &Row) -> Stage {
    args.stage.map_or(row.stage, StageArg::stage)
}

fn changes(args: &RejudgeArgs, context: &Context, ids: &[i64], rules: &Rules) -> Result<u8> {
    let language = args.lang.language();
    let (mut counts, mut printing) = (Changes::default(), Ok(()));
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let work = |row: Row| rejudge::change(&row, context, rules, stage(args, &row));
    rejudge::run(&args.ledger, ids, false, work, |change| {
        counts.count(&change);
        let changed = change.old != change.new;
        printing = match args.format {
            Format::Ndjson if changed => writeln!(out, "{}", diff::record(&change)),
            Format::Ndjson => Ok(()),
            Format::Terminal => diff::change(&mut out, &change, language),
        };
        if printing.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if matches!(args.format, Format::Terminal) && printing.is_ok() {
        printing = diff::summary(&mut out, &counts, language);
    }
    printing.and_then(|()| out.flush()).or_else(ignore_broken_pipe)?;
    Ok(u8::from(counts.changed() > 0))
}

fn verdicts(args: &RejudgeArgs, context: &Context, ids: &[i64], rules: &Rules) -> Result<u8> {
    let language = args.lang.language();
    let (mut summary, mut printing) = (Summary::default(), Ok(()));
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let work = |row: Row| {
        let stage = stage(args, &row);
        let profile = &rules[stage.id()];
        let checked = rejudge::checked(&row, context, profile, stage);
        // Said by the thread that judged it: what waits for its turn is text alone.
        let mut said = Vec::new();
        let told = match (args.format, row.made_by(context)) {
            (Format::Ndjson, Some(made_by)) => {
                let run = json::Run { profile, stage, engine: &made_by.engine, mesh: false };
                writeln!(said, "{}", json::record_by(&checked, &run, made_by))
            }
            _ => terminal::capture(&mut said, &checked, language),
        };
        (checked.outcome.ok().map(|j| j.verdict.outcome), told.map(|()| said))
    };
    rejudge::run(&args.ledger, ids, true, work, |(outcome, said)| {
        summary.count(outcome);
        printing = said.and_then(|said| out.write_all(&said));
        if printing.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if matches!(args.format, Format::Terminal) && printing.is_ok() {
        let name = rules.values().next().map_or("", |p| &p.name);
        printing = terminal::summary(&mut out, &summary, None, name, language);
    }
    printing.and_then(|()| out.flush()).or_else(ignore_broken_pipe)?;
    Ok(summary.exit_code())
}
