//! Whether two versions of a function are the same.

use super::{Expr, FileIr, Function, Pat};
use crate::source::{Edit, Edits, Span};

/// Whether they look the same from outside.
pub fn same_signature(old: &Function, new: &Function) -> bool {
    let Function {
        name,
        file,
        module,
        owner,
        generics,
        has_self,
        is_async,
        params,
        ret,
        root,
        body: _,
        name_span: _,
    } = old;
    (name, file, owner, generics) == (&new.name, &new.file, &new.owner, &new.generics)
        && *module == new.module
        && (has_self, is_async, params, ret)
            == (&new.has_self, &new.is_async, &new.params, &new.ret)
        && root.is_some() == new.root.is_some()
}

/// What was edited between two versions of a file whose texts are not there to be compared: as little as the
/// places of its functions say.
pub fn edit(old: &FileIr, new: &FileIr) -> Edit {
    type Pair<'f> = (&'f Function, &'f Function);
    let stays = |(a, b): &Pair<'_>| a.name == b.name && extent(a) == extent(b);
    let before = old.functions.iter().zip(&new.functions).take_while(stays).count();
    let (before, old) = old.functions.split_at(before);
    let new = &new.functions[before.len()..];
    let start = before.iter().map(|function| extent(function).end).max().unwrap_or(0);
    let ends = |function: &Function| i64::from(extent(function).end);
    let shift = old.last().zip(new.last()).map_or(0, |(a, b)| ends(b) - ends(a));
    let moves = |(a, b): &Pair<'_>| {
        let (x, y) = (extent(a), extent(b));
        a.name == b.name && ends(a) + shift == ends(b) && x.end - x.start == y.end - y.start
    };
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(moves).map(|(a, _)| extent(a));
    let end = behind.map(|extent| extent.start).min().unwrap_or(u32::MAX);
    Edit::of(Span { start, end }, if end == u32::MAX { 0 } else { shift })
        .unwrap_or(Edit::EVERYTHING)
}

/// From a function's name to the end of its body.
fn extent(function: &Function) -> Span {
    let body = function.root.map(|root| function.body.unread().expr(root).span);
    body.map_or(function.name_span, |body| function.name_span.to(body))
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
