//! Timestamps as loggers write them.
//!
//! | form | example |
//! |---|---|
//! | RFC 3339 and near it | `2026-03-04T10:11:12.345Z`, `2026-03-04 10:11:12,345 +0100` |
//! | Go's `log` | `2026/03/04 10:11:12.345678` |
//! | TiKV | `[2026/03/04 10:11:12.345 +08:00]` |
//! | syslog, slog-term | `Mar 04 10:11:12`, `Mar  4 10:11:12.345` |
//! | glog, NuRaft | `I0304 10:11:12.345678`, `W260304 10:11:12.345678` |
//! | without a date | `10:11:12.345` |
//! | since 1970, in JSON | seconds with a fraction, milli-, micro- and nanoseconds |
//!
//! A time without zone counts as UTC. Without a year, the nanoseconds count from the start of some leap year, so that the
//! order holds within a year; without a date, from midnight. A date that does not exist is no time.

use crate::logs::event::Timestamp;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Nanoseconds of the years outside do not fit.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=2261;
/// A leap year: February has all its days in it.
const SOME_LEAP_YEAR: i64 = 1972;
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// A timestamp with the length of its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// When.
    pub(super) time: Timestamp,
    /// So many bytes it takes.
    pub(super) length: usize,
    /// Whether a year is missing but not the day: syslog's form.
    pub(super) is_yearless: bool,
}

/// The timestamp that a text starts with.
pub(super) fn at_start(text: &str) -> Option<Found> {
    let bytes = text.as_bytes();
    let mut reading = Reading { bytes, at: 0 };
    match bytes.first()? {
        b'0'..=b'9' => reading.dated().or_else(|| Reading { bytes, at: 0 }.bare()),
        b'[' => {
            reading.at = 1;
            let found = reading.dated()?;
            (bytes.get(found.length) == Some(&b']'))
                .then(|| Found { length: found.length + 1, ..found })
        }
        b'I' | b'W' | b'E' | b'F' | b'D' | b'T' if bytes.get(1).is_some_and(u8::is_ascii_digit) => {
            reading.glog()
        }
        b'A'..=b'Z' if bytes.get(3) == Some(&b' ') => reading.yearless(),
        _ => None,
    }
}

/// Nothing but a timestamp.
pub(super) fn whole(text: &str) -> Option<Timestamp> {
    at_start(text)
        .filter(|found| found.length == text.len())
        .map(|found| found.time)
        .or_else(|| epoch(text))
}

/// A number since 1970: in seconds, or so large that it can only be a smaller unit.
pub(super) fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        let seconds = text.parse::<f64>().ok().filter(|seconds| (1e8..9e9).contains(seconds))?;
        return Some(dated((seconds * SECOND as f64) as i64));
    }
    let number: i64 = whole.parse().ok()?;
    let nanoseconds = match number {
        100_000_000..=9_000_000_000 => number * SECOND + nanoseconds(fraction.as_bytes()),
        100_000_000_000..=9_000_000_000_000 => {
            number * 1_000_000 + nanoseconds(fraction.as_bytes()) / 1_000
        }
        100_000_000_000_000..=9_000_000_000_000_000 => number * 1_000,
        100_000_000_000_000_000..=9_000_000_000_000_000_000 => number,
        _ => return None,
    };
    Some(dated(nanoseconds))
}

fn dated(nanoseconds: i64) -> Timestamp {
    Timestamp { nanoseconds, dated: true }
}

/// The digits after the point as nanoseconds.
fn nanoseconds(digits: &[u8]) -> i64 {
    const UNITS: [i64; 10] =
        [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let digits = &digits[..digits.len().min(9)];
    let all = digits.iter().fold(0, |all, digit| all * 10 + i64::from(digit - b'0'));
    all * UNITS[digits.len()]
}

/// Days since 1970, if there is such a day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || !YEARS.contains(&year) {
        return None;
    }
    // Years that start in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468)
}

