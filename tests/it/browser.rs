//! The programs that read drawings and pages: graphviz, a browser, and node with the packages of
//! `tests/browser`. Where one is absent a test says that it was not run, or fails if the environment says
//! that it has to.
//!
//! Takes nothing; gives what there is. Nothing here asserts what a page is like.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::root;

/// What `tests/setup.sh` installs.
const SETUP: &str = "tests/setup.sh installs it";

/// The value, or nothing where it is absent and need not be there.
pub(crate) fn or_not_run<T>(what: &str, variable: &str, found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) => {
            let is_required = std::env::var_os(variable).is_some_and(|value| value == "required");
            assert!(!is_required, "{what}: {why}; {SETUP}");
            // Past the capture of the test runner: nothing passes in silence.
            let text = format!("\n{what}: NOT RUN: {why}; {SETUP}\n");
            let _ = std::io::stderr().write_all(text.as_bytes());
            None
        }
    }
}

/// The first of these programs that is in a directory of the path.
pub(crate) fn program(names: &[&str]) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut all = names.iter().flat_map(|name| dirs.iter().map(move |dir| dir.join(name)));
    all.find(|file| file.is_file()).ok_or_else(|| format!("there is no `{}`", names[0]))
}

/// graphviz.
pub(crate) fn dot() -> Option<Command> {
    or_not_run("graphviz", "RAFT_LINT_GRAPHS", program(&["dot"])).map(Command::new)
}

/// The browser.
pub(crate) fn chromium() -> Result<PathBuf, String> {
    program(&["chromium", "chromium-browser", "google-chrome"])
}

/// A script of `tests/browser`, which finds its packages.
pub(crate) fn script(name: &str) -> Result<Command, String> {
    let modules = root().join("target/browser");
    if !modules.join("node_modules").is_dir() {
        return Err("the packages of `tests/browser` are not installed".to_owned());
    }
    let mut command = Command::new(program(&["node"])?);
    command.arg(root().join("tests/browser").join(name)).env("RAFT_LINT_MODULES", modules);
    Ok(command)
}

/// What a script printed.
pub(crate) fn json(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the script fails: {errors}");
    let out = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("no JSON ({error}): {out}{errors}"))
}
