//! The fixtures against their markers, and the rendered reports against their snapshots.
//!
//! Two oracles that know nothing of each other: markers say where a proof or a finding has to be,
//! snapshots what a person reads. `UPDATE=1 cargo test` rewrites the snapshots, never the markers.

use std::fs;
use std::path::PathBuf;

use raft_lint::rule::Scope;

use crate::support::{self, Fixture, Kind, Mark, Report, Site};

/// A marker may stand this many lines away from the start of its own statement.
const REACH: usize = 3;

#[test]
fn markers_hold() {
    let fixtures = support::fixtures();
    let failures = support::in_parallel(&fixtures, |fixture| {
        let wrong = match support::check(&fixture.path) {
            Ok(report) => disagreements(fixture, &report),
            Err(text) => vec![text],
        };
        (fixture.name(), wrong)
    });
    support::verdict("markers", fixtures.len(), &failures);
}

#[test]
fn every_rule_has_enough_of_both_kinds() {
    let fixtures = support::fixtures();
    for rule in raft_lint::rules::ALL {
        for kind in [Kind::Accept, Kind::Reject] {
            let count = fixtures.iter().filter(|f| f.rule == rule.id && f.kind == kind).count();
            assert!(count >= 8, "{} has {count} fixtures to {kind:?}, 8 are asked for", rule.id);
        }
    }
}

/// Also where a missing check leaves several effects unguarded, or makes other rules' checks moot.
#[test]
fn one_cause_gives_one_finding() {
    let fixtures: Vec<Fixture> =
        support::fixtures().into_iter().filter(|f| f.kind == Kind::Reject).collect();
    let failures = support::in_parallel(&fixtures, |fixture| {
        let report = match support::check(&fixture.path) {
            Ok(report) => report,
            Err(text) => return (fixture.name(), vec![text]),
        };
        let findings = report.findings();
        let own: Vec<&Site> = findings.iter().filter(|f| f.rule == fixture.rule).collect();
        // Where each place is a decision of its own, each has a finding.
        let causes = match raft_lint::rules::ALL.iter().find(|rule| rule.id == fixture.rule) {
            Some(rule) if rule.scope == Scope::Place => fixture.marks.len(),
            _ => 1,
        };
        let wrong = (own.len() > causes).then(|| format!("{causes} expected, got {}", list(&own)));
        (fixture.name(), wrong.into_iter().collect())
    });
    support::verdict("findings", fixtures.len(), &failures);
}

#[test]
fn reports_are_as_reviewed() {
    let fixtures: Vec<Fixture> =
        support::fixtures().into_iter().filter(|f| f.kind == Kind::Reject).collect();
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut failures = support::in_parallel(&fixtures, |fixture| {
        let wrong = snapshot(fixture, update).err();
        (fixture.name(), wrong.into_iter().collect())
    });
    for orphan in orphans(&fixtures) {
        let name = orphan.display().to_string();
        failures.push((name, vec!["a snapshot without a fixture".to_owned()]));
    }
    support::verdict("snapshots (`UPDATE=1 cargo test` rewrites them)", fixtures.len(), &failures);
}

