//! Named bools: what is known of them once the code has branched on them.
//!
//! `if fresh && free { … } reply(fresh && free)`: the ways meet behind the branch, and then neither
//! of the two is known any more, but that they are not both true still is.

use std::rc::Rc;

use super::eval::Engine;
use super::value::{Cond, Value};
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, ExprId, ExprKind, Name, UnaryOp};
use crate::roles::symbols::Origin;

impl Engine<'_> {
    /// The named bools that a condition is made of, if it is one or several that all have to hold;
    /// with what each has to be.
    pub(super) fn flags(&self, cond: ExprId) -> Vec<(Name, bool)> {
        match &self.body().expr(cond).kind {
            ExprKind::Path(path) if path.len() == 1 => vec![(path[0], true)],
            ExprKind::Unary(UnaryOp::Not, inner) => match self.flags(*inner).as_slice() {
                [(name, holds)] => vec![(*name, !holds)],
                _ => Vec::new(),
            },
            ExprKind::Binary(BinaryOp::And, a, b) => {
                let (mut all, more) = (self.flags(*a), self.flags(*b));
                if all.is_empty() || more.is_empty() {
                    return Vec::new();
                }
                all.extend(more);
                all
            }
            _ => Vec::new(),
        }
    }

    /// A named bool keeps what it has turned out to be: what it was made of may have changed when it
    /// is asked again, and ways that meet forget why they parted.
    pub(super) fn remember(&mut self, world: &mut World, flags: &[(Name, bool)], outcome: bool) {
        match flags {
            [(name, holds)] => self.settle_flag(world, *name, *holds == outcome),
            _ if outcome => {
                for (name, holds) in flags {
                    self.settle_flag(world, *name, *holds);
                }
            }
            // Not both of them: the second holds only where the first does not.
            [(first, holds), (second, also)] => {
                let (a, b) = (self.flag(world, *first), self.flag(world, *second));
                let (Some(a), Some(b)) = (a, b) else { return };
                let signed = |cond: Cond, holds: bool| if holds { cond } else { cond.negate() };
                // Whatever the first is made of, it is the same whenever it is asked.
                let local = self.symbols.intern(Origin::Local(self.frame().serial, *first));
                let zero = self.symbols.intern(Origin::Int(0));
                let a = Cond::Whole(Rc::new(a), (BinaryOp::Ne, local, zero));
                // Another turn of a loop knows nothing of the last one.
                let of_last = |(a, _): &(Assumption, bool)| matches!(a, Assumption::Rel(_, x, y) if [*x, *y].contains(&local));
                if world.assumptions.unread().iter().any(of_last) {
                    world.assumptions.unread_mut().retain(|a| !of_last(a));
                }
                let refined = signed(b, *also).and(signed(a.clone(), *holds).negate());
                if refined != Cond::either() && refined != Cond::Lost {
                    self.bind(world, *first, Value::Cond(a));
                    self.bind(world, *second, Value::Cond(signed(refined, *also)));
                }
            }
            _ => {}
        }
    }

    /// What a named bool of the function is made of.
    fn flag(&self, world: &World, name: Name) -> Option<Cond> {
        match world.locals.get(self.frame().locals)?.get(&name)? {
            Value::Cond(cond) => Some(cond.clone()),
            _ => None,
        }
    }

    /// A named bool that is known from here on. One of which nothing is known (a parameter) matters
    /// where it says whether something is still to be saved.
    fn settle_flag(&mut self, world: &mut World, name: Name, holds: bool) {
        if self.flag(world, name).is_some() || !self.storage.is_empty() {
            self.bind(world, name, Value::bool(holds));
        }
    }
}
