//! Reading a body's expressions: what lies below one, and what a call names.

use smallvec::SmallVec;

use super::{Body, Expr, ExprId, ExprKind, Name, Stmt};

impl Body {
    /// What a call names, `f` of `a::f(x)` or `a.f(x)`, and what it passes beside the receiver.
    pub fn called<'e>(&self, expr: &'e Expr) -> Option<(Name, &'e [ExprId])> {
        match &expr.kind {
            ExprKind::MethodCall { method, args, .. } => Some((*method, args)),
            ExprKind::Call { callee, args } => match &self.expr(*callee).kind {
                ExprKind::Path(path) => Some((*path.last()?, args)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The expressions directly below one, in the order of the source; of a block also its statements.
pub fn children(kind: &ExprKind) -> SmallVec<[ExprId; 6]> {
    let mut all = SmallVec::new();
    match kind {
        ExprKind::Field(a, _)
        | ExprKind::Unary(_, a)
        | ExprKind::Ref(a, _)
        | ExprKind::Let(_, a)
        | ExprKind::Try(a)
        | ExprKind::Await(a)
        | ExprKind::Async(a)
        | ExprKind::Cast(a)
        | ExprKind::Loop { body: a, .. }
        | ExprKind::Closure { body: a, .. }
        | ExprKind::Assert { cond: a } => all.push(*a),
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b)
        | ExprKind::While { cond: a, body: b, .. }
        | ExprKind::For { iter: a, body: b, .. } => all.extend([*a, *b]),
        ExprKind::Call { callee: a, args } | ExprKind::MethodCall { receiver: a, args, .. } => {
            all.push(*a);
            all.extend(args.iter().copied());
        }
        ExprKind::If { cond, then, otherwise } => {
            all.extend([*cond, *then]);
            all.extend(*otherwise);
        }
        ExprKind::Match { scrutinee, arms } => {
            all.push(*scrutinee);
            all.extend(arms.iter().flat_map(|arm| arm.guard.into_iter().chain([arm.body])));
        }
        ExprKind::Select { scrutinees, arms } => {
            all.extend(scrutinees.iter().copied());
            all.extend(arms.iter().flat_map(|arm| arm.guard.into_iter().chain([arm.body])));
        }
        ExprKind::Block { stmts, tail, .. } => {
            for stmt in stmts {
                match stmt {
                    Stmt::Let { init, otherwise, .. } => {
                        all.extend(init.iter().chain(otherwise).copied());
                    }
                    Stmt::Expr(e) => all.push(*e),
                }
            }
            all.extend(*tail);
        }
        ExprKind::Break { value: inner, .. } | ExprKind::Return(inner) => all.extend(*inner),
        ExprKind::Range(a, b) => all.extend(a.iter().chain(b).copied()),
        ExprKind::Struct { fields, rest, .. } => {
            all.extend(fields.iter().map(|(_, value)| *value).chain(*rest));
        }
        ExprKind::Tuple(parts) | ExprKind::Array(parts) => all.extend(parts.iter().copied()),
        ExprKind::Macro { args, .. } => all.extend(args.iter().copied()),
        ExprKind::Lit(_)
        | ExprKind::Path(_)
        | ExprKind::Continue { .. }
        | ExprKind::Diverge
        | ExprKind::Opaque => {}
    }
    all
}
