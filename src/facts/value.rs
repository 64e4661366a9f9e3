//! Values and conditions of the abstract evaluation.

use std::rc::Rc;

use super::trail::Asked;
use crate::ir::{BinaryOp, ExprId, Name};
use crate::program::FnId;
use crate::roles::symbols::Sym;
use crate::source::Place;

/// A closure: its body belongs to a function and sees that function's locals.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) struct Closure {
    pub(super) function: FnId,
    pub(super) expr: ExprId,
    /// Index of the locals it captures.
    pub(super) locals: usize,
    /// Serial of the frame that made it; a closure is not entered once that frame is gone.
    pub(super) serial: u32,
}

/// What an expression evaluates to.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) enum Value {
    Unit,
    Sym(Sym),
    Cond(Cond),
    /// `Some(x)`, `None`, `Ok(x)`, another tuple variant, or a tuple struct.
    Variant(Name, Rc<[Value]>),
    /// A struct literal, also of a struct-like variant; with the place of the literal.
    Struct(Option<Name>, Rc<Vec<(Name, Value)>>, Place),
    Tuple(Rc<[Value]>),
    Closure(Rc<Closure>),
    /// One of these; which one is not known.
    Choice(Rc<[Value]>),
}

/// A condition that has not been branched on yet.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) enum Cond {
    Const(bool),
    /// A comparison, and where it stands.
    Rel(BinaryOp, Sym, Sym, Place),
    /// The value is this variant.
    Is(Sym, Name, Place),
    /// An opaque boolean.
    Truthy(Sym, Place),
    Not(Rc<Cond>),
    /// A condition as it is written at a place; what it is made of may be written otherwise.
    Said(Rc<Cond>, Asked),
    /// What a comparison of a value with alternatives comes to, and the comparison as a whole.
    Whole(Rc<Cond>, (BinaryOp, Sym, Sym)),
    And(Rc<Cond>, Rc<Cond>),
    Or(Rc<Cond>, Rc<Cond>),
    /// One of these; which one is not known.
    Choice(Rc<[Cond]>),
    /// It was made of more than is kept: what it asks is not known.
    Lost,
}

/// More alternatives than this become an unknown value.
pub(super) const MAX_CHOICE: usize = 8;
/// Conditions of more parts than this are forgotten: parts are shared, so that a few lines of code
/// can make a tree that no walk comes to the end of.
const MAX_COND: usize = 64;
/// The same for values.
const MAX_VALUE: usize = 512;

/// The alternatives of all, each once.
fn distinct<T: Clone + PartialEq>(all: &[T], alternatives: fn(&T) -> &[T]) -> Vec<T> {
    let mut distinct: Vec<T> = Vec::new();
    for part in all.iter().flat_map(alternatives) {
        if !distinct.contains(part) {
            distinct.push(part.clone());
        }
    }
    distinct
}

impl Cond {
    pub(super) fn negate(self) -> Cond {
        match self {
            Cond::Const(b) => Cond::Const(!b),
            Cond::Lost => Cond::Lost,
            Cond::Not(inner) => (*inner).clone(),
            other => Cond::Not(Rc::new(other)),
        }
    }

    /// The condition as the text at `asked` says it.
    pub(super) fn said(self, asked: Asked) -> Cond {
        match self {
            Cond::Const(_) | Cond::Lost => self,
            other => Cond::Said(Rc::new(other), asked),
        }
    }

    pub(super) fn and(self, other: Cond) -> Cond {
        match (self, other) {
            (Cond::Const(true), c) | (c, Cond::Const(true)) => c,
            (Cond::Const(false), _) => Cond::Const(false),
            (a, b) => Cond::And(Rc::new(a), Rc::new(b)).bounded(),
        }
    }

    pub(super) fn or(self, other: Cond) -> Cond {
        match (self, other) {
            (Cond::Const(false), c) | (c, Cond::Const(false)) => c,
            (Cond::Const(true), _) => Cond::Const(true),
            (a, b) => Cond::Or(Rc::new(a), Rc::new(b)).bounded(),
        }
    }

