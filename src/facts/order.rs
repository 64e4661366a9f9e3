//! Orders: which of less, equal and greater are possible between two values, and what the world
//! knows of that for the values that most rules ask about.

use std::rc::Rc;

use super::event::Site;
use crate::ir::BinaryOp;
use crate::protocol::Fact;
use crate::source::Place;

/// A set of less, equal and greater.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Order(u8);

impl Order {
    pub(super) const NONE: Order = Order(0);
    pub(super) const LESS: Order = Order(1);
    pub(super) const EQUAL: Order = Order(2);
    pub(super) const GREATER: Order = Order(4);
    pub(super) const ANY: Order = Order(7);
    pub(super) const AT_MOST: Order = Order(3);
    pub(super) const AT_LEAST: Order = Order(6);

    /// The outcomes for which `a op b` holds.
    pub(super) fn of(op: BinaryOp) -> Order {
        match op {
            BinaryOp::Lt => Order::LESS,
            BinaryOp::Le => Order::AT_MOST,
            BinaryOp::Eq => Order::EQUAL,
            BinaryOp::Ge => Order::AT_LEAST,
            BinaryOp::Gt => Order::GREATER,
            BinaryOp::Ne => Order(5),
            _ => Order::ANY,
        }
    }

    /// The same, seen from the other side.
    pub(super) fn mirrored(self) -> Order {
        Order(self.0 & 2 | self.0 >> 2 & 1 | self.0 << 2 & 4)
    }

    pub(super) fn and(self, other: Order) -> Order {
        Order(self.0 & other.0)
    }

    pub(super) fn or(self, other: Order) -> Order {
        Order(self.0 | other.0)
    }

    /// Whether every outcome of this is one of the other.
    pub(super) fn within(self, other: Order) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether some outcome is both.
    pub(super) fn meets(self, other: Order) -> bool {
        self.0 & other.0 != 0
    }
}

/// The term of the message that is handled, seen from the current term.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TermOrder {
    pub(super) order: Order,
    /// Where that was found out last.
    pub(super) at: Option<Place>,
    /// It was compared with the current term on some way.
    pub(super) asked: bool,
    /// Another part of the node is told of the message's term, or to stop.
    pub(super) told: bool,
    /// The message is the answer to a call that was made on this way.
    pub(super) answered: bool,
    /// The order before storage got the term that the node itself has not got yet.
    pub(super) ahead: Option<Order>,
    /// What has become of the old term's vote.
    pub(super) vote: OldVote,
}

/// What becomes of the vote of the old term when a message's term is adopted.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct OldVote {
    /// The last adoption on some way.
    pub(super) adopted: Option<Rc<Site>>,
    /// An adoption that left the old vote in place, on some way.
    pub(super) left: Option<Rc<Site>>,
    /// votedFor has got a new value since the message came in, on all ways.
    pub(super) set: bool,
    /// The current term was raised since then, on all ways.
    pub(super) raised: bool,
}

impl Default for TermOrder {
    fn default() -> Self {
        TermOrder {
            order: Order::ANY,
            at: None,
            asked: false,
            told: false,
            answered: false,
            ahead: None,
            vote: OldVote::default(),
        }
    }
}

impl TermOrder {
    /// Learns that the order is one of these; `false` if it can't be.
    pub(super) fn narrow(&mut self, to: Order, at: Place) -> bool {
        self.asked = true;
        let narrowed = self.order.and(to);
        if narrowed != self.order {
            (self.order, self.at) = (narrowed, Some(at));
        }
        narrowed != Order::NONE
    }

    /// The current term has got a new value.
    pub(super) fn reset(&mut self, to: Order, at: Place) {
        (self.order, self.at) = (to, Some(at));
    }

    /// Storage has got the message's term: it is the current one, unless the node keeps another.
    pub(super) fn store_ahead(&mut self, at: Place) {
        let before = self.in_memory();
        self.reset(Order::EQUAL, at);
        self.ahead = Some(before);
    }

    /// The node's own term is about to be written: what it was before counts.
    pub(super) fn catch_up(&mut self) {
        self.order = self.in_memory();
        self.ahead = None;
    }

    fn in_memory(&self) -> Order {
        self.ahead.unwrap_or(self.order)
    }

    /// After a body that shows no change of the term, its call counts for what its name says; what
    /// the body does to the vote stays done.
    pub(super) fn take_call(&mut self, before: &TermOrder, call: &TermOrder) {
        if self.at != before.at {
            return;
        }
        let cleared = before.vote.left.is_some() && self.vote.left.is_none();
        let (set, raised) = (self.vote.set, self.vote.raised);
        *self = call.clone();
        self.vote.set |= set;
        self.vote.raised |= raised;
        if cleared {
            self.vote.left = None;
        }
    }

    /// Both ways as one.
    pub(super) fn join(&mut self, other: &TermOrder) {
        if self.ahead.is_some() || other.ahead.is_some() {
            self.ahead = Some(self.in_memory().or(other.in_memory()));
        }
        // Where the term is not higher, the vote of the current one may stay.
        let seen_to = |of: &TermOrder| of.vote.set || !of.order.meets(Order::GREATER);
        let set = seen_to(self) && seen_to(other) && (self.vote.set || other.vote.set);
        self.order = self.order.or(other.order);
        self.at = self.at.or(other.at);
        self.asked |= other.asked;
        self.told &= other.told;
        self.answered |= other.answered;
        let (mine, theirs) = (&mut self.vote, &other.vote);
        mine.adopted = mine.adopted.take().or_else(|| theirs.adopted.clone());
        mine.left = mine.left.take().or_else(|| theirs.left.clone());
        mine.set = set;
        mine.raised &= theirs.raised;
    }

    /// Whether the code may tell the two ways apart later: stale for sure, not stale for sure.
    pub(super) fn apart(&self, other: &TermOrder) -> bool {
        self.staleness() != other.staleness()
    }

    fn staleness(&self) -> (bool, bool) {
        (self.order.meets(Order::LESS), self.order.meets(Order::AT_LEAST))
    }

    /// What follows for the effects of a message.
    pub(super) fn facts(&self) -> impl Iterator<Item = (Fact, Place)> + use<> {
        let rises = self.vote.raised || self.order.within(Order::GREATER);
        let facts = [
            (self.order.within(Order::AT_LEAST), Fact::TermNotStale),
            (self.order.within(Order::AT_MOST), Fact::TermNotHigher),
            (rises, Fact::TermRises),
        ];
        let at = self.at;
        facts.into_iter().filter(|(holds, _)| *holds).filter_map(move |(_, f)| Some((f, at?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Order;
    use crate::ir::BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};

    #[test]
    fn mirrored_twice_is_the_same() {
        for op in [Lt, Le, Eq, Ne, Ge, Gt] {
            assert_eq!(Order::of(op).mirrored().mirrored(), Order::of(op));
        }
        assert_eq!(Order::of(Lt).mirrored(), Order::of(Gt));
        assert_eq!(Order::of(Ge).mirrored(), Order::of(Le));
    }
}
