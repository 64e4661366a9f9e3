//! A body with the way up from each expression.

use smallvec::SmallVec;

use crate::ir::{Body, Expr, ExprId, ExprKind, Function, Name, Pat, PatId, Stmt, TypeRef, walk};
use crate::program::{FnId, PackageId, Program};

/// What an expression stands in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parent {
    /// Another expression.
    Expr(ExprId),
    /// The initial value of a binding.
    Let(PatId),
    /// A statement: its value goes nowhere.
    Stmt,
}

/// A function's body.
pub(super) struct Tree<'p> {
    pub(super) program: &'p Program,
    pub(super) function: &'p Function,
    pub(super) package: PackageId,
    pub(super) body: &'p Body,
    parents: Vec<Option<Parent>>,
    /// Bindings with the types that they declare.
    lets: Vec<(PatId, Option<&'p TypeRef>, Option<ExprId>)>,
}

impl<'p> Tree<'p> {
    /// The tree of a function.
    pub(super) fn of(program: &'p Program, id: FnId) -> Tree<'p> {
        let function = program.function(id);
        let body = &function.body;
        let mut tree = Tree {
            program,
            function,
            package: program.package(id),
            body,
            parents: vec![None; body.exprs.len()],
            lets: Vec::new(),
        };
        for (at, expr) in (0..).map(ExprId).zip(&body.exprs) {
            if let ExprKind::Block { stmts, .. } = &expr.kind {
                for stmt in stmts {
                    match stmt {
                        Stmt::Let { pat, ty, init, otherwise } => {
                            tree.lets.push((*pat, ty.as_ref(), *init));
                            if let Some(init) = init {
                                tree.set(*init, Parent::Let(*pat));
                            }
                            if let Some(otherwise) = otherwise {
                                tree.set(*otherwise, Parent::Stmt);
                            }
                        }
                        Stmt::Expr(inner) => tree.set(*inner, Parent::Stmt),
                    }
                }
            }
            for child in children(&expr.kind) {
                tree.set(child, Parent::Expr(at));
            }
        }
        tree
    }

    fn set(&mut self, child: ExprId, parent: Parent) {
        if let Some(slot) = self.parents.get_mut(child.0 as usize) {
            *slot = Some(parent);
        }
    }

    /// What an expression stands in; nothing is around the body itself.
    pub(super) fn parent(&self, expr: ExprId) -> Option<Parent> {
        self.parents.get(expr.0 as usize).copied().flatten()
    }

    pub(super) fn kind(&self, expr: ExprId) -> &'p ExprKind {
        &self.body.expr(expr).kind
    }

    pub(super) fn exprs(&self) -> impl Iterator<Item = (ExprId, &'p Expr)> + use<'p> {
        (0..).map(ExprId).zip(&self.body.exprs)
    }

    pub(super) fn text(&self, name: Name) -> &'p str {
        self.program.text(name)
    }

    /// The places where a local of this name is used.
    pub(super) fn uses(&self, name: Name) -> impl Iterator<Item = ExprId> + use<'_, 'p> {
        self.exprs().filter_map(move |(at, expr)| match &expr.kind {
            ExprKind::Path(path) if **path == [name] => Some(at),
            _ => None,
        })
    }

    /// The declaration of a local: the type that it gives, and the value.
    pub(super) fn declaration(&self, name: Name) -> Option<(Option<&'p TypeRef>, Option<ExprId>)> {
        let binds =
            |pat: PatId| matches!(self.body.pat(pat), Pat::Bind { name: n, .. } if *n == name);
        let found = self.lets.iter().find(|(pat, ..)| binds(*pat));
        if let Some((_, ty, init)) = found {
            return Some((*ty, *init));
        }
        let param = self.function.params.iter().find(|p| binds(p.pat))?;
        Some((Some(&param.ty), None))
    }

    /// Whether an expression stands within another one.
    pub(super) fn within(&self, expr: ExprId, outer: ExprId) -> bool {
        self.body.expr(outer).span.contains(self.body.expr(expr).span)
    }
}

/// The expressions whose values go into another one's: of a block only the last.
pub(super) fn children(kind: &ExprKind) -> SmallVec<[ExprId; 6]> {
    match kind {
        ExprKind::Block { tail, .. } => tail.iter().copied().collect(),
        kind => walk::children(kind),
    }
}
