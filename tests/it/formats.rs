//! The formats beside text, JSON and SARIF: each is what its reader's description says, none loses what
//! is no finding, and the pages list all of them.

use std::collections::BTreeSet;

use clap::ValueEnum;
use raft_lint::cli::CheckFormat;
use raft_lint::finding::Silence;
use raft_lint::outcome::Status;
use raft_lint::report::{Report, concise, github, gitlab, junit, markdown, page, rdjson};
use raft_lint::rule::Level;
use serde_json::Value;

use crate::sarif::{invalid, schema};
use crate::support::root;
use crate::tree::{FINDING, Tree, clean, ended, list};

/// Every format's name and what the help says of it.
fn formats() -> Vec<(String, String)> {
    let values = CheckFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let pair = |value: clap::builder::PossibleValue| {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        (value.get_name().to_owned(), help)
    };
    values.map(pair).collect()
}

#[test]
fn pages_and_help_list_every_format() {
    let formats = formats();
    assert!(formats.len() >= 9 && formats.iter().all(|(_, help)| !help.is_empty()), "{formats:?}");
    let rows: Vec<String> =
        formats.iter().map(|(name, help)| format!("| `{name}` | {help} |")).collect();
    for page in ["README.md", "docs/formats.md"] {
        let text = std::fs::read_to_string(root().join(page)).expect("the page is there");
        let table: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("| format |"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert_eq!(table, rows, "the table of formats in {page}");
    }
    let page = std::fs::read_to_string(root().join("docs/formats.md")).expect("the page is there");
    let help = Tree::with(&[]).run(&["check", "--help"]).out;
    for (name, told) in formats {
        assert!(page.contains(&format!("\n## `{name}`")), "docs/formats.md describes {name}");
        assert!(help.contains(&format!("- {name}:")) && help.contains(&told), "{name}: {help}");
    }
}

/// A finding, a file that can't be read, and what was not recognised.
fn tree() -> Tree {
    Tree::with(&[("src/lib.rs", FINDING), ("src/torn.rs", "fn vote(term: u64) {")])
}

#[test]
fn nothing_is_lost_in_any_format() {
    let tree = tree();
    for (name, _) in formats() {
        let ended = tree.run(&["--format", &name]);
        assert_eq!(ended.code, Some(1), "{name}");
        assert!(ended.err.contains("src/torn.rs:1 was not checked (unparsed)"), "{name}");
        let all = format!("{}{}", ended.out, ended.err);
        for told in ["no AppendEntries handler was recognised", "vote-log-freshness", "torn.rs"] {
            assert!(all.contains(told), "{name}: nothing of `{told}` in\n{all}");
        }
        let again = tree.run(&["--format", &name]).out;
        assert!(name == "text" || ended.out == again, "{name}: same bytes but for the time");
    }
}

/// What the finding's message starts with: no character that a format escapes.
const START: &str = "a vote is granted without comparing the candidate";

type Render = fn(&Report<'_>) -> String;

/// Each format as a function of a report.
const RENDER: [(&str, Render); 7] = [
    ("concise", concise::render),
    ("github", github::render),
    ("gitlab", gitlab::render),
    ("rdjson", rdjson::render),
    ("junit", |report| junit::render(report).unwrap_or_default()),
    ("markdown", |report| markdown::render(report, markdown::COMMENT)),
    ("html", |report| page::render(report, page::Title::Check)),
];

#[test]
fn undecided_obligations_and_silenced_findings_are_told() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    tree.report(|outcome, findings| {
        outcome.obligations[0].status = Status::Undecided;
        findings[0].silence = Some(Silence::Baseline);
    })(&|report| {
        let rule = report.outcome.obligations[0].rule.id;
        for (name, render) in RENDER {
            let text = render(report);
            assert!(text.contains("could not be decided in"), "{name}: {text}");
            assert!(text.contains(rule), "{name}: {text}");
            assert!(!text.to_lowercase().contains("no finding"), "{name}: {text}");
            assert!(!text.contains("error[") && !text.contains("<failure"), "{name}: {text}");
            let no_place = matches!(name, "gitlab" | "rdjson");
            let silenced = "1 finding silenced (1 by the baseline)";
            assert!(no_place || text.contains(silenced), "{name}: {text}");
        }
    });
}

/// A finding about a comment has no function and no path.
#[test]
fn findings_without_a_path_are_shown() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    tree.report(|_, findings| {
        findings[0].function.clear();
        findings[0].witness.clear();
        findings[0].note.clear();
        findings[0].help.clear();
    })(&|report| {
        for (name, render) in RENDER {
            let text = render(report);
            assert!(text.contains(START), "{name}: {text}");
            assert!(!text.contains("help:") && !text.contains("<details>"), "{name}: {text}");
            assert!(!text.contains("``") && !text.contains("::`"), "{name}: {text}");
        }
    });
}

