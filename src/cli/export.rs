//! `photogate export`: what a ledger holds, as a table or as records for other programs.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::outfile::OutFile;
use crate::error::{Error, Result};
use crate::ledger::{Ledger, Row};
use crate::rejudge;
use crate::report::columns::Columns;
use crate::report::json;
use crate::report::spreadsheet::{self, Csv, Line};
use crate::report::terminal::printable;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The ledger, as `check --ledger` wrote it
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// ndjson: the records of `check --format ndjson`, less what is of a run and not of a photo (copies, standard
    /// files); csv and parquet: one row a capture, with value and
    /// outcome of every check
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only the captures of this run [default: the latest record of every file]
    #[arg(long, value_name = "N")]
    run: Option<i64>,
    /// Replace what is there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExportFormat {
    Ndjson,
    Csv,
    Parquet,
}

enum Writer<W: Write + Send> {
    Records(W),
    Csv(Csv<W>),
    Parquet(Columns<W>),
}

impl<W: Write + Send> Writer<W> {
    fn finish(self) -> std::io::Result<()> {
        match self {
            Writer::Records(mut out) => out.flush(),
            Writer::Csv(csv) => csv.finish(),
            Writer::Parquet(columns) => columns.finish(),
        }
    }
}

/// What is written of one capture.
enum Part {
    Record(String),
    Line(Box<Line>),
}

/// Write the file; the exit code.
pub(super) fn run(args: &ExportArgs) -> Result<u8> {
    let ledger = Ledger::open(&args.ledger)?;
    let (context, ids) = (ledger.context()?, ledger.captures(args.run)?);
    let folder = args.out.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let name = args.out.file_name().unwrap_or_default().to_string_lossy();
    let mut out = OutFile::create(folder, &name, args.force)?;
    let failed = |source| Error::Write { path: args.out.clone(), source };
    let work = |row: Row| {
        let Some((profile, made_by)) = row.profile(&context).zip(row.made_by(&context)) else {
            return Err(row.name);
        };
        let checked = rejudge::checked(&row, &context, profile, row.stage);
        let run = json::Run { profile, stage: row.stage, engine: &made_by.engine, mesh: false };
        Ok(match args.format {
            ExportFormat::Ndjson => Part::Record(json::record_by(&checked, &run, made_by)),
            _ => Part::Line(Box::new(spreadsheet::line(&checked, row.run, &profile.name))),
        })
    };
    let mut left_out = 0;
    let file = BufWriter::new(out.file.as_file_mut());
    let begin = || {
        Ok(match args.format {
            ExportFormat::Ndjson => Writer::Records(file),
            ExportFormat::Csv => Writer::Csv(Csv::begin(file)?),
            ExportFormat::Parquet => Writer::Parquet(Columns::begin(file)?),
        })
    };
    let (mut writer, mut written) = (begin().map_err(failed)?, Ok(()));
    rejudge::run(&args.ledger, &ids, true, work, |part| {
        let part = match part {
            Ok(part) => part,
            // Of another program, whose checks had other names: its limits cannot be told any more.
            Err(name) => {
                let name = printable(&name);
                eprintln!("{name}: left out, for its profile in the ledger is of another program");
                left_out += 1;
                return ControlFlow::Continue(());
            }
        };
        written = match (&mut writer, part) {
            (Writer::Records(out), Part::Record(record)) => writeln!(out, "{record}"),
            (Writer::Csv(csv), Part::Line(line)) => csv.write(&line),
            (Writer::Parquet(columns), Part::Line(line)) => columns.write(*line),
            // Each format makes its own parts.
            _ => Ok(()),
        };
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written.map_err(failed)?;
    writer.finish().map_err(failed)?;
    out.finish(args.force)?;
    Ok(if left_out > 0 { 2 } else { 0 })
}
