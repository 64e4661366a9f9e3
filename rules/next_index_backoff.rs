//! After a rejection the leader finds the follower's log end in fewer steps than one per entry.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, Requirement, Rule, Scope};

/// One entry per round trip is right, and too slow for a follower that was away for long.
pub(super) static RULE: Rule = Rule {
    id: "next-index-backoff",
    level: Level::Advice,
    group: Group::Operations,
    since: "0.1.0",
    summary: "after a rejection nextIndex is lowered by more than one entry per round trip",
    within: &[Message::AppendReply],
    requires: &[Requirement {
        effect: Effect::NextBackOff,
        any_of: &[Fact::NextFromHint, Fact::NextJumps, Fact::SnapshotFallback],
        exclusive: &[],
    }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "each rejection lowers nextIndex by one entry: a follower that lacks many entries costs a round trip for each of them",
    near_misses: &[],
    missing: "lowers nextIndex by one and asks again",
    note: "nothing is lost, but a follower that was away for long, or has a long tail of another history, is probed entry by entry (Raft paper, section 5.3, at the end)",
    help: "let the follower say in its refusal where its log ends, or which term conflicts and where that begins, and continue there; or send a snapshot once it lags too far behind",
    page: include_str!("next_index_backoff.md"),
};
