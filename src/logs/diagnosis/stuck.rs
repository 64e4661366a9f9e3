//! `stuck`: the leader asks for the same index again and again, or begins its walk anew before it has ended.

use super::seen::{common, figure, interval};
use super::{Context, Verdict};
use crate::logs::amount::{count, counted, duration};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// The same index, refused so often.
const SAME: u64 = 5;
/// The walk began anew so often.
const RESTARTS: u64 = 2;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let same = walk.steps.longest_same >= SAME && !walk.is_resolved();
    let restarts = walk.steps.restarts >= RESTARTS && !walk.is_resolved();
    if !same && !restarts {
        return None;
    }
    let pace = interval(walk).map(|interval| format!(", one probe each {}", duration(interval)));
    let pace = pace.unwrap_or_default();
    let summary = if same {
        let place =
            walk.last.as_ref().and_then(crate::logs::probe::Probe::place).unwrap_or_default();
        format!(
            "the follower refuses the same probe {} in a row (index {}){pace}: the leader's next question is no other one",
            counted(walk.steps.longest_same, "time"),
            count(place)
        )
    } else {
        format!(
            "nextIndex goes down and back up to where it began, {}{pace}: the walk never ends",
            counted(walk.steps.restarts, "time")
        )
    };
    let mut figures = common(walk);
    figures.push(figure(
        "same_index",
        "longest row of one index",
        walk.steps.longest_same as f64,
        count(walk.steps.longest_same),
    ));
    figures.push(figure(
        "restarts",
        "walks begun anew",
        walk.steps.restarts as f64,
        count(walk.steps.restarts),
    ));
    if walk.send_failures > 0 {
        let text = counted(walk.send_failures, "request");
        figures.push(figure("send_failures", "did not arrive", walk.send_failures as f64, text));
    }
    Some(Verdict {
        condition: Condition::Stuck,
        confidence: if same { Confidence::High } else { Confidence::Medium },
        uncertain: Vec::new(),
        summary,
        figures,
        ways: Vec::new(),
    })
}
