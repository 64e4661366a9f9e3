//! What was known where a call began, as far as it was read.

use std::rc::{Rc, Weak};

use super::exchange::Exchange;
use super::local::Local;
use super::renew::{Renewal, is_made_from};
use crate::facts::eval::Engine;
use crate::facts::loops::holds_term_of_message;
use crate::facts::reads::{self, Reads};
use crate::facts::relation::{plain, relation};
use crate::facts::stack::Stack;
use crate::facts::stepping_down::answers_on;
use crate::facts::value::Value;
use crate::facts::world::{Assumption, Heap, MAX_ASSUMED, World};
use crate::roles::symbols::{Sym, Symbols};

pub(super) struct Begin {
    reads: Reads,
    /// Without what was stored, and without locals.
    world: World,
    /// What was stored at all, as long as some way has it: where it is the same, nothing has to be compared.
    heap: Weak<<Heap as std::ops::Deref>::Target>,
    places: Box<[(Sym, Option<Value>)]>,
    locals: Box<[(Local, Option<Value>)]>,
}

impl Begin {
    /// None where it can't be compared with another one.
    pub(super) fn of(
        engine: &Engine<'_>,
        world: &World,
        mut reads: Reads,
        first: Sym,
    ) -> Option<Self> {
        // What was made in the call is new in each.
        reads.retain(|sym| !is_made_from(&engine.symbols, first, sym));
        let heap = world.heap.unread();
        if reads.most_assumed > MAX_ASSUMED
            || reads.parts & reads::HEAP != 0
            || reads.parts & reads::TERM_OF_MESSAGE != 0
                && holds_term_of_message(&engine.symbols, heap)
        {
            return None;
        }
        let local = |place: &Sym| Local::of(&engine.symbols, &engine.frames, *place);
        let locals = reads.places.iter().filter_map(local);
        let locals = locals.map(|local| (local, local.value(world).cloned())).collect();
        let places = reads.places.iter().map(|place| (*place, heap.get(place).cloned())).collect();
        let mut known = world.clone();
        *known.heap.unread_mut() = Heap::default();
        known.locals.clear();
        known.trail = Default::default();
        Some(Begin { heap: Rc::downgrade(heap), reads, world: known, places, locals })
    }

