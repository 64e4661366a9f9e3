//! Where one walk ends and the next begins.

use crate::logs::event::{Event, EventKind};
use crate::logs::walk::Walk;

/// Refusals that are further apart are not one walk.
const REST_NANOSECONDS: i64 = 15 * 60 * 1_000_000_000;

/// Whether an event belongs to a walk after this one.
pub(super) fn is_over(walk: &Walk, event: &Event, leader_term: Option<u64>) -> bool {
    if walk.leader_term.zip(leader_term).is_some_and(|(known, now)| known != now) {
        return true;
    }
    if event.kind != EventKind::Rejected {
        return false;
    }
    // Only what looks like another walk is looked up among the probes that are open.
    has_rested(walk, event)
        || ((has_matched_below(walk, event) || rises(walk, event)) && !walk.is_about_open(event))
}

/// A search from both sides matches below what it asks for next; a walk that has ended begins anew above.
fn has_matched_below(walk: &Walk, event: &Event) -> bool {
    let above = event.index.or(event.next_index).is_some_and(|index| index >= walk.highest);
    walk.matched.is_some() && walk.snapshots.count() == 0 && above
}

/// In one log terms do not fall as the index rises: a higher term at no higher index is another leader's log.
fn rises(walk: &Walk, event: &Event) -> bool {
    let highest = walk.leader_terms.highest.max(walk.last_term());
    let higher = highest.zip(event.prev_log_term).is_some_and(|(highest, now)| now > highest);
    let last = walk.last_index().unwrap_or(0).max(walk.highest);
    higher && event.index.is_some_and(|index| index <= last)
}

fn has_rested(walk: &Walk, event: &Event) -> bool {
    let rest = walk.times.last.zip(event.time);
    rest.is_some_and(|(last, now)| {
        now.dated == last.dated
            && now.nanoseconds.saturating_sub(last.nanoseconds) > REST_NANOSECONDS
    })
}
