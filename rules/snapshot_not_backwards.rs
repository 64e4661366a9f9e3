//! A snapshot that is older than what the server has is not installed.

use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Expected, Group, Level, NearMiss, Requirement, Rule, Scope};

/// A snapshot is on its way for long, and may arrive late or twice. Installed over a newer state
/// it takes committed entries back.
pub(super) static RULE: Rule = Rule {
    id: "snapshot-not-backwards",
    level: Level::Error,
    group: Group::Safety,
    since: "0.1.0",
    summary: "a received snapshot older than what is committed, applied or in a snapshot already is ignored",
    within: &[Message::InstallSnapshot],
    requires: &[Requirement {
        effect: Effect::SnapshotInstall,
        any_of: &[Fact::SnapshotNotOlder],
        exclusive: &[],
    }],
    scope: Scope::Handler,
    expected: Expected::Never,
    yields_to: &["commit-monotonic"],
    message: "a received snapshot is installed whether or not it is older than what is committed already",
    near_misses: &[NearMiss {
        fact: Fact::SnapshotOlder,
        level: None,
        message: "a received snapshot is installed although it was found not to be newer than what is committed already",
        seen: "the snapshot is not newer here",
        missing: "installs the snapshot although it is not newer",
    }],
    missing: "installs the snapshot, however old it is",
    note: "Leader Completeness is lost: a delayed snapshot takes the place of newer entries that this server has acknowledged and the leader has committed (Raft paper, section 7)",
    help: "before this, ignore a snapshot whose last index is not greater than {commit_index}",
    page: include_str!("snapshot_not_backwards.md"),
};
