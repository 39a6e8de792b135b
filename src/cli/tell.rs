//! Commands that tell: `explain`, `profiles`, `doctor`.

use super::print;
use crate::check::{self, Check, Measure};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model;
use crate::profile::{self, Profile, Stage};

/// List the checks, or explain one.
pub(super) fn explain(id: Option<&str>) -> Result<u8> {
    let Some(id) = id else {
        let width = check::ALL.iter().map(|c| c.id.len()).max().unwrap_or(0);
        let lines: Vec<String> = check::ALL
            .iter()
            .map(|c| format!("{:width$}  {}  {}", c.id, c.title.en, c.title.zh))
            .collect();
        return print(&format!(
            "{}\n\nphotogate explain CHECK tells more of one.",
            lines.join("\n")
        ));
    };
    let Some(check) = check::find(id) else {
        return Err(Error::Usage {
            reason: format!("there is no check called `{id}`; `photogate explain` lists them"),
        });
    };
    print(&explanation(check))
}

fn explanation(check: &Check) -> String {
    let needs = match check.measure {
        Measure::Scene(_) => "any picture",
        Measure::Portrait(_) => "a picture with exactly one face",
        Measure::Target(_) => "a picture with exactly one face, and what the profile asks for",
        Measure::Framed(_) => "a picture with exactly one face, and the profile's frame",
        Measure::NotYet(reason) => &format!("more than there is yet: {reason}"),
    };
    let may = if check.suspicion { "ask a person, never fail a picture" } else { "fail a picture" };
    let unit = if check.unit.is_empty() { "none" } else { check.unit };
    let mut text = format!(
        "{}: {} {}\n\nmeasures  {}\nunit      {unit}\nneeds     {needs}\nmay       {may}\nclause    {}\n",
        check.id, check.title.en, check.title.zh, check.method, check.clause
    );
    let faults = if check.low == check.high {
        vec![("otherwise", check.high)]
    } else {
        vec![("too low", check.low), ("too high", check.high)]
    };
    for (when, fault) in faults {
        text += &format!(
            "\n{when}: {} ({} {})\n  {}\n  {}\n",
            fault.code, fault.reason.en, fault.reason.zh, fault.advice.zh, fault.advice.en
        );
    }
    text += "\nLimits stand in the profiles: photogate profiles show NAME";
    text
}

/// List the profiles.
pub(super) fn profiles() -> Result<u8> {
    let mut lines = Vec::new();
    for (name, _) in profile::BUILT_IN {
        let p = Profile::load(name)?;
        let frame = p.frame.map_or_else(String::new, |f| {
            format!("  {} x {} px, {} dpi", f.width, f.height, f.dpi)
        });
        lines.push(format!("{name}{frame}\n  {} {}\n  {}", p.title.0, p.title.1, p.source));
    }
    print(&format!("{}\n\nphotogate profiles show NAME prints one.", lines.join("\n")))
}

/// Report engine and models, and what would make them faster.
pub(super) fn doctor(engine: &'static Engine) -> Result<u8> {
    let mut lines = vec![format!("photogate {}", crate::PROGRAM)];
    lines.push(format!("engine     {} {}", engine.name, engine.version));
    if let Some(path) = &engine.library {
        lines.push(format!("library    {}", path.display()));
    }
    for (path, reason) in &engine.passed_over {
        lines.push(format!("passed by  {}: {reason}", path.display()));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    lines.push(format!("workers    {cores} (one per processor core)"));
    for m in model::SHIPPED {
        lines.push(format!("\nmodel      {}\n  {}", m.name, m.shapes));
        lines.push(format!("  sha256 {}", m.sha256()));
        lines.push(format!(
            "  {:.2} MB, {:.0} million multiply-adds",
            m.onnx.len() as f64 / 1e6,
            m.mega_macs
        ));
        lines.push(format!(
            "  {:.1} ms a run, one thread, median of 9",
            model::milliseconds(m, engine)?
        ));
    }
    let advice = if engine.name == "tract" {
        "The embedded engine runs. ONNX Runtime 1.24 or newer is several times faster:\n\
         `pip install onnxruntime`, or give its library with --onnxruntime or ORT_DYLIB_PATH."
    } else {
        "ONNX Runtime runs: nothing here would make the models faster."
    };
    lines.push(format!("\n{advice}"));
    print(&lines.join("\n"))
}

/// Print a resolved profile.
pub(super) fn profile(name: &str, stage: Stage, sets: &[profile::Set]) -> Result<u8> {
    let profile = profile::with(Profile::load(name)?, stage, sets)?;
    let mut about = format!("# {} {}\n", profile.title.0, profile.title.1);
    if !profile.parents.is_empty() {
        about += &format!("# with what it takes from {}\n", profile.parents.join(", "));
    }
    print(&format!(
        "{about}# sha256 {}\n\n{}",
        profile.sha256,
        profile::to_toml(&profile).trim_end()
    ))
}
