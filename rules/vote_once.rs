//! A voter votes for one candidate in a term, and remembers it.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Election Safety: two majorities of one term have a voter in common, and that voter has one vote.
pub(super) static RULE: Rule = Rule {
    id: "vote-once",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a vote is granted only if none was given in the term, or to the same candidate, and it is recorded",
    within: &[Message::RequestVote],
    requires: &[
        Requirement { effect: Effect::VoteRecord, any_of: &[Fact::VoteUnspent], exclusive: &[] },
        Requirement { effect: Effect::VoteReply, any_of: &[Fact::VoteUnspent], exclusive: &[] },
        Requirement { effect: Effect::VoteReply, any_of: &[Fact::VoteRecorded], exclusive: &[] },
    ],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "a vote is granted without asking whether another candidate has had the vote of this term",
    near_misses: &[
        NearMiss {
            fact: Fact::OtherVoteTested,
            level: None,
            message: "a vote is granted after a look at a stored vote that is never written: the one that is recorded is not asked",
            seen: "looks at a stored vote that is never written",
            missing: "grants the vote whatever the recorded one is",
        },
        NearMiss {
            fact: Fact::TermNotAdopted,
            level: None,
            message: "a vote is granted in a higher term that has not been adopted: every candidate of that term gets one",
            seen: "the request is of a higher term",
            missing: "grants the vote, and the term has not been adopted",
        },
        NearMiss {
            fact: Fact::VoteUnspent,
            level: None,
            message: "a vote is granted and not recorded: the next candidate of this term gets one, too",
            seen: "the vote of this term was not given yet",
            missing: "grants the vote without recording it",
        },
    ],
    missing: "grants the vote whatever votedFor is",
    note: "Election Safety is lost: a server that votes twice in a term can help two leaders into office (Raft paper, section 5.2)",
    help: "before this, adopt a higher term, refuse the vote unless votedFor is none or this candidate, and store the candidate in votedFor with the grant",
    page: include_str!("vote_once.md"),
};
