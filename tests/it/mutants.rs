//! Each piece of evidence that an accepted fixture marks is taken away: the program still compiles,
//! and the rule has to fire.
//!
//! An accepted program is thereby a set of rejected ones, and the list of evidence is checked line
//! by line: a proof that does not need a marked line was found for the wrong reason.

use std::collections::BTreeMap;
use std::fs;

use crate::support::{self, Fixture, Kind, Mark};

/// One program to try: a fixture without one of its pieces of evidence.
struct Mutant {
    rule: String,
    name: String,
    text: String,
}

#[test]
fn removed_evidence_is_missed() {
    let mut mutants = Vec::new();
    let mut failures = Vec::new();
    for fixture in support::fixtures().iter().filter(|f| f.kind == Kind::Accept) {
        let own = of(fixture);
        if own.is_empty() {
            failures.push((fixture.name(), vec!["has no `//~ evidence` marker".to_owned()]));
        }
        mutants.extend(own);
    }
    failures.extend(support::in_parallel(&mutants, |mutant| {
        let wrong = survives(mutant).err();
        (mutant.name.clone(), wrong.into_iter().collect())
    }));
    support::verdict("mutants", mutants.len(), &failures);
}

/// The fixture's mutants: one for each marked line, or for each letter.
fn of(fixture: &Fixture) -> Vec<Mutant> {
    let mut groups: BTreeMap<String, Vec<(usize, Option<&str>)>> = BTreeMap::new();
    for (line, mark) in &fixture.marks {
        let Mark::Evidence(letter, replacement) = mark else { continue };
        let group = match letter {
            Some(letter) => format!("[{letter}]"),
            None => format!("line {line}"),
        };
        groups.entry(group).or_default().push((*line, replacement.as_deref()));
    }
    let mutant = |(group, edits): (String, Vec<(usize, Option<&str>)>)| Mutant {
        rule: fixture.rule.clone(),
        name: format!("{} {group}", fixture.name()),
        text: edited(fixture, &edits),
    };
    groups.into_iter().map(mutant).collect()
}

/// The text with the edited lines replaced, or emptied so that the others keep their numbers.
fn edited(fixture: &Fixture, edits: &[(usize, Option<&str>)]) -> String {
    let mut text = String::with_capacity(fixture.text.len());
    for (number, line) in (1..).zip(fixture.text.lines()) {
        match edits.iter().find(|(edited, _)| *edited == number) {
            Some((_, replacement)) => text.push_str(replacement.unwrap_or("")),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

fn survives(mutant: &Mutant) -> Result<(), String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = dir.path().join("mutant.rs");
    fs::write(&file, &mutant.text).map_err(|error| error.to_string())?;
    support::compile(&file).map_err(|error| format!("the mutant is no program: {error}"))?;
    let report = support::check(&file)?;
    if report.findings().iter().any(|finding| finding.rule == mutant.rule) {
        return Ok(());
    }
    let states: Vec<String> = report
        .obligations()
        .iter()
        .map(|o| format!("{} {} at line {}", o.status, o.rule, o.line))
        .collect();
    Err(format!("expected a finding of {}, got [{}]", mutant.rule, states.join(", ")))
}
