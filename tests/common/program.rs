//! The program, run to its end.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program that the tests were built with.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_photogate");

/// Longer than any of these takes on a busy machine; a test that hangs must end.
const PATIENCE: Duration = Duration::from_secs(240);

/// Run a command to its end, or kill it and fail.
pub fn run(command: &mut Command) -> Output {
    let (out, err) =
        (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let command = command.stdin(Stdio::null()).stderr(err.reopen().unwrap());
    let mut child = command.stdout(out.reopen().unwrap()).spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Output { status, stdout: fs::read(out).unwrap(), stderr: fs::read(err).unwrap() }
}

/// Run photogate with these arguments.
pub fn photogate(args: &[&str]) -> Output {
    run(Command::new(PROGRAM).args(args))
}

/// What a program said.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A path as an argument.
pub fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}
