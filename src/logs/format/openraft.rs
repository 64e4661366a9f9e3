//! databendlabs/openraft, releases 0.9 and 0.10.
//!
//! openraft has no nextIndex: it keeps a window `[matching, searching_end)` for each follower and bisects it. A log id
//! prints as `T12-N1.400100` or `12.400100`, before 0.10 with a dash for the point. The conflict that a leader prints is
//! its own log id at the probed index; the follower's term stands only in the follower's file. One rejection passes through
//! several places that each log it at debug: only one of them counts here.

use super::field::Field;
use super::{BackOff, Format, Keys, NO_ENTRY, Pattern};
use crate::logs::event::{EventKind, Side};

/// Spans of the leader: `RaftCore{id=1 cluster=demo}`, `main{session=T12-N1:committed/… target=4}`.
const LEADER: Keys = &[("session", Field::Vote), ("id", Field::Leader)];
/// Spans of the task that replicates to one follower.
const TASK: Keys = &[("session", Field::Vote), ("id", Field::Leader), ("target", Field::Follower)];
/// Spans of a follower.
const FOLLOWER: Keys = &[("id", Field::Follower)];

pub(super) static FORMAT: Format = Format {
    id: "openraft",
    system: "databendlabs/openraft (Rust)",
    title: "openraft 0.9 and 0.10, as Databend and others run it",
    visible: "openraft prints conflicts and truncations at debug level (`RUST_LOG=openraft=debug`); at info only installed \
               snapshots show: silence there is not health",
    back_off: BackOff::Bisection,
    harmless: &["FailPendingReads", "no conflicting log id found"],
    source: "github.com/databendlabs/openraft: openraft/src/core/raft_core.rs, openraft/src/replication, \
             openraft/src/progress/entry, openraft/src/engine/handler",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "curr_matching",
            text: "target={follower}, curr_matching={_@match_index?}, result={*}(Conflict:{prev_log_term@index})",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG replication{id=1 target=4}: openraft::replication: \
                      openraft::replication::ReplicationCore<_, _, _>::notify_progress: target=4, curr_matching=None, \
                      result=(Conflict:T12-N1.400100), inflight_id=8",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "matched",
            kind: EventKind::CaughtUp,
            literal: "curr_matching",
            text: "target={follower}, curr_matching={*}, result={*}(Match:{_@match_index?})",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG replication{id=1 target=4}: openraft::replication: \
                      openraft::replication::ReplicationCore<_, _, _>::notify_progress: target=4, \
                      curr_matching=T9-N2.100, result=(Match:T12-N1.400100), inflight_id=8",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejected-0.9",
            literal: "curr_matching",
            text: "target={follower} curr_matching={*}result:Conflict:{prev_log_term@index}",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG main{session=T12-N1:committed/Some(T1-N1-0) target=4}: \
                      openraft::replication: send_progress request_id=7 target=4 curr_matching=None \
                      result={time:Instant { tv_sec: 1 }, result:Conflict:T12-N1-400100}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "matched-0.9",
            kind: EventKind::CaughtUp,
            literal: "curr_matching",
            text: "target={follower} curr_matching={*}result:Match:{_@match_index?}",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG replication{id=1 target=4}: openraft::replication: send_progress \
                      request_id=7 target=4 curr_matching=None result={time:Instant { tv_sec: 1 }, \
                      result:Match:T12-N1-400100}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "window-moved",
            kind: EventKind::NextIndexMoved,
            literal: "update_conflict: current",
            text: "update_conflict: current progress_entry: {{{*}[{_@match_index?}, {#}), inflight:{*}; conflict: {next_index}",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=1 cluster=demo}: openraft::progress::entry::update: \
                      update_conflict: current progress_entry: {P(3)[T9-N2.100, 400101), inflight:None}; conflict: 200050",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "window-moved-0.9",
            kind: EventKind::NextIndexMoved,
            literal: "update_conflict: current",
            text: "update_conflict: current_progress={{[{_@match_index?}, {#}), inflight:{*}, conflict={next_index}",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=1 cluster=demo}: openraft::progress::entry: \
                      update_conflict: current_progress={[T9-N2-100, 400101), inflight:None}, request_id=7, conflict=200050",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stale-rejection",
            kind: EventKind::StaleRejection,
            literal: "searching_end",
            text: "conflict {index} >= searching_end {next_index}; no need to update",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG openraft::progress::entry::update: \
                      conflict 400100 >= searching_end 400051; no need to update",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "log-reverted",
            kind: EventKind::LogReverted,
            literal: "follower log is reverted",
            text: "conflict {index} < last matching {*}: follower log is reverted",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z  WARN openraft::progress::entry::update: conflict 10 < last matching \
                      T12-N1.400100: follower log is reverted; with 'allow_log_reversion' enabled, this is allowed.",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting",
            side: Side::Follower,
            literal: "prev_log_id mismatch",
            text: "prev_log_id mismatch, local: {follower_entry_term@index}",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}: \
                      openraft::engine::handler::following_handler: prev_log_id mismatch, local: T11-N2.400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-without-entry",
            side: Side::Follower,
            literal: "prev_log_id mismatch",
            text: "prev_log_id mismatch, local: None",
            before: FOLLOWER,
            fixed: NO_ENTRY,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}: \
                      openraft::engine::handler::following_handler: prev_log_id mismatch, local: None",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-0.9",
            side: Side::Follower,
            literal: "prev_log_id does not match",
            text: "prev_log_id does not match local={follower_entry_term@index}",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}: \
                      openraft::engine::handler::following_handler: prev_log_id does not match local=T11-N2-400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-without-entry-0.9",
            side: Side::Follower,
            literal: "prev_log_id does not match",
            text: "prev_log_id does not match local=None",
            before: FOLLOWER,
            fixed: NO_ENTRY,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}: \
                      openraft::engine::handler::following_handler: prev_log_id does not match local=None",
            ..Pattern::PLAIN
        },
        Pattern {
            // "truncate logs since index" comes also where there is nothing to remove.
            id: "conflict-removed",
            kind: EventKind::ConflictRemoved,
            side: Side::Follower,
            literal: "push command: TruncateLog",
            text: "push command: TruncateLog: since: {_@last_kept_index}",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}:truncate_logs{since=400100}: \
                      openraft::engine::engine_output: push command: TruncateLog: since: T11-N2.400099",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "conflict-removed-0.9",
            kind: EventKind::ConflictRemoved,
            side: Side::Follower,
            literal: "DeleteConflictLog",
            text: "push command: DeleteConflictLog {{ since: LogId {{ leader_id: {*}term: {follower_entry_term}, \
                   {*}index: {index} }}",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=4 cluster=demo}:truncate_logs{since=400100}: \
                      openraft::engine::engine_output: push command: DeleteConflictLog { since: \
                      LogId { leader_id: LeaderId { term: 11, node_id: 2 }, index: 400100 } }",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "Notification::StorageError",
            text: "RaftCore received Notification::StorageError: ",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z ERROR RaftCore{id=4 cluster=demo}: openraft::core::raft_core: RaftCore received \
                      Notification::StorageError: when Write Logs: no space left on device",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed-0.9",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "LogFlush error: ",
            text: "LogFlush error: ",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z ERROR openraft::storage::callback: LogFlush error: no space left on device, \
                      while flushing upto T12-N1-400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent",
            kind: EventKind::SnapshotSent,
            literal: "snapshot sending: has read",
            text: "-th snapshot sending: has read snapshot: meta:{*}last_log:{snapshot_term@snapshot_index}",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z  INFO replication{id=1 target=4}: openraft::replication: 0-th snapshot \
                      sending: has read snapshot: meta:{snapshot_id: s-1, last_log:T12-N1.400000, last_membership: {}}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent-0.9",
            kind: EventKind::SnapshotSent,
            literal: "received snapshot: request_id",
            text: "received snapshot: request_id={*}; meta:{*}last_log:{snapshot_term@snapshot_index}",
            before: TASK,
            example: "2026-03-04T10:11:12.345678Z  INFO replication{id=1 target=4}: openraft::replication: received snapshot: \
                      request_id=Some(7); meta:{snapshot_id: s-1, last_log:T12-N1-400000, last_membership: {}}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-restored",
            kind: EventKind::SnapshotRestored,
            side: Side::Follower,
            literal: "Done install complete",
            text: "Done install complete snapshot, meta: {*}last_log:{snapshot_term@snapshot_index}",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::core::sm::worker: Done install complete snapshot, \
                      meta: {snapshot_id: s-1, last_log:T12-N1.400000, last_membership: {}}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-ignored",
            kind: EventKind::SnapshotIgnored,
            side: Side::Follower,
            literal: "No need to install snap",
            text: "No need to install snapshot; snapshot last_log_id({snapshot_term@snapshot_index?}) \
                   <= committed({_@commit_index?})",
            before: FOLLOWER,
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::following_handler: No need to install \
                      snapshot; snapshot last_log_id(T12-N1.400000) <= committed(T12-N1.400100)",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed",
            kind: EventKind::SendFailed,
            literal: "replication::Progress",
            text: "replication::Progress: target={follower}, result: Err(",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z DEBUG RaftCore{id=1 cluster=demo}: openraft::core::raft_core: recv \
                      Notification::ReplicationProgress: progress: replication::Progress: target=4, \
                      result: Err(Unreachable node 4)",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed-0.9",
            kind: EventKind::SendFailed,
            literal: "error replication to target",
            text: "error replication to target={follower}",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z  WARN replication{id=1 target=4}: openraft::replication: \
                      error replication to target=4 error=NetworkError: connection refused",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            literal: "becomes leader",
            text: "id={leader} becomes leader",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::server_state_handler: id=1 becomes leader",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected-0.9",
            kind: EventKind::LeaderElected,
            literal: "become leader",
            text: "become leader id={leader}",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::server_state_handler: become leader id=1",
            ..Pattern::PLAIN
        },
        Pattern {
            // Its followers write it, too.
            id: "vote-committed",
            kind: EventKind::LeaderElected,
            side: Side::Follower,
            literal: "vote is changing from",
            text: "vote is changing from {*} to T{leader_term}-N{leader:hex}:committed",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::vote_handler: vote is changing from \
                      T11-N2:uncommitted to T12-N1:committed",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected-with-term",
            kind: EventKind::LeaderElected,
            literal: "become leader",
            text: "become leader: node-{leader}, my vote: {?<?}T{leader_term}-",
            example: "2026-03-04T10:11:12.345678Z DEBUG openraft::engine::handler::vote_handler: \
                      become leader: node-1, my vote: <T12-N1:Q>, last-log-id: T11-N2.400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down",
            kind: EventKind::ElectionStarted,
            literal: "steps down from leader",
            text: "id={leader} steps down from leader",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::server_state_handler: \
                      id=1 steps down from leader",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down-0.9",
            kind: EventKind::ElectionStarted,
            literal: "quit leader",
            text: "quit leader id={leader}",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::handler::server_state_handler: quit leader id=1",
            ..Pattern::PLAIN
        },
        Pattern {
            // The vote's time and whether it is committed follow.
            id: "election-started-0.9",
            kind: EventKind::ElectionStarted,
            literal: "elect, new candidate",
            text: "elect, new candidate: {{T{leader_term}-N{leader:hex}:",
            example: "2026-03-04T10:11:12.345678Z  INFO openraft::engine::engine_impl: \
                      openraft::engine::engine_impl::Engine<_>::elect, new candidate: {T12-N1:uncommitted@10:11:12.345670, \
                      last_log_id:T11-N2-400100 progress:{1: false, 2: false, 3: false}}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "election-started",
            kind: EventKind::ElectionStarted,
            literal: "trigger election",
            text: "openraft::core::raft_core: {*}trigger election",
            before: LEADER,
            example: "2026-03-04T10:11:12.345678Z  INFO RaftCore{id=1 cluster=demo}: openraft::core::raft_core: \
                      do trigger election",
            ..Pattern::PLAIN
        },
    ],
};
