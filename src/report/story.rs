//! The history of a ledger, for people.

use super::table::{self, Align};
use super::terminal::printable;
use crate::ledger::{Event, RunLine};
use anstyle::Style;

/// The runs, one a line, under their heading.
pub fn runs(runs: &[RunLine]) -> String {
    let head = [
        "run",
        "started (UTC)",
        "seconds",
        "profile",
        "stage",
        "pass",
        "retake",
        "look",
        "error",
        "unchanged",
        "files",
        "by",
    ];
    use Align::{Left, Right};
    let align = [Right, Left, Right, Left, Left, Right, Right, Right, Right, Right, Right, Left];
    let mut rows = vec![(Style::new(), head.map(str::to_owned).to_vec())];
    for run in runs {
        let [pass, look, retake, error] = run.verdicts.map(|n| n.to_string());
        let seconds = run.seconds.map_or_else(|| "cut off".to_owned(), |s| format!("{s:.1}"));
        rows.push((
            Style::new(),
            vec![
                run.id.to_string(),
                run.started.clone(),
                seconds,
                run.profile.clone(),
                run.stage.clone(),
                pass,
                retake,
                look,
                error,
                run.unchanged.to_string(),
                run.outputs.to_string(),
                run.made_by.clone(),
            ],
        ));
    }
    table::lines(&align, &rows).join("\n")
}

/// What the runs said of one file, one a line, under their heading.
pub fn events(events: &[Event]) -> String {
    let head = [
        "run",
        "at (UTC)",
        "content",
        "profile",
        "verdict",
        "because",
        "how",
        "ms",
        "standard file",
        "file",
    ];
    use Align::{Left, Right};
    let align = [Right, Left, Left, Left, Left, Left, Left, Right, Left, Left];
    let mut rows = vec![(Style::new(), head.map(str::to_owned).to_vec())];
    for event in events {
        rows.push((
            Style::new(),
            vec![
                event.run.to_string(),
                event.at.clone(),
                event.sha256.clone().unwrap_or_else(|| "-".to_owned()),
                event.profile.clone(),
                event.verdict.clone(),
                printable(event.because.as_deref().unwrap_or("-")),
                if event.looked { "looked at" } else { "unchanged" }.to_owned(),
                event.milliseconds.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}")),
                printable(event.output.as_deref().unwrap_or("-")),
                printable(&event.file),
            ],
        ));
    }
    table::lines(&align, &rows).join("\n")
}