#[test]
fn concise_has_a_line_for_each_finding() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING)]);
    let out = tree.run(&["--format", "concise"]).out;
    let findings: Vec<&str> = out.lines().filter(|line| line.contains(": error[")).collect();
    let json = tree.json();
    assert_eq!(findings.len(), list(&json, "findings").len());
    for (line, finding) in findings.iter().zip(list(&json, "findings")) {
        let text = |name: &str| finding[name].as_str().unwrap_or("?");
        let place = format!("{}:{}:{}", text("file"), finding["line"], finding["column"]);
        let (level, rule, message) = (text("level"), text("rule"), text("message"));
        assert_eq!(*line, format!("{place}: {level}[{rule}] {message}"));
    }
    let last = out.lines().last().unwrap_or("");
    assert!(last.starts_with("2 errors; 2 files in 1 package: "), "{last}");
}

/// The properties and the message of a workflow command, as the runner decodes them.
fn command(line: &str) -> (Vec<(String, String)>, String) {
    let (head, message) = line[2..].split_once("::").expect("a command has a message");
    let (_, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decode = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let pair = |text: &str| text.split_once('=').map(|(k, v)| (k.to_owned(), decode(v)));
    (properties.split(',').filter_map(pair).collect(), decode(message))
}

// Windows refuses a colon in a name.
#[cfg(unix)]
#[test]
fn github_has_a_command_for_each_finding_and_remark() {
    let tree =
        Tree::with(&[("in/src/100%,a:b.rs", FINDING), ("in/torn.rs", "fn vote(term: u64) {")]);
    std::fs::create_dir(tree.path().join(".git")).expect("a folder can be made");
    let ended = tree.run(&["in", "--format", "github"]);
    let commands: Vec<&str> = ended.out.lines().filter(|line| line.starts_with("::")).collect();
    let kinds: Vec<&str> = commands.iter().filter_map(|c| c[2..].split(' ').next()).collect();
    // The finding, what is not decided because of the torn file, and that file.
    assert_eq!(kinds[..3], ["error", "error", "warning"], "worst first: {kinds:?}");
    assert!(kinds[3..].iter().all(|kind| *kind == "notice") && kinds.len() > 3, "{kinds:?}");
    let (properties, message) = command(commands[0]);
    let json = tree.run(&["in", "--format", "json"]).json();
    let finding = &list(&json, "findings")[0];
    let expected = [
        ("file", "in/src/100%,a:b.rs".to_owned()),
        ("line", finding["line"].to_string()),
        ("endLine", finding["end_line"].to_string()),
        ("col", finding["column"].to_string()),
        ("endColumn", finding["end_column"].to_string()),
        ("title", "raft-lint: vote-log-freshness".to_owned()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(properties, expected, "{}", commands[0]);
    assert!(message.starts_with(finding["message"].as_str().unwrap_or("?")), "{message}");
    assert!(message.contains("\nat in/src/100%,a:b.rs:20: the request enters"), "{message}");
    let torn = command(commands[2]).0;
    assert_eq!(
        torn[..2],
        [("file", "in/torn.rs"), ("line", "1")].map(|(a, b)| (a.into(), b.into()))
    );
    // The closing line, and nothing else that is no command.
    assert_eq!(ended.out.lines().count(), commands.len() + 1, "{}", ended.out);
}

#[test]
fn github_columns_stay_within_a_line() {
    let broken = "self.voted_for =\n            Some(request.candidate_id)";
    let text = FINDING.replace("self.voted_for = Some(request.candidate_id)", broken);
    let out = Tree::with(&[("lib.rs", &text)]).run(&["--format", "github"]).out;
    let (properties, _) = command(out.lines().next().unwrap_or("::::"));
    let names: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["file", "line", "endLine", "title"], "{out}");
}

#[test]
fn github_levels_are_its_own() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING), ("c.rs", FINDING)]);
    tree.report(|_, findings| {
        findings[0].level = Level::Advice;
        findings[1].level = Level::Warning;
    })(&|report| {
        let text = github::render(report);
        let mut lines = text.lines();
        for start in ["::error file=c.rs", "::warning file=b.rs", "::notice file=a.rs"] {
            assert!(lines.next().is_some_and(|line| line.starts_with(start)), "{start}: {text}");
        }
    });
}

