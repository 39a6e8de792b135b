//! `photogate forget`: a capture and everything that was made of it, gone from ledger and outputs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::outfile::OutFile;
use super::print;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::identity;
use crate::ledger::{Ledger, Listed, Rows, Traces};
use crate::report::proof;
use crate::report::terminal::printable;

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct ForgetArgs {
    /// What to forget: the path of a capture or of its standard file, its name inside the input, the
    /// first 8 or more digits of its SHA-256, or a word of the standard file's name (a student's number)
    #[arg(required = true)]
    what: Vec<PathBuf>,
    /// The ledger, as `check --ledger` wrote it
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// Records to take it out of as well (findings.ndjson, a session's log), may be repeated
    #[arg(long, value_name = "FILE")]
    records: Vec<PathBuf>,
    /// Where WHAT means several captures, take them all
    #[arg(long)]
    all: bool,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

const HELP: &str = "Removed are the records in the ledger, of copies with the same bytes too, and the standard \
files that it lists with their proofs and print sheets. The capture itself is never touched: while it \
lies there, the next run records it again. Out of reach are reports (--report), exports, what \
`inspect` drew, and copies elsewhere.\n\nExit codes: 0 forgotten, 1 not found or something was left, \
2 something could not be removed, 64 wrong usage.";

/// What becomes of a file.
enum Fate {
    Goes,
    /// It is no longer what was written.
    Stays(&'static str),
}

/// Forget; the exit code.
pub(super) fn run(args: &ForgetArgs) -> Result<u8> {
    let mut ledger = if args.dry_run {
        Ledger::open(&args.ledger)?
    } else {
        Ledger::open_to_forget(&args.ledger)?
    };
    // All are found before any is forgotten: a wrong word stops everything in time.
    let known: Result<Vec<Traces>> =
        args.what.iter().map(|what| ledger.traces(what, args.all)).collect();
    let known = known?;
    let mut told = Told::default();
    let done = args.what.iter().zip(&known).try_for_each(|(what, traces)| {
        if traces.captures.is_empty() {
            told.line(format!("{}: the ledger knows no such capture", what.display()));
            told.code = 1;
            return Ok(());
        }
        forget(args, &mut ledger, traces, &mut told)
    });
    // Also where an earlier try was cut off after its rows had gone.
    let tidied = if args.dry_run { Ok(()) } else { ledger.tidy() };
    if !args.dry_run {
        let Rows { records, readings, outputs } = told.rows;
        told.line(format!(
            "{}: {records} records of captures, {readings} readings and {outputs} records of standard files removed",
            args.ledger.display()
        ));
    }
    // What went is said, whatever went wrong after it.
    print(&told.lines.join("\n"))?;
    done.and(tidied).map(|()| told.code)
}

/// What is said in the end.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    rows: Rows,
    code: u8,
}

impl Told {
    fn line(&mut self, line: String) {
        self.lines.push(printable(&line));
    }
}

/// Files first, for what is still listed can be tried again.
fn forget(args: &ForgetArgs, ledger: &mut Ledger, traces: &Traces, told: &mut Told) -> Result<()> {
    let would = if args.dry_run { "would be " } else { "" };
    for trace in &traces.captures {
        let content = trace.sha256.as_deref().map_or("no content", |h| &h[..h.len().min(12)]);
        let (place, records) = (trace.place.display(), trace.records);
        told.line(format!("{place} ({content}): {would}forgotten, records: {records}"));
    }
    let whom = Whom {
        contents: &traces.contents,
        // Records may have names with identity numbers masked.
        names: traces
            .captures
            .iter()
            .flat_map(|t| [t.name.clone(), identity::masked(&t.name).into_owned()])
            .collect(),
    };
    for output in &traces.outputs {
        for (path, fate) in fates(output, &whom) {
            match fate {
                Fate::Goes => {
                    if !args.dry_run {
                        remove(&path, &output.name)?;
                    }
                    told.line(format!("  {}: {would}removed", path.display()));
                }
                Fate::Stays(reason) => {
                    told.line(format!("  {}: left, {reason}", path.display()));
                    told.code = 1;
                }
            }
        }
    }
    for path in &args.records {
        let gone = rewrite(path, &whom, args.dry_run)?;
        told.line(format!("  {}: lines {would}removed: {gone}", path.display()));
    }
    if !args.dry_run {
        let rows = ledger.forget(traces)?;
        told.rows.records += rows.records;
        told.rows.readings += rows.readings;
        told.rows.outputs += rows.outputs;
    }
    for trace in &traces.captures {
        let listed = traces.outputs.iter().any(|o| o.path == trace.place);
        if !listed && trace.place.exists() {
            let place = trace.place.display();
            told.line(format!("  {place}: the capture itself is yours to delete"));
        }
    }
    Ok(())
}

/// Whom it is about.
struct Whom<'a> {
    contents: &'a BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Whom<'_> {
    fn is_in(&self, text: &str) -> bool {
        proof::is_about(text, self.contents, &self.names)
    }
}

/// The standard file, its proof and its sheet, as far as they are there. Whatever is not known to be of the
/// capture stays: another's file may have got the name since.
fn fates(output: &Listed, whom: &Whom) -> Vec<(PathBuf, Fate)> {
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let plain = |path: &Path| fs::symlink_metadata(path).is_ok_and(|m| m.is_file());
    let picture = &output.path;
    let (proof, sheet) = (picture.with_extension("json"), picture.with_extension("sheet.jpg"));
    let same =
        plain(picture) && fs::read(picture).is_ok_and(|b| whom.contents.contains(&sha256_hex(&b)));
    let proves = plain(&proof) && fs::read_to_string(&proof).is_ok_and(|text| whom.is_in(&text));
    let mut fates = Vec::new();
    // The picture goes last: cut off before, the next try still knows what the others were.
    if there(&sheet) {
        let ours = plain(&sheet) && (proves || (same && !there(&proof)));
        let reason = "nothing says that it is of this capture";
        fates.push((sheet, if ours { Fate::Goes } else { Fate::Stays(reason) }));
    }
    if there(&proof) {
        let reason = "it is the proof of something else";
        fates.push((proof, if proves { Fate::Goes } else { Fate::Stays(reason) }));
    }
    if there(picture) {
        let reason = "it is no longer the file that was written";
        fates.push((picture.clone(), if same { Fate::Goes } else { Fate::Stays(reason) }));
    }
    fates
}

/// Remove a file, and the folders that the template made for it where nothing else is in them.
fn remove(path: &Path, name: &str) -> Result<()> {
    fs::remove_file(path).map_err(|source| Error::Remove { path: path.to_owned(), source })?;
    for folder in path.ancestors().skip(1).take(name.matches('/').count()) {
        // Refused where something is in it, as it should be.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

/// Write records anew without the lines about these contents; how many there were.
fn rewrite(path: &Path, whom: &Whom, dry_run: bool) -> Result<usize> {
    let unreadable = |source: io::Error| Error::Read { path: path.to_owned(), source };
    let mut from = BufReader::new(fs::File::open(path).map_err(unreadable)?);
    let dir = path.parent().filter(|d| *d != Path::new("")).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut out = if dry_run { None } else { Some(OutFile::create(dir, &name, true)?) };
    let (mut line, mut gone) = (Vec::new(), 0);
    while from.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
        if whom.is_in(&String::from_utf8_lossy(&line)) {
            gone += 1;
        } else if let Some(out) = &mut out {
            let written = out.file.write_all(&line);
            written.map_err(|source| Error::Write { path: path.to_owned(), source })?;
        }
        line.clear();
    }
    match out {
        Some(out) if gone > 0 => out.finish(true)?,
        _ => {}
    }
    Ok(gone)
}
