//! The report in the Reviewdog Diagnostic Format, as one `DiagnosticResult`.
//!
//! Takes a report; gives the text. Columns count bytes, as the format says. A diagnostic has a file, so
//! what is about no file has no place in it.

use serde::Serialize;

use super::place::{seen, spot};
use super::pretty;
use super::remark::{Remark, remarks};
use super::{Report, escape};
use crate::finding::Finding;
use crate::rule::Level;
use crate::source::{Place, Sources};

#[derive(Serialize)]
struct DiagnosticResult<'r> {
    source: Source,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

/// The report as text, with a line feed at its end.
pub fn render(report: &Report<'_>) -> String {
    let findings = report.open().map(|f| of_finding(f, report.sources));
    let remarks = remarks(report);
    let remarks = remarks.iter().filter_map(|r| of_remark(r, report.sources));
    pretty::text(&DiagnosticResult {
        source: Source { name: "raft-lint" },
        diagnostics: findings.chain(remarks).collect(),
    })
}

fn of_finding<'r>(finding: &'r Finding, sources: &Sources) -> Diagnostic<'r> {
    let related = |(place, text): (Place, &str)| Related {
        message: escape::line(text).into_owned(),
        location: location(sources, place),
    };
    let mut message = escape::line(&finding.headline()).into_owned();
    if !finding.help.is_empty() {
        message += &format!("\nhelp: {}", escape::line(&finding.help));
    }
    Diagnostic {
        message,
        location: location(sources, finding.place),
        severity: severity(finding.level),
        code: Code { value: finding.subject.id },
        related_locations: finding.related().map(related).collect(),
    }
}

fn of_remark<'r>(remark: &Remark<'r>, sources: &Sources) -> Option<Diagnostic<'r>> {
    let seen = seen(sources, remark.at)?;
    let start = seen.line.map(|line| Position { line, column: None });
    Some(Diagnostic {
        message: escape::line(&remark.text).into_owned(),
        location: Location {
            path: seen.file,
            range: start.map(|start| Range { start, end: None }),
        },
        severity: severity(remark.kind.level()),
        code: Code { value: remark.rule.unwrap_or(remark.kind.id()) },
        related_locations: Vec::new(),
    })
}

fn location(sources: &Sources, place: Place) -> Location {
    let at = spot(sources, place);
    let position = |line, column| Position { line, column: Some(column) };
    Location {
        path: at.file,
        range: Some(Range {
            start: position(at.line, at.byte_column),
            end: Some(position(at.end_line, at.end_byte_column)),
        }),
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Advice => "INFO",
    }
}
