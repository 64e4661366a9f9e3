//! etcd-io/raft, as etcd, CockroachDB and many others run it.
//!
//! Node ids are hexadecimal, indexes and terms are decimal. The leader's line of a rejection has no term at the probed
//! index, only the follower's hint; the follower's line has both terms, and names the follower first.

use super::{BackOff, Format, Pattern};
use crate::logs::event::{EventKind, Side};

pub(super) static FORMAT: Format = Format {
    id: "etcd",
    system: "etcd-io/raft (Go)",
    title: "etcd, CockroachDB and others that run etcd's raft package",
    visible: "etcd prints rejections at debug level (`--log-level=debug`); at its default level, info, only a follower's \
               truncation and an installed snapshot show: silence there is not health",
    back_off: BackOff::TermHint,
    harmless: &[],
    source: "github.com/etcd-io/raft: raft.go, log.go, tracker/progress.go; github.com/etcd-io/etcd: server/etcdserver/raft.go; older texts: github.com/etcd-io/etcd, raft/",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "MsgAppResp(rejected",
            text: "{leader:hex} received MsgAppResp(rejected, hint: (index {hint_index}, term {hint_term})) \
                   from {follower:hex} for index {index}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 received MsgAppResp(rejected, hint: (index 400050, term 11)) \
                      from 4 for index 400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejected-before-3.5",
            literal: "MsgApp was rejected",
            text: "{leader:hex} received MsgAppResp(MsgApp was rejected, lastindex: {hint_index}) \
                   from {follower:hex} for index {index}",
            example: "2019-03-04 10:11:12.345678 D | raft: a1 received MsgAppResp(MsgApp was rejected, lastindex: 90) \
                      from d4 for index 120",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejected-before-3.4",
            literal: "msgApp rejection(",
            text: "{leader:hex} received msgApp rejection(lastindex: {hint_index}) from {follower:hex} for index {index}",
            example: "2017-03-04 10:11:12.345678 D | raft: a1 received msgApp rejection(lastindex: 90) from d4 for index 120",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "next-moved",
            kind: EventKind::NextIndexMoved,
            literal: "decreased progress of",
            text: "{leader:hex} decreased progress of {follower:hex} to [{_} match={match_index} next={next_index}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 decreased progress of 4 to [StateProbe match=17 next=400051 paused]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "next-moved-before-3.4",
            kind: EventKind::NextIndexMoved,
            literal: "decreased progress of",
            text: "{leader:hex} decreased progress of {follower:hex} to [next = {next_index}, match = {match_index},",
            example: "2017-03-04 10:11:12.345678 D | raft: a1 decreased progress of d4 to [next = 91, match = 0, \
                      state = ProgressStateProbe, waiting = false, pendingSnapshot = 0]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting",
            side: Side::Follower,
            literal: "rejected MsgApp [",
            text: "{follower:hex} [logterm: {follower_entry_term}, index: {#}] \
                   rejected MsgApp [logterm: {prev_log_term}, index: {index}] from {leader:hex}",
            example: "raft2026/03/04 10:11:12 DEBUG: 4 [logterm: 11, index: 400100] \
                      rejected MsgApp [logterm: 12, index: 400100] from 1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting-before-3.4",
            side: Side::Follower,
            literal: "rejected msgApp [",
            text: "{follower:hex} [logterm: {follower_entry_term}, index: {#}] \
                   rejected msgApp [logterm: {prev_log_term}, index: {index}] from {leader:hex}",
            example: "2017-03-04 10:11:12.345678 D | raft: d4 [logterm: 3, index: 20] \
                      rejected msgApp [logterm: 5, index: 20] from a1",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "suffix-truncated",
            kind: EventKind::SuffixTruncated,
            side: Side::Follower,
            literal: "found conflict at index",
            text: "found conflict at index {index} [existing term: {follower_entry_term}, conflicting term: {prev_log_term}]",
            example: "raft2026/03/04 10:11:12 INFO: found conflict at index 400051 [existing term: 11, conflicting term: 12]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent",
            kind: EventKind::SnapshotSent,
            literal: "sent snapshot[index",
            text: "{leader:hex} [firstindex: {first_index}, commit: {commit_index}] \
                   sent snapshot[index: {snapshot_index}, term: {snapshot_term}] to {follower:hex}\
                   {? [{_} match={match_index} next={next_index}?}{? [next = {next_index}, match = {match_index},?}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 [firstindex: 380001, commit: 400100] \
                      sent snapshot[index: 400000, term: 12] to 4 [StateProbe match=0 next=370000]",
            ..Pattern::PLAIN
        },
        Pattern {
            // A second line without `lastindex` follows: it would count each snapshot twice.
            id: "snapshot-restored",
            kind: EventKind::SnapshotRestored,
            side: Side::Follower,
            literal: "restored snapshot [",
            text: "{follower:hex} [commit: {commit_index}, lastindex: {follower_index}, lastterm: {#}] \
                   restored snapshot [index: {snapshot_index}, term: {snapshot_term}]",
            example: "raft2026/03/04 10:11:12 INFO: 4 [commit: 400000, lastindex: 400000, lastterm: 12] \
                      restored snapshot [index: 400000, term: 12]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-ignored",
            kind: EventKind::SnapshotIgnored,
            side: Side::Follower,
            literal: "ignored snapshot [",
            text: "{follower:hex} [commit: {commit_index}] ignored snapshot [index: {snapshot_index}, term: {snapshot_term}]",
            example: "raft2026/03/04 10:11:12 INFO: 4 [commit: 15] ignored snapshot [index: 11, term: 2]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-caught-up",
            kind: EventKind::CaughtUp,
            literal: "resumed sending replication",
            text: "{leader:hex} recovered from needing snapshot, resumed sending replication messages \
                   to {follower:hex} [{_} match={match_index} next={next_index}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 recovered from needing snapshot, resumed sending replication messages \
                      to 4 [StateReplicate match=400000 next=400001]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-succeeded",
            kind: EventKind::NextIndexMoved,
            literal: "resumed sending replication",
            text: "{leader:hex} snapshot succeeded, resumed sending replication messages \
                   to {follower:hex} [{_} match={match_index} next={next_index}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 snapshot succeeded, resumed sending replication messages \
                      to 4 [StateProbe match=0 next=400001 paused]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-failed",
            kind: EventKind::SnapshotFailed,
            literal: "resumed sending replication",
            text: "{leader:hex} snapshot failed, resumed sending replication messages to {follower:hex}",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 snapshot failed, resumed sending replication messages \
                      to 4 [StateProbe match=0 next=1 paused]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "send-failed",
            kind: EventKind::SendFailed,
            literal: "failed to send message to",
            text: "{leader:hex} failed to send message to {follower:hex} because it is unreachable",
            example: "raft2026/03/04 10:11:12 DEBUG: 1 failed to send message to 4 because it is unreachable \
                      [StateProbe match=17 next=18]",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "log-reverted",
            kind: EventKind::LogReverted,
            side: Side::Follower,
            literal: "tocommit(",
            text: "tocommit({commit_index}) is out of range [lastIndex({follower_index})]",
            example: "raft2026/03/04 10:11:12 PANIC: tocommit(400100) is out of range [lastIndex(0)]. \
                      Was the raft log corrupted, truncated, or lost?",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "committed-conflict",
            kind: EventKind::CommittedConflict,
            side: Side::Follower,
            literal: "conflict with committed entry",
            text: "entry {index} conflict with committed entry [committed({commit_index})]",
            example: "raft2026/03/04 10:11:12 PANIC: entry 90 conflict with committed entry [committed(120)]",
            ..Pattern::PLAIN
        },
        Pattern {
            // Leader or follower: the line does not tell. etcd ends with it.
            id: "storage-failed",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "hard state and entries",
            text: "failed to save Raft hard state and entries",
            example: "2026-03-04T10:11:12.345Z\tfatal\tetcdserver/raft.go:265\tfailed to save Raft hard state and entries\t\
                      {\"error\": \"write /var/lib/etcd/member/wal/0.tmp: no space left on device\"}",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "storage-failed-before-3.4",
            kind: EventKind::StorageFailed,
            side: Side::Follower,
            literal: "failed to save state and",
            text: "failed to save state and entries error: ",
            example: "2017-03-04 10:11:12.345678 C | etcdserver: failed to save state and entries error: \
                      write /var/lib/etcd/member/wal/0.tmp: no space left on device",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            literal: "became leader at term",
            text: "{leader:hex} became leader at term {leader_term}",
            example: "raft2026/03/04 10:11:12 INFO: 8e9e05c52164694d became leader at term 12",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "election-started",
            kind: EventKind::ElectionStarted,
            literal: "became candidate at term",
            text: "{leader:hex} became candidate at term {leader_term}",
            example: "raft2026/03/04 10:11:12 INFO: 8e9e05c52164694d became candidate at term 12",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "stepped-down",
            kind: EventKind::ElectionStarted,
            literal: "stepped down to follower since",
            text: "{leader:hex} stepped down to follower since quorum is not active",
            example: "raft2026/03/04 10:11:12 WARN: 8e9e05c52164694d stepped down to follower since quorum is not active",
            ..Pattern::PLAIN
        },
    ],
};
