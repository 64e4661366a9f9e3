//! A real editor as the client. Where there is no Neovim this says that it was not run.

use std::process::{Command, Stdio};

use crate::support::root;
use crate::tree::{FINDING, Tree};

#[test]
#[allow(clippy::print_stderr)] // a test that does not run says so
fn neovim_shows_and_changes() {
    let exists = Command::new("nvim").arg("--version").stdout(Stdio::null()).status();
    if exists.is_err() {
        let required = std::env::var("RAFT_LINT_EDITORS").is_ok_and(|value| value == "required");
        assert!(!required, "there is no `nvim`, and RAFT_LINT_EDITORS asks for one");
        eprintln!("NOT RUN: there is no `nvim`");
        return;
    }
    let tree = Tree::with(&[("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", FINDING)]);
    let home = Tree::with(&[]);
    let output = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", root().join("tests/it/lsp/neovim.lua").display()))
        .env("TREE", tree.path().canonicalize().expect("it is there"))
        .env("RAFT_LINT", env!("CARGO_BIN_EXE_raft-lint"))
        .env("HOME", home.path())
        .env("XDG_STATE_HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .output()
        .expect("Neovim starts");
    let said = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let expected = [
        "rule=vote-log-freshness",
        "line=29",
        "hover=**error** `vote-log-freshness`: a vote is granted",
        "comment=// raft-lint: allow(vote-log-freshness) write here why this is safe",
        "silenced=true",
        "back=true",
        "symbol=RequestVote: Node::handle_request_vote",
        "map=package .",
        "stopped=true",
    ];
    let errors = String::from_utf8_lossy(&output.stderr);
    for line in expected {
        assert!(said.lines().any(|s| s.starts_with(line)), "{line}\nin:\n{said}\n{errors}");
    }
}
