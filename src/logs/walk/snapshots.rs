//! The snapshots of a walk: how many, and whether the follower still refuses behind them.

use crate::logs::event::Event;

/// What happened with snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshots {
    /// The leader lacked an entry.
    pub needed: u64,
    /// Sent by the leader.
    pub sent: u64,
    /// Installed by the follower: different ones, or the same one again after something else happened.
    pub restored: u64,
    /// Not needed by the follower.
    pub ignored: u64,
    /// Refused, or failed.
    pub failed: u64,
    /// Probes that were refused after a snapshot was sent or installed, with no match between.
    pub refused_after: u64,
    /// How often a snapshot followed on such a refusal.
    pub rounds: u64,
    /// The last index of the last one.
    pub index: Option<u64>,
    /// The size of the last one.
    pub bytes: Option<u64>,
    under_way: bool,
    refused: bool,
    last_restored: Option<u64>,
}

impl Snapshots {
    /// How many there were, whichever side tells more.
    pub fn count(&self) -> u64 {
        self.sent.max(self.restored)
    }

    pub(super) fn begin(&mut self, event: &Event) {
        self.sent += 1;
        self.index = event.snapshot_index.or(self.index);
        self.bytes = event.snapshot_bytes.or(self.bytes);
        self.last_restored = None;
        self.start_round();
    }

    pub(super) fn restored(&mut self, event: &Event) {
        // Some systems write two lines about one snapshot.
        if self.last_restored.is_some() && self.last_restored == event.snapshot_index {
            return;
        }
        self.last_restored = event.snapshot_index;
        self.restored += 1;
        self.index = event.snapshot_index.or(self.index);
        if self.sent == 0 {
            self.start_round();
        }
    }

    fn start_round(&mut self) {
        if self.refused {
            self.rounds += 1;
        }
        self.refused = false;
        self.under_way = true;
    }

    pub(super) fn probe_refused(&mut self) {
        if self.under_way {
            self.refused_after += 1;
            self.refused = true;
        }
    }

    /// The follower matches.
    pub(super) fn matched(&mut self) {
        self.refused = false;
    }
}
