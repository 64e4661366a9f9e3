//! Only committed entries reach the state machine, and each of them once.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// State Machine Safety: what is not committed can still be replaced by another leader's entry; a
/// server that has applied it has done what no other server does.
pub(super) static RULE: Rule = Rule {
    id: "apply-committed",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "entries reach the state machine only up to commitIndex, each once",
    within: &[],
    requires: &[
        Requirement { effect: Effect::Apply, any_of: &[Fact::EntryIsCommitted], exclusive: &[] },
        Requirement { effect: Effect::Apply, any_of: &[Fact::AppliedMoves], exclusive: &[] },
    ],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "an entry is applied to the state machine without comparing its index with commitIndex",
    near_misses: &[
        NearMiss {
            fact: Fact::AppliedWhenAppended,
            level: None,
            message: "an entry is applied to the state machine when it is added to the log, before it is known to be committed",
            seen: "applies the newest entry",
            missing: "applies an entry that can still be replaced",
        },
        NearMiss {
            fact: Fact::AppliedToTheEnd,
            level: None,
            message: "the entries of the log are applied to the state machine up to its end, not up to commitIndex",
            seen: "applies the log up to its end",
            missing: "applies entries beyond commitIndex",
        },
        NearMiss {
            fact: Fact::AppliedOneTooFar,
            level: None,
            message: "the entry behind lastApplied is applied although lastApplied may already equal commitIndex: that entry is not committed",
            seen: "lastApplied may equal commitIndex",
            missing: "applies one entry more than is committed",
        },
        NearMiss {
            fact: Fact::AppliedAtCommit,
            level: None,
            message: "the entry at commitIndex is applied while lastApplied counts up by one: if commitIndex moves by more, entries are left out and one is applied again",
            seen: "lastApplied counts up by one",
            missing: "applies the entry at commitIndex instead of the one behind lastApplied",
        },
        NearMiss {
            fact: Fact::AppliedJumps,
            level: None,
            message: "one entry is applied while lastApplied jumps to commitIndex: the entries between them are left out",
            seen: "lastApplied jumps to commitIndex",
            missing: "applies one entry of all that are committed",
        },
        NearMiss {
            fact: Fact::AppliedStands,
            level: None,
            message: "entries behind lastApplied are applied and lastApplied never gets a new value: they are applied again each time",
            seen: "lastApplied stays as it is",
            missing: "applies entries without moving lastApplied",
        },
    ],
    missing: "applies the entry without asking whether it is committed",
    note: "State Machine Safety is lost: servers apply different commands at the same index (Raft paper, section 5.4.3 and Figure 3)",
    help: "apply the entry behind lastApplied and move lastApplied to it, one after the other, while lastApplied is less than commitIndex",
    page: include_str!("apply_committed.md"),
};
