//! What an editor sees: open, edit, hover, hints, the map, files on disk, and the end.

use serde_json::{Value, json};

use super::client::{Client, modern, plain, uri};
use super::{codes, position};
use crate::tree::{FINDING, OTHER, Tree, clean};

const MANIFEST: &str = "[package]\nname = \"scratch\"\nversion = \"0.1.0\"\n";

/// A package with this library; its name has to be without links.
fn package(text: &str) -> (Tree, String) {
    let tree = Tree::with(&[("Cargo.toml", MANIFEST), ("src/lib.rs", text)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    (tree, file)
}

fn hover(client: &mut Client, file: &str, position: Value) -> String {
    let at = json!({ "textDocument": { "uri": file }, "position": position });
    let result = client.ask("textDocument/hover", at);
    result["contents"]["value"].as_str().unwrap_or("").to_owned()
}

fn hints(client: &mut Client, file: &str) -> Vec<Value> {
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } });
    let asked = json!({ "textDocument": { "uri": file }, "range": range });
    client.ask("textDocument/inlayHint", asked).as_array().cloned().unwrap_or_default()
}

#[test]
fn an_edit_is_diagnosed_hovered_and_hinted() {
    let (tree, file) = package(FINDING);
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    let found = client.diagnostics(&file, 1);
    assert_eq!(codes(&found), ["vote-log-freshness"]);
    let diagnostic = &found[0];
    assert_eq!(diagnostic["severity"], 1);
    assert_eq!(diagnostic["source"], "raft-lint");
    let message = diagnostic["message"].as_str().unwrap_or("");
    assert!(message.contains("\nnote: Leader Completeness") && message.contains("\nhelp: before"));
    let related = diagnostic["relatedInformation"].as_array().cloned().unwrap_or_default();
    assert_eq!(related.len(), 2, "{diagnostic:#}");
    assert!(related[0]["message"].to_string().contains("the request enters here"));
    let report = tree.json();
    assert_eq!(diagnostic["data"]["fingerprint"], report["findings"][0]["fingerprint"]);

    let at_finding = hover(&mut client, &file, position(FINDING, "self.voted_for = Some"));
    assert!(at_finding.contains("# vote-log-freshness"), "the page: {at_finding}");
    let at_handler = hover(&mut client, &file, position(FINDING, "handle_request_vote"));
    assert!(at_handler.contains("**handles RequestVote**"), "{at_handler}");

    let asking = clean();
    client.replaces(&file, 2, &asking);
    assert_eq!(client.diagnostics(&file, 2), [] as [Value; 0]);
    let at_effect = hover(&mut client, &file, position(&asking, "self.voted_for = Some"));
    assert!(at_effect.contains("**proved** `vote-log-freshness`"), "{at_effect}");
    assert!(at_effect.contains(&format!("]({file}#L27)")), "a link: {at_effect}");
    let evidence = hover(&mut client, &file, position(&asking, "(request.last_log_term, request"));
    assert!(evidence.contains("**evidence** for `vote-log-freshness`"), "{evidence}");
    let hints = hints(&mut client, &file);
    let record = asking.lines().position(|line| line.contains("voted_for = Some")).unwrap_or(0);
    let hint = hints.iter().find(|hint| hint["position"]["line"] == record).expect("a hint");
    assert!(hint["label"].as_str().is_some_and(|l| l.starts_with("proved: ")), "{hint}");
    assert!(hint["tooltip"]["value"].to_string().contains("vote-log-freshness"));
    client.take(&|m| m["method"] == "workspace/inlayHint/refresh");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn the_map_is_a_command_and_symbols() {
    let (tree, _) = package(FINDING);
    let mut client = Client::open(tree.path(), &modern());
    let symbols = client.ask("workspace/symbol", json!({ "query": "RequestVote" }));
    assert!(symbols[0]["name"] == "RequestVote: Node::handle_request_vote", "{symbols:#}");
    let effects = client.ask("workspace/symbol", json!({ "query": "vote-log violated" }));
    assert_eq!(effects[0]["location"]["range"]["start"]["line"], 28, "{effects:#}");
    let text = client.ask("workspace/executeCommand", json!({ "command": "raft-lint.map" }));
    assert_eq!(text.as_str(), Some(tree.run(&["map"]).out.as_str()));
    let arguments = json!({ "command": "raft-lint.map", "arguments": ["json"] });
    let map = client.ask("workspace/executeCommand", arguments);
    assert_eq!(map, tree.run(&["map", "--format", "json"]).json());
    let wrong = json!({ "command": "raft-lint.map", "arguments": ["yaml"] });
    assert_eq!(client.refused("workspace/executeCommand", wrong), -32602);
    assert_eq!(client.refused("workspace/executeCommand", json!({ "command": "rm" })), -32602);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn an_old_client_gets_plain_text_and_no_links() {
    let (tree, file) = package(FINDING);
    let mut client = Client::open(tree.path(), &plain());
    client.opens(&file, 7, FINDING);
    let found = client.diagnostics(&file, 7);
    assert!(found[0].get("relatedInformation").is_none(), "{:#}", found[0]);
    let message = found[0]["message"].as_str().unwrap_or("");
    assert!(message.contains("at src/lib.rs:20: the request enters here"), "{message}");
    let text = hover(&mut client, &file, position(FINDING, "handle_request_vote"));
    assert!(text.starts_with("handles RequestVote: `Node::handle_request_vote`"), "{text}");
    let asked = json!({ "textDocument": { "uri": file }, "range": found[0]["range"],
        "context": { "diagnostics": [] } });
    assert_eq!(client.ask("textDocument/codeAction", asked), json!([]));
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn ranges_count_utf_16_units() {
    let text = FINDING.replace("impl Node", "// 😀é😀 x\nimpl Node");
    let (tree, file) = package(&text);
    let mut client = Client::binary(tree.path());
    let capabilities = json!({ "general": { "positionEncodings": ["utf-16"] } });
    let result = client.initialize(tree.path(), &capabilities);
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    client.opens(&file, 1, &text);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    // Behind two characters of two units and one of one: the `x` goes, then a line end comes, which
    // would be a syntax error anywhere else in the comment's line but at its end.
    let line = position(&text, "// 😀")["line"].clone();
    let at = |character: u32| json!({ "line": line, "character": character });
    client.changes(
        &file,
        2,
        json!([
            { "range": { "start": at(9), "end": at(10) }, "text": "" },
            { "range": { "start": at(9), "end": at(99) }, "text": "\nfn put_in() {}" },
        ]),
    );
    let found = client.diagnostics(&file, 2);
    assert_eq!(codes(&found), ["vote-log-freshness"]);
    assert_eq!(found[0]["range"]["start"]["line"], 30, "one line more: {:#}", found[0]);
    // Within a pair is before it, so that no half of it is left.
    client.changes(
        &file,
        3,
        json!([
            { "range": { "start": at(4), "end": at(6) }, "text": "\nfn another() {} //" },
        ]),
    );
    assert_eq!(client.diagnostics(&file, 3)[0]["range"]["start"]["line"], 31);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_half_typed_line_keeps_what_was_found_elsewhere() {
    let tree = Tree::with(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", &format!("mod other;\n{FINDING}")),
        ("src/other.rs", OTHER),
    ]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let other = uri(&tree.path().join("src/other.rs"));
    let mut client = Client::open(tree.path(), &modern());
    let text = format!("mod other;\n{FINDING}");
    client.opens(&file, 1, &text);
    client.opens(&other, 1, OTHER);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    client.replaces(&other, 2, &format!("{OTHER}\npub fn half("));
    let found = client.diagnostics(&other, 2);
    assert_eq!((found.len(), &found[0]["severity"]), (1, &json!(3)), "{found:#?}");
    assert!(found[0]["message"].as_str().is_some_and(|m| m.starts_with("not analysed: ")));
    assert_eq!(hover(&mut client, &other, json!({ "line": 0, "character": 8 })), "");
    // The other file is looked at while this one is broken.
    client.replaces(&file, 2, &text.replace("impl Node", "// Here.\nimpl Node"));
    let moved = client.diagnostics(&file, 2);
    assert_eq!(
        (codes(&moved), &moved[0]["range"]["start"]["line"]),
        (vec!["vote-log-freshness"], &json!(30))
    );
    // In the very file: what was found before has no place in this text.
    client.replaces(&file, 3, &text.replace("impl Node {", "impl Node { fn"));
    let broken = client.diagnostics(&file, 3);
    assert_eq!((broken.len(), codes(&broken)), (1, vec![""]), "{broken:#?}");
    client.replaces(&file, 4, &text);
    assert_eq!(codes(&client.diagnostics(&file, 4)), ["vote-log-freshness"]);
    client.replaces(&other, 3, OTHER);
    assert_eq!(client.diagnostics(&other, 3), [] as [Value; 0]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn documents_are_opened_and_closed_again() {
    let (tree, file) = package(&clean());
    let mut client = Client::open(tree.path(), &modern());
    for cycle in 0..2 {
        client.opens(&file, cycle * 10, FINDING);
        assert_eq!(codes(&client.diagnostics(&file, cycle * 10)), ["vote-log-freshness"]);
        client.closes(&file);
        // What is on disk asks.
        assert_eq!(client.published(&|params| params["uri"] == file.as_str()), [] as [Value; 0]);
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn files_on_disk_are_read_again() {
    let (tree, file) = package(FINDING);
    let mut client = Client::open(tree.path(), &modern());
    let registered = client.take(&|m| m["method"] == "client/registerCapability").to_string();
    assert!(
        registered.contains("**/*.rs") && registered.contains("raft-lint.toml"),
        "{registered}"
    );
    let found = client.published(&|params| params["uri"] == file.as_str());
    assert_eq!(codes(&found), ["vote-log-freshness"]);
    let changed = |client: &mut Client, name: &str| {
        let changed = json!({ "uri": uri(&tree.path().join(name)), "type": 2 });
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [changed] }));
    };
    tree.write("src/lib.rs", clean().as_bytes());
    changed(&mut client, "src/lib.rs");
    assert_eq!(client.published(&|params| params["uri"] == file.as_str()), [] as [Value; 0]);
    tree.write("src/lib.rs", FINDING.as_bytes());
    changed(&mut client, "src/lib.rs");
    assert_eq!(client.published(&|p| p["uri"] == file.as_str()).len(), 1);
    tree.write("raft-lint.toml", b"[levels]\nvote-log-freshness = \"warn\"\n");
    changed(&mut client, "raft-lint.toml");
    assert_eq!(client.published(&|p| p["uri"] == file.as_str())[0]["severity"], 2);
    // What is wrong is said, and the last good settings stay.
    tree.write("raft-lint.toml", b"[levels]\nvote-log-freshness = \"loud\"\n");
    changed(&mut client, "raft-lint.toml");
    let told = client.told("window/showMessage", "there is no level `loud`");
    assert_eq!(told["type"], 1);
    let configuration = uri(&tree.path().join("raft-lint.toml"));
    let found = client.published(&|params| params["uri"] == configuration.as_str());
    assert_eq!(
        (&found[0]["severity"], &found[0]["range"]["start"]["line"]),
        (&json!(1), &json!(1))
    );
    client.opens(&file, 1, FINDING);
    assert_eq!(client.diagnostics(&file, 1)[0]["severity"], 2);
    tree.write("raft-lint.toml", b"[levels]\nvote-log-freshness = \"advice\"\n");
    changed(&mut client, "raft-lint.toml");
    assert_eq!(client.published(&|params| params["uri"] == configuration.as_str()).len(), 0);
    assert_eq!(client.diagnostics(&file, 1)[0]["severity"], 3);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_wrong_configuration_is_told_from_the_start() {
    let (tree, file) = package(FINDING);
    tree.write("raft-lint.toml", b"levels = 1\n");
    let mut client = Client::open(tree.path(), &plain());
    client.told("window/showMessage", "until this is put right, nothing is analysed");
    client.opens(&file, 1, FINDING);
    let at = json!({ "textDocument": { "uri": file }, "position": { "line": 1, "character": 1 } });
    assert_eq!(client.refused("textDocument/hover", at), -32801);
    tree.write("raft-lint.toml", b"");
    let saved = uri(&tree.path().join("raft-lint.toml"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": saved } }));
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn line_ends_are_all_the_same() {
    let text = FINDING.replace('\n', "\r\n");
    let (tree, file) = package(&text);
    let mut client = Client::open(tree.path(), &plain());
    client.opens(&file, 1, &text);
    let found = client.diagnostics(&file, 1);
    assert_eq!(found[0]["range"]["start"], json!({ "line": 28, "character": 8 }));
    client.opens(&file, 2, FINDING);
    assert_eq!(client.diagnostics(&file, 2)[0]["range"], found[0]["range"]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_baseline_counts_here_too() {
    let (tree, file) = package(FINDING);
    assert_eq!(tree.run(&["baseline"]).code, Some(0));
    tree.write("raft-lint.toml", b"baseline = \"raft-lint.baseline.json\"\n");
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_that_watches_nothing_saves() {
    let (tree, file) = package(FINDING);
    let mut client = Client::open(tree.path(), &plain());
    client.opens(&file, 1, FINDING);
    assert_eq!(client.diagnostics(&file, 1)[0]["severity"], 1);
    tree.write("raft-lint.toml", b"[levels]\nvote-log-freshness = \"warn\"\n");
    let saved = uri(&tree.path().join("raft-lint.toml"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": saved } }));
    assert_eq!(client.diagnostics(&file, 1)[0]["severity"], 2);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_file_alone_is_looked_at_with_its_package() {
    let (tree, file) = package(FINDING);
    let mut client = Client::binary(tree.path());
    client.ask("initialize", json!({ "capabilities": {}, "rootUri": null }));
    client.notify("initialized", json!({}));
    client.opens(&file, 1, FINDING);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["vote-log-freshness"]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_file_without_a_package_is_looked_at_alone() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING)]);
    let (file, other) = (uri(&tree.path().join("a.rs")), uri(&tree.path().join("b.rs")));
    let mut client = Client::binary(tree.path());
    client.ask("initialize", json!({ "capabilities": {}, "workspaceFolders": null }));
    client.notify("initialized", json!({}));
    client.opens(&file, 1, &clean());
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    client.replaces(&file, 2, FINDING);
    assert_eq!(codes(&client.diagnostics(&file, 2)), ["vote-log-freshness"]);
    client.ask("shutdown", Value::Null);
    assert!(!client.has(&|m| m["params"]["uri"] == other.as_str()), "nobody opened that");
    client.notify("exit", Value::Null);
    assert_eq!(client.code().0, Some(0));
}

#[test]
fn folders_come_and_go() {
    let (first, first_file) = package(FINDING);
    let (second, second_file) = package(FINDING);
    let mut client = Client::open(first.path(), &modern());
    assert_eq!(client.published(&|p| p["uri"] == first_file.as_str()).len(), 1);
    let folder = |tree: &Tree| json!([{ "uri": uri(tree.path()), "name": "x" }]);
    let event =
        |added: Value, removed: Value| json!({ "event": { "added": added, "removed": removed } });
    let method = "workspace/didChangeWorkspaceFolders";
    client.notify(method, event(folder(&second), json!([])));
    assert_eq!(client.published(&|p| p["uri"] == second_file.as_str()).len(), 1);
    client.notify(method, event(json!([]), folder(&first)));
    assert_eq!(client.published(&|p| p["uri"] == first_file.as_str()).len(), 0);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn rules_in_comments_have_their_pages() {
    let text =
        clean().replace("    pub fn", "    // raft-lint: allow(stale-term) by proxy\n    pub fn");
    let (tree, file) = package(&text);
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, &text);
    assert_eq!(codes(&client.diagnostics(&file, 1)), ["unused-silence"]);
    let page = hover(&mut client, &file, position(&text, "allow(stale"));
    assert!(page.starts_with("# stale-term") || page.contains("unused-silence"), "{page}");
    assert_eq!(client.leave(), Some(0));
}