#[test]
fn the_job_summary_is_added_to() {
    let tree = Tree::with(&[("src/lib.rs", FINDING), ("summary.md", "before\n")]);
    let run = |format: &str| {
        let mut command = tree.command();
        ended(command.env("GITHUB_STEP_SUMMARY", "summary.md").args(["src", "--format", format]))
    };
    let summary = || std::fs::read_to_string(tree.path().join("summary.md")).unwrap_or_default();
    run("text");
    assert_eq!(summary(), "before\n", "only where it was asked for");
    assert_eq!(run("github").code, Some(1));
    let markdown = tree.run(&["src", "--format", "markdown"]).out;
    assert_eq!(summary(), format!("before\n{markdown}"));
    run("github");
    assert_eq!(summary(), format!("before\n{markdown}{markdown}"));
    let mut command = tree.command();
    command.env("GITHUB_STEP_SUMMARY", "missing/summary.md").args(["src", "--format", "github"]);
    let failed = ended(&mut command);
    assert_eq!(failed.code, Some(2));
    assert!(failed.out.starts_with("::error "), "the annotations come all the same");
    assert!(failed.err.contains("can't write `missing/summary.md`"), "{}", failed.err);
}

#[test]
fn gitlab_issues_have_what_they_need() {
    let tree =
        Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING), ("torn.rs", "fn vote(term: u64) {")]);
    let ended = tree.run(&["--format", "gitlab"]);
    let report: Value = ended.json();
    let issues = report.as_array().cloned().unwrap_or_default();
    assert_eq!(issues.len(), 3, "two findings and a file: {report:#}");
    let mut fingerprints = BTreeSet::new();
    for issue in &issues {
        for name in ["description", "check_name", "fingerprint", "severity"] {
            assert!(issue[name].as_str().is_some_and(|text| !text.is_empty()), "{issue:#}");
        }
        let severities = ["blocker", "critical", "major", "minor", "info"];
        assert!(severities.contains(&issue["severity"].as_str().unwrap_or("")), "{issue:#}");
        assert!(issue["location"]["path"].is_string(), "{issue:#}");
        assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1), "{issue:#}");
        assert!(fingerprints.insert(issue["fingerprint"].to_string()), "{report:#}");
    }
    assert_eq!(issues[0]["location"]["path"], "a.rs");
    assert_eq!(issues[0]["location"]["lines"]["begin"], tree.json()["findings"][0]["line"]);
    assert!(ended.err.contains("note: package `.` keeps Raft state"), "{}", ended.err);
    assert!(ended.err.contains("2 violated, 1 file skipped ("), "{}", ended.err);
}

#[test]
fn gitlab_fingerprints_are_made_unique() {
    let tree = Tree::with(&[("a.rs", FINDING), ("b.rs", FINDING), ("c.rs", FINDING)]);
    tree.report(|_, findings| {
        for finding in findings {
            finding.fingerprint = "same".to_owned();
        }
    })(&|report| {
        let issues: Value = serde_json::from_str(&gitlab::render(report)).expect("it is JSON");
        let fingerprints: Vec<&Value> =
            issues.as_array().into_iter().flatten().map(|issue| &issue["fingerprint"]).collect();
        assert_eq!(fingerprints, ["same", "same-2", "same-3"]);
    });
}

#[test]
fn rdjson_is_valid_and_counts_bytes() {
    let assignment = "self.voted_for = Some(request.candidate_id)";
    let text = FINDING.replace(assignment, &format!("/* é𐐀日本 */ {assignment}"));
    let tree = Tree::with(&[("lib.rs", &text), ("torn.rs", "fn vote(term: u64) {")]);
    let report = tree.run(&["--format", "rdjson"]).json();
    let schema = schema("rdjson-diagnostic-result.json");
    assert_eq!(invalid(&schema, &report), Vec::<String>::new(), "{report:#}");
    assert!(!invalid(&schema, &serde_json::json!({"diagnostics": [{"message": 1}]})).is_empty());
    let [finding, torn] = list(&report, "diagnostics") else { panic!("two: {report:#}") };
    assert_eq!((&finding["severity"], &torn["severity"]), (&"ERROR".into(), &"WARNING".into()));
    assert_eq!(finding["code"]["value"], "vote-log-freshness");
    let number = |value: &Value| value.as_u64().unwrap_or(0) as usize;
    let range = &finding["location"]["range"];
    let line = text.lines().nth(number(&range["start"]["line"]) - 1).unwrap_or("");
    let columns = number(&range["start"]["column"]) - 1..number(&range["end"]["column"]) - 1;
    assert_eq!(line.get(columns), Some(assignment));
    assert!(!list(finding, "related_locations").is_empty());
}

