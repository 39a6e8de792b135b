//! Specifications as data: inheritance, changes on the command line, the schema, and the profiles that
//! come with the program.

mod built_in;
mod inherit;
mod schema;
mod set;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

/// What a profile must say that extends nothing.
const HEAD: &str = "title = { zh = '一', en = 'one' }\nsource = 's'\nmin_confidence = 0.5\n";

fn photogate(args: &[&str]) -> Output {
    Command::cargo_bin("photogate").unwrap().args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).to_string_lossy().into_owned()
}
