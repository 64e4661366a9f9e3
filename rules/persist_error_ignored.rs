//! A write of the term, the vote or the log that fails is noticed.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A server that goes on after a failed write promises what it will not remember.
pub(super) static RULE: Rule = Rule {
    id: "persist-error-ignored",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "the failure of a write of the term, the vote or the log is not dropped",
    within: &[],
    requires: &[Requirement {
        effect: Effect::StateWrite,
        any_of: &[Fact::WriteResultUsed],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "the outcome of a write of the term, the vote or the log is dropped: the server goes on as if it had been saved",
    near_misses: &[
        NearMiss {
            fact: Fact::WriteNotAwaited,
            level: None,
            message: "a write of the term, the vote or the log is never awaited: its future is dropped and nothing is saved",
            seen: "makes a future that nobody awaits",
            missing: "drops the future, which then never runs",
        },
        NearMiss {
            fact: Fact::WriteErrorLogged,
            level: None,
            message: "the failure of a write of the term, the vote or the log changes nothing: the server goes on as if it had been saved",
            seen: "goes on from here although the write failed",
            missing: "writes the state; a failure stops nothing",
        },
    ],
    missing: "drops the outcome of the write",
    note: "Election Safety and Leader Completeness are lost after a restart: the server has answered with a vote or with entries that it has forgotten (Raft paper, section 5.1 and Figure 2, persistent state)",
    help: "pass the failure on with `?`, behind `.await` if the write is async, so that no reply is sent; or stop the server",
    page: include_str!("persist_error_ignored.md"),
};
