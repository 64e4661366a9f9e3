//! Replies to votes and appends are used only if they belong to the current term.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A vote counts for the term that it was asked for, and an acknowledged entry for the log of the
/// leadership that sent it: both may have changed while the reply was on its way.
pub(super) static RULE: Rule = Rule {
    id: "stale-reply",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a reply counts as a vote or moves a follower's progress only if it belongs to the current term",
    within: &[Message::AppendReply, Message::VoteReply],
    requires: &[
        Requirement {
            effect: Effect::VoteCount,
            any_of: &[Fact::TermNotStale, Fact::ReplyOfThisTerm],
            exclusive: &[],
        },
        Requirement {
            effect: Effect::MatchMove,
            any_of: &[Fact::TermNotStale, Fact::ReplyOfThisTerm],
            exclusive: &[],
        },
    ],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "the reply is used without comparing its term with the current term: it may answer a request of an older term",
    near_misses: &[NearMiss {
        fact: Fact::TermNotHigher,
        level: None,
        message: "the reply is used although its term may be lower than the current term: only a higher term is ruled out",
        seen: "looks for a higher term only",
        missing: "uses a reply whose term may be lower",
    }],
    missing: "uses the reply without comparing its term",
    note: "a delayed vote of an older term elects a second leader (Election Safety), and a delayed success of an older term counts for entries that the follower no longer has (Leader Completeness) (Raft paper, sections 5.2 and 5.3)",
    help: "before this, return if the term of the reply, or of the request that it answers, is lower than {current_term}; compare with the value that it has now, not with one that was noted earlier",
    page: include_str!("stale_reply.md"),
};
