//! Names of files for services: from the root of the repository, and never a machine's directories.

use std::path::Path;

use crate::support::raft_lint;
use crate::tree::{FINDING, Tree, ended};

/// The files of the issues that a run in a directory tells GitLab.
fn files(directory: &Path, paths: &[&str]) -> Vec<String> {
    let mut command = raft_lint();
    let ended = ended(command.current_dir(directory).args(["--format", "gitlab"]).args(paths));
    let issues = ended.json().as_array().cloned().unwrap_or_default();
    issues.iter().filter_map(|i| Some(i["location"]["path"].as_str()?.to_owned())).collect()
}

fn tree() -> Tree {
    Tree::with(&[("a/src/lib.rs", FINDING), ("b/c/src/lib.rs", FINDING), ("other/.git/HEAD", "")])
}

#[test]
fn names_are_those_of_the_repository() {
    let tree = tree();
    tree.write("other/deep/src/lib.rs", FINDING.as_bytes());
    // A worktree and a submodule have a file.
    tree.write(".git", b"gitdir: elsewhere\n");
    let (root, inner) = (tree.path(), tree.path().join("b/c"));
    let absolute = root.join("a");
    let absolute = absolute.to_string_lossy();
    for (directory, paths, expected) in [
        (root, &["a"][..], &["a/src/lib.rs"][..]),
        (root, &["a", "b"], &["a/src/lib.rs", "b/c/src/lib.rs"]),
        (root, &["b/c/src/lib.rs"], &["b/c/src/lib.rs"]),
        (root, &["./b/../b/c/"], &["b/c/src/lib.rs"]),
        (&inner, &[], &["b/c/src/lib.rs"]),
        (&inner, &["src", "../../a"], &["a/src/lib.rs", "b/c/src/lib.rs"]),
        (&inner, &[".", &absolute], &["a/src/lib.rs", "b/c/src/lib.rs"]),
        (&inner, &["../../a/src/lib.rs"], &["a/src/lib.rs"]),
        // A repository in another one has its own names.
        (root, &["other/deep", "a"], &["a/src/lib.rs", "deep/src/lib.rs"]),
    ] {
        let mut got = files(directory, paths);
        got.sort();
        assert_eq!(got, expected, "{paths:?} in {}", directory.display());
    }
}

#[test]
fn names_outside_of_a_repository_are_relative_all_the_same() {
    let (tree, elsewhere) = (tree(), Tree::with(&[("x/lib.rs", FINDING)]));
    let (root, inner) = (tree.path(), tree.path().join("b"));
    let absolute = inner.to_string_lossy().into_owned();
    let file = root.join("a/src/lib.rs").to_string_lossy().into_owned();
    for (directory, paths, expected) in [
        (root, &["b"][..], "b/c/src/lib.rs"),
        (root, &[&absolute], "b/c/src/lib.rs"),
        (&inner, &["c/src"], "c/src/lib.rs"),
        // Not below the working directory: relative to what was named.
        (elsewhere.path(), &[&absolute], "c/src/lib.rs"),
        (elsewhere.path(), &[&file], "lib.rs"),
        (&inner, &["../a"], "src/lib.rs"),
    ] {
        assert_eq!(files(directory, paths), [expected], "{paths:?} in {}", directory.display());
    }
    let mut both = files(elsewhere.path(), &["x", &absolute]);
    both.sort();
    assert_eq!(both, ["c/src/lib.rs", "x/lib.rs"]);
}

#[test]
fn no_service_is_told_the_directories_of_the_machine() {
    let (tree, elsewhere) = (tree(), Tree::with(&[]));
    tree.write("a/src/torn.rs", b"fn vote(term: u64) {");
    let absolute = tree.path().to_string_lossy();
    for format in ["sarif", "github", "gitlab", "rdjson", "junit", "markdown"] {
        let out = elsewhere.run(&[&absolute, "--format", format]).out;
        assert!(out.contains("a/src/lib.rs") && out.contains("a/src/torn.rs"), "{format}: {out}");
        assert!(!out.contains(&*absolute), "{format}: {out}");
    }
}
