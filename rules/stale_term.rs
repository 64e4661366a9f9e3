//! Requests of a lower term are refused before they change anything.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// The sender of a lower term has been deposed: what it asks for is decided already by servers that
/// have moved on, so nothing that it says may change the log, the commit index or the vote.
pub(super) static RULE: Rule = Rule {
    id: "stale-term",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a request of a lower term is refused before it changes anything",
    within: &[
        Message::AppendEntries,
        Message::Heartbeat,
        Message::RequestVote,
        Message::InstallSnapshot,
    ],
    requires: &[
        Requirement { effect: Effect::LogWrite, any_of: &[Fact::TermNotStale], exclusive: &[] },
        Requirement { effect: Effect::LogTruncate, any_of: &[Fact::TermNotStale], exclusive: &[] },
        Requirement {
            effect: Effect::FollowerCommit,
            any_of: &[Fact::TermNotStale],
            exclusive: &[],
        },
        Requirement {
            effect: Effect::SnapshotInstall,
            any_of: &[Fact::TermNotStale],
            exclusive: &[],
        },
        Requirement { effect: Effect::VoteRecord, any_of: &[Fact::TermNotStale], exclusive: &[] },
        Requirement { effect: Effect::VoteReply, any_of: &[Fact::TermNotStale], exclusive: &[] },
        Requirement {
            effect: Effect::VoteClear,
            any_of: &[Fact::TermNotStale, Fact::TermRises, Fact::IsCandidate, Fact::LeftAlone],
            exclusive: &[],
        },
        Requirement {
            effect: Effect::TermChange,
            any_of: &[Fact::TermNotStale, Fact::TermNotLowered],
            exclusive: &[],
        },
    ],
    scope: Scope::Handler,
    expected: Expected::OfVoters,
    yields_to: &[],
    message: "a request of a lower term changes the node's state: its term is not known to be at least the current term here",
    near_misses: &[
        NearMiss {
            fact: Fact::HandlesVote,
            level: Some(Level::Warning),
            message: "a vote request of a lower term is not refused before it has an effect",
            seen: "handles a vote request",
            missing: "goes on with a request whose term can be lower",
        },
        NearMiss {
            fact: Fact::HandlesSnapshot,
            level: Some(Level::Warning),
            message: "a snapshot of a leader of a lower term is not refused before it has an effect",
            seen: "handles a snapshot",
            missing: "goes on with a request whose term can be lower",
        },
    ],
    missing: "changes the state although the request's term can be lower",
    note: "a message of a lower term is of a leader or candidate that the others have left behind: a deposed leader can overwrite what a later one has committed (Leader Completeness), and a late candidate takes a vote that is not for its election (Raft paper, Figure 2, receiver step 1)",
    help: "before this, answer with {current_term} and return if the request's term is lower",
    page: include_str!("stale_term.md"),
};
