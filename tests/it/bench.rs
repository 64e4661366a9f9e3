//! The programs of bench/ that measure: they start, and say what they promise. What they measure is for a
//! quiet machine and is not looked at here.
//!
//! Where Python is not installed it says that it did NOT RUN, and fails if `RAFT_LINT_PACKAGING=required`.

use std::io::Write as _;
use std::process::Command;

use crate::support::root;
use crate::tree::{Ended, Tree, ended};

/// Runs Python in the repository's root, if there is one.
fn python(arguments: &[&str]) -> Option<Ended> {
    if Command::new("python3").arg("--version").output().is_err() {
        let required = std::env::var_os("RAFT_LINT_PACKAGING").is_some_and(|v| v == "required");
        assert!(!required, "python3 is not installed");
        let _ = std::io::stderr().write_all(b"\nbench: NOT RUN, python3 is not installed\n");
        return None;
    }
    let mut command = Command::new("python3");
    command.args(arguments).current_dir(root());
    Some(ended(&mut command))
}

#[test]
fn growth_is_told_for_each_kind_of_workspace() {
    let work = Tree::with(&[]);
    let directory = work.path().to_string_lossy().into_owned();
    let program = env!("CARGO_BIN_EXE_raft-lint");
    let options = ["--raft-lint", program, "--directory", &directory];
    let Some(told) =
        python(&[&["bench/growth", "workspaces", "3000", "6000"], &options[..]].concat())
    else {
        return;
    };
    assert!(matches!(told.code, Some(0 | 1)), "{}{}", told.out, told.err);
    for kind in ["dense", "tenth", "single"] {
        let table = told.out.split(&format!("{kind}: ")).nth(1).unwrap_or_default();
        let rows: Vec<&str> = table.lines().take_while(|line| !line.is_empty()).collect();
        assert!(
            rows.iter().filter(|row| row.contains(" proved")).count() == 2,
            "{kind}: {rows:#?}"
        );
        let verdicts = rows.iter().filter(|row| row.contains("exponent") && row.contains("linear"));
        let not = rows.iter().filter(|row| row.contains("NOT LINEAR")).count();
        // A run that ends before it is looked at has no peak: then nothing is said of memory. Where there
        // are many Rafts none is so short.
        let has_peaks = kind == "dense" || !rows.iter().any(|row| row.contains(" ? "));
        assert_eq!(verdicts.count() + not, 2 + usize::from(has_peaks), "{kind}: {rows:#?}");
    }
    let shapes = python(&[&["bench/growth", "shapes", "nested-ifs"], &options[..]].concat());
    let shapes = shapes.expect("Python was there before");
    assert_eq!(shapes.code, Some(0), "{}{}", shapes.out, shapes.err);
    assert_eq!(shapes.out.matches(" proved").count(), 3, "{}", shapes.out);
    let left = std::fs::read_dir(work.path()).expect("it is there").count();
    assert_eq!(left, 0, "what was generated is removed");
}

/// The accepted programs stay what they are under other names.
#[test]
fn a_generated_workspace_has_rafts_that_are_recognised() {
    let work = Tree::with(&[]);
    let directory = work.path().join("tree").to_string_lossy().into_owned();
    let Some(written) = python(&["bench/growth", "write", "tenth", "12000", &directory]) else {
        return;
    };
    assert_eq!(written.code, Some(0), "{}", written.err);
    let report = work.run(&["check", "--format", "json", "tree"]).json();
    let handlers = report["summary"]["handlers"].as_u64().unwrap_or(0);
    let (files, parsed) = (&report["summary"]["files"], &report["summary"]["parsed"]);
    assert!(handlers > 0, "{}", report["summary"]);
    assert!(parsed.as_u64() < files.as_u64(), "crates without a Raft are not parsed: {files}");
}

#[test]
fn the_other_programs_are_asked_the_same_questions() {
    let questions = ["append-prev-check", "commit-current-term", "vote-log-freshness"];
    let text = |path: &str| std::fs::read_to_string(root().join(path)).expect("it is there");
    let semgrep = text("bench/semgrep/rules.yml");
    let tools = text("bench/side_by_side/tools.py");
    for question in questions {
        let rule = text(&format!("bench/ast-grep/{}.yml", question.replace('-', "_")));
        assert!(rule.contains(&format!("\nid: {question}\n")), "{rule}");
        assert!(semgrep.contains(&format!("  - id: {question}\n")), "{question}");
        assert!(tools.contains(&format!("\"{question}\"")), "{question}");
        assert!(raft_lint::rules::find(question).is_some(), "{question}");
    }
}
