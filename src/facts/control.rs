//! Control flow: blocks, branches, loops, early exits, assignments.

use std::rc::Rc;

use smallvec::smallvec;

use super::eval::{Engine, LoopFrame, Outs};
use super::join::{gather, merge};
use super::loops::Turn;
use super::reads;
use super::trail::Asked;
use super::value::Value;
use super::world::World;
use crate::ir::{Arm, BinaryOp, Body, ExprId, ExprKind, Name, Pat, PatId, Stmt, TypeRef};
use crate::roles::classify;
use crate::roles::symbols::Origin;

impl<'p> Engine<'p> {
    /// Expressions that steer control flow or change state.
    pub(super) fn control(&mut self, world: World, expr: ExprId) -> Outs {
        let body = self.body();
        match &body.expr(expr).kind {
            ExprKind::Block { label, stmts, tail } => self.block(world, *label, stmts, *tail),
            ExprKind::If { cond, then, otherwise } => self.branch(world, *cond, *then, *otherwise),
            ExprKind::Match { scrutinee, arms } => self.match_arms(world, *scrutinee, arms),
            ExprKind::Select { scrutinees, arms } => self.select(world, scrutinees, arms),
            ExprKind::Let(pat, value) => {
                let mut outs = Outs::new();
                for (w, value) in self.eval(world, *value) {
                    let value = self.settled(&w, &value);
                    let split = self.match_pat(w, &value, *pat);
                    outs.extend(split.matched.into_iter().map(|w| (w, Value::bool(true))));
                    outs.extend(split.missed.into_iter().map(|w| (w, Value::bool(false))));
                }
                outs
            }
            ExprKind::Loop { label, body } => self.repeat(world, *label, false, |engine, world| {
                (engine.eval(world, *body), Vec::new())
            }),
            ExprKind::While { label, cond, body } => {
                self.repeat(world, *label, false, |engine, world| {
                    let (inside, outside) = engine.decide(world, *cond);
                    let mut outs = Outs::new();
                    for w in inside {
                        outs.extend(engine.eval(w, *body));
                    }
                    (outs, outside)
                })
            }
            ExprKind::For { label, pat, iter, body } => {
                let turn = Turn { pat: *pat, body: *body, place: self.place_of(expr) };
                self.for_loop(world, *label, *iter, turn)
            }
            ExprKind::Break { label, value } => {
                let outs = match value {
                    Some(value) => self.eval(world, *value),
                    None => smallvec![(world, Value::Unit)],
                };
                self.leave_loop(*label, outs);
                Outs::new()
            }
            ExprKind::Continue { label } => {
                self.next_turn(*label, world);
                Outs::new()
            }
            ExprKind::Return(value) => {
                let outs = match value {
                    Some(value) => self.eval(world, *value),
                    None => smallvec![(world, Value::Unit)],
                };
                self.give_back(outs);
                Outs::new()
            }
            ExprKind::Try(inner) => self.question_mark(world, *inner, expr),
            ExprKind::Assert { cond } => {
                let (holds, _) = self.decide(world, *cond);
                holds.into_iter().map(|w| (w, Value::Unit)).collect()
            }
            ExprKind::Assign(target, value) => self.assign(world, *target, *value, expr),
            ExprKind::AssignOp(op, target, value) => {
                self.assign_op(world, *op, *target, *value, expr)
            }
            ExprKind::Diverge => Outs::new(),
            _ => smallvec![(world, Value::Unit)],
        }
    }

    /// The function ends here. Its locals are gone: to compare those of all ways that wait for its end takes long.
    /// A closure's are its owner's.
    fn give_back(&mut self, mut outs: Outs) {
        let (locals, is_closure) = (self.frame().locals, self.frame().is_closure);
        for (world, value) in &mut outs {
            *value = self.given_back(world, value);
            if !is_closure {
                world.locals.truncate(locals);
            }
        }
        let mut returns = std::mem::take(&mut self.frame_mut().returns);
        gather(&mut returns, outs, &mut self.symbols);
        self.frame_mut().returns = returns;
    }

