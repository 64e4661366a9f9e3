//! A follower changes its log only after comparing prevLogTerm with its own entry's term.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Log Matching: two logs that agree on the entry at an index agree on everything before it.
/// AppendEntries keeps that by induction, and the induction step is this comparison.
pub(super) static RULE: Rule = Rule {
    id: "append-prev-check",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a follower's log changes only after the term at prevLogIndex was compared with prevLogTerm",
    within: &[Message::AppendEntries],
    requires: &[
        Requirement {
            effect: Effect::LogWrite,
            any_of: &[
                Fact::PrevTermMatches,
                Fact::PrevIsOrigin,
                Fact::PrevIsCommitted,
                Fact::EntryIsSnapshot,
                Fact::NoEntries,
            ],
            exclusive: &[],
        },
        // Where the logs were found to differ entries may go, whatever the answer to the leader is.
        Requirement {
            effect: Effect::LogTruncate,
            any_of: &[
                Fact::PrevTermMatches,
                Fact::ConflictAtPrevRemoved,
                Fact::PrevTermDiffers,
                Fact::PrevIsOrigin,
                Fact::PrevIsCommitted,
                Fact::EntryIsSnapshot,
                Fact::NoEntries,
            ],
            exclusive: &[Fact::ConflictAtPrevRemoved, Fact::PrevTermDiffers],
        },
    ],
    scope: Scope::Handler,
    expected: Expected::OfVoters,
    yields_to: &[],
    message: "the log is changed without comparing prevLogTerm with the term of the local entry at prevLogIndex",
    near_misses: &[
        NearMiss {
            fact: Fact::WrongTermCompared,
            level: None,
            message: "the log is changed after comparing the wrong term: prevLogTerm has to equal the term of the local entry at prevLogIndex",
            seen: "compares the wrong term",
            missing: "reaches the log after comparing the wrong term",
        },
        NearMiss {
            fact: Fact::PrevTermMatchesElsewhere,
            level: None,
            message: "the log is changed after comparing prevLogTerm with another entry's term: it has to equal the term of the local entry at prevLogIndex",
            seen: "compares prevLogTerm with another entry's term",
            missing: "reaches the log after comparing prevLogTerm with another entry's term",
        },
        NearMiss {
            fact: Fact::PrevTermDiffers,
            level: None,
            message: "the log is changed although prevLogTerm differs from the term of the local entry at prevLogIndex",
            seen: "prevLogTerm differs here",
            missing: "reaches the log although prevLogTerm differs",
        },
        NearMiss {
            fact: Fact::PrevIndexCompared,
            level: None,
            message: "the log is changed after a check of prevLogIndex alone: on this path the term of the local entry at prevLogIndex is not compared with prevLogTerm",
            seen: "checks prevLogIndex alone",
            missing: "reaches the log after a check of prevLogIndex alone",
        },
    ],
    missing: "reaches the log without comparing prevLogTerm",
    note: "Log Matching is lost: entries are accepted behind a prefix that differs from the leader's, and the logs diverge silently (Raft paper, section 5.3)",
    help: "before this, return a refusal unless {log} has an entry at {prev_index} whose term equals {prev_term}; only the first entry of a log has none before it to compare",
    page: include_str!("append_prev_check.md"),
};
