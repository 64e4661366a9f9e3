//! An analysis that fails or takes its time: the server goes on, and what it says fits the text.

use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::{Receiver, unbounded};
use raft_lint::error::Error;
use raft_lint::levels::Levels;
use raft_lint::lsp::{Analyser, Analysis, Ended};
use raft_lint::pipeline::Options;
use raft_lint::workspace::Workspace;
use serde_json::{Value, json};

use super::client::{Client, modern, uri};
use super::codes;
use crate::tree::{FINDING, Tree};

/// Fails while a text says so.
struct Fragile {
    workspace: Workspace,
    fails: bool,
}

impl Analyser for Fragile {
    fn set_text(&mut self, path: &Path, text: Arc<str>) {
        self.fails = text.contains("fail here");
        self.workspace.set_text(path, text);
    }

    fn close_text(&mut self, path: &Path) {
        self.workspace.close_text(path);
    }

    fn reread_file(&mut self, path: &Path) {
        self.workspace.reread_file(path);
    }

    fn reread(&mut self) {
        self.workspace.reread();
    }

    fn analyse(&mut self) -> Result<Analysis, Error> {
        assert!(!self.fails, "as the text says");
        let found = self.workspace.analyse()?;
        let findings = found.findings.clone();
        Ok(Analysis { found, findings, remarks: Vec::new() })
    }
}

fn open(root: &Path) -> Result<Box<dyn Analyser>, Error> {
    let options =
        Options { paths: vec![root.into()], threads: 1, prefilter: true, ..Options::default() };
    let workspace = Workspace::open(options, Levels::default())?;
    Ok(Box::new(Fragile { workspace, fails: false }))
}

#[test]
fn a_crash_is_told_and_survived() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let root = tree.path().canonicalize().expect("it is there");
    let file = uri(&root.join("src/lib.rs"));
    let (mut client, server) = Client::memory(Box::new(open));
    client.initialize(&root, &modern());
    client.opens(&file, 1, FINDING);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    let failing = format!("// fail here\n{FINDING}");
    client.replaces(&file, 2, &failing);
    let told = client.told("window/showMessage", "internal error: as the text says");
    assert!(told["message"].to_string().contains("please report it"), "{told}");
    // What is asked about a text that could not be analysed is refused, not left open.
    let at = json!({ "textDocument": { "uri": file }, "position": { "line": 1, "character": 1 } });
    client.replaces(&file, 3, &format!("{failing}// Still.\n"));
    assert_eq!(client.refused("textDocument/hover", at.clone()), -32801);
    client.replaces(&file, 4, &format!("// Well.\n{FINDING}"));
    let found = client.diagnostics(&file, 4);
    assert_eq!(
        (codes(&found), &found[0]["range"]["start"]["line"]),
        (vec!["vote-log-freshness"], &json!(29))
    );
    assert_ne!(client.ask("workspace/symbol", json!({ "query": "" })), json!([]));
    client.ask("shutdown", Value::Null);
    // Once for one cause, and nothing was taken back in between.
    let again = |m: &Value| m["method"] == "window/showMessage";
    client.notify("exit", Value::Null);
    assert_eq!(server.join().ok(), Some(Ended::Properly));
    assert!(!client.has(&again), "told twice");
}

/// Waits before each analysis until it may go on.
struct Gated {
    inner: Box<dyn Analyser>,
    gate: Receiver<()>,
}

impl Analyser for Gated {
    fn set_text(&mut self, path: &Path, text: Arc<str>) {
        self.inner.set_text(path, text);
    }

    fn close_text(&mut self, path: &Path) {
        self.inner.close_text(path);
    }

    fn reread_file(&mut self, path: &Path) {
        self.inner.reread_file(path);
    }

    fn reread(&mut self) {
        self.inner.reread();
    }

    fn analyse(&mut self) -> Result<Analysis, Error> {
        self.gate.recv().expect("the test opens the gate");
        self.inner.analyse()
    }
}

#[test]
fn nobody_waits_for_the_analysis_but_who_asks_about_it() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let root = tree.path().canonicalize().expect("it is there");
    let file = uri(&root.join("src/lib.rs"));
    let (open_gate, gate) = unbounded();
    let (mut client, server) = Client::memory(Box::new(move |root| {
        let inner = open(root)?;
        Ok(Box::new(Gated { inner, gate: gate.clone() }) as Box<dyn Analyser>)
    }));
    client.initialize(&root, &modern());
    client.opens(&file, 1, FINDING);
    let at =
        json!({ "textDocument": { "uri": file }, "position": { "line": 19, "character": 14 } });
    let given_up = client.request("textDocument/hover", at.clone());
    client.notify("$/cancelRequest", json!({ "id": given_up }));
    assert_eq!(client.response(given_up)["error"]["code"], -32800);
    let outdated = client.request("textDocument/hover", at.clone());
    let overall = client.request("workspace/symbol", json!({ "query": "RequestVote" }));
    for version in 2..30 {
        client.replaces(
            &file,
            version,
            &format!("{}{FINDING}", "// Well.\n".repeat(version as usize)),
        );
    }
    assert_eq!(client.response(outdated)["error"]["code"], -32801);
    assert_eq!(client.refused("no/such", json!({})), -32601);
    let down = json!({ "line": 19 + 29, "character": 14 });
    let asked = json!({ "textDocument": { "uri": file }, "position": down });
    let last = client.request("textDocument/hover", asked);
    assert!(!client.has(&|m| m["method"] == "textDocument/publishDiagnostics"), "nothing is known");
    for _ in 0..3 {
        open_gate.send(()).expect("the analysis waits or will");
    }
    let found = client.diagnostics(&file, 29);
    assert_eq!(
        (codes(&found), &found[0]["range"]["start"]["line"]),
        (vec!["vote-log-freshness"], &json!(57))
    );
    let hover = client.response(last)["result"]["contents"]["value"].clone();
    assert!(hover.as_str().is_some_and(|text| text.contains("handles RequestVote")), "{hover}");
    assert!(client.response(overall)["result"].is_array());
    // Of the versions in between none was ever told.
    let other = |m: &Value| {
        let version = &m["params"]["version"];
        m["method"] == "textDocument/publishDiagnostics" && *version != 29 && !version.is_null()
    };
    assert!(!client.has(&other), "diagnostics of an older text");
    client.ask("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(server.join().ok(), Some(Ended::Properly));
}
