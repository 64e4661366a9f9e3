//! Clients that make mistakes, and texts that want to be something else.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value, json};

use super::client::{Client, modern, plain, uri};
use super::{codes, position};
use crate::tree::{FINDING, Tree};

#[test]
fn messages_out_of_order_are_refused() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::binary(tree.path());
    assert_eq!(client.refused("workspace/symbol", json!({ "query": "" })), -32002);
    client.opens(&file, 1, FINDING); // before `initialize`: nothing
    client.initialize(tree.path(), &plain());
    assert_eq!(client.refused("initialize", json!({ "capabilities": {} })), -32600);
    client.replaces(&file, 2, FINDING);
    client.told("window/logMessage", "was changed and is not open");
    client.closes(&file);
    client.told("window/logMessage", "was closed and is not open");
    client.opens(&file, 3, "");
    client.opens(&file, 4, FINDING);
    client.told("window/logMessage", "was open already");
    assert_eq!(codes(&client.diagnostics(&file, 4)), ["vote-log-freshness"]);
    let (late, early) =
        (json!({ "line": 9, "character": 0 }), json!({ "line": 2, "character": 0 }));
    client.changes(&file, 5, json!([{ "range": { "start": late, "end": early }, "text": "x" }]));
    client.told("window/logMessage", "ends before it starts");
    let far = json!({ "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 });
    client.changes(
        &file,
        6,
        json!([{ "range": { "start": far, "end": far }, "text": "// end\n" }]),
    );
    assert_eq!(codes(&client.diagnostics(&file, 6)), ["vote-log-freshness"]);
    client.opens("untitled:1", 1, FINDING);
    client.told("window/logMessage", "`untitled:1` is no file");
    client.opens("file:///etc/passwd%00.rs", 1, FINDING);
    client.told("window/logMessage", "is no file");
    client.ask("shutdown", Value::Null);
    assert_eq!(client.refused("workspace/symbol", json!({ "query": "" })), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.code().0, Some(0));
}

#[test]
fn malformed_messages_are_answered() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let mut client = Client::open(tree.path(), &plain());
    let answered = |client: &mut Client, code: i64| {
        client.take(&|m| m["id"].is_null() && m["error"]["code"] == code);
    };
    client.body("{ oops");
    answered(&mut client, -32700);
    client.bytes(b"Content-Length: 4\r\n\r\n\xff\xfe{}");
    answered(&mut client, -32700);
    client.body("[]");
    answered(&mut client, -32600);
    client.body("{\"jsonrpc\":\"2.0\"}");
    answered(&mut client, -32600);
    client.body("{\"jsonrpc\":\"2.0\",\"id\":5000000000,\"method\":\"shutdown\"}");
    client.take(&|m| m["id"] == 5_000_000_000_u64 && m["error"]["code"] == -32600);
    assert_eq!(client.refused("no/such", json!({})), -32601);
    assert_eq!(client.refused("$/no/such", json!({})), -32601);
    for params in [json!({}), json!([]), json!("x"), Value::Null] {
        assert_eq!(client.refused("textDocument/hover", params), -32602);
    }
    client.notify("textDocument/didOpen", json!({ "textDocument": 1 }));
    client.told("window/logMessage", "textDocument/didOpen");
    client.notify("no/such", json!({ "x": 1 }));
    client.send(&json!({ "jsonrpc": "2.0", "id": "unknown", "result": null }));
    assert_ne!(client.ask("workspace/symbol", json!({ "query": "" })), json!([]));
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn who_leaves_and_reads_nothing_is_not_waited_for() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let mut server = crate::support::raft_lint()
        .arg("lsp")
        .current_dir(tree.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut input = server.stdin.take().expect("it reads");
    for _ in 0..1000 {
        input.write_all(b"Content-Length: 1\r\n\r\n{").expect("there is room in the pipe");
    }
    drop(input);
    // Nobody reads standard output, which stays open: more was said than a pipe holds.
    let started = Instant::now();
    while server.try_wait().expect("it can be waited for").is_none() {
        if started.elapsed() > Duration::from_secs(60) {
            server.kill().expect("it can be ended");
            panic!("it waits for ever");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = server.wait_with_output().expect("it has ended");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("does not read what it is sent"), "{errors}");
}

#[test]
fn a_broken_header_ends_it_with_a_message() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    for header in ["Content-Length: 99999999999999999999\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"] {
        let mut client = Client::open(tree.path(), &plain());
        client.bytes(header.as_bytes());
        let (code, text) = client.code();
        assert_ne!(code, Some(0), "{header}");
        assert!(text.contains("the conversation broke off"), "{header}: {text}");
    }
}

#[test]
fn leaving_without_a_word_is_no_success() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let (code, text) = Client::open(tree.path(), &plain()).code();
    assert_eq!((code, text.as_str()), (Some(1), ""));
    let mut client = Client::open(tree.path(), &plain());
    client.notify("exit", Value::Null);
    assert_eq!(client.code().0, Some(1));
}

#[test]
fn what_waits_can_be_cancelled() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &plain());
    client.opens(&file, 1, FINDING);
    let at = json!({ "textDocument": { "uri": file }, "position": position(FINDING, "handle_") });
    // Each is answered once, whether it was too late to cancel it or not.
    let ids: Vec<i32> = (0..3).map(|_| client.request("textDocument/hover", at.clone())).collect();
    client.notify("$/cancelRequest", json!({ "id": ids[1] }));
    client.notify("$/cancelRequest", json!({ "id": "no such" }));
    let answers: Vec<Value> = ids.into_iter().map(|id| client.response(id)).collect();
    let is_given_up = answers[1]["error"]["code"] == -32800 || answers[1].get("result").is_some();
    assert!(is_given_up, "{}", answers[1]);
    assert!(answers[0]["result"].is_object() && answers[2]["result"].is_object(), "{answers:#?}");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn names_are_no_markup() {
    let name = "x_____y";
    let text = FINDING.replace("handle_request_vote", "request_vote_rpc").replace(
        "self.voted_for = Some(request.candidate_id);",
        "self.voted_for = Some(request.candidate_id); let x_____y = \"</a>[x](command:y)`\u{202e}\"; let _ = x_____y;",
    );
    assert!(text.contains(name));
    let tree = Tree::with(&[("src/[a](b)`<i>.rs", &text)]);
    let mut client = Client::open(tree.path(), &modern());
    let found = client.published(&|params| params["uri"].to_string().contains("%3Ci%3E"));
    assert_eq!(codes(&found), ["vote-log-freshness"]);
    let file = format!("{}/%5Ba%5D(b)%60%3Ci%3E.rs", uri(tree.path()));
    client.opens(&file, 1, &text);
    client.diagnostics(&file, 1);
    let at = position(&text, "request.term < self");
    let asked = json!({ "textDocument": { "uri": file }, "position": at });
    let hover = client.ask("textDocument/hover", asked)["contents"]["value"].clone();
    let hover = hover.as_str().expect("it is a text");
    let mut links = 0;
    for event in Parser::new(hover) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html}: {hover}"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.contains("/%5Ba%5D%28b%29%60%3Ci%3E.rs#L"), "{dest_url}: {hover}");
                links += 1;
            }
            _ => {}
        }
    }
    assert!(links > 0 && !hover.contains('\u{202e}'), "{hover}");
    assert_eq!(client.leave(), Some(0));
}
