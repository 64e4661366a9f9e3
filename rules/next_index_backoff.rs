//! After a rejection the leader finds the follower's log end in fewer steps than one per entry, and
//! does not walk past the start of the log.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// One entry per round trip is right, and too slow for a follower that was away for long.
pub(super) static RULE: Rule = Rule {
    id: "next-index-backoff",
    level: Level::Advice,
    group: Group::Operations,
    since: "0.1.0",
    summary: "after a rejection nextIndex is lowered by more than one entry per round trip, and not below the first index",
    within: &[Message::AppendReply],
    requires: &[
        Requirement {
            effect: Effect::NextBackOff,
            any_of: &[Fact::NextFromHint, Fact::NextJumps, Fact::SnapshotFallback],
            exclusive: &[],
        },
        Requirement { effect: Effect::NextFloor, any_of: &[Fact::NextBounded], exclusive: &[] },
    ],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "each rejection lowers nextIndex by one entry: a follower that lacks many entries costs a round trip for each of them",
    near_misses: &[
        NearMiss {
            fact: Fact::NextStepsUnbounded,
            level: None,
            message: "each rejection lowers nextIndex by one entry, and nothing keeps it from falling below the first index",
            seen: "nextIndex is not compared with anything",
            missing: "lowers nextIndex by one, however low it is, and asks again",
        },
        NearMiss {
            fact: Fact::NextUnbounded,
            level: None,
            message: "nothing keeps nextIndex from falling below the first index when a rejection lowers it",
            seen: "nextIndex is not compared with anything",
            missing: "lowers nextIndex, however low it is",
        },
        NearMiss {
            fact: Fact::NextEchoed,
            level: None,
            message: "the new nextIndex is the prevLogIndex that was refused: that is one entry less for each rejection, and a follower that lacks many entries costs a round trip for each of them",
            seen: "this is what the request had as prevLogIndex",
            missing: "goes back to the prevLogIndex of the request and asks again",
        },
    ],
    missing: "lowers nextIndex by one and asks again",
    note: "no entry is lost, but a follower that was away for long, or has a long tail of another history, is probed entry by entry (Raft paper, section 5.3, at the end); a rejection may also come late or twice, and moves nextIndex again",
    help: "let the follower say in its refusal where its log ends, or which term conflicts and where that begins, and continue there, but not below matchIndex + 1; or send a snapshot once it lags too far behind",
    page: include_str!("next_index_backoff.md"),
};
