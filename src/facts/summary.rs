//! What calls gave, for calls that would give the same.
//!
//! Functions are evaluated at each call of them, with the caller's values. Most of these calls show no effect;
//! they compute a value, store some, and learn what can be told of another call. Where such a call was evaluated
//! before with the same values, and all that was read then is known again, its outcome is taken over. Values of
//! which nothing is known may be others, if they are so everywhere ([`exchange`]).

mod begin;
mod end;
mod exchange;
mod local;
mod renew;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use self::begin::Begin;
use self::end::End;
use self::exchange::Exchange;
use self::renew::{Renewal, is_made_from};
use super::eval::{Engine, Outs};
use super::reads::{self, Reads};
use super::stack::Stack;
use super::value::Value;
use super::world::World;
use crate::program::FnId;
use crate::protocol::Message;
use crate::roles::symbols::{Sym, Symbols};
use crate::source::Place;

/// Calls that took less than this many expressions are evaluated again: to look them up takes as long.
const LEAST: u32 = 4;

/// Outcomes that are kept of one function with the same values.
const MAX_ALIKE: usize = 12;

/// So many messages that a call handles may be noted more than once.
const MANY_HANDLED: usize = 64;

/// All outcomes of one evaluation are made of no more things than this.
const MAX_SIZE: usize = 250_000;

/// A call, as far as its outcome depends on it.
#[derive(Clone, Copy, PartialEq)]
struct Call<'v> {
    target: FnId,
    self_value: Option<&'v Value>,
    args: &'v [Value],
    /// Whether it is inside of the state machine.
    is_applying: bool,
}

impl<'v> Call<'v> {
    /// All that it got.
    fn values(self) -> impl Iterator<Item = &'v Value> {
        self.self_value.into_iter().chain(self.args)
    }
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
    /// Of the values that another call may get others of: locals of functions that were not evaluated any more.
    /// None if it is not known which they are.
    gone: Option<SmallVec<[Sym; 1]>>,
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
        let number = number(&self.symbols, call);
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
        let began = (world, reads.parts);
        let ends = outs.iter().map(|(w, value)| End::of(self, began, (w, value)));
        let ends: Vec<End> = ends.collect::<Option<_>>()?;
        let begin = Begin::of(self, world, reads, first)?;
        let mut is_made = false;
        let mut look = |sym: Sym| is_made |= is_made_from(&self.symbols, first, sym);
        ends.iter().for_each(|end| end.each_symbol(&mut look));
        let made = is_made.then_some(first);
        let size = begin.size() + ends.iter().map(End::size).sum::<usize>() + handlers.len();
        let is_gone = |sym: &Sym| exchange::is_gone(*sym, &self.symbols, &self.frames);
        let got = Exchange::between(&self.symbols, call, call);
        let gone = got.map(|got| got.changing().filter(is_gone).collect());
        Some(Summary { call: Made::of(call), begin, ends, handlers, made, gone, size })
    }

    /// The outcome of a call as it was before, if it would be the same.
    fn recalled(&mut self, world: &World, call: Call<'_>, number: u64) -> Option<Outs> {
        let alike = self.summaries.of.get(&number)?;
        let holds = |s: &&Summary| {
            s.call.as_call() == call
                && s.begin.has_parts_of(world, &self.symbols)
                && s.begin.is_known(world, (&self.symbols, &self.frames))
        };
        let same = alike.iter().find(holds);
        let (symbols, frames) = (&mut self.symbols, &self.frames);
        // Its symbols are what the package of the function takes them for.
        let package = symbols.program.package(call.target);
        let package = std::mem::replace(&mut symbols.package, package);
        let recalled = match same {
            Some(summary) => {
                let recall = Recall { symbols, serial: &mut self.serial, frames, world };
                Some((recall.outs(summary), summary))
            }
            None => alike.iter().find_map(|summary| {
                let recall = Recall { symbols, serial: &mut self.serial, frames, world };
                Some((recall.outs_for(summary, call)?, summary))
            }),
        };
        self.symbols.package = package;
        let (outs, summary) = recalled?;
        self.used += 1 + (summary.size / 64) as u32;
        self.handlers.extend_from_slice(&summary.handlers);
        Some(outs)
    }
}

/// Where a call's outcome is taken over.
struct Recall<'r, 'p> {
    symbols: &'r mut Symbols<'p>,
    serial: &'r mut u32,
    frames: &'r Stack,
    world: &'r World,
}

impl Recall<'_, '_> {
    /// What a call comes to that is the same as before.
    fn outs(self, summary: &Summary) -> Outs {
        summary.begin.read_again(self.world);
        let (nothing, made) = (Exchange::default(), summary.made);
        let frames = (self.serial, self.frames);
        let mut renewal = made.map(|first| Renewal::new(self.symbols, first, frames, &nothing));
        let ends = summary.ends.iter();
        ends.map(|end| end.reached_from(self.world, renewal.as_mut())).collect()
    }

    /// What a call comes to that got other values of which nothing is known; none if they are not all that
    /// differs.
    fn outs_for(self, summary: &Summary, call: Call<'_>) -> Option<Outs> {
        let then = summary.call.as_call();
        let gone = summary.gone.as_ref()?;
        if !summary.begin.has_parts_of(self.world, self.symbols) {
            return None;
        }
        let mut exchange = Exchange::between(self.symbols, then, call)?;
        let there = (&*self.symbols, self.frames);
        if !summary.begin.exchange(&mut exchange, self.world, there)
            || exchange.changed().next().is_none()
        {
            return None;
        }
        let is_there = |sym| !exchange::is_gone(sym, self.symbols, self.frames);
        if exchange.changed().any(|(then, now)| gone.contains(&then) == is_there(now)) {
            return None;
        }
        let first = summary.made.unwrap_or(Sym(u32::MAX));
        let renewal = &mut Renewal::new(self.symbols, first, (self.serial, self.frames), &exchange);
        let mut pairs = then.values().zip(call.values());
        if !pairs.all(|(then, now)| renewal.value(then) == *now) {
            return None;
        }
        let begin = summary.begin.renewed(renewal)?;
        if !begin.is_known(self.world, (renewal.symbols, renewal.frames)) {
            return None;
        }
        let ends = summary.ends.iter();
        let outs = ends.map(|end| end.reached_from(self.world, Some(renewal))).collect();
        begin.read_again(self.world);
        (!renewal.clashes).then_some(outs)
    }
}

/// A number of a call, that those have in common that differ in values of which nothing is known.
fn number(symbols: &Symbols<'_>, call: Call<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    (call.target, call.is_applying).hash(&mut hasher);
    for value in call.values() {
        std::mem::discriminant(value).hash(&mut hasher);
        value.each_symbol(&mut |sym| symbols.get(sym).shape.hash(&mut hasher));
    }
    hasher.finish()
}
