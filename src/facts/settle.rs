//! From entries to settled events: where a function alone does not show the evidence, its callers
//! are asked, up to a bound.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::Budgets;
use super::event::Event;
use super::overlap::drop_shown_removals;
use super::replies;
use super::show::{Shown, show};
use super::start::{is_request_entry, is_start};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Message};
use crate::roles::state::States;
use crate::source::Place;

/// How far up callers are asked.
const MAX_CLIMB: usize = 4;
/// Functions with more callers than this are not followed upwards.
const MAX_CALLERS: usize = 12;

/// What is asked about an event; the rules know, nothing here does.
pub struct Demands<'d> {
    /// Whether anything is asked at such an effect while this message is handled.
    pub asked: &'d (dyn Fn(Effect, Option<Message>) -> bool + Sync),
    /// Whether it has its evidence.
    pub satisfied: &'d (dyn Fn(&Event) -> bool + Sync),
    /// Whether its way may have to be told, because it lacks evidence of its own.
    pub lacks_evidence: &'d (dyn Fn(&Event) -> bool + Sync),
}

/// All that was found.
#[derive(Default)]
pub struct Analysis {
    /// Effects as reached, settled.
    pub events: Vec<Event>,
    /// Entries: where, which message, in which function.
    pub handlers: Vec<(Place, Message, FnId)>,
    /// Entries whose evaluation ran out of its bound.
    pub exhausted: Vec<FnId>,
}

/// Functions evaluated at once: what is left of the run's budget is looked at in between, so that
/// the result does not depend on the number of threads.
const BATCH: usize = 64;

/// Evaluates all entries of the program, on the threads of the pool that calls it: their stacks have
/// to be big.
pub fn analyse(program: &Program, states: &States, demands: &Demands<'_>) -> Analysis {
    let satisfied = demands.satisfied;
    let mut settler = Settler {
        program,
        demands,
        shown: FxHashMap::default(),
        budgets: Budgets::new(states),
        clean: FxHashSet::default(),
    };
    settler.find_clean();
    let starts: Vec<FnId> = program.ids().filter(|id| is_start(program, *id)).collect();
    settler.show_all(&starts, true);
    let mut analysis = Analysis::default();
    for id in starts {
        let events = settler.settle(id, 0, &mut Vec::new());
        analysis.events.extend(events);
        let shown = settler.show(id);
        analysis.handlers.extend(shown.handlers.iter().copied());
        if shown.exhausted {
            analysis.exhausted.push(id);
        }
    }
    analysis.events.retain(|e| e.decided);
    drop_shown_removals(&mut analysis.events);
    let clean = |event: &Event, id: FnId| settler.clean_alone(event, id);
    analysis.events.retain(|e| satisfied(e) || !e.stack.iter().skip(1).any(|f| clean(e, *f)));
    analysis.handlers.extend(replies::handlers(program, &analysis.events));
    analysis.handlers.sort();
    analysis.handlers.dedup();
    analysis
}

struct Settler<'p, 's> {
    program: &'p Program,
    demands: &'s Demands<'s>,
    shown: FxHashMap<FnId, Shown>,
    budgets: Budgets<'s>,
    /// Request entries that prove everything alone.
    clean: FxHashSet<FnId>,
}

impl Settler<'_, '_> {
    /// Evaluates the request entries first: what one of them proves alone holds for every caller.
    fn find_clean(&mut self) {
        let program = self.program;
        let entries: Vec<FnId> =
            program.ids().filter(|id| is_request_entry(program, *id)).collect();
        self.show_all(&entries, true);
        let mut clean = FxHashSet::default();
        for id in entries {
            let satisfied = self.demands.satisfied;
            let shown = self.show(id);
            let proves = shown.events.iter().any(|e| is_follower_effect(e.effect));
            let all = shown.events.iter().all(|e| e.decided && satisfied(e));
            if proves && all && !shown.exhausted {
                clean.insert(id);
            }
        }
        self.clean = clean;
    }

    /// Evaluates functions, in parallel, that have not been evaluated yet.
    fn show_all(&mut self, ids: &[FnId], starts: bool) {
        let new: Vec<FnId> =
            ids.iter().copied().filter(|id| !self.shown.contains_key(id)).collect();
        for batch in new.chunks(BATCH) {
            let (program, budgets, clean) = (self.program, &self.budgets, &self.clean);
            let demands = self.demands;
            let one = |&id: &FnId| {
                (id, show(program, id, budgets.of(program, id, starts), clean, demands))
            };
            let results: Vec<(FnId, Shown)> = batch.par_iter().with_max_len(1).map(one).collect();
            for (id, shown) in results {
                self.budgets.spend(shown.used);
                self.shown.insert(id, shown);
            }
        }
    }

    fn show(&mut self, id: FnId) -> &Shown {
        self.show_all(&[id], false);
        &self.shown[&id]
    }

    /// The events of a function, with those that lack evidence replaced by what its callers show.
    fn settle(&mut self, id: FnId, climbed: usize, visiting: &mut Vec<FnId>) -> Vec<Event> {
        let events = self.show(id).events.clone();
        let open = |e: &Event, s: &Self| !e.decided || !(s.demands.satisfied)(e);
        if climbed >= MAX_CLIMB || visiting.contains(&id) || !events.iter().any(|e| open(e, self)) {
            return events;
        }
        let callers = self.program.callers(id);
        if callers.is_empty() || callers.len() > MAX_CALLERS {
            return events;
        }
        visiting.push(id);
        let mut above: Vec<Event> = Vec::new();
        for caller in callers {
            let settled = self.settle(caller, climbed + 1, visiting);
            above.extend(settled.into_iter().filter(|e| e.stack.contains(&id)));
        }
        visiting.pop();
        let mut result = Vec::new();
        for event in events {
            let seen = |e: &&Event| {
                e.effect == event.effect
                    && e.innermost == event.innermost
                    && e.stack.ends_with(&event.stack)
            };
            if !open(&event, self) || !above.iter().any(|e| seen(&e)) {
                result.push(event);
                continue;
            }
            for higher in above.iter().filter(seen) {
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

    /// Whether an entry on the way shows no violation of this site by itself: then it shows none
    /// with more known about its arguments either.
    fn clean_alone(&self, event: &Event, id: FnId) -> bool {
        let judged_alone = match event.effect {
            Effect::LeaderCommit => false,
            _ => event.handler == Some(id),
        };
        let Some(shown) = self.shown.get(&id).filter(|s| judged_alone && !s.exhausted) else {
            return false;
        };
        let same = |e: &&Event| e.effect == event.effect && e.innermost == event.innermost;
        shown.events.iter().filter(same).all(|e| e.decided && (self.demands.satisfied)(e))
    }
}

fn is_follower_effect(effect: Effect) -> bool {
    use Effect::{LogTruncate, LogWrite, VoteRecord, VoteReply};
    matches!(effect, LogWrite | LogTruncate | VoteRecord | VoteReply)
}
