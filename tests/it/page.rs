//! The page: used in a real browser, and the same bytes for the same input. `tests/browser/page.mjs` looks, this
//! says at what.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::{self, chromium, or_not_run, script};
use crate::inert::{EVIL, hostile_tree};
use crate::repository::Repository;
use crate::support::{self, Kind, fixtures, root};
use crate::tree::{FINDING, OTHER, Tree, clean, list};

/// A voter whose vote is given in another file.
fn across() -> Vec<(&'static str, String)> {
    let give = "self.voted_for = Some(request.candidate_id);";
    let node = FINDING.replace(give, "self.remember(&request);");
    assert_ne!(node, FINDING);
    let silenced = "
    // raft-lint: allow(vote-log-freshness) </script><b onclick='owned=1'>\u{202e}&lt;reason
    pub fn on_request_vote(&mut self, request: VoteRequest) -> VoteReply {
        self.voted_for = Some(request.candidate_id);
        VoteReply { term: self.current_term, vote_granted: true }
    }
}
";
    let node = format!("pub mod votes;\n{}", node.trim_end().trim_end_matches('}'));
    let votes = "use crate::{Node, VoteRequest};

impl Node {
    pub fn remember(&mut self, request: &VoteRequest) {
        self.voted_for = Some(request.candidate_id);
    }
}
";
    vec![("src/lib.rs", format!("{node}{silenced}")), ("src/votes.rs", votes.to_owned())]
}

/// Pages to look at.
struct Pages {
    dir: TempDir,
    list: Vec<Value>,
}

impl Pages {
    fn add(&mut self, name: &str, tree: &Tree, arguments: &[&str], mut page: Value) {
        self.add_at(name, tree.path(), arguments, &mut page);
    }

    fn add_at(&mut self, name: &str, dir: &Path, arguments: &[&str], page: &mut Value) {
        let file = self.dir.path().join(format!("{}.html", self.list.len()));
        let mut command = support::raft_lint();
        command.current_dir(dir).args(arguments).args(["--format", "html"]);
        let ended = crate::tree::ended(&mut command);
        assert!(ended.code.is_some_and(|code| code < 3), "{name}: {}", ended.err);
        assert!(ended.out.starts_with("<!DOCTYPE html>"), "{name}: {}", ended.err);
        std::fs::write(&file, &ended.out).expect("a file can be written");
        page["name"] = json!(name);
        page["file"] = json!(file);
        self.list.push(page.take());
    }
}

fn pages() -> Pages {
    let dir = TempDir::new().expect("a temporary directory can be made");
    let mut pages = Pages { dir, list: Vec::new() };
    let files = across();
    let mut files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    files.push(("Cargo.toml", "[package]\nname = \"a</title><b>\"\n"));
    files.push(("src/torn.rs", "fn vote(term: u64) {"));
    let tree = Tree::with(&files);
    tree.write("a&<i>.toml", b"[levels]\nvote-once = \"allow\"\n");
    let texts = json!({ "crossing": true, "texts": [
        "src/torn.rs:1", "was not checked (unparsed)", "no AppendEntries handler was recognised",
        "1 rule off by a&<i>.toml", "</script><b onclick='owned=1'>\\u{202e}&lt;reason", "a</title><b>",
    ]});
    pages.add("across files", &tree, &["check", "--config", "a&<i>.toml"], texts);
    let evil = hostile_tree();
    let ascii = EVIL.iter().filter(|evil| evil.chars().all(|c| (' '..='~').contains(&c)));
    // Names end where a file's name may not go on.
    let seen: Vec<String> =
        ascii.map(|evil| evil.replace('/', "")).filter(|evil| !evil.starts_with("##")).collect();
    pages.add("hostile", &evil, &["check"], json!({ "kind": "long", "texts": seen }));
    let repository = changed();
    let texts = json!({ "texts": [
        "Lost and gained proofs", "the evidence stood here", "src/lib.rs@HEAD", "let fresh = ", "gained", "1 proof lost",
    ]});
    pages.add("lost and gained", &repository.tree, &["check", "--diff", "HEAD"], texts);
    let tree = Tree::with(&[("lib.rs", &clean())]);
    pages.add("clean map", &tree, &["map"], json!({ "texts": ["What was understood"] }));
    let nothing = Tree::with(&[("lib.rs", OTHER)]);
    pages.add(
        "nothing",
        &nothing,
        &["check"],
        json!({ "texts": ["1 package without anything recognised"] }),
    );
    let mut rules = BTreeSet::new();
    for fixture in fixtures().into_iter().filter(|f| f.kind == Kind::Reject) {
        if rules.insert(fixture.rule.clone()) {
            let path = fixture.path.to_string_lossy().into_owned();
            let mut page = json!({ "kind": "quick", "texts": [fixture.rule] });
            pages.add_at(&fixture.name(), root(), &["check", &path], &mut page);
        }
    }
    pages
}

