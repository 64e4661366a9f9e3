//! hashicorp/raft, as Consul, Nomad and Vault run it, with hclog.
//!
//! The leader's line has the follower and the *new* nextIndex, but neither the refused index nor a term; the follower's line
//! of a mismatch has both terms, but neither index nor leader. Only both files together give a whole event. Keys are in
//! source order in hclog's text and sorted in its JSON.

use super::field::Field;
use super::{BackOff, Format, NO_ENTRY, Pattern};
use crate::logs::event::{EventKind, Side};

pub(super) static FORMAT: Format = Format {
    id: "hashicorp",
    system: "hashicorp/raft (Go)",
    title: "Consul, Nomad, Vault and others that run HashiCorp's raft package",
    visible: "hashicorp/raft prints rejections, truncations and snapshots at its usual levels, but no terms on the leader's \
               side: read the follower's file, too",
    back_off: BackOff::LastIndexHint,
    harmless: &[],
    source: "github.com/hashicorp/raft: replication.go, raft.go",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "appendEntries rejected",
            text: "appendEntries rejected, sending older logs",
            after: &[("peer", Field::Follower), ("next", Field::NextIndex)],
            example: "2026-03-04T10:11:12.345Z [WARN]  agent.server.raft: appendEntries rejected, sending older logs: \
                      peer=\"{Voter n4 10.0.0.4:8300}\" next=400050",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-mismatch",
            side: Side::Follower,
            literal: "previous log term mis-match",
            text: "previous log term mis-match",
            after: &[("ours", Field::FollowerEntryTerm), ("remote", Field::PrevLogTerm)],
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: previous log term mis-match: ours=11 remote=12",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-short",
            side: Side::Follower,
            literal: "failed to get previous log",
            text: "failed to get previous log",
            after: &[("previous-index", Field::Index), ("last-index", Field::FollowerIndex)],
            fixed: NO_ENTRY,
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: failed to get previous log: previous-index=400100 \
                      last-index=400050 error=\"log not found\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "suffix-truncated",
            kind: EventKind::SuffixTruncated,
            side: Side::Follower,
            literal: "clearing log suffix",
            text: "clearing log suffix",
            after: &[("from", Field::Index), ("to", Field::FollowerIndex)],
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: clearing log suffix: from=400051 to=400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "failed to append to logs",
            text: "failed to append to logs: error",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to append to logs: error=\"no space left on device\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed-to-clear",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "failed to clear log suffix",
            text: "failed to clear log suffix: error",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to clear log suffix: error=\"input/output error\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed-to-read",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "failed to get log entry",
            text: "failed to get log entry: ",
            after: &[("index", Field::Index)],
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: failed to get log entry: index=400100 error=\"log not found\"",
            ..Pattern::PLAIN
        },
        Pattern {
            // The leader's own log: it steps down.
            id: "storage-failed-leader",
            kind: EventKind::StorageFailed,
            literal: "failed to commit logs",
            text: "failed to commit logs: error",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to commit logs: error=\"no space left on device\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-needed",
            kind: EventKind::SnapshotNeeded,
            literal: "failed to get log",
            text: "failed to get log: ",
            after: &[("index", Field::Index)],
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to get log: index=399999 error=\"log not found\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent",
            kind: EventKind::SnapshotSent,
            literal: "installing snapshot on",
            text: "installing snapshot on",
            after: &[
                ("peer", Field::Follower),
                ("id", Field::SnapshotId),
                ("size", Field::SnapshotBytes),
            ],
            example: "2026-03-04T10:11:12.345Z [INFO]  raft: installing snapshot on: peer=n4 id=12-400000-1772619072345 \
                      size=1048576",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-rejected",
            kind: EventKind::SnapshotFailed,
            literal: "installSnapshot rejected",
            text: "installSnapshot rejected to",
            after: &[("peer", Field::Follower), ("id", Field::SnapshotId)],
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: installSnapshot rejected to: peer=n4 id=12-400000-1772619072345",
            ..Pattern::PLAIN
        },
        Pattern {
            // Its sender says "failed to install snapshot" before it, with the same error.
            id: "snapshot-failed",
            kind: EventKind::SnapshotFailed,
            literal: "failed to send snapshot to",
            text: "failed to send snapshot to",
            after: &[("peer", Field::Follower)],
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to send snapshot to: peer=\"{Voter n4 10.0.0.4:8300}\" \
                      error=\"connection reset by peer\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-not-received",
            kind: EventKind::SnapshotFailed,
            side: Side::Follower,
            literal: "failed to receive whole snapshot",
            text: "failed to receive whole snapshot",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to receive whole snapshot: received=\"512 / 1048576\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-not-restored",
            kind: EventKind::SnapshotFailed,
            side: Side::Follower,
            literal: "failed to restore snapshot",
            text: "failed to restore snapshot: error",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to restore snapshot: error=\"unexpected EOF\"",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-restored",
            kind: EventKind::SnapshotRestored,
            side: Side::Follower,
            literal: "Installed remote snapshot",
            text: "Installed remote snapshot",
            example: "2026-03-04T10:11:12.345Z [INFO]  raft: Installed remote snapshot",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed",
            kind: EventKind::SendFailed,
            literal: "failed to appendEntries to",
            text: "failed to appendEntries to",
            after: &[("peer", Field::Follower)],
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to appendEntries to: peer=\"{Voter n4 10.0.0.4:8300}\" \
                      error=\"dial tcp 10.0.0.4:8300: i/o timeout\"",
            ..Pattern::PLAIN
        },
        Pattern {
            // `peer` is an address here and an id elsewhere: it would look like one more node.
            id: "heartbeat-failed",
            kind: EventKind::SendFailed,
            literal: "failed to heartbeat to",
            text: "failed to heartbeat to",
            example: "2026-03-04T10:11:12.345Z [ERROR] raft: failed to heartbeat to: peer=10.0.0.4:8300 \
                      \"backoff time\"=10ms error=\"connection refused\"",
            ..Pattern::PLAIN
        },
        Pattern {
            // Starts after a request that succeeded.
            id: "caught-up",
            kind: EventKind::CaughtUp,
            literal: "pipelining replication",
            text: ": pipelining replication",
            after: &[("peer", Field::Follower)],
            example: "2026-03-04T10:11:12.345Z [INFO]  raft: pipelining replication: peer=\"{Voter n4 10.0.0.4:8300}\"",
            ..Pattern::PLAIN
        },
        Pattern {
            // "entering leader state" comes with it: it has no term.
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            literal: "election won",
            text: "election won: ",
            after: &[("term", Field::LeaderTerm)],
            example: "2026-03-04T10:11:12.345Z [INFO]  raft: election won: term=12 tally=2",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "election-started",
            kind: EventKind::ElectionStarted,
            literal: "entering candidate state",
            text: "entering candidate state",
            after: &[("term", Field::LeaderTerm)],
            example: "2026-03-04T10:11:12.345Z [INFO]  raft: entering candidate state: \
                      node=\"Node at 10.0.0.1:8300 [Candidate]\" term=12",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down",
            kind: EventKind::ElectionStarted,
            literal: "failed to contact quorum",
            text: "failed to contact quorum of nodes, stepping down",
            example: "2026-03-04T10:11:12.345Z [WARN]  raft: failed to contact quorum of nodes, stepping down",
            ..Pattern::PLAIN
        },
    ],
};
