//! An effect that the evaluation came across, with what was known there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bound::Met;
use super::eval::Engine;
use super::freshness::LogOrder;
use super::naming::Naming;
use super::reads;
use super::scope::is_position;
use super::trail::{self, Question};
use super::world::World;
use crate::ir::{ExprKind, Name};
use crate::program::{FnId, PackageId};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Sym, Symbols, Tags};
use crate::source::Place;

/// What a step of a witness is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StepKind {
    /// The entry.
    Entry(FnId),
    /// A call into a function.
    Call(FnId),
    /// A question, and whether the way goes on where the answer is yes.
    Decision(Question, bool),
}

/// An effect site as reached on one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// The protected operation.
    pub effect: Effect,
    /// Where it is reported: the operation, or the call of the setter that performs it.
    pub place: Place,
    /// The operation itself.
    pub innermost: Place,
    /// The function that `place` is in.
    pub function: FnId,
    /// The package that it was reached in.
    pub(super) package: Option<PackageId>,
    /// Facts that hold there, with their places.
    pub facts: Vec<(Fact, Place)>,
    /// The parts of a reply that it is about.
    pub(super) parts: Vec<Name>,
    /// The message being handled.
    pub handling: Option<Message>,
    /// The function in which that message was recognised.
    pub handler: Option<FnId>,
    /// Whether the analysis knows enough to ask for evidence; otherwise a caller has to tell.
    pub decided: bool,
    /// What kept from looking for the evidence that it lacks, if something did.
    pub bound: Option<Met>,
    /// How the candidate's last entry compares with the voter's own there.
    pub(super) logs: LogOrder,
    /// The bodies that showed nothing on this way: their call was taken for the effect.
    pub hidden_in: Vec<FnId>,
    /// The functions on the way, outermost first.
    pub stack: Vec<FnId>,
    /// What the code calls the values of the protocol there.
    pub naming: Arc<Naming>,
    /// The way.
    pub steps: Vec<(Place, StepKind)>,
}

/// Where an effect is reported.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Site {
    /// The operation itself.
    pub(super) innermost: Place,
    /// Where it is reported: the operation, or the call of the setter that performs it.
    pub(super) place: Place,
    /// The function that `place` is in.
    pub(super) function: FnId,
    /// The functions on the way, outermost first.
    pub(super) stack: Vec<FnId>,
}

impl Event {
    /// It is about this part of a reply, too.
    pub(super) fn add_part(&mut self, part: Name) {
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// An event of its own place, on no way: what a scan over the code found.
    pub(super) fn found(effect: Effect, place: Place, function: FnId) -> Self {
        Event {
            effect,
            place,
            innermost: place,
            function,
            package: None,
            facts: Vec::new(),
            parts: Vec::new(),
            handling: None,
            handler: None,
            decided: true,
            bound: None,
            stack: vec![function],
            logs: LogOrder::default(),
            hidden_in: Vec::new(),
            naming: Arc::default(),
            steps: Vec::new(),
        }
    }

    /// Adds a fact that turned out later.
    pub(super) fn learn(&mut self, fact: Fact, at: Place) {
        if let Err(position) = self.facts.binary_search_by_key(&fact, |(f, _)| *f) {
            self.facts.insert(position, (fact, at));
        }
    }
}

/// Steps of a witness that are kept at most.
const MAX_STEPS: usize = 10;

impl Engine<'_> {
    /// Records an effect; gives the number of its event. `written` are the symbols that it writes.
    pub(super) fn record(
        &mut self,
        world: &World,
        effect: Effect,
        innermost: Place,
        written: &[Sym],
        decided: bool,
    ) -> Option<usize> {
        if !(self.demands.asked)(effect, world.handling) {
            return None;
        }
        let (site, depth) = self.site(innermost, self.handed_on(effect, written));
        let mut world = world.clone();
        for (fact, at) in self.evidence_at(&world, effect, written, innermost) {
            world.learn(fact, at);
        }
        self.record_at(&world, effect, &site, depth, written, decided)
    }

    /// Where an effect that happens here is reported, and how deep in the stack that is.
    pub(super) fn site(&self, innermost: Place, written: &[Sym]) -> (Site, usize) {
        let (place, depth) = self.lift(innermost, written);
        let function = self.frames.all()[depth].function;
        let stack =
            self.frames.all().iter().filter(|f| !f.is_closure).map(|f| f.function).collect();
        (Site { innermost, place, function, stack }, depth)
    }

    /// Records an effect with the facts of the world as they are, at a place of one's own.
    pub(super) fn record_at(
        &mut self,
        world: &World,
        effect: Effect,
        site: &Site,
        depth: usize,
        written: &[Sym],
        decided: bool,
    ) -> Option<usize> {
        if !(self.demands.asked)(effect, world.handling) {
            return None;
        }
        reads::elsewhere();
        let mut event = Event {
            effect,
            place: site.place,
            innermost: site.innermost,
            function: site.function,
            package: Some(self.symbols.package),
            facts: world.facts.to_vec(),
            parts: Vec::new(),
            handling: world.handling,
            handler: *world.handler,
            decided,
            bound: *world.unasked,
            logs: (*world.logs).clone(),
            hidden_in: Vec::new(),
            stack: site.stack.clone(),
            naming: Arc::default(),
            steps: Vec::new(),
        };
        if let Some(known) = self.events.known(&event) {
            let known_event = &mut self.events[known];
            known_event.logs.join(&world.logs);
            known_event.bound = known_event.bound.min(*world.unasked);
            return Some(known);
        }
        if self.events.is_full() {
            self.give_up();
            return None;
        }
        // What a grant lacks may turn out later.
        let grant = matches!(effect, Effect::VoteRecord | Effect::VoteReply);
        if grant || (self.demands.lacks_evidence)(&event) {
            event.steps = self.calls(depth);
            event.steps.extend(self.decisions(world));
            // What another way to the same place calls things is told of this one, too.
            let named = self
                .events
                .iter()
                .find(|e| e.effect == effect && e.place == event.place && !e.steps.is_empty());
            event.naming = match named {
                Some(named) => Arc::clone(&named.naming),
                None => Arc::new(self.naming(world, depth, written)),
            };
        }
        Some(self.events.push(event))
    }

