//! async-raft, the crate that openraft grew out of; it is not developed any more.
//!
//! All of it is at trace level. Leader and follower stand in the span of the replication task, `main{id=1 target=4 …}`. A
//! conflict has what the follower suggests, and neither the refused index nor a term of it.

use super::field::Field;
use super::{BackOff, Format, Keys, Pattern};
use crate::logs::event::{EventKind, Side};

/// The span of the task that replicates to one follower.
const TASK: Keys = &[("id", Field::Leader), ("target", Field::Follower)];

pub(super) static FORMAT: Format = Format {
    id: "async-raft",
    system: "async-raft (Rust)",
    title: "async-raft 0.6",
    visible: "async-raft prints all of it at trace level only (`RUST_LOG=async_raft=trace`), and no terms of the follower's \
               entries: silence above that is not health",
    back_off: BackOff::LastIndexHint,
    harmless: &[],
    source: "github.com/async-raft/async-raft: async-raft/src/replication/mod.rs, async-raft/src/core",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "handling conflict opt",
            text: "append entries failed, handling conflict opt \
                   conflict=ConflictOpt {{ term: {hint_term}, index: {hint_index} }}",
            before: TASK,
            after: &[("res.term", Field::LeaderTerm)],
            example: "2026-03-04T10:11:12.345678Z TRACE main{id=1 target=4 cluster=demo}:send_append_entries: \
                      async_raft::replication: append entries failed, handling conflict opt \
                      conflict=ConflictOpt { term: 11, index: 400050 } res.term=12",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "matched",
            kind: EventKind::CaughtUp,
            literal: "append entries succeeded",
            text: "append entries succeeded",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z TRACE main{id=1 target=4 cluster=demo}:send_append_entries: \
                      async_raft::replication: append entries succeeded",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-needed",
            kind: EventKind::SnapshotNeeded,
            literal: "replication: snapshot needed",
            text: "async_raft::replication: snapshot needed",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z TRACE main{id=1 target=4 cluster=demo}:needs_snapshot: \
                      async_raft::replication: snapshot needed",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down",
            kind: EventKind::ElectionStarted,
            literal: "failed, reverting to follower",
            text: "append entries failed, reverting to follower res.term={#}",
            before: &[("id", Field::Leader)],
            example: "2026-03-04T10:11:12.345678Z TRACE main{id=1 target=4 cluster=demo}:send_append_entries: \
                      async_raft::replication: append entries failed, reverting to follower res.term=13",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed",
            kind: EventKind::SendFailed,
            literal: "AppendEntries RPC to target",
            text: "sending AppendEntries RPC to target",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z ERROR main{id=1 target=4 cluster=demo}:send_append_entries: \
                      async_raft::replication: error sending AppendEntries RPC to target error=connection refused",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-failed",
            kind: EventKind::SnapshotFailed,
            literal: "InstallSnapshot RPC to target",
            text: "sending InstallSnapshot RPC to target",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z ERROR main{id=1 target=4 cluster=demo}:stream_snapshot: \
                      async_raft::replication: timeout while sending InstallSnapshot RPC to target error=deadline has elapsed",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            side: Side::Leader,
            literal: "transitioning to leader state",
            text: "transitioning to leader state as minimum number of votes have been received",
            before: &[("id", Field::Leader)],
            example: "2026-03-04T10:11:12.345678Z TRACE main{id=1 cluster=demo}:run{id=1 raft_state=\"candidate\"}: \
                      async_raft::core::vote: transitioning to leader state as minimum number of votes have been received",
            ..Pattern::PLAIN
        },
    ],
};
