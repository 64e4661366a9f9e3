//! What can be said of a leader and a follower.

/// A condition; the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Condition {
    /// What was committed or acknowledged is gone or differs.
    LostEntries,
    /// Snapshots are installed again and again.
    SnapshotLoop,
    /// The leader probes again and again without progress.
    Stuck,
    /// Leaders alternate, so that no walk ends.
    Flapping,
    /// The two logs split several terms ago.
    Divergence,
    /// The leader does not have what the follower needs any more.
    Compaction,
    /// The follower is merely short.
    Lag,
    /// Nothing that asks for anything.
    Healthy,
}

/// How much a condition asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing.
    Ok,
    /// Knowing: it ends by itself.
    Note,
    /// Looking: it may end by itself.
    Warning,
    /// Acting: it does not end, or not in time, or data is in danger.
    Error,
}

impl Severity {
    /// As it is written.
    pub fn id(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl Condition {
    /// All of them, the worst first.
    pub const ALL: [Condition; 8] = [
        Condition::LostEntries,
        Condition::SnapshotLoop,
        Condition::Stuck,
        Condition::Flapping,
        Condition::Divergence,
        Condition::Compaction,
        Condition::Lag,
        Condition::Healthy,
    ];

    /// Its word for programs, and its page's name: `raft-lint explain divergence`.
    pub fn id(self) -> &'static str {
        match self {
            Condition::LostEntries => "lost-entries",
            Condition::SnapshotLoop => "snapshot-loop",
            Condition::Stuck => "stuck",
            Condition::Flapping => "flapping",
            Condition::Divergence => "divergence",
            Condition::Compaction => "compaction",
            Condition::Lag => "lag",
            Condition::Healthy => "healthy",
        }
    }

    /// The one with this word.
    pub fn find(id: &str) -> Option<Condition> {
        Condition::ALL.into_iter().find(|condition| condition.id() == id)
    }

    /// What it is, in one line.
    pub fn summary(self) -> &'static str {
        match self {
            Condition::LostEntries => {
                "entries that were acknowledged or committed are gone, or differ"
            }
            Condition::SnapshotLoop => {
                "a follower is sent one snapshot after the other, and does not get on"
            }
            Condition::Stuck => "the leader probes a follower again and again, and gets nowhere",
            Condition::Flapping => {
                "leaders alternate in rising terms, so that no walk comes to its end"
            }
            Condition::Divergence => {
                "the follower's log split from the leader's several terms ago, and is walked back step by step"
            }
            Condition::Compaction => {
                "the leader no longer has the entries that the follower needs, and sends a snapshot"
            }
            Condition::Lag => "the follower is short: it lacks entries, and none differs",
            Condition::Healthy => "nothing in these lines asks for anything",
        }
    }

    /// Its documentation.
    pub fn page(self) -> &'static str {
        match self {
            Condition::LostEntries => include_str!("condition/lost_entries.md"),
            Condition::SnapshotLoop => include_str!("condition/snapshot_loop.md"),
            Condition::Stuck => include_str!("condition/stuck.md"),
            Condition::Flapping => include_str!("condition/flapping.md"),
            Condition::Divergence => include_str!("condition/divergence.md"),
            Condition::Compaction => include_str!("condition/compaction.md"),
            Condition::Lag => include_str!("condition/lag.md"),
            Condition::Healthy => include_str!("condition/healthy.md"),
        }
    }

    /// As a report calls it.
    pub fn title(self) -> &'static str {
        match self {
            Condition::LostEntries => "entries lost",
            Condition::SnapshotLoop => "snapshot loop",
            Condition::Stuck => "stuck",
            Condition::Flapping => "flapping leaders",
            Condition::Divergence => "diverged",
            Condition::Compaction => "behind compaction",
            Condition::Lag => "lagging",
            Condition::Healthy => "healthy",
        }
    }

    /// How much it asks for.
    pub fn severity(self) -> Severity {
        match self {
            Condition::LostEntries
            | Condition::SnapshotLoop
            | Condition::Stuck
            | Condition::Divergence => Severity::Error,
            Condition::Flapping => Severity::Warning,
            Condition::Compaction | Condition::Lag => Severity::Note,
            Condition::Healthy => Severity::Ok,
        }
    }
}
