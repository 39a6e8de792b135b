//! The invariants of the design, held against the sources themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use photogate::check::Measure;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below src/, by its path with forward slashes.
fn sources() -> BTreeMap<String, String> {
    fn walk(dir: &Path, base: &Path, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, base, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
                into.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(&root().join("src"), &root().join("src"), &mut all);
    assert!(all.len() > 30, "the walk found the sources");
    all
}

/// The code of a file without comments and without its unit tests.
fn code(source: &str) -> String {
    let before_tests = source.split("#[cfg(test)]").next().unwrap();
    before_tests.lines().map(|l| l.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn files_with(pattern: impl Fn(&str) -> bool) -> Vec<String> {
    sources().into_iter().filter(|(_, s)| pattern(&code(s))).map(|(name, _)| name).collect()
}

#[test]
fn one_file_names_ort_and_one_names_indicatif() {
    let names_ort = |c: &str| {
        c.contains("ort_tract")
            || c.match_indices("ort::")
                .any(|(i, _)| !c[..i].ends_with(|p: char| p.is_alphanumeric()))
    };
    assert_eq!(files_with(names_ort), ["engine.rs"]);
    assert_eq!(files_with(|c| c.contains("indicatif")), ["progress.rs"]);
}

#[test]
fn the_ledger_alone_names_its_database_and_one_file_names_parquet() {
    for name in files_with(|c| c.contains("rusqlite")) {
        assert!(name.starts_with("ledger"), "{name} names rusqlite");
    }
    assert_eq!(files_with(|c| c.contains("parquet::")), ["report/columns.rs"]);
}

#[test]
fn only_judge_compares_a_reading_with_a_limit() {
    // Who makes a finding or a verdict has compared.
    let makes = |c: &str| c.contains("Finding {") || c.contains("Verdict {");
    let makers: Vec<_> = files_with(makes).into_iter().filter(|n| n != "verdict.rs").collect();
    assert_eq!(makers, ["judge.rs"]);
    for name in
        files_with(|c| c.contains("Limit") || c.contains("Outcome") || c.contains("::profile"))
    {
        assert!(
            !name.starts_with("check/"),
            "{name} measures, so it must know no limit and no outcome"
        );
    }
}

#[test]
fn serialisation_stays_in_reports_and_profiles() {
    for name in files_with(|c| c.contains("serde")) {
        let may = name.starts_with("report/") || name.starts_with("profile");
        assert!(may, "{name} names serde");
    }
}

#[test]
fn a_module_uses_only_those_above_it() {
    let sources = sources();
    let modules: Vec<&str> = sources["lib.rs"]
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(modules.len() > 15);
    for (name, source) in &sources {
        assert!(!code(source).contains("crate::{"), "{name}: one module a line, for this test");
        let own = name.split(['/', '.']).next().unwrap();
        let Some(place) = modules.iter().position(|m| *m == own) else { continue };
        for later in &modules[place + 1..] {
            assert!(
                !code(source).contains(&format!("crate::{later}")),
                "{name} uses the later module {later}"
            );
        }
    }
}

#[test]
fn every_module_file_is_listed() {
    let sources = sources();
    for name in sources.keys().filter(|n| !n.contains('/') && *n != "lib.rs" && *n != "main.rs") {
        let module = name.trim_end_matches(".rs");
        assert!(
            sources["lib.rs"].contains(&format!("pub mod {module};")),
            "{module} is not in lib.rs"
        );
    }
}

#[test]
fn the_binary_is_thin() {
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 50);
}

/// What README says of each check. A suspicion can only ask a person; what cannot be measured yet says why.
fn table_of_checks() -> String {
    let mut table = "| id | name | unit | measured |\n|---|---|---|---|\n".to_owned();
    for c in photogate::check::ALL {
        let note = match c.measure {
            Measure::NotYet(reason) => format!(" **Not assessed yet:** {}.", reason.en),
            _ if c.suspicion => " *A suspicion: asks a person, never fails a picture.*".to_owned(),
            _ => String::new(),
        };
        let title = format!("{} {}", c.title.zh, c.title.en);
        table += &format!("| `{}` | {title} | {} | {}{note} |\n", c.id, c.unit, c.method.en);
    }
    table
}

#[test]
fn readme_lists_every_check_and_the_model_cards_every_model() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("<!-- checks -->\n").unwrap();
    let (table, after) = rest.split_once("<!-- /checks -->").unwrap();
    let wanted = table_of_checks();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let text = format!("{before}<!-- checks -->\n{wanted}<!-- /checks -->{after}");
        std::fs::write(path, text).unwrap();
    } else {
        assert!(table == wanted, "UPDATE_FIXTURES=1 cargo test --test invariants writes it anew");
    }
    let cards = std::fs::read_to_string(root().join("models/README.md")).unwrap();
    for model in photogate::model::SHIPPED {
        assert!(cards.contains(model.sha256()), "the card of {} names another file", model.name);
    }
}
