//! The clock of one file: times without a date go on past midnight, and lines without a time have that of the line before.

use crate::logs::event::{Event, Timestamp};

const HOUR: i64 = 3600 * 1_000_000_000;
const DAY: i64 = 24 * HOUR;
/// More than this back is midnight, or New Year, where lines have no year.
const ROLLED_OVER: i64 = 12 * HOUR;
/// A clock that goes back by less is none that was set: threads write out of order.
const JUMP: i64 = 1_000_000_000;

/// The clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    last: Option<Timestamp>,
    /// What is added to times without a date.
    added: i64,
    /// How often it went back by more than a second.
    pub jumps_back: u64,
    /// Events without a time.
    pub timeless: u64,
    /// Events with a date, and without.
    pub dated: u64,
    /// Events whose time has no date.
    pub undated: u64,
}

impl Clock {
    /// Makes an event's time comparable; gives what it is ordered by.
    pub fn set(&mut self, event: &mut Event) -> i64 {
        match event.time {
            Some(time) if time.dated => {
                self.dated += 1;
                self.tick(time)
            }
            Some(time) => {
                self.undated += 1;
                let time = self.rolled_over(time);
                event.time = Some(time);
                self.tick(time)
            }
            None => {
                self.timeless += 1;
                self.last.map_or(i64::MIN, |last| last.nanoseconds)
            }
        }
    }

    fn tick(&mut self, time: Timestamp) -> i64 {
        if self.last.is_some_and(|last| last.nanoseconds.saturating_sub(time.nanoseconds) > JUMP) {
            self.jumps_back += 1;
        }
        self.last = Some(time);
        time.nanoseconds
    }

    fn rolled_over(&mut self, time: Timestamp) -> Timestamp {
        let shifted = |added: i64| Timestamp {
            nanoseconds: time.nanoseconds.saturating_add(added),
            dated: false,
        };
        let now = shifted(self.added);
        let back = self
            .last
            .filter(|last| !last.dated)
            .map_or(0, |last| last.nanoseconds.saturating_sub(now.nanoseconds));
        if back <= ROLLED_OVER {
            return now;
        }
        // A day without a date, or a year without its number.
        let rolled =
            if back <= DAY { DAY } else { (back / (365 * DAY) + 1).saturating_mul(365 * DAY) };
        self.added = self.added.saturating_add(rolled);
        shifted(self.added)
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, HOUR};
    use crate::logs::event::{Event, Timestamp};

    fn event(nanoseconds: i64) -> Event {
        Event { time: Some(Timestamp { nanoseconds, dated: false }), ..Event::default() }
    }

    #[test]
    fn midnight_is_no_step_back() {
        let mut clock = Clock::default();
        let times = [23 * HOUR, 24 * HOUR - 1, 1, HOUR].map(|time| clock.set(&mut event(time)));
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(clock.jumps_back, 0);
    }

    #[test]
    fn a_clock_that_is_set_back_is_noticed() {
        let mut clock = Clock::default();
        clock.set(&mut event(10 * HOUR));
        assert_eq!(clock.set(&mut event(9 * HOUR)), 9 * HOUR);
        assert_eq!(clock.jumps_back, 1);
    }

    #[test]
    fn a_line_without_time_stays_where_it_stands() {
        let mut clock = Clock::default();
        assert_eq!(clock.set(&mut Event::default()), i64::MIN);
        clock.set(&mut event(5));
        assert_eq!(clock.set(&mut Event::default()), 5);
    }
}
