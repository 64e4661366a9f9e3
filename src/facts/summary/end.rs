//! What a way gives that a call ends in.

use std::rc::{Rc, Weak};

use super::local::Local;
use super::renew::Renewal;
use crate::facts::eval::Engine;
use crate::facts::reads;
use crate::facts::trail::Decision;
use crate::facts::value::Value;
use crate::facts::world::{Assumption, CHANGING, Heap, World};
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// The last decisions of a call that are kept: a witness tells fewer.
const MAX_DECISIONS: usize = 32;

pub(super) struct End {
    /// What was stored, by the place.
    stored: Vec<(Sym, Value)>,
    /// What locals of callers have become.
    bound: Vec<(Local, Value)>,
    /// What was stored at all where the call began and where it ended, as long as some way has it.
    heaps: [Weak<<Heap as std::ops::Deref>::Target>; 2],
    assumed: Vec<(Assumption, bool)>,
    learned: Vec<(Fact, Place)>,
    decisions: Vec<Decision>,
    /// The parts that became others, and a way with these.
    parts: Option<(u32, World)>,
    value: Value,
}

impl End {
    /// What has come of a call that began with one world and ended with the other; none if that is more than can
    /// be told of another call.
    pub(super) fn of(
        engine: &Engine<'_>,
        (before, read): (&World, u32),
        (after, value): (&World, &Value),
    ) -> Option<Self> {
        let parts = changed(&engine.symbols, before, after, read)?;
        let decisions = after.trail.since(&before.trail, MAX_DECISIONS)?;
        let facts = |w: &World, fact: Fact| w.facts.unread().iter().any(|(f, _)| *f == fact);
        if !before.facts.unread().iter().all(|(fact, _)| facts(after, *fact)) {
            return None;
        }
        let learned = after.facts.unread().iter().filter(|(fact, _)| !facts(before, *fact));
        let assumed = after.assumptions.unread().strip_prefix(&before.assumptions.unread()[..])?;
        let (first, last) = (before.heap.unread(), after.heap.unread());
        Some(End {
            stored: stored(first, last)?,
            bound: bound(engine, before, after)?,
            heaps: [Rc::downgrade(first), Rc::downgrade(last)],
            assumed: assumed.to_vec(),
            learned: learned.copied().collect(),
            decisions,
            parts,
            value: value.clone(),
        })
    }

    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        for (local, value) in &self.bound {
            look(local.place);
            value.each_symbol(look);
        }
        for (place, value) in &self.stored {
            look(*place);
            value.each_symbol(look);
        }
        self.assumed.iter().for_each(|(assumption, _)| assumption.each_symbol(look));
        self.value.each_symbol(look);
    }

    /// The same on another way; with what the call made made anew.
    pub(super) fn reached_from(
        &self,
        world: &World,
        mut renewal: Option<&mut Renewal<'_, '_>>,
    ) -> (World, Value) {
        let mut world = world.clone();
        self.store(&mut world, renewal.as_deref_mut());
        for (local, value) in &self.bound {
            let (at, value) = match &mut renewal {
                Some(renewal) => (local.renewed(renewal).at, renewal.value(value)),
                None => (local.at, value.clone()),
            };
            if let Some(locals) = at.and_then(|at| world.locals.get_mut(at)) {
                Rc::make_mut(locals).insert(local.name, value);
            }
        }
        for (assumption, holds) in &self.assumed {
            let assumption = match &mut renewal {
                Some(renewal) => renewal.assumption(*assumption),
                None => *assumption,
            };
            world.assumptions.unread_mut().push((assumption, *holds));
        }
        for (fact, place) in &self.learned {
            world.learn(*fact, *place);
        }
        world.trail.go_on(&self.decisions);
        if let Some((parts, with)) = &self.parts {
            world.take(*parts, with);
        }
        let value = match renewal {
            Some(renewal) => renewal.value(&self.value),
            None => self.value.clone(),
        };
        (world, value)
    }

    fn store(&self, world: &mut World, renewal: Option<&mut Renewal<'_, '_>>) {
        if self.stored.is_empty() {
            return;
        }
        let [first, last] = &self.heaps;
        let is_same = std::ptr::eq(first.as_ptr(), Rc::as_ptr(world.heap.unread()));
        match (renewal, last.upgrade().filter(|_| is_same)) {
            (None, Some(last)) => *world.heap.unread_mut() = last,
            (None, None) => {
                let heap = Rc::make_mut(world.heap.unread_mut());
                heap.extend(self.stored.iter().cloned());
            }
            (Some(renewal), _) => {
                let anew =
                    self.stored.iter().map(|(at, v)| (renewal.symbol(*at), renewal.value(v)));
                Rc::make_mut(world.heap.unread_mut()).extend(anew);
            }
        }
    }

    /// How many things it is made of.
    pub(super) fn size(&self) -> usize {
        let own =
            2 * (self.stored.len() + self.bound.len()) + self.assumed.len() + self.decisions.len();
        own + self.learned.len() + 16
    }
}

/// The parts that have become others, if that can be told of another call: they have been read, so that they were
/// the same there, and nothing is in them that is not known.
fn changed(
    symbols: &Symbols<'_>,
    before: &World,
    after: &World,
    read: u32,
) -> Option<Option<(u32, World)>> {
    let stays = reads::HANDLER | reads::HANDLED_AT;
    if after.handling != before.handling || after.differing(before, stays) != 0 {
        return None;
    }
    let changed = after.differing(before, CHANGING);
    if changed == 0 {
        return Some(None);
    }
    let mut is_known = changed & !read == 0;
    after.each_symbol(changed, &mut |sym| is_known &= symbols.get(sym).made.is_none());
    let mut with = World::default();
    with.take(changed, after);
    is_known.then_some(Some((changed, with)))
}

/// What locals of callers have become; none if that can't be told.
fn bound(engine: &Engine<'_>, before: &World, after: &World) -> Option<Vec<(Local, Value)>> {
    let mut bound = Vec::new();
    for (at, (mine, new)) in before.locals.iter().zip(&after.locals).enumerate() {
        if Rc::ptr_eq(mine, new) {
            continue;
        }
        let serial = engine.frames.serial_at(at)?;
        for (name, value) in new.iter().filter(|(name, value)| mine.get(name) != Some(value)) {
            let place = engine.symbols.known(&Origin::Local(serial, *name))?;
            bound.push((Local { place, at: Some(at), name: *name }, value.clone()));
        }
        if mine.keys().any(|name| !new.contains_key(name)) {
            return None;
        }
    }
    bound.sort_by_key(|(local, _)| local.place);
    Some(bound)
}

/// What has been stored since, by the place; none if something was forgotten.
fn stored(before: &Heap, after: &Heap) -> Option<Vec<(Sym, Value)>> {
    if Rc::ptr_eq(before, after) {
        return Some(Vec::new());
    }
    if before.keys().any(|place| !after.contains_key(place)) {
        return None;
    }
    let new = after.iter().filter(|(place, value)| before.get(place) != Some(value));
    let mut stored: Vec<(Sym, Value)> = new.map(|(place, value)| (*place, value.clone())).collect();
    stored.sort_by_key(|(place, _)| *place);
    Some(stored)
}
