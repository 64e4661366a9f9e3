//! A real editor as the client. Where there is no Neovim this says that it was not run.

use std::process::Command;

use crate::browser::{or_not_run, program};
use crate::support::root;
use crate::tree::{FINDING, Tree};

#[test]
fn neovim_shows_and_changes() {
    let found = program(&["nvim"]);
    let Some(neovim) = or_not_run("Neovim", "RAFT_LINT_EDITORS", found) else { return };
    let tree = Tree::with(&[("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", FINDING)]);
    let home = Tree::with(&[]);
    let output = Command::new(neovim)
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
