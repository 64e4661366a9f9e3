//! matchIndex is what a follower has acknowledged, not where a log ends at present.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, Requirement, Rule, Scope};

/// What is committed is counted from matchIndex: it must not run ahead of what a follower holds.
pub(super) static RULE: Rule = Rule {
    id: "match-monotonic",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "matchIndex is taken from what was sent and acknowledged, not from the leader's present log end",
    within: &[Message::AppendReply],
    requires: &[Requirement {
        effect: Effect::MatchMove,
        any_of: &[Fact::MatchFromExchange],
        exclusive: &[],
    }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "matchIndex is set to the end of the leader's log at present: entries that came after the request was sent are counted as replicated",
    near_misses: &[],
    missing: "takes the end of the log for what was acknowledged",
    note: "Leader Completeness is lost: entries are committed that no majority holds, and the next leader may lack them (Raft paper, sections 5.3 and 5.4)",
    help: "take the index of the last entry that the request carried (prevLogIndex plus the number of its entries), from the request or from the reply, instead of the end of {log}",
    page: include_str!("match_monotonic.md"),
};
