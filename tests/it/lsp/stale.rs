//! Texts that look like others, and texts that nobody analyses: what is told fits what the editor has.

use serde_json::{Value, json};

use super::client::{Client, modern, uri};
use super::{codes, position};
use crate::tree::{FINDING, OTHER, Tree, clean};

fn hover(file: &str, position: &Value) -> Value {
    json!({ "textDocument": { "uri": file }, "position": position })
}

#[test]
fn a_version_that_comes_again_is_another_text() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    let at = hover(&file, &position(FINDING, "handle_request_vote"));
    assert!(client.ask("textDocument/hover", at.clone()).is_object());
    client.closes(&file);
    client.opens(&file, 1, OTHER);
    assert_eq!(client.ask("textDocument/hover", at), Value::Null);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_question_about_what_is_not_analysed_gets_an_answer() {
    let tree = Tree::with(&[("src/lib.rs", FINDING), ("raft-lint.toml", "oops")]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    let at = hover(&file, &position(FINDING, "handle_request_vote"));
    for _ in 0..2 {
        assert_eq!(client.refused("textDocument/hover", at.clone()), -32801);
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn what_was_too_long_for_a_while_is_looked_at_again() {
    let tree = Tree::with(&[("src/lib.rs", &clean())]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    let start = json!({ "line": 0, "character": 0 });
    let pasted = "x".repeat(17 << 20);
    let change = json!([{ "range": { "start": start, "end": start }, "text": pasted }]);
    client.changes(&file, 2, change);
    client.told("window/logMessage", "longer than 16 MiB");
    client.published(&|params| params["uri"] == file && params["diagnostics"] == json!([]));
    let end = json!({ "line": 0, "character": pasted.len() });
    client.changes(&file, 3, json!([{ "range": { "start": start, "end": end }, "text": "" }]));
    assert_eq!(codes(&client.diagnostics(&file, 3)), ["vote-log-freshness"]);
    assert_eq!(client.leave(), Some(0));
}
