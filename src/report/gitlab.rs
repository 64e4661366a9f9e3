//! The GitLab report: Code Quality issues for a merge request.
//!
//! Takes a report; gives a JSON list. An issue has a file, so what is about no file has no place in it;
//! GitLab takes issues with the same fingerprint for one, so no two have it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::place::{seen, spot};
use super::pretty;
use super::remark::{Remark, remarks};
use super::{Report, escape};
use crate::finding::Finding;
use crate::rule::Level;
use crate::source::Sources;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
}

/// The report as text, with a line feed at its end.
pub fn render(report: &Report<'_>) -> String {
    let findings = report.open().map(|f| of_finding(f, report.sources));
    let remarks = remarks(report);
    let remarks = remarks.iter().filter_map(|r| of_remark(r, report.sources));
    let mut issues: Vec<Issue<'_>> = findings.chain(remarks).collect();
    distinguish(&mut issues);
    pretty::text(&issues)
}

/// Numbers issues that have the same fingerprint.
fn distinguish(issues: &mut [Issue<'_>]) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
    for issue in issues {
        let first = issue.fingerprint.clone();
        while !taken.insert(issue.fingerprint.clone()) {
            let ordinal = ordinals.entry(first.clone()).or_insert(1);
            *ordinal += 1;
            issue.fingerprint = format!("{first}-{ordinal}");
        }
    }
}

fn of_finding<'r>(finding: &'r Finding, sources: &Sources) -> Issue<'r> {
    let at = spot(sources, finding.place);
    Issue {
        description: escape::line(&finding.headline()).into_owned(),
        check_name: finding.subject.id,
        fingerprint: finding.fingerprint.clone(),
        severity: severity(finding.level),
        location: Location {
            path: at.file,
            lines: Lines { begin: at.line, end: Some(at.last_line) },
        },
    }
}

fn of_remark<'r>(remark: &Remark<'r>, sources: &Sources) -> Option<Issue<'r>> {
    let seen = seen(sources, remark.at)?;
    let about = remark.rule.unwrap_or(remark.kind.id());
    Some(Issue {
        description: escape::line(&remark.text).into_owned(),
        check_name: about,
        fingerprint: match remark.fingerprint {
            Some(fingerprint) => format!("{}-{fingerprint}", remark.kind.id()),
            None => format!("{}-{}", remark.kind.id(), escape::line(&seen.file)),
        },
        severity: severity(remark.kind.level()),
        location: Location {
            path: seen.file,
            lines: Lines { begin: seen.line.unwrap_or(1), end: None },
        },
    })
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Advice => "info",
    }
}
