//! What a walk shows, in numbers and in words that several conditions share.

use super::Verdict;
use crate::logs::amount::{count, counted, duration};
use crate::logs::diagnosed::{Confidence, Figure};
use crate::logs::walk::Walk;

/// A number with its meaning.
pub(super) fn figure(id: &'static str, label: &'static str, number: f64, text: String) -> Figure {
    Figure { id, label, number: Some(number), text }
}

/// Where a walk began and where it is: the first probe, and the lowest index that was or will be asked for.
pub(super) fn way_down(walk: &Walk) -> Option<(u64, u64)> {
    let first = walk.first_place?;
    Some((first, walk.lowest.min(first)))
}

/// What every walk is described with.
pub(super) fn common(walk: &Walk) -> Vec<Figure> {
    let mut figures = vec![figure(
        "probes",
        "refused probes",
        walk.probes as f64,
        format!("{}{}", count(walk.probes), refusals(walk)),
    )];
    if let Some((from, to)) = way_down(walk).filter(|(from, to)| from > to) {
        let span = from - to;
        let text = format!("{} → {}: {}", count(from), count(to), indexes(span));
        figures.push(figure("index_span", "probed", span as f64, text));
    }
    if let Some(step) = walk.steps.usual() {
        let text = format!("{} for each probe: {}", indexes_of(step), pace(walk));
        figures.push(figure("step", "step", step, text));
    }
    if let Some(interval) = walk.times.interval() {
        let text = format!("one probe each {}", duration(interval));
        figures.push(figure("interval", "pace", interval.as_secs_f64(), text));
    }
    figures
}

/// How the refusals divide, where that says something.
fn refusals(walk: &Walk) -> String {
    let refusals = walk.refusals;
    let parts = [
        (refusals.conflict, "conflicting terms"),
        (refusals.short, "no entry there"),
        (refusals.equal, "the same term"),
        (refusals.unknown, "not said why"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    if walk.probes == 0 { String::new() } else { format!(": {}", parts.join(", ")) }
}

/// How the steps divide.
fn pace(walk: &Walk) -> &'static str {
    let steps = walk.steps;
    if steps.one * 10 >= steps.all() * 9 {
        "decrementing one by one"
    } else if steps.one * 2 >= steps.one + steps.larger {
        "decrementing, mostly one by one"
    } else if steps.larger * 2 >= steps.all() {
        "decrementing in larger steps, or the lines are a sample"
    } else {
        "decrementing, and not evenly"
    }
}

/// `1 index`, `400 indexes`
pub(super) fn indexes(number: u64) -> String {
    if number == 1 { "1 index".to_owned() } else { format!("{} indexes", count(number)) }
}

/// `1 index`, `12.5 indexes`
fn indexes_of(number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    if rounded >= 100.0 || rounded.fract() == 0.0 {
        indexes(number.round() as u64)
    } else {
        format!("{rounded} indexes")
    }
}

/// How sure a statement about both logs is.
pub(super) fn by_terms(walk: &Walk) -> (Confidence, Vec<String>) {
    let refusals = walk.refusals;
    let both = refusals.conflict + refusals.short + refusals.equal;
    if both * 2 >= walk.probes && both > 0 {
        return (Confidence::High, Vec::new());
    }
    let one_side = walk.leader_terms.count + walk.hint_terms.count > 0 || both > 0;
    let missing = match walk.sides {
        [true, false] => {
            "the follower's own log, at the level that shows its rejections, would settle it"
        }
        [false, true] => "the leader's log, at the level that shows rejections, would settle it",
        _ => {
            "lines with the terms of both sides would settle it: a more verbose level, on leader and follower"
        }
    };
    let confidence = if one_side { Confidence::Medium } else { Confidence::Low };
    (confidence, vec![missing.to_owned()])
}

/// Why a verdict, or figures of its walk, may be off.
pub(super) fn doubts(walk: &Walk, verdict: &mut Verdict) {
    let uncertain = &mut verdict.uncertain;
    if walk.is_cut {
        verdict.confidence = Confidence::Low;
        uncertain.push(
            "it was judged before its end, because too many followers were probed at a time"
                .to_owned(),
        );
    }
    if walk.times.back > 0 {
        uncertain.push(format!(
            "the clock went back {}: times and rates are uncertain",
            counted(walk.times.back, "time")
        ));
    }
    if walk.times.first.is_none() && walk.probes > 1 {
        uncertain.push("the lines have no time that can be read: there are no rates".to_owned());
    }
    if walk.follower_terms.rises > 0 && walk.steps.up == 0 {
        uncertain.push(format!(
            "the follower's terms rise {} on the way down, which one log can't do: lines of several nodes may be mixed",
            counted(walk.follower_terms.rises, "time")
        ));
    }
}
