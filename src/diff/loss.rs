//! A proof that is lost where no rule has a finding: what is said of it.
//!
//! Takes what was proved and is not any more; gives a finding. It decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::judge::identity::hash;
use crate::rule::Level;
use crate::source::{Place, Sources};
use crate::subjects::LOST_PROOF;

/// So many places are named in a sentence.
const MAX_NAMED: usize = 3;

/// Why a lost proof is not a finding of its rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LossReason {
    /// Whether it holds can't be told.
    Undecided,
    /// It is violated, and an older finding of another rule explains it.
    Explained,
    /// The code is there, and the lint finds no effect in it.
    Unrecognised,
    /// The file is there, and is not looked at.
    Unseen,
    /// There is too much to compare.
    TooMuch,
}

/// Proofs of one handler, or of one file, that are lost without a finding of their rules.
pub(super) struct Loss {
    pub(super) reason: LossReason,
    pub(super) rules: BTreeMap<&'static str, Level>,
    /// In the newer version.
    pub(super) place: Place,
    pub(super) function: String,
    /// In the older version.
    pub(super) evidence: Vec<Place>,
    pub(super) fingerprint: String,
}

impl LossReason {
    /// What stands beside the place, and what to do.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            LossReason::Undecided => (
                "can't be decided any more",
                "make the check simpler, or bring back what was proved; `raft-lint map` shows what is \
                 undecided",
            ),
            LossReason::Explained => (
                "violated now; an older finding explains it",
                "bring back the evidence, and mend the older finding",
            ),
            LossReason::Unrecognised => (
                "still here, and not recognised any more",
                "call the handler and its fields by names of the field, so that the lint finds them; \
                 `raft-lint map` shows what it recognises",
            ),
            LossReason::Unseen => (
                "this file is not looked at any more",
                "look for it in `.gitignore`, and in `paths` and `exclude` of the configuration; if it \
                 can't be read, mend it; if nobody needs it, delete it",
            ),
            LossReason::TooMuch => (
                "too much of this file has changed to find what was proved in it",
                "make the change in smaller steps, or compare with a nearer revision",
            ),
        }
    }
}

impl Loss {
    /// The finding; `said` tells where the evidence stood.
    pub(super) fn finding(self, lost_evidence: Vec<Place>, said: &str, revision: &str) -> Finding {
        let rules: Vec<String> = self.rules.keys().map(|id| format!("`{id}`")).collect();
        let rules = rules.join(", ");
        let level = self.rules.values().copied().max().unwrap_or(Level::Advice);
        let (label, help) = self.reason.words();
        Finding {
            subject: LOST_PROOF,
            level,
            message: format!("what was proved at `{revision}` is not proved any more: {rules}"),
            place: self.place,
            function: self.function,
            label: label.to_owned(),
            witness: Vec::new(),
            also: Vec::new(),
            note: format!(
                "a change that takes away a proof takes away what kept the log safe{said}"
            ),
            help: help.to_owned(),
            fingerprint: hash(&format!("{}|{}", LOST_PROOF.id, self.fingerprint)),
            silence: None,
            lost_proof: true,
            lost_evidence,
        }
    }
}

/// `: the evidence stood at src/log.rs:41 …`, with the old lines.
pub(super) fn evidence(places: &[Place], sources: &Sources, revision: &str) -> String {
    let mut lines = BTreeSet::new();
    let mut said: Vec<String> = Vec::new();
    for place in places {
        let file = sources.file(place.file);
        let line = file.line(place.span.start);
        if !lines.insert((place.file, line)) {
            continue;
        }
        if said.len() < MAX_NAMED {
            said.push(format!("{}:{line} `{}`", file.name, file.short_line(line)));
        }
    }
    match (said.is_empty(), lines.len() - said.len()) {
        (true, _) => String::new(),
        (_, 0) => format!(": the evidence stood at {}", said.join(" and ")),
        (_, more) => format!(
            ": the evidence stood at {} and {more} more places of `{revision}`",
            said.join(", ")
        ),
    }
}