struct Reading<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reading<'_> {
    fn number<const DIGITS: usize>(&mut self) -> Option<i64> {
        let text: &[u8; DIGITS] = self.bytes.get(self.at..)?.first_chunk()?;
        let mut number = 0;
        for byte in text {
            if !byte.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(byte - b'0');
        }
        self.at += DIGITS;
        Some(number)
    }

    /// One of these bytes.
    fn sign(&mut self, signs: &[u8]) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        signs.contains(&byte).then(|| {
            self.at += 1;
            byte
        })
    }

    /// Hours, minutes, seconds and perhaps a fraction, as nanoseconds.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.number::<2>()?;
        self.sign(b":")?;
        let minute = self.number::<2>()?;
        self.sign(b":")?;
        let second = self.number::<2>()?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut fraction = 0;
        if let Some([b'.' | b',', rest @ ..]) = self.bytes.get(self.at..) {
            let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            if length > 0 {
                fraction = nanoseconds(&rest[..length]);
                self.at += 1 + length;
            }
        }
        Some((hour * 3600 + minute * 60 + second) * SECOND + fraction)
    }

    /// What has to be taken off for UTC, as nanoseconds; nothing where no zone stands.
    fn zone(&mut self) -> i64 {
        if self.sign(b"Z").is_some() {
            return 0;
        }
        let start = self.at;
        self.sign(b" ");
        let read = self.offset();
        if read.is_none() {
            self.at = start;
        }
        read.unwrap_or(0)
    }

    fn offset(&mut self) -> Option<i64> {
        let sign = self.sign(b"+-")?;
        let hours = self.number::<2>()?;
        self.sign(b":");
        let minutes = self.number::<2>().unwrap_or(0);
        if hours > 15
            || minutes > 59
            || self.bytes.get(self.at).is_some_and(u8::is_ascii_alphanumeric)
        {
            return None;
        }
        let all = (hours * 3600 + minutes * 60) * SECOND;
        Some(if sign == b'+' { all } else { -all })
    }

    fn found(&self, nanoseconds: i64, dated: bool, is_yearless: bool) -> Found {
        Found { time: Timestamp { nanoseconds, dated }, length: self.at, is_yearless }
    }

    /// `2026-03-04T10:11:12.345Z` and its like.
    fn dated(&mut self) -> Option<Found> {
        let year = self.number::<4>()?;
        let between = self.sign(b"-/")?;
        let month = self.number::<2>()?;
        self.sign(&[between])?;
        let day = self.number::<2>()?;
        self.sign(b"T t")?;
        let days = days(year, month, day)?;
        let clock = self.clock()?;
        let zone = self.zone();
        Some(self.found(days * DAY + clock - zone, true, false))
    }

    /// `10:11:12.345`.
    fn bare(&mut self) -> Option<Found> {
        let clock = self.clock()?;
        Some(self.found(clock, false, false))
    }

    /// `Mar  4 10:11:12`.
    fn yearless(&mut self) -> Option<Found> {
        let name = self.bytes.get(..3)?;
        let month = MONTHS.iter().position(|month| *month == name)? as i64 + 1;
        self.at = 3;
        self.sign(b" ")?;
        let day = if self.sign(b" ").is_some() { self.number::<1>()? } else { self.number::<2>()? };
        self.sign(b" ")?;
        let clock = self.clock()?;
        let nanoseconds = of_some_year(month, day)? + clock;
        Some(self.found(nanoseconds, false, true))
    }

    /// `I0304 10:11:12.345678`, `W260304 10:11:12.345678`.
    fn glog(&mut self) -> Option<Found> {
        self.at = 1;
        let digits = self.bytes[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let year = if digits == 6 { Some(2000 + self.number::<2>()?) } else { None };
        let month = self.number::<2>()?;
        let day = self.number::<2>()?;
        self.sign(b" ")?;
        let clock = self.clock()?;
        let day = match year {
            Some(year) => days(year, month, day)? * DAY,
            None => of_some_year(month, day)?,
        };
        Some(self.found(day + clock, year.is_some(), false))
    }
}

