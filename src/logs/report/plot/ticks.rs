//! Where an axis has numbers: round ones, a handful.
//!
//! Takes the ends of an axis; gives numbers or times between them.

use super::super::series::Across;
use crate::logs::amount;
use crate::logs::event::Timestamp;

/// An axis has about so many steps.
const STEPS: i128 = 5;

const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Steps of a clock that are longer than a second.
const CLOCK: [i128; 14] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
];

/// Round numbers from one to another.
pub(super) fn of(lowest: u64, highest: u64) -> Vec<u64> {
    let (lowest, highest) = (i128::from(lowest), i128::from(highest));
    if lowest == highest {
        return u64::try_from(lowest).into_iter().collect();
    }
    let step = round((highest - lowest + STEPS - 1) / STEPS);
    between(lowest, highest, step).into_iter().filter_map(|tick| u64::try_from(tick).ok()).collect()
}

/// Some numbers of a low panel, the first and the last among them.
pub(super) fn few(lowest: u64, highest: u64) -> Vec<u64> {
    let mut all = vec![lowest, highest];
    if highest - lowest > 3 {
        all.insert(1, lowest + (highest - lowest) / 2);
    }
    all.dedup();
    all
}

/// How far right, and what stands there.
pub(super) fn across(axis: Across) -> Vec<(f64, String)> {
    match axis {
        Across::Number(first, last) => {
            let (from, to) = (first.saturating_add(1), last.saturating_add(1));
            let text = |tick: u64| (super::share(from, to, tick), amount::count(tick));
            of(from, to).into_iter().map(text).collect()
        }
        Across::Time(first, last) => times(first, last),
    }
}

fn times(first: Timestamp, last: Timestamp) -> Vec<(f64, String)> {
    let (from, to) = (i128::from(first.nanoseconds), i128::from(last.nanoseconds));
    let wanted = (to - from + STEPS - 1) / STEPS;
    let step = match CLOCK.into_iter().find(|step| *step >= wanted) {
        _ if wanted <= SECOND / 2 => round(wanted),
        Some(step) => step,
        None => DAY * round((wanted + DAY - 1) / DAY),
    };
    let tick = |at: i128| {
        let time = Timestamp { nanoseconds: i64::try_from(at).ok()?, dated: first.dated };
        Some(((at - from) as f64 / (to - from) as f64, told(time, step)))
    };
    between(from, to, step).into_iter().filter_map(tick).collect()
}

/// A time as exactly as the step is; a date at midnight.
fn told(time: Timestamp, step: i128) -> String {
    if step < SECOND / 1000 {
        let exact = time.exact();
        let clock = exact.split_once('T').map_or(exact.as_str(), |(_, clock)| clock);
        return clock.trim_end_matches('Z').to_owned();
    }
    let is_midnight = i128::from(time.nanoseconds).rem_euclid(DAY) == 0;
    match time.date() {
        Some(date) if is_midnight => date,
        _ => time.time_of_day(),
    }
}

/// The multiples of a step between two numbers.
fn between(from: i128, to: i128, step: i128) -> Vec<i128> {
    let first = from + (-from).rem_euclid(step);
    (0..=2 * STEPS).map(|number| first + number * step).filter(|tick| *tick <= to).collect()
}

/// The next of 1, 2, 5, 10, 20, …
fn round(number: i128) -> i128 {
    let mut unit = 1;
    loop {
        for step in [unit, 2 * unit, 5 * unit] {
            if step >= number {
                return step;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::series::Across;
    use super::{across, few, of};
    use crate::logs::event::Timestamp;

    #[test]
    fn numbers_are_round_and_few() {
        assert_eq!(of(400_000, 400_100), [400_000, 400_020, 400_040, 400_060, 400_080, 400_100]);
        assert_eq!(of(396_101, 400_100), [397_000, 398_000, 399_000, 400_000]);
        assert_eq!((of(7, 7), of(7, 8)), (vec![7], vec![7, 8]));
        let all = of(0, u64::MAX);
        assert!((2..=6).contains(&all.len()), "{all:?}");
        assert_eq!((few(8, 12), few(3, 3), few(3, 4)), (vec![8, 10, 12], vec![3], vec![3, 4]));
    }

    #[test]
    fn times_are_those_of_a_clock() {
        let time = |nanoseconds| Timestamp { nanoseconds, dated: true };
        let texts = |first, last| {
            let axis = Across::Time(time(first), time(last));
            across(axis).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        let second = 1_000_000_000;
        assert_eq!(texts(0, 3 * second), ["1970-01-01", "00:00:01", "00:00:02", "00:00:03"]);
        assert_eq!(
            texts(second, second + 5_000),
            [
                "00:00:01.000",
                "00:00:01.000001",
                "00:00:01.000002",
                "00:00:01.000003",
                "00:00:01.000004",
                "00:00:01.000005"
            ]
        );
        assert_eq!(
            texts(1, 86_400 * 40 * second),
            ["1970-01-11", "1970-01-21", "1970-01-31", "1970-02-10"]
        );
        for (first, last) in [(i64::MIN, i64::MAX), (0, 1), (i64::MAX - 1, i64::MAX)] {
            let all = texts(first, last);
            assert!((1..=11).contains(&all.len()), "{all:?}");
        }
    }
}
