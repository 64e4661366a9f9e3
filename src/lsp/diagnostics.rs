//! Diagnostics: what is wrong, what is not decided, and what was not looked at.
//!
//! Takes what was found out about a folder; gives the diagnostics of each file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Message, Position, Range,
};
use serde_json::json;

use super::place::View;
use crate::finding::Finding;
use crate::outcome::{Obligation, Problem, Status};
use crate::report::escape;
use crate::rule::Level;
use crate::source::Place;

/// What diagnostics say where they come from.
pub(super) const SOURCE: &str = "raft-lint";

/// The diagnostics of each file that has some.
pub(super) fn of(view: View<'_>) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let mut all: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    let path = |place: Place| view.sources().file(place.file).path.clone();
    for finding in view.open() {
        all.entry(path(finding.place)).or_default().push(of_finding(view, finding));
    }
    let undecided = view.outcome().obligations.iter();
    for obligation in undecided.filter(|o| matches!(o.status, Status::Undecided)) {
        all.entry(path(obligation.place)).or_default().push(of_undecided(view, obligation));
    }
    for problem in &view.outcome().problems {
        let file = view.named(&problem.file);
        let path = file.map_or_else(|| view.folder.root.join(&problem.file), |f| f.path.clone());
        all.entry(path).or_default().push(of_problem(problem));
    }
    for remark in &view.found.analysis.remarks {
        let text = escape::line(&remark.text);
        let diagnostic = in_line(remark.line, DiagnosticSeverity::Warning, &text);
        all.entry(remark.path.clone()).or_default().push(diagnostic);
    }
    // An older text was analysed: its places are none of the new one.
    for (path, problem) in view.outdated() {
        all.insert(path.clone(), vec![of_problem(problem)]);
    }
    all
}

pub(super) fn of_finding(view: View<'_>, finding: &Finding) -> Diagnostic {
    let mut message = escape::line(&finding.headline()).into_owned();
    let mut add = |kind: &str, text: &str| {
        if !text.is_empty() {
            message += &format!("\n{kind}: {}", escape::line(text));
        }
    };
    let mut related = Vec::new();
    for (place, text) in finding.related() {
        if view.client.related {
            let (location, message) = (view.location(place), escape::line(text).into_owned());
            related.push(DiagnosticRelatedInformation { location, message });
        } else {
            add(&format!("at {}", escape::line(&view.shown(place))), text);
        }
    }
    if !finding.lost_proof {
        add("note", &finding.note);
    }
    add("help", &finding.help);
    Diagnostic {
        range: view.range(finding.place),
        severity: Some(match finding.level {
            Level::Error => DiagnosticSeverity::Error,
            Level::Warning => DiagnosticSeverity::Warning,
            Level::Advice => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(finding.subject.id.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: Message::String(message),
        related_information: view.client.related.then_some(related),
        data: Some(json!({ "fingerprint": finding.fingerprint })),
        ..Diagnostic::default()
    }
}

fn of_undecided(view: View<'_>, obligation: &Obligation) -> Diagnostic {
    let why = obligation.unanswered.as_ref().map_or("", |why| why.reason.as_str());
    let text = format!("not decided, so neither proved nor violated: {}", escape::line(why));
    Diagnostic {
        range: view.range(obligation.place),
        severity: Some(DiagnosticSeverity::Warning),
        code: Some(Code::String(obligation.rule.id.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: Message::String(text),
        data: Some(json!({ "fingerprint": obligation.fingerprint })),
        ..Diagnostic::default()
    }
}

fn of_problem(problem: &Problem) -> Diagnostic {
    let text = format!("not analysed: {}", escape::line(&problem.text));
    in_line(problem.line.unwrap_or(1), DiagnosticSeverity::Information, &text)
}

/// About a one-based line as a whole. What lies behind its end is cut off by the client.
pub(super) fn in_line(line: u32, severity: DiagnosticSeverity, text: &str) -> Diagnostic {
    const TO_THE_END: u32 = 1000;
    let line = line.saturating_sub(1);
    let at = |character| Position { line, character };
    Diagnostic {
        range: Range { start: at(0), end: at(TO_THE_END) },
        severity: Some(severity),
        source: Some(SOURCE.to_owned()),
        message: Message::String(text.to_owned()),
        ..Diagnostic::default()
    }
}