    /// Adds an event, unless it is known already or there are too many; gives its number.
    pub(super) fn push_event(&mut self, event: Event) -> Option<usize> {
        reads::elsewhere();
        let known = self.events.known(&event);
        if known.is_none() && self.events.is_full() {
            self.give_up();
            return None;
        }
        Some(known.unwrap_or_else(|| self.events.push(event)))
    }

    /// What a setter may have got as its argument: not what it looked up in the node's own tables.
    fn handed_on<'w>(&self, effect: Effect, written: &'w [Sym]) -> &'w [Sym] {
        use Effect::{MatchMove, NextBackOff, NextFloor, NextMove};
        let looked_up = |sym: &Sym| self.reads_progress(*sym, 6);
        let progress = matches!(effect, MatchMove | NextMove | NextFloor | NextBackOff);
        match written.first() {
            Some(value) if progress => {
                if looked_up(value) {
                    &[]
                } else {
                    std::slice::from_ref(value)
                }
            }
            _ => written,
        }
    }

    /// Moves an effect out of setters: helpers without a branch, and helpers that write what they
    /// got as an argument. The protocol's decision is at their call.
    pub(super) fn lift(&self, innermost: Place, written: &[Sym]) -> (Place, usize) {
        let mut place = innermost;
        let mut depth = self.frames.all().len() - 1;
        while depth > 0 {
            let frame = &self.frames.all()[depth];
            if frame.is_closure {
                // The code stands in the function that made the closure, not in the one that ran it.
                let serial = frame.serial;
                let owner =
                    self.frames.all().iter().position(|f| f.serial == serial && !f.is_closure);
                depth = owner.unwrap_or(depth - 1);
                continue;
            }
            let Some(call) = frame.call else { break };
            if messages::entry_of(self.symbols.program, frame.function).is_some() {
                break;
            }
            let handed_in = written
                .iter()
                .any(|w| frame.arguments.iter().any(|a| derives(&self.symbols, *w, *a, 8)));
            let straight = self.is_straight(frame.function);
            // What gets the candidate's log decides on it.
            let decides = !straight
                && frame.arguments.iter().any(|a| {
                    let tags = self.symbols.tags(*a);
                    tags.any(Tags::CANDIDATE_LAST)
                });
            if !handed_in && !straight || decides {
                break;
            }
            place = call;
            depth -= 1;
        }
        while self.frames.all()[depth].is_closure && depth > 0 {
            depth -= 1;
        }
        (place, depth)
    }

    fn is_straight(&self, function: FnId) -> bool {
        let branches = |kind: &ExprKind| {
            matches!(
                kind,
                ExprKind::If { .. }
                    | ExprKind::Match { .. }
                    | ExprKind::Loop { .. }
                    | ExprKind::While { .. }
                    | ExprKind::For { .. }
            )
        };
        !self.symbols.program.function(function).body.exprs.iter().any(|e| branches(&e.kind))
    }

    /// The entry, and the calls down to a frame.
    pub(super) fn calls(&self, depth: usize) -> Vec<(Place, StepKind)> {
        let program = self.symbols.program;
        let mut steps = Vec::new();
        for (i, frame) in self.frames.all().iter().enumerate().filter(|(_, f)| !f.is_closure) {
            if i == 0 {
                steps.push((program.place(frame.function), StepKind::Entry(frame.function)));
            } else if let Some(call) = frame.call
                && i <= depth
            {
                steps.push((call, StepKind::Call(frame.function)));
            }
        }
        steps
    }

    /// The last decisions on a way.
    pub(super) fn decisions(&self, world: &World) -> Vec<(Place, StepKind)> {
        let decision = |d: trail::Decision| (d.place, StepKind::Decision(d.question, d.outcome));
        world.trail.decisions(MAX_STEPS).into_iter().map(decision).collect()
    }
}

/// Whether a symbol is another one, or an element or arithmetic neighbour of it.
fn derives(symbols: &Symbols<'_>, sym: Sym, from: Sym, fuel: u32) -> bool {
    if sym == from {
        return true;
    }
    if fuel == 0 {
        return false;
    }
    match &symbols.get(sym).origin {
        Origin::Elem(base)
        | Origin::Inner(base)
        | Origin::Named(base, _)
        | Origin::Index(base, _) => derives(symbols, *base, from, fuel - 1),
        // What a newtype holds.
        Origin::Field(base, name) if is_position(symbols.program.text(*name)) => {
            derives(symbols, *base, from, fuel - 1)
        }
        Origin::Binary(_, a, b) => {
            derives(symbols, *a, from, fuel - 1) || derives(symbols, *b, from, fuel - 1)
        }
        Origin::Method(_, args) | Origin::Composite(args) => {
            args.iter().any(|a| derives(symbols, *a, from, fuel - 1))
        }
        _ => false,
    }
}
