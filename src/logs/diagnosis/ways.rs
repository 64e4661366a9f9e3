//! How long each way to the matching index takes: as now, with a conflict hint, with a snapshot.
//!
//! The bounds are those of the paper's section 5.3: one entry less for each refusal costs as many round trips as entries
//! conflict; with the conflicting term and its first index in the refusal it is one for each term.

use std::time::Duration;

use super::seen::{indexes, way_down};
use crate::logs::amount::{bytes, count, counted, duration};
use crate::logs::diagnosed::{Figure, Way};
use crate::logs::format::BackOff;
use crate::logs::walk::Walk;

/// What is still to be walked, at most.
pub(super) struct Remaining {
    /// The index from which the walk goes on.
    pub(super) from: u64,
    /// Below this it can't go.
    pub(super) floor: u64,
    /// Whether a line has told the floor.
    pub(super) is_told: bool,
}

impl Remaining {
    pub(super) fn of(walk: &Walk) -> Option<Remaining> {
        let (_, from) = way_down(walk)?;
        let floor = walk.floor.filter(|&floor| floor <= from);
        Some(Remaining { from, floor: floor.unwrap_or(0), is_told: floor.is_some() })
    }

    pub(super) fn indexes(&self) -> u64 {
        self.from - self.floor
    }

    /// As a figure.
    pub(super) fn figure(&self) -> Figure {
        let why = if self.is_told {
            format!("down to {} which is known to match", count(self.floor))
        } else {
            "no line tells what matches, so down to the log's beginning".to_owned()
        };
        Figure {
            id: "remaining",
            label: "left",
            number: Some(self.indexes() as f64),
            text: format!("at most {}: from {}, {why}", indexes(self.indexes()), count(self.from)),
        }
    }
}

/// All three ways.
pub(super) fn ways(walk: &Walk, back_off: BackOff) -> Vec<Way> {
    let Some(remaining) = Remaining::of(walk) else { return Vec::new() };
    let interval = walk.times.interval();
    let as_now = match back_off {
        BackOff::Bisection => bisection(&remaining, interval),
        _ => walking(walk, &remaining, interval),
    };
    let longest = as_now.time;
    let mut ways = vec![as_now];
    if !matches!(back_off, BackOff::TermHint | BackOff::Bisection) {
        ways.extend(hint(walk, &remaining, interval));
    }
    ways.push(snapshot(walk, longest));
    ways
}

fn walking(walk: &Walk, remaining: &Remaining, interval: Option<Duration>) -> Way {
    let label = "as now: the leader goes on decrementing nextIndex".to_owned();
    let Some(step) = walk.steps.usual() else {
        return Way {
            id: "walk",
            label,
            probes: Some(remaining.indexes()),
            time: None,
            computed: format!("{}, if each probe is one index lower", indexes(remaining.indexes())),
        };
    };
    let probes = (remaining.indexes() as f64 / step).ceil() as u64;
    let time = interval.and_then(|interval| times(interval, probes));
    let shown_step = if step.fract() == 0.0 { format!("{step}") } else { format!("{step:.1}") };
    let computed = match interval {
        Some(interval) => {
            format!("{} ÷ {shown_step} × {}", indexes(remaining.indexes()), duration(interval))
        }
        None => format!("{} ÷ {shown_step}; the lines give no pace", indexes(remaining.indexes())),
    };
    Way { id: "walk", label, probes: Some(probes), time, computed }
}

fn bisection(remaining: &Remaining, interval: Option<Duration>) -> Way {
    let probes = u64::from(u64::BITS - remaining.indexes().leading_zeros());
    Way {
        id: "walk",
        label: "as now: the leader halves the distance with each probe".to_owned(),
        probes: Some(probes),
        time: interval.and_then(|interval| times(interval, probes)),
        computed: format!("log₂ of {}", indexes(remaining.indexes())),
    }
}

/// With the conflicting term and its first index in each refusal.
fn hint(walk: &Walk, remaining: &Remaining, interval: Option<Duration>) -> Option<Way> {
    let lowest = walk.follower_terms.last().or(walk.hint_terms.last());
    let (probes, computed) = match lowest {
        Some(term) => (
            term.min(remaining.indexes()),
            format!(
                "one for each term at most, and below term {term} there {} {}",
                if term == 1 { "is" } else { "are at most" },
                if term == 1 { "none".to_owned() } else { counted(term - 1, "other") }
            ),
        ),
        None => return None,
    };
    Some(Way {
        id: "hint",
        label: "with a conflict hint: term and first index in the refusal".to_owned(),
        probes: Some(probes),
        time: interval.and_then(|interval| times(interval, probes)),
        computed,
    })
}

fn snapshot(walk: &Walk, longest: Option<Duration>) -> Way {
    let size = walk.snapshots.bytes.map(|size| format!(" of {}", bytes(size))).unwrap_or_default();
    let computed = match longest {
        Some(longest) => format!(
            "one transfer{size}: the shorter way if sent and installed in less than {}",
            duration(longest)
        ),
        None => format!("one transfer{size}, and no further probe below its last index"),
    };
    Way {
        id: "snapshot",
        label: "with a snapshot: InstallSnapshot, then the entries behind it".to_owned(),
        probes: Some(1),
        time: None,
        computed,
    }
}

/// So many times as long, where that is a time at all.
fn times(interval: Duration, probes: u64) -> Option<Duration> {
    Duration::try_from_secs_f64(interval.as_secs_f64() * probes as f64).ok()
}
