//! A candidate counts voters, not votes.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A granting reply may come twice: the network repeats it, or the candidate asks again and the voter
/// rightly grants the same vote again. A majority is one of servers.
pub(super) static RULE: Rule = Rule {
    id: "votes-distinct",
    level: Level::Warning,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a candidate counts each voter once, however often its granting reply arrives",
    within: &[],
    requires: &[Requirement {
        effect: Effect::VoterCount,
        any_of: &[Fact::VoterCountedOnce],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "a vote is counted without asking whether this voter was counted before",
    near_misses: &[
        NearMiss {
            fact: Fact::VoterListedAgain,
            level: None,
            message: "a voter is added to a list of votes without asking whether the list has it already",
            seen: "adds the voter to a list",
            missing: "counts a voter again if its reply arrives twice",
        },
        NearMiss {
            fact: Fact::VotesWithoutVoters,
            level: None,
            message: "granting replies are counted here, not the voters that they are from",
            seen: "counts a reply",
            missing: "counts a voter again if its reply arrives twice",
        },
    ],
    missing: "counts a voter again if its reply arrives twice",
    note: "Election Safety depends on replies that arrive once: a repeated granting reply, or a vote that is asked for again, lets a candidate win without a majority of the servers (Raft paper, sections 5.2 and 5.5)",
    help: "keep the ids of the servers that granted their vote in this term in a set, and hold the size of the set against a majority",
    page: include_str!("votes_distinct.md"),
};
