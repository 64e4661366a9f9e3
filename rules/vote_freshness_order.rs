//! A candidate's last entry is compared with the voter's own as the paper does: the term first.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Leader Completeness: a later last term makes a log fresher whatever its length, and of two logs
/// with the same last term the longer one holds all that the other holds. Any other order lets a log
/// without committed entries win, or keeps the only fit candidate from winning.
pub(super) static RULE: Rule = Rule {
    id: "vote-freshness-order",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "the candidate's last entry is compared with the voter's own by term first, then by index",
    within: &[Message::RequestVote],
    requires: &[
        Requirement { effect: Effect::VoteRecord, any_of: &[Fact::GrantInOrder], exclusive: &[] },
        Requirement { effect: Effect::VoteReply, any_of: &[Fact::GrantInOrder], exclusive: &[] },
    ],
    scope: Scope::Comparison,
    expected: Expected::Never,
    yields_to: &["vote-log-freshness"],
    message: "a vote is granted to a candidate whose log can be older than the voter's own",
    near_misses: &[
        NearMiss {
            fact: Fact::IndexAloneCompared,
            level: None,
            message: "a vote is granted after comparing the last indexes alone: a longer log with an older last term passes",
            seen: "compares the last indexes alone",
            missing: "grants the vote whatever the last terms are",
        },
        NearMiss {
            fact: Fact::TermAloneCompared,
            level: None,
            message: "a vote is granted after comparing the last terms alone: a shorter log with the same last term passes",
            seen: "compares the last terms alone",
            missing: "grants the vote whatever the last indexes are",
        },
        NearMiss {
            fact: Fact::EitherCompared,
            level: None,
            message: "a vote is granted where the last term or the last index is not lower: one of them is enough, so an older log passes",
            seen: "asks for a last term or a last index that is not lower",
            missing: "grants the vote although the other one can be lower",
        },
        NearMiss {
            fact: Fact::IndexFirstCompared,
            level: None,
            message: "a vote is granted after comparing the last indexes before the last terms: a longer log with an older last term passes",
            seen: "compares the last indexes before the last terms",
            missing: "grants the vote to a longer log whatever its last term is",
        },
        NearMiss {
            fact: Fact::OlderLogPasses,
            level: None,
            message: "a vote is granted after comparing the logs in an order in which an older one passes",
            seen: "compares the logs last here",
            missing: "grants the vote to a log that can be older",
        },
        NearMiss {
            fact: Fact::ShorterLogRefused,
            level: Some(Level::Warning),
            message: "a vote is refused to a candidate with a later last term and a shorter log: with different last terms the indexes decide nothing",
            seen: "asks for an index that is not lower, too",
            missing: "grants no vote to a shorter log with a later last term",
        },
        NearMiss {
            fact: Fact::EqualLogRefused,
            level: Some(Level::Warning),
            message: "a vote is refused to a candidate whose log equals the voter's own: servers with equal logs elect nobody",
            seen: "refuses an equal log",
            missing: "grants no vote to an equal log",
        },
        NearMiss {
            fact: Fact::FreshLogRefused,
            level: Some(Level::Warning),
            message: "a vote is refused to a candidate whose log is as fresh as the voter's own",
            seen: "asks for more than a log that is as fresh",
            missing: "grants no vote to some log that is as fresh",
        },
    ],
    missing: "grants the vote without comparing the logs in the paper's order",
    note: "the log with the later last term is fresher; of two with the same last term the longer one is (Raft paper, section 5.4.1)",
    help: "grant the vote exactly where {cand_last} is at least {own_last}, the terms compared first and the indexes only where the terms are equal",
    page: include_str!("vote_freshness_order.md"),
};
