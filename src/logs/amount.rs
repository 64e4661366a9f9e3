//! Amounts as people read them: how long, how many, how much.
//!
//! Takes a number; gives a few characters with its unit. Programs are given the number itself.

use std::time::Duration;

/// Milliseconds of a second, minute, hour and day.
const SECOND: u128 = 1000;
const MINUTE: u128 = 60 * SECOND;
const HOUR: u128 = 60 * MINUTE;
const DAY: u128 = 24 * HOUR;
const YEAR: u128 = 365 * DAY;

/// `400,100`
pub fn count(number: u64) -> String {
    grouped(u128::from(number))
}

/// `-400,100`
pub fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", count(number.unsigned_abs()))
}

/// `1 file`, `2,000 files`
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// `250 µs`, `1.5 s`, `2 min 5 s`, `2 h 13 min`, `1 day 4 h`, `11 days`, `12 years`
pub fn duration(duration: Duration) -> String {
    if duration.is_zero() {
        return "0 s".to_owned();
    }
    let micros = rounded(duration.as_nanos(), 1000);
    if micros < 1000 {
        return match micros {
            0 => "less than 1 µs".to_owned(),
            micros => format!("{micros} µs"),
        };
    }
    if micros < 999_500 {
        return format!("{} ms", in_units(micros, 1000));
    }
    let millis = rounded(duration.as_nanos(), 1_000_000);
    if millis < 59_500 {
        return format!("{} s", in_units(millis, SECOND));
    }
    let in_seconds = rounded(millis, SECOND) * SECOND;
    if in_seconds < 10 * MINUTE {
        return pair(in_seconds, (MINUTE, "min"), (SECOND, "s"));
    }
    let in_minutes = rounded(millis, MINUTE) * MINUTE;
    if in_minutes < DAY {
        return pair(in_minutes, (HOUR, "h"), (MINUTE, "min"));
    }
    let in_hours = rounded(millis, HOUR) * HOUR;
    if in_hours < 2 * DAY {
        return pair(in_hours, (DAY, "day"), (HOUR, "h"));
    }
    match rounded(millis, DAY) {
        days if days < 2 * 365 => format!("{days} days"),
        _ => format!("{} years", grouped(rounded(millis, YEAR))),
    }
}

/// `1 byte`, `512 bytes`, `1.5 kB`, `340 MB`; thousands, as throughput is told.
pub fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return counted(bytes, "byte");
    }
    let bytes = u128::from(bytes);
    let mut unit = 1000;
    for name in ["kB", "MB", "GB", "TB"] {
        // What would be shown as 1000 is one of the next.
        if rounded(bytes, unit) < 1000 {
            return format!("{} {name}", in_units(bytes, unit));
        }
        unit *= 1000;
    }
    format!("{} PB", in_units(bytes, unit))
}

