//! tikv/raft-rs, the crate `raft`, as TiKV and others run it.
//!
//! The texts are etcd's, but most numbers are keys of slog, which promises no order of them: slog-term prints
//! `text, key: value`, TiKV `["text"] [key=value]`. The node that writes is `raft_id` in both.

use super::field::Field;
use super::{BackOff, Format, Keys, Pattern};
use crate::logs::event::{EventKind, Side};

/// The leader writes.
const BY_LEADER: Keys = &[("raft_id", Field::Leader), ("region_id", Field::Group)];
/// The leader writes, with the follower's progress.
const WITH_PROGRESS: Keys = &[
    ("raft_id", Field::Leader),
    ("region_id", Field::Group),
    ("matched", Field::MatchIndex),
    ("next_idx", Field::NextIndex),
];
/// A follower writes.
const BY_FOLLOWER: Keys = &[("raft_id", Field::Follower), ("region_id", Field::Group)];
/// All lines have it, and no other system's.
const NODE: &str = "raft_id";

pub(super) static FORMAT: Format = Format {
    id: "raft-rs",
    system: "tikv/raft-rs (Rust)",
    title: "TiKV and others that run the crate `raft`",
    visible: "raft-rs prints rejections at debug level (TiKV: `log.level = \"debug\"`); at info only a follower's truncation \
               and an installed snapshot show: silence there is not health",
    back_off: BackOff::TermHint,
    harmless: &[],
    source: "github.com/tikv/raft-rs: src/raft.rs, src/raft_log.rs",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "msgAppend rejection",
            text: "received msgAppend rejection",
            after: &[
                ("from", Field::Follower),
                ("index", Field::Index),
                ("reject_hint_index", Field::HintIndex),
                ("reject_hint_term", Field::HintTerm),
                ("raft_id", Field::Leader),
                ("region_id", Field::Group),
            ],
            needs: NODE,
            example: "[2026/03/04 10:11:12.345 +00:00] [DEBUG] [raft.rs:1790] [\"received msgAppend rejection\"] \
                      [index=400100] [from=4] [reject_hint_term=11] [reject_hint_index=400050] [raft_id=1] [region_id=2]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "next-moved",
            kind: EventKind::NextIndexMoved,
            literal: "decreased progress of",
            text: "decreased progress of {follower}",
            after: WITH_PROGRESS,
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG decreased progress of 4, progress: Progress { matched: 0, next_idx: 400051, \
                      state: Probe, paused: false, pending_snapshot: 0 }, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting",
            side: Side::Follower,
            literal: "rejected msgApp [",
            text: "rejected msgApp [logterm: {prev_log_term}, index: {index}] from {leader}",
            after: &[
                ("logterm", Field::FollowerEntryTerm),
                ("raft_id", Field::Follower),
                ("region_id", Field::Group),
            ],
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG rejected msgApp [logterm: 12, index: 400100] from 1, logterm: Ok(11), \
                      index: 400100, from: 1, msg_index: 400100, msg_log_term: 12, raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "suffix-truncated",
            kind: EventKind::SuffixTruncated,
            side: Side::Follower,
            literal: "found conflict at index",
            text: "found conflict at index {index}",
            after: &[
                ("existing term", Field::FollowerEntryTerm),
                ("conflicting term", Field::PrevLogTerm),
                ("raft_id", Field::Follower),
                ("region_id", Field::Group),
            ],
            needs: NODE,
            example: "Mar 04 10:11:12.345 INFO found conflict at index 400051, conflicting term: 12, existing term: 11, \
                      index: 400051, raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent",
            kind: EventKind::SnapshotSent,
            literal: "sent snapshot[index",
            text: "[firstindex: {first_index}, commit: {commit_index}] \
                   sent snapshot[index: {snapshot_index}, term: {snapshot_term}] to {follower}",
            after: WITH_PROGRESS,
            needs: NODE,
            example: "[2026/03/04 10:11:12.345 +00:00] [DEBUG] [raft.rs:709] [\"[firstindex: 380001, commit: 400100] \
                      sent snapshot[index: 400000, term: 12] to 4\"] [to=4] [raft_id=1] [region_id=2]",
            ..Pattern::PLAIN
        },
        Pattern {
            // A second line, in which the numbers are keys, comes with it: it would count each snapshot twice.
            id: "snapshot-restored",
            kind: EventKind::SnapshotRestored,
            side: Side::Follower,
            literal: "restored snapshot [",
            text: "[commit: {commit_index}, term: {leader_term}] \
                   restored snapshot [index: {snapshot_index}, term: {snapshot_term}]",
            after: BY_FOLLOWER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 INFO [commit: 400000, term: 12] restored snapshot [index: 400000, term: 12], \
                      snapshot_term: 12, snapshot_index: 400000, commit: 400000, term: 12, raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-ignored",
            kind: EventKind::SnapshotIgnored,
            side: Side::Follower,
            literal: "ignored snapshot [",
            text: "[commit: {commit_index}] ignored snapshot [index: {snapshot_index}, term: {snapshot_term}]",
            after: BY_FOLLOWER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 INFO [commit: 15] ignored snapshot [index: 11, term: 2], snapshot_term: 2, \
                      snapshot_index: 11, commit: 15, raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-caught-up",
            kind: EventKind::CaughtUp,
            literal: "resumed sending replication",
            text: "snapshot caught up, resumed sending replication messages to {follower}",
            after: WITH_PROGRESS,
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG snapshot caught up, resumed sending replication messages to 4, progress: \
                      Progress { matched: 400000, next_idx: 400001, state: Snapshot }, from: 4, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-succeeded",
            kind: EventKind::NextIndexMoved,
            literal: "resumed sending replication",
            text: "snapshot succeeded, resumed sending replication messages to {follower}",
            after: WITH_PROGRESS,
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG snapshot succeeded, resumed sending replication messages to 4, progress: \
                      Progress { matched: 0, next_idx: 400001, state: Probe }, from: 4, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-failed",
            kind: EventKind::SnapshotFailed,
            literal: "resumed sending replication",
            text: "snapshot failed, resumed sending replication messages to {follower}",
            after: BY_LEADER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG snapshot failed, resumed sending replication messages to 4, progress: \
                      Progress { matched: 0, next_idx: 1, state: Probe }, from: 4, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed",
            kind: EventKind::SendFailed,
            literal: "failed to send message to",
            text: "failed to send message to {follower} because it is unreachable",
            after: BY_LEADER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 DEBG failed to send message to 4 because it is unreachable, progress: \
                      Progress { matched: 17, next_idx: 18, state: Probe }, from: 4, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "log-reverted",
            kind: EventKind::LogReverted,
            side: Side::Follower,
            literal: "to_commit ",
            text: "to_commit {commit_index} is out of range [last_index {follower_index}]",
            after: BY_FOLLOWER,
            example: "Mar 04 10:11:12.345 CRIT to_commit 400100 is out of range [last_index 0], raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "committed-conflict",
            kind: EventKind::CommittedConflict,
            side: Side::Follower,
            literal: "conflict with committed entry",
            text: "entry {index} conflict with committed entry {commit_index}",
            after: BY_FOLLOWER,
            example: "Mar 04 10:11:12.345 CRIT entry 90 conflict with committed entry 120, raft_id: 4",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            literal: "became leader at term",
            text: "became leader at term {leader_term}",
            after: BY_LEADER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 INFO became leader at term 12, term: 12, raft_id: 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "election-started",
            kind: EventKind::ElectionStarted,
            literal: "became candidate at term",
            text: "became candidate at term {leader_term}",
            after: BY_LEADER,
            needs: NODE,
            example: "[2026/03/04 10:11:12.345 +00:00] [INFO] [raft.rs:1100] [\"became candidate at term 12\"] [term=12] \
                      [raft_id=1] [region_id=2]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down",
            kind: EventKind::ElectionStarted,
            literal: "stepped down to follower since",
            text: "stepped down to follower since quorum is not active",
            after: BY_LEADER,
            needs: NODE,
            example: "Mar 04 10:11:12.345 WARN stepped down to follower since quorum is not active, raft_id: 1",
            ..Pattern::PLAIN
        },
    ],
};
