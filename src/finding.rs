//! A finding: what is wrong, as every report tells it.
//!
//! Takes what a run found out; gives one value for each finding, so that no report has to know how an
//! obligation came to be violated. It decides nothing.

use std::borrow::Cow;

use crate::outcome::{Obligation, Outcome, Status};
use crate::rule::{Level, Rule};
use crate::source::Place;

/// What a finding is about: a rule of the catalogue, or what can be wrong with a comment to the lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Kebab-case name.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The documentation page, in Markdown.
    pub page: &'static str,
    /// The level of its findings, if nothing else is said.
    pub level: Level,
}

impl Subject {
    /// A rule of the catalogue.
    pub fn of(rule: &'static Rule) -> Self {
        Subject { id: rule.id, summary: rule.summary, page: rule.page, level: rule.level }
    }
}

/// A step of a witness path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// What happens there.
    pub text: String,
}

/// Why a finding is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// A comment in the code says so.
    Comment {
        /// The comment.
        place: Place,
        /// Its reason.
        reason: String,
    },
    /// It was known before: it stands in the baseline.
    Baseline,
    /// It was known before: it is in the revision that was compared with.
    Revision,
}

impl Silence {
    /// The name used in reports.
    pub fn id(&self) -> &'static str {
        match self {
            Silence::Comment { .. } => "comment",
            Silence::Baseline => "baseline",
            Silence::Revision => "revision",
        }
    }
}

/// A comment that silences lost proofs: which there are is found out later.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What it stands on.
    pub around: Place,
    /// Why it counts for nothing.
    pub silence: Silence,
}

impl Accepted {
    /// The silence of a lost proof at a place.
    pub fn of(all: &[Accepted], place: Place) -> Option<Silence> {
        all.iter()
            .find(|accepted| accepted.around.contains(place))
            .map(|accepted| accepted.silence.clone())
    }
}

/// Something wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// How serious it is.
    pub level: Level,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where it is shown.
    pub place: Place,
    /// The function around that; empty where none is.
    pub function: String,
    /// What there is to say about the place itself.
    pub label: String,
    /// The path from a handler to the effect, which is its last step; empty where there is no path.
    pub witness: Vec<Step>,
    /// Other effects that the same missing check leaves unguarded.
    pub also: Vec<Place>,
    /// What is lost.
    pub note: String,
    /// What to do.
    pub help: String,
    /// Stable identity, independent of lines; the obligation's, where there is one.
    pub fingerprint: String,
    /// Why it is not counted, if it is not.
    pub silence: Option<Silence>,
    /// Whether what it speaks for was proved at the revision that was compared with.
    pub lost_proof: bool,
    /// If so, where the evidence stood: places in files of that revision. Some proofs have no place.
    pub lost_evidence: Vec<Place>,
}

/// What is said about each of [`Finding::also`].
pub const ALSO: &str = "left unguarded, too";

impl Finding {
    /// What stands beside the shown place: the other steps of the path, then the other effects.
    pub fn related(&self) -> impl Iterator<Item = (Place, &str)> {
        let way = self.witness.iter().filter(|step| step.place != self.place);
        let way = way.map(|step| (step.place, step.text.as_str()));
        way.chain(self.also.iter().map(|&place| (place, ALSO)))
    }

    /// What is wrong in one line; of a lost proof with the evidence that there was.
    pub fn headline(&self) -> Cow<'_, str> {
        if self.lost_proof {
            Cow::Owned(format!("{} ({})", self.message, self.note))
        } else {
            Cow::Borrowed(&self.message)
        }
    }

    /// Whether it counts.
    pub fn is_open(&self) -> bool {
        self.silence.is_none()
    }
}

/// The findings of a run, in the order of their places.
pub fn of(outcome: &Outcome) -> Vec<Finding> {
    let violated = outcome.obligations.iter().filter_map(of_obligation);
    let mut findings: Vec<Finding> = violated.chain(outcome.faults.iter().cloned()).collect();
    findings.sort_by_key(|finding| finding.place);
    findings
}

/// What a violated obligation says, unless another one speaks for it.
fn of_obligation(obligation: &Obligation) -> Option<Finding> {
    let Status::Violated { shown, around, witness, message, help, also } = &obligation.status
    else {
        return None;
    };
    if obligation.part_of.is_some() {
        return None;
    }
    let rule = obligation.rule;
    let label = witness.iter().find(|step| step.place == *shown);
    Some(Finding {
        subject: Subject::of(rule),
        level: obligation.level,
        message: (*message).to_owned(),
        place: *shown,
        function: around.clone(),
        label: label.map_or(rule.missing, |step| &step.text).to_owned(),
        witness: witness.clone(),
        also: also.clone(),
        note: rule.note.to_owned(),
        help: help.clone(),
        fingerprint: obligation.fingerprint.clone(),
        silence: obligation.silence.clone(),
        lost_proof: false,
        lost_evidence: Vec::new(),
    })
}