#[test]
fn junit_counts_what_it_holds() {
    let text = tree().run(&["--format", "junit"]).out;
    let document = roxmltree::Document::parse(&text).expect("it is XML");
    let suites = document.root_element();
    assert_eq!(suites.tag_name().name(), "testsuites");
    let has = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.descendants().filter(|child| child.has_tag_name(name)).count()
    };
    let parts = [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ];
    for node in suites.descendants().filter(|n| n.tag_name().name().starts_with("testsuite")) {
        for (count, element) in parts {
            let told = node.attribute(count).and_then(|text| text.parse().ok());
            assert_eq!(told, Some(has(node, element)), "{count} of {:?}", node.attribute("name"));
        }
    }
    let suite = |name: &str| {
        let mut all = suites.children().filter(|node| node.has_tag_name("testsuite"));
        all.find(|node| node.attribute("name") == Some(name)).expect("each rule has a suite")
    };
    for rule in raft_lint::rules::ALL {
        assert!(has(suite(rule.id), "testcase") > 0, "{}", rule.id);
    }
    assert_eq!(has(suite("vote-log-freshness"), "failure"), 1);
    // Nothing to decide is no success.
    assert_eq!(has(suite("append-prev-check"), "skipped"), 1);
    assert_eq!((has(suite("raft-lint"), "error"), has(suite("vote-once"), "skipped")), (2, 0));
    let mut names = BTreeSet::new();
    for case in suites.descendants().filter(|node| node.has_tag_name("testcase")) {
        assert!(names.insert((case.attribute("classname"), case.attribute("name"))), "{case:?}");
    }
}

#[test]
fn junit_agrees_with_the_exit_code() {
    let tree = Tree::with(&[("lib.rs", FINDING)]);
    let text = tree.run(&["--format", "junit", "--allow", "vote-log-freshness"]).out;
    assert!(text.contains(" failures=\"0\" errors=\"0\""), "{text}");
    tree.report(|_, findings| findings[0].level = Level::Advice)(&|report| {
        let text = junit::render(report).unwrap_or_default();
        assert!(text.contains(" failures=\"0\" errors=\"0\""), "advice fails nothing: {text}");
        assert!(text.contains(START), "{text}");
    });
}

#[test]
fn markdown_folds_the_path() {
    let out = tree().run(&["--format", "markdown"]).out;
    assert!(
        out.starts_with(
            "### raft-lint: 1 error\n\n- **error** `vote-log-freshness` at `src/lib.rs:"
        )
    );
    assert!(out.contains("<details><summary>The path, "), "{out}");
    assert!(out.contains("\n- `src/torn.rs:1`: was not checked"), "{out}");
    assert!(out.trim_end().ends_with(" 1 violated, 1 file skipped"), "{out}");
    let clean = Tree::with(&[("lib.rs", &clean())]).run(&["--format", "markdown"]).out;
    assert!(clean.starts_with("### raft-lint: no findings\n"), "{clean}");
}

#[test]
fn markdown_is_not_longer_than_a_comment_may_be() {
    let files: Vec<(String, &str)> = (0..200).map(|i| (format!("f{i}.rs"), FINDING)).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let tree = Tree::with(&files);
    let out = tree.run(&["--format", "markdown"]).out;
    assert!(out.starts_with("### raft-lint: 200 errors\n") && out.len() < 65_000, "{}", out.len());
    let shown = out.matches("\n- **error** ").count();
    assert!(shown > 20 && out.contains(&format!("… and {} more findings", 200 - shown)), "{shown}");
    assert!(out.contains("keeps Raft state"), "the notes have their room: {out}");
    let mut command = tree.command();
    command.env("GITHUB_STEP_SUMMARY", "summary.md").args(["--format", "github"]);
    ended(&mut command);
    let summary = std::fs::read_to_string(tree.path().join("summary.md")).unwrap_or_default();
    assert_eq!(
        summary.matches("\n- **error** ").count(),
        200,
        "the job's summary has room for all"
    );
}
