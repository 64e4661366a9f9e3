//! In which order functions are evaluated: a dispatcher after the handlers that it calls, because it does not
//! enter those that prove everything alone.

use rustc_hash::FxHashMap;

use crate::facts::start::{gets_message, is_request_entry};
use crate::program::{FnId, Program};

/// Dispatchers of dispatchers; those of more are evaluated with these.
const MAX_TIERS: usize = 6;

/// Functions with more callers are called by too many to be waited for.
const MAX_WAITING: usize = 256;

/// The functions in which the analysis starts, in tiers. First come entries of requests, then the other
/// functions that get messages: who calls one of these is in a later tier, unless they call each other in turn.
/// With the last of them are all functions that call none and need not wait. The others are left out.
pub(super) fn tiers(program: &Program, starts: &[FnId]) -> Vec<Vec<FnId>> {
    let gets = |id: &FnId| gets_message(program, *id);
    let (getting, others): (Vec<FnId>, Vec<FnId>) = starts.iter().copied().partition(gets);
    let is_entry: FxHashMap<FnId, bool> =
        getting.iter().map(|id| (*id, is_request_entry(program, *id))).collect();
    let callers = |id| program.callers_up_to(id, MAX_WAITING).unwrap_or_default();
    let tier_of = tier_of_each(&getting, &is_entry, callers);
    let last = tier_of.values().copied().max().unwrap_or_default();
    let mut tiers: Vec<Vec<FnId>> = vec![Vec::new(); last + 1];
    for id in getting {
        tiers[tier_of[&id]].push(id);
    }
    tiers.retain(|tier| !tier.is_empty());
    let apart = others.into_iter().filter(|id| !tier_of.contains_key(id));
    match tiers.last_mut() {
        Some(last) => last.extend(apart),
        None => tiers.push(apart.collect()),
    }
    tiers
}

/// The tiers of functions that get messages, by whether they are entries of requests; and of all from which
/// calls lead to them.
fn tier_of_each(
    getting: &[FnId],
    is_entry: &FxHashMap<FnId, bool>,
    callers_of: impl Fn(FnId) -> Vec<FnId>,
) -> FxHashMap<FnId, usize> {
    let mut tier_of: FxHashMap<FnId, usize> =
        getting.iter().map(|id| (*id, usize::from(!is_entry[id]))).collect();
    let mut callers: FxHashMap<FnId, Vec<FnId>> = FxHashMap::default();
    let mut next = getting.to_vec();
    while let Some(id) = next.pop() {
        let above = match is_entry.get(&id) {
            Some(true) => 1,
            Some(false) => (tier_of[&id] + 1).min(MAX_TIERS),
            None => tier_of[&id],
        };
        let callers = callers.entry(id).or_insert_with(|| callers_of(id));
        for &caller in callers.iter().filter(|caller| is_entry.get(caller) != Some(&true)) {
            let tier = tier_of.entry(caller).or_default();
            if *tier < above {
                *tier = above;
                next.push(caller);
            }
        }
    }
    tier_of
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use super::{MAX_TIERS, tier_of_each};
    use crate::program::FnId;

    /// The tiers, where these functions are entries and those are dispatchers, of who calls whom.
    fn tiers(entries: &[u32], dispatchers: &[u32], calls: &[(u32, u32)]) -> Vec<(u32, usize)> {
        let entry = entries.iter().map(|id| (FnId(*id), true));
        let is_entry: FxHashMap<FnId, bool> =
            entry.chain(dispatchers.iter().map(|id| (FnId(*id), false))).collect();
        let getting: Vec<FnId> = entries.iter().chain(dispatchers).map(|id| FnId(*id)).collect();
        let callers = |id: FnId| {
            calls.iter().filter(|(_, to)| *to == id.0).map(|(from, _)| FnId(*from)).collect()
        };
        let tier_of = tier_of_each(&getting, &is_entry, callers);
        let mut tiers: Vec<(u32, usize)> = tier_of.iter().map(|(id, tier)| (id.0, *tier)).collect();
        tiers.sort_unstable();
        tiers
    }

    #[test]
    fn a_dispatcher_waits_for_those_that_it_calls() {
        // 5 calls 4 by way of 3, and 4 the entry 1; nobody gets a message in 3 and 7.
        let calls = [(4, 1), (3, 4), (5, 3), (7, 5), (6, 1)];
        let expected = [(1, 0), (3, 2), (4, 1), (5, 2), (6, 1), (7, 3)];
        assert_eq!(tiers(&[1], &[4, 5, 6], &calls), expected);
        // The later of two ways counts, whichever is seen first.
        assert_eq!(tiers(&[], &[1, 2, 3], &[(3, 1), (3, 2), (2, 1)]), [(1, 1), (2, 2), (3, 3)]);
        assert_eq!(tiers(&[], &[1, 2, 3], &[(2, 1), (3, 2), (3, 1)]), [(1, 1), (2, 2), (3, 3)]);
        // An entry waits for nobody.
        assert_eq!(tiers(&[1, 2], &[], &[(1, 2), (2, 1)]), [(1, 0), (2, 0)]);
    }

    #[test]
    fn who_calls_in_a_circle_ends() {
        let circle = [(1, 2), (2, 3), (3, 1), (1, 1)];
        let last = MAX_TIERS;
        assert_eq!(tiers(&[], &[1, 2, 3], &circle), [(1, last), (2, last), (3, last)]);
        assert_eq!(tiers(&[1], &[], &circle), [(1, 0), (2, 1), (3, 1)]);
        let chain: Vec<(u32, u32)> = (0..40).map(|i| (i + 1, i)).collect();
        let all: Vec<u32> = (0..41).collect();
        let tiers = tiers(&[], &all, &chain);
        assert!(tiers.iter().all(|(id, tier)| *tier == last.min(*id as usize + 1)), "{tiers:?}");
    }
}
