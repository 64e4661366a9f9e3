//! eBay/NuRaft, as ClickHouse Keeper runs it.
//!
//! It steps back by one where terms differ, and its lines show at the default level, but at most two a second: between two
//! of them many probes may lie. The leader's line has nextIndex before and after.

use super::{BackOff, Format, Pattern};
use crate::logs::event::{EventKind, Side};

pub(super) static FORMAT: Format = Format {
    id: "nuraft",
    system: "eBay/NuRaft (C++)",
    title: "NuRaft, as ClickHouse Keeper and others run it",
    visible: "NuRaft prints refusals at info or warning, at most one in 500 ms: the steps between two lines are larger than \
               one, and the count is not in the log",
    back_off: BackOff::LastIndexHint,
    harmless: &[],
    source: "github.com/eBay/NuRaft: src/handle_append_entries.cxx, src/handle_snapshot_sync.cxx, src/handle_vote.cxx, \
             src/raft_server.cxx",
    patterns: &[
        Pattern {
            id: "rejected",
            literal: "declined append: peer",
            text: "declined append: peer {follower}, prev next log idx {refused_next_index}, resp next {hint_next_index}, \
                   new next log idx {next_index}{?, my start idx: {first_index}?}",
            example: "W260304 10:11:12.345678 101 [nuraft_w_0] src/handle_append_entries.cxx:1379 \
                      handle_append_entries_resp()  declined append: peer 4, prev next log idx 400101, resp next 400101, \
                      new next log idx 400100, my start idx: 380001, my last idx: 400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "rejecting",
            side: Side::Follower,
            literal: "[LOG XX] req",
            text: "[LOG XX] req log idx: {index}, req log term: {prev_log_term}, my last log idx: {follower_index}, \
                   my log ({#}) term: {follower_entry_term}",
            example: "W260304 10:11:12.345678 101 [nuraft_w_0] src/handle_append_entries.cxx:801 \
                      handle_append_entries()  [LOG XX] req log idx: 400100, req log term: 12, my last log idx: 400100, \
                      my log (400100) term: 11",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "suffix-truncated",
            kind: EventKind::SuffixTruncated,
            side: Side::Follower,
            literal: "rollback logs: ",
            text: "rollback logs: {index} - {follower_index}, commit idx req {#}, quick {#}, sm {commit_index},",
            example: "I260304 10:11:12.345678 101 [nuraft_w_0] src/handle_append_entries.cxx:923 \
                      handle_append_entries()  rollback logs: 400051 - 400100, commit idx req 400050, quick 400050, \
                      sm 400050, num log entries 50, current count 0",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "committed-conflict",
            kind: EventKind::CommittedConflict,
            side: Side::Follower,
            literal: "rollback sm commit",
            text: "rollback sm commit index from {commit_index} to {#}, it shouldn't happen",
            example: "E260304 10:11:12.345678 101 [nuraft_w_0] src/handle_append_entries.cxx:944 handle_append_entries()  \
                      rollback sm commit index from 400060 to 400050, it shouldn't happen and may indicate data loss",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-sent",
            kind: EventKind::SnapshotSent,
            literal: "trying to sync snapshot",
            text: "trying to sync snapshot with last index {snapshot_index} to peer {follower}, its last log idx {#}, \
                   my start index {first_index},",
            example: "I260304 10:11:12.345678 101 [nuraft_w_0] src/handle_snapshot_sync.cxx:146 \
                      create_sync_snapshot_req()  trying to sync snapshot with last index 400000 to peer 4, \
                      its last log idx 360000, my start index 380001, my last log idx 400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-declined",
            kind: EventKind::SnapshotFailed,
            literal: "declined snapshot: p",
            text: "peer {follower} declined snapshot: p->get_next_log_idx(): {next_index},",
            example: "W260304 10:11:12.345678 101 [nuraft_w_0] src/handle_snapshot_sync.cxx:384 \
                      handle_install_snapshot_resp()  peer 4 declined snapshot: p->get_next_log_idx(): 360001, \
                      log_store_->next_slot(): 400101",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-timed-out",
            kind: EventKind::SnapshotFailed,
            literal: "snapshot install task for",
            text: "snapshot install task for peer {follower} timed out",
            example: "W260304 10:11:12.345678 101 [nuraft_w_0] src/handle_snapshot_sync.cxx:50 \
                      check_snapshot_timeout()  snapshot install task for peer 4 timed out: 30000 ms, \
                      reset snapshot sync context 0x7f0000000000",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "snapshot-ignored",
            kind: EventKind::SnapshotIgnored,
            side: Side::Follower,
            literal: ") that is older than",
            text: "received a snapshot ({snapshot_index}) that is older than current commit idx ({commit_index}), \
                   last log idx {follower_index}",
            example: "W260304 10:11:12.345678 101 [nuraft_w_0] src/handle_snapshot_sync.cxx:287 \
                      handle_install_snapshot_req()  received a snapshot (400000) that is older than \
                      current commit idx (400050), last log idx 400100",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "leader-elected",
            kind: EventKind::LeaderElected,
            literal: "[BECOME LEADER] appended",
            text: "[BECOME LEADER] appended new config at {#}",
            example: "I260304 10:11:12.345678 101 [nuraft_w_0] src/raft_server.cxx:1201 become_leader()  \
                      [BECOME LEADER] appended new config at 400101, current state machine commit index 400050, \
                      target index 400101",
            ..Pattern::PLAIN
        },
        Pattern {
            id: "election-started",
            kind: EventKind::ElectionStarted,
            literal: "[VOTE INIT] my id",
            text: "[VOTE INIT] my id {leader}, my role {_}, term {leader_term},",
            example: "I260304 10:11:12.345678 101 [nuraft_w_0] src/handle_vote.cxx:264 initiate_vote()  \
                      [VOTE INIT] my id 1, my role candidate, term 12, log idx 400100, log term 11, \
                      priority (target 1 / mine 1)",
            ..Pattern::PLAIN
        },
    ],
};
