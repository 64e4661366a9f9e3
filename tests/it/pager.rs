//! What `explain` does on a terminal: its width, its colours, and the pager.
//!
//! The terminal is made by `script` of util-linux; where there is none the tests say that they did not run,
//! and fail if `RAFT_LINT_TERMINAL=required`.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::support::raft_lint;
use crate::tree::Tree;

const PAGE: &str = "append-prev-check";

/// A pager that keeps what it was given, with its arguments in the first line.
const KEEPS: &str = "#!/bin/sh\n{ echo \"arguments: $*\"; cat; } > \"$KEPT\"\n";

/// Whether there is a terminal to be had.
fn has_terminal() -> bool {
    let version = Command::new("script").arg("--version").output();
    let is_there =
        version.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("util-linux"));
    if !is_there {
        assert!(
            std::env::var("RAFT_LINT_TERMINAL").as_deref() != Ok("required"),
            "`script` of util-linux is required"
        );
        // Not captured, as what a test prints would be.
        let text = "\nterminal: NOT RUN, it needs `script` of util-linux\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    is_there
}

/// What is seen on a terminal of 60 columns and so many lines, and how the program ends; a pager that nobody
/// quits is ended.
fn on_terminal(
    tree: &Tree,
    arguments: &str,
    lines: u16,
    variables: &[(&str, &str)],
) -> (i32, String) {
    let binary = env!("CARGO_BIN_EXE_raft-lint");
    let shell = format!(
        "stty rows {lines} cols 60 -onlcr && exec timeout --foreground 30 '{binary}' {arguments}"
    );
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &shell]).arg(tree.path().join("typescript"));
    command.current_dir(tree.path()).env("TERM", "xterm").env("SHELL", "/bin/sh");
    for (name, _) in raft_lint().get_envs() {
        if name != "TERM" {
            command.env_remove(name);
        }
    }
    command.env("KEPT", tree.path().join("kept")).envs(variables.iter().copied());
    let output = command.stdin(std::process::Stdio::null()).output().expect("`script` starts");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A directory with a pager in it.
fn with_pager() -> (Tree, String) {
    let tree = Tree::with(&[("a pager.sh", KEEPS)]);
    (tree, "sh 'a pager.sh' -x".to_owned())
}

fn kept(tree: &Tree) -> Option<String> {
    std::fs::read_to_string(tree.path().join("kept")).ok()
}

/// The page as it is printed for a terminal of 60 columns.
fn printed() -> String {
    let arguments = ["explain", PAGE, "--format", "text", "--color", "always"];
    crate::tree::ended(raft_lint().args(arguments).env("COLUMNS", "60")).out
}

#[test]
fn a_long_page_goes_through_the_pager() {
    if !has_terminal() {
        return;
    }
    let (tree, pager) = with_pager();
    let (code, seen) = on_terminal(&tree, &format!("explain {PAGE}"), 20, &[("PAGER", &pager)]);
    assert_eq!((code, seen.as_str()), (0, ""), "the pager shows it all");
    assert_eq!(kept(&tree), Some(format!("arguments: -x\n{}", printed())));
}

#[test]
fn the_pager_is_the_one_that_was_asked_for() {
    if !has_terminal() {
        return;
    }
    for (arguments, variables, lines, uses) in [
        ("", &[("RAFT_LINT_PAGER", "PAGER"), ("PAGER", "false")][..], 20, true),
        ("--no-pager", &[("PAGER", "PAGER")], 20, false),
        ("", &[("RAFT_LINT_PAGER", ""), ("PAGER", "PAGER")], 20, false),
        ("", &[("PAGER", "PAGER"), ("TERM", "dumb"), ("NO_COLOR", "")], 20, false),
        ("", &[("PAGER", "PAGER")], 500, false),
        ("--format markdown", &[("PAGER", "PAGER")], 20, false),
        ("--format json", &[("PAGER", "PAGER")], 20, false),
    ] {
        let (tree, pager) = with_pager();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|&(n, v)| (n, if v == "PAGER" { pager.as_str() } else { v }))
            .collect();
        let (code, seen) =
            on_terminal(&tree, &format!("explain {PAGE} {arguments}"), lines, &variables);
        let case = format!("{arguments} {variables:?} {lines}: {seen}");
        assert_eq!((code, kept(&tree).is_some(), seen.is_empty()), (0, uses, uses), "{case}");
    }
}

#[test]
fn where_the_pager_fails_nothing_is_lost() {
    if !has_terminal() {
        return;
    }
    for pager in ["raft-lint-has-no-such-pager", "sh -c 'exit 127'", "no 'closing quote"] {
        let tree = Tree::with(&[]);
        let (code, seen) = on_terminal(&tree, &format!("explain {PAGE}"), 20, &[("PAGER", pager)]);
        assert_eq!((code, seen), (0, printed()), "{pager}");
    }
}

#[test]
fn a_pager_that_is_quit_early_is_no_error() {
    if !has_terminal() {
        return;
    }
    for (pager, shows) in [("true", ""), ("head -n 1", PAGE), ("sh -c 'kill -9 $$'", "")] {
        let tree = Tree::with(&[]);
        let arguments = format!("explain {PAGE} --color never");
        let (code, seen) = on_terminal(&tree, &arguments, 20, &[("PAGER", pager)]);
        assert_eq!((code, seen.trim()), (0, shows), "{pager}");
    }
}

#[test]
fn a_terminal_has_its_width_and_its_colours() {
    if !has_terminal() {
        return;
    }
    let tree = Tree::with(&[]);
    let seen = |arguments: &str, variables: &[(&str, &str)]| {
        on_terminal(&tree, &format!("explain {PAGE} --no-pager {arguments}"), 20, variables).1
    };
    assert_eq!(seen("", &[]), printed());
    assert!(!seen("", &[("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!seen("--color never", &[]).contains('\u{1b}'));
    assert!(seen("--color always", &[("NO_COLOR", "1")]).contains('\u{1b}'));
    assert_ne!(seen("", &[("COLUMNS", "40")]), printed(), "`COLUMNS` is the more exact wish");
    assert!(seen("--format markdown", &[]).starts_with("# append-prev-check\n"));
}

#[test]
fn without_a_terminal_there_is_no_pager() {
    let (tree, pager) = with_pager();
    let mut command = tree.command();
    command.args(["explain", PAGE, "--format", "text"]).env("KEPT", Path::new("kept"));
    let ended = crate::tree::ended(command.env("PAGER", pager));
    assert_eq!((ended.code, kept(&tree)), (Some(0), None));
    assert!(ended.out.starts_with(PAGE), "{}", ended.out);
}
