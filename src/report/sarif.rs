//! The SARIF 2.1.0 report: one run, with the path of each finding as a code flow.
//!
//! Takes a report; gives the text. Files are relative to the repository's root, lines and columns
//! count from one, columns in characters. What is no finding is a notification of the invocation:
//! a service would show a result of any kind as an alert.

mod types;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::types::*;
use super::Report;
use super::escape;
use super::place::{seen, spot};
use super::pretty;
use super::remark::{Kind, Remark, remarks};
use crate::finding::{self, Finding, Silence, Subject};
use crate::rule::Level;
use crate::rules;
use crate::source::{Place, Sources};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What all names of files are relative to.
const ROOT: &str = "%SRCROOT%";
/// What identifies a finding in another version of the code.
const FINGERPRINT: &str = "raftLint/v1";
/// Everything in a path that could mean something in a URI.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The report as text, with a line feed at its end.
pub fn render(report: &Report<'_>) -> String {
    let subjects = subjects(report);
    let shown = report.findings.iter().filter(|f| report.include_suppressed || f.is_open());
    let results = shown.map(|finding| result(finding, &subjects, report)).collect();
    let notifications = remarks(report).iter().map(|r| notification(r, report.sources)).collect();
    let root = BaseId { description: message("the root of the repository") };
    pretty::text(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver(&subjects) },
            invocations: [Invocation {
                execution_successful: report.complete,
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
            column_kind: "unicodeCodePoints",
            results,
            properties: counts(report),
        }],
    })
}

/// The rules, and what else there are findings about.
fn subjects(report: &Report<'_>) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = rules::ALL.iter().map(|rule| Subject::of(rule)).collect();
    for finding in &report.findings {
        if !subjects.iter().any(|subject| subject.id == finding.subject.id) {
            subjects.push(finding.subject);
        }
    }
    subjects
}

fn driver(subjects: &[Subject]) -> Driver {
    let kind = |kind: Kind| Descriptor {
        id: kind.id(),
        short_description: message(kind.summary()),
        full_description: None,
        help: None,
        default_configuration: None,
        properties: None,
    };
    Driver {
        name: "raft-lint",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: subjects.iter().map(descriptor).collect(),
        notifications: Kind::ALL.map(kind).into(),
    }
}

fn descriptor(subject: &Subject) -> Descriptor {
    let rule = rules::find(subject.id);
    Descriptor {
        id: subject.id,
        short_description: message(subject.summary),
        full_description: rule.map(|rule| message(&format!("{}: {}", rule.summary, rule.note))),
        help: Some(Help {
            text: format!("`raft-lint explain {}` prints the page of this rule", subject.id),
            markdown: subject.page,
        }),
        default_configuration: Some(Configuration { level: level(subject.level) }),
        properties: rule.map(|rule| Tags { tags: vec!["raft", rule.group.id()] }),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Advice => "note",
    }
}

fn result<'r>(finding: &'r Finding, subjects: &[Subject], report: &Report<'r>) -> SarifResult<'r> {
    let sources = report.sources;
    let index = subjects.iter().position(|subject| subject.id == finding.subject.id);
    let mut location = location(sources, finding.place, &finding.label);
    if !finding.function.is_empty() {
        let fully_qualified_name = escape::line(&finding.function).into_owned();
        location.logical_locations =
            vec![LogicalLocation { fully_qualified_name, kind: "function" }];
    }
    let step =
        |step: &finding::Step| Step { location: self::location(sources, step.place, &step.text) };
    let steps: Vec<Step> = finding.witness.iter().map(step).collect();
    let flow = |locations| CodeFlow { thread_flows: [ThreadFlow { locations }] };
    let related = finding.related().map(|(place, text)| self::location(sources, place, text));
    let suppressions = finding.silence.iter().map(|silence| suppression(silence, sources));
    SarifResult {
        rule_id: finding.subject.id,
        rule_index: index.expect("invariant: what a finding is about is listed"),
        level: level(finding.level),
        message: told(finding),
        locations: [location],
        code_flows: (!steps.is_empty()).then(|| flow(steps)).into_iter().collect(),
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
        // If one result says whether it is suppressed, all have to.
        suppressions: report.include_suppressed.then(|| suppressions.collect()),
    }
}

/// What is wrong, what is lost, and what to do.
fn told(finding: &Finding) -> Message {
    let mut told = message(&finding.message);
    for (kind, text) in [("note", &finding.note), ("help", &finding.help)] {
        if !text.is_empty() {
            told.text += &format!("\n{kind}: {}", message(text).text);
        }
    }
    told
}

fn suppression(silence: &Silence, sources: &Sources) -> Suppression {
    let (kind, justification, location) = match silence {
        Silence::Comment { place, reason } => {
            let location = location(sources, *place, "silenced here");
            ("inSource", escape::line(reason).into_owned(), Some(location))
        }
        Silence::Baseline => ("external", "it stands in the baseline".to_owned(), None),
        Silence::Revision => ("external", "the compared revision has it, too".to_owned(), None),
    };
    Suppression { kind, status: "accepted", justification, location }
}

fn notification(remark: &Remark<'_>, sources: &Sources) -> Notification {
    let physical = seen(sources, remark.at).map(|seen| PhysicalLocation {
        artifact_location: artifact(&seen.file),
        region: seen.line.map(|start_line| Region {
            start_line,
            start_column: None,
            end_line: None,
            end_column: None,
        }),
    });
    let location = physical.map(|physical_location| Location {
        physical_location,
        logical_locations: Vec::new(),
        message: None,
    });
    Notification {
        descriptor: Reference { id: remark.kind.id() },
        associated_rule: remark.rule.map(|id| Reference { id }),
        level: level(remark.kind.level()),
        message: message(&remark.text),
        locations: location.into_iter().collect(),
    }
}

fn location(sources: &Sources, place: Place, text: &str) -> Location {
    let spot = spot(sources, place);
    let region = Region {
        start_line: spot.line,
        start_column: Some(spot.column),
        end_line: Some(spot.end_line),
        end_column: Some(spot.end_column),
    };
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(&spot.file),
            region: Some(region),
        },
        logical_locations: Vec::new(),
        message: (!text.is_empty()).then(|| message(text)),
    }
}

fn artifact(file: &str) -> ArtifactLocation {
    ArtifactLocation { uri: utf8_percent_encode(file, ENCODED).to_string(), uri_base_id: ROOT }
}

/// One line of plain text, in which `[text](target)` would be a link: such brackets are escaped.
fn message(text: &str) -> Message {
    let text = escape::line(text);
    Message {
        text: match text.contains("](") {
            true => text.replace('[', "\\[").replace(']', "\\]"),
            false => text.into_owned(),
        },
    }
}

fn counts(report: &Report<'_>) -> BTreeMap<&'static str, usize> {
    let outcome = report.outcome;
    BTreeMap::from([
        ("files", outcome.files),
        ("parsed", outcome.parsed),
        ("handlers", outcome.handlers.len()),
        ("proved", outcome.count("proved")),
        ("violated", outcome.count("violated")),
        ("undecided", outcome.count("undecided")),
        ("unfinished", outcome.exhausted.len()),
        ("silenced", report.silenced().count()),
    ])
}