    fn block(
        &mut self,
        world: World,
        label: Option<Name>,
        stmts: &'p [Stmt],
        tail: Option<ExprId>,
    ) -> Outs {
        if label.is_some() {
            let frame =
                LoopFrame { label, block: true, breaks: Outs::new(), continues: Vec::new() };
            self.frame_mut().loops.push(frame);
        }
        let shadowed = self.shadowed(&world, stmts);
        let mut worlds = vec![world];
        for stmt in stmts {
            if worlds.is_empty() {
                break;
            }
            let mut next = Vec::new();
            for w in worlds {
                self.statement(w, stmt, &mut next);
            }
            worlds = if next.len() > 1 { self.dedup(next) } else { next };
        }
        let mut outs = Outs::new();
        for w in worlds {
            match tail {
                Some(tail) => outs.extend(self.eval(w, tail)),
                None => outs.push((w, Value::Unit)),
            }
        }
        if label.is_some()
            && let Some(frame) = self.frame_mut().loops.pop()
        {
            outs.extend(frame.breaks);
        }
        for (w, value) in &mut outs {
            *value = self.settled(w, value);
            self.unshadow(w, &shadowed);
        }
        merge(outs, &mut self.symbols)
    }

    /// Outer locals that the block's own `let`s hide, with their values.
    fn shadowed(&self, world: &World, stmts: &[Stmt]) -> Vec<(Name, Value)> {
        let body = self.body();
        let Some(locals) = world.locals.get(self.frame().locals) else { return Vec::new() };
        let mut names = Vec::new();
        for stmt in stmts {
            if let Stmt::Let { pat, .. } = stmt
                && let Pat::Bind { name, .. } = body.pat(*pat)
                && let Some(value) = locals.get(name)
                && !names.iter().any(|(n, _)| n == name)
            {
                names.push((*name, value.clone()));
            }
        }
        names
    }

    fn unshadow(&mut self, world: &mut World, shadowed: &[(Name, Value)]) {
        for (name, value) in shadowed {
            self.bind(world, *name, value.clone());
        }
    }

    fn statement(&mut self, world: World, stmt: &'p Stmt, next: &mut Vec<World>) {
        match stmt {
            Stmt::Expr(expr) => next.extend(self.eval(world, *expr).into_iter().map(|(w, _)| w)),
            Stmt::Let { init: None, .. } => next.push(world),
            Stmt::Let { pat, ty, init: Some(init), otherwise } => {
                for (w, value) in self.eval(world, *init) {
                    let value = self.settled(&w, &value);
                    let value = self.declared(value, ty.as_ref());
                    let split = self.match_pat(w, &value, *pat);
                    next.extend(split.matched);
                    if let Some(otherwise) = otherwise {
                        for w in split.missed {
                            next.extend(self.eval(w, *otherwise).into_iter().map(|(w, _)| w));
                        }
                    }
                }
            }
        }
    }

    /// A value that enters a place with a declared type.
    pub(super) fn declared(&mut self, value: Value, ty: Option<&TypeRef>) -> Value {
        let (Some(ty), Value::Sym(sym)) = (ty, &value) else { return value };
        if self.symbols.tags(*sym).only_request() {
            return value;
        }
        match classify::received(&self.symbols, ty) {
            Some(message) => Value::Sym(self.symbols.intern_typed(
                Origin::Received(*sym, message),
                Some(self.symbols.program.peel(ty, self.symbols.package)),
            )),
            None => value,
        }
    }

    /// Worlds in which a condition holds, and in which it does not.
    pub(super) fn decide(&mut self, world: World, cond: ExprId) -> (Vec<World>, Vec<World>) {
        let place = self.place_of(cond);
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        let flags = self.flags(cond);
        for (w, value) in self.eval(world, cond) {
            let value = self.load(&w, &value);
            let cond = self.condition(&value, place);
            for (outcome, worlds) in [(true, &mut yes), (false, &mut no)] {
                let mut decided = self.assume(w.clone(), &cond, outcome);
                for w in &mut decided {
                    self.remember(w, &flags, outcome);
                }
                worlds.extend(decided);
            }
        }
        (self.dedup(yes), self.dedup(no))
    }

