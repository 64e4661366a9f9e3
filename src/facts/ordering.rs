//! Values of the library's `Ordering`: made by `cmp`, put one behind the other by `then`, asked by
//! `is_ge` and the like.
//!
//! Where two values are compared by parts, the ways on which the outcome is less, equal and greater
//! go on apart: each knows then which of the parts decided.

use std::cmp::Ordering;
use std::rc::Rc;

use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::trail::{Asked, Question};
use super::value::{Cond, Value};
use super::world::World;
use crate::ir::BinaryOp;
use crate::roles::symbols::{Origin, Role, Sym};
use crate::source::Place;

/// The three outcomes, the relations that they stand for, and the names that they have.
const OUTCOMES: [(BinaryOp, &str, Ordering); 3] = [
    (BinaryOp::Lt, "Less", Ordering::Less),
    (BinaryOp::Eq, "Equal", Ordering::Equal),
    (BinaryOp::Gt, "Greater", Ordering::Greater),
];

impl Engine<'_> {
    /// `a.cmp(&b)`.
    pub(super) fn cmp(
        &mut self,
        world: &World,
        a: &Value,
        b: &Value,
        place: Place,
    ) -> Option<Outs> {
        let name = self.symbols.program.names.find("cmp")?;
        if let (Value::Tuple(_), Value::Tuple(_)) = (a, b) {
            // Dictionary order: one value per outcome, in the worlds that have it.
            return Some(
                self.per_outcome(world, place, |engine, op| engine.compare(op, a, b, place)),
            );
        }
        let (a, b) = (self.symbol(a), self.symbol(b));
        let sym = self.symbols.intern(Origin::Method(name, Box::new([a, b])));
        Some(smallvec![(world.clone(), Value::Sym(sym))])
    }

    /// `a.partial_cmp(&b)`: an outcome that is known is there.
    pub(super) fn partial_cmp(
        &mut self,
        world: &World,
        a: &Value,
        b: &Value,
        place: Place,
    ) -> Option<Outs> {
        let mut outs = self.cmp(world, a, b, place)?;
        let some = self.symbols.program.known.some;
        for (_, value) in &mut outs {
            if let (Value::Variant(..), Some(some)) = (&*value, some) {
                *value = Value::Variant(some, Rc::new([value.clone()]));
            }
        }
        Some(outs)
    }

    /// `is_ge` and its like: whether an outcome is one of those that an operator stands for.
    pub(super) fn ordering(&self, value: &Value, op: BinaryOp, place: Place) -> Option<Value> {
        let conds: Option<Vec<Cond>> =
            value.alternatives().iter().map(|part| self.outcome(part, op, place)).collect();
        Some(Value::Cond(Cond::choice(conds?)))
    }

    /// The same of one alternative.
    fn outcome(&self, value: &Value, op: BinaryOp, place: Place) -> Option<Cond> {
        match value {
            Value::Sym(sym) => {
                let (a, b) = self.compared_by(*sym)?;
                Some(Cond::Rel(op, a, b, place))
            }
            Value::Variant(name, parts) if parts.is_empty() => {
                let text = self.symbols.program.text(*name);
                let (_, _, is) = OUTCOMES.iter().find(|(_, known, _)| *known == text)?;
                Some(Cond::Const(match op {
                    BinaryOp::Eq => is.is_eq(),
                    BinaryOp::Ne => is.is_ne(),
                    BinaryOp::Lt => is.is_lt(),
                    BinaryOp::Le => is.is_le(),
                    BinaryOp::Gt => is.is_gt(),
                    BinaryOp::Ge => is.is_ge(),
                    _ => return None,
                }))
            }
            _ => None,
        }
    }

    /// What `cmp` compared to get this outcome.
    pub(super) fn compared_by(&self, sym: Sym) -> Option<(Sym, Sym)> {
        let sym = match self.symbols.get(sym).origin {
            Origin::Inner(outer) => outer,
            _ => sym,
        };
        let Origin::Method(name, args) = &self.symbols.get(sym).origin else { return None };
        let [a, b] = **args else { return None };
        matches!(self.symbols.program.text(*name), "cmp" | "partial_cmp").then_some((a, b))
    }

    /// The conditions on which a value is less, equal and greater.
    fn each_outcome(&self, value: &Value, place: Place) -> Option<[Cond; 3]> {
        let mut conds = OUTCOMES.map(|_| Cond::Const(false));
        for (cond, (op, ..)) in conds.iter_mut().zip(OUTCOMES) {
            let Some(Value::Cond(found)) = self.ordering(value, op, place) else { return None };
            *cond = found;
        }
        Some(conds)
    }

    /// One value for each outcome, in the worlds that have it.
    fn per_outcome(
        &mut self,
        world: &World,
        place: Place,
        mut cond: impl FnMut(&mut Self, BinaryOp) -> Cond,
    ) -> Outs {
        let mut outs = Outs::new();
        for (op, variant, order) in OUTCOMES {
            let Some(variant) = self.symbols.program.names.find(variant) else { continue };
            let asked = Asked { place, question: Question::Order(order) };
            let cond = cond(self, op).said(asked);
            for w in self.assume(world.clone(), &cond, true) {
                outs.push((w, Value::Variant(variant, Rc::new([]))));
            }
        }
        outs
    }

    /// `first.then(next)`: the first decides unless it is equal. `of` is where the first stands.
    pub(super) fn first_of_orders(
        &mut self,
        world: &World,
        first: &Value,
        (place, of): (Place, Place),
        mut next: impl FnMut(&mut Self, World) -> Outs,
    ) -> Option<Outs> {
        if !self.is_asked(first) {
            return None;
        }
        let conds = self.each_outcome(first, place)?;
        let mut outs = Outs::new();
        for ((op, variant, order), cond) in OUTCOMES.into_iter().zip(conds) {
            let Some(variant) = self.symbols.program.names.find(variant) else { continue };
            let decides = op != BinaryOp::Eq;
            let place = if decides { place } else { of };
            let cond = cond.said(Asked { place, question: Question::Order(order) });
            for w in self.assume(world.clone(), &cond, true) {
                match decides {
                    true => outs.push((w, Value::Variant(variant, Rc::new([])))),
                    false => outs.extend(next(self, w)),
                }
            }
        }
        let mut apart = Outs::new();
        for (w, value) in outs {
            match self.each_outcome(&value, place) {
                Some(mut conds) => apart.extend(self.per_outcome(&w, place, |_, op| {
                    let at = OUTCOMES.iter().position(|(known, ..)| *known == op).unwrap_or(0);
                    std::mem::replace(&mut conds[at], Cond::Const(false))
                })),
                None => apart.push((w, value)),
            }
        }
        Some(apart)
    }

    /// Whether one of the compared values means something to the protocol: only then are the ways
    /// told apart.
    fn is_asked(&self, value: &Value) -> bool {
        let means = |sym: Sym| self.symbols.role(sym) != Role::None;
        value.alternatives().iter().all(|part| match part {
            Value::Sym(sym) => self.compared_by(*sym).is_some_and(|(a, b)| means(a) || means(b)),
            other => matches!(other, Value::Variant(_, parts) if parts.is_empty()),
        })
    }

    /// `order.reverse()`.
    pub(super) fn reversed(&mut self, value: &Value) -> Option<Value> {
        match value {
            Value::Sym(sym) => {
                let (a, b) = self.compared_by(*sym)?;
                let name = self.symbols.program.names.find("cmp")?;
                Some(Value::Sym(self.symbols.intern(Origin::Method(name, Box::new([b, a])))))
            }
            Value::Variant(name, parts) if parts.is_empty() => {
                let text = self.symbols.program.text(*name);
                let (_, _, is) = OUTCOMES.iter().find(|(_, known, _)| *known == text)?;
                let (_, other, _) = OUTCOMES.iter().find(|(.., order)| *order == is.reverse())?;
                Some(Value::Variant(self.symbols.program.names.find(other)?, Rc::new([])))
            }
            _ => None,
        }
    }
}
