//! A tree that changes while it is read: nothing panics, and the exit code tells what came of it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::watched::check;
use crate::tree::{FINDING, Tree, clean};

/// So many times the tree is checked.
const RUNS: usize = 40;

/// What becomes of a file in one step.
fn step(path: &Path, number: usize) {
    let write = |text: &str| {
        let _ = std::fs::write(path, text); // in place: a reader may see half of it
    };
    match number % 8 {
        0 => write(FINDING),
        1 => write(&FINDING.repeat(50)),
        2 => write(&FINDING[..FINDING.len() / 2]),
        3 => {
            let _ = std::fs::File::options().write(true).truncate(true).open(path);
        }
        4 => {
            let _ = std::fs::remove_file(path);
        }
        5 => {
            let _ = std::fs::create_dir(path);
        }
        6 => {
            let _ = std::fs::remove_dir(path);
        }
        _ => write(&clean()),
    }
}

/// Turns files in a thread while something is done.
fn while_turning(paths: &[&Path], work: impl FnOnce()) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !is_over.load(Ordering::Relaxed) {
                for (at, path) in paths.iter().enumerate() {
                    step(path, number / (at + 1)); // not in step with each other
                }
                number += 1;
            }
        });
        let work = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        is_over.store(true, Ordering::Relaxed);
        if let Err(failure) = work {
            std::panic::resume_unwind(failure);
        }
    });
}

#[test]
fn files_that_change_while_they_are_read_are_survived() {
    let tree = Tree::with(&[("steady.rs", FINDING)]);
    let paths = ["a.rs", "b/c.rs", "b/mod.rs", "Cargo.toml"].map(|name| tree.path().join(name));
    tree.write("b/c.rs", b"");
    while_turning(&paths.each_ref().map(|path| path.as_path()), || {
        for _ in 0..RUNS {
            let ended = check(&tree).ended;
            assert!(!ended.err.contains("internal error"), "{}", ended.err);
            // What stays as it is has a finding, whatever becomes of the rest.
            assert_eq!(ended.code, Some(1), "{}", ended.err);
            let report = ended.json();
            assert!(report["findings"].to_string().contains("steady.rs"), "{report:#}");
        }
    });
}

#[test]
fn a_configuration_that_changes_is_used_or_refused() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let path = tree.path().join("raft-lint.toml");
    while_turning(&[&path], || {
        for _ in 0..RUNS {
            let ended = tree.run(&[]);
            // None, an empty one, or Rust that is no TOML.
            assert!(matches!(ended.code, Some(1 | 2)), "{:?}: {}", ended.code, ended.err);
            assert!(!ended.err.contains("internal error"), "{}", ended.err);
            assert!(ended.code == Some(1) || ended.err.contains("raft-lint.toml"), "{}", ended.err);
        }
    });
}

#[test]
fn a_named_file_that_vanishes_is_no_clean_run() {
    let tree = Tree::with(&[]);
    let path = tree.path().join("lib.rs");
    while_turning(&[&path], || {
        for _ in 0..RUNS {
            let ended = tree.run(&["lib.rs"]);
            assert!(!ended.err.contains("internal error"), "{}", ended.err);
            match ended.code {
                Some(0) => assert!(ended.out.contains("1 file"), "{}{}", ended.out, ended.err),
                Some(1) => assert!(ended.out.contains("lib.rs"), "{}", ended.out),
                Some(2) => assert!(!ended.err.is_empty()),
                other => panic!("ended with {other:?}: {}", ended.err),
            }
        }
    });
}

#[test]
fn logs_that_change_while_they_are_read_are_survived() {
    let tree = Tree::with(&[("steady.log", crate::logs_command::DIVERGED)]);
    let paths = ["a.log", "b.log"].map(|name| tree.path().join(name));
    while_turning(&paths.each_ref().map(|path| path.as_path()), || {
        for _ in 0..RUNS {
            let ended = tree.run(&["logs", "."]);
            assert!(!ended.err.contains("internal error"), "{}", ended.err);
            assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
        }
    });
}
