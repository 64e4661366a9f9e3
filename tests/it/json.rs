//! The JSON report: `docs/json.md` describes it, a snapshot holds it, and its parts agree.

use raft_lint::protocol::Effect;
use serde_json::Value;

use crate::support::root;
use crate::tree::{FINDING, Tree, clean, count};

const SNAPSHOT: &str = "tests/it/snapshots/check.json";

/// One finding, one proof, one file that can't be read.
fn tree() -> Tree {
    let tree =
        Tree::with(&[("Cargo.toml", ""), ("src/lib.rs", FINDING), ("src/sound.rs", &clean())]);
    tree.write("src/torn.rs", b"fn vote(term: u64) {");
    tree
}

#[test]
fn the_report_is_as_it_was() {
    let ended = tree().run(&["--format", "json"]);
    let path = root().join(SNAPSHOT);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &ended.out).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(ended.out, expected, "run with UPDATE=1 if this is meant, and see docs/json.md");
}

/// All names of objects in the report, as dotted paths.
fn names(prefix: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{prefix}.{name}");
                into.push(path.trim_start_matches('.').to_owned());
                names(&path, value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(prefix, value, into)),
        _ => {}
    }
}

#[test]
fn every_field_is_documented() {
    assert_documented(&tree().json());
}

/// Asserts that docs/json.md names each field of a report; those of silenced findings are the fields of
/// findings, and some more.
pub(crate) fn assert_documented(report: &Value) {
    let page = std::fs::read_to_string(root().join("docs/json.md")).expect("the page is there");
    let mut fields = Vec::new();
    names("", report, &mut fields);
    fields.sort();
    fields.dedup();
    assert!(fields.len() > 40, "{fields:?}");
    let named = |field: &String| page.contains(&format!("`{field}`"));
    let missing =
        |field: &&String| !named(field) && !named(&field.replacen("silenced.", "findings.", 1));
    let missing: Vec<_> = fields.iter().filter(missing).collect();
    assert!(missing.is_empty(), "docs/json.md says nothing of {missing:?}");
}

#[test]
fn every_kind_of_effect_is_documented() {
    let page = std::fs::read_to_string(root().join("docs/json.md")).expect("the page is there");
    let ids = Effect::ALL.iter().map(|effect| effect.id());
    let missing: Vec<&str> = ids.filter(|id| !page.contains(&format!("`{id}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md says nothing of {missing:?}");
}

/// A follower that lacks one check before two changes: one finding speaks for both.
#[test]
fn one_finding_speaks_for_what_one_check_would_guard() {
    let path = root().join("fixtures/append_prev_check/reject/and_where_or_is_meant.rs");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let report = Tree::with(&[("lib.rs", &text)]).json();
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let findings = list("findings");
    let parts: Vec<Value> =
        list("obligations").into_iter().filter(|o| o["part_of"].is_string()).collect();
    assert_eq!((findings.len(), parts.len()), (1, 1), "{report:#}");
    assert_eq!(parts[0]["part_of"], findings[0]["fingerprint"]);
    let line = &parts[0]["effect"]["line"];
    let related = findings[0]["related"].as_array().cloned().unwrap_or_default();
    assert!(related.iter().any(|r| r["line"] == *line), "{report:#}");
}

#[test]
fn the_parts_agree() {
    let report = tree().json();
    assert_eq!(report["version"], 1);
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let with = |status: &str| list("obligations").iter().filter(|o| o["status"] == status).count();
    for status in ["proved", "violated", "undecided"] {
        assert_eq!(report["summary"][status], with(status), "{status}");
    }
    assert!(with("proved") > 0 && with("violated") > 0, "{report:#}");
    assert_eq!(report["summary"]["handlers"], count(&report, "handlers"));
    let spoken_for = list("obligations").iter().filter(|o| o["part_of"].is_string()).count();
    assert_eq!(with("violated"), count(&report, "findings") + spoken_for);
    for obligation in list("obligations") {
        let proved = obligation["status"] == "proved";
        assert_eq!(proved, count(&obligation, "evidence") > 0, "{obligation:#}");
        assert_eq!(proved, count(&obligation, "witness") == 0, "{obligation:#}");
    }
    for finding in list("findings") {
        let number = |name: &str| finding[name].as_u64().unwrap_or(0);
        assert!(number("line") >= 1 && number("column") >= 1, "{finding:#}");
        let (start, end) = (("line", "column"), ("end_line", "end_column"));
        let place = |(line, column): (&str, &str)| (number(line), number(column));
        assert!(place(start) < place(end), "{finding:#}");
        let text = FINDING.lines().nth(number("line") as usize - 1).unwrap_or("");
        assert!(text.contains("voted_for = Some") || text.contains("vote_granted: true"), "{text}");
        let twin = |o: &&Value| o["fingerprint"] == finding["fingerprint"];
        assert_eq!(list("obligations").iter().filter(twin).count(), 1, "{finding:#}");
    }
}

#[test]
fn fingerprints_outlive_other_lines() {
    let prints = |text: &str| {
        let report = Tree::with(&[("lib.rs", text)]).json();
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|f| f["fingerprint"].clone()).collect::<Vec<_>>()
    };
    let before = prints(FINDING);
    assert!(!before.is_empty());
    assert_eq!(prints(&format!("//! A page of text.\n\n{FINDING}")), before);
    assert_ne!(prints(&FINDING.replace("handle_request_vote", "on_request_vote")), before);
}
