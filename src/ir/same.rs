//! Whether two versions of a function are the same.

use super::{Expr, Function, Pat};
use crate::source::Edits;

/// Whether they look the same from outside.
pub fn same_signature(old: &Function, new: &Function) -> bool {
    let Function {
        name,
        file,
        module,
        owner,
        generics,
        has_self,
        changes_self,
        is_async,
        params,
        ret,
        root,
        body: _,
        name_span: _,
    } = old;
    (name, file, owner, generics) == (&new.name, &new.file, &new.owner, &new.generics)
        && *module == new.module
        && (has_self, changes_self, is_async) == (&new.has_self, &new.changes_self, &new.is_async)
        && (params, ret) == (&new.params, &new.ret)
        && root.is_some() == new.root.is_some()
}

/// Whether two functions of one signature do the same at the same places, as far as edits have not moved
/// them.
pub fn same_body(old: &Function, new: &Function, edits: &Edits) -> bool {
    let span = |span| edits.span(old.file, span);
    let (before, after) = (old.body.unread(), new.body.unread());
    let same_expr = |(a, b): (&Expr, &Expr)| a.kind == b.kind && span(a.span) == Some(b.span);
    let same_pat = |(a, b): (&Pat, &Pat)| a.moved(span).as_ref() == Some(b);
    span(old.name_span) == Some(new.name_span)
        && old.root == new.root
        && before.exprs.len() == after.exprs.len()
        && before.pats.len() == after.pats.len()
        && before.exprs.iter().zip(&after.exprs).all(same_expr)
        && before.pats.iter().zip(&after.pats).all(same_pat)
}
