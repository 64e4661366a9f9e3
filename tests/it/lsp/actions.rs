//! Code actions: each one that is offered does what it says, tried on every rejected program.

use serde_json::{Value, json};

use super::client::{Client, modern, uri};
use super::{codes, position};
use crate::support::{self, Fixture, Kind};
use crate::tree::{FINDING, Tree};

/// The actions for a range, of a kind.
fn offered(client: &mut Client, file: &str, range: &Value, kind: &str) -> Vec<Value> {
    // Another server's diagnostic, as some have them.
    let context = json!({ "diagnostics": [{ "code": null, "range": 1 }], "only": [kind] });
    let asked = json!({ "textDocument": { "uri": file }, "range": range, "context": context });
    let actions = client.ask("textDocument/codeAction", asked);
    actions.as_array().cloned().unwrap_or_default()
}

/// A text with the edits of an action, whose columns are bytes.
fn applied(text: &str, action: &Value) -> String {
    let edits = action["edit"]["documentChanges"][0]["edits"].as_array().cloned();
    let mut edits = edits.expect("an action has edits");
    edits.sort_by_key(|edit| edit["range"]["start"]["line"].as_u64());
    let offset = |position: &Value| {
        let number = |name: &str| position[name].as_u64().unwrap_or(0) as usize;
        let lines = text.split_inclusive('\n').take(number("line")).map(str::len);
        lines.sum::<usize>() + number("character")
    };
    let mut changed = text.to_owned();
    for edit in edits.iter().rev() {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        changed.replace_range(
            range,
            edit["new_text"].as_str().or(edit["newText"].as_str()).unwrap_or(""),
        );
    }
    changed
}

/// What is wrong with a comment is a finding of its own.
const FAULTS: [&str; 4] = [
    "comment-without-effect",
    "silence-of-unknown-rule",
    "silence-without-reason",
    "unused-silence",
];

#[test]
fn every_silence_silences() {
    let fixtures: Vec<Fixture> =
        support::fixtures().into_iter().filter(|f| f.kind == Kind::Reject).collect();
    let failures = support::in_parallel(&fixtures, |fixture| (fixture.name(), silenced(fixture)));
    support::verdict("silences", fixtures.len(), &failures);
}

