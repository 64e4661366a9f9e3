//! `lag`: the follower's log is merely short; what it has is the leader's.

use super::seen::{by_terms, common, figure, indexes};
use super::ways::{Remaining, ways};
use super::{Context, Course, Verdict};
use crate::logs::amount::counted;
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// So many refusals,
const REFUSALS: u64 = 2;
/// or so many missing entries.
const GAP: u64 = 4;
/// From so many refusals on it is told how long it still takes.
const LONG: u64 = 8;

pub(super) fn test(walk: &Walk, context: &Context<'_>) -> Option<Verdict> {
    let refusals = walk.refusals;
    let same = refusals.short + refusals.equal;
    // One conflict at the end is the one entry that a deposed leader left behind.
    let is_short = same > 0 && refusals.conflict < 2 && same >= refusals.unknown;
    if !is_short || (same < REFUSALS && walk.gap < GAP) {
        return None;
    }
    let (confidence, mut uncertain) = by_terms(walk);
    if refusals.equal > refusals.short {
        uncertain.push("the terms are the same and the request is refused all the same: an old line, a compacted entry, or a wrong check".to_owned());
    }
    let has_ended = walk.is_resolved();
    let end = if has_ended { ", and has caught up" } else { "" };
    let gap = if walk.gap > 0 { format!("{} ", indexes(walk.gap)) } else { String::new() };
    let mut figures = common(walk);
    if walk.gap > 0 {
        figures.push(figure("gap", "missing", walk.gap as f64, indexes(walk.gap)));
    }
    let is_long = !has_ended && walk.probes >= LONG && walk.steps.usual().is_some();
    if is_long {
        figures.extend(Remaining::of(walk).map(|remaining| remaining.figure()));
    }
    Some(Verdict {
        condition: Condition::Lag,
        course: Course::of(walk),
        confidence: confidence.max(Confidence::Medium),
        uncertain,
        summary: format!(
            "the follower's log is {gap}shorter than the leader's{end}: {}, and no term differs; this is normal catching up",
            counted(walk.probes, "refusal")
        ),
        figures,
        ways: if is_long { ways(walk, context.back_off(walk)) } else { Vec::new() },
    })
}
