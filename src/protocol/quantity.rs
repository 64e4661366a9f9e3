//! The values of the protocol that a help text speaks of.

use serde::{Deserialize, Serialize};

/// A value of the protocol that a help text names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Quantity {
    /// prevLogIndex of the request.
    PrevIndex,
    /// prevLogTerm of the request.
    PrevTerm,
    /// The candidate's last log term and index.
    CandidateLast,
    /// The term and index of the voter's last entry.
    OwnLast,
    /// The node's current term.
    CurrentTerm,
    /// The node's log.
    Log,
    /// What commitIndex is advanced to.
    NewCommit,
    /// The node's commit index.
    CommitIndex,
}

impl Quantity {
    /// Every quantity.
    pub const ALL: [Quantity; 8] = [
        Quantity::PrevIndex,
        Quantity::PrevTerm,
        Quantity::CandidateLast,
        Quantity::OwnLast,
        Quantity::CurrentTerm,
        Quantity::Log,
        Quantity::NewCommit,
        Quantity::CommitIndex,
    ];

    /// The hole in a help text that it fills.
    pub fn hole(self) -> &'static str {
        match self {
            Quantity::PrevIndex => "{prev_index}",
            Quantity::PrevTerm => "{prev_term}",
            Quantity::CandidateLast => "{cand_last}",
            Quantity::OwnLast => "{own_last}",
            Quantity::CurrentTerm => "{current_term}",
            Quantity::Log => "{log}",
            Quantity::NewCommit => "{new_commit}",
            Quantity::CommitIndex => "{commit_index}",
        }
    }

    /// What it is called where the checked code has no name for it.
    pub fn title(self) -> &'static str {
        match self {
            Quantity::PrevIndex => "prevLogIndex",
            Quantity::PrevTerm => "prevLogTerm",
            Quantity::CandidateLast => "the pair of the candidate's last log term and index",
            Quantity::OwnLast => "the term and index of the voter's last entry",
            Quantity::CurrentTerm => "the current term",
            Quantity::Log => "the log",
            Quantity::NewCommit => "the new commitIndex",
            Quantity::CommitIndex => "commitIndex",
        }
    }
}
