//! What may never be lost, looked at with each step.

use std::fmt;

use crate::log::{Entry, Log};
use crate::state::{Id, State};

/// A property that a step broke, with what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lost {
    /// Two servers lead one term.
    ElectionSafety { one: Id, other: Id },
    /// Two logs agree on an entry and not on one before it.
    LogMatching { one: Id, other: Id, index: u8 },
    /// A leader lacks what was committed in an older term.
    LeaderCompleteness { leader: Id, index: u8 },
    /// A server applies another command than was applied at this index before.
    StateMachineSafety { server: Id, index: u8, entry: Entry },
    /// A commit index goes back. The paper demands it in Figure 2, not among its five properties.
    CommitMonotonic { server: Id, from: u8, to: u8 },
    /// A leader answers a read without a command that was committed before. The paper's section 8.
    ReadFresh { server: Id, index: u8 },
    /// A server applies an entry again. As above.
    AppliedOnce { server: Id, index: u8 },
}

impl Lost {
    /// The property's name: the paper's, if it has one.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lost::ElectionSafety { .. } => "Election Safety",
            Lost::LogMatching { .. } => "Log Matching",
            Lost::LeaderCompleteness { .. } => "Leader Completeness",
            Lost::StateMachineSafety { .. } => "State Machine Safety",
            Lost::CommitMonotonic { .. } => "commitIndex never goes back",
            Lost::ReadFresh { .. } => "reads see what was committed before",
            Lost::AppliedOnce { .. } => "each entry is applied once",
        }
    }

    /// What is wrong in the state in which the property is lost.
    pub(crate) fn evidence(self, state: &State) -> String {
        match self {
            Lost::ElectionSafety { one, other } => {
                format!("{} and {} both lead term {}", S(one), S(other), state.server(one).term)
            }
            Lost::LogMatching { one, other, index } => {
                let logs = [one, other].map(|id| state.server(id).log);
                format!(
                    "{} holds {} and {} holds {}, which differ at index {index}",
                    S(one),
                    Held(&logs[0]),
                    S(other),
                    Held(&logs[1])
                )
            }
            Lost::LeaderCompleteness { leader, index } => {
                let chosen = state.chosen[usize::from(index) - 1];
                let Entry { term, .. } = chosen.entry;
                format!(
                    "{} leads term {} without `{index}:{term} {}`, which was committed in term {}",
                    S(leader),
                    state.server(leader).term,
                    chosen.entry.name(),
                    chosen.leader
                )
            }
            Lost::StateMachineSafety { server, index, entry } => {
                let first = state.chosen[usize::from(index) - 1].entry;
                let (server, own, first) = (S(server), entry.name(), first.name());
                format!(
                    "at index {index}, {server} applies `{own}` where `{first}` has been applied"
                )
            }
            Lost::CommitMonotonic { server, from, to } => {
                format!("the commit index of {} goes from {from} back to {to}", S(server))
            }
            Lost::ReadFresh { server, index } => {
                let missing = state.chosen[usize::from(index) - 1].entry.name();
                format!("{} answers without `{missing}`, which was committed before", S(server))
            }
            Lost::AppliedOnce { server, index } => {
                format!("{} applies index {index} again", S(server))
            }
        }
    }
}

/// A server's name.
pub(crate) struct S(pub(crate) Id);

impl fmt::Display for S {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}", self.0 + 1)
    }
}

/// A log with its snapshot, if it has one.
pub(crate) struct Held<'a>(pub(crate) &'a Log);

impl fmt::Display for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.base.index > 0 {
            write!(f, "a snapshot up to `{}` and ", self.0.base)?;
        }
        write!(f, "`{}`", self.0)
    }
}

/// Looks for another leader of the term, and for committed entries that a new leader lacks.
pub(crate) fn elected(state: &State, leader: Id) -> Option<Lost> {
    let new = state.server(leader);
    let rival = |id: &Id| {
        let other = state.server(*id);
        *id != leader && other.role == new.role && other.term == new.term
    };
    if let Some(one) = state.ids().find(rival) {
        return Some(Lost::ElectionSafety { one, other: leader });
    }
    let missing = (1..).zip(state.chosen).find(|(index, chosen)| {
        let committed = chosen.leader > 0 && chosen.leader < new.term;
        let held = new.log.base.index >= *index || new.log.entry(*index) == Some(chosen.entry);
        committed && !held
    });
    missing.map(|(index, _)| Lost::LeaderCompleteness { leader, index })
}

/// Compares a changed log with all others.
pub(crate) fn log_changed(state: &State, one: Id) -> Option<Lost> {
    let log = &state.server(one).log;
    state.ids().filter(|other| *other != one).find_map(|other| {
        let index = mismatch(log, &state.server(other).log)?;
        Some(Lost::LogMatching { one, other, index })
    })
}

/// An index at which two logs differ although they agree on an entry further on.
fn mismatch(one: &Log, other: &Log) -> Option<u8> {
    let both = |index: u8| one.term(index).zip(other.term(index));
    let shared = one.last().index.min(other.last().index);
    let agreed = (1..=shared).rev().find(|index| both(*index).is_some_and(|(a, b)| a == b))?;
    (1..=agreed).find(|index| {
        let commands = one.entry(*index).zip(other.entry(*index));
        both(*index).is_some_and(|(a, b)| a != b) || commands.is_some_and(|(a, b)| a != b)
    })
}
