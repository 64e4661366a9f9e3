//! `divergence`: the two logs split several terms ago, and the leader looks for where.
//!
//! Both have an entry at the probed index, of different terms, and on the way down the terms fall: each fall is an entry block
//! of a leader that was deposed. What counts is the slope, not that each step is exactly one, since real logs are samples.

use super::seen::{by_terms, common, figure, per_probe, way_down};
use super::ways::{Remaining, ways};
use super::{Context, Verdict};
use crate::logs::amount::{count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{Confidence, Figure};
use crate::logs::walk::Walk;

/// So many conflicts, with terms that fall.
const CONFLICTS: u64 = 2;
/// So many conflicts of one and the same term.
const CONFLICTS_OF_ONE_TERM: u64 = 8;
/// So many steps of one, where no line tells a term.
const BLIND_PROBES: u64 = 32;

pub(super) fn test(walk: &Walk, context: &Context<'_>) -> Option<Verdict> {
    let sure = falls(walk) || walk.advised || one_block(walk);
    let blind = !sure && is_blind_walk(walk);
    if !sure && !blind && !hints_fall(walk) {
        return None;
    }
    let (mut confidence, mut uncertain) = by_terms(walk);
    if walk.advised {
        confidence = Confidence::High;
        uncertain.clear();
    }
    if blind {
        uncertain.insert(
            0,
            "no line tells a term, and a follower that is merely short can look the same"
                .to_owned(),
        );
    }
    let resolved = walk.is_resolved();
    let bisects = context.formats.get(usize::from(walk.format)).is_some_and(|id| id == "openraft");
    Some(Verdict {
        condition: Condition::Divergence,
        confidence,
        uncertain,
        summary: summary(walk, resolved),
        figures: figures(walk, resolved),
        ways: if resolved { Vec::new() } else { ways(walk, bisects) },
    })
}

/// Conflicts with terms that fall.
fn falls(walk: &Walk) -> bool {
    let fall = walk.follower_terms.falls + walk.leader_terms.falls;
    walk.refusals.conflict >= CONFLICTS && fall >= 1
}

/// Many conflicts in the entries of one deposed leader, one after the other.
fn one_block(walk: &Walk) -> bool {
    walk.refusals.conflict >= CONFLICTS_OF_ONE_TERM && walk.steps.one + walk.steps.larger > 0
}

/// Only the leader's lines, whose hints name ever lower terms.
fn hints_fall(walk: &Walk) -> bool {
    walk.hint_terms.falls >= 2 && walk.refusals.short == 0
}

/// Only indexes, and down one by one.
fn is_blind_walk(walk: &Walk) -> bool {
    let steps = walk.steps;
    walk.probes >= BLIND_PROBES
        && walk.refusals.short == 0
        && steps.one * 10 >= (steps.one + steps.larger + steps.same + steps.up) * 9
}

fn summary(walk: &Walk, resolved: bool) -> String {
    let terms = &walk.follower_terms;
    let crossed = match terms.count {
        0 if walk.hint_terms.count > 0 => {
            format!("the follower's hints fall through {}", counted(walk.hint_terms.count, "term"))
        }
        0 => "no entry that was probed matches".to_owned(),
        1 => format!("the follower's entries are of term {}, the leader's are not", terms.listed()),
        crossed => format!(
            "the follower's log runs through {} that the leader's does not have there: {}",
            counted(crossed, "term"),
            terms.listed()
        ),
    };
    let leader = match walk.leader_terms.runs.as_slice() {
        [] => String::new(),
        [run] => format!(" (the leader's entries are of term {})", run.term),
        _ => format!(" (the leader's: {})", walk.leader_terms.listed()),
    };
    let down = way_down(walk).map_or_else(String::new, |(from, to)| {
        format!("the leader is decrementing nextIndex, from {} to {}", count(from), count(to))
    });
    let end = match (resolved, walk.matched) {
        (true, Some(index)) if index > 0 => {
            format!(", and the logs match from {} on", count(index))
        }
        (true, _) => ", and the logs match now".to_owned(),
        _ if walk.snapshots.count() > 0 => ", and a snapshot was sent".to_owned(),
        _ => ", and has not found where the logs match".to_owned(),
    };
    format!("{crossed}{leader}; {down}{end}")
}

fn figures(walk: &Walk, resolved: bool) -> Vec<Figure> {
    let mut figures = common(walk);
    let terms = &walk.follower_terms;
    if terms.count > 0 {
        let text = format!("{}: {}", count(terms.count), terms.listed());
        figures.push(figure("terms_crossed", "terms crossed", terms.count as f64, text));
    }
    if walk.leader_terms.count > 0 {
        let text = walk.leader_terms.listed();
        figures.push(figure(
            "leader_terms",
            "leader's terms there",
            walk.leader_terms.count as f64,
            text,
        ));
    }
    if let (Some(step), Some(interval)) = (per_probe(walk), super::seen::interval(walk)) {
        let rate = step / interval.as_secs_f64();
        figures.push(figure("rate", "rate", rate, format!("{rate:.1} indexes a second")));
    }
    if !resolved && let Some(remaining) = Remaining::of(walk) {
        figures.push(remaining.figure());
    }
    figures
}