fn disagreements(fixture: &Fixture, report: &Report) -> Vec<String> {
    let mut wrong = fixture.errors.clone();
    wrong.extend(report.problems());
    let obligations = report.obligations();
    let findings = report.findings();
    for (line, mark) in &fixture.marks {
        match mark {
            Mark::Proved(rule) => {
                let here: Vec<_> =
                    obligations.iter().filter(|o| at(fixture, *line, rule, o)).collect();
                if !here.iter().any(|o| o.status == "proved") {
                    let got = if here.is_empty() { nothing(&obligations) } else { list(&here) };
                    wrong.push(format!("line {line}: expected proved {rule}, got {got}"));
                }
            }
            Mark::Violated(rule) => {
                let here: Vec<_> =
                    obligations.iter().filter(|o| at(fixture, *line, rule, o)).collect();
                // One finding may speak for several violated effects.
                if !here.iter().any(|o| o.status == "violated") {
                    let got = if here.is_empty() { nothing(&obligations) } else { list(&here) };
                    wrong.push(format!("line {line}: expected violated {rule}, got {got}"));
                }
            }
            Mark::Evidence(..) => {}
        }
    }
    let advised = |f: &&Site| support::is_advice(&f.rule) && f.rule != fixture.rule;
    for finding in findings.iter().filter(|f| !advised(f)) {
        let is_marked = |(line, mark): &(usize, Mark)| matches!(mark, Mark::Violated(rule) if at(fixture, *line, rule, finding));
        if !fixture.marks.iter().any(is_marked) {
            let Site { rule, line, text, .. } = finding;
            wrong.push(format!("line {line}: expected no finding, got violated {rule}: {text}"));
        }
    }
    let marked = |wanted: fn(&Mark) -> bool| fixture.marks.iter().any(|(_, mark)| wanted(mark));
    let (missing, needed) = match fixture.kind {
        Kind::Accept => (!marked(|m| matches!(m, Mark::Proved(_))), "proved"),
        Kind::Reject => (!marked(|m| matches!(m, Mark::Violated(_))), "violated"),
    };
    if missing {
        wrong.push(format!("has no `//~ {needed}` marker"));
    }
    if fixture.kind == Kind::Accept && marked(|m| matches!(m, Mark::Violated(_))) {
        wrong.push("has a `//~ violated` marker although it is to be accepted".to_owned());
    }
    wrong
}

/// Whether an effect is what a marker at this line speaks about.
pub(crate) fn at(fixture: &Fixture, line: usize, rule: &str, site: &Site) -> bool {
    let covers = (site.line..=site.end_line).contains(&line);
    site.rule == rule && (covers || in_one_statement(fixture, line, site.line))
}

/// Whether two near lines belong to one statement, such as a struct literal or a chain of calls.
fn in_one_statement(fixture: &Fixture, a: usize, b: usize) -> bool {
    let (first, last) = (a.min(b), a.max(b));
    let ends = |code: &str| code.ends_with([';', '}']) || code.trim().is_empty();
    last - first <= REACH && !(first..last).any(|number| ends(fixture.line(number)))
}

fn nothing(obligations: &[Site]) -> String {
    if obligations.is_empty() {
        return "nothing: no obligation was recognised in this program".to_owned();
    }
    format!("nothing there; elsewhere {}", list(&obligations.iter().collect::<Vec<_>>()))
}

fn list(sites: &[&Site]) -> String {
    let one = |s: &&Site| format!("{} {} at line {} ({})", s.status, s.rule, s.line, s.text);
    sites.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn snapshot(fixture: &Fixture, update: bool) -> Result<(), String> {
    let path = support::root().join(&fixture.path).with_extension("txt");
    let got = support::check_text(&fixture.path, &fixture.rule)?;
    let expected = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if got == expected {
        return Ok(());
    }
    if update {
        return fs::write(&path, got).map_err(|error| error.to_string());
    }
    let same = got.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(end)").to_owned();
    Err(format!("line {}: expected {:?}\n     got {:?}", same + 1, line(&expected), line(&got)))
}

/// Snapshots whose program is gone.
fn orphans(fixtures: &[Fixture]) -> Vec<PathBuf> {
    let expected: Vec<PathBuf> = fixtures.iter().map(|f| f.path.with_extension("txt")).collect();
    let mut orphans = Vec::new();
    for rule in raft_lint::rules::ALL {
        let dir = PathBuf::from("fixtures").join(rule.id.replace('-', "_"));
        for kind in ["accept", "reject"] {
            orphans.extend(support::files(&dir.join(kind), "txt"));
        }
    }
    orphans.retain(|path| !expected.contains(path));
    orphans
}
