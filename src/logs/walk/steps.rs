//! How the probed index moves from probe to probe.

/// How the probed index moved from probe to probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Down by one.
    pub one: u64,
    /// Down by more.
    pub larger: u64,
    /// Not at all.
    pub same: u64,
    /// The longest row of probes of the same index.
    pub longest_same: u64,
    /// Back up, without a success before.
    pub up: u64,
    /// Back up to where the walk began.
    pub restarts: u64,
    same_now: u64,
}

impl Steps {
    /// A probe at `place` after one at `before`, on a walk that began at `begun` and has come down to `lowest`.
    pub(super) fn note(&mut self, before: Option<u64>, place: u64, begun: u64, lowest: u64) {
        let Some(before) = before else { return };
        if place == before {
            self.same += 1;
            self.same_now += 1;
            self.longest_same = self.longest_same.max(self.same_now + 1);
            return;
        }
        self.same_now = 0;
        match before.checked_sub(place) {
            Some(1) => self.one += 1,
            Some(_) => self.larger += 1,
            None => {
                self.up += 1;
                // Within a tenth of the way is where it began: the log has grown since.
                if place >= begun.saturating_sub((begun - begun.min(lowest)) / 10) {
                    self.restarts += 1;
                }
            }
        }
    }
}