/// `0.25`, `33.3`, `8,516,667`: as many digits behind the point as tell something. What is no number is `?`.
pub fn decimal(number: f64) -> String {
    let digits = match number.abs() {
        size if !size.is_finite() => return "?".to_owned(),
        size if size >= 999.95 => return signed(number.round() as i64),
        size if size >= 9.995 => 1,
        size if size >= 0.095 || size == 0.0 => 2,
        size if size < 0.000_1 => return "0".to_owned(),
        _ => 4,
    };
    let text = format!("{number:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How many in a second: `33.3`, `8,516,667`
pub fn rate(in_a_second: f64) -> String {
    decimal(in_a_second)
}

/// One number of the bigger unit and, unless it is none, one of the smaller.
fn pair(amount: u128, big: (u128, &str), small: (u128, &str)) -> String {
    let (whole, rest) = (amount / big.0, amount % big.0 / small.0);
    match (whole, rest) {
        (0, rest) => format!("{rest} {}", small.1),
        (whole, 0) => format!("{whole} {}", big.1),
        (whole, rest) => format!("{whole} {} {rest} {}", big.1, small.1),
    }
}

/// In units: with one digit behind the point below ten, unless it is 0.
fn in_units(amount: u128, unit: u128) -> String {
    let tenths = rounded(amount * 10, unit);
    if tenths >= 100 || tenths.is_multiple_of(10) {
        return grouped(rounded(amount, unit));
    }
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn rounded(amount: u128, unit: u128) -> u128 {
    (amount + unit / 2) / unit
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{bytes, count, counted, decimal, duration, rate, signed};

    #[test]
    fn counts_have_thousands_separators() {
        let counts = [0, 12, 999, 1000, 400_100, 1_234_567, u64::MAX].map(count);
        let expected =
            ["0", "12", "999", "1,000", "400,100", "1,234,567", "18,446,744,073,709,551,615"];
        assert_eq!(counts, expected);
        assert_eq!([signed(-1000), signed(i64::MIN)], ["-1,000", "-9,223,372,036,854,775,808"]);
        assert_eq!([counted(1, "file"), counted(2000, "file")], ["1 file", "2,000 files"]);
    }

    #[test]
    fn what_is_no_whole_number_has_as_many_digits_as_tell_something() {
        let numbers = [
            0.0,
            1.0,
            0.25,
            0.033,
            2.5,
            9.996,
            33.333,
            50.0,
            999.9,
            999.96,
            6812.4,
            8_516_666.7,
            -1.5,
        ];
        let expected = [
            "0",
            "1",
            "0.25",
            "0.033",
            "2.5",
            "10",
            "33.3",
            "50",
            "999.9",
            "1,000",
            "6,812",
            "8,516,667",
            "-1.5",
        ];
        assert_eq!(numbers.map(decimal), expected);
        assert_eq!([f64::NAN, f64::INFINITY, 1e-9].map(rate), ["?", "?", "0"]);
    }

    #[test]
    fn durations_are_as_people_say_them() {
        let cases = [
            (Duration::ZERO, "0 s"),
            (Duration::from_nanos(1), "less than 1 µs"),
            (Duration::from_micros(250), "250 µs"),
            (Duration::from_nanos(999_999), "1 ms"),
            (Duration::from_micros(1500), "1.5 ms"),
            (Duration::from_millis(150), "150 ms"),
            (Duration::from_micros(999_700), "1 s"),
            (Duration::from_millis(1500), "1.5 s"),
            (Duration::from_secs(3), "3 s"),
            (Duration::from_millis(9960), "10 s"),
            (Duration::from_millis(42_400), "42 s"),
            (Duration::from_millis(59_600), "1 min"),
            (Duration::from_secs(125), "2 min 5 s"),
            (Duration::from_secs(599), "9 min 59 s"),
            (Duration::from_secs(601), "10 min"),
            (Duration::from_secs(3599), "1 h"),
            (Duration::from_secs(2 * 3600 + 13 * 60 + 4), "2 h 13 min"),
            (Duration::from_secs(86_399), "1 day"),
            (Duration::from_secs(28 * 3600), "1 day 4 h"),
            (Duration::from_secs(11 * 86_400 + 7200), "11 days"),
            (Duration::from_secs(12 * 365 * 86_400), "12 years"),
            (Duration::MAX, "584,942,417,355 years"),
        ];
        for (amount, expected) in cases {
            assert_eq!(duration(amount), expected, "{amount:?}");
        }
    }

    #[test]
    fn bytes_are_counted_in_thousands() {
        let amounts = [1, 512, 999, 1000, 1500, 99_400, 999_499, 999_500, 340_000_000, u64::MAX];
        let expected = [
            "1 byte",
            "512 bytes",
            "999 bytes",
            "1 kB",
            "1.5 kB",
            "99 kB",
            "999 kB",
            "1 MB",
            "340 MB",
            "18,447 PB",
        ];
        assert_eq!(amounts.map(bytes), expected);
    }
}
