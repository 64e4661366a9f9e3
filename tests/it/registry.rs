//! Real input: published crates that carry a Raft of their own, obtained by cargo itself, against a
//! table of verdicts that a person has confirmed by reading the code.
//!
//! `tests/registry/manifest` pins the crates, `tests/registry/expected.json` is the table. Where
//! the lint is wrong about a crate, the table says what would be right, and under `known_wrong`
//! what is said today, so that a change for the better is noticed, too. Without a network and with
//! a cold cache nothing can be checked: that is said on standard error, and it is a failure only
//! if the environment has `RAFT_LINT_REGISTRY=required`.

mod packages;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde::Deserialize;

use crate::support::{self, Report};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(rename = "crate")]
    name: String,
    version: String,
    rules: BTreeMap<String, Verdict>,
    /// Why the lint can't decide everything here: the run says so with its exit code.
    incomplete: Option<String>,
}

/// What the lint should say about a rule in a crate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    /// `proved`: these effects, and no finding. `violated`: exactly these findings. `none`: no
    /// obligation at all.
    verdict: String,
    /// `file:line`, relative to the crate.
    effects: BTreeSet<String>,
    /// What the code does, in the words of somebody who has read it.
    why: String,
    known_wrong: Option<KnownWrong>,
}

/// What the lint says instead.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownWrong {
    proved: BTreeSet<String>,
    violated: BTreeSet<String>,
    why: String,
}

/// What the lint says about a rule: the places of its obligations.
#[derive(Default)]
struct Said {
    proved: BTreeSet<String>,
    violated: BTreeSet<String>,
    undecided: BTreeSet<String>,
}

impl Said {
    fn of(report: &Report, rule: &str) -> Said {
        let mut said = Said::default();
        for o in report.obligations().into_iter().filter(|o| o.rule == rule) {
            let places = match o.status.as_str() {
                "proved" => &mut said.proved,
                "violated" => &mut said.violated,
                _ => &mut said.undecided,
            };
            places.insert(format!("{}:{}", o.file, o.line));
        }
        said
    }

    fn meets(&self, expected: &Verdict) -> bool {
        let decided = self.undecided.is_empty();
        match expected.verdict.as_str() {
            "proved" => {
                decided && self.violated.is_empty() && self.proved.is_superset(&expected.effects)
            }
            "violated" => decided && self.violated == expected.effects,
            _ => decided && self.violated.is_empty() && self.proved.is_empty(),
        }
    }

    fn is_as_wrong_as(&self, known: &KnownWrong) -> bool {
        self.violated == known.violated && self.proved.is_superset(&known.proved)
    }
}

#[test]
fn published_crates_are_judged_as_read() {
    let table = fs::read(support::root().join("tests/registry/expected.json"));
    let table = table.expect("the table is a file of the project");
    let table: Vec<Expected> = serde_json::from_slice(&table).expect("the table has its form");
    let packages = match packages::packages() {
        Ok(packages) => packages,
        Err(why) => return not_run(&why),
    };
    let failures = support::in_parallel(&table, |expected| {
        let name = format!("{} {}", expected.name, expected.version);
        (name, disagreements(expected, &packages))
    });
    support::verdict("registry", table.len(), &failures);
}

fn disagreements(expected: &Expected, packages: &BTreeMap<String, PathBuf>) -> Vec<String> {
    let name = format!("{} {}", expected.name, expected.version);
    let Some(dir) = packages.get(&name) else {
        return vec!["is in the table and not in the manifest".to_owned()];
    };
    let report = match support::check(dir) {
        Ok(report) => report,
        Err(error) => return vec![error],
    };
    let mut wrong = report.problems();
    match &expected.incomplete {
        None if !report.complete => {
            wrong.push(format!("could not be decided completely: {}", report.notes().join("; ")));
        }
        Some(_) if report.complete => {
            wrong.push("is decided completely now: take `incomplete` out of the table".to_owned());
        }
        _ => {}
    }
    for rule in raft_lint::rules::ALL {
        match expected.rules.get(rule.id) {
            Some(verdict) => wrong.extend(judged(verdict, &Said::of(&report, rule.id), rule.id)),
            None => wrong.push(format!("the table says nothing about {}", rule.id)),
        }
    }
    wrong
}

/// Why this is not what the table says.
fn judged(expected: &Verdict, said: &Said, rule: &str) -> Option<String> {
    let Said { proved, violated, undecided } = said;
    let known = ["proved", "violated", "none"].contains(&expected.verdict.as_str());
    let text = match &expected.known_wrong {
        _ if !known || expected.why.is_empty() => "the table's entry has no verdict or no reason",
        _ if expected.known_wrong.as_ref().is_some_and(|known| known.why.is_empty()) => {
            "the table's `known_wrong` has no reason"
        }
        None if said.meets(expected) => return None,
        None => "differs from what was read in the code",
        Some(_) if said.meets(expected) => "is right now: take `known_wrong` out of the table",
        Some(known) if said.is_as_wrong_as(known) => return None,
        Some(_) => "is wrong in another way than `known_wrong` says",
    };
    Some(format!(
        "{rule} {text}\n  expected {} {:?}\n  got proved {proved:?}\n  got violated {violated:?}\n  \
         got undecided {undecided:?}",
        expected.verdict, expected.effects,
    ))
}

/// Standard error itself: what `eprintln!` writes is only shown when a test fails.
fn not_run(why: &str) {
    let required = std::env::var_os("RAFT_LINT_REGISTRY").is_some_and(|value| value == "required");
    assert!(!required, "the published crates are required and could not be obtained: {why}");
    let text = format!(
        "\nregistry: NOT RUN: cargo could not obtain the published crates: {why}\n\
         registry: run the tests once with a network, or set RAFT_LINT_REGISTRY=required to fail here\n"
    );
    let _ = std::io::stderr().write_all(text.as_bytes());
}
