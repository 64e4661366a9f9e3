//! Where what a function has shown is now, in a program that has changed since.
//!
//! Takes what was shown, and what has become of the program; gives the same with the numbers and places that
//! functions have now, unless something that it depends on is another.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Kept;
use crate::facts::event::{Event, StepKind};
use crate::facts::show::Shown;
use crate::ir::read::Read;
use crate::program::{Changes, FnId, Program};
use crate::source::{Edits, Place};

/// Says where functions and places are now; none, if they are not there any more.
pub(super) trait Follow {
    fn function(&self, id: &mut FnId) -> Option<()>;
    fn place(&self, place: &mut Place) -> Option<()>;
}

/// What has become of a program.
pub(super) struct Now<'n> {
    pub(super) program: &'n Program,
    pub(super) changes: &'n Changes,
    pub(super) edits: &'n Edits,
}

impl Now<'_> {
    /// Whether what was read would be read again.
    fn holds(&self, read: &Read) -> bool {
        let Read { bodies, callers_of, names, unknown, structs, everything } = read;
        let changes = self.changes;
        bodies.is_disjoint(&changes.bodies)
            && callers_of.is_disjoint(&changes.callers_of)
            && names.is_disjoint(&changes.names)
            && !(*structs && changes.structs)
            && (!*everything || changes.names.is_empty())
            && unknown.iter().all(|text| self.program.names.find(text).is_none())
    }
}

impl Follow for Now<'_> {
    fn function(&self, id: &mut FnId) -> Option<()> {
        *id = self.changes.moves.function(*id)?;
        Some(())
    }

    fn place(&self, place: &mut Place) -> Option<()> {
        *place = self.edits.place(*place)?;
        Some(())
    }
}

/// Moves everything to where it is now; none, if something is not there any more.
pub(super) fn shown(shown: &mut Shown, now: &impl Follow) -> Option<()> {
    for (place, _, id) in &mut shown.handlers {
        now.place(place)?;
        now.function(id)?;
    }
    shown.asked_clean = keys(std::mem::take(&mut shown.asked_clean), now)?;
    shown.unentered = keys(std::mem::take(&mut shown.unentered), now)?;
    shown.events.iter_mut().try_for_each(|e| event(e, now))
}

fn keys<V>(map: FxHashMap<FnId, V>, now: &impl Follow) -> Option<FxHashMap<FnId, V>> {
    let pairs = map.into_iter().map(|(mut id, value)| {
        now.function(&mut id)?;
        Some((id, value))
    });
    pairs.collect()
}

fn event(event: &mut Event, now: &impl Follow) -> Option<()> {
    let Event {
        place,
        innermost,
        function,
        facts,
        handler,
        bound,
        logs,
        hidden_in,
        stack,
        steps,
        ..
    } = event;
    let facts = facts.iter_mut().map(|(_, place)| place);
    let mut places = [place, innermost].into_iter().chain(&mut logs.at).chain(facts);
    places.try_for_each(|place| now.place(place))?;
    let met = bound.as_mut().map(|met| &mut met.function);
    let functions = [function].into_iter().chain(handler).chain(met);
    let mut functions = functions.chain(hidden_in).chain(stack);
    functions.try_for_each(|id| now.function(id))?;
    steps.iter_mut().try_for_each(|(place, kind)| {
        if let StepKind::Entry(id) | StepKind::Call(id) = kind {
            now.function(id)?;
        }
        now.place(place)
    })
}

impl Kept {
    /// The same where it is now; none, if it would not be shown again.
    pub(super) fn followed(mut self, now: &Now<'_>) -> Option<Self> {
        if !now.holds(&self.read) {
            return None;
        }
        shown(Arc::get_mut(&mut self.shown)?, now)?;
        let bodies = std::mem::take(&mut self.read.bodies).into_iter();
        self.read.bodies = bodies.map(|body| now.changes.moves.body(body)).collect();
        Some(self)
    }
}
