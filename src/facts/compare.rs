//! Comparisons: from two values to a condition.

use std::rc::Rc;

use super::eval::Engine;
use super::trail::Asked;
use super::value::{Cond, MAX_CHOICE, Value};
use crate::ir::{BinaryOp, Name};
use crate::roles::symbols::Origin;
use crate::source::Place;

impl Engine<'_> {
    /// The condition that a value is.
    pub(super) fn condition(&mut self, value: &Value, place: Place) -> Cond {
        match value {
            Value::Cond(cond) => cond.clone(),
            Value::Sym(sym) => Cond::Truthy(self.at_first(*sym), place),
            Value::Choice(parts) => {
                let parts = Rc::clone(parts);
                Cond::choice(parts.iter().map(|p| self.condition(p, place)).collect())
            }
            _ => self.unknown_cond(),
        }
    }

    /// A condition of which nothing is known.
    pub(super) fn unknown_cond(&mut self) -> Cond {
        Cond::either()
    }

    /// The condition `a op b`, as it is written at a place.
    pub(super) fn said(&mut self, op: BinaryOp, a: &Value, b: &Value, place: Place) -> Cond {
        match self.compare(op, a, b, place) {
            relation @ Cond::Rel(..) => relation,
            other => other.said(Asked::condition(place)),
        }
    }

    /// The condition `a op b`.
    pub(super) fn compare(&mut self, op: BinaryOp, a: &Value, b: &Value, place: Place) -> Cond {
        let at_first = |value: &Value| match *value {
            Value::Sym(sym) => Some(self.at_first(sym)).filter(|first| *first != sym),
            _ => None,
        };
        let (first, second) = (at_first(a).map(Value::Sym), at_first(b).map(Value::Sym));
        let (a, b) = (first.as_ref().unwrap_or(a), second.as_ref().unwrap_or(b));
        let equality = matches!(op, BinaryOp::Eq | BinaryOp::Ne);
        let many = a.alternatives().len() * b.alternatives().len() > MAX_CHOICE;
        match (a, b) {
            (Value::Choice(_), _) | (_, Value::Choice(_)) if many => {
                let (a, b) = (self.symbol(a), self.symbol(b));
                Cond::Rel(op, a, b, place)
            }
            (Value::Choice(parts), other) => {
                let parts = self.without_defaults(parts);
                let each = parts.iter().map(|p| self.compare(op, p, other, place)).collect();
                self.as_a_whole(Cond::choice(each), op, a, b)
            }
            (other, Value::Choice(parts)) => {
                let parts = self.without_defaults(parts);
                let each = parts.iter().map(|p| self.compare(op, other, p, place)).collect();
                self.as_a_whole(Cond::choice(each), op, a, b)
            }
            (Value::Tuple(xs), Value::Tuple(ys)) if xs.len() == ys.len() && !xs.is_empty() => {
                let (xs, ys) = (Rc::clone(xs), Rc::clone(ys));
                self.compare_tuples(op, &xs, &ys, place)
            }
            (Value::Variant(n, xs), Value::Variant(m, ys)) => match (n == m, equality) {
                (true, _) if xs.len() == ys.len() && !xs.is_empty() => {
                    let (xs, ys) = (Rc::clone(xs), Rc::clone(ys));
                    self.compare_tuples(op, &xs, &ys, place)
                }
                (true, true) => Cond::Const(op == BinaryOp::Eq),
                (false, true) => Cond::Const(op == BinaryOp::Ne),
                _ => self.unknown_cond(),
            },
            (Value::Variant(name, parts), Value::Sym(_)) if self.is_wrapper(*name, parts) => {
                let inner = parts[0].clone();
                self.compare(op, &inner, b, place)
            }
            (Value::Sym(_), Value::Variant(name, parts)) if self.is_wrapper(*name, parts) => {
                let inner = parts[0].clone();
                self.compare(op, a, &inner, place)
            }
            (Value::Variant(name, parts), other) | (other, Value::Variant(name, parts))
                if parts.is_empty() && equality =>
            {
                let cond = match other {
                    Value::Sym(sym) => Cond::Is(*sym, *name, place),
                    _ => self.unknown_cond(),
                };
                if op == BinaryOp::Eq { cond } else { cond.negate() }
            }
            (Value::Cond(x), Value::Cond(Cond::Const(y)))
            | (Value::Cond(Cond::Const(y)), Value::Cond(x))
                if equality =>
            {
                let same = *y == (op == BinaryOp::Eq);
                if same { x.clone() } else { x.clone().negate() }
            }
            (Value::Sym(s), Value::Cond(Cond::Const(y)))
            | (Value::Cond(Cond::Const(y)), Value::Sym(s))
                if equality =>
            {
                let truthy = Cond::Truthy(*s, place);
                let same = *y == (op == BinaryOp::Eq);
                if same { truthy } else { truthy.negate() }
            }
            (Value::Unit | Value::Closure(_) | Value::Cond(_), _)
            | (_, Value::Unit | Value::Closure(_) | Value::Cond(_)) => self.unknown_cond(),
            _ => {
                let (a, b) = (self.symbol(a), self.symbol(b));
                Cond::Rel(op, a, b, place)
            }
        }
    }

    /// A comparison of alternatives, which holds of their common name, too: that is what is left of
    /// it where the ways meet again.
    fn as_a_whole(&mut self, each: Cond, op: BinaryOp, a: &Value, b: &Value) -> Cond {
        let simple = |v: &Value| match v {
            Value::Sym(_) => true,
            Value::Variant(_, parts) => parts.iter().all(|p| matches!(p, Value::Sym(_))),
            _ => false,
        };
        let number = |v: &Value| v.alternatives().iter().all(simple);
        if !matches!(each, Cond::Choice(_)) || !number(a) || !number(b) {
            return each;
        }
        let (a, b) = (self.symbol(a), self.symbol(b));
        Cond::Whole(Rc::new(each), (op, a, b))
    }

    pub(super) fn is_wrapper(&self, name: Name, parts: &[Value]) -> bool {
        let known = self.symbols.program.known;
        parts.len() == 1 && [known.some, known.ok].contains(&Some(name))
    }

    /// The alternatives of a value without the constants that stand in for a missing one
    /// (`map_or(0, |e| e.term)`): an empty log has nothing to compare.
    pub(super) fn without_defaults(&self, parts: &Rc<[Value]>) -> Vec<Value> {
        let constant = |v: &Value| match v {
            Value::Sym(s) => {
                matches!(self.symbols.get(*s).origin, Origin::Int(_) | Origin::Global(_))
            }
            Value::Variant(_, parts) => parts.is_empty(),
            _ => false,
        };
        let real: Vec<Value> = parts.iter().filter(|p| !constant(p)).cloned().collect();
        if real.is_empty() { parts.to_vec() } else { real }
    }

    /// Tuples compare in dictionary order.
    pub(super) fn compare_tuples(
        &mut self,
        op: BinaryOp,
        xs: &[Value],
        ys: &[Value],
        place: Place,
    ) -> Cond {
        match op {
            BinaryOp::Eq | BinaryOp::Ne => {
                let mut all = Cond::Const(true);
                for (x, y) in xs.iter().zip(ys) {
                    let cond = self.compare(BinaryOp::Eq, x, y, place);
                    all = all.and(cond);
                }
                if op == BinaryOp::Eq { all } else { all.negate() }
            }
            _ => {
                let [x, rest @ ..] = xs else { return Cond::Const(false) };
                let [y, others @ ..] = ys else { return Cond::Const(false) };
                if rest.is_empty() {
                    return self.compare(op, x, y, place);
                }
                let strict = match op {
                    BinaryOp::Ge | BinaryOp::Gt => BinaryOp::Gt,
                    _ => BinaryOp::Lt,
                };
                let first = self.compare(strict, x, y, place);
                let equal = self.compare(BinaryOp::Eq, x, y, place);
                let tail = self.compare_tuples(op, rest, others, place);
                first.or(equal.and(tail))
            }
        }
    }
}
