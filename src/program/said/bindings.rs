//! Bindings with a role: a name of its own, as far as the binding is visible.
//!
//! One walk over a function's body, in the order of its scopes: what is bound later hides it, and what
//! ends a scope brings it back.

use rustc_hash::FxHashMap;

use crate::ir::walk::children;
use crate::ir::{Arm, ExprId, ExprKind, Function, Name, Pat, PatId, Stmt};
use crate::names::Names;
use crate::protocol::Meaning;
use crate::source::Span;

/// Renames the bindings at these places, and their uses.
pub(super) fn rename(
    function: &mut Function,
    said: &FxHashMap<Span, &'static Meaning>,
    names: &mut Names,
) {
    let mut walk = Walk {
        new: FxHashMap::default(),
        visible: FxHashMap::default(),
        bound: Vec::new(),
        renamed: Vec::new(),
    };
    for pat in &mut function.body.pats {
        if let Pat::Bind { name, span, .. } = pat
            && let Some(meaning) = said.get(span)
        {
            let new = names.mean(*name, meaning.name, Some(meaning));
            walk.new.insert(*span, new);
            walk.visible.insert(*name, Vec::new());
        }
    }
    for param in &function.params {
        walk.bind(function, param.pat);
    }
    if let Some(root) = function.root {
        walk.expr(function, root);
    }
    for (expr, new) in walk.renamed {
        if let ExprKind::Path(path) = &mut function.body.exprs[expr.0 as usize].kind {
            path[0] = new;
        }
    }
    for pat in &mut function.body.pats {
        if let Pat::Bind { name, span, .. } = pat {
            *name = walk.new.get(span).copied().unwrap_or(*name);
        }
    }
}

struct Walk {
    /// The new names, by the place of the binding.
    new: FxHashMap<Span, Name>,
    /// What each of their spellings stands for, the innermost last.
    visible: FxHashMap<Name, Vec<Option<Name>>>,
    /// What was bound, in order.
    bound: Vec<Name>,
    renamed: Vec<(ExprId, Name)>,
}

impl Walk {
    /// Does something in a scope of its own.
    fn scope(&mut self, work: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        work(self);
        for name in self.bound.drain(before..) {
            self.visible.get_mut(&name).map(Vec::pop);
        }
    }

    fn bind(&mut self, function: &Function, pat: PatId) {
        let mut open = vec![pat];
        while let Some(pat) = open.pop() {
            let pat = function.body.pat(pat);
            if let Pat::Bind { name, span, .. } = pat
                && let Some(visible) = self.visible.get_mut(name)
            {
                visible.push(self.new.get(span).copied());
                self.bound.push(*name);
            }
            open.extend(pat.children());
        }
    }

    fn expr(&mut self, function: &Function, id: ExprId) {
        match &function.body.expr(id).kind {
            ExprKind::Path(path) => {
                if let [name] = path[..]
                    && let Some(Some(new)) = self.visible.get(&name).and_then(|v| v.last().copied())
                {
                    self.renamed.push((id, new));
                }
            }
            ExprKind::Block { stmts, tail, .. } => self.scope(|walk| {
                stmts.iter().for_each(|stmt| walk.stmt(function, stmt));
                tail.iter().for_each(|tail| walk.expr(function, *tail));
            }),
            ExprKind::Let(pat, value) => {
                self.expr(function, *value);
                self.bind(function, *pat);
            }
            ExprKind::If { cond, then, otherwise } => {
                self.scope(|walk| {
                    walk.expr(function, *cond);
                    walk.expr(function, *then);
                });
                otherwise.iter().for_each(|otherwise| self.expr(function, *otherwise));
            }
            ExprKind::While { cond, body, .. } => self.scope(|walk| {
                walk.expr(function, *cond);
                walk.expr(function, *body);
            }),
            ExprKind::For { pat, iter, body, .. } => {
                self.expr(function, *iter);
                self.scope(|walk| {
                    walk.bind(function, *pat);
                    walk.expr(function, *body);
                });
            }
            ExprKind::Closure { params, body } => self.scope(|walk| {
                params.iter().for_each(|pat| walk.bind(function, *pat));
                walk.expr(function, *body);
            }),
            ExprKind::Match { scrutinee, arms } => {
                self.expr(function, *scrutinee);
                arms.iter().for_each(|arm| self.arm(function, arm));
            }
            ExprKind::Select { scrutinees, arms } => {
                scrutinees.iter().for_each(|value| self.expr(function, *value));
                arms.iter().for_each(|arm| self.arm(function, arm));
            }
            other => children(other).into_iter().for_each(|child| self.expr(function, child)),
        }
    }

    fn stmt(&mut self, function: &Function, stmt: &Stmt) {
        match stmt {
            Stmt::Let { pat, init, otherwise, .. } => {
                init.iter().chain(otherwise).for_each(|value| self.expr(function, *value));
                self.bind(function, *pat);
            }
            Stmt::Expr(value) => self.expr(function, *value),
        }
    }

    fn arm(&mut self, function: &Function, arm: &Arm) {
        self.scope(|walk| {
            walk.bind(function, arm.pat);
            arm.guard.iter().for_each(|guard| walk.expr(function, *guard));
            walk.expr(function, arm.body);
        });
    }
}
