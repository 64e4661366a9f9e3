//! `lost-entries`: a follower differs where it has acknowledged, or where entries are committed. Nothing is routine here.

use super::seen::{common, figure};
use super::{Context, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::Confidence;
use crate::logs::walk::Walk;

pub(super) fn test(walk: &Walk, _: &Context<'_>) -> Option<Verdict> {
    let below = walk.conflict_below.filter(|_| walk.refusals.conflict > 0);
    if walk.lost == 0 && below.is_none() {
        return None;
    }
    let mut figures = if walk.probes > 0 { common(walk) } else { Vec::new() };
    figures.push(figure("lost", "lines that say so", walk.lost as f64, count(walk.lost)));
    let (confidence, summary, uncertain) = match below {
        Some((index, floor)) if walk.lost == 0 => (
            Confidence::Medium,
            format!(
                "the follower conflicts at {}, although it is known to match, or to have committed, up to {}",
                count(index),
                count(floor)
            ),
            vec!["a late answer to an old request can look the same: compare the state of both nodes".to_owned()],
        ),
        _ => (
            Confidence::High,
            format!(
                "{} of the system itself: the follower lacks, or differs in, entries that it had acknowledged or that are committed",
                counted(walk.lost, "line")
            ),
            Vec::new(),
        ),
    };
    Some(Verdict {
        condition: Condition::LostEntries,
        confidence,
        uncertain,
        summary,
        figures,
        ways: Vec::new(),
    })
}
