//! When the lines of a walk were written, and how far apart its probes are.

use std::time::Duration;

use super::steps::without_outlier;
use crate::logs::event::Timestamp;

/// A line that is older than the one before by less is no sign of a clock that was set: threads write out of order.
const OUT_OF_ORDER: i64 = 1_000_000_000;

/// Times of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The first line.
    pub first: Option<Timestamp>,
    /// The latest line.
    pub last: Option<Timestamp>,
    /// The first probe.
    pub first_probe: Option<Timestamp>,
    /// The last probe.
    pub last_probe: Option<Timestamp>,
    /// The first of the last probes of one and the same index.
    pub row: Option<Timestamp>,
    /// How often the clock went back.
    pub back: u64,
    /// The longest time between two probes, in nanoseconds.
    largest: i64,
    gaps: u64,
}

impl Times {
    /// A line.
    pub(super) fn note(&mut self, time: Option<Timestamp>) {
        let Some(time) = time else { return };
        let behind = self.last.map_or(0, |last| last.nanoseconds.saturating_sub(time.nanoseconds));
        if behind > OUT_OF_ORDER {
            self.back += 1;
        }
        self.first = self.first.or(Some(time));
        self.last = self.last.max(Some(time));
    }

    /// A probe; whether it asks for another index than the one before.
    pub(super) fn note_probe(&mut self, time: Option<Timestamp>, is_other: bool) {
        if is_other {
            self.row = time;
        }
        let gap = self
            .last_probe
            .zip(time)
            .map(|(last, now)| now.nanoseconds.saturating_sub(last.nanoseconds));
        if let Some(gap) = gap.filter(|&gap| gap >= 0) {
            self.largest = self.largest.max(gap);
            self.gaps += 1;
        }
        self.first_probe = self.first_probe.or(time);
        self.last_probe = time.or(self.last_probe);
    }

    /// From probe to probe, as a rule.
    pub fn interval(&self) -> Option<Duration> {
        let (first, last) = (self.first_probe?, self.last_probe?);
        let all = last.nanoseconds.checked_sub(first.nanoseconds).filter(|&all| all > 0)?;
        let mean = without_outlier(all as f64, self.largest as f64, self.gaps);
        // Whole nanoseconds: less is no time that a clock can tell.
        (self.gaps > 0 && mean >= 1.0).then(|| Duration::from_nanos(mean as u64))
    }
}
