//! Terms of messages: how they compare with the current term, and when they are adopted.

use super::eval::Engine;
use super::order::Order;
use super::value::Value;
use super::world::World;
use crate::ir::BinaryOp;
use crate::protocol::Effect;
use crate::roles::symbols::{Role, Sym};
use crate::source::Place;

impl Engine<'_> {
    /// `a op b` holds from here on; `false` if that can't be.
    pub(super) fn term_compared(
        &self,
        world: &mut World,
        op: BinaryOp,
        a: Sym,
        b: Sym,
        place: Place,
    ) -> bool {
        match (self.role(world, a), self.role(world, b)) {
            (Role::ReqTerm, Role::CurrentTerm) => world.term.narrow(Order::of(op), place),
            (Role::CurrentTerm, Role::ReqTerm) => {
                world.term.narrow(Order::of(op).mirrored(), place)
            }
            _ => true,
        }
    }

    /// The current term gets a new value.
    pub(super) fn term_stored(&mut self, world: &mut World, value: &Value, at: Place) {
        let written = self.symbol(value);
        self.record(world, Effect::TermChange, at, &[written], true);
        let order = match self.role(world, written) {
            Role::ReqTerm => Order::EQUAL,
            _ => Order::ANY,
        };
        if order == Order::EQUAL && world.term.order.within(Order::GREATER) {
            world.term_is_new(at);
        }
        world.term.reset(order, at);
    }

    /// The handling of a message ends on this way.
    pub(super) fn handling_ends(&mut self, world: &World) {
        if let (Some(_), Some(at)) = (world.handling, world.handled_at) {
            self.record(world, Effect::HandlingEnd, at, &[], true);
        }
    }
}
