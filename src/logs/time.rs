//! Points in time as they are shown.
//!
//! Takes nanoseconds; gives a date and a time in UTC, as RFC 3339 writes them, or a time of day where the lines have no
//! date. No clock and no time zone of this machine is asked.

use super::event::Timestamp;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Timestamp {
    /// For programs: `2026-01-02T15:42:08.250Z`, or `15:42:08.250` without a date.
    pub fn exact(self) -> String {
        let fraction = self.nanoseconds.rem_euclid(SECOND);
        let fraction = match fraction {
            whole if whole % 1_000_000 == 0 => format!("{:03}", whole / 1_000_000),
            whole if whole % 1000 == 0 => format!("{:06}", whole / 1000),
            whole => format!("{whole:09}"),
        };
        match self.date() {
            Some(date) => format!("{date}T{}.{fraction}Z", self.second()),
            None => format!("{}.{fraction}", self.second()),
        }
    }

    /// For people: `15:42:08`, with milliseconds where there are some.
    pub fn time_of_day(self) -> String {
        match self.nanoseconds.rem_euclid(SECOND) / 1_000_000 {
            0 => self.second(),
            millis => format!("{}.{millis:03}", self.second()),
        }
    }

    /// `2026-01-02`, if the lines have dates.
    pub fn date(self) -> Option<String> {
        let (year, month, day) = civil(self.day());
        self.dated.then(|| format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The number of its day, since 1970 or since the first midnight of the lines.
    pub fn day(self) -> i64 {
        self.nanoseconds.div_euclid(DAY)
    }

    /// `15:42:08`
    fn second(self) -> String {
        let seconds = self.nanoseconds.rem_euclid(DAY) / SECOND;
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// Two points in time beside each other: `15:42:08 to 15:42:11`, with dates where they tell something.
pub fn between(first: Timestamp, last: Timestamp) -> String {
    let (from, to) = (first.time_of_day(), last.time_of_day());
    let dates = (first.date(), last.date());
    match dates {
        (Some(one), Some(other)) if one == other => format!("{one} {from} to {to} UTC"),
        (Some(one), Some(other)) => format!("{one} {from} to {other} {to} UTC"),
        _ => match last.day() - first.day() {
            0 => format!("{from} to {to}"),
            1 => format!("{from} to {to} on the next day"),
            days => format!("{from} to {to} ({days} midnights later)"),
        },
    }
}

/// Year, month and day of a number of days since 1970 in the Gregorian calendar: the year starts in March, so that the
/// day that only some years have is its last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // since the first of March of the year 0
    let era = days.div_euclid(146_097); // 400 years
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY, SECOND, Timestamp, between, civil};

    fn dated(nanoseconds: i64) -> Timestamp {
        Timestamp { nanoseconds, dated: true }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let days = [0, 59, -1, 11_016, 19_782, 20_455, 106_751, -106_752];
        let expected = [
            (1970, 1, 1),
            (1970, 3, 1),
            (1969, 12, 31),
            (2000, 2, 29),
            (2024, 2, 29),
            (2026, 1, 2),
            (2262, 4, 11),
            (1677, 9, 21),
        ];
        assert_eq!(days.map(civil), expected);
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut before = civil(-150_000);
        for day in -149_999..150_000 {
            let now = civil(day);
            let is_next = now == (before.0, before.1, before.2 + 1);
            let is_first = now.2 == 1 && before.2 >= 28;
            assert!(is_next || is_first, "{before:?} is followed by {now:?}");
            before = now;
        }
    }

    #[test]
    fn programs_are_given_all_digits() {
        let at = 20_455 * DAY + 56_528 * SECOND;
        let cases = [
            (dated(at), "2026-01-02T15:42:08.000Z"),
            (dated(at + 250_000_000), "2026-01-02T15:42:08.250Z"),
            (dated(at + 1000), "2026-01-02T15:42:08.000001Z"),
            (dated(at + 1), "2026-01-02T15:42:08.000000001Z"),
            (dated(-1), "1969-12-31T23:59:59.999999999Z"),
            (dated(i64::MAX), "2262-04-11T23:47:16.854775807Z"),
            (dated(i64::MIN), "1677-09-21T00:12:43.145224192Z"),
            (Timestamp { nanoseconds: 56_528 * SECOND, dated: false }, "15:42:08.000"),
            (Timestamp { nanoseconds: DAY + SECOND, dated: false }, "00:00:01.000"),
        ];
        for (time, expected) in cases {
            assert_eq!(time.exact(), expected);
        }
    }

    #[test]
    fn people_are_told_what_they_need() {
        let clock = |nanoseconds| Timestamp { nanoseconds, dated: false };
        let at = 56_528 * SECOND;
        assert_eq!(clock(at).time_of_day(), "15:42:08");
        assert_eq!(clock(at + 1_000_000).time_of_day(), "15:42:08.001");
        assert_eq!(between(clock(at), clock(at + 3 * SECOND)), "15:42:08 to 15:42:11");
        assert_eq!(between(clock(at), clock(DAY)), "15:42:08 to 00:00:00 on the next day");
        assert_eq!(between(clock(at), clock(3 * DAY)), "15:42:08 to 00:00:00 (3 midnights later)");
        assert_eq!(between(dated(0), dated(SECOND)), "1970-01-01 00:00:00 to 00:00:01 UTC");
        assert_eq!(between(dated(0), dated(DAY)), "1970-01-01 00:00:00 to 1970-01-02 00:00:00 UTC");
    }
}
