//! What a report says beside its findings: what was not recognised, not decided, not checked.
//!
//! Takes the outcome; gives one list, so that no format forgets a part of it.

use std::cmp::Reverse;

use super::Report;
use crate::outcome::{Obligation, Outcome, Status};
use crate::rule::Level;
use crate::source::Place;

/// What a remark is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Why the run can't be clean.
    Failure,
    /// A bound was reached before an answer.
    Undecided,
    /// A file was skipped.
    Unchecked,
    /// Something expected was not seen, or a bound was reached.
    Note,
}

impl Kind {
    /// Every kind.
    pub(super) const ALL: [Kind; 4] = [Kind::Failure, Kind::Undecided, Kind::Unchecked, Kind::Note];

    /// The name used in reports.
    pub(super) fn id(self) -> &'static str {
        match self {
            Kind::Undecided => "undecided",
            Kind::Unchecked => "not-checked",
            Kind::Failure => "incomplete",
            Kind::Note => "note",
        }
    }

    /// How serious it is.
    pub(super) fn level(self) -> Level {
        match self {
            Kind::Undecided => Level::Error,
            Kind::Unchecked => Level::Warning,
            Kind::Failure => Level::Error,
            Kind::Note => Level::Advice,
        }
    }

    /// What such a remark means.
    pub(super) fn summary(self) -> &'static str {
        match self {
            Kind::Undecided => "an obligation is neither proved nor violated",
            Kind::Unchecked => "a file was not checked",
            Kind::Failure => {
                "something required or with Raft state beside it was not recognised or decided"
            }
            Kind::Note => "something expected was not recognised, or not decided",
        }
    }
}

/// Where a remark is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'r> {
    /// A place in a file that was read.
    Place(Place),
    /// A file as shown, and a line of it.
    File(&'r str, Option<u32>),
    /// The run or a package.
    Nowhere,
}

/// Something that is no finding and may not be lost.
pub(super) struct Remark<'r> {
    pub(super) kind: Kind,
    /// The rule that could not be decided.
    pub(super) rule: Option<&'static str>,
    /// What identifies it in another version of the code; none if nothing but its text does.
    pub(super) fingerprint: Option<&'r str>,
    pub(super) at: At<'r>,
    pub(super) text: String,
    /// What to do; empty if nothing is known that helps.
    pub(super) help: &'r str,
}

fn undecided_text(obligation: &Obligation) -> String {
    let (rule, function) = (obligation.rule.id, &obligation.function);
    let reason = obligation.unanswered.as_ref().map(|why| format!(": {}", why.reason));
    format!("`{rule}` could not be decided in `{function}`{}", reason.unwrap_or_default())
}

/// Everything that is no finding: what is worst first.
pub(super) fn remarks<'r>(report: &Report<'r>) -> Vec<Remark<'r>> {
    let outcome: &'r Outcome = report.outcome;
    let undecided = outcome.obligations.iter().filter(|o| matches!(o.status, Status::Undecided));
    let undecided = undecided.map(|o| Remark {
        kind: Kind::Undecided,
        rule: Some(o.rule.id),
        fingerprint: Some(&o.fingerprint),
        at: At::Place(o.place),
        text: undecided_text(o),
        help: o.unanswered.as_ref().map_or("", |why| &why.help),
    });
    let unchecked = outcome.problems.iter().map(|problem| Remark {
        kind: Kind::Unchecked,
        rule: None,
        fingerprint: None,
        at: At::File(&problem.file, problem.line),
        text: problem.said(),
        help: "",
    });
    let notes = outcome.notes.iter().map(|note| Remark {
        kind: if note.fails { Kind::Failure } else { Kind::Note },
        rule: None,
        fingerprint: None,
        at: At::Nowhere,
        text: note.text.clone(),
        help: "",
    });
    let mut all: Vec<Remark<'r>> = undecided.chain(unchecked).chain(notes).collect();
    all.sort_by_key(|remark| Reverse(remark.kind.level()));
    all
}
