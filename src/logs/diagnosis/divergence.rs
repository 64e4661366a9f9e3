//! `divergence`: the two logs split several terms ago, and the leader looks for where.
//!
//! Both have an entry at the probed index, of different terms, and on the way down the terms fall: each fall is an entry block
//! of a leader that was deposed. What counts is the slope, not that each step is exactly one, since real logs are samples.

use super::seen::{by_terms, common, figure, way_down};
use super::ways::{Remaining, ways};
use super::{Context, Course, Verdict};
use crate::logs::amount::{self, count, counted};
use crate::logs::condition::Condition;
use crate::logs::diagnosed::{Confidence, Figure};
use crate::logs::format::BackOff;
use crate::logs::walk::Walk;

/// So many conflicts, with terms that fall,
const CONFLICTS: u64 = 2;
/// or so many in one term, which is what an election leaves behind where it is fewer,
const CONFLICTS_OF_ONE_TERM: u64 = 8;
/// or so many that have not come to an end,
const CONFLICTS_WITHOUT_END: u64 = 4;
/// or so many steps down, where no line tells a term.
const BLIND_PROBES: u64 = 8;

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
        confidence = Confidence::Low;
        uncertain.insert(
            0,
            "no line tells the terms of both sides, and a follower that is merely short can look the same".to_owned(),
        );
    }
    let has_ended = walk.is_resolved();
    let ways = if has_ended { Vec::new() } else { ways(walk, context.back_off(walk)) };
    Some(Verdict {
        condition: Condition::Divergence,
        course: if !has_ended && is_fast(walk, context) {
            Course::EndsSoon
        } else {
            Course::of(walk)
        },
        confidence,
        uncertain,
        summary: summary(walk),
        figures: figures(walk),
        ways,
    })
}

/// Conflicts with terms that fall.
fn falls(walk: &Walk) -> bool {
    let fall = walk.follower_terms.falls + walk.leader_terms.falls;
    walk.refusals.conflict >= CONFLICTS && fall >= 1
}

/// Many conflicts in the entries of one deposed leader, one after the other.
fn one_block(walk: &Walk) -> bool {
    let most = if walk.is_resolved() { CONFLICTS_OF_ONE_TERM } else { CONFLICTS_WITHOUT_END };
    walk.refusals.conflict >= most && walk.steps.one + walk.steps.larger > 0
}

/// Only the leader's lines, whose hints name ever lower terms.
fn hints_fall(walk: &Walk) -> bool {
    walk.hint_terms.falls >= 2 && walk.refusals.short == 0
}

/// Only indexes, and down and down.
fn is_blind_walk(walk: &Walk) -> bool {
    let (steps, refusals) = (walk.steps, walk.refusals);
    let down = steps.one + steps.larger;
    refusals.unknown >= BLIND_PROBES
        && refusals.unknown * 2 > walk.probes
        && refusals.short == 0
        && down * 10 >= steps.all() * 8
}

/// A system that goes back by terms or halves, and does so: few probes more than terms.
fn is_fast(walk: &Walk, context: &Context<'_>) -> bool {
    const MORE: u64 = 3;
    let terms = walk.follower_terms.count.max(walk.hint_terms.count);
    match context.back_off(walk) {
        BackOff::TermHint => walk.probes <= terms + MORE,
        BackOff::Bisection => {
            walk.probes <= u64::from(u64::BITS - walk.highest.leading_zeros()) + MORE
        }
        _ => false,
    }
}

fn summary(walk: &Walk) -> String {
    let terms = &walk.follower_terms;
    let mut parts = Vec::new();
    parts.push(match terms.count {
        0 if walk.hint_terms.count > 0 => {
            format!(
                "the follower's hints name {}: {}",
                counted(walk.hint_terms.count, "term"),
                walk.hint_terms.listed()
            )
        }
        0 => format!("the follower refuses {} in a row", counted(walk.probes, "probe")),
        1 => format!("the follower's entries are of term {}, the leader's are not", terms.listed()),
        crossed => format!(
            "the follower's log runs through {} that the leader's does not have there: {}",
            counted(crossed, "term"),
            terms.listed()
        ),
    });
    if let Some(first) = parts.first_mut() {
        match walk.leader_terms.runs.as_slice() {
            [] => {}
            [term] => *first += &format!(" (the leader's entries are of term {term})"),
            _ => *first += &format!(" (the leader's: {})", walk.leader_terms.listed()),
        }
    }
    if let Some((from, to)) = way_down(walk).filter(|(from, to)| from > to) {
        parts.push(format!(
            "the leader {} decrementing nextIndex, from {} to {}",
            if walk.is_resolved() { "was" } else { "is" },
            count(from),
            count(to)
        ));
    }
    parts.push(match walk.matched.filter(|_| walk.is_resolved()) {
        Some(index) if index > 0 => format!("the logs match up to {} now", count(index)),
        Some(_) => "the logs match now".to_owned(),
        None if walk.snapshots.count() > 0 => "a snapshot was sent".to_owned(),
        None => "where the logs match has not been found".to_owned(),
    });
    parts.join("; ")
}

fn figures(walk: &Walk) -> Vec<Figure> {
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
    if walk.is_resolved() {
        return figures;
    }
    if let Some((step, interval)) = walk.steps.usual().zip(walk.times.interval()) {
        let rate = step / interval.as_secs_f64();
        let text = format!("{} indexes a second", amount::rate(rate));
        figures.push(figure("rate", "rate", rate, text));
    }
    figures.extend(Remaining::of(walk).map(|remaining| remaining.figure()));
    figures
}
