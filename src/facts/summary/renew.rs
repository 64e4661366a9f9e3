//! What a call gave, for another call: what it made itself, of which nothing is known, is not the same; nor what
//! it got, where that is exchanged.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::exchange::Exchange;
use crate::facts::stack::Stack;
use crate::facts::value::{Cond, Value};
use crate::facts::world::Assumption;
use crate::ir::{BinaryOp, TypeRef};
use crate::roles::symbols::{Origin, Sym, Symbols};

/// Makes values anew that a call made, and puts what another call got in the place of what it got.
pub(super) struct Renewal<'a, 'p> {
    pub(super) symbols: &'a mut Symbols<'p>,
    /// The first symbol that was made in the call.
    first: Sym,
    /// Older symbols are made of none that becomes another.
    oldest: Sym,
    /// The last serial of a frame.
    serial: &'a mut u32,
    pub(super) frames: &'a Stack,
    exchange: &'a Exchange,
    /// What goes into the place of something was part of what the call read, or is taken for something else.
    pub(super) clashes: bool,
    /// The new symbols, and the new serials of the frames whose locals they are.
    renewed: FxHashMap<Sym, Sym>,
    serials: FxHashMap<u32, u32>,
}

/// Whether something that was made from a symbol on went into another one.
pub(super) fn is_made_from(symbols: &Symbols<'_>, first: Sym, sym: Sym) -> bool {
    symbols.get(sym).made.is_some_and(|made| made >= first)
}

impl<'a, 'p> Renewal<'a, 'p> {
    pub(super) fn new(
        symbols: &'a mut Symbols<'p>,
        first: Sym,
        (serial, frames): (&'a mut u32, &'a Stack),
        exchange: &'a Exchange,
    ) -> Self {
        let oldest = exchange.oldest().unwrap_or(first).min(first);
        let (renewed, serials, clashes) = Default::default();
        Renewal { symbols, first, oldest, serial, frames, exchange, clashes, renewed, serials }
    }

    /// A symbol, of which everything that the call made is new, and everything that it got is what the other got.
    pub(super) fn symbol(&mut self, sym: Sym) -> Sym {
        if !is_made_from(self.symbols, self.oldest, sym) {
            return sym;
        }
        if let Some(renewed) = self.renewed.get(&sym) {
            return *renewed;
        }
        let renewed = match self.symbols.get(sym).origin {
            Origin::Fresh(_) | Origin::Local(..) if sym < self.first => self.got(sym),
            Origin::Fresh(_) => self.symbols.fresh(),
            Origin::Local(serial, name) => {
                let serial = *self.serials.entry(serial).or_insert_with(|| {
                    *self.serial += 1;
                    *self.serial
                });
                self.symbols.intern_typed(Origin::Local(serial, name), self.type_of(sym))
            }
            ref origin => {
                let parts = origin.parts();
                let others: SmallVec<[Sym; 4]> = parts.iter().map(|p| self.symbol(*p)).collect();
                if others == parts { sym } else { self.of_parts(sym, &others) }
            }
        };
        self.renewed.insert(sym, renewed);
        renewed
    }

    /// A symbol with other parts, which may have been taken for something else where it was made first.
    fn of_parts(&mut self, sym: Sym, parts: &[Sym]) -> Sym {
        let mut parts = parts.iter();
        let origin = &self.symbols.get(sym).origin;
        let origin = origin.with_parts(|part| *parts.next().unwrap_or(&part));
        let other = self.symbols.intern_typed(origin, self.type_of(sym));
        self.clashes |= !self.symbols.get(sym).means(self.symbols.get(other));
        other
    }

    fn type_of(&self, sym: Sym) -> Option<TypeRef> {
        self.symbols.get(sym).ty.as_deref().cloned()
    }

    /// What the other call got where this one got a symbol.
    fn got(&mut self, sym: Sym) -> Sym {
        let other = self.exchange.of(sym);
        self.clashes |= other.is_none() && self.exchange.puts(sym);
        other.unwrap_or(sym)
    }

    pub(super) fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Unit | Value::Closure(_) => value.clone(),
            Value::Sym(sym) => Value::Sym(self.symbol(*sym)),
            Value::Cond(cond) => Value::Cond(self.cond(cond)),
            Value::Variant(name, parts) => {
                Value::Variant(*name, parts.iter().map(|part| self.value(part)).collect())
            }
            Value::Struct(name, fields, place) => {
                let fields = fields.iter().map(|(name, value)| (*name, self.value(value)));
                Value::Struct(*name, fields.collect::<Vec<_>>().into(), *place)
            }
            Value::Tuple(parts) => {
                Value::Tuple(parts.iter().map(|part| self.value(part)).collect())
            }
            Value::Choice(parts) => {
                Value::Choice(parts.iter().map(|part| self.value(part)).collect())
            }
        }
    }

    /// What was stored in a place, if anything was.
    pub(super) fn stored(&mut self, value: &Option<Value>) -> Option<Value> {
        value.as_ref().map(|value| self.value(value))
    }

    fn cond(&mut self, cond: &Cond) -> Cond {
        let mut part = |cond: &Cond| std::rc::Rc::new(self.cond(cond));
        match cond {
            Cond::Const(_) | Cond::Lost => cond.clone(),
            Cond::Rel(op, a, b, place) => Cond::Rel(*op, self.symbol(*a), self.symbol(*b), *place),
            Cond::Is(sym, name, place) => Cond::Is(self.symbol(*sym), *name, *place),
            Cond::Truthy(sym, place) => Cond::Truthy(self.symbol(*sym), *place),
            Cond::Not(inner) => Cond::Not(part(inner)),
            Cond::Said(inner, asked) => Cond::Said(part(inner), *asked),
            Cond::Whole(inner, (op, a, b)) => {
                let inner = part(inner);
                Cond::Whole(inner, (*op, self.symbol(*a), self.symbol(*b)))
            }
            Cond::And(a, b) => Cond::And(part(a), part(b)),
            Cond::Or(a, b) => Cond::Or(part(a), part(b)),
            Cond::Choice(parts) => Cond::Choice(parts.iter().map(|part| self.cond(part)).collect()),
        }
    }

    pub(super) fn assumption(&mut self, assumption: Assumption) -> Assumption {
        match assumption {
            Assumption::Is(sym, name) => Assumption::Is(self.symbol(sym), name),
            Assumption::Present(sym) => Assumption::Present(self.symbol(sym)),
            Assumption::Truthy(sym) => Assumption::Truthy(self.symbol(sym)),
            Assumption::Rel(op, a, b) => {
                let (a, b) = (self.symbol(a), self.symbol(b));
                // As it is written down where it is asked.
                let (a, b) = if op == BinaryOp::Eq && b < a { (b, a) } else { (a, b) };
                Assumption::Rel(op, a, b)
            }
        }
    }
}
