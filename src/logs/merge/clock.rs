//! The clock of one file: times without a date go on past midnight, and lines without a time have that of the line before.

use crate::logs::event::{Event, Timestamp};

const HOUR: i64 = 3600 * 1_000_000_000;
const DAY: i64 = 24 * HOUR;
/// More than this back is midnight, or New Year, where lines have no year.
const ROLLED_OVER: i64 = 12 * HOUR;
/// A year of lines without its number.
const YEAR: i64 = 366 * DAY;
/// So many steps back are no accident.
const MANY: u64 = 8;
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
    /// How often it went on.
    forward: u64,
    /// How often it went back at all.
    back: u64,
    /// Events without a time.
    pub timeless: u64,
    /// Events whose time has a date.
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
        let behind = self.last.map_or(0, |last| last.nanoseconds.saturating_sub(time.nanoseconds));
        self.jumps_back += u64::from(behind > JUMP);
        self.back += u64::from(behind > 0);
        self.forward += u64::from(behind < 0);
        self.last = Some(time);
        time.nanoseconds
    }

    fn rolled_over(&mut self, time: Timestamp) -> Timestamp {
        let shifted = |added: i64| Timestamp {
            nanoseconds: time.nanoseconds.saturating_add(added),
            dated: false,
        };
        let now = shifted(self.added);
        let Some(last) = self.last.filter(|last| !last.dated) else { return now };
        let back = last.nanoseconds.saturating_sub(now.nanoseconds);
        if back < -ROLLED_OVER && self.added > 0 {
            return shifted(self.added - DAY); // a late line of the day before
        }
        if back <= ROLLED_OVER {
            return now;
        }
        // A day without a date, or a year without its number: these are counted as leap years.
        let rolled = if back <= DAY { DAY } else { back.saturating_add(DAY) / YEAR * YEAR };
        self.added = self.added.saturating_add(rolled.max(DAY));
        shifted(self.added)
    }

    /// Whether the file tells the newest first.
    pub fn is_backwards(&self) -> bool {
        self.back >= MANY && self.back > 4 * self.forward
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, DAY, HOUR};
    use crate::logs::event::{Event, Timestamp};

    const SECOND: i64 = 1_000_000_000;

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
    fn new_year_is_no_step_back() {
        let mut clock = Clock::default();
        let times =
            [366 * DAY - SECOND, SECOND, 2 * SECOND].map(|time| clock.set(&mut event(time)));
        assert_eq!([times[1] - times[0], times[2] - times[1]], [2 * SECOND, SECOND]);
    }

    #[test]
    fn a_late_line_at_midnight_does_not_move_the_day() {
        let mut clock = Clock::default();
        let times = [DAY - 2, 1, DAY - 1, 2].map(|time| clock.set(&mut event(time)));
        assert_eq!(times, [DAY - 2, DAY + 1, DAY - 1, DAY + 2]);
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
