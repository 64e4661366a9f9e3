//! The GitLab report: Code Quality issues for a merge request.
//!
//! Takes a report; gives a JSON list. An issue has a file, so what is about no file has no place in it;
//! GitLab takes issues with the same fingerprint for one, so no two have it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::json::pretty;
use super::place::{seen, spot};
use super::remark::{Kind, Remark, remarks};
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
    let mut taken = BTreeSet::new();
    for issue in &mut issues {
        let (first, mut ordinal) = (issue.fingerprint.clone(), 1);
        while !taken.insert(issue.fingerprint.clone()) {
            ordinal += 1;
            issue.fingerprint = format!("{first}-{ordinal}");
        }
    }
    pretty(&issues)
}

fn of_finding<'r>(finding: &'r Finding, sources: &Sources) -> Issue<'r> {
    let at = spot(sources, finding.place);
    Issue {
        description: escape::line(&finding.message).into_owned(),
        check_name: finding.subject.id,
        fingerprint: finding.fingerprint.clone(),
        severity: match finding.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Advice => "info",
        },
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
        fingerprint: format!("{}-{about}-{}", remark.kind.id(), escape::line(&seen.file)),
        severity: match remark.kind {
            Kind::Undecided => "critical",
            Kind::Unchecked => "major",
            Kind::Note => "info",
        },
        location: Location {
            path: seen.file,
            lines: Lines { begin: seen.line.unwrap_or(1), end: None },
        },
    })
}
