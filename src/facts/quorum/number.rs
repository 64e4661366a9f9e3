//! Numbers as the code computes them: small expressions over what is counted and how many there are.

use std::rc::Rc;

use super::own::Own;
use crate::ir::{BinaryOp, Name};
use crate::program::FnId;
use crate::source::Place;

/// How an unknown number comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// The length of a collection.
    Length,
    /// How many elements of a collection pass a filter.
    Filtered,
    /// A variable that is counted up.
    Counter,
    /// Something else.
    Value,
}

/// An unknown number.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    /// Of the collection, the counter or the function.
    pub(super) name: Name,
    pub(super) source: Source,
    /// Whether this server itself is counted.
    pub(super) own: Own,
}

impl PartialEq for Atom {
    fn eq(&self, other: &Atom) -> bool {
        self.name == other.name && self.source == other.source
    }
}

/// A number.
#[derive(Clone, Debug)]
pub(super) enum Number {
    Int(i64),
    Atom(Rc<Atom>),
    Op(BinaryOp, Rc<Number>, Rc<Number>),
    /// The quotient, rounded up.
    DivCeil(Rc<Number>, Rc<Number>),
    Min(Rc<Number>, Rc<Number>),
    Max(Rc<Number>, Rc<Number>),
    /// `if a op b { x } else { y }`.
    If(BinaryOp, Rc<[Number; 4]>),
    /// A number with the name that the code gives it, and the function that computes it.
    Named(Rc<Number>, Name, Option<(FnId, Place)>),
    Unknown,
}

/// Larger expressions are no threshold.
const MAX_DEPTH: u32 = 24;

impl Number {
    pub(super) fn op(op: BinaryOp, a: Number, b: Number) -> Number {
        Number::Op(op, Rc::new(a), Rc::new(b))
    }

    /// The value, given those of the unknown numbers.
    pub(super) fn value(&self, of: &dyn Fn(&Atom) -> Option<i64>) -> Option<i64> {
        self.value_within(of, MAX_DEPTH)
    }

    fn value_within(&self, of: &dyn Fn(&Atom) -> Option<i64>, fuel: u32) -> Option<i64> {
        let fuel = fuel.checked_sub(1)?;
        let value = |number: &Number| number.value_within(of, fuel);
        match self {
            Number::Int(i) => Some(*i),
            Number::Atom(atom) => of(atom),
            Number::Op(op, a, b) => {
                let (a, b) = (value(a)?, value(b)?);
                match op {
                    BinaryOp::Add => a.checked_add(b),
                    BinaryOp::Sub => a.checked_sub(b),
                    BinaryOp::Mul => a.checked_mul(b),
                    BinaryOp::Div => a.checked_div(b),
                    BinaryOp::Rem => a.checked_rem(b),
                    BinaryOp::Shr => a.checked_shr(u32::try_from(b).ok()?),
                    _ => None,
                }
            }
            Number::DivCeil(a, b) => {
                let (a, b) = (value(a)?, value(b)?);
                a.checked_add(b)?.checked_sub(1)?.checked_div(b)
            }
            Number::Min(a, b) => Some(value(a)?.min(value(b)?)),
            Number::Max(a, b) => Some(value(a)?.max(value(b)?)),
            Number::If(op, parts) => {
                let [a, b, then, otherwise] = &**parts;
                if holds(*op, value(a)?, value(b)?)? { value(then) } else { value(otherwise) }
            }
            Number::Named(inner, ..) => value(inner),
            Number::Unknown => None,
        }
    }

    /// Calls a function on every part, this number first.
    fn walk<'n>(&'n self, fuel: u32, visit: &mut dyn FnMut(&'n Number)) {
        visit(self);
        let Some(fuel) = fuel.checked_sub(1) else { return };
        match self {
            Number::Op(_, a, b) | Number::DivCeil(a, b) | Number::Min(a, b) | Number::Max(a, b) => {
                a.walk(fuel, visit);
                b.walk(fuel, visit);
            }
            Number::If(_, parts) => parts.iter().for_each(|part| part.walk(fuel, visit)),
            Number::Named(inner, ..) => inner.walk(fuel, visit),
            Number::Int(_) | Number::Atom(_) | Number::Unknown => {}
        }
    }

