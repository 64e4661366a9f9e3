//! `lag`: the follower's log is merely short; what it has is the leader's.

use super::seen::{by_terms, common, figure, indexes};
use super::{Context, Verdict};
use crate::logs::amount::counted;
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// So many refusals,
const REFUSALS: u64 = 2;
/// or so many missing entries.
const GAP: u64 = 4;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let refusals = walk.refusals;
    let none_conflicts = refusals.conflict == 0 && refusals.short > 0;
    if !none_conflicts || (refusals.short < REFUSALS && walk.gap < GAP) {
        return None;
    }
    let (confidence, uncertain) = by_terms(walk);
    let end = if walk.is_resolved() { ", and has caught up" } else { "" };
    let gap = if walk.gap > 0 { format!("{} ", indexes(walk.gap)) } else { String::new() };
    let mut figures = common(walk);
    if walk.gap > 0 {
        figures.push(figure("gap", "missing", walk.gap as f64, indexes(walk.gap)));
    }
    Some(Verdict {
        condition: Condition::Lag,
        confidence: confidence.max(Confidence::Medium),
        uncertain,
        summary: format!(
            "the follower's log is {gap}shorter than the leader's{end}: {}, and no term differs; this is normal catching up",
            counted(refusals.short, "refusal")
        ),
        figures,
        ways: Vec::new(),
    })
}
