//! The SARIF report: valid against the published schema, at the places that markers name, with the path
//! step by step, and with nothing lost.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use raft_lint::finding::Silence;
use raft_lint::outcome::Status;
use raft_lint::report::sarif;
use serde_json::Value;

use crate::fixtures::at;
use crate::support::{self, Fixture, Kind, Mark, Site, raft_lint, root};
use crate::tree::{FINDING, Tree, clean, count, ended, list};

/// `tests/it/schemas/README.md` says where it is from.
pub(crate) fn schema(name: &str) -> Validator {
    let path = root().join("tests/it/schemas").join(name);
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let schema = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("it is a schema")
}

/// What a schema finds wrong.
pub(crate) fn invalid(schema: &Validator, report: &Value) -> Vec<String> {
    schema.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn run(report: &Value) -> &Value {
    assert_eq!(count(report, "runs"), 1, "one run");
    &report["runs"][0]
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap_or(0) as usize
}

/// A location as a site of a rule.
fn site(location: &Value, rule: &str) -> Site {
    let region = &location["physicalLocation"]["region"];
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    Site {
        rule: rule.to_owned(),
        status: "violated".to_owned(),
        file: text(&location["physicalLocation"]["artifactLocation"]["uri"]),
        line: number(&region["startLine"]),
        end_line: number(&region["endLine"]),
        text: text(&location["message"]["text"]),
    }
}

/// The places of a result's path.
fn flow(result: &Value) -> &[Value] {
    list(&result["codeFlows"][0]["threadFlows"][0], "locations")
}

#[test]
fn reports_are_valid_and_stand_where_markers_are() {
    let schema = schema("sarif-schema-2.1.0.json");
    let fixtures = support::fixtures();
    let failures = support::in_parallel(&fixtures, |fixture| {
        let command = &mut raft_lint();
        let ended = ended(command.args(["check", "--format", "sarif"]).arg(&fixture.path));
        let report = ended.json();
        let mut wrong = invalid(&schema, &report);
        wrong.extend(misplaced(fixture, list(run(&report), "results")));
        (fixture.name(), wrong)
    });
    support::verdict("SARIF", fixtures.len(), &failures);
}

fn misplaced(fixture: &Fixture, results: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let marks = || {
        let violated = |(line, mark): &(usize, Mark)| match mark {
            Mark::Violated(rule) => Some((*line, rule.clone())),
            _ => None,
        };
        fixture.marks.iter().filter_map(violated)
    };
    let mut told: Vec<Site> = Vec::new();
    for result in results {
        let rule = result["ruleId"].as_str().unwrap_or("?");
        let Some(last) = flow(result).last() else {
            wrong.push(format!("{rule}: no code flow"));
            continue;
        };
        let effect = site(&last["location"], rule);
        if effect.file != fixture.path.to_string_lossy() {
            wrong.push(format!("{rule}: in {} ", effect.file));
        }
        let own = fixture.rule == rule || !support::is_advice(rule);
        if own && !marks().any(|(line, of)| of == rule && at(fixture, line, rule, &effect)) {
            wrong.push(format!("{rule}: ends at line {}, where no marker is", effect.line));
        }
        told.push(effect);
        told.extend(list(result, "relatedLocations").iter().map(|related| site(related, rule)));
    }
    for (line, rule) in marks() {
        if !told.iter().any(|site| at(fixture, line, &rule, site)) {
            wrong.push(format!("line {line}: no result of {rule} speaks of it"));
        }
    }
    if fixture.kind == Kind::Accept && results.iter().any(|r| r["level"] != "note") {
        wrong.push("has results".to_owned());
    }
    wrong
}

/// Regions hold the text that the finding is about, whatever stands before it.
#[test]
fn columns_count_characters() {
    let assignment = "self.voted_for = Some(request.candidate_id)";
    let text = FINDING.replace(assignment, &format!("/* é𐐀日本 */ {assignment}"));
    let report = Tree::with(&[("lib.rs", &text)]).run(&["--format", "sarif"]).json();
    assert_eq!(run(&report)["columnKind"], "unicodeCodePoints");
    let result = &list(run(&report), "results")[0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let line = text.lines().nth(number(&region["startLine"]) - 1).unwrap_or("");
    let (start, end) = (number(&region["startColumn"]), number(&region["endColumn"]));
    let shown: String = line.chars().skip(start - 1).take(end - start).collect();
    assert_eq!(shown, assignment);
}

#[test]
fn rules_are_described() {
    let report = Tree::with(&[("lib.rs", FINDING)]).run(&["--format", "sarif"]).json();
    let driver = &run(&report)["tool"]["driver"];
    assert_eq!(driver["semanticVersion"], env!("CARGO_PKG_VERSION"));
    for (rule, told) in raft_lint::rules::ALL.iter().zip(list(driver, "rules")) {
        assert_eq!(told["id"], rule.id);
        assert_eq!(told["help"]["markdown"], rule.page, "{}", rule.id);
        assert_eq!(told["shortDescription"]["text"], rule.summary);
        assert!(list(&told["properties"], "tags").contains(&rule.group.id().into()));
    }
    for result in list(run(&report), "results") {
        let index = number(&result["ruleIndex"]);
        assert_eq!(list(driver, "rules")[index]["id"], result["ruleId"]);
        assert_eq!(list(driver, "rules")[index]["defaultConfiguration"]["level"], result["level"]);
    }
}

/// A file in which the finding is a helper away from the handler, and a second one of the same form.
#[test]
fn fingerprints_outlive_unrelated_edits() {
    let prints = |text: &str, name: &str| {
        let report = Tree::with(&[(name, text)]).run(&["--format", "sarif"]).json();
        let results = list(run(&report), "results").to_vec();
        assert!(!results.is_empty());
        results.iter().map(|r| r["partialFingerprints"]["raftLint/v1"].clone()).collect::<Vec<_>>()
    };
    let before = prints(FINDING, "src/lib.rs");
    let json = Tree::with(&[("lib.rs", FINDING)]).json();
    assert_eq!(before[0], json["findings"][0]["fingerprint"]);
    let moved = format!("//! A page.\n\npub fn other() {{}}\n\n{FINDING}");
    assert_eq!(prints(&moved, "src/lib.rs"), before);
    assert_eq!(prints(&FINDING.replace("    ", "\t"), "src/lib.rs"), before);
    assert_eq!(prints(FINDING, "src/node.rs"), before);
    assert_ne!(prints(&FINDING.replace("handle_request_vote", "on_vote"), "src/lib.rs"), before);
}

#[test]
fn what_is_no_finding_is_a_notification() {
    let tree = Tree::with(&[("src/lib.rs", &clean()), ("src/torn.rs", "fn vote(term: u64) {")]);
    let report = tree.run(&["--format", "sarif"]).json();
    let invocation = &run(&report)["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false, "a file was not seen");
    let told: BTreeMap<&str, &Value> = list(invocation, "toolExecutionNotifications")
        .iter()
        .filter_map(|n| Some((n["descriptor"]["id"].as_str()?, n)))
        .collect();
    let place = &told["not-checked"]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/torn.rs");
    assert_eq!(place["region"]["startLine"], 1);
    let note = told["note"]["message"]["text"].as_str().unwrap_or("");
    assert!(note.contains("no AppendEntries handler") || note.contains("torn.rs"), "{note}");
    let broken = Tree::with(&[("lib.rs", "fn vote(term: u64) {")]).run(&["--format", "sarif"]);
    assert_eq!(run(&broken.json())["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn what_is_not_decided_is_a_notification() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    tree.report(|outcome, findings| {
        outcome.obligations[0].status = Status::Undecided;
        findings.clear();
    })(&|report| {
        let log: Value = serde_json::from_str(&sarif::render(report)).expect("it is JSON");
        assert_eq!(invalid(&schema("sarif-schema-2.1.0.json"), &log), Vec::<String>::new());
        let told = list(&run(&log)["invocations"][0], "toolExecutionNotifications");
        assert_eq!(told[0]["descriptor"]["id"], "undecided", "{told:?}");
        assert_eq!(told[0]["associatedRule"]["id"], report.outcome.obligations[0].rule.id);
        assert!(number(&told[0]["locations"][0]["physicalLocation"]["region"]["startLine"]) > 0);
    });
}

#[test]
fn silenced_findings_are_left_out_or_suppressed() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING), ("c.rs", FINDING)]);
    tree.report(|_, findings| {
        assert_eq!(findings.len(), 3);
        let place = findings[0].place;
        let reason = "checked [elsewhere](https://x)\nand so on".to_owned();
        findings[0].silence = Some(Silence::Comment { place, reason });
        findings[1].silence = Some(Silence::Baseline);
    })(&|report| {
        let log: Value = serde_json::from_str(&sarif::render(report)).expect("it is JSON");
        assert_eq!(count(run(&log), "results"), 1, "left out");
        assert!(run(&log)["results"][0].get("suppressions").is_none());
        assert_eq!(run(&log)["properties"]["silenced"], 2, "and counted");
        report.include_suppressed = true;
        let log: Value = serde_json::from_str(&sarif::render(report)).expect("it is JSON");
        assert_eq!(invalid(&schema("sarif-schema-2.1.0.json"), &log), Vec::<String>::new());
        let of = |i: usize| list(&run(&log)["results"][i], "suppressions");
        assert_eq!(of(0)[0]["kind"], "inSource");
        assert_eq!(of(0)[0]["justification"], "checked [elsewhere](https://x)\\u{a}and so on");
        assert_eq!(of(1)[0]["kind"], "external");
        // All results say it, if one does.
        assert!(of(2).is_empty() && run(&log)["results"][2]["suppressions"].is_array());
    });
}

