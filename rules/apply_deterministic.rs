//! The state machine does the same on every server.

use crate::protocol::{Effect, Fact};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// Replicas stay equal only if each entry does to each of them the same: what it does may depend on
/// the entry and on the state alone.
pub(super) static RULE: Rule = Rule {
    id: "apply-deterministic",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "code that applies entries reads no clock, random number, process state or hash map order",
    within: &[],
    requires: &[Requirement {
        effect: Effect::UnstableRead,
        any_of: &[Fact::NothingUnstable],
        exclusive: &[],
    }],
    scope: Scope::Place,
    expected: Expected::Never,
    yields_to: &[],
    message: "an entry is applied with a value that differs from server to server",
    near_misses: &[
        NearMiss {
            fact: Fact::ReadsClock,
            level: None,
            message: "an entry is applied with the time of this server's clock: each server applies it at another time",
            seen: "reads the clock",
            missing: "reads the clock where an entry is applied",
        },
        NearMiss {
            fact: Fact::ReadsRandom,
            level: None,
            message: "an entry is applied with a random value: each server makes another one",
            seen: "makes a random value",
            missing: "makes a random value where an entry is applied",
        },
        NearMiss {
            fact: Fact::ReadsIdentity,
            level: None,
            message: "an entry is applied with a value of this process (its id, a thread or the environment), which no other server has",
            seen: "reads what belongs to the process",
            missing: "reads what belongs to the process where an entry is applied",
        },
        NearMiss {
            fact: Fact::ReadsHashOrder,
            level: None,
            message: "an entry is applied in the order of a hash map, which differs from process to process",
            seen: "goes over a hash map",
            missing: "takes over the order of a hash map where an entry is applied",
        },
    ],
    missing: "reads it where an entry is applied",
    note: "State Machine Safety is lost: servers that apply the same entries come to different states (Raft paper, section 2)",
    help: "let the leader put the value into the command before it is added to the log, so that every server reads it from the entry; where it is the order of a map, go over an ordered map, or sort first",
    page: include_str!("apply_deterministic.md"),
};
