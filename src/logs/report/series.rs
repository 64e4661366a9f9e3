//! The probes of a diagnosis as places in a picture.
//!
//! Takes points; gives for each how far right and how far up it is, from 0 to 1. They are set against time where every
//! point has one and none goes back; otherwise against their order, which a clock can't turn around.

use crate::logs::amount;
use crate::logs::diagnosed::{Mark, Point};
use crate::logs::event::Timestamp;

/// What goes from left to right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Across {
    /// The first and the last time, in nanoseconds.
    Time(Timestamp, Timestamp),
    /// The first and the last number.
    Number(u64, u64),
}

impl Across {
    /// What stands at both ends.
    pub(super) fn ends(self) -> [String; 2] {
        match self {
            Across::Time(first, last) if first.day() == last.day() => {
                [first, last].map(Timestamp::time_of_day)
            }
            Across::Time(first, last) => [first, last].map(|time| match time.date() {
                Some(date) => format!("{date} {}", time.time_of_day()),
                None => time.time_of_day(),
            }),
            Across::Number(first, last) => [first, last]
                .map(|number| format!("probe {}", amount::count(number.saturating_add(1)))),
        }
    }
}

/// One point of a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Placed<'d> {
    pub(super) point: &'d Point,
    /// 0 is left, 1 right.
    pub(super) across: f64,
    /// 0 is the lowest index, 1 the highest.
    pub(super) up: f64,
}

/// All points of a picture.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Series<'d> {
    pub(super) across: Across,
    pub(super) lowest: u64,
    pub(super) highest: u64,
    pub(super) points: Vec<Placed<'d>>,
}

impl<'d> Series<'d> {
    /// Nothing, if there are no points.
    pub(super) fn of(points: &'d [Point]) -> Option<Self> {
        let across = across(points)?;
        let lowest = points.iter().map(|point| point.index).min()?;
        let highest = points.iter().map(|point| point.index).max()?;
        let placed = |point: &'d Point| Placed {
            point,
            across: match across {
                Across::Time(first, last) => share(
                    i128::from(first.nanoseconds),
                    i128::from(last.nanoseconds),
                    point.time.map_or(0, |time| i128::from(time.nanoseconds)),
                ),
                Across::Number(first, last) => {
                    share(i128::from(first), i128::from(last), i128::from(point.number))
                }
            },
            up: share(i128::from(lowest), i128::from(highest), i128::from(point.index)),
        };
        Some(Series { across, lowest, highest, points: points.iter().map(placed).collect() })
    }

    /// Where a term changes: how far right, and what it is from there on. Points that know none are passed over.
    pub(super) fn terms(&self, of: fn(&Point) -> Option<u64>) -> Vec<(f64, u64)> {
        let known =
            self.points.iter().filter_map(|placed| Some((placed.across, of(placed.point)?)));
        let mut changes: Vec<(f64, u64)> = Vec::new();
        for (across, term) in known {
            if changes.last().is_none_or(|(_, before)| *before != term) {
                changes.push((across, term));
            }
        }
        changes
    }

    /// The marks that there are.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let is_there = |mark: &Mark| self.points.iter().any(|placed| placed.point.mark == *mark);
        Mark::ALL.into_iter().filter(is_there).collect()
    }
}

fn across(points: &[Point]) -> Option<Across> {
    let (first, last) = (points.first()?, points.last()?);
    let times: Option<Vec<Timestamp>> = points.iter().map(|point| point.time).collect();
    if let Some(times) = times {
        let (start, end) = (times[0], times[times.len() - 1]);
        let same_kind = times.iter().all(|time| time.dated == start.dated);
        if same_kind && times.is_sorted() && start < end {
            return Some(Across::Time(start, end));
        }
    }
    let numbers = points.iter().map(|point| point.number);
    let (lowest, highest) = (numbers.clone().min(), numbers.max());
    Some(Across::Number(lowest.unwrap_or(first.number), highest.unwrap_or(last.number)))
}

/// How far a number is between two others; in the middle where they are the same.
pub(super) fn share<N: Into<i128>>(from: N, to: N, at: N) -> f64 {
    let [from, to, at] = [from, to, at].map(Into::into);
    if from == to {
        return 0.5;
    }
    ((at - from) as f64 / (to - from) as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::{Across, Series};
    use crate::logs::diagnosed::{Mark, Point};
    use crate::logs::event::Timestamp;

    fn point(seconds: Option<i64>, number: u64, index: u64) -> Point {
        let time = seconds.map(|s| Timestamp { nanoseconds: s * 1_000_000_000, dated: false });
        let mark = Mark::Rejected;
        Point { time, number, index, prev_log_term: None, follower_term: Some(index % 2), mark }
    }

    #[test]
    fn a_clock_that_goes_back_is_not_followed() {
        let forth = [point(Some(1), 0, 9), point(Some(2), 1, 8), point(Some(5), 2, 5)];
        let series = Series::of(&forth).expect("there are points");
        assert!(matches!(series.across, Across::Time(..)));
        assert_eq!(series.points[1].across, 0.25);
        assert_eq!(series.terms(|point| point.follower_term), [(0.0, 1), (0.25, 0), (1.0, 1)]);
        let back = [point(Some(5), 0, 9), point(Some(2), 1, 8), point(Some(6), 2, 5)];
        let series = Series::of(&back).expect("there are points");
        assert_eq!(series.across, Across::Number(0, 2));
        assert_eq!((series.points[1].across, series.points[1].up), (0.5, 0.75));
    }

    #[test]
    fn any_numbers_have_a_place() {
        for points in [
            vec![point(None, 0, 0)],
            vec![point(None, u64::MAX, u64::MAX), point(None, 0, 0)],
            vec![point(Some(-9_000_000_000), 0, 1), point(Some(9_000_000_000), 1, u64::MAX)],
        ] {
            let series = Series::of(&points).expect("there are points");
            let inside = |at: f64| (0.0..=1.0).contains(&at);
            assert!(series.points.iter().all(|p| inside(p.across) && inside(p.up)), "{series:?}");
        }
        assert_eq!(Series::of(&[]), None);
    }
}
