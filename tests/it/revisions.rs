//! Which revisions `--diff` takes, what it says where it can't, and what a hostile one can do: nothing.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::repository::{Repository, git};
use crate::tree::{FINDING, Tree, clean, count, ended};

fn repository() -> Repository {
    let repository = Repository::with(&[("src/a.rs", &clean())]);
    repository.write("src/a.rs", FINDING);
    repository.commit();
    repository
}

#[test]
fn a_revision_is_whatever_names_a_commit() {
    let repository = repository();
    git(repository.path(), &["tag", "-a", "-m", "first", "v1", "HEAD~1"]);
    git(repository.path(), &["branch", "side", "HEAD~1"]);
    let id = git(repository.path(), &["rev-parse", "HEAD~1"]);
    for revision in ["HEAD~1", "HEAD^", "v1", "side", "main^", "side...main", &id, &id[..10]] {
        assert_eq!(repository.diff(revision).code, Some(1), "{revision}");
    }
    for revision in ["HEAD", "main", "HEAD...main"] {
        assert_eq!(repository.diff(revision).code, Some(0), "{revision}");
    }
    git(repository.path(), &["pack-refs", "--all"]);
    git(repository.path(), &["gc", "-q"]);
    assert_eq!(repository.diff("side").code, Some(1), "packed");
}

#[test]
fn what_is_no_revision_is_an_error() {
    let repository = repository();
    for (revision, text) in [
        ("nope", "error: there is no revision `nope`\nhelp: give a commit, a branch or a tag"),
        ("HEAD~9", "error: there is no revision `HEAD~9`"),
        ("", "error: there is no revision ``"),
        ("HEAD~1..HEAD", "error: `HEAD~1..HEAD` is a range and not one revision"),
        ("HEAD:src/a.rs", "error: there is no revision `HEAD:src/a.rs`"),
        ("\u{1b}[2J\u{202e}", "error: there is no revision `\\u{1b}[2J\\u{202e}`"),
    ] {
        let ended = repository.diff(revision);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{revision:?}");
        assert!(ended.err.starts_with(text), "{revision:?}: {}", ended.err);
    }
}

#[test]
fn standard_input_has_no_revision() {
    let ended = repository().tree.run(&["--diff", "HEAD", "-"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("standard input (`-`) has no revision"), "{}", ended.err);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let repository = repository();
    let other = Tree::with(&[]);
    let url = format!("file://{}", repository.path().display());
    git(other.path(), &["clone", "-q", "--depth", "1", &url, "clone"]);
    let clone = other.path().join("clone");
    let ended = ended(other.command().current_dir(&clone).args(["--diff", "HEAD~1"]));
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("there is no revision `HEAD~1`"), "{}", ended.err);
    assert!(
        ended.err.contains("shallow clone") && ended.err.contains("fetch-depth: 0"),
        "{}",
        ended.err
    );
}