/// A day of some year, as nanoseconds since its start.
fn of_some_year(month: i64, day: i64) -> Option<i64> {
    Some((days(SOME_LEAP_YEAR, month, day)? - days(SOME_LEAP_YEAR, 1, 1)?) * DAY)
}

#[cfg(test)]
mod tests {
    use super::{DAY, SECOND, at_start, epoch, whole};

    /// 2026-03-04T10:11:12Z.
    const THEN: i64 = 1_772_619_072 * SECOND;
    const CLOCK: i64 = (10 * 3600 + 11 * 60 + 12) * SECOND;

    #[test]
    fn timestamps_are_read() {
        for (text, nanoseconds, dated, length) in [
            ("2026-03-04T10:11:12Z", THEN, true, 20),
            ("2026-03-04T10:11:12.345Z text", THEN + 345_000_000, true, 24),
            ("2026-03-04T10:11:12.123456789+02:00", THEN + 123_456_789 - 7200 * SECOND, true, 35),
            ("2026-03-04T10:11:12.1234567891234Z", THEN + 123_456_789, true, 34),
            ("2026-03-04 10:11:12,5 -0130 text", THEN + 500_000_000 + 5400 * SECOND, true, 27),
            ("2026-03-04 10:11:12 12 apples", THEN, true, 19),
            ("2026/03/04 10:11:12.000001 text", THEN + 1_000, true, 26),
            (
                "[2026/03/04 10:11:12.345 +08:00] [INFO]",
                THEN + 345_000_000 - 8 * 3600 * SECOND,
                true,
                32,
            ),
            ("Mar 04 10:11:12.345 DEBG", (31 + 29 + 3) * DAY + CLOCK + 345_000_000, false, 19),
            ("Mar  4 10:11:12 host", (31 + 29 + 3) * DAY + CLOCK, false, 15),
            ("Feb 29 00:00:00", 59 * DAY, false, 15),
            ("I0304 10:11:12.000001 1 a.go:2] x", (31 + 29 + 3) * DAY + CLOCK + 1_000, false, 21),
            ("W260304 10:11:12.345678 1", THEN + 345_678_000, true, 23),
            ("10:11:12 text", CLOCK, false, 8),
            ("10:11:12.25", CLOCK + 250_000_000, false, 11),
            ("10:11:12. text", CLOCK, false, 8),
            ("1970-01-01T00:00:00Z", 0, true, 20),
        ] {
            let found = at_start(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (found.time.nanoseconds, found.time.dated, found.length),
                (nanoseconds, dated, length),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2",
            "2026",
            "2026-03-04",
            "2026-13-04T10:11:12Z",
            "2026-02-29T10:11:12Z",
            "2026-03-04T24:11:12Z",
            "2026-03/04 10:11:12",
            "9999-03-04T10:11:12Z",
            "1900-01-01T00:00:00Z",
            "10:61:12",
            "Mar 32 10:11:12",
            "Mär 04 10:11:12",
            "I9904 10:11:12",
            "[2026/03/04 10:11:12.345",
            "Info 10:11:12",
            "E2",
            "ä",
        ] {
            assert_eq!(at_start(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_count_from_1970() {
        for (text, nanoseconds) in [
            ("1772619072", THEN),
            ("1772619072.345", THEN + 345_000_000),
            ("1.772619072e9", THEN),
            ("1772619072345", THEN + 345_000_000),
            ("1772619072345678", THEN + 345_678_000),
            ("1772619072345678901", THEN + 345_678_901),
        ] {
            assert_eq!(epoch(text).map(|time| time.nanoseconds), Some(nanoseconds), "{text}");
            assert_eq!(whole(text), epoch(text), "{text}");
        }
        for text in
            ["", "7", "x", "-1772619072", "99999999999999999999999", "1e99", "NaN", "1772619072."]
        {
            assert!(epoch(text).is_none() || text.ends_with('.'), "{text}");
        }
    }
}
