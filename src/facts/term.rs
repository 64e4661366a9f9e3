//! Terms of messages: how they compare with the current term, and when they are adopted.

use std::rc::Rc;

use super::eval::Engine;
use super::order::Order;
use super::relation::Comparison;
use super::term_side::{MAX_DEPTH, Side};
use super::value::Value;
use super::world::World;
use crate::ir::BinaryOp;
use crate::protocol::{Effect, Fact};
use crate::roles::symbols::{Origin, Role, Sym};
use crate::source::Place;

impl Engine<'_> {
    /// `a op b` holds from here on; `false` if that can't be.
    pub(super) fn term_compared(
        &mut self,
        world: &mut World,
        Comparison { op, left: a, right: b, at: place }: Comparison,
    ) -> bool {
        // The term that a request went out with is none of its answer.
        if self.is_of_sent_request(world, a) || self.is_of_sent_request(world, b) {
            return true;
        }
        // What was compared before the term changed says nothing about the present one.
        if self.is_former_term(world, a) || self.is_former_term(world, b) {
            return true;
        }
        self.term_narrowed(world, Order::of(op), a, b, place, MAX_DEPTH)
    }

    /// Whether a value is the current term as it was before it was changed on this way.
    fn is_former_term(&self, world: &World, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        data.role == Role::CurrentTerm
            && matches!(data.origin, Origin::Field(..))
            && self.is_replaced(world, sym)
    }

    /// Whether a place has got another value than it had, on each of the ways that have met here.
    fn is_replaced(&self, world: &World, place: Sym) -> bool {
        let was = Value::Sym(place);
        let now = world.stored(place);
        now.is_some_and(|now| now.alternatives().iter().all(|value| *value != was))
    }

    fn term_narrowed(
        &mut self,
        world: &mut World,
        order: Order,
        a: Sym,
        b: Sym,
        place: Place,
        fuel: u32,
    ) -> bool {
        if self.plain(a) == self.plain(b) && self.is_plain_term(world, a) {
            return order.meets(Order::EQUAL);
        }
        let order = self.sharpened(order, a, b);
        let pair = (self.term_side(world, a), self.term_side(world, b));
        let whole = !self.is_plain_term(world, a) || !self.is_plain_term(world, b);
        // Whole votes that differ may still be of one term, and equal terms of different votes.
        let order = if whole && pair != (None, None) { of_whole(order) } else { order };
        // A question asked before the term was adopted says nothing about the new one.
        let asked_of_old = |own: Sym, order: Order| {
            !world.term.order.meets(order) && self.is_overwritten(world, own)
        };
        match pair {
            (Some(Side::Message), Some(Side::Own)) if asked_of_old(b, order) => return true,
            (Some(Side::Own), Some(Side::Message)) if asked_of_old(a, order.mirrored()) => {
                return true;
            }
            (Some(Side::Message), Some(Side::Own)) => {
                world.term.answered |= self.is_answered(a, MAX_DEPTH + 2);
                return world.term.narrow(order, place);
            }
            (Some(Side::Own), Some(Side::Message)) => {
                world.term.answered |= self.is_answered(b, MAX_DEPTH + 2);
                return world.term.narrow(order.mirrored(), place);
            }
            // A message of the protocol has a term: one without is the node's own.
            (Some(Side::Message), None) if self.symbols.role(b) == Role::Zero => {
                if order == Order::EQUAL {
                    world.term.narrow(Order::EQUAL, place);
                }
                return true;
            }
            _ => {}
        }
        let Some(less) = fuel.checked_sub(1) else { return true };
        self.with_parts(world, order, a, b, place, less)
            && self.with_parts(world, order.mirrored(), b, a, place, less)
    }

    /// What differs from the greater of itself and another value is less than that.
    fn sharpened(&self, order: Order, a: Sym, b: Sym) -> Order {
        let greatest_with = |sym: Sym, part: Sym| match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(name, args) => {
                self.symbols.program.text(*name) == "max"
                    && args.iter().any(|x| self.plain(*x) == self.plain(part))
            }
            _ => false,
        };
        match order {
            _ if order != Order::of(BinaryOp::Ne) => order,
            _ if greatest_with(b, a) => Order::LESS,
            _ if greatest_with(a, b) => Order::GREATER,
            _ => order,
        }
    }

    /// Whether a place has got another value than the one that was read from it.
    fn is_overwritten(&self, world: &World, place: Sym) -> bool {
        world.stored(self.plain(place)).is_some_and(|now| *now != Value::Sym(place))
    }

    /// `a` is at least `max(x, y)`: then it is at least each of them.
    fn with_parts(
        &mut self,
        world: &mut World,
        order: Order,
        a: Sym,
        b: Sym,
        place: Place,
        fuel: u32,
    ) -> bool {
        let Origin::Method(name, args) = &self.symbols.get(self.plain(b)).origin else {
            return true;
        };
        let [x, y] = **args else { return true };
        let bound = match self.symbols.program.text(*name) {
            "max" => Order::AT_LEAST,
            "min" => Order::AT_MOST,
            _ => return true,
        };
        // What is less than `max(itself, x)` is less than `x`.
        if bound == Order::AT_LEAST && order == Order::LESS {
            let own = self.plain(a);
            let other = match (self.plain(x) == own, self.plain(y) == own) {
                (true, _) => y,
                (_, true) => x,
                _ => return true,
            };
            return self.term_narrowed(world, Order::LESS, a, other, place, fuel);
        }
        if !order.within(bound) {
            return true;
        }
        [x, y]
            .into_iter()
            .all(|part| part == a || self.term_narrowed(world, bound, a, part, place, fuel))
    }

    pub(super) fn note_adopted(&mut self, world: &World) {
        for frame in self.frames.all() {
            let key = (world.handling, Some(frame.function));
            if !self.terms_adopted.contains(&key) {
                self.terms_adopted.push(key);
            }
        }
    }

    /// The current term gets a new value.
    pub(super) fn term_stored(&mut self, world: &mut World, value: &Value, at: Place) {
        if matches!(value, Value::Cond(_) | Value::Unit | Value::Closure(_)) {
            return;
        }
        let written = self.symbol(value);
        let written = self.raised_to(written).unwrap_or(written);
        let before = world.term.order;
        let rise = self.rise(world, written, MAX_DEPTH);
        let of_message = self.role(world, written) == Role::ReqTerm
            || self.term_side(world, written) == Some(Side::Message);
        let least = match &self.symbols.get(self.plain(written)).origin {
            Origin::Method(name, args) if self.symbols.program.text(*name) == "min" => {
                args.iter().any(|a| self.holds_message_term(world, *a, MAX_DEPTH))
            }
            _ => false,
        };
        let of_message = of_message || least;
        let decided = rise.within(Order::AT_LEAST) || (of_message && world.handling.is_some());
        self.record(world, Effect::TermChange, at, &[written], decided);
        let order = self.message_and(world, written, MAX_DEPTH);
        let adopts = self.holds_message_term(world, written, MAX_DEPTH);
        if adopts {
            self.note_adopted(world);
            if before.meets(Order::GREATER) {
                let (site, _) = self.site(at, &[written]);
                let site = Rc::new(site);
                if !world.term.vote.set {
                    world.term.vote.left = Some(Rc::clone(&site));
                }
                self.office_adopts(world, &site);
                world.term.vote.adopted = Some(site);
            }
        }
        // Of a value that was chosen between both terms it is not plain whether it is higher.
        let plain = self.term_side(world, self.plain(written)) == Some(Side::Message);
        world.term.vote.raised |= rise.within(Order::GREATER) || !plain;
        if order == Order::EQUAL && before.within(Order::GREATER) {
            world.term_is_new(at);
        }
        // Whoever got the vote of an older term has not got that of this one.
        if adopts && before.meets(Order::GREATER) {
            world.unlearn(Fact::VotedForCandidate);
        }
        // The term of an entry is never above the current one: what is at least that stays it.
        if before.within(Order::AT_LEAST) && self.is_term_of_log(written, MAX_DEPTH) {
            return;
        }
        world.term.reset(order, at);
    }

    /// Whether a value is the term of an entry of the log, or of the last one.
    fn is_term_of_log(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let sym = self.plain(sym);
        match &self.symbols.get(sym).origin {
            _ if matches!(self.symbols.role(sym), Role::OwnLastTerm | Role::LocalEntryTerm) => true,
            Origin::Composite(parts) => parts.iter().all(|p| self.is_term_of_log(*p, less)),
            _ => false,
        }
    }

    /// Whether a value is the message's term, or may be.
    pub(super) fn is_message_term(&self, world: &World, value: &Value) -> bool {
        matches!(value, Value::Sym(s) if self.holds_message_term(world, *s, MAX_DEPTH))
    }

    /// Whether the message's term is what is stored, or may be.
    pub(super) fn holds_message_term(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        if self.term_side(world, sym) == Some(Side::Message) {
            return true;
        }
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(name, args) => {
                self.symbols.program.text(*name) == "max"
                    && args.iter().any(|a| self.holds_message_term(world, *a, less))
            }
            Origin::Composite(args) => {
                args.iter().any(|a| self.holds_message_term(world, *a, less))
            }
            _ => self.term_side(world, self.plain(sym)) == Some(Side::Message),
        }
    }

    /// How a new value of the current term compares with the old one.
    pub(super) fn rise(&self, world: &World, sym: Sym, fuel: u32) -> Order {
        let plain = self.plain(sym);
        if self.term_side(world, plain) == Some(Side::Message) {
            return world.term.order;
        }
        let less = fuel.saturating_sub(1);
        match &self.symbols.get(plain).origin {
            _ if fuel == 0 => Order::ANY,
            Origin::Binary(BinaryOp::Add, a, b) => {
                let own = [a, b].iter().any(|s| self.rise(world, **s, less) == Order::EQUAL);
                if own { Order::GREATER } else { Order::ANY }
            }
            Origin::Method(name, args) => {
                let parts = || args.iter().map(|a| self.rise(world, *a, less));
                match self.symbols.program.text(*name) {
                    "max" if parts().any(|p| p.within(Order::GREATER)) => Order::GREATER,
                    "max" if parts().any(|p| p.within(Order::AT_LEAST)) => Order::AT_LEAST,
                    "saturating_add" | "wrapping_add" | "checked_add" | "next" | "inc" | "succ"
                    | "incremented"
                        if parts().next() == Some(Order::EQUAL) =>
                    {
                        Order::GREATER
                    }
                    _ => self.unchanged(sym),
                }
            }
            // The current term, adopted from the request or not.
            Origin::Composite(_) if self.symbols.role(plain) == Role::CurrentTerm => {
                Order::AT_LEAST
            }
            _ => self.unchanged(sym),
        }
    }

    fn unchanged(&self, sym: Sym) -> Order {
        let own = self.symbols.role(sym) == Role::CurrentTerm;
        if own { Order::EQUAL } else { Order::ANY }
    }

    /// How the message's term compares with a new value of the current term.
    fn message_and(&self, world: &World, sym: Sym, fuel: u32) -> Order {
        let plain = self.plain(sym);
        if self.term_side(world, plain) == Some(Side::Message) {
            return Order::EQUAL;
        }
        let less = fuel.saturating_sub(1);
        match &self.symbols.get(plain).origin {
            _ if fuel == 0 => Order::ANY,
            Origin::Method(name, args) if self.symbols.program.text(*name) == "max" => {
                let mut all = args.iter().map(|a| self.message_and(world, *a, less));
                let (Some(x), Some(y)) = (all.next(), all.next()) else { return Order::ANY };
                match () {
                    () if x == Order::LESS || y == Order::LESS => Order::LESS,
                    () if x.within(Order::AT_MOST) || y.within(Order::AT_MOST) => {
                        Order::AT_MOST.and(x.or(y))
                    }
                    () => x.or(y),
                }
            }
            // A node that stands for election on the way has asked before.
            Origin::Binary(BinaryOp::Add, a, _) if self.unchanged(*a) == Order::EQUAL => {
                world.term.order
            }
            Origin::Composite(args) => {
                let adopted =
                    args.iter().any(|a| self.message_and(world, *a, less) == Order::EQUAL);
                if adopted { Order::AT_MOST } else { Order::ANY }
            }
            _ if self.unchanged(sym) == Order::EQUAL => world.term.order,
            _ => Order::ANY,
        }
    }
}

/// What the order of whole votes says about that of their terms.
fn of_whole(order: Order) -> Order {
    match order {
        Order::EQUAL => Order::EQUAL,
        _ if order.within(Order::AT_LEAST) => Order::AT_LEAST,
        _ if order.within(Order::AT_MOST) => Order::AT_MOST,
        _ => Order::ANY,
    }
}
