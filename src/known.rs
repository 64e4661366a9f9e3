//! What was known before this run: the findings' own silences beside, what a baseline and a revision
//! say about the run as a whole.

use std::collections::BTreeSet;

use crate::judge::identity::hash;
use crate::outcome::{Outcome, Status, Unfinished};
use crate::source::Place;

/// An obligation that is proved now and was not at the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gained {
    /// The obligation's fingerprint.
    pub fingerprint: String,
    /// Where its effect was, in a file of the revision, and how it stood; nothing if it is new.
    pub before: Option<(Place, &'static str)>,
}

/// What a comparison with an earlier state found out beside the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The revision that was compared with, as the user named it.
    pub revision: Option<String>,
    /// What was as undecided before, by [`undecided`].
    pub undecided: BTreeSet<String>,
    /// Proofs of the revision that are gone together with their effects.
    pub gone: usize,
    /// Proofs that the revision does not have, in the order of their places.
    pub gained: Vec<Gained>,
    /// Entries of the baseline that are fixed.
    pub fixed: usize,
}

impl Known {
    /// How much of what is undecided was so before.
    pub fn count_undecided(&self, outcome: &Outcome) -> usize {
        undecided(outcome).iter().filter(|identity| self.undecided.contains(*identity)).count()
    }
}

/// The identities of what a run could not decide: obligations and functions.
pub fn undecided(outcome: &Outcome) -> Vec<String> {
    let open = outcome.obligations.iter().filter(|o| matches!(o.status, Status::Undecided));
    let functions = outcome.exhausted.iter().map(unfinished);
    open.map(|o| o.fingerprint.clone()).chain(functions).collect()
}

/// The identity of a function whose analysis stopped at its bound.
pub fn unfinished(unfinished: &Unfinished) -> String {
    hash(&["unfinished", &unfinished.package, &unfinished.function].join("\0"))
}
