//! The events that an evaluation has come across, in their order, each once.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use smallvec::SmallVec;

use super::event::Event;
use crate::protocol::Effect;
use crate::source::Place;

/// Effects of one entry that are looked at; more are machine-made.
pub(super) const MAX_EVENTS: usize = 4_000;

/// Events, and where those are that may be alike.
#[derive(Default)]
pub(super) struct Events {
    all: Vec<Event>,
    /// By a hash of what is the same in all that are alike.
    numbers: FxHashMap<u64, SmallVec<[u32; 2]>>,
    /// The effects that were reached, each once, in whatever way.
    effects: FxHashSet<(Effect, Place)>,
}

impl Events {
    /// The number of the event of the same effect and way with the same facts.
    pub(super) fn known(&self, event: &Event) -> Option<usize> {
        let is_same = |e: &Event| {
            e.effect == event.effect
                && e.place == event.place
                && e.innermost == event.innermost
                && e.decided == event.decided
                && e.handling == event.handling
                && e.stack == event.stack
                && e.facts.len() == event.facts.len()
                && e.facts.iter().zip(&event.facts).all(|(a, b)| a.0 == b.0)
        };
        let mut alike = self.numbers.get(&hash(event))?.iter().map(|number| *number as usize);
        alike.find(|number| is_same(&self.all[*number]))
    }

    /// Whether there are as many as are looked at.
    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= MAX_EVENTS
    }

    /// How many different effects have been reached.
    pub(super) fn effects(&self) -> usize {
        self.effects.len()
    }

    /// Adds one; gives its number.
    pub(super) fn push(&mut self, event: Event) -> usize {
        let number = self.all.len();
        self.effects.insert((event.effect, event.innermost));
        self.numbers.entry(hash(&event)).or_default().push(number as u32);
        self.all.push(event);
        number
    }

    /// Removes some of those from a number on.
    pub(super) fn remove(&mut self, from: usize, is_removed: impl Fn(&Event) -> bool) {
        if !self.all[from..].iter().any(&is_removed) {
            return;
        }
        let rest = self.all.split_off(from);
        self.numbers.values_mut().for_each(|numbers| numbers.retain(|n| (*n as usize) < from));
        rest.into_iter().filter(|event| !is_removed(event)).for_each(|event| {
            self.push(event);
        });
    }

    /// All of them.
    pub(super) fn into_vec(self) -> Vec<Event> {
        self.all
    }
}

fn hash(event: &Event) -> u64 {
    let mut hasher = FxHasher::default();
    (event.effect, event.place, event.innermost, &event.stack).hash(&mut hasher);
    hasher.finish()
}

impl Deref for Events {
    type Target = [Event];

    fn deref(&self) -> &[Event] {
        &self.all
    }
}

/// Effects, places and ways have to stay as they are.
impl DerefMut for Events {
    fn deref_mut(&mut self) -> &mut [Event] {
        &mut self.all
    }
}
