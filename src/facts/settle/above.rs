//! What the callers of a function show of the events that it leaves open, and the bounds that kept them from
//! coming to them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Settler;
use crate::facts::bound::{Bound, Met};
use crate::facts::event::Event;
use crate::facts::show::Shown;
use crate::facts::start::is_start;
use crate::program::FnId;
use crate::protocol::Effect;
use crate::source::Place;

/// An effect, where it is, and the way to it from a function on.
type Way<'a> = (Effect, Place, &'a [FnId]);

/// What callers have shown of a function's events, by the ways to them.
struct Above<'a>(FxHashMap<Way<'a>, Seen<'a>>);

/// What they have shown of one.
#[derive(Default)]
struct Seen<'a> {
    events: Vec<&'a Event>,
    /// Who calls the function on these ways.
    callers: FxHashSet<FnId>,
}

impl<'a> Above<'a> {
    fn of(id: FnId, above: &'a [Event]) -> Self {
        let mut ways: FxHashMap<Way<'a>, Seen<'a>> = FxHashMap::default();
        for event in above {
            let own = (0..event.stack.len()).filter(|&at| event.stack[at] == id);
            for at in own {
                let (before, way) = event.stack.split_at(at);
                let seen = ways.entry((event.effect, event.innermost, way)).or_default();
                seen.events.push(event);
                seen.callers.extend(before.last());
            }
        }
        Above(ways)
    }

    fn of_event<'e>(&'e self, event: &'e Event) -> Option<&'e Seen<'e>> {
        self.0.get(&(event.effect, event.innermost, event.stack.as_slice()))
    }
}

impl Settler<'_, '_> {
    /// Replaces those events of a function that lack evidence by what its callers show of them.
    pub(super) fn seen_from_above(
        &self,
        id: FnId,
        events: Vec<Event>,
        callers: &[FnId],
        are_all: bool,
        above: &[Event],
    ) -> Vec<Event> {
        let open = |event: &Event| self.is_open(event);
        // Where each caller is followed through to the end, what none of them comes to is not reached.
        let followed = |caller: &FnId| {
            let shown = self.seen_whole(*caller);
            let comes = |e: &Event| e.stack.contains(&id);
            let whole = |s: &&Shown| !s.closures_unentered && !s.unentered.contains_key(&id);
            let shown = shown.filter(whole);
            shown.is_some_and(|s| !s.exhausted && s.events.iter().any(comes))
        };
        let is_taken = self.program.takers(id).next().is_some();
        let all_followed = are_all && !is_taken && callers.iter().all(followed);
        let above = Above::of(id, above);
        let mut result: Vec<Event> = Vec::new();
        let mut replaced = FxHashSet::default();
        for event in events {
            if !open(&event) {
                result.push(event);
                continue;
            }
            // A caller that was kept from coming here says nothing for the others.
            let seen = above.of_event(&event);
            let bound = self.bound_above(&event, callers, seen);
            let Some(seen) = seen else {
                let of_term = matches!(event.effect, Effect::TermChange | Effect::VoteClear);
                if !(of_term && all_followed) {
                    result.push(Event { bound: event.bound.or(bound), ..event });
                }
                continue;
            };
            if bound.is_some() {
                result.push(Event { bound, ..event.clone() });
            }
            // What callers show of a site does not depend on what it knew alone.
            let what = (event.effect, event.innermost, event.decided, event.place, event.function);
            if !replaced.insert((what, event.stack.clone())) {
                continue;
            }
            for &higher in &seen.events {
                let mut higher = higher.clone();
                // The report stays where the decision is missing: in the function asked first.
                if event.decided {
                    higher.place = event.place;
                    higher.function = event.function;
                }
                result.push(higher);
            }
        }
        result
    }

    /// The bound that kept one of the callers from coming to an effect, if one did.
    fn bound_above(&self, event: &Event, callers: &[FnId], seen: Option<&Seen<'_>>) -> Option<Met> {
        let comes = |caller: FnId| seen.is_some_and(|seen| seen.callers.contains(&caller));
        let bound = |&caller: &FnId| {
            let met = self.seen_whole(caller)?.bound_before(caller, event)?;
            // One that is no start may have nothing to do with the protocol, and gets little to show it.
            let counts = met.bound != Bound::Work || is_start(self.program, caller);
            counts.then_some(met)
        };
        let kept_away = callers.iter().filter(|caller| !comes(**caller)).filter_map(bound).min();
        let first = event.stack.first().copied();
        let mut takers = first.into_iter().flat_map(|id| self.program.takers(id));
        kept_away.or_else(|| {
            let function = takers.find(|taker| !comes(*taker))?;
            Some(Met { bound: Bound::Value, function })
        })
    }
}
