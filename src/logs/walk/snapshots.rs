//! The snapshots of a walk: how many, and whether the follower still refuses behind them.

use crate::logs::event::{Event, Timestamp};

/// Snapshots that are further apart belong to no loop: many systems make one in each hour.
const NEAR_NANOSECONDS: i64 = 10 * 60 * 1_000_000_000;

/// What happened with snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshots {
    /// The leader lacked an entry.
    pub needed: u64,
    /// Sent by the leader.
    pub sent: u64,
    /// Installed by the follower: different ones, or the same one again after something else happened.
    pub restored: u64,
    /// Refused, or failed.
    pub failed: u64,
    /// Probes that were refused after a snapshot, although they ask for nothing behind it.
    pub refused_after: u64,
    /// How often a snapshot followed on such a refusal.
    pub rounds: u64,
    /// The longest row of snapshots near to each other, without a match between.
    pub longest_row: u64,
    /// The last index of the last one.
    pub index: Option<u64>,
    /// The size of the last one.
    pub bytes: Option<u64>,
    row: u64,
    last: Option<Timestamp>,
    under_way: bool,
    refused: bool,
    last_restored: Option<u64>,
}

impl Snapshots {
    /// How many there were, whichever side tells more.
    pub fn count(&self) -> u64 {
        self.sent.max(self.restored)
    }

    /// The leader lacks an entry: in some systems all that it tells.
    pub(super) fn need(&mut self, event: &Event) {
        self.needed += 1;
        if self.sent == 0 && self.restored == 0 {
            self.begin(event);
        }
    }

    pub(super) fn send(&mut self, event: &Event) {
        self.sent += 1;
        self.index = event.snapshot_index.or(self.index);
        self.bytes = event.snapshot_bytes.or(self.bytes);
        self.last_restored = None;
        self.begin(event);
    }

    pub(super) fn restore(&mut self, event: &Event) {
        // Some systems write two lines about one snapshot.
        if self.last_restored.is_some() && self.last_restored == event.snapshot_index {
            return;
        }
        self.last_restored = event.snapshot_index;
        self.restored += 1;
        self.index = event.snapshot_index.or(self.index);
        if self.sent == 0 {
            self.begin(event);
        }
    }

    fn begin(&mut self, event: &Event) {
        let apart = event
            .time
            .zip(self.last)
            .map(|(now, last)| now.nanoseconds.saturating_sub(last.nanoseconds));
        let is_near = apart.is_none_or(|apart| apart <= NEAR_NANOSECONDS);
        if self.refused && is_near {
            self.rounds += 1;
        }
        self.row = if is_near { self.row + 1 } else { 1 };
        self.longest_row = self.longest_row.max(self.row);
        self.last = event.time.or(self.last);
        self.refused = false;
        self.under_way = true;
    }

    /// A probe is refused. One that asks for what lies behind the snapshot says nothing of it.
    pub(super) fn probe_refused(&mut self, index: Option<u64>) {
        let is_behind =
            index.zip(self.index).is_some_and(|(probed, last)| probed > last.saturating_add(1));
        if self.under_way && !is_behind {
            self.refused_after += 1;
            self.refused = true;
        }
    }

    /// The follower matches.
    pub(super) fn matched(&mut self) {
        self.refused = false;
        self.under_way = false;
        self.row = 0;
    }
}
