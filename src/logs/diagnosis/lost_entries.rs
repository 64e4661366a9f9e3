//! `lost-entries`: a follower differs where it has acknowledged, or where entries are committed. Nothing is routine here.

use super::seen::{common, figure};
use super::{Context, Course, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

/// A single refusal may be a late answer to an old request.
const REFUSALS: u64 = 2;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let below = walk.below.filter(|_| walk.below_count >= REFUSALS);
    let mut figures = if walk.probes > 0 { common(walk) } else { Vec::new() };
    let (confidence, summary, uncertain) = if walk.lost > 0 {
        figures.push(figure("lost", "lines that say so", walk.lost as f64, count(walk.lost)));
        (
            Confidence::High,
            format!(
                "{} of the system itself: the follower lacks, or differs in, entries that it had acknowledged or that are \
                 committed",
                counted(walk.lost, "line")
            ),
            Vec::new(),
        )
    } else {
        let (index, floor) = below?;
        figures.push(figure(
            "below",
            "refused below that",
            walk.below_count as f64,
            count(walk.below_count),
        ));
        (
            Confidence::Medium,
            format!(
                "the follower refuses {} although it is known to match, or to have committed, up to {}",
                count(index),
                count(floor)
            ),
            vec![
                "late answers to old requests can look the same: compare the state of both nodes"
                    .to_owned(),
            ],
        )
    };
    Some(Verdict {
        condition: Condition::LostEntries,
        course: Course::GoesOn,
        confidence,
        uncertain,
        summary,
        figures,
        ways: Vec::new(),
    })
}