    /// Adds what is stored now where something else was when it was read; false where it can't be exchanged.
    pub(super) fn exchange(
        &self,
        exchange: &mut Exchange,
        world: &World,
        (symbols, frames): (&Symbols<'_>, &Stack),
    ) -> bool {
        let heap = world.heap.unread();
        let adds = |exchange: &mut Exchange, then: &Option<Value>, now: Option<&Value>| match (
            then, now,
        ) {
            (Some(then), Some(now)) if then != now => exchange.adds(symbols, then, now),
            (then, now) => then.is_some() == now.is_some(),
        };
        self.locals.iter().all(|(local, then)| {
            let place = exchange.existing(symbols, local.place);
            let now = place.and_then(|place| Local::of(symbols, frames, place));
            adds(exchange, then, now.and_then(|local| local.value(world)))
        }) && self.places.iter().all(|(place, then)| {
            let now = exchange.existing(symbols, *place).and_then(|place| heap.get(&place));
            adds(exchange, then, now)
        })
    }

    /// The same for a call that got others of the values of which nothing is known; none where it can't be told.
    pub(super) fn renewed(&self, renewal: &mut Renewal<'_, '_>) -> Option<Begin> {
        self.world.each_symbol(self.reads.parts, &mut |sym| {
            let renewed = renewal.symbol(sym);
            renewal.clashes |= renewed != sym;
        });
        if renewal.clashes {
            return None;
        }
        let mut world = self.world.clone();
        let assumed = self.world.assumptions.unread().iter();
        let assumed = assumed.map(|(what, holds)| (renewal.assumption(*what), *holds));
        *world.assumptions.unread_mut() = assumed.collect::<Vec<_>>().into();
        let locals = self.locals.iter();
        let locals = locals.map(|(local, value)| (local.renewed(renewal), renewal.stored(value)));
        let locals = locals.collect();
        let places = self.places.iter();
        let places = places.map(|(place, value)| (renewal.symbol(*place), renewal.stored(value)));
        let places = places.collect();
        let reads = self.renewed_reads(renewal);
        let heap = Weak::new();
        (!renewal.clashes).then_some(Begin { reads, world, heap, places, locals })
    }

    /// Whether the parts that were read are those of another way.
    pub(super) fn has_parts_of(&self, world: &World, symbols: &Symbols<'_>) -> bool {
        world.handling == self.world.handling
            && world.differing(&self.world, self.reads.parts) == 0
            && world.agrees(&self.world, self.reads.facts)
            && (self.reads.parts & reads::ANSWERS == 0
                || answers_on(&self.world, symbols) == answers_on(world, symbols))
    }

    /// Whether everything else that was read is known on another way, too.
    pub(super) fn is_known(
        &self,
        world: &World,
        (symbols, frames): (&Symbols<'_>, &Stack),
    ) -> bool {
        let heap = world.heap.unread();
        if !std::ptr::eq(self.heap.as_ptr(), Rc::as_ptr(heap)) {
            let is_there =
                |(place, value): &(Sym, Option<Value>)| heap.get(place) == value.as_ref();
            if !self.places.iter().all(is_there)
                || self.reads.parts & reads::TERM_OF_MESSAGE != 0
                    && holds_term_of_message(symbols, heap)
            {
                return false;
            }
        }
        // The function of a local may be gone since.
        let at = |place| Local::of(symbols, frames, place).and_then(|local| local.at);
        let is_bound = |(local, value): &(Local, Option<Value>)| {
            local.value(world) == value.as_ref() && local.at == at(local.place)
        };
        self.locals.iter().all(is_bound) && self.is_assumed(world, symbols)
    }

    /// What was read, of a call that got other values.
    fn renewed_reads(&self, renewal: &mut Renewal<'_, '_>) -> Reads {
        let Reads { places, asked, related, .. } = &self.reads;
        let mut symbols = |all: &[Sym]| -> Box<[Sym]> {
            let mut all: Vec<Sym> = all.iter().map(|sym| renewal.symbol(*sym)).collect();
            all.sort_unstable();
            all.into()
        };
        let (places, related) = (symbols(places), symbols(related));
        let asked = asked.iter().map(|assumption| renewal.assumption(*assumption));
        let mut asked: Vec<Assumption> = asked.collect();
        asked.sort_unstable();
        Reads { places, asked: asked.into(), related, ..self.reads.clone() }
    }

    /// Whether what was asked is assumed, or not, as it was then.
    fn is_assumed(&self, world: &World, symbols: &Symbols<'_>) -> bool {
        let (then, now) = (self.world.assumptions.unread(), world.assumptions.unread());
        if then.is(now) {
            return true;
        }
        if now.len() + self.most_added() > MAX_ASSUMED {
            return false;
        }
        // Ways of one function begin with the same.
        let common = then.iter().zip(now).take_while(|(a, b)| a == b).count();
        let mut differ = then[common..].iter().chain(&now[common..]);
        !differ.any(|(assumption, holds)| self.was_asked(*assumption, *holds, symbols))
    }

    /// Whether an assumption answers something that was asked.
    fn was_asked(&self, assumption: Assumption, holds: bool, symbols: &Symbols<'_>) -> bool {
        // Of a value that is one variant it is known that it is no other.
        let order = |asked: &Assumption| match (*asked, assumption) {
            (Assumption::Is(a, _), Assumption::Is(b, _)) => a.cmp(&b),
            (asked, assumption) => asked.cmp(&assumption),
        };
        let related = |sym: Sym| self.reads.related.binary_search(&plain(symbols, sym)).is_ok();
        self.reads.asked.binary_search_by(order).is_ok()
            || relation(assumption, holds).is_some_and(|(x, y, _)| related(x) || related(y))
    }

    /// How many assumptions were added at most on a way through the call.
    fn most_added(&self) -> usize {
        self.reads.most_assumed.saturating_sub(self.world.assumptions.unread().len())
    }

    /// Notes that all of it is read on another way.
    pub(super) fn read_again(&self, world: &World) {
        reads::again(&self.reads);
        reads::assumed(world.assumptions.unread().len() + self.most_added());
    }

    /// How many things it is made of.
    pub(super) fn size(&self) -> usize {
        let Reads { asked, related, .. } = &self.reads;
        let known = self.world.assumptions.unread().len() + self.world.facts.unread().len();
        asked.len() + related.len() + known + 2 * self.places.len() + self.locals.len()
    }
}
