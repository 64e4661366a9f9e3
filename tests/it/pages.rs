//! Documentation that lies fails the build: the programs on each rule's page are compiled and
//! checked, and each page has the sections that a reader expects.

use std::fs;

use raft_lint::rule::{Group, Rule};
use raft_lint::rules;

use crate::support;

/// The sections of a page, in their order.
const HEADINGS: &[&str] = &[
    "What it proves",
    "Why it matters",
    "Schedule",
    "Rejected",
    "Accepted",
    "What counts as evidence",
    "Known limits",
    "When to silence",
    "References",
];

#[test]
fn pages_have_their_sections() {
    let mut failures = Vec::new();
    for rule in rules::ALL {
        let mut wrong = Vec::new();
        let mut lines = rule.page.lines();
        if lines.next() != Some(format!("# {}", rule.id).as_str()) {
            wrong.push(format!("does not start with `# {}`", rule.id));
        }
        let found: Vec<&str> = lines.filter_map(|line| line.strip_prefix("## ")).collect();
        if found != HEADINGS {
            wrong.push(format!("expected {HEADINGS:?}\n     got {found:?}"));
        }
        failures.push((rule.id.to_owned(), wrong));
    }
    support::verdict("headings", rules::ALL.len(), &failures);
}

/// What a model checker found is on the page as it was found; where it has nothing to find, the page
/// still tells the history step by step.
#[test]
fn schedules_are_those_that_were_found() {
    let mut failures = Vec::new();
    for rule in rules::ALL {
        let section = support::section(rule.page, "Schedule").unwrap_or("").trim();
        let found = support::root().join(format!("tests/model/schedules/{}.md", rule.id));
        let found = fs::read_to_string(found).unwrap_or_default();
        let found = found.split_once('\n').map_or("", |(_, text)| text).trim();
        let mut wrong = Vec::new();
        if found.is_empty() && !(section.contains("\n1. ") && section.contains("S1")) {
            wrong.push("tells no numbered schedule between servers".to_owned());
        }
        if !found.is_empty() && section != found {
            wrong.push(format!("is not tests/model/schedules/{}.md below its title", rule.id));
        }
        failures.push((rule.id.to_owned(), wrong));
    }
    support::verdict("schedules", rules::ALL.len(), &failures);
}

#[test]
fn examples_are_as_the_page_says() {
    let programs: Vec<(&Rule, &str)> =
        rules::ALL.iter().flat_map(|rule| [(*rule, "Rejected"), (*rule, "Accepted")]).collect();
    let failures = support::in_parallel(&programs, |(rule, heading)| {
        let wrong = example(rule, heading).err();
        (format!("{} {heading}", rule.id), wrong.into_iter().collect())
    });
    support::verdict("page examples", programs.len(), &failures);
}

fn example(rule: &Rule, heading: &str) -> Result<(), String> {
    let code = support::block(rule.page, heading).ok_or("there is no ```rust block")?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = dir.path().join("example.rs");
    fs::write(&file, code).map_err(|error| error.to_string())?;
    support::compile(&file)?;
    let report = support::check(&file)?;
    let mut findings = report.findings();
    findings.retain(|f| f.rule == rule.id || !support::is_advice(&f.rule));
    let found: Vec<String> =
        findings.iter().map(|f| format!("{} at line {}", f.rule, f.line)).collect();
    let proved = report.obligations().iter().any(|o| o.rule == rule.id && o.status == "proved");
    match heading {
        "Rejected" if found.is_empty() => Err("expected a finding, got none".to_owned()),
        "Rejected" if findings.iter().any(|f| f.rule != rule.id) => {
            Err(format!("expected findings of this rule only, got {found:?}"))
        }
        "Accepted" if !found.is_empty() => Err(format!("expected no finding, got {found:?}")),
        "Accepted" if !proved => Err("expected a proof, got none".to_owned()),
        _ => Ok(()),
    }
}

/// The comment that a page shows silences what its rejected program is rejected for.
#[test]
fn silences_are_as_the_page_says() {
    let failures = support::in_parallel(rules::ALL, |rule| {
        (rule.id.to_owned(), silenced(rule).err().into_iter().collect())
    });
    support::verdict("silences", rules::ALL.len(), &failures);
}

fn silenced(rule: &Rule) -> Result<(), String> {
    let section = support::section(rule.page, "When to silence").ok_or("there is no section")?;
    let mut lines = section.lines().filter(|line| line.starts_with("// raft-lint: "));
    let comment = lines.next().ok_or("the section shows no comment")?;
    let code = support::block(rule.page, "Rejected").ok_or("there is no program")?;
    let mut program: Vec<String> = code.lines().map(str::to_owned).collect();
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = dir.path().join("example.rs");
    for _ in 0..program.len() {
        fs::write(&file, program.join("\n")).map_err(|error| error.to_string())?;
        let report = support::check(&file)?;
        // What is silenced speaks for no other place: that gets a comment of its own.
        let Some(open) = report.findings().into_iter().find(|f| f.rule == rule.id) else {
            let faults = report.findings().into_iter().filter(|f| f.text.contains("silence"));
            let faults: Vec<String> = faults.map(|f| f.text).collect();
            return if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) };
        };
        let line = &mut program[open.line - 1];
        if line.contains(comment) {
            return Err(format!("line {} is still reported: {line}", open.line));
        }
        line.push_str(&format!(" {comment}"));
    }
    Err("there is no end of findings".to_owned())
}

/// `rules/INDEX.md` lists what the code has; `UPDATE=1 cargo test --test it pages` writes it.
#[test]
fn the_index_lists_all_rules() {
    let path = support::root().join("rules/INDEX.md");
    let expected = index();
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &expected).expect("the index can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == expected,
        "rules/INDEX.md is not what the rules say: it should be\n{expected}"
    );
}

fn index() -> String {
    let mut text = String::from(
        "# The rules\n\n\
         Each page says what is proved, the schedule that goes wrong without it, what counts as evidence, and the known limits.\n\
         `raft-lint explain RULE` prints it. `--deny`, `--warn` and `--allow` take a rule or a group.\n",
    );
    for group in Group::ALL {
        let rules: Vec<_> = rules::ALL.iter().filter(|rule| rule.group == group).collect();
        if rules.is_empty() {
            continue;
        }
        text +=
            &format!("\n## {}\n\n| rule | level | what is proved |\n|---|---|---|\n", group.id());
        for rule in rules {
            let (id, level) = (rule.id, rule.level.id());
            let page = id.replace('-', "_");
            text += &format!("| [`{id}`]({page}.md) | {level} | {} |\n", rule.summary);
        }
    }
    text
}
