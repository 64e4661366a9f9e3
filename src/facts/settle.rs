//! From entries to settled events: where a function alone does not show the evidence, its callers
//! are asked, up to a bound.

mod above;
mod along;
mod callers;
mod clean;
mod evaluate;
mod tiers;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use self::callers::Callers;
pub use self::evaluate::Evaluations;
use super::acknowledged::drop_unused;
use super::bound::{Bound, MAX_ASKED, MAX_CLIMB, Met};
use super::budget::Budgets;
use super::event::Event;
use super::grants;
use super::memory::Memory;
use super::overlap::drop_shown_removals;
use super::quorum;
use super::replies;
use super::show::Shown;
use super::start::{gets_message, is_start};
use super::stepping_down::only_where_plain;
use super::writes;
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::messages;
use crate::roles::state::States;
use crate::roles::storage::Storage;
use crate::source::Place;

/// What is asked about an event; the rules know, nothing here does.
pub struct Demands<'d> {
    /// Whether anything is asked at such an effect while this message is handled.
    pub asked: &'d (dyn Fn(Effect, Option<Message>) -> bool + Sync),
    /// Whether it has its evidence.
    pub satisfied: &'d (dyn Fn(&Event) -> bool + Sync),
    /// The same without what is only advice.
    pub safe: &'d (dyn Fn(&Event) -> bool + Sync),
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
    /// Functions in which the evaluation failed, by a bug of ours.
    pub failed: Vec<FnId>,
    /// How many evaluations there were.
    pub evaluations: Evaluations,
}

/// Evaluates all entries of the program, on the threads of the pool that calls it: their stacks have
/// to be big.
pub fn analyse(
    program: &Arc<Program>,
    states: &States,
    demands: &Demands<'_>,
    memory: Option<&mut Memory>,
) -> Analysis {
    // What follows no paths needs nothing of what does.
    let scan = || {
        let mut events = quorum::events(program, states, demands.asked);
        events.extend(super::unstable::scan(program, states, demands));
        events
    };
    let follow = || follow(program, states, demands, memory);
    let (mut analysis, scanned) = rayon::join(follow, scan);
    analysis.events.extend(scanned);
    analysis.handlers.extend(replies::handlers(program, &analysis.events));
    analysis.handlers.sort();
    analysis.handlers.dedup();
    analysis
}

/// Follows the paths of all entries.
fn follow(
    program: &Arc<Program>,
    states: &States,
    demands: &Demands<'_>,
    mut memory: Option<&mut Memory>,
) -> Analysis {
    let satisfied = demands.satisfied;
    let storage = Arc::new(Storage::of(program, states));
    if let Some(memory) = &mut memory {
        memory.update(program, &storage);
    }
    let mut settler = Settler {
        program,
        demands,
        storage,
        memory,
        shown: FxHashMap::default(),
        whole: FxHashMap::default(),
        followed: BTreeSet::new(),
        budgets: Budgets::new(program, states),
        clean: FxHashSet::default(),
        asked: 0,
        evaluations: Evaluations::default(),
    };
    let starts: Vec<FnId> = program.ids().filter(|id| is_start(program, *id)).collect();
    settler.find_clean(&starts);
    settler.show_all(&starts, true);
    settler.show_callers(&starts);
    let mut analysis = Analysis::default();
    for id in starts {
        let events = settler.settle(id, None, &mut Vec::new());
        analysis.events.extend(events);
        let shown = settler.show(id);
        analysis.handlers.extend(shown.handlers.iter().copied());
        if shown.exhausted {
            analysis.exhausted.push(id);
        }
    }
    let mut done = BTreeSet::new();
    while let Some(&id) = settler.followed.difference(&done).next() {
        done.insert(id);
        let events = settler.settle(id, None, &mut Vec::new());
        analysis.events.extend(events);
    }
    analysis.failed = settler.failed();
    analysis.evaluations = settler.evaluations;
    let unfinished: FxHashSet<FnId> = analysis.exhausted.iter().copied().collect();
    settler.mark_unfinished(&mut analysis.events, &unfinished);
    only_where_plain(&mut analysis.events);
    analysis.events.retain(|e| e.decided);
    analysis.events.extend(writes::events(program, states, &settler.storage, demands));
    drop_shown_removals(&mut analysis.events);
    drop_unused(&mut analysis.events);
    settler.lend_facts(&mut analysis.events);
    analysis.events.retain(|e| satisfied(e) || !settler.is_shown_below(e));
    let incomplete = analysis.exhausted.iter().copied().collect();
    grants::compare_forms(&mut analysis.events, &incomplete);
    analysis
}

