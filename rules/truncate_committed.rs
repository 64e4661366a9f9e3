//! A follower stops rather than take off its log what it knows to be committed.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, Requirement, Rule, Scope};

/// With the other rules kept no committed entry ever conflicts. This line is for the day on which one
/// of them is not: it turns a silent loss into a stop.
pub(super) static RULE: Rule = Rule {
    id: "truncate-committed",
    level: Level::Advice,
    group: Group::Operations,
    since: "0.1.0",
    summary: "a follower removes entries only after it has compared where it starts with commitIndex",
    within: &[Message::AppendEntries],
    requires: &[Requirement {
        effect: Effect::RemovalStart,
        any_of: &[Fact::AboveCommitted, Fact::NothingFollows, Fact::EntryIsSnapshot],
        exclusive: &[],
    }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &["append-conflict-only-truncate", "append-prev-check"],
    message: "entries are removed from the log without comparing where that starts with commitIndex",
    near_misses: &[],
    missing: "removes entries that may be committed",
    note: "with every other check in place a committed entry never conflicts; this one stops the server before State Machine Safety is lost by a fault elsewhere (Raft paper, section 5.4.3)",
    help: "before this, stop the server if the first entry that goes lies at or below {commit_index}",
    page: include_str!("truncate_committed.md"),
};