fn silenced(fixture: &Fixture) -> Vec<String> {
    let tree = Tree::with(&[("src/lib.rs", &fixture.text)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, &fixture.text);
    let findings = client.diagnostics(&file, 1);
    let mut wrong = Vec::new();
    let mut version = 1;
    for finding in &findings {
        let code = finding["code"].as_str().unwrap_or("");
        let actions = offered(&mut client, &file, &finding["range"], "quickfix");
        let is_own = |action: &&Value| action["diagnostics"][0]["data"] == finding["data"];
        let own: Vec<&Value> = actions.iter().filter(is_own).collect();
        if own.is_empty() {
            wrong.push(format!("{code}: nothing is offered"));
        }
        for action in own {
            version += 2;
            let text = applied(&fixture.text, action);
            client.replaces(&file, version, &text);
            let left = client.diagnostics(&file, version);
            if left.iter().any(|d| d["data"] == finding["data"]) {
                wrong.push(format!("{code}: stays after {}", action["title"]));
            }
            if action["title"].to_string().contains("refuse a lower term") {
                let checked = Tree::with(&[("lib.rs", &text)]);
                wrong.extend(support::compile(&checked.path().join("lib.rs")).err());
                let new = left.iter().any(|d| !findings.iter().any(|f| f["data"] == d["data"]));
                wrong.extend(new.then(|| format!("{code}: the check makes a finding\n{text}")));
            }
            for fault in codes(&left).iter().filter(|code| FAULTS.contains(code)) {
                wrong.push(format!("{code}: {} makes {fault}\n{text}", action["title"]));
            }
            client.replaces(&file, version + 1, &fixture.text);
            client.diagnostics(&file, version + 1);
        }
    }
    if client.leave() != Some(0) {
        wrong.push("the server did not end well".to_owned());
    }
    wrong
}

#[test]
fn a_check_is_offered_where_its_words_are_there() {
    let offers = |name: &str| {
        let path = support::root().join("fixtures/stale_term/reject").join(name);
        let text = std::fs::read_to_string(path).expect("the fixture is there");
        let tree = Tree::with(&[("src/lib.rs", &text)]);
        let file = uri(&tree.path().join("src/lib.rs"));
        let mut client = Client::open(tree.path(), &modern());
        client.opens(&file, 1, &text);
        let found = client.diagnostics(&file, 1);
        let stale = found.iter().find(|d| d["code"] == "stale-term").expect("it is found");
        let actions = offered(&mut client, &file, &stale["range"], "quickfix");
        assert_eq!(client.leave(), Some(0));
        let check = actions.into_iter().find(|a| a["title"].to_string().contains("refuse a lower"));
        check.map(|check| applied(&text, &check))
    };
    let check = "        if req.term < self.current_term {
            return false;
        }
        if req.term > self.current_term {";
    let text = offers("no_check_in_append.rs").expect("it is offered");
    assert!(text.contains(check), "{text}");
    // Here the two terms are compared in another way.
    assert_eq!(offers("vote_cleared_above_the_check.rs"), None);
}

#[test]
fn a_silence_has_the_indentation_of_its_line() {
    let tree = Tree::with(&[("src/lib.rs", FINDING)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, FINDING);
    let found = client.diagnostics(&file, 1);
    let actions = offered(&mut client, &file, &found[0]["range"], "quickfix");
    assert_eq!(actions.len(), 1, "{actions:#?}");
    assert!(actions[0].get("isPreferred").is_none(), "a silence is no fix");
    let text = applied(FINDING, &actions[0]);
    let comment = "        // raft-lint: allow(vote-log-freshness) write here why this is safe\n        self.voted_for = Some";
    assert!(text.contains(comment), "{text}");
    assert_eq!(actions[0]["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    // One that silences nothing is taken out again.
    let unused = text.replace("self.voted_for = Some(request.candidate_id);", "");
    client.replaces(&file, 2, &unused);
    let found = client.diagnostics(&file, 2);
    let fault = found.iter().find(|d| d["code"] == "unused-silence");
    if let Some(fault) = fault {
        let actions = offered(&mut client, &file, &fault["range"], "quickfix");
        assert_eq!(actions[0]["title"], "remove this silence");
        assert!(!applied(&unused, &actions[0]).contains("raft-lint:"));
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn names_are_given_a_meaning() {
    let text = FINDING
        .replace("last_log_term", "tail_epoch_term")
        .replace("voted_for", "ballot")
        .replace("impl Node {", "impl Node {\n    fn vote_intake(&mut self, wanted: u64) -> bool {\n        wanted > 1\n    }\n");
    let tree = Tree::with(&[("src/lib.rs", &text)]);
    let file = uri(&tree.path().join("src/lib.rs"));
    let mut client = Client::open(tree.path(), &modern());
    client.opens(&file, 1, &text);
    client.diagnostics(&file, 1);
    let at = |wanted: &str| {
        let position = position(&text, wanted);
        json!({ "start": position, "end": position })
    };
    let mut version = 1;
    for (place, role) in [
        ("tail_epoch_term: u64", "role(last_log_term)"),
        ("ballot: Option", "role(voted_for)"),
        ("vote_intake", "handler(request_vote)"),
    ] {
        let actions = offered(&mut client, &file, &at(place), "refactor");
        let wanted = actions.iter().find(|a| a["title"].to_string().contains(role));
        let action = wanted.unwrap_or_else(|| panic!("{place}: {actions:#?}"));
        let changed = applied(&text, action);
        assert!(changed.contains(&format!("// raft-lint: {role}\n")), "{changed}");
        version += 2;
        client.replaces(&file, version, &changed);
        let left = client.diagnostics(&file, version);
        assert!(!codes(&left).iter().any(|code| FAULTS.contains(code)), "{place}: {left:#?}");
        client.replaces(&file, version + 1, &text);
        client.diagnostics(&file, version + 1);
    }
    for place in ["return VoteReply", "fn handle_request_vote", "current_term: u64"] {
        let nothing = offered(&mut client, &file, &at(place), "refactor");
        assert_eq!(nothing, [] as [Value; 0], "{place}");
    }
    assert_eq!(client.leave(), Some(0));
}
