//! The prefilter may only skip what nothing is found in: with and without it, a run says the same.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{fixtures, in_parallel, raft_lint, root, verdict};
use crate::tree::{FINDING, OTHER, Tree, ended};

/// What was found, without how many files were parsed for it.
fn found(path: &Path, extra: &[&str]) -> Value {
    let report = ended(raft_lint().args(["--format", "json"]).args(extra).arg(path)).json();
    ["handlers", "obligations", "findings"].iter().map(|list| report[*list].clone()).collect()
}

fn differences(path: &Path) -> Vec<String> {
    let same = found(path, &[]) == found(path, &["--no-prefilter"]);
    if same { Vec::new() } else { vec!["says something else with --no-prefilter".to_owned()] }
}

#[test]
fn all_fixtures_say_the_same_without_it() {
    let mut paths: Vec<PathBuf> = fixtures().into_iter().map(|fixture| fixture.path).collect();
    paths.push("fixtures".into());
    let failures =
        in_parallel(&paths, |path| (path.display().to_string(), differences(&root().join(path))));
    verdict("prefilter", paths.len(), &failures);
}

/// A workspace whose node is generic over a log that knows nothing of Raft.
fn workspace() -> Tree {
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\n");
    let node = format!("{}[dependencies]\nplain-log = {{ path = \"../log\" }}\n", manifest("node"));
    Tree::with(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"node\", \"log\", \"web\"]\n"),
        ("node/Cargo.toml", &node),
        ("node/src/lib.rs", FINDING),
        ("log/Cargo.toml", &manifest("plain-log")),
        ("log/src/lib.rs", "pub struct Log<T>(pub Vec<T>);\n"),
        ("web/Cargo.toml", &manifest("web")),
        ("web/src/lib.rs", OTHER),
    ])
}

#[test]
fn other_packages_are_not_parsed() {
    let tree = workspace();
    let parsed = |arguments: &[&str]| tree.run(arguments).json()["summary"]["parsed"].clone();
    assert_eq!(parsed(&["--format", "json", "--no-prefilter"]), 3);
    assert_eq!(parsed(&["--format", "json"]), 2, "the node, and the log that it is built with");
    verdict("prefilter", 1, &[("workspace".to_owned(), differences(tree.path()))]);
}

#[test]
fn words_inside_of_other_words_do_not_count() {
    let text = "/// The terms of a vote.\npub fn determine(terminal: bool) -> bool { terminal }\n\
                pub fn commit_and_append() {}\n";
    let tree = Tree::with(&[("lib.rs", text)]);
    assert_eq!(tree.json()["summary"]["parsed"], 0);
}
