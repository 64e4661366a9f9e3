//! Writes of the term, the vote or the log to storage, and whether their failure is noticed.
//!
//! Takes the program, needs no evaluation: what becomes of a call's `Result` can be seen in the
//! function that makes the call.

use super::event::Event;
use super::outcome::Outcome;
use super::settle::Demands;
use crate::ir::{Body, ExprId, ExprKind, Function, Name, Pat, PatId, Stmt, TypeRef};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Fact};
use crate::roles::saving::{self, Parts};
use crate::roles::state::States;
use crate::roles::storage::{self, Storage};
use crate::source::Place;

/// All writes of the packages that keep Raft's state, with what becomes of their outcome.
pub(super) fn events(
    program: &Program,
    states: &States,
    storage: &Storage,
    demands: &Demands<'_>,
) -> Vec<Event> {
    let mut events = Vec::new();
    if storage.is_empty() || !(demands.asked)(Effect::StateWrite, None) {
        return events;
    }
    for id in program.ids() {
        let package = program.package(id);
        let own = storage.saves_something(package) && states.contains_key(&package);
        let function = program.function(id);
        if function.root.is_none()
            || !(own || storage.saved_by(id) != Parts::NONE)
            || ends_the_node(program.text(function.name))
        {
            continue;
        }
        Scan { program, storage, id, function, fates: Vec::new() }.collect(&mut events);
    }
    events
}

/// At the end of a node's life no reply depends on the write.
fn ends_the_node(name: &str) -> bool {
    ["drop", "shutdown", "stop", "close", "main"].iter().any(|w| name.starts_with(w))
}

/// What becomes of an expression's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It goes to another expression.
    To(ExprId),
    /// It is a statement of its own, or bound to `_`.
    Dropped,
    /// It is bound to a name, returned, or used in a way that is not looked at.
    Used,
}

/// One function that is looked through.
pub(super) struct Scan<'p> {
    pub(super) program: &'p Program,
    pub(super) storage: &'p Storage,
    pub(super) id: FnId,
    pub(super) function: &'p Function,
    pub(super) fates: Vec<Fate>,
}

