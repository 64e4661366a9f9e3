//! The shape of a body while it is read: trees of expressions and patterns, in which what is below stands
//! before what is above.
//!
//! Takes the references in the order in which they are read; tells whether a body that lowering made can
//! have them. It keeps a few bytes for each expression and pattern.

use std::cell::RefCell;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use crate::ir::{ExprId, PatId};

/// Expressions nest no deeper than this in what is read: no deeper than in what is parsed
/// (docs/robustness.md).
const MAX_DEPTH: u32 = 20_500;
/// What a pattern compares with is a literal.
const MAX_LITERAL_DEPTH: u32 = 4;

thread_local! {
    /// The body that is read.
    pub(super) static BODY: RefCell<Shape> = RefCell::default();
}

/// An expression or a pattern that was read.
#[derive(Clone, Copy, Default)]
struct Node {
    /// How deeply it is nested.
    depth: u32,
    /// Whether a pattern is below it.
    has_pats: bool,
    /// Whether it stands below something.
    is_used: bool,
}

/// What is read at present.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    /// The function around the body.
    #[default]
    Around,
    Pats,
    Exprs,
}

/// The shape of the body that is read.
#[derive(Default)]
pub(super) struct Shape {
    part: Part,
    exprs: Vec<Node>,
    pats: Vec<Node>,
    /// What is above all that the current one refers to.
    current: Node,
    /// What is referred to before it is read: by the function, and by patterns.
    outer_exprs: Vec<ExprId>,
    outer_pats: Vec<PatId>,
    literals: Vec<ExprId>,
}

impl Shape {
    /// Forgets what was read.
    pub(super) fn restart(&mut self) {
        let Shape { part, exprs, pats, current, outer_exprs, outer_pats, literals } = self;
        *part = Part::Around;
        *current = Node::default();
        exprs.clear();
        pats.clear();
        outer_exprs.clear();
        outer_pats.clear();
        literals.clear();
    }

    pub(super) fn begin_pats(&mut self) {
        self.part = Part::Pats;
    }

    pub(super) fn begin_exprs(&mut self) {
        self.part = Part::Exprs;
    }

    /// Something refers to an expression.
    pub(super) fn refers_to_expr(&mut self, id: ExprId) -> Option<()> {
        match self.part {
            Part::Around => self.outer_exprs.push(id),
            Part::Pats => self.literals.push(id),
            Part::Exprs => self.current.is_above(self.exprs.get_mut(id.0 as usize)?)?,
        }
        Some(())
    }

    /// Something refers to a pattern.
    pub(super) fn refers_to_pat(&mut self, id: PatId) -> Option<()> {
        if self.part == Part::Around {
            self.outer_pats.push(id);
            return Some(());
        }
        self.current.has_pats = true;
        self.current.is_above(self.pats.get_mut(id.0 as usize)?)
    }

    /// A pattern was read.
    pub(super) fn end_pat(&mut self) -> Option<()> {
        self.pats.push(std::mem::take(&mut self.current));
        Some(())
    }

    /// An expression was read.
    pub(super) fn end_expr(&mut self) -> Option<()> {
        self.exprs.push(std::mem::take(&mut self.current));
        Some(())
    }

    /// The body was read; whether all references lead to where they may.
    pub(super) fn end(&mut self) -> Option<()> {
        let Shape { exprs, pats, literals, outer_exprs, outer_pats, .. } = self;
        for id in literals.drain(..) {
            let literal = exprs.get_mut(id.0 as usize)?;
            if literal.has_pats || literal.depth > MAX_LITERAL_DEPTH {
                return None;
            }
            Node::default().is_above(literal)?;
        }
        for id in outer_pats.drain(..) {
            Node::default().is_above(pats.get_mut(id.0 as usize)?)?;
        }
        for id in outer_exprs.drain(..) {
            Node::default().is_above(exprs.get_mut(id.0 as usize)?)?;
        }
        self.restart();
        Some(())
    }
}

impl Node {
    /// This one is above another one, and no other is.
    fn is_above(&mut self, other: &mut Node) -> Option<()> {
        self.depth = self.depth.max(other.depth + 1);
        self.has_pats |= other.has_pats;
        let fits = self.depth <= MAX_DEPTH && !other.is_used;
        other.is_used = true;
        fits.then_some(())
    }
}

/// Reads a list, and asks after each of its parts whether it fits.
pub(super) fn each<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    fits: fn(&mut Shape) -> Option<()>,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(Each { fits, parts: PhantomData })
}

struct Each<T> {
    fits: fn(&mut Shape) -> Option<()>,
    parts: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
    type Value = Vec<T>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        // What a length claims is believed only as far as this.
        let mut parts = Vec::with_capacity(list.size_hint().unwrap_or(0).min(4096));
        while let Some(part) = list.next_element()? {
            parts.push(part);
            let fits = BODY.with_borrow_mut(self.fits);
            fits.ok_or_else(|| A::Error::custom("it has another shape"))?;
        }
        Ok(parts)
    }
}
