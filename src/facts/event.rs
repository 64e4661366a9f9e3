//! An effect that the evaluation came across, with what was known there.

use std::sync::Arc;

use super::eval::Engine;
use super::naming::Naming;
use super::scope::is_position;
use super::trail::{self, Question};
use super::world::World;
use crate::ir::ExprKind;
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// What a step of a witness is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// The entry.
    Entry(FnId),
    /// A call into a function.
    Call(FnId),
    /// A question, and whether the way goes on where the answer is yes.
    Decision(Question, bool),
}

/// An effect site as reached on one way.
#[derive(Clone, Debug)]
pub struct Event {
    /// The protected operation.
    pub effect: Effect,
    /// Where it is reported: the operation, or the call of the setter that performs it.
    pub place: Place,
    /// The operation itself.
    pub innermost: Place,
    /// The function that `place` is in.
    pub function: FnId,
    /// Facts that hold there, with their places.
    pub facts: Vec<(Fact, Place)>,
    /// The message being handled.
    pub handling: Option<Message>,
    /// The function in which that message was recognised.
    pub handler: Option<FnId>,
    /// Whether the analysis knows enough to ask for evidence; otherwise a caller has to tell.
    pub decided: bool,
    /// The bodies that showed nothing on this way: their call was taken for the effect.
    pub hidden_in: Vec<FnId>,
    /// The functions on the way, outermost first.
    pub stack: Vec<FnId>,
    /// What the code calls the values of the protocol there.
    pub naming: Arc<Naming>,
    /// The way.
    pub steps: Vec<(Place, StepKind)>,
}

/// Effects of one entry that are looked at; more are machine-made.
const MAX_EVENTS: usize = 1_000;
/// Steps of a witness that are kept at most.
const MAX_STEPS: usize = 10;

impl Engine<'_> {
    /// Records an effect. `written` are the symbols that it writes.
    pub(super) fn record(
        &mut self,
        world: &World,
        effect: Effect,
        innermost: Place,
        written: &[Sym],
        decided: bool,
    ) {
        if !(self.demands.asked)(effect, world.handling) {
            return;
        }
        let mut world = world.clone();
        for (fact, at) in self.evidence_at(&world, effect, written, innermost) {
            world.learn(fact, at);
        }
        let world = &world;
        let (place, depth) = self.lift(innermost, written);
        let function = self.frames[depth].function;
        let stack: Vec<FnId> =
            self.frames.iter().filter(|f| !f.is_closure).map(|f| f.function).collect();
        let duplicate = self.events.iter().any(|e| {
            e.effect == effect
                && e.place == place
                && e.innermost == innermost
                && e.decided == decided
                && e.handling == world.handling
                && e.stack == stack
                && e.facts.len() == world.facts.len()
                && e.facts.iter().zip(&world.facts).all(|(a, b)| a.0 == b.0)
        });
        if duplicate {
            return;
        }
        if self.events.len() >= MAX_EVENTS {
            self.exhausted = true;
            return;
        }
        let mut event = Event {
            effect,
            place,
            innermost,
            function,
            facts: world.facts.clone(),
            handling: world.handling,
            handler: world.handler,
            decided,
            hidden_in: Vec::new(),
            stack,
            naming: Arc::default(),
            steps: Vec::new(),
        };
        if (self.demands.lacks_evidence)(&event) {
            event.steps = self.steps(world, depth);
            event.naming = Arc::new(self.naming(world, depth, written));
        }
        self.events.push(event);
    }

    /// Moves an effect out of setters: helpers without a branch, and helpers that write what they
    /// got as an argument. The protocol's decision is at their call.
    fn lift(&self, innermost: Place, written: &[Sym]) -> (Place, usize) {
        let mut place = innermost;
        let mut depth = self.frames.len() - 1;
        while depth > 0 {
            let frame = &self.frames[depth];
            if frame.is_closure {
                // The code stands in the function that made the closure, not in the one that ran it.
                let serial = frame.serial;
                let owner = self.frames.iter().position(|f| f.serial == serial && !f.is_closure);
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
            if !handed_in && !self.is_straight(frame.function) {
                break;
            }
            place = call;
            depth -= 1;
        }
        while self.frames[depth].is_closure && depth > 0 {
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

    fn steps(&self, world: &World, depth: usize) -> Vec<(Place, StepKind)> {
        let program = self.symbols.program;
        let mut steps = Vec::new();
        for (i, frame) in self.frames.iter().enumerate().filter(|(_, f)| !f.is_closure) {
            if i == 0 {
                steps.push((program.place(frame.function), StepKind::Entry(frame.function)));
            } else if let Some(call) = frame.call
                && i <= depth
            {
                steps.push((call, StepKind::Call(frame.function)));
            }
        }
        let decisions = world.trail.decisions();
        let skip = decisions.len().saturating_sub(MAX_STEPS);
        let decision = |d: trail::Decision| (d.place, StepKind::Decision(d.question, d.outcome));
        steps.extend(decisions.into_iter().skip(skip).map(decision));
        steps
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
