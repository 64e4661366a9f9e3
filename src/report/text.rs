//! The text report of `check`: findings through codespan-reporting, notes, problems and the
//! closing line.
//!
//! Takes the outcome and the sources; writes for people. Together with `snippet` the only place
//! that knows codespan.

mod snippet;
mod trim;

use std::collections::BTreeSet;
use std::io;

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::files;
use codespan_reporting::term::termcolor::WriteColor;
use codespan_reporting::term::{Config, emit_to_write_style};

use self::snippet::{Shown, Snippet};
use self::trim::Trimmed;
use super::place::seen;
use super::remark::{Kind, Remark, remarks};
use super::{Detail, Report, counted, escape, summary};
use crate::finding::Finding;
use crate::outcome::{Outcome, Problem, ProblemKind};
use crate::rule::Level;
use crate::source::Sources;

/// More problems than this are only counted.
const MAX_PROBLEMS: usize = 20;

/// Findings and notes.
pub fn findings(report: &Report<'_>, out: &mut dyn WriteColor) -> Result<(), files::Error> {
    let shown = Shown::new(report.sources);
    let mut rules = BTreeSet::new();
    for finding in report.open() {
        let (diagnostic, snippet) = diagnostic(finding, &shown);
        rules.insert(finding.subject.id);
        emit_to_write_style(&mut Trimmed::new(out), &Config::default(), &snippet, &diagnostic)?;
    }
    if report.detail == Detail::Quiet {
        return Ok(());
    }
    undecided(report, out)?;
    notes(report.outcome, out)?;
    for rule in rules {
        writeln!(
            out,
            "`raft-lint explain {rule}` shows how it goes wrong and what counts as evidence"
        )?;
    }
    Ok(())
}

/// Obligations that are neither proved nor violated, with the bound that kept them from it.
fn undecided(report: &Report<'_>, out: &mut dyn WriteColor) -> Result<(), files::Error> {
    let sources = Sources::default();
    let shown = Shown::new(&sources);
    let is_left = |remark: &Remark<'_>| remark.kind == Kind::Undecided;
    let all: Vec<Remark<'_>> = remarks(report).into_iter().filter(is_left).collect();
    let most = if report.detail == Detail::Verbose { usize::MAX } else { MAX_PROBLEMS };
    for remark in all.iter().take(most) {
        let at = seen(report.sources, remark.at).map(|at| {
            let line = at.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: ", at.shown)
        });
        let text = format!("{}{}", at.unwrap_or_default(), remark.text);
        let mut diagnostic = Diagnostic::error().with_message(escape::line(&text));
        if !remark.help.is_empty() {
            diagnostic = diagnostic.with_note(format!("help: {}", escape::line(remark.help)));
        }
        plain(&diagnostic, &shown, out)?;
    }
    if let Some(more) = all.len().checked_sub(most).filter(|&more| more > 0) {
        let text = format!("{} undecided, too: see `--verbose`", counted(more, "more obligation"));
        plain(&Diagnostic::error().with_message(text), &shown, out)?;
    }
    Ok(())
}

/// What was expected and not recognised.
pub fn notes(outcome: &Outcome, out: &mut dyn WriteColor) -> Result<(), files::Error> {
    let sources = Sources::default();
    let shown = Shown::new(&sources);
    for note in &outcome.notes {
        plain(&Diagnostic::note().with_message(escape::line(&note.text)), &shown, out)?;
    }
    Ok(())
}

/// Files that were not analysed, for standard error.
pub fn problems(
    outcome: &Outcome,
    detail: Detail,
    err: &mut dyn WriteColor,
) -> Result<(), files::Error> {
    let sources = Sources::default();
    let shown = Shown::new(&sources);
    let most = if detail == Detail::Verbose { usize::MAX } else { MAX_PROBLEMS };
    for problem in outcome.problems.iter().take(most) {
        let diagnostic = match problem.kind {
            ProblemKind::Internal => Diagnostic::error(),
            _ => Diagnostic::warning(),
        };
        plain(&diagnostic.with_message(problem_text(problem)), &shown, err)?;
    }
    if let Some(more) = outcome.problems.len().checked_sub(most).filter(|&more| more > 0) {
        let text = format!("{} skipped, too: see `--verbose`", counted(more, "more file"));
        plain(&Diagnostic::warning().with_message(text), &shown, err)?;
    }
    Ok(())
}

fn problem_text(problem: &Problem) -> String {
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let file = escape::line(&problem.file);
    let text = escape::line(&problem.text);
    match problem.kind {
        ProblemKind::Internal => {
            format!("internal error in {file}{line}, please report it: {text}")
        }
        kind => format!("{file}{line} was not checked ({}): {text}", kind.id()),
    }
}

/// `12 files in 1 package: 3 handlers, 5 obligations proved, 1 violated (0.02 s)`
pub fn closing(report: &Report<'_>, out: &mut dyn WriteColor) -> io::Result<()> {
    writeln!(out, "{} ({:.2} s)", summary::obligations(report), report.time.as_secs_f64())
}

/// `1 finding`, `2 findings`.
pub fn findings_counted(count: usize) -> String {
    counted(count, "finding")
}

fn plain<'s>(
    diagnostic: &Diagnostic<usize>,
    shown: &'s Shown<'s>,
    out: &mut dyn WriteColor,
) -> Result<(), files::Error> {
    emit_to_write_style(
        &mut Trimmed::new(out),
        &Config::default(),
        &Snippet::new(shown),
        diagnostic,
    )
}

/// A finding with its labels, and the part of the sources that they stand in.
fn diagnostic<'s>(finding: &Finding, shown: &'s Shown<'s>) -> (Diagnostic<usize>, Snippet<'s>) {
    let mut snippet = Snippet::new(shown);
    let (file, range) = snippet.range(finding.place);
    let mut labels = vec![Label::primary(file, range).with_message(escape::line(&finding.label))];
    for (place, text) in finding.related() {
        let (file, range) = snippet.range(place);
        labels.push(Label::secondary(file, range).with_message(escape::line(text)));
    }
    for &place in &finding.lost_evidence {
        let (file, range) = snippet.range(place);
        labels.push(Label::secondary(file, range).with_message("the evidence stood here"));
    }
    let severity = match finding.level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Advice => Severity::Help,
    };
    let note = |kind: &str, text: &str| format!("{kind}: {}", escape::line(text));
    let diagnostic = Diagnostic::new(severity)
        .with_code(finding.subject.id)
        .with_message(escape::line(&finding.message))
        .with_labels(labels)
        .with_note(note("note", &finding.note))
        .with_note(note("help", &finding.help));
    (diagnostic, snippet)
}
