//! What a pattern may take out of a line: the fields of [`Event`] by their names, and a few that are computed.

use crate::logs::event::Event;
use crate::logs::names::Names;

/// What a captured text becomes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    /// [`Event::group`].
    Group,
    /// [`Event::leader`]; of an election: who leads, or wants to.
    Leader,
    /// [`Event::follower`].
    Follower,
    /// [`Event::index`].
    Index,
    /// [`Event::prev_log_term`].
    PrevLogTerm,
    /// [`Event::follower_entry_term`].
    FollowerEntryTerm,
    /// [`Event::follower_index`].
    FollowerIndex,
    /// [`Event::hint_index`].
    HintIndex,
    /// [`Event::hint_term`].
    HintTerm,
    /// [`Event::next_index`].
    NextIndex,
    /// [`Event::match_index`].
    MatchIndex,
    /// [`Event::leader_term`].
    LeaderTerm,
    /// [`Event::snapshot_index`].
    SnapshotIndex,
    /// [`Event::snapshot_term`].
    SnapshotTerm,
    /// [`Event::snapshot_bytes`].
    SnapshotBytes,
    /// [`Event::first_index`].
    FirstIndex,
    /// [`Event::commit_index`].
    CommitIndex,
    /// The prevLogIndex of the next request: nextIndex is one more.
    RetryIndex,
    /// nextIndex of the request that was refused: the index is one less.
    RefusedNextIndex,
    /// The nextIndex that the follower suggests: the hint is one less.
    HintNextIndex,
    /// A name of hashicorp/raft for a snapshot: `term-index-milliseconds`.
    SnapshotId,
    /// The last entry that stays: what is removed starts one higher.
    LastKeptIndex,
    /// A vote of openraft, `T12-N1:committed`: the term and who leads it.
    Vote,
}

/// Each with the name that templates and users give it.
pub const NAMES: [(&str, Field); 23] = [
    ("group", Field::Group),
    ("leader", Field::Leader),
    ("follower", Field::Follower),
    ("index", Field::Index),
    ("prev_log_term", Field::PrevLogTerm),
    ("follower_entry_term", Field::FollowerEntryTerm),
    ("follower_index", Field::FollowerIndex),
    ("hint_index", Field::HintIndex),
    ("hint_term", Field::HintTerm),
    ("next_index", Field::NextIndex),
    ("match_index", Field::MatchIndex),
    ("leader_term", Field::LeaderTerm),
    ("snapshot_index", Field::SnapshotIndex),
    ("snapshot_term", Field::SnapshotTerm),
    ("snapshot_bytes", Field::SnapshotBytes),
    ("first_index", Field::FirstIndex),
    ("commit_index", Field::CommitIndex),
    ("retry_index", Field::RetryIndex),
    ("refused_next_index", Field::RefusedNextIndex),
    ("hint_next_index", Field::HintNextIndex),
    ("snapshot_id", Field::SnapshotId),
    ("last_kept_index", Field::LastKeptIndex),
    ("vote", Field::Vote),
];

impl Field {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Field> {
        NAMES.iter().find(|(known, _)| *known == name).map(|&(_, field)| field)
    }

    /// Whether it holds a node's or a group's name.
    pub fn is_name(self) -> bool {
        matches!(self, Field::Group | Field::Leader | Field::Follower)
    }

    /// Whether it holds a number and nothing else.
    pub fn is_number(self) -> bool {
        !self.is_name() && !matches!(self, Field::SnapshotId | Field::Vote)
    }

    /// Puts a captured text into an event. A number that is too large for an index says nothing.
    pub(super) fn set(self, text: &str, names: &mut Names, event: &mut Event) {
        match self {
            Field::Group => event.group = Some(names.of(text)),
            Field::Leader => event.leader = Some(names.of(text)),
            Field::Follower => event.follower = Some(names.of(text)),
            Field::SnapshotId => {
                let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
                event.snapshot_term = parts.next().flatten();
                event.snapshot_index = parts.next().flatten();
            }
            Field::Vote => {
                let vote =
                    text.trim_start_matches('<').split([':', '/']).next().unwrap_or_default();
                if let Some((term, node)) =
                    vote.strip_prefix('T').and_then(|vote| vote.split_once("-N"))
                {
                    event.leader_term = term.parse().ok();
                    event.leader = Some(names.of(node));
                }
            }
            number => number.set_number(text.parse().ok(), event),
        }
    }

    /// Puts a number into an event.
    pub(super) fn set_number(self, number: Option<u64>, event: &mut Event) {
        let higher = |number: Option<u64>| number.and_then(|number| number.checked_add(1));
        let lower = |number: Option<u64>| number.and_then(|number| number.checked_sub(1));
        match self {
            Field::Group | Field::Leader | Field::Follower | Field::SnapshotId | Field::Vote => {}
            Field::Index => event.index = number,
            Field::RefusedNextIndex => event.index = lower(number),
            Field::LastKeptIndex => event.index = higher(number),
            Field::PrevLogTerm => event.prev_log_term = number,
            Field::FollowerEntryTerm => event.follower_entry_term = number,
            Field::FollowerIndex => event.follower_index = number,
            Field::HintIndex => event.hint_index = number,
            Field::HintNextIndex => event.hint_index = lower(number),
            Field::HintTerm => event.hint_term = number,
            Field::NextIndex => event.next_index = number,
            Field::RetryIndex => event.next_index = higher(number),
            // Of 0 nothing is known to match.
            Field::MatchIndex => event.match_index = number.filter(|&number| number > 0),
            Field::LeaderTerm => event.leader_term = number,
            Field::SnapshotIndex => event.snapshot_index = number,
            Field::SnapshotTerm => event.snapshot_term = number,
            Field::SnapshotBytes => event.snapshot_bytes = number,
            Field::FirstIndex => event.first_index = number,
            Field::CommitIndex => event.commit_index = number,
        }
    }
}
