//! In which order functions are evaluated: a dispatcher after the handlers that it calls, because it does not
//! enter those that prove everything alone.

use rustc_hash::FxHashMap;

use crate::facts::start::{gets_message, is_request_entry};
use crate::program::{FnId, Program};

/// Dispatchers of dispatchers; those of more are evaluated with these.
const MAX_TIERS: usize = 6;

/// Functions with more callers are called by too many to wait for.
const MAX_WAITING_CALLERS: usize = 256;

/// Functions that get messages, in tiers: who calls one of them is in a later tier than that one is, but for
/// those that call each other in turn. With the last tier are all starts that call none of them: they need not
/// wait.
pub(super) fn tiers(program: &Program, starts: &[FnId]) -> Vec<Vec<FnId>> {
    let gets = |id: &FnId| gets_message(program, *id);
    let (getting, others): (Vec<FnId>, Vec<FnId>) = starts.iter().copied().partition(gets);
    let tier_of = tier_of_each(program, &getting);
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

/// The tiers of functions that get messages, and of all that call them, themselves or by others.
fn tier_of_each(program: &Program, getting: &[FnId]) -> FxHashMap<FnId, usize> {
    let is_entry = |id| is_request_entry(program, id);
    let dispatchers: FxHashMap<FnId, bool> =
        getting.iter().map(|id| (*id, !is_entry(*id))).collect();
    let mut tier_of: FxHashMap<FnId, usize> =
        getting.iter().map(|id| (*id, usize::from(dispatchers[id]))).collect();
    let mut callers_of: FxHashMap<FnId, Vec<FnId>> = FxHashMap::default();
    let mut next = getting.to_vec();
    while let Some(id) = next.pop() {
        let callers = callers_of
            .entry(id)
            .or_insert_with(|| program.callers_up_to(id, MAX_WAITING_CALLERS).unwrap_or_default());
        let above = match dispatchers.get(&id) {
            Some(true) => (tier_of[&id] + 1).min(MAX_TIERS),
            Some(false) => 1,
            None => tier_of[&id],
        };
        for &caller in callers.iter().filter(|caller| dispatchers.get(caller) != Some(&false)) {
            let tier = tier_of.entry(caller).or_default();
            if *tier < above {
                *tier = above;
                next.push(caller);
            }
        }
    }
    tier_of
}