    fn branch(
        &mut self,
        world: World,
        cond: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    ) -> Outs {
        let flag = otherwise.is_none() && !self.storage.is_empty() && self.asks_for_save(cond);
        let (yes, mut no) = self.decide(world, cond);
        let mut outs = Outs::new();
        for w in yes {
            outs.extend(self.eval(w, then));
        }
        if flag && let Some((saved, _)) = outs.first() {
            no.iter_mut().for_each(|w| self.settle_by_flag(saved, w));
        }
        for w in no {
            match otherwise {
                Some(otherwise) => outs.extend(self.eval(w, otherwise)),
                None => outs.push((w, Value::Unit)),
            }
        }
        merge(outs, &mut self.symbols)
    }

    fn match_arms(&mut self, world: World, scrutinee: ExprId, arms: &'p [Arm]) -> Outs {
        let mut outs = Outs::new();
        for (w, value) in self.eval(world, scrutinee) {
            let value = self.settled(&w, &value);
            outs.extend(self.arms(w, &value, arms));
        }
        merge(outs, &mut self.symbols)
    }

    fn arms(&mut self, world: World, value: &Value, arms: &'p [Arm]) -> Outs {
        let (handling, handled_at) = (world.handling, world.handled_at.clone());
        let term = world.term.clone();
        let votes = world.votes();
        let mut outs = Outs::new();
        let mut rest = vec![world];
        for arm in arms {
            let mut missed = Vec::new();
            for w in rest {
                let hidden = self.hidden_by(&w, arm.pat);
                let split = self.match_pat(w, value, arm.pat);
                missed.extend(split.missed);
                for w in split.matched {
                    let inside = match arm.guard {
                        Some(guard) => {
                            let (yes, no) = self.decide(w, guard);
                            missed.extend(no);
                            yes
                        }
                        None => vec![w],
                    };
                    for w in inside {
                        if w.handling.is_none() && self.is_aside(arm.body) {
                            reads::elsewhere();
                            self.left_aside = true;
                            outs.push((w, Value::Sym(self.symbols.fresh())));
                            continue;
                        }
                        for (mut w, value) in self.eval(w, arm.body) {
                            self.unshadow(&mut w, &hidden);
                            if w.handling != handling {
                                if !reads_only(self.body(), arm.body) {
                                    self.handling_ends(&w, &value);
                                }
                                w.term = term.clone();
                                Self::office_leaves(&mut w);
                            }
                            self.leave_votes(&mut w, handling, &votes);
                            w.handling = handling;
                            w.handled_at = handled_at.clone();
                            gather(&mut outs, smallvec![(w, value)], &mut self.symbols);
                        }
                    }
                }
            }
            rest = self.dedup(missed);
            if rest.is_empty() {
                break;
            }
        }
        outs
    }

    /// Whether an arm, of the function in which the analysis starts, is left alone.
    fn is_aside(&self, arm: ExprId) -> bool {
        self.aside.contains(&arm) && self.frames.all().iter().skip(1).all(|f| f.is_closure)
    }

    /// Outer locals that a pattern's bindings hide.
    fn hidden_by(&self, world: &World, pat: PatId) -> Vec<(Name, Value)> {
        let body = self.body();
        let Some(locals) = world.locals.get(self.frame().locals) else { return Vec::new() };
        let bound = body.bindings([pat]).into_iter();
        bound.filter_map(|name| Some((name, locals.get(&name)?.clone()))).collect()
    }

    fn select(&mut self, world: World, scrutinees: &[ExprId], arms: &'p [Arm]) -> Outs {
        let mut outs = Outs::new();
        for (&future, arm) in scrutinees.iter().zip(arms) {
            let one = std::slice::from_ref(arm);
            for (w, value) in self.eval(world.clone(), future) {
                let value = self.load(&w, &value);
                let left = self.arms(w, &value, one);
                gather(&mut outs, left, &mut self.symbols);
            }
        }
        merge(outs, &mut self.symbols)
    }

