//! Entering bodies: functions and closures with the caller's values.

use std::rc::Rc;

use smallvec::smallvec;

use super::bound::MAX_CLOSURES;
use super::eval::{Engine, Frame, MAX_DEPTH, Outs};
use super::join::merge;
use super::reads;
use super::value::{Closure, Value};
use super::world::World;
use crate::ir::{ExprKind, TypeRef};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::source::Place;

impl Engine<'_> {
    /// Enters each of the bodies; the worlds of all of them go on.
    pub(super) fn enter_all(
        &mut self,
        world: &World,
        targets: &[FnId],
        self_value: Option<&Value>,
        args: &[Value],
        place: Place,
    ) -> Option<Outs> {
        let depth = self.depth();
        if depth >= MAX_DEPTH {
            reads::elsewhere();
            return None;
        }
        if targets.iter().all(|t| self.is_clean(*t)) {
            let mut world = world.clone();
            *world.voted = true;
            Self::office_blurs(&mut world);
            return Some(smallvec![(world, Value::Sym(self.symbols.fresh()))]);
        }
        let mut outs = Outs::new();
        for &target in targets {
            if let Some(frame) = self.frames.of(target) {
                reads::frame(frame.serial);
                return None;
            }
            self.symbols.program.function(target).root?;
            outs.extend(self.enter_or_recall(world, target, self_value, args, place));
        }
        Some(merge(outs, &mut self.symbols))
    }

    /// Evaluates a function's body.
    pub(super) fn enter(
        &mut self,
        mut world: World,
        target: FnId,
        self_value: Option<&Value>,
        args: &[Value],
        call: Option<Place>,
    ) -> Outs {
        let program = self.symbols.program;
        let function = program.function(target);
        let Some(root) = function.root else { return Outs::new() };
        self.serial += 1;
        let locals = world.locals.len();
        world.locals.push(Self::new_locals());
        let arguments = args
            .iter()
            .filter_map(|a| match a {
                Value::Sym(s) if self.symbols.role(*s) != Role::Request => Some(*s),
                Value::Sym(_) => None,
                other => Some(self.symbol(other)),
            })
            .collect::<Vec<Sym>>();
        let arguments =
            arguments.into_iter().filter(|s| self.symbols.tags(*s) != Tags::default()).collect();
        self.frames.push(Frame {
            function: target,
            serial: self.serial,
            locals,
            call,
            self_value: self_value.cloned(),
            arguments,
            is_closure: false,
            returns: Outs::new(),
            loops: Vec::new(),
        });
        let seen = self.events.len();
        let package = std::mem::replace(&mut self.symbols.package, program.package(target));
        let (handling, handler, quorum) =
            (world.handling, world.handler.clone(), world.quorum.clone());
        let (handled_at, term) = (world.handled_at.clone(), world.term.clone());
        let votes = world.votes();
        if let Some(entry) = messages::entry_of(program, target) {
            let named = program.place(target);
            self.enter_message(&mut world, entry.message, Some(named));
            let reply = matches!(entry.message, Message::AppendReply | Message::VoteReply);
            if reply && args.iter().any(|a| self.came_by_channel_of_term(&world, a)) {
                reads::elsewhere();
                world.learn(Fact::ReplyOfThisTerm, call.unwrap_or(named));
            }
        }
        let mut worlds = vec![world];
        for (param, value) in function.params.iter().zip(args) {
            let value = self.declared(value.clone(), Some(&param.ty));
            let value = self.received(value, &param.ty, target);
            worlds = self.matching(worlds, &value, param.pat);
        }
        let mut outs = Outs::new();
        for w in worlds {
            outs.extend(self.eval(w, root));
        }
        for (w, value) in &mut outs {
            *value = self.given_back(w, value);
        }
        outs.append(&mut self.frame_mut().returns);
        // An entry's own reply is judged where it is given, not in the code that passes it on.
        let received = messages::entry_of(program, target).map(|e| e.message);
        for (w, value) in &outs {
            if w.handling != handling {
                self.handling_ends(w, value);
            }
        }
        if received == Some(Message::RequestVote) {
            let end = program.place(target);
            self.entry_returns(&outs, end);
            let judged = self.events.len() > seen;
            for (w, value) in &mut outs {
                *w.voted |= judged || self.is_answer(value);
                if !w.ballot().is_settled() {
                    w.ballot_mut().settle();
                }
            }
        }
        let frame = self.frames.pop();
        debug_assert!(frame.is_some());
        self.symbols.package = package;
        for (w, value) in &mut outs {
            w.locals.truncate(locals);
            // What another message says about its term says nothing about that of this one.
            if handling.is_some() && w.handling != handling {
                w.term = term.clone();
            }
            if w.handling != handling {
                Self::office_leaves(w);
            }
            self.leave_votes(w, handling, &votes);
            w.handling = handling;
            w.handler = handler.clone();
            w.handled_at = handled_at.clone();
            // Looking at replica counts inside only matters outside through what comes back.
            if *value == Value::Unit {
                w.quorum = quorum.clone();
            }
        }
        merge(outs, &mut self.symbols)
    }

    /// Evaluates a closure's body.
    pub(super) fn enter_closure(
        &mut self,
        world: World,
        closure: &Rc<Closure>,
        args: &[Value],
        call: Option<Place>,
    ) -> Outs {
        let alive = self.frames.with_serial(closure.serial).is_some();
        let nested = self.frames.unread().iter().filter(|f| f.is_closure).count();
        let body = &self.symbols.program.function(closure.function).body;
        let ExprKind::Closure { params, body: inner } = &body.expr(closure.expr).kind else {
            return Outs::new();
        };
        if alive && nested > MAX_CLOSURES {
            return self.closure_not_entered(world);
        }
        if !alive {
            return smallvec![(world, Value::Sym(self.symbols.fresh()))];
        }
        let owner = self.frames.with_serial(closure.serial);
        let self_value = owner.and_then(|f| f.self_value.clone());
        self.frames.push(Frame {
            function: closure.function,
            serial: closure.serial,
            locals: closure.locals,
            call,
            self_value,
            arguments: Vec::new(),
            is_closure: true,
            returns: Outs::new(),
            loops: Vec::new(),
        });
        let mut worlds = vec![world];
        for (i, pat) in params.iter().enumerate() {
            let value = args.get(i).cloned();
            let value = value.unwrap_or_else(|| Value::Sym(self.symbols.fresh()));
            worlds = self.matching(worlds, &value, *pat);
        }
        let mut outs = Outs::new();
        for w in worlds {
            outs.extend(self.eval(w, *inner));
        }
        for (w, value) in &mut outs {
            *value = self.given_back(w, value);
        }
        outs.append(&mut self.frame_mut().returns);
        self.frames.pop();
        merge(outs, &mut self.symbols)
    }

    /// What the project calls a handler gets its message as one value.
    fn received(&mut self, value: Value, ty: &TypeRef, target: FnId) -> Value {
        let program = self.symbols.program;
        let package = self.symbols.package;
        match program.said_handler(target) {
            Some(message) if messages::is_whole(program, ty, package) => {
                let sym = self.symbol(&value);
                if self.symbols.role(sym) == Role::Request {
                    return value;
                }
                Value::Sym(self.symbols.intern(Origin::Received(sym, message)))
            }
            _ => value,
        }
    }

    /// Where the body of a closure stands.
    pub(super) fn closure_place(&self, closure: &Closure) -> Place {
        let function = self.symbols.program.function(closure.function);
        let inner = match &function.body.expr(closure.expr).kind {
            ExprKind::Closure { body, .. } => *body,
            _ => closure.expr,
        };
        Place { file: function.file, span: function.body.expr(inner).span }
    }

    /// Closures handed to code that is not entered may run there: their effects are looked at,
    /// what they learn is not kept.
    pub(super) fn run_closures(&mut self, world: &mut World, values: &[Value]) {
        for value in values {
            if let Value::Closure(closure) = value {
                let outs = self.enter_closure(world.clone(), &Rc::clone(closure), &[], None);
                // What it may have changed holds afterwards or does not.
                let mut all = smallvec![(world.clone(), Value::Unit)];
                all.extend(outs.into_iter().map(|(mut w, _)| {
                    w.facts
                        .unread_mut()
                        .retain(|(f, _)| world.facts.unread().iter().any(|(known, _)| known == f));
                    (w, Value::Unit)
                }));
                let inside: Vec<World> =
                    all.iter().map(|(w, _): &(World, Value)| w.clone()).collect();
                if let Some((mut w, _)) = merge(all, &mut self.symbols).into_iter().next() {
                    self.office_after(world, &inside, &mut w);
                    *world = w;
                }
            }
        }
    }
}
