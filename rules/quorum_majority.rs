//! Votes and replicas needed are a strict majority of the voters.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Any two majorities of the same voters share a server. Two halves don't, and then two leaders are
/// elected in one term, or an entry is committed that the next leader has never seen.
pub(super) static RULE: Rule = Rule {
    id: "quorum-majority",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "votes and replicas needed are a strict majority of the voters, this server counted once",
    within: &[],
    requires: &[Requirement {
        effect: Effect::MajorityTest,
        any_of: &[Fact::StrictMajority],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "fewer than a majority of the voters pass as one",
    near_misses: &[
        NearMiss {
            fact: Fact::TallyUnread,
            level: None,
            message: "votes or replicas are counted here, and the number is never compared with a majority of the voters",
            seen: "is counted here",
            missing: "is counted and compared with nothing",
        },
        NearMiss {
            fact: Fact::MedianOffByOne,
            level: None,
            message: "the position in the sorted match indexes is off: fewer than a majority of the voters have reached the index that is taken",
            seen: "takes this position",
            missing: "takes an index that fewer than a majority of the voters have reached",
        },
        NearMiss {
            fact: Fact::SelfLeftOut,
            level: None,
            message: "this server is in the count, but the number it is held against leaves it out of the voters: in some cluster sizes half of the voters pass as a majority",
            seen: "leaves this server out of the voters",
            missing: "counts this server, but not among the voters",
        },
        NearMiss {
            fact: Fact::HalfPasses,
            level: None,
            message: "half of the voters pass as a majority",
            seen: "is half of the voters",
            missing: "is reached by half of the voters",
        },
        NearMiss {
            fact: Fact::LessThanHalfPasses,
            level: None,
            message: "less than half of the voters pass as a majority",
            seen: "is less than half of the voters",
            missing: "is reached by less than half of the voters",
        },
    ],
    missing: "is reached by fewer than a majority of the voters",
    note: "Election Safety and Leader Completeness are lost: two groups that share no server can both decide, so two leaders win one term, or a committed entry is unknown to the next leader (Raft paper, sections 5.2 and 5.3)",
    help: "with `n` voters, this server among them and counted once, `n / 2 + 1` are needed (that is, `2 * count > n`); in the match indexes of all voters this is position `n / 2` from the highest, `(n - 1) / 2` from the lowest",
    page: include_str!("quorum_majority.md"),
};
