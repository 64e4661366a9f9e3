//! What a run comes to, in one line.
//!
//! Takes a report; gives counts in words, with what was silenced. Nothing in it comes from the
//! checked code.

use super::{Report, counted};
use crate::finding::Silence;
use crate::rule::Level;

/// `12 files in 1 package: 3 handlers, 5 obligations proved, 1 violated`
pub(super) fn obligations(report: &Report<'_>) -> String {
    let outcome = report.outcome;
    let undecided = outcome.undecided();
    let mut line = format!(
        "{} in {}: {}, {} proved, {} violated",
        counted(outcome.files, "file"),
        counted(outcome.packages, "package"),
        counted(outcome.handlers.len(), "handler"),
        counted(outcome.count("proved"), "obligation"),
        violated(report),
    );
    let comments = report.open().filter(|finding| finding.witness.is_empty()).count();
    if comments > 0 {
        line += &format!(", {} without effect or reason", counted(comments, "comment"));
    }
    if undecided > 0 {
        line += &format!(", {undecided} undecided");
    }
    if !outcome.problems.is_empty() {
        line += &format!(", {} skipped", counted(outcome.problems.len(), "file"));
    }
    let silenced = report.silenced().count();
    if silenced > 0 {
        line += &format!(", {} silenced", counted(silenced, "finding"));
        let by = silenced_by(report).map(|(by, count)| format!("{count} by {by}"));
        line += &format!(" ({})", by.collect::<Vec<_>>().join(", "));
    }
    if outcome.excluded > 0 {
        line += &format!(", {} excluded", counted(outcome.excluded, "path"));
    }
    if let Some(text) = report.configured.as_ref().and_then(|configured| configured.taken_back()) {
        line += &format!(", {text}");
    }
    line
}

/// The violated obligations that count: each finding with those that it speaks for.
fn violated(report: &Report<'_>) -> usize {
    let on_a_path = report.open().filter(|finding| !finding.witness.is_empty());
    on_a_path.map(|finding| 1 + finding.also.len()).sum()
}

/// `2 errors, 1 warning`, or that there is nothing.
pub(super) fn findings(report: &Report<'_>) -> String {
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Advice, "advice")];
    let counts = counts.into_iter().filter_map(|(level, noun)| match report.count(level) {
        0 => None,
        count if level == Level::Advice => Some(format!("{count} {noun}")),
        count => Some(counted(count, noun)),
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

/// What silences findings, and how many.
pub(super) fn silenced_by(report: &Report<'_>) -> impl Iterator<Item = (&'static str, usize)> {
    let count = |by: fn(&Silence) -> bool| {
        report.silenced().filter_map(|finding| finding.silence.as_ref()).filter(|s| by(s)).count()
    };
    let counts = [
        ("a comment", count(|s| matches!(s, Silence::Comment { .. }))),
        ("the baseline", count(|s| matches!(s, Silence::Baseline))),
        ("the compared revision", count(|s| matches!(s, Silence::Revision))),
    ];
    counts.into_iter().filter(|(_, count)| *count > 0)
}
