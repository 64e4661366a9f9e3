//! Patterns.

use serde::{Deserialize, Serialize};

use super::{ExprId, Name, PatId};
use crate::source::Span;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Pat {
    Wild,
    /// `name` or `name @ sub`.
    Bind {
        name: Name,
        sub: Option<PatId>,
        span: Span,
    },
    /// `(a, b)`; `rest` is the position of `..`.
    Tuple {
        elems: Box<[PatId]>,
        rest: Option<u32>,
    },
    /// `Some(a)`.
    TupleStruct {
        path: Box<[Name]>,
        elems: Box<[PatId]>,
        rest: Option<u32>,
        span: Span,
    },
    /// `P { x, y: p }`.
    Struct {
        path: Box<[Name]>,
        fields: Box<[(Name, PatId)]>,
        span: Span,
    },
    /// `None`, `Kind::A`.
    Path {
        path: Box<[Name]>,
        span: Span,
    },
    Lit(ExprId),
    Or(Box<[PatId]>),
    Slice {
        elems: Box<[PatId]>,
        rest: Option<u32>,
    },
    /// Ranges, constants and what was not understood: may or may not match.
    Opaque,
}

impl Pat {
    /// The patterns directly below it.
    pub fn children(&self) -> Vec<PatId> {
        match self {
            Pat::Bind { sub, .. } => sub.iter().copied().collect(),
            Pat::Tuple { elems, .. }
            | Pat::TupleStruct { elems, .. }
            | Pat::Slice { elems, .. }
            | Pat::Or(elems) => elems.to_vec(),
            Pat::Struct { fields, .. } => fields.iter().map(|(_, pat)| *pat).collect(),
            Pat::Wild | Pat::Path { .. } | Pat::Lit(_) | Pat::Opaque => Vec::new(),
        }
    }

    /// The same pattern where an edit of the text has moved its places to.
    pub fn moved(&self, to: impl Fn(Span) -> Option<Span>) -> Option<Pat> {
        let mut moved = self.clone();
        if let Pat::Bind { span, .. }
        | Pat::TupleStruct { span, .. }
        | Pat::Struct { span, .. }
        | Pat::Path { span, .. } = &mut moved
        {
            *span = to(*span)?;
        }
        Some(moved)
    }

    /// The path of a variant, struct or constant, and the pattern's place.
    pub fn named(&self) -> Option<(&[Name], Span)> {
        match self {
            Pat::TupleStruct { path, span, .. }
            | Pat::Struct { path, span, .. }
            | Pat::Path { path, span } => Some((path, *span)),
            _ => None,
        }
    }
}
