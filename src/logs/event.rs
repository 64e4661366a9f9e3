//! What one log line says: the common form of all systems' lines.
//!
//! Names follow the Raft paper (Figure 2). An entry's term is not the term of whoever holds it: `prev_log_term` is the
//! term of the leader's entry at `index`, `leader_term` the term that the leader leads.

use super::names::Name;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum EventKind {
    /// An AppendEntries request was refused by the consistency check at `index`.
    #[default]
    Rejected,
    /// The leader moved nextIndex of a follower to `next_index`.
    NextIndexMoved,
    /// The system itself says that the follower has diverged.
    DivergenceAdvised,
    /// A follower removed a conflicting suffix of its log, from `index` on: the check passed at `index - 1`.
    SuffixTruncated,
    /// A follower removed its entries from the refused `index` on: says nothing about a match.
    ConflictRemoved,
    /// The leader lacks the entry that the follower needs.
    SnapshotNeeded,
    /// A snapshot was sent.
    SnapshotSent,
    /// A follower installed a snapshot.
    SnapshotRestored,
    /// A follower did not need the snapshot that it was sent.
    SnapshotIgnored,
    /// A snapshot was refused, or its installation failed.
    SnapshotFailed,
    /// A rejection that the leader dropped, because it is old.
    StaleRejection,
    /// A follower lacks entries that it acknowledged: what was safe is not.
    LogReverted,
    /// Entries that are committed differ.
    CommittedConflict,
    /// A node could not write or read its log.
    StorageFailed,
    /// A request did not reach its peer: says nothing about logs.
    SendFailed,
    /// The follower matches: a probe succeeded.
    CaughtUp,
    /// A node leads `leader_term`.
    LeaderElected,
    /// A node does not lead any more, or started an election of `leader_term`.
    ElectionStarted,
}

/// Which of the two wrote the line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Side {
    /// The one that sends AppendEntries.
    #[default]
    Leader,
    /// The one that answers.
    Follower,
}

/// A point in time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp {
    /// Nanoseconds since 1970 in UTC; where the lines have no date, since some midnight.
    pub nanoseconds: i64,
    /// Whether the lines have a date with a year.
    pub dated: bool,
}

/// What a line says. Everything that it does not say is `None`.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Who says so.
    pub side: Side,
    /// When.
    pub time: Option<Timestamp>,
    /// The file: a position in [`super::diagnosed::Read::files`].
    pub file: u32,
    /// The one-based line.
    pub line: u64,
    /// The format: a position among all that are known.
    pub format: u16,
    /// The pattern: a position among all patterns of all formats.
    pub pattern: u16,
    /// The Raft group, where one process has several (TiKV's region).
    pub group: Option<Name>,
    /// The node that wrote the line, as the envelope tells: a container, pod or host.
    pub writer: Option<Name>,
    /// The leader.
    pub leader: Option<Name>,
    /// The follower.
    pub follower: Option<Name>,
    /// What the event is about: prevLogIndex of a refused request, the first removed entry.
    pub index: Option<u64>,
    /// prevLogTerm: the term of the leader's entry at `index`.
    pub prev_log_term: Option<u64>,
    /// The term of the follower's entry at `index`; 0 where it has none there.
    pub follower_entry_term: Option<u64>,
    /// The index that the follower names beside its term: its last one, where it has none at `index`.
    pub follower_index: Option<u64>,
    /// The index that the follower suggests.
    pub hint_index: Option<u64>,
    /// The term that the follower suggests.
    pub hint_term: Option<u64>,
    /// nextIndex after the event.
    pub next_index: Option<u64>,
    /// matchIndex.
    pub match_index: Option<u64>,
    /// The term that is led.
    pub leader_term: Option<u64>,
    /// The last index of the snapshot.
    pub snapshot_index: Option<u64>,
    /// The term of the snapshot's last entry.
    pub snapshot_term: Option<u64>,
    /// The snapshot's size in bytes.
    pub snapshot_bytes: Option<u64>,
    /// The first index that the leader still has.
    pub first_index: Option<u64>,
    /// The commit index of whoever wrote the line.
    pub commit_index: Option<u64>,
    /// The line without its envelope, shortened: evidence that a person reads.
    pub text: String,
}