    /// `e?`: the failure leaves the function (or closure) at once.
    fn question_mark(&mut self, world: World, inner: ExprId, expr: ExprId) -> Outs {
        let asked = Asked::question_mark(self.place_of(expr));
        let mut outs = Outs::new();
        for (w, value) in self.eval(world, inner) {
            let value = self.load(&w, &value);
            for part in value.alternatives() {
                self.try_value(w.clone(), part, asked, &mut outs);
            }
        }
        merge(outs, &mut self.symbols)
    }

    fn try_value(&mut self, world: World, value: &Value, asked: Asked, outs: &mut Outs) {
        let known = self.symbols.program.known;
        match value {
            Value::Variant(name, parts)
                if [known.some, known.ok].contains(&Some(*name)) && parts.len() == 1 =>
            {
                outs.push((world, parts[0].clone()));
            }
            Value::Variant(name, _) if [known.none, known.err].contains(&Some(*name)) => {
                self.give_back(smallvec![(world, value.clone())]);
            }
            Value::Sym(sym) => {
                let failure = known.err.or(known.none);
                if let Some(failure) = failure {
                    if let Some(w) = self.assume_variant(world.clone(), *sym, failure, asked, true)
                    {
                        let inner = self.symbols.intern(Origin::Inner(*sym));
                        let part: Rc<[Value]> = if Some(failure) == known.err {
                            Rc::new([Value::Sym(inner)])
                        } else {
                            Rc::new([])
                        };
                        self.give_back(smallvec![(w, Value::Variant(failure, part))]);
                    }
                    let success = self.assume_variant(world, *sym, failure, asked, false);
                    let inner = self.symbols.intern(Origin::Inner(*sym));
                    outs.extend(success.map(|w| (w, Value::Sym(inner))));
                } else {
                    let inner = self.symbols.intern(Origin::Inner(*sym));
                    outs.push((world, Value::Sym(inner)));
                }
            }
            other => outs.push((world, other.clone())),
        }
    }

    fn assign(&mut self, world: World, target: ExprId, value: ExprId, expr: ExprId) -> Outs {
        let mut outs = Outs::new();
        for (mut w, value) in self.eval(world, value) {
            self.lend(&mut w, std::slice::from_ref(&value));
            let value = self.load(&w, &value);
            for w in self.store(w, target, value, expr) {
                outs.push((w, Value::Unit));
            }
        }
        merge(outs, &mut self.symbols)
    }

    fn assign_op(
        &mut self,
        world: World,
        op: BinaryOp,
        target: ExprId,
        value: ExprId,
        expr: ExprId,
    ) -> Outs {
        let mut outs = Outs::new();
        for (w, values) in self.eval_list(world, &[target, value]) {
            let (old, new) = (self.load(&w, &values[0]), self.load(&w, &values[1]));
            let value = match op {
                BinaryOp::And | BinaryOp::Or => {
                    let (of_old, of_new) = (self.place_of(target), self.place_of(value));
                    let (a, b) = (self.condition(&old, of_old), self.condition(&new, of_new));
                    Value::Cond(if op == BinaryOp::And { a.and(b) } else { a.or(b) })
                }
                _ => {
                    let (a, b) = (self.symbol(&old), self.symbol(&new));
                    Value::Sym(self.symbols.intern(Origin::Binary(op, a, b)))
                }
            };
            for w in self.store(w, target, value, expr) {
                outs.push((w, Value::Unit));
            }
        }
        merge(outs, &mut self.symbols)
    }
}

/// Whether an arm only reads: what it is part of asks something of the message, and handles it not.
fn reads_only(body: &Body, mut expr: ExprId) -> bool {
    loop {
        expr = match &body.expr(expr).kind {
            ExprKind::Lit(_) | ExprKind::Path(_) => return true,
            ExprKind::Field(base, _) => *base,
            ExprKind::Ref(inner, _) | ExprKind::Unary(_, inner) | ExprKind::Cast(inner) => *inner,
            _ => return false,
        };
    }
}
