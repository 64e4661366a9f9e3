//! A follower commits no further than its log is known to go.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, Requirement, Rule, Scope};

/// leaderCommit speaks of the leader's log. The follower's own may end before it, or hold entries
/// there that the leader has not compared yet.
pub(super) static RULE: Rule = Rule {
    id: "commit-clamp",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a follower takes leaderCommit over only up to an index that its log is known to hold",
    within: &[],
    requires: &[Requirement {
        effect: Effect::FollowerCommit,
        any_of: &[Fact::CommitWithinLog, Fact::CommitCappedBySender],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "the follower's commitIndex is set to leaderCommit without a limit: it can point past the entries that this log shares with the leader's",
    near_misses: &[],
    missing: "takes leaderCommit over without a limit",
    note: "State Machine Safety is lost: the follower applies entries that the leader has not committed, or finds none to apply (Raft paper, section 5.3 and Figure 2)",
    help: "limit the value: the smaller of leaderCommit and the index of the last entry that this request has checked or brought ({prev_index} plus the number of entries)",
    page: include_str!("commit_clamp.md"),
};
