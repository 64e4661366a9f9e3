//! The commit index never goes back.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// What is committed stays committed. A server that forgets it may answer a read with an older
/// state, apply entries a second time, or cut what it has promised to keep.
pub(super) static RULE: Rule = Rule {
    id: "commit-monotonic",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "commitIndex is never set to less than it is",
    within: &[],
    requires: &[Requirement {
        effect: Effect::CommitMove,
        any_of: &[Fact::CommitNotLower],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "commitIndex is set to a value that was not compared with it: it can go back",
    near_misses: &[
        NearMiss {
            fact: Fact::CommitComparedLoosely,
            level: None,
            message: "commitIndex is set to a value that may be less: the comparison with it does not rule that out",
            seen: "sets commitIndex here",
            missing: "sets commitIndex to what may be less",
        },
        NearMiss {
            fact: Fact::OtherCommitCompared,
            level: None,
            message: "commitIndex is set to another value than the one that was compared with it: it can go back",
            seen: "sets commitIndex here",
            missing: "sets commitIndex to what was not compared",
        },
    ],
    missing: "sets commitIndex without comparing the new value with the old one",
    note: "commitIndex only grows (Raft paper, Figure 2): one that goes back lets entries be applied twice, or committed entries be taken for uncommitted ones",
    help: "write {new_commit} only where it is greater than {commit_index}, or the greater of the two",
    page: include_str!("commit_monotonic.md"),
};
