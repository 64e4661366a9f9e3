//! Relations between any two values: what the questions on a way, and the values themselves, tell.

use super::eval::Engine;
use super::order::Order;
use super::reads;
use super::world::{Assumption, World};
use crate::ir::BinaryOp;
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// `left op right` holds from here on, as the question at a place says.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    pub(super) op: BinaryOp,
    pub(super) left: Sym,
    pub(super) right: Sym,
    pub(super) at: Place,
}

/// How deep `min` and `max` are looked into.
const MAX_DEPTH: u32 = 4;

impl Engine<'_> {
    /// The possible orders of two values on this way.
    pub(super) fn order(&self, world: &World, a: Sym, b: Sym) -> Order {
        self.order_within(world, a, b, MAX_DEPTH)
    }

    fn order_within(&self, world: &World, a: Sym, b: Sym, fuel: u32) -> Order {
        let (a, b) = (self.plain(a), self.plain(b));
        if a == b {
            return Order::EQUAL;
        }
        let mut order = self.asked(world, a, b);
        if let Some(less) = fuel.checked_sub(1) {
            order = order.and(self.composed(world, a, b, less));
            order = order.and(self.composed(world, b, a, less).mirrored());
        }
        order
    }

    /// What the questions on the way say about just these two.
    fn asked(&self, world: &World, a: Sym, b: Sym) -> Order {
        reads::related(self.plain(a));
        asked(&self.symbols, world.assumptions.unread(), a, b)
    }

    /// What the questions on the way say about a value and any others: those, and the order.
    pub(super) fn compared_with<'w>(
        &'w self,
        world: &'w World,
        a: Sym,
    ) -> impl Iterator<Item = (Sym, Order)> + 'w {
        let a = self.plain(a);
        reads::related(a);
        world.assumptions.unread().iter().filter_map(move |&(assumption, holds)| {
            let (x, y, order) = relation(assumption, holds)?;
            if self.plain(x) == a {
                Some((y, order))
            } else if self.plain(y) == a {
                Some((x, order.mirrored()))
            } else {
                None
            }
        })
    }

    /// What the way in which `a` was computed says.
    fn composed(&self, world: &World, a: Sym, b: Sym, fuel: u32) -> Order {
        let program = self.symbols.program;
        match &self.symbols.get(a).origin {
            Origin::Method(name, args) => {
                let [x, y] = **args else { return Order::ANY };
                let (x, y) = (x, y);
                let of = |part: Sym| self.order_within(world, part, b, fuel);
                match program.text(*name) {
                    "min" => smaller(of(x), of(y)),
                    "max" => smaller(of(x).mirrored(), of(y).mirrored()).mirrored(),
                    _ => Order::ANY,
                }
            }
            Origin::Binary(op, x, y) => {
                let part = self.order_within(world, *x, b, fuel);
                match (op, &self.symbols.get(*y).origin) {
                    (_, Origin::Int(0)) => part,
                    (BinaryOp::Add, Origin::Int(_)) if part.within(Order::AT_LEAST) => {
                        Order::GREATER
                    }
                    (BinaryOp::Add, _) if part.within(Order::AT_LEAST) => Order::AT_LEAST,
                    (BinaryOp::Sub, Origin::Int(_)) if part.within(Order::AT_MOST) => Order::LESS,
                    (BinaryOp::Sub, _) if part.within(Order::AT_MOST) => Order::AT_MOST,
                    _ => Order::ANY,
                }
            }
            _ => Order::ANY,
        }
    }

    /// The value itself, without names, wrappers and the places that it was stored in.
    pub(super) fn plain(&self, sym: Sym) -> Sym {
        plain(&self.symbols, sym)
    }
}

/// The value itself, without names, wrappers and the places that it was stored in.
pub(super) fn plain(symbols: &Symbols<'_>, mut sym: Sym) -> Sym {
    loop {
        sym = match symbols.get(sym).origin {
            Origin::Named(inner, _)
            | Origin::Inner(inner)
            | Origin::Former(inner)
            | Origin::Stored(_, inner) => inner,
            _ => return sym,
        };
    }
}

/// The two values that a question was about, and their order as it was answered.
pub(super) fn relation(assumption: Assumption, holds: bool) -> Option<(Sym, Sym, Order)> {
    let Assumption::Rel(op, x, y) = assumption else { return None };
    let op = if holds { op } else { super::derive::negated(op) };
    Some((x, y, Order::of(op)))
}

/// What questions say about just these two values.
pub(super) fn asked(
    symbols: &Symbols<'_>,
    assumptions: &[(Assumption, bool)],
    a: Sym,
    b: Sym,
) -> Order {
    let mut order = Order::ANY;
    for &(assumption, holds) in assumptions {
        let Some((x, y, found)) = relation(assumption, holds) else { continue };
        let (x, y) = (plain(symbols, x), plain(symbols, y));
        if (x, y) == (a, b) {
            order = order.and(found);
        } else if (x, y) == (b, a) {
            order = order.and(found.mirrored());
        }
    }
    order
}

/// The order of the smaller of two values, given those of both.
fn smaller(x: Order, y: Order) -> Order {
    if x.within(Order::LESS) || y.within(Order::LESS) {
        return Order::LESS;
    }
    if x.within(Order::AT_MOST) || y.within(Order::AT_MOST) {
        return Order::AT_MOST.and(x.or(y).or(Order::LESS));
    }
    x.or(y)
}
