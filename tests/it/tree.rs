//! Temporary source trees, and what the binary says about them.
//!
//! Takes file names and texts; gives exit code, output and messages. Nothing here asserts.

use std::path::Path;
use std::process::Command;

use raft_lint::finding::{self, Finding};
use raft_lint::outcome::Outcome;
use raft_lint::pipeline::{self, Options};
use raft_lint::report::Report;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::raft_lint;

/// A voter that never looks at the candidate's log.
pub(crate) const FINDING: &str = "\
pub struct VoteRequest {
    pub term: u64,
    pub candidate_id: u64,
    pub last_log_index: u64,
    pub last_log_term: u64,
}

pub struct VoteReply {
    pub term: u64,
    pub vote_granted: bool,
}

pub struct Node {
    pub current_term: u64,
    pub voted_for: Option<u64>,
    pub log: Vec<(u64, String)>,
}

impl Node {
    pub fn handle_request_vote(&mut self, request: VoteRequest) -> VoteReply {
        if request.term > self.current_term {
            self.current_term = request.term;
            self.voted_for = None;
        }
        let free = self.voted_for.is_none_or(|id| id == request.candidate_id);
        if request.term < self.current_term || !free {
            return VoteReply { term: self.current_term, vote_granted: false };
        }
        self.voted_for = Some(request.candidate_id);
        VoteReply { term: self.current_term, vote_granted: true }
    }
}
";

/// The same one, asking.
pub(crate) fn clean() -> String {
    let asks = "        let own = (self.log.last().map_or(0, |e| e.0), self.log.len() as u64);
        let fresh = (request.last_log_term, request.last_log_index) >= own;
        if request.term < self.current_term || !free || !fresh {";
    FINDING.replace("        if request.term < self.current_term || !free {", asks)
}

/// Nothing to do with Raft.
pub(crate) const OTHER: &str = "pub fn add(a: u64, b: u64) -> u64 {\n    a + b\n}\n";

/// A temporary directory.
pub(crate) struct Tree(TempDir);

/// How a run of the binary ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Tree {
    /// With these files; folders are made as needed.
    pub(crate) fn with(files: &[(&str, &str)]) -> Tree {
        let tree = Tree(tempfile::tempdir().expect("a temporary directory can be made"));
        for (name, text) in files {
            tree.write(name, text.as_bytes());
        }
        tree
    }

    /// Adds a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        let dir = path.parent().expect("a file has a folder");
        std::fs::create_dir_all(dir).expect("a folder can be made");
        std::fs::write(&path, bytes).expect("a file can be written");
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The binary inside this directory.
    pub(crate) fn command(&self) -> Command {
        let mut command = raft_lint();
        command.current_dir(self.path());
        command
    }

    /// Runs with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command().args(arguments))
    }

    /// The report of the whole tree, changed as no tree can be made to be yet; for a look at it.
    pub(crate) fn report(
        &self,
        change: impl FnOnce(&mut Outcome, &mut Vec<Finding>),
    ) -> impl FnOnce(&dyn Fn(&mut Report<'_>)) {
        let options = Options {
            paths: vec![self.path().into()],
            threads: 2,
            prefilter: true,
            ..Options::default()
        };
        let (mut outcome, sources) = pipeline::run(&options).expect("the tree can be read");
        raft_lint::judge::settle(&mut outcome);
        let mut findings = finding::of(&outcome);
        change(&mut outcome, &mut findings);
        move |look| look(&mut Report::new(&outcome, &sources, findings))
    }

    /// The JSON report of the whole tree.
    pub(crate) fn json(&self) -> Value {
        self.run(&["--format", "json"]).json()
    }
}

/// Runs a command to its end.
pub(crate) fn ended(command: &mut Command) -> Ended {
    let output = command.output().expect("the binary starts");
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

impl Ended {
    /// The output as JSON.
    pub(crate) fn json(&self) -> Value {
        let text = format!("JSON is printed; exit {:?}, {}", self.code, self.err);
        serde_json::from_str(&self.out).expect(&text)
    }
}

/// One of a report's lists.
pub(crate) fn list<'v>(report: &'v Value, name: &str) -> &'v [Value] {
    report[name].as_array().map_or(&[], Vec::as_slice)
}

/// The length of one of the report's lists.
pub(crate) fn count(report: &Value, name: &str) -> usize {
    list(report, name).len()
}