impl<'p> Scan<'p> {
    pub(super) fn body(&self) -> &'p Body {
        &self.function.body
    }

    fn collect(mut self, events: &mut Vec<Event>) {
        let body = self.body();
        let ids = || (0..body.exprs.len() as u32).map(ExprId);
        if !ids().any(|e| self.names_write(e)) {
            return;
        }
        self.find_fates();
        for expr in ids() {
            let Some(kind) = self.writes(expr) else { continue };
            let place = self.place(expr);
            let facts = match self.outcome(expr, kind) {
                Outcome::Used => vec![(Fact::WriteResultUsed, place)],
                Outcome::Ignored => Vec::new(),
                Outcome::Logged(at) => vec![(Fact::WriteErrorLogged, at)],
                Outcome::NotAwaited => vec![(Fact::WriteNotAwaited, place)],
            };
            events.push(Event { facts, ..Event::found(Effect::StateWrite, place, self.id) });
        }
    }

    pub(super) fn place(&self, expr: ExprId) -> Place {
        Place { file: self.function.file, span: self.body().expr(expr).span }
    }

    /// A quick look at the name of a call.
    fn names_write(&self, expr: ExprId) -> bool {
        let body = self.body();
        match &body.expr(expr).kind {
            ExprKind::MethodCall { method, .. } => {
                self.storage.may_save(*method) || self.storage.may_write(*method)
            }
            ExprKind::Call { callee, .. } => match &body.expr(*callee).kind {
                ExprKind::Path(path) => {
                    path.last().is_some_and(|name| self.storage.may_call(*name))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What kind of write a call is, if its outcome can fail.
    fn writes(&self, expr: ExprId) -> Option<Kind> {
        if !self.names_write(expr) {
            return None;
        }
        let program = self.program;
        let body = self.body();
        let in_saver = self.storage.saved_by(self.id) != Parts::NONE;
        match &body.expr(expr).kind {
            ExprKind::MethodCall { receiver, method, args } => {
                let text = program.text(*method);
                let arity = args.len();
                if storage::writes_by(program, self.function, *receiver, *method, arity) {
                    return in_saver.then_some(Kind::Result);
                }
                if saving::is_file_method(text) || storage::is_stream(program, body, *receiver) {
                    return None;
                }
                self.by_name(*method, args.len(), true)
            }
            ExprKind::Call { callee, args } => {
                let ExprKind::Path(path) = &body.expr(*callee).kind else { return None };
                let name = *path.last()?;
                let qualifier = path.iter().rev().nth(1).map_or("", |q| program.text(*q));
                if saving::is_file_function(qualifier, program.text(name)) {
                    return in_saver.then_some(Kind::Result);
                }
                self.by_name(name, args.len(), false)
            }
            _ => None,
        }
    }

    /// All functions that a call by this name may mean save something and can fail alike.
    fn by_name(&self, name: Name, arity: usize, method: bool) -> Option<Kind> {
        let program = self.program;
        let here = program.package(self.id);
        let fits = |id: &&FnId| {
            let f = program.function(**id);
            let own = usize::from(f.has_self && !method);
            f.params.len() + own == arity && (f.has_self || !method)
        };
        let all: Vec<FnId> = program.functions_named(name).iter().filter(fits).copied().collect();
        let near: Vec<FnId> =
            all.iter().copied().filter(|id| program.package(*id) == here).collect();
        let candidates = if near.is_empty() { all } else { near };
        let mut kinds = Vec::new();
        for id in &candidates {
            let f = program.function(*id);
            let declared = f.owner.as_ref().is_some_and(|o| o.is_trait)
                && self.storage.declared_as(name) != Parts::NONE;
            if !declared && self.storage.saved_by(*id) == Parts::NONE {
                return None;
            }
            kinds.push(kind_of(program, f)?);
        }
        let first = *kinds.first()?;
        kinds.iter().all(|k| *k == first).then_some(first)
    }

    /// What becomes of each expression's value.
    fn find_fates(&mut self) {
        let body = self.body();
        let mut fates = vec![Fate::Used; body.exprs.len()];
        for (i, expr) in body.exprs.iter().enumerate() {
            let parent = ExprId(i as u32);
            let mut set = |child: ExprId, fate: Fate| fates[child.0 as usize] = fate;
            match &expr.kind {
                ExprKind::MethodCall { receiver, .. } => set(*receiver, Fate::To(parent)),
                ExprKind::Call { args, .. } => {
                    args.iter().for_each(|a| set(*a, Fate::To(parent)));
                }
                ExprKind::Unary(_, e)
                | ExprKind::Ref(e, _)
                | ExprKind::Cast(e)
                | ExprKind::Await(e)
                | ExprKind::Try(e)
                | ExprKind::Let(_, e)
                | ExprKind::Async(e) => set(*e, Fate::To(parent)),
                ExprKind::If { cond, then, otherwise } => {
                    set(*cond, Fate::To(parent));
                    set(*then, Fate::To(parent));
                    if let Some(otherwise) = otherwise {
                        set(*otherwise, Fate::To(parent));
                    }
                }
                ExprKind::Match { scrutinee, arms } => {
                    set(*scrutinee, Fate::To(parent));
                    arms.iter().for_each(|arm| set(arm.body, Fate::To(parent)));
                }
                ExprKind::Block { stmts, tail, .. } => {
                    for stmt in stmts {
                        match stmt {
                            Stmt::Expr(e) => set(*e, Fate::Dropped),
                            Stmt::Let { pat, init: Some(init), .. } if self.is_ignored(*pat) => {
                                set(*init, Fate::Dropped);
                            }
                            Stmt::Let { .. } => {}
                        }
                    }
                    if let Some(tail) = tail {
                        set(*tail, Fate::To(parent));
                    }
                }
                ExprKind::Assign(target, value) => {
                    let dropped = matches!(&body.expr(*target).kind,
                        ExprKind::Path(path) if path.len() == 1 && self.program.text(path[0]) == "_");
                    set(*value, if dropped { Fate::Dropped } else { Fate::Used });
                }
                _ => {}
            }
        }
        self.fates = fates;
    }

    /// `_` and `_result`: nothing will look at it.
    fn is_ignored(&self, pat: PatId) -> bool {
        match self.body().pat(pat) {
            Pat::Wild => true,
            Pat::Bind { name, .. } => self.program.text(*name).starts_with('_'),
            _ => false,
        }
    }
}

/// How a write tells that it failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// By what it returns.
    Result,
    /// By what its future gives; without being awaited it does not even write.
    Future,
    /// It does not tell; but its future has to be awaited.
    Plain,
}

/// How a function can fail; `None` if it can't.
fn kind_of(program: &Program, function: &Function) -> Option<Kind> {
    let result = match &function.ret {
        TypeRef::Path { name, .. } => {
            let package = program.package_of_file(function.file);
            let own = program.struct_def(*name, package).is_some()
                || program.enum_def(*name, package).is_some();
            program.text(*name).ends_with("Result") && !own
        }
        _ => false,
    };
    match (function.is_async, result) {
        (true, true) => Some(Kind::Future),
        (true, false) => Some(Kind::Plain),
        (false, true) => Some(Kind::Result),
        _ => None,
    }
}