/// What findings are about need not be a rule: a comment to the lint can be wrong, too.
#[test]
fn whatever_findings_are_about_is_described() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    tree.report(|_, findings| {
        findings[0].subject.id = "of-a-comment";
        findings[0].witness.clear();
        findings[0].function.clear();
    })(&|report| {
        let log: Value = serde_json::from_str(&sarif::render(report)).expect("it is JSON");
        assert_eq!(invalid(&schema("sarif-schema-2.1.0.json"), &log), Vec::<String>::new());
        let result = &list(run(&log), "results")[0];
        let rules = list(&run(&log)["tool"]["driver"], "rules");
        assert_eq!(rules[number(&result["ruleIndex"])]["id"], "of-a-comment");
        assert!(result.get("codeFlows").is_none(), "{result:#}");
        assert!(result["locations"][0].get("logicalLocations").is_none(), "{result:#}");
    });
}

// Windows refuses a colon in a name.
#[cfg(unix)]
#[test]
fn names_are_uris_below_the_repository() {
    let tree = Tree::with(&[("crates/a b/src/v:1%é.rs", FINDING)]);
    std::fs::create_dir(tree.path().join(".git")).expect("a folder can be made");
    let uri = |directory: &Path, path: &str| {
        let mut command = raft_lint();
        let ended = ended(command.current_dir(directory).args([path, "--format", "sarif"]));
        let report = ended.json();
        let place = &list(run(&report), "results")[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        place["artifactLocation"]["uri"].as_str().unwrap_or("").to_owned()
    };
    let inner = tree.path().join("crates/a b/src");
    for (directory, path) in
        [(tree.path(), "."), (&*inner, "."), (&*inner, "v:1%é.rs"), (&*inner, "../..")]
    {
        assert_eq!(
            uri(directory, path),
            "crates/a%20b/src/v%3A1%25%C3%A9.rs",
            "{directory:?} {path}"
        );
    }
    let absolute = tree.path().to_string_lossy();
    assert_eq!(uri(root(), &absolute), "crates/a%20b/src/v%3A1%25%C3%A9.rs");
}