    /// The unknown numbers, each once; `None` if there is something that can't be computed.
    pub(super) fn atoms(&self) -> Option<Vec<Rc<Atom>>> {
        let mut atoms: Vec<Rc<Atom>> = Vec::new();
        let mut known = true;
        self.walk(MAX_DEPTH, &mut |part| match part {
            Number::Atom(atom) if !atoms.contains(atom) => atoms.push(Rc::clone(atom)),
            Number::Unknown => known = false,
            _ => {}
        });
        known.then_some(atoms)
    }

    /// The unknown numbers below a division by two, and those below a multiplication by two.
    pub(super) fn scaled(&self) -> (Vec<Rc<Atom>>, Vec<Rc<Atom>>) {
        let (mut halved, mut doubled) = (Vec::new(), Vec::new());
        self.walk(MAX_DEPTH, &mut |part| match part {
            Number::Op(BinaryOp::Div, a, b) | Number::DivCeil(a, b) if b.is(2) => {
                halved.extend(a.atoms().unwrap_or_default());
            }
            Number::Op(BinaryOp::Shr, a, b) if b.is(1) => {
                halved.extend(a.atoms().unwrap_or_default());
            }
            Number::Op(BinaryOp::Mul, a, b) if b.is(2) => {
                doubled.extend(a.atoms().unwrap_or_default());
            }
            Number::Op(BinaryOp::Mul, a, b) if a.is(2) => {
                doubled.extend(b.atoms().unwrap_or_default());
            }
            _ => {}
        });
        (halved, doubled)
    }

    /// Whether one is added to this unknown number for this server, rather than to round up: outside
    /// of a halving, or under a name of its own.
    pub(super) fn adds_self(&self, atom: &Atom) -> bool {
        let mut adds = false;
        let mut rounding: Vec<*const Number> = Vec::new();
        self.walk(MAX_DEPTH, &mut |part| match part {
            Number::Op(BinaryOp::Div | BinaryOp::Shr, a, _) | Number::DivCeil(a, _) => {
                rounding.push(Rc::as_ptr(a));
            }
            Number::Op(BinaryOp::Add, a, b) => {
                let one = |x: &Number, y: &Number| x.is(1) && y.is_atom(atom);
                let rounds = rounding.contains(&std::ptr::from_ref(part));
                adds |= (one(a, b) || one(b, a)) && !rounds;
            }
            _ => {}
        });
        adds
    }

    /// The names that the code gives to this number and its parts.
    pub(super) fn names(&self) -> Vec<Name> {
        let mut names = Vec::new();
        self.walk(MAX_DEPTH, &mut |part| {
            if let Number::Named(_, name, _) = part {
                names.push(*name);
            }
        });
        names
    }

    /// The functions that compute this number, outermost first, with the places of their calls.
    pub(super) fn helpers(&self) -> Vec<(FnId, Place)> {
        let mut helpers = Vec::new();
        self.walk(MAX_DEPTH, &mut |part| {
            if let Number::Named(_, _, Some(helper)) = part {
                helpers.push(*helper);
            }
        });
        helpers
    }

    fn is(&self, int: i64) -> bool {
        match self {
            Number::Int(i) => *i == int,
            Number::Named(inner, ..) => inner.is(int),
            _ => false,
        }
    }

    fn is_atom(&self, atom: &Atom) -> bool {
        match self {
            Number::Atom(a) => **a == *atom,
            Number::Named(inner, ..) => inner.is_atom(atom),
            _ => false,
        }
    }
}

/// Whether a comparison holds.
pub(super) fn holds(op: BinaryOp, a: i64, b: i64) -> Option<bool> {
    Some(match op {
        BinaryOp::Eq => a == b,
        BinaryOp::Ne => a != b,
        BinaryOp::Lt => a < b,
        BinaryOp::Le => a <= b,
        BinaryOp::Gt => a > b,
        BinaryOp::Ge => a >= b,
        _ => return None,
    })
}
