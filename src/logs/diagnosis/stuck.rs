//! `stuck`: the leader asks for the same index again and again, or begins its walk anew before it has ended.

use std::time::Duration;

use super::seen::{common, figure};
use super::{Context, Course, Verdict};
use crate::logs::amount::{count, counted, duration};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// The same index, refused so often until now,
const SAME: u64 = 5;
/// and for so long, or so often: requests that were under way together are refused together.
const LASTING: Duration = Duration::from_secs(1);
const VERY_OFTEN: u64 = 16;
/// The walk began anew so often.
const RESTARTS: u64 = 2;
/// A node that has said so often that it can't write its log.
const BROKEN: u64 = 3;
/// So many refusals that fit nothing else, and no end.
const WITHOUT_END: u64 = 8;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    if walk.is_resolved() {
        return None;
    }
    let same = walk.steps.row >= SAME && lasts(walk);
    let broken = walk.storage_failures >= BROKEN;
    if !same && !broken && walk.steps.restarts < RESTARTS {
        return None;
    }
    let pace = walk.times.interval().map(|one| format!(", one probe each {}", duration(one)));
    let pace = pace.unwrap_or_default();
    let summary = if same {
        let place = walk.last_place().unwrap_or_default();
        format!(
            "the follower refuses the same probe {} in a row (index {}){pace}: the leader's next question is no other one",
            counted(walk.steps.row, "time"),
            count(place)
        )
    } else if broken {
        format!("the follower refuses {}{pace}", counted(walk.probes, "probe"))
    } else {
        format!(
            "nextIndex goes down and back up to where it began, {}{pace}: the walk never ends",
            counted(walk.steps.restarts, "time")
        )
    };
    let is_told = walk.snapshots.needed == 0;
    Some(Verdict {
        condition: Condition::Stuck,
        course: Course::GoesOn,
        confidence: if (same || broken) && is_told { Confidence::High } else { Confidence::Medium },
        uncertain: if is_told {
            Vec::new()
        } else {
            vec!["the leader lacks an entry: the follower's log would tell whether it installs snapshots between".to_owned()]
        },
        summary: summary + &cause(walk),
        figures: figures(walk),
        ways: Vec::new(),
    })
}

/// Many refusals that are no picture of anything, and no line that tells of their end.
pub(super) fn without_end(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    if walk.is_resolved() || walk.probes < WITHOUT_END {
        return None;
    }
    Some(Verdict {
        condition: Condition::Stuck,
        course: Course::GoesOn,
        confidence: Confidence::Low,
        uncertain: vec!["what they have in common is not seen: the logs of both sides, at a more verbose level, would settle it".to_owned()],
        summary: format!(
            "{}, and no line tells that they ended{}",
            counted(walk.probes, "refusal"),
            cause(walk)
        ),
        figures: figures(walk),
        ways: Vec::new(),
    })
}

fn lasts(walk: &Walk) -> bool {
    let row = walk.times.row.zip(walk.times.last_probe);
    walk.steps.row >= VERY_OFTEN
        || row.is_none_or(|(first, last)| {
            u128::try_from(last.nanoseconds.saturating_sub(first.nanoseconds))
                .is_ok_and(|time| time >= LASTING.as_nanos())
        })
}

/// What the follower itself says, if it does.
fn cause(walk: &Walk) -> String {
    match walk.storage_failures {
        0 => String::new(),
        failures => {
            format!("; the follower could not write its log, {}", counted(failures, "time"))
        }
    }
}

fn figures(walk: &Walk) -> Vec<crate::logs::diagnosed::Figure> {
    let steps = walk.steps;
    let mut figures = common(walk);
    figures.push(figure(
        "same_index",
        "of one index at the end",
        steps.row as f64,
        count(steps.row),
    ));
    figures.push(figure(
        "restarts",
        "walks begun anew",
        steps.restarts as f64,
        count(steps.restarts),
    ));
    for (id, label, number) in [
        ("send_failures", "did not arrive", walk.send_failures),
        ("storage_failures", "could not be written", walk.storage_failures),
    ] {
        if number > 0 {
            figures.push(figure(id, label, number as f64, counted(number, "time")));
        }
    }
    figures
}
