//! A follower takes off its log only what conflicts with the request.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Messages come late and twice. What a later one has added, and the leader has counted, is not in an
/// earlier one: only a conflict says that an entry is not the leader's.
pub(super) static RULE: Rule = Rule {
    id: "append-conflict-only-truncate",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a follower removes entries only from the first one on whose term differs from that of the request's entry",
    within: &[Message::AppendEntries],
    requires: &[Requirement {
        effect: Effect::SuffixRemoval,
        any_of: &[
            Fact::EntryConflicts,
            Fact::NothingFollows,
            Fact::RestIsNew,
            Fact::PrevConflicts,
            Fact::EntryIsSnapshot,
        ],
        exclusive: &[],
    }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &[],
    message: "entries are removed from the log on a path that has found none of them to conflict with the request",
    near_misses: &[NearMiss {
        fact: Fact::EntryTermIsNotCurrent,
        level: None,
        message: "entries are removed from the log because their term is not the current one: only an entry whose term differs from that of the request's entry conflicts",
        seen: "compares the entry's term with the current term",
        missing: "removes entries that are only older than the current term",
    }],
    missing: "removes entries that may be the leader's own",
    note: "Leader Completeness is lost: a delayed AppendEntries takes off entries that this follower has acknowledged and the leader has counted as committed (Raft paper, section 5.3)",
    help: "keep the entries of {log} whose term equals that of the request's entry for the same index, and remove only from the first one on that differs",
    page: include_str!("append_conflict_only_truncate.md"),
};
