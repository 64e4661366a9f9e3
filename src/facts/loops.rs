//! Loops: the body is evaluated twice, and what holds on every way out goes on.

use std::rc::Rc;

use super::eval::{Engine, LoopFrame, Outs};
use super::join::{MAX_WAITING, gather, merge};
use super::reads;
use super::value::Value;
use super::world::{Heap, World};
use crate::ir::{ExprId, Name, PatId};
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Role, Sym, Symbols, Tags};
use crate::source::Place;

/// What a `for` does with each element.
pub(super) struct Turn {
    pub(super) pat: PatId,
    pub(super) body: ExprId,
    /// The whole loop.
    pub(super) place: Place,
}

impl Engine<'_> {
    pub(super) fn for_loop(
        &mut self,
        world: World,
        label: Option<Name>,
        iter: ExprId,
        turn: Turn,
    ) -> Outs {
        let mut outs = Outs::new();
        for (mut w, iter) in self.eval(world, iter) {
            self.lend(&mut w, std::slice::from_ref(&iter));
            let iter = self.load(&w, &iter);
            let elem = self.element(&iter);
            let entries = self.walks_entries(&iter);
            let over = self.symbol(&iter);
            let mut first = true;
            let mut left = self.repeat(w, label, true, |engine, world| {
                let mut outside = vec![world.clone()];
                // Not one turn over the request's entries: it has none.
                if std::mem::take(&mut first) && entries {
                    outside.retain_mut(|w| {
                        if Fact::NoEntries.concerns(w.handling) {
                            w.learn(Fact::NoEntries, turn.place);
                        }
                        w.overlap.found_equal();
                        !w.has(Fact::SomeEntries)
                    });
                }
                let split = engine.match_pat(world, &elem, turn.pat);
                let mut outs = Outs::new();
                for mut w in split.matched {
                    engine.turns_to_commit(&mut w, over, turn.place);
                    outs.extend(engine.eval(w, turn.body));
                }
                (outs, outside)
            });
            // Where some turn stops at a conflict, those that do not have found none.
            if entries && left.iter().any(|(w, _)| w.overlap.conflicts()) {
                left.iter_mut().for_each(|(w, _)| w.overlap.found_equal());
            }
            outs.extend(left);
        }
        merge(outs, &mut self.symbols)
    }

    /// A loop: its body runs twice, which is enough for facts that one turn leaves to the next, or once
    /// if it leaves none. `turn` gives the worlds after the body and those that leave before it, of which
    /// a loop over elements has one at each turn's head.
    pub(super) fn repeat(
        &mut self,
        world: World,
        label: Option<Name>,
        over_elements: bool,
        mut turn: impl FnMut(&mut Self, World) -> (Outs, Vec<World>),
    ) -> Outs {
        let handling = world.handling;
        let votes = world.votes();
        let before = world.clone();
        let frame = LoopFrame { label, block: false, breaks: Outs::new(), continues: Vec::new() };
        self.frame_mut().loops.push(frame);
        let mut heads = vec![world];
        let mut left = Outs::new();
        let mut last = Vec::new();
        for round in 0..2 {
            let mut after = Vec::new();
            let handled = self.handlers.len();
            for w in std::mem::take(&mut heads) {
                let (outs, outside) = turn(self, w);
                after.extend(outs.into_iter().map(|(w, _)| w));
                left.extend(outside.into_iter().map(|w| (w, Value::Unit)));
            }
            let frame = self.frame_mut().loops.last_mut().expect("this loop's own frame");
            after.append(&mut frame.continues);
            let handles = handling.is_none() && self.handlers.len() > handled;
            for w in &mut after {
                // What one turn assumed of its element says nothing about the next one.
                let former = before.assumptions.unread();
                w.assumptions.unread_mut().retain(|a| former.contains(a));
                w.turns();
                // What was handled in this turn, or waited for, ends with it.
                if handles || w.handling != handling {
                    self.handling_ends(w, &Value::Unit);
                    Self::office_leaves(w);
                    w.term = before.term.clone();
                }
                self.leave_votes(w, handling, &votes);
                if handling.is_none() {
                    self.forget_message(w);
                }
                if handles {
                    w.forget_handling(&before);
                }
                w.handling = handling;
            }
            let after = self.dedup(after);
            if round == 1 {
                // The way on from the last turn is the way out of a `while` or `for`.
                if left.is_empty() {
                    last = after;
                } else {
                    left.extend(after.into_iter().map(|w| (w, Value::Unit)));
                }
            } else if after.iter().all(|w| w.stays(&before)) {
                if over_elements {
                    left.extend(after.into_iter().map(|w| (w, Value::Unit)));
                } else {
                    last = after;
                }
                break;
            } else {
                heads = after;
            }
        }
        if let Some(frame) = self.frame_mut().loops.pop() {
            left.extend(frame.breaks);
        }
        // A loop without a way out: whoever sent the message has its answer by the next turn.
        if left.is_empty() && handling.is_none() {
            for w in &last {
                self.reply_leaves(w, None);
            }
        }
        for (w, _) in &mut left {
            self.leave_votes(w, handling, &votes);
            w.handling = handling;
        }
        merge(left, &mut self.symbols)
    }

    /// The next turn handles another message: what this one left in the term and the vote is no
    /// value of that one, though both are called the same there.
    fn forget_message(&self, world: &mut World) {
        reads::part(reads::TERM_OF_MESSAGE);
        if holds_term_of_message(&self.symbols, world.heap.unread()) {
            Rc::make_mut(&mut world.heap).retain(|place, _| !is_of_term(&self.symbols, *place));
        }
    }

    /// Whether an iterator goes over all of the request's entries.
    fn walks_entries(&mut self, iter: &Value) -> bool {
        let mut sym = self.symbol(iter);
        for _ in 0..4 {
            match &self.symbols.get(sym).origin {
                Origin::Method(name, args) => {
                    let text = self.symbols.program.text(*name);
                    if let ("zip", [a, b]) = (text, &**args) {
                        match (self.is_unbounded(*a), self.is_unbounded(*b)) {
                            (true, _) => sym = *b,
                            (_, true) => sym = *a,
                            _ => return false,
                        }
                        continue;
                    }
                    if matches!(text, "skip" | "filter" | "take" | "skip_while" | "take_while") {
                        return false;
                    }
                    match args.first() {
                        Some(&inner) if self.symbols.role(inner) == Role::ReqEntries => sym = inner,
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        let tags = self.symbols.tags(sym);
        let made_of = tags.any(Tags::ENTRIES) && tags.only_request();
        self.symbols.role(sym) == Role::ReqEntries || made_of && !self.is_part_of_entry(sym)
    }

    /// `start..`, which never ends before what it is zipped with.
    fn is_unbounded(&self, sym: Sym) -> bool {
        matches!(&self.symbols.get(sym).origin, Origin::Composite(parts)
            if parts.len() == 2 && self.symbols.get(parts[1]).origin == Origin::Int(1))
    }

    /// Whether a value is one entry of the request, or something in it.
    fn is_part_of_entry(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        matches!(data.role, Role::ReqEntry | Role::ReqEntryPart)
            || match &data.origin {
                Origin::Payload(base, ..)
                | Origin::Field(base, _)
                | Origin::Inner(base)
                | Origin::Named(base, _) => self.is_part_of_entry(*base),
                _ => false,
            }
    }

    /// `break`: these ways go on behind the loop.
    pub(super) fn leave_loop(&mut self, label: Option<Name>, outs: Outs) {
        let Some(frame) = self.loop_frame(label) else { return };
        let mut breaks = std::mem::take(&mut frame.breaks);
        gather(&mut breaks, outs, &mut self.symbols);
        self.loop_frame(label).expect("invariant: the loop was found before").breaks = breaks;
    }

    /// `continue`: this way goes on with the next turn.
    pub(super) fn next_turn(&mut self, label: Option<Name>, world: World) {
        let Some(frame) = self.loop_frame(label) else { return };
        let mut continues = std::mem::take(&mut frame.continues);
        continues.push(world);
        if continues.len() > MAX_WAITING {
            continues = self.dedup(continues);
        }
        self.loop_frame(label).expect("invariant: the loop was found before").continues = continues;
    }

    fn loop_frame(&mut self, label: Option<Name>) -> Option<&mut LoopFrame> {
        let loops = &mut self.frame_mut().loops;
        match label {
            Some(label) => loops.iter_mut().rev().find(|l| l.label == Some(label)),
            None => loops.iter_mut().rev().find(|l| !l.block),
        }
    }
}

fn is_of_term(symbols: &Symbols<'_>, place: Sym) -> bool {
    matches!(symbols.role(place), Role::CurrentTerm | Role::VotedFor)
}

/// Whether something is stored as the node's term or vote of which a part came with a message.
pub(super) fn holds_term_of_message(symbols: &Symbols<'_>, heap: &Heap) -> bool {
    heap.iter().any(|(at, value)| is_of_term(symbols, *at) && comes_with_message(symbols, value))
}

fn comes_with_message(symbols: &Symbols<'_>, value: &Value) -> bool {
    match value {
        Value::Sym(sym) => symbols.tags(*sym).any(Tags::REQUEST),
        Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
            parts.iter().any(|part| comes_with_message(symbols, part))
        }
        _ => false,
    }
}
