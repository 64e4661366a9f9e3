//! Which collection a chain of calls is about.

use super::code::{Binding, Code};
use super::resolve::is_transparent;
use crate::ir::{ExprId, ExprKind, Name, Pat, Stmt, TypeRef, UnaryOp};
use crate::program::FnId;

impl Code<'_> {
    /// The name of the collection that a chain of calls starts at.
    pub(super) fn collection(&self, function: FnId, expr: ExprId) -> Option<Name> {
        self.collection_within(function, expr, 12)
    }

    fn collection_within(&self, function: FnId, expr: ExprId, fuel: u32) -> Option<Name> {
        let fuel = fuel.checked_sub(1)?;
        match self.kind(function, expr) {
            ExprKind::Ref(e, _)
            | ExprKind::Unary(UnaryOp::Deref, e)
            | ExprKind::Try(e)
            | ExprKind::Await(e)
            | ExprKind::Cast(e) => self.collection_within(function, *e, fuel),
            ExprKind::Field(base, name) => match self.text(*name) {
                "inner" | "0" | "1" => {
                    self.collection_within(function, *base, fuel).or(Some(*name))
                }
                _ => Some(*name),
            },
            ExprKind::Path(path) => {
                let [name] = path[..] else { return path.last().copied() };
                if Some(name) == self.program.known.self_value {
                    let owner = self.program.function(function).owner.as_ref()?;
                    let TypeRef::Path { name, .. } = &owner.self_ty else { return None };
                    return Some(*name);
                }
                match self.binding(function, name, expr) {
                    Some(Binding::Init(init)) => {
                        let of = self.collection_within(function, init, fuel);
                        of.filter(|_| self.keeps_elements(function, init)).or(Some(name))
                    }
                    Some(Binding::Alias(e)) => {
                        self.collection_within(function, e, fuel).or(Some(name))
                    }
                    Some(Binding::Field(field)) => Some(field),
                    _ => Some(name),
                }
            }
            ExprKind::MethodCall { receiver, method, args } => {
                let text = self.text(*method);
                let transparent = is_transparent(text)
                    || matches!(
                        text,
                        "filter"
                            | "map"
                            | "filter_map"
                            | "collect"
                            | "chain"
                            | "take_while"
                            | "rev"
                            | "skip"
                            | "flat_map"
                            | "take"
                    );
                match transparent {
                    true => self.collection_within(function, *receiver, fuel),
                    false if args.is_empty() => Some(*method),
                    false => None,
                }
            }
            ExprKind::Call { .. } | ExprKind::Array(_) => None,
            _ => None,
        }
    }

    /// Whether a local is just another name of the collection: it is not changed by itself.
    fn keeps_elements(&self, function: FnId, init: ExprId) -> bool {
        let plain = |e: &ExprId| match self.kind(function, *e) {
            ExprKind::MethodCall { method, .. } => is_transparent(self.text(*method)),
            ExprKind::Ref(_, _)
            | ExprKind::Field(..)
            | ExprKind::Path(_)
            | ExprKind::Unary(..)
            | ExprKind::Await(_)
            | ExprKind::Try(_) => true,
            _ => false,
        };
        match self.kind(function, init) {
            ExprKind::Block { stmts, tail: Some(tail), .. } => {
                stmts.iter().all(|s| matches!(s, Stmt::Let { .. }))
                    && self.below(function, *tail).iter().all(plain)
            }
            _ => self.below(function, init).iter().all(plain),
        }
    }

    /// The name that a parameter's pattern binds.
    pub(super) fn parameter_name(&self, function: FnId, at: usize) -> Option<Name> {
        let function = self.program.function(function);
        match function.body.pat(function.params.get(at)?.pat) {
            Pat::Bind { name, .. } => Some(*name),
            _ => None,
        }
    }
}