#[test]
fn without_a_repository_there_is_nothing_to_compare_with() {
    let tree = Tree::with(&[("src/a.rs", FINDING)]);
    let none = tree.run(&["--diff", "main"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("is in no git repository"), "{}", none.err);

    let repository = repository();
    let other = tree.path().to_string_lossy().into_owned();
    let outside = repository.tree.run(&[".", &other, "--diff", "main"]);
    assert_eq!(outside.code, Some(2));
    assert!(outside.err.contains("is outside of the repository"), "{}", outside.err);

    git(tree.path(), &["init", "-q", "--bare", "bare"]);
    tree.write("bare/src/a.rs", FINDING.as_bytes());
    let bare = ended(tree.command().current_dir(tree.path().join("bare")).args(["--diff", "main"]));
    assert_eq!(bare.code, Some(2));
    assert!(bare.err.contains("a repository without a working tree"), "{}", bare.err);

    git(tree.path(), &["init", "-q"]);
    let empty = tree.run(&["--diff", "HEAD"]);
    assert_eq!(empty.code, Some(2));
    assert!(empty.err.contains("there is no revision `HEAD`"), "{}", empty.err);
}

#[test]
fn files_of_the_revision_that_could_not_be_checked_are_named() {
    let repository =
        Repository::with(&[("src/a.rs", "fn vote(term: u64) {"), ("src/b.rs", FINDING)]);
    repository.write("src/a.rs", &FINDING.replace("Node", "Peer"));
    let ended = repository.diff("main");
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(
        ended.out.contains("note: `src/a.rs` could not be checked at `main` (unparsed)"),
        "{}",
        ended.out
    );
    // So does the pointer to a file that is stored elsewhere.
    repository
        .write("src/a.rs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    repository.commit();
    repository.write("src/a.rs", &clean());
    assert!(repository.diff("main").out.contains("(unparsed)"));
}

/// No hook, filter or attribute of the repository is looked at.
#[test]
fn nothing_of_the_repository_is_run() {
    let repository = repository();
    let witness = repository.path().join("ran");
    let program = format!("touch {}", witness.display());
    for key in ["filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "diff.external"] {
        git(repository.path(), &["config", key, &program]);
    }
    repository.write(".gitattributes", "*.rs filter=evil diff=evil\n");
    repository.write(".git/hooks/post-checkout", &format!("#!/bin/sh\n{program}\n"));
    let ended = repository.diff("HEAD~1");
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(!witness.exists(), "a program of the repository was run");
}

/// A tree of these entries, which need not make sense.
fn make_tree(directory: &Path, entries: &[String]) -> String {
    let mut command = Command::new("git");
    command.current_dir(directory).args(["mktree", "-z"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("git is installed");
    let list: String = entries.iter().map(|entry| format!("{entry}\0")).collect();
    let mut input = child.stdin.take().expect("it reads");
    input.write_all(list.as_bytes()).expect("it takes the list");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A tree that no `git add` makes: names with control characters, links, a submodule, itself above.
#[cfg(unix)]
#[test]
fn hostile_names_come_out_inert() {
    let repository = repository();
    let blob = git(repository.path(), &["rev-parse", "HEAD~1:src/a.rs"]);
    let commit = git(repository.path(), &["rev-parse", "HEAD"]);
    let tree = [
        format!("100644 blob {blob}\t\u{1b}[2J\u{202e}a\n::error::.rs"),
        format!("120000 blob {blob}\tlink.rs"),
        format!("160000 commit {commit}\tmodule.rs"),
        format!("100644 blob {blob}\ta\\..\\b.rs"),
    ];
    let id = make_tree(repository.path(), &tree);
    for arguments in [&["--diff", &id][..], &["--diff", &id, "--format", "json"]] {
        let ended = repository.tree.run(arguments);
        assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
        let text = format!("{}{}", ended.out, ended.err);
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains("\n::error"), "{text}");
    }
    let report = repository.tree.run(&["--diff", &id, "--format", "json"]).json();
    assert_eq!(count(&report, "findings"), 1);
}

/// Equal directories are nothing bad; a tree that holds itself many times over is.
#[test]
fn many_equal_directories_are_read_and_endless_trees_are_not() {
    let repository = repository();
    for i in 0..1100 {
        repository.write(&format!("crates/c{i}/src/lib.rs"), "pub fn f() {}\n");
    }
    repository.commit();
    let ended = repository.diff("HEAD");
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    let mut below = git(repository.path(), &["rev-parse", "HEAD:src"]);
    for _ in 0..30 {
        let list: Vec<String> = (0..10).map(|i| format!("040000 tree {below}\td{i}")).collect();
        below = make_tree(repository.path(), &list);
    }
    let endless = repository.diff(&below);
    assert_eq!(endless.code, Some(2), "{}", endless.out);
    assert!(endless.err.contains("has the same directories too often"), "{}", endless.err);
    assert!(endless.err.contains("help: give the paths of the Raft code"), "{}", endless.err);
}
