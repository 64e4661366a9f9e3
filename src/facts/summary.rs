//! What calls gave, for calls that would give the same.
//!
//! Functions are evaluated at each call of them, with the caller's values. Most of these calls show no effect
//! and learn nothing that has a meaning to the protocol; they compute a value, and store some. Where such a
//! call was evaluated before with the same values, and all that was read then is known again, its outcome is
//! taken over.

mod begin;
mod end;
mod renew;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use self::begin::Begin;
use self::end::End;
use self::renew::{Renewal, is_made_from};
use super::eval::{Engine, Outs};
use super::reads::{self, Reads};
use super::value::Value;
use super::world::World;
use crate::program::FnId;
use crate::protocol::Message;
use crate::roles::symbols::Sym;
use crate::source::Place;

/// Calls that took less than this many expressions are evaluated again: to look them up takes as long.
const LEAST: u32 = 4;

/// Outcomes that are kept of one function with the same values.
const MAX_ALIKE: usize = 6;

/// So many messages that a call handles may be noted more than once.
const MANY_HANDLED: usize = 64;

/// All outcomes of one evaluation are made of no more things than this.
const MAX_SIZE: usize = 250_000;

/// A call, as far as its outcome depends on it.
#[derive(Clone, Copy, PartialEq, Hash)]
struct Call<'v> {
    target: FnId,
    self_value: Option<&'v Value>,
    args: &'v [Value],
    /// Whether it is inside of the state machine.
    is_applying: bool,
}

/// The same, kept.
struct Made {
    target: FnId,
    self_value: Option<Value>,
    args: Box<[Value]>,
    is_applying: bool,
}

impl Made {
    fn of(call: Call<'_>) -> Self {
        let Call { target, self_value, args, is_applying } = call;
        Made { target, self_value: self_value.cloned(), args: args.into(), is_applying }
    }

    fn as_call(&self) -> Call<'_> {
        let Made { target, self_value, args, is_applying } = self;
        Call { target: *target, self_value: self_value.as_ref(), args, is_applying: *is_applying }
    }
}

/// A message that was seen being handled: where, which, in which function.
type Handled = (Place, Message, FnId);

/// The outcome of a call.
struct Summary {
    call: Made,
    begin: Begin,
    ends: Vec<End>,
    /// Messages that were seen being handled in it.
    handlers: Vec<Handled>,
    /// The first symbol that was made in the call, if one of the ends has such.
    made: Option<Sym>,
    /// How many things it is made of.
    size: usize,
}

/// The outcomes of calls.
#[derive(Default)]
pub(super) struct Summaries {
    /// By a number of the call.
    of: FxHashMap<u64, SmallVec<[Summary; 1]>>,
    /// How many things all of them are made of.
    size: usize,
}

impl Engine<'_> {
    /// Evaluates a function's body, or takes over what it came to before.
    pub(super) fn enter_or_recall(
        &mut self,
        world: &World,
        target: FnId,
        self_value: Option<&Value>,
        args: &[Value],
        place: Place,
    ) -> Outs {
        #[cfg(test)]
        if tests::are_off() {
            return self.enter(world.clone(), target, self_value, args, Some(place));
        }
        let call = Call { target, self_value, args, is_applying: self.is_applying() };
        let number = number(call);
        if let Some(outs) = self.recalled(world, call, number) {
            return outs;
        }
        let (first, used, handlers) = (self.symbols.next(), self.used, self.handlers.len());
        let begin = reads::begin();
        let serial = self.serial + 1;
        let outs = self.enter(world.clone(), target, self_value, args, Some(place));
        let handlers = self.handled_since(handlers);
        let is_long = self.used - used >= LEAST && !self.exhausted;
        let alike = self.summaries.of.get(&number).map_or(0, |alike| alike.len());
        let is_wanted = is_long && alike < MAX_ALIKE && self.summaries.size < MAX_SIZE;
        if let Some(reads) = reads::end(&begin, serial, is_wanted)
            && let Some(summary) = self.summary(call, world, reads, &outs, (first, handlers))
        {
            self.summaries.size += summary.size;
            self.summaries.of.entry(number).or_default().push(summary);
        }
        outs
    }

    /// The messages that were seen being handled after so many others; many of them each once from here on.
    fn handled_since(&mut self, number: usize) -> Vec<Handled> {
        if self.handlers.len() - number > MANY_HANDLED {
            reads::distinct_from(&mut self.handlers, number);
        }
        self.handlers[number..].to_vec()
    }

    /// What a call came to, if nothing else but that comes of it.
    fn summary(
        &self,
        call: Call<'_>,
        world: &World,
        reads: Reads,
        outs: &Outs,
        (first, handlers): (Sym, Vec<Handled>),
    ) -> Option<Summary> {
        let begin = Begin::of(self, world, reads, first)?;
        let ends: Option<Vec<End>> =
            outs.iter().map(|(w, value)| End::of(world, w, value)).collect();
        let ends = ends?;
        let mut is_made = false;
        let mut look = |sym: Sym| is_made |= is_made_from(&self.symbols, first, sym);
        ends.iter().for_each(|end| end.each_symbol(&mut look));
        let made = is_made.then_some(first);
        let size = begin.size() + ends.iter().map(End::size).sum::<usize>() + handlers.len();
        Some(Summary { call: Made::of(call), begin, ends, handlers, made, size })
    }

    /// The outcome of a call as it was before, if it would be the same.
    fn recalled(&mut self, world: &World, call: Call<'_>, number: u64) -> Option<Outs> {
        let alike = self.summaries.of.get(&number)?;
        let holds = |s: &&Summary| s.call.as_call() == call && s.begin.is_met(world, &self.symbols);
        let summary = alike.iter().find(holds)?;
        summary.begin.read_again(world);
        self.used += 1 + (summary.size / 64) as u32;
        self.handlers.extend_from_slice(&summary.handlers);
        // Its symbols are what the package of the function takes them for.
        let package = self.symbols.program.package(call.target);
        let package = std::mem::replace(&mut self.symbols.package, package);
        let mut renewal =
            summary.made.map(|first| Renewal::new(&mut self.symbols, first, &mut self.serial));
        let ends = summary.ends.iter();
        let outs = ends.map(|end| end.reached_from(world, renewal.as_mut())).collect();
        self.symbols.package = package;
        Some(outs)
    }
}

fn number(call: Call<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    call.hash(&mut hasher);
    hasher.finish()
}
