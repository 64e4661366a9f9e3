//! matchIndex is what a follower has acknowledged, not where a log ends at present.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// What is committed is counted from matchIndex: it must not run ahead of what a follower holds.
pub(super) static RULE: Rule = Rule {
    id: "match-monotonic",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "matchIndex is taken from what was sent and acknowledged, not from where a log ends at present, and only grows, with nextIndex above it",
    within: &[Message::AppendReply, Message::AppendEntries],
    requires: &[
        Requirement {
            effect: Effect::MatchMove,
            any_of: &[Fact::MatchFromExchange],
            exclusive: &[],
        },
        Requirement { effect: Effect::MatchMove, any_of: &[Fact::MatchNotLowered], exclusive: &[] },
        Requirement { effect: Effect::NextMove, any_of: &[Fact::MatchNotLowered], exclusive: &[] },
        Requirement {
            effect: Effect::Acknowledge,
            any_of: &[Fact::AckedAsChecked],
            exclusive: &[],
        },
    ],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &["append-prev-check"],
    message: "matchIndex is set to the end of the leader's log at present: entries that came after the request was sent are counted as replicated",
    near_misses: &[
        NearMiss {
            fact: Fact::AckIsOwnEnd,
            level: None,
            message: "the follower acknowledges the end of its own log: entries that this request has not checked, and that the leader may not have, are counted as replicated",
            seen: "the index is where the follower's log ends",
            missing: "takes the end of the log for what was checked",
        },
        NearMiss {
            fact: Fact::MatchTakenAsIs,
            level: Some(Level::Advice),
            message: "what a reply acknowledges is taken as it is, and matchIndex or nextIndex may go back: a reply that comes late acknowledges less than a later one did",
            seen: "the new value is taken from the reply as it is",
            missing: "does not compare it with what is there",
        },
    ],
    missing: "takes the end of the log for what was acknowledged",
    note: "what a majority of the match indexes reach is committed: one that is too high loses committed entries with the next leader (Leader Completeness; Raft paper, sections 5.3 and 5.4), one that falls back sends entries again and delays the commit",
    help: "take the index of the last entry that the request carried (prevLogIndex plus the number of its entries), from the request or from the reply, instead of the end of {log}, and let matchIndex, with nextIndex above it, only grow to it",
    page: include_str!("match_monotonic.md"),
};
