//! What a run comes to, in one line.
//!
//! Takes a report; gives counts in words, with what was silenced. Of a configuration and a revision it
//! tells the name.

use super::{Report, counted, escape};
use crate::finding::Finding;
use crate::rule::Level;
use crate::{rules, subjects};

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
    if let Some(revision) = &report.known.revision {
        let lost = counted(report.lost(), "proof");
        line += &format!(", {lost} lost since `{}`", escape::line(revision));
        match report.known.gone {
            0 => {}
            1 => line += ", 1 proof gone with its code",
            gone => line += &format!(", {gone} proofs gone with their code"),
        }
    }
    let of_comment = |finding: &&Finding| {
        subjects::OF_COMMENTS.iter().any(|other| other.subject == finding.subject)
    };
    let comments = report.open().filter(of_comment).count();
    if comments > 0 {
        line += &format!(", {} without effect or reason", counted(comments, "comment"));
    }
    if undecided > 0 {
        line += &format!(", {undecided} undecided");
        match report.known.count_undecided(outcome) {
            0 => {}
            known => line += &format!(" ({known} known)"),
        }
    }
    if !outcome.problems.is_empty() {
        line += &format!(", {} skipped", counted(outcome.problems.len(), "file"));
    }
    if outcome.taught > 0 {
        line += &format!(", {} given a meaning", counted(outcome.taught, "name"));
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
    let of_rule = |finding: &&Finding| rules::find(finding.subject.id).is_some();
    report.open().filter(of_rule).map(|finding| 1 + finding.also.len()).sum()
}

/// `2 errors, 1 warning, 3 undecided`, or that there is nothing.
pub(super) fn findings(report: &Report<'_>) -> String {
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Advice, "advice")];
    let counts = counts.into_iter().filter_map(|(level, noun)| match report.count(level) {
        0 => None,
        count if level == Level::Advice => Some(format!("{count} {noun}")),
        count => Some(counted(count, noun)),
    });
    let mut counts: Vec<String> = counts.collect();
    match report.outcome.undecided() {
        0 => {}
        undecided => counts.push(format!("{undecided} undecided")),
    }
    match (counts.is_empty(), report.complete) {
        (true, true) => "no findings".to_owned(),
        (true, false) => "no findings, but not everything was decided".to_owned(),
        _ => counts.join(", "),
    }
}

/// What silences findings, and how many.
pub(super) fn silenced_by(report: &Report<'_>) -> impl Iterator<Item = (&'static str, usize)> {
    let counts = [
        ("a comment", report.silenced_by("comment")),
        ("the baseline", report.silenced_by("baseline")),
        ("the compared revision", report.silenced_by("revision")),
    ];
    counts.into_iter().filter(|(_, count)| *count > 0)
}
