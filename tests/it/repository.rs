//! Temporary git repositories, made by the `git` on this machine with nothing of its configuration.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tree::{Ended, Tree, ended};

/// A tree with a history.
pub(crate) struct Repository {
    pub(crate) tree: Tree,
}

/// `git` in a directory, the same on every machine.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(directory).args(arguments);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Author"),
        ("GIT_AUTHOR_EMAIL", "author@example.org"),
        ("GIT_COMMITTER_NAME", "Author"),
        ("GIT_COMMITTER_EMAIL", "author@example.org"),
        ("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z"),
        ("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z"),
    ]);
    let output = command.output().expect("git is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {text}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Repository {
    /// With one commit of a package with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Repository {
        let repository = Repository { tree: Tree::with(files) };
        repository.tree.write("Cargo.toml", b"[package]\nname = \"node\"\n");
        git(repository.path(), &["init", "-q", "-b", "main"]);
        repository.commit();
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.tree.path()
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        git(self.path(), &["add", "-A"]);
        git(self.path(), &["commit", "-q", "-m", "change"]);
    }

    /// Writes a text file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        self.tree.write(name, text.as_bytes());
    }

    /// Replaces a text that stands in a file.
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path().join(name)).expect("the file is there");
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, &text.replace(from, to));
    }

    /// What is new since a revision, as text.
    pub(crate) fn diff(&self, revision: &str) -> Ended {
        self.tree.run(&["check", "--color", "never", "--diff", revision])
    }

    /// What is new since a revision, as JSON, with the exit code.
    pub(crate) fn news(&self, revision: &str) -> (Option<i32>, Value) {
        let ended = ended(self.tree.command().args(["--format", "json", "--diff", revision]));
        (ended.code, ended.json())
    }
}