/// A proof was lost in one file and gained in another.
fn changed() -> Repository {
    let files = [("src/lib.rs", clean()), ("src/other.rs", FINDING.to_owned())];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let repository = Repository::with(&files);
    repository.write("src/lib.rs", FINDING);
    repository.write("src/other.rs", &clean());
    repository
}

#[test]
fn pages_work_in_a_browser() {
    let found = chromium().and_then(|chromium| Ok((chromium, script("page.mjs")?)));
    let Some((chromium, mut command)) = or_not_run("browser", "RAFT_LINT_BROWSER", found) else {
        return;
    };
    let pages = pages();
    let list = pages.dir.path().join("pages.json");
    std::fs::write(&list, json!(pages.list).to_string()).expect("a file can be written");
    let output = command.arg(&list).env("RAFT_LINT_CHROMIUM", chromium).output();
    let results = browser::json(&output.expect("node starts"));
    let results = results.as_object().expect("failures by page");
    let texts = |failures: &Value| -> Vec<String> {
        let all = failures.as_array().into_iter().flatten();
        all.map(|failure| failure.as_str().unwrap_or("?").to_owned()).collect()
    };
    let failures: Vec<(String, Vec<String>)> =
        results.iter().map(|(name, failures)| (name.clone(), texts(failures))).collect();
    assert_eq!(failures.len(), pages.list.len());
    support::verdict("pages", failures.len(), &failures);
}

#[test]
fn the_same_input_gives_the_same_page() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("other.rs", &clean())]);
    let page = |threads: &str| tree.run(&["--format", "html", "--threads", threads]).out;
    assert_eq!(page("1"), page("8"));
}

/// Every obligation has its item, its status and its steps, whatever a script would do.
#[test]
fn every_obligation_is_in_the_page() {
    let tree = Tree::with(&[("lib.rs", FINDING), ("other.rs", &clean())]);
    let report = tree.json();
    let page = tree.run(&["--format", "html"]).out;
    let obligations = list(&report, "obligations");
    assert_eq!(page.matches("<details class=\"obligation ").count(), obligations.len());
    for obligation in obligations {
        let text = |name: &str| obligation[name].as_str().unwrap_or("?");
        let id = format!("id=\"o-{}\"", text("fingerprint"));
        let (before, item) = page.split_once(&id).expect("it has an id");
        let (_, head) = before.rsplit_once("<details ").expect("it has a head");
        let rule = format!("data-rule=\"{}\" data-status=\"{}\"", text("rule"), text("status"));
        assert!(head.contains(&rule), "{head}");
        let (item, _) = item.split_once("</details>").expect("it ends");
        for evidence in list(obligation, "evidence") {
            let place =
                format!("{}:{}", evidence["file"].as_str().unwrap_or("?"), evidence["line"]);
            assert!(item.contains(&place), "{place}: {item}");
        }
        for step in list(obligation, "witness") {
            let words =
                step["text"].as_str().and_then(|text| text.split('`').next()).unwrap_or("?");
            assert!(item.contains(words), "{words}: {item}");
        }
    }
}

/// Nobody waits for the page of a long function, and it holds only what is needed.
#[test]
fn big_input_gives_a_page_of_some_size() {
    let filler: String = (0..20_000).map(|n| format!("        let v{n} = {n};\n")).collect();
    let long = FINDING.replace("        let free", &format!("{filler}        let free"));
    let tree = Tree::with(&[("lib.rs", &long), ("more.rs", &filler.replace("let", "// let"))]);
    let before = Instant::now();
    let page = tree.run(&["--format", "html"]).out;
    assert!(page.contains("lines left out"), "the gap is counted");
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}

/// Of a very long line what is marked is shown, however far apart it stands.
#[test]
fn a_long_line_is_shown_around_each_mark() {
    let filler: String = (0..200).map(|n| format!("let v{n} = {n}; ")).collect();
    let long = FINDING.replace("let free", &format!("{filler}let free"));
    let line: Vec<&str> = long.split_whitespace().collect();
    let tree = Tree::with(&[("lib.rs", &line.join(" "))]);
    let page = tree.run(&["--format", "html"]).out;
    let (_, code) = page.split_once("<div class=\"code\"").expect("there is code");
    let (code, _) = code.split_once("class=\"remark\"").expect("something is told below it");
    for mark in ["entry", "effect violated"] {
        let marked = |class: &str| mark.split(' ').all(|one| class.split(' ').any(|c| c == one));
        let mut marks = code.split("<mark class=\"").skip(1).filter_map(|m| m.split('"').next());
        assert!(marks.any(marked), "{mark}: {code}");
    }
    assert!(!code.contains("v100"), "what is between is left out");
}
