//! A leader commits by counting replicas only an entry of its current term.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Figure 8: an entry of an older term can be on a majority and still be overwritten by a later
/// leader. Only an entry of the leader's own term, once on a majority, makes that impossible.
pub(super) static RULE: Rule = Rule {
    id: "commit-current-term",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a leader advances commitIndex by counting replicas only to an entry of its current term",
    within: &[],
    requires: &[Requirement {
        effect: Effect::LeaderCommit,
        any_of: &[
            Fact::EntryTermIsCurrent,
            Fact::AckedEntryTermIsCurrent,
            Fact::IndexInOwnTerm,
            Fact::OwnEntryAppended,
            Fact::NothingToCommit,
        ],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::OfLeaders,
    yields_to: &[],
    message: "commitIndex is advanced from replica counts without checking that the entry is of the current term",
    near_misses: &[NearMiss {
        fact: Fact::TermCompared,
        level: None,
        message: "commitIndex is advanced from replica counts without checking that the entry is of the current term: a message's term says nothing about it",
        seen: "compares a message's term",
        missing: "advances commitIndex to an entry that can be of an earlier term",
    }],
    missing: "advances commitIndex without comparing the entry's term with the current term",
    note: "Leader Completeness is lost: an entry of an earlier term counts as committed and can still be overwritten by the next leader (Raft paper, section 5.4.2 and Figure 8)",
    help: "before this, go on only if the term of the entry of {log} at {new_commit} equals {current_term}; earlier entries are then committed with it",
    page: include_str!("commit_current_term.md"),
};
