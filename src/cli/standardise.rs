//! `photogate standardise`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use super::outfile::OutFile;
use super::{AcceptArg, BackgroundArg, StandardiseArgs, print, sheet};
use crate::error::{Error, Result};
use crate::pipeline::Pipeline;
use crate::produce::{self, Made, Order};
use crate::profile::Stage;
use crate::progress;
use crate::report::{json, terminal};
use crate::standardise::Wish;
use crate::standardise::sheet::print as print_sheet;
use crate::verdict::Outcome;

/// Make the standard file of every capture; the exit code.
pub(super) fn run(args: &StandardiseArgs) -> Result<u8> {
    let input = &args.input;
    if input.stage() == Stage::Finished {
        let reason = "standardise takes captures: leave --stage out".to_owned();
        return Err(Error::Usage { reason });
    }
    let profile = input.profile()?;
    let order = Order {
        background: match args.background {
            BackgroundArg::Auto => Wish::Auto,
            BackgroundArg::Keep => Wish::Keep,
            BackgroundArg::Replace => Wish::Replace,
        },
        accept: match args.accept {
            AcceptArg::Pass => Outcome::Pass,
            AcceptArg::Look => Outcome::Review,
            AcceptArg::Any => Outcome::Fail,
        },
    };
    let layout = args.sheet.layout(&profile)?;
    let met = input.find()?;
    let engine = input.engine.start()?;
    let engine_name = format!("{} {}", engine.name, engine.version);
    let mut pipeline = Pipeline::load(engine)?;
    if let Some(layout) = &layout {
        print(&sheet::about(layout, &profile))?;
    }
    let bar = progress::bar(met.len());
    let (mut taken, mut made_files, mut left, mut errors) = (BTreeSet::new(), 0, 0, 0);
    for one in met {
        let work = || -> Result<bool> {
            let made = produce::make(&mut pipeline, &one?, &profile, order);
            let id = terminal::printable(&made.checked.capture.id);
            let Ok(file) = &made.file else {
                let reason = made.file.as_ref().err().map_or("", String::as_str);
                progress::above(&bar, || println!("NOT MADE {id}: {reason}"));
                return made
                    .checked
                    .outcome
                    .map(|_| false)
                    .map_err(|reason| Error::Standard { reason });
            };
            let name = name_of(&made.checked.capture.id, layout.is_some(), &mut taken);
            let sheet = layout.as_ref().map(|l| print_sheet(l, &file.bytes)).transpose()?;
            write(&args.out, &format!("{name}.jpg"), &file.bytes, args.force)?;
            if let Some(sheet) = &sheet {
                write(&args.out, &format!("{name}.sheet.jpg"), &sheet.bytes, args.force)?;
            }
            let run = json::Run {
                profile: &profile,
                stage: Stage::Capture,
                engine: &engine_name,
                mesh: false,
            };
            write(
                &args.out,
                &format!("{name}.json"),
                json::made(&made, sheet.as_ref(), &run).as_bytes(),
                args.force,
            )?;
            progress::above(&bar, || println!("{}", line(&id, &name, &made)));
            Ok(file.judged.verdict.outcome == Outcome::Pass)
        };
        match work() {
            Ok(true) => made_files += 1,
            Ok(false) => left += 1,
            Err(e) => {
                errors += 1;
                progress::above(&bar, || eprintln!("{e}"));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    print(&format!(
        "\n{made_files} made and passed as finished files, {left} not made or not passed, {errors} errors  ({}, {engine_name})",
        profile.name
    ))?;
    Ok(if errors > 0 { 2 } else { u8::from(left > 0) })
}

fn line(id: &str, name: &str, made: &Made) -> String {
    let Ok(file) = &made.file else { return String::new() };
    let mut text = format!(
        "{} {id} -> {name}.jpg  quality {}, {:.1} KB, background {}",
        if file.judged.verdict.outcome == Outcome::Pass { "MADE    " } else { "MADE, BUT" },
        file.quality,
        file.bytes.len() as f64 / 1024.0,
        json::background(&file.background),
    );
    let wrong = file.judged.verdict.findings.iter();
    for f in wrong.filter(|f| f.limit.required && f.outcome != Outcome::Pass) {
        text += &format!("\n          {} {}", f.check, f.outcome.id());
    }
    text
}

/// The file name without ending: that of the capture, with safe characters; a second one of the same
/// name in this run gets a number, as does one that is the name of another's sheet.
fn name_of(id: &str, with_sheet: bool, taken: &mut BTreeSet<String>) -> String {
    let stem = Path::new(id).file_stem().map_or_else(|| "capture".into(), |s| s.to_string_lossy());
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let base: String = stem.chars().map(safe).collect();
    let base = base.trim_start_matches('.').to_owned();
    let base = if base.is_empty() { "capture".to_owned() } else { base };
    let mut name = base.clone();
    let mut number = 2;
    let sheet_of = |name: &str| format!("{name}.sheet");
    while taken.contains(&name) || (with_sheet && taken.contains(&sheet_of(&name))) {
        name = format!("{base}-{number}");
        number += 1;
    }
    if with_sheet {
        taken.insert(sheet_of(&name));
    }
    taken.insert(name.clone());
    name
}

/// A whole file or none.
fn write(folder: &Path, name: &str, bytes: &[u8], force: bool) -> Result<()> {
    let mut out = OutFile::create(folder, name, force)?;
    let path = out.path.clone();
    out.file.write_all(bytes).map_err(|source| Error::Write { path, source })?;
    out.finish(force)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_never_taken_twice() {
        let mut taken = BTreeSet::new();
        let mut name = |id: &str| name_of(id, false, &mut taken);
        assert_eq!(name("a/张三 1.jpg"), "张三_1");
        assert_eq!(name("b/张三 1.png"), "张三_1-2");
        assert_eq!(name("../..:\u{7}.jpg"), "__");
        assert_eq!(name("a/.jpg"), "jpg");
    }

    #[test]
    fn no_name_is_that_of_anothers_sheet() {
        let mut taken = BTreeSet::new();
        let mut name = |id: &str| name_of(id, true, &mut taken);
        assert_eq!(name("a.jpg"), "a");
        assert_eq!(name("a.sheet.jpg"), "a.sheet-2");
        assert_eq!(name("b.sheet.jpg"), "b.sheet");
        assert_eq!(name("b.jpg"), "b-2");
    }
}
