//! currentTerm never decreases, and votedFor is cleared only when it rises.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A server votes once in each term. It forgets that it did if it goes back to an earlier term, or
/// if it clears its vote while it stays in the term.
pub(super) static RULE: Rule = Rule {
    id: "term-monotonic",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "currentTerm never decreases, and votedFor is cleared only when it rises",
    within: &[],
    requires: &[
        Requirement {
            effect: Effect::TermChange,
            any_of: &[Fact::TermNotStale, Fact::TermNotLowered],
            exclusive: &[],
        },
        Requirement {
            effect: Effect::VoteClear,
            any_of: &[Fact::TermRises, Fact::IsCandidate, Fact::LeftAlone, Fact::LeaderNeverVotes],
            exclusive: &[],
        },
    ],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &["stale-term"],
    message: "currentTerm is set to a term that can be lower",
    near_misses: &[
        NearMiss {
            fact: Fact::ClearsAsLeader,
            level: None,
            message: "votedFor is cleared when the node becomes leader: as leader it can vote for another candidate of the same term",
            seen: "the vote is cleared here",
            missing: "clears the vote that the new leader gave itself in this term",
        },
        NearMiss {
            fact: Fact::ClearsVote,
            level: None,
            message: "votedFor is cleared although the term may stay the same: the vote that was given in it is forgotten",
            seen: "the vote is cleared here",
            missing: "clears the vote on a path on which the term may stay the same",
        },
    ],
    missing: "stores a term that can be lower",
    note: "Election Safety is lost: a server that forgets its vote of a term can vote a second time in it (Raft paper, section 5.2 and Figure 2)",
    help: "write the term, and clear votedFor with it, only where the new term is higher than {current_term}",
    page: include_str!("term_monotonic.md"),
};
