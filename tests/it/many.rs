//! The commands of docs/many-repositories.md, over a few small repositories with GNU parallel and jq.
//!
//! Where these are not installed it says that it did NOT RUN, and fails if `RAFT_LINT_PACKAGING=required`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::root;
use crate::tree::{Ended, FINDING, OTHER, Tree, clean, ended};

const PAGE: &str = "docs/many-repositories.md";

/// The blocks of the page that are to be run, in their order.
fn commands() -> Vec<String> {
    let page = std::fs::read_to_string(root().join(PAGE)).expect("the page is there");
    let page = page.replace("\r\n", "\n");
    let blocks = page.split("\n```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks.map(str::to_owned).collect()
}

/// Whether both programs are here.
fn can_run() -> bool {
    let here = |program: &str| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let missing: Vec<&str> =
        ["parallel", "jq", "bash"].into_iter().filter(|program| !here(program)).collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var_os("RAFT_LINT_PACKAGING").is_some_and(|value| value == "required");
    assert!(!required, "not installed: {missing:?}");
    let text = format!("\n{PAGE}: NOT RUN, not installed: {}\n", missing.join(", "));
    let _ = std::io::stderr().write_all(text.as_bytes());
    false
}

/// A directory with four repositories in its list, of which one is not there.
fn organisation() -> Tree {
    let manifest = "[package]\nname = \"node\"\n";
    let list = "one\nteam/two\nthree 100%\nmissing\n";
    Tree::with(&[
        ("repositories.txt", list),
        ("one/Cargo.toml", manifest),
        ("one/src/lib.rs", FINDING),
        ("team/two/Cargo.toml", manifest),
        ("team/two/src/lib.rs", &clean()),
        ("three 100%/Cargo.toml", manifest),
        ("three 100%/src/lib.rs", OTHER),
    ])
}

/// Runs one block as a person would who has the program installed.
fn run(tree: &Tree, block: &str) -> Ended {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_raft-lint"));
    let installed = program.parent().expect("the program lies in a directory");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = [installed.to_owned()].into_iter().chain(std::env::split_paths(&path));
    let mut command = Command::new("bash");
    command.args(["-c", block]).current_dir(tree.path());
    command.env("PATH", std::env::join_paths(dirs).expect("a path"));
    // What parallel and the jobs keep does not lie in anybody's home.
    command.env("PARALLEL_HOME", tree.path().join("parallel"));
    command.env("RAFT_LINT_CACHE_DIR", tree.path().join("cache"));
    ended(&mut command)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn the_recipe_checks_merges_and_resumes() {
    let commands = commands();
    let [check, failed, merge, table, findings, gate] = &commands[..] else {
        panic!("{PAGE} has six blocks to run, not {}", commands.len())
    };
    if !can_run() {
        return;
    }
    let tree = organisation();
    let checked = run(&tree, check);
    assert_eq!(checked.code, Some(1), "one job can't be done: {}", checked.err);
    assert!(checked.err.contains("can't open `missing`"), "{}", checked.err);
    let failures = run(&tree, failed);
    assert_eq!(failures.out.lines().count(), 1, "{}{}", failures.out, failures.err);
    assert!(
        failures.out.starts_with("2\t") && failures.out.contains("missing"),
        "{}",
        failures.out
    );

    let merged = run(&tree, merge);
    assert_eq!(merged.code, Some(0), "{}", merged.err);
    let text = std::fs::read_to_string(tree.path().join("reports.jsonl")).expect("it is written");
    let reports = lines(&text);
    let names: Vec<&str> = reports.iter().filter_map(|r| r["repository"].as_str()).collect();
    assert_eq!(names, ["one", "team/two", "three 100%"]);
    assert!(reports.iter().all(|report| report["version"] == 1), "{text}");
    let rows = run(&tree, table).out;
    assert!(rows.lines().any(|row| row.starts_with("three 100%\t0\t0\t0\t0")), "{rows}");

    let listed = run(&tree, findings);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    let text = std::fs::read_to_string(tree.path().join("findings.jsonl")).expect("it is written");
    let found = lines(&text);
    let vote = |f: &&Value| f["rule"] == "vote-log-freshness" && f["file"] == "src/lib.rs";
    assert_eq!(found.iter().filter(vote).count(), 1, "{text}");
    assert!(found.iter().all(|finding| finding["repository"] == "one"), "{text}");
    assert_eq!(run(&tree, gate).code, Some(1), "there is an error");

    // What has failed can be done now; the rest is not done again.
    tree.write("missing/src/lib.rs", OTHER.as_bytes());
    let old = tree.path().join("reports/one.json");
    std::fs::remove_file(&old).expect("a report can be removed");
    let again = run(&tree, check);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(tree.path().join("reports/missing.json").is_file() && !old.exists());
    let failures = run(&tree, failed);
    assert_eq!(failures.out, "", "{}", failures.err);
}
