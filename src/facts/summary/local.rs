//! Locals of callers, which a call sees by their places.

use super::renew::Renewal;
use crate::facts::stack::Stack;
use crate::facts::value::Value;
use crate::facts::world::World;
use crate::ir::Name;
use crate::roles::symbols::{Origin, Sym, Symbols};

/// A local of a caller.
#[derive(Clone, Copy)]
pub(super) struct Local {
    pub(super) place: Sym,
    /// Where the locals of its function are in a way, if that is still being evaluated.
    pub(super) at: Option<usize>,
    pub(super) name: Name,
}

impl Local {
    /// The local that a place is, if it is one.
    pub(super) fn of(symbols: &Symbols<'_>, frames: &Stack, place: Sym) -> Option<Self> {
        match symbols.get(place).origin {
            Origin::Local(serial, name) => {
                Some(Local { place, at: frames.with_locals(serial), name })
            }
            _ => None,
        }
    }

    /// The local that stands for it in another call.
    pub(super) fn renewed(self, renewal: &mut Renewal<'_, '_>) -> Self {
        let place = renewal.symbol(self.place);
        let other = || Local::of(renewal.symbols, renewal.frames, place);
        if place == self.place { self } else { other().unwrap_or(self) }
    }

    /// What it is on a way.
    pub(super) fn value(self, world: &World) -> Option<&Value> {
        world.locals.get(self.at?)?.get(&self.name)
    }
}
