//! A vote is given only after the candidate's log was compared with the voter's own.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Leader Completeness: a majority voted for the leader, a majority holds each committed entry, so
/// one voter has seen both, and its comparison keeps a candidate without the entry from winning.
pub(super) static RULE: Rule = Rule {
    id: "vote-log-freshness",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a vote is granted only after the candidate's last log term or index was compared with the voter's own",
    within: &[Message::RequestVote],
    requires: &[
        Requirement {
            effect: Effect::VoteRecord,
            any_of: &[Fact::CandidateLogFresh, Fact::VotedForCandidate],
            exclusive: &[],
        },
        Requirement {
            effect: Effect::VoteReply,
            any_of: &[Fact::CandidateLogFresh, Fact::VotedForCandidate],
            exclusive: &[],
        },
    ],
    scope: Scope::Place,
    expected: Expected::OfVoters,
    yields_to: &[],
    message: "a vote is granted without comparing the candidate's last log term and index with the voter's own",
    near_misses: &[
        NearMiss {
            fact: Fact::CandidateLogStale,
            level: None,
            message: "a vote is granted to a candidate whose log was found older than the voter's own",
            seen: "the candidate's log is older here",
            missing: "grants the vote although the candidate's log is older",
        },
        NearMiss {
            fact: Fact::WrongTermCompared,
            level: None,
            message: "a vote is granted after comparing the candidate's current term with a log term: its last log term is not compared",
            seen: "compares the candidate's current term with a log term",
            missing: "grants the vote after comparing the candidate's current term with a log term",
        },
        NearMiss {
            fact: Fact::WrongLogCompared,
            level: None,
            message: "a vote is granted after comparing the candidate's log with something other than the voter's last entry",
            seen: "compares the candidate's log with something other than the voter's last entry",
            missing: "grants the vote after comparing the candidate's log with something else",
        },
    ],
    missing: "grants the vote without comparing the logs",
    note: "Leader Completeness is lost: a candidate that lacks committed entries can win the election and overwrite them (Raft paper, section 5.4.1)",
    help: "before this, refuse the vote unless {cand_last} is at least {own_last}, the terms compared first",
    page: include_str!("vote_log_freshness.md"),
};