struct Settler<'p, 's> {
    program: &'p Program,
    demands: &'s Demands<'s>,
    storage: Arc<Storage>,
    /// What was shown in earlier analyses, if that is kept.
    memory: Option<&'s mut Memory>,
    shown: FxHashMap<FnId, Arc<Shown>>,
    /// Functions that had left arms alone, with all of their arms.
    whole: FxHashMap<FnId, Arc<Shown>>,
    /// Those of them in which something is followed up that was left open further down.
    followed: BTreeSet<FnId>,
    budgets: Budgets<'s>,
    /// Handlers that prove everything alone.
    clean: FxHashSet<FnId>,
    /// How often callers have been asked for the function that is settled.
    asked: usize,
    evaluations: Evaluations,
}

/// What a function has left open for its callers.
struct Asked<'a> {
    callee: FnId,
    left: &'a FxHashSet<(Effect, Place)>,
}

impl Asked<'_> {
    fn is_about(&self, event: &Event) -> bool {
        self.left.contains(&(event.effect, event.innermost)) && event.stack.contains(&self.callee)
    }
}

impl Settler<'_, '_> {
    /// Whether a function gets a message, or takes one apart.
    fn has_message(&self, id: FnId) -> bool {
        gets_message(self.program, id) || takes_any_message(self.program, id)
    }

    /// The events of a function, with those that lack evidence replaced by what its callers show. If
    /// it is looked at for one that it calls, only what that one has left open is asked.
    fn settle(
        &mut self,
        id: FnId,
        asked: Option<&Asked<'_>>,
        visiting: &mut Vec<FnId>,
    ) -> Vec<Event> {
        let mut events = match asked {
            Some(asked) => {
                let about = self.show_whole(id).events.iter().filter(|e| asked.is_about(e));
                about.cloned().collect()
            }
            None if self.followed.contains(&id) => self.show_whole(id).events.clone(),
            None => self.show(id).events.clone(),
        };
        // What a function on the way shows alone need not be asked for.
        self.lend_facts(&mut events);
        let left = self.left_open(id, &events);
        if left.is_empty() || visiting.contains(&id) {
            return events;
        }
        let unfollowed = |mut events: Vec<Event>, bound: Bound| {
            let open = |e: &&mut Event| left.contains(&(e.effect, e.innermost));
            events
                .iter_mut()
                .filter(open)
                .for_each(|e| e.bound = e.bound.or(Some(Met { bound, function: id })));
            events
        };
        self.asked = if visiting.is_empty() { 0 } else { self.asked + 1 };
        let Some(Callers { asked: callers, are_all }) = self.callers_with_evidence(id, &left)
        else {
            return unfollowed(events, Bound::Callers);
        };
        if callers.is_empty() {
            return events;
        }
        if let Some(bound) = self.kept_from(id, &callers) {
            return unfollowed(events, bound);
        }
        if self.asked > MAX_ASKED {
            return unfollowed(events, Bound::Asked);
        }
        if visiting.len() >= MAX_CLIMB {
            // One that is looked at by itself is followed up from there.
            if !is_start(self.program, id) {
                return unfollowed(events, Bound::Climb);
            }
            if self.show(id).left_aside {
                self.followed.insert(id);
            }
            events.iter_mut().for_each(|e| e.decided &= !left.contains(&(e.effect, e.innermost)));
            return events;
        }
        self.show_all(&callers, false);
        visiting.push(id);
        let asked = Asked { callee: id, left: &left };
        let mut above: Vec<Event> = Vec::new();
        for &caller in &callers {
            above.extend(self.settle(caller, Some(&asked), visiting));
        }
        visiting.pop();
        self.seen_from_above(id, events, &callers, are_all, &above)
    }

    /// Whether an event lacks evidence that a caller may have.
    fn is_open(&self, event: &Event) -> bool {
        // A part that leaves the term to its handler only says that: the handler is judged by itself.
        let part = event.effect == Effect::HandlingEnd && !event.decided;
        !part && (!event.decided || !(self.demands.satisfied)(event))
    }
}

/// Whether an effect's function got no term: whoever took the message apart has to ask for it.
fn leaves_term(event: &Event) -> bool {
    event.facts.iter().any(|(f, _)| *f == Fact::TermElsewhere)
}

/// Whether two events are about one effect of one message.
fn is_same(a: &Event, b: &Event) -> bool {
    a.effect == b.effect && a.innermost == b.innermost && a.handling == b.handling
}

/// Whether a function takes a message of whatever kind and hands it on.
fn takes_any_message(program: &Program, id: FnId) -> bool {
    let package = program.package(id);
    program.function(id).params.iter().any(|p| messages::is_envelope(program, &p.ty, package))
}