    pub(super) fn choice(conds: Vec<Cond>) -> Cond {
        let mut flat = distinct(&conds, Cond::alternatives);
        match flat.len() {
            1 => flat.swap_remove(0),
            n if n > MAX_CHOICE => Cond::either(),
            _ => Cond::Choice(flat.into()).bounded(),
        }
    }

    /// The alternatives of a condition.
    fn alternatives(&self) -> &[Cond] {
        match self {
            Cond::Choice(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// Both outcomes, without anything learned from either.
    pub(super) fn either() -> Cond {
        Cond::Choice(Rc::new([Cond::Const(true), Cond::Const(false)]))
    }

    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        match self {
            Cond::Const(_) | Cond::Lost => {}
            Cond::Rel(_, a, b, _) => {
                look(*a);
                look(*b);
            }
            Cond::Is(sym, ..) | Cond::Truthy(sym, _) => look(*sym),
            Cond::Not(inner) | Cond::Said(inner, _) => inner.each_symbol(look),
            Cond::Whole(inner, (_, a, b)) => {
                inner.each_symbol(look);
                look(*a);
                look(*b);
            }
            Cond::And(a, b) | Cond::Or(a, b) => {
                a.each_symbol(look);
                b.each_symbol(look);
            }
            Cond::Choice(parts) => parts.iter().for_each(|part| part.each_symbol(look)),
        }
    }

    fn bounded(self) -> Cond {
        let mut left = MAX_COND;
        if self.fits(&mut left) { self } else { Cond::Lost }
    }

    /// Counts the parts; gives up when there are more than were left.
    fn fits(&self, left: &mut usize) -> bool {
        let Some(less) = left.checked_sub(1) else { return false };
        *left = less;
        match self {
            Cond::Const(_) | Cond::Rel(..) | Cond::Is(..) | Cond::Truthy(..) | Cond::Lost => true,
            Cond::Not(inner) => inner.fits(left),
            // Where it stands is no part.
            Cond::Said(inner, _) | Cond::Whole(inner, _) => {
                *left += 1;
                inner.fits(left)
            }
            Cond::And(a, b) | Cond::Or(a, b) => a.fits(left) && b.fits(left),
            Cond::Choice(parts) => parts.iter().all(|p| p.fits(left)),
        }
    }
}

impl Value {
    pub(super) fn bool(b: bool) -> Value {
        Value::Cond(Cond::Const(b))
    }

    pub(super) fn choice(values: Vec<Value>) -> Option<Value> {
        let mut flat = distinct(&values, Value::alternatives);
        match flat.len() {
            0 => None,
            1 => flat.pop(),
            n if n > MAX_CHOICE => None,
            _ => Some(Value::Choice(flat.into())),
        }
    }

    /// Whether one is true and the other false, or both are known as different variants.
    pub(super) fn contradicts(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Cond(Cond::Const(a)), Value::Cond(Cond::Const(b))) => a != b,
            (Value::Variant(a, _), Value::Variant(b, _)) => a != b,
            _ => false,
        }
    }

    /// Whether a value is small enough to be kept; see [`MAX_COND`].
    pub(super) fn is_small(&self) -> bool {
        let mut left = MAX_VALUE;
        self.fits(&mut left)
    }

    fn fits(&self, left: &mut usize) -> bool {
        let Some(less) = left.checked_sub(1) else { return false };
        *left = less;
        match self {
            Value::Unit | Value::Sym(_) | Value::Cond(_) | Value::Closure(_) => true,
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().all(|p| p.fits(left))
            }
            Value::Struct(_, fields, _) => fields.iter().all(|(_, v)| v.fits(left)),
        }
    }

    /// Whether another value is one of several that this may be.
    pub(super) fn has_alternative(&self, value: &Value) -> bool {
        matches!(self, Value::Choice(parts) if parts.contains(value))
    }

    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        match self {
            Value::Unit | Value::Closure(_) => {}
            Value::Sym(sym) => look(*sym),
            Value::Cond(cond) => cond.each_symbol(look),
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().for_each(|part| part.each_symbol(look));
            }
            Value::Struct(_, fields, _) => {
                fields.iter().for_each(|(_, value)| value.each_symbol(look));
            }
        }
    }

    /// The alternatives of a value.
    pub(super) fn alternatives(&self) -> &[Value] {
        match self {
            Value::Choice(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }
}
