//! Which callers are asked for what a function leaves open; and the callers of all starts, evaluated at
//! once: one after the other they would each wait for the last.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::Settler;
use crate::facts::bound::{Bound, MAX_CALLERS, MAX_CALLERS_OF_UNFINISHED, MAX_LISTED};
use crate::facts::event::Event;
use crate::program::FnId;
use crate::protocol::Effect;
use crate::source::Place;

/// Callers of a function.
pub(super) struct Callers {
    pub(super) asked: Vec<FnId>,
    /// There are no others.
    pub(super) are_all: bool,
}

/// Whether nobody has to be asked for an event. It is decided whether a vote may be cleared where a request is
/// handled, or an election is won; each function that does one of these is looked at for itself, and shows the
/// vote as it is cleared there.
pub(super) fn is_shown_elsewhere(event: &Event) -> bool {
    event.effect == Effect::VoteClear && !event.decided
}

impl Settler<'_, '_> {
    /// What lacks evidence, of what a function shows.
    pub(super) fn left_open(&self, id: FnId, events: &[Event]) -> FxHashSet<(Effect, Place)> {
        let is_clean = self.clean.contains(&id);
        let shown = |e: &Event| is_clean && (!e.hidden_in.is_empty() || self.is_shown_below(e));
        let is_left = |e: &&Event| self.is_open(e) && !shown(e) && !is_shown_elsewhere(e);
        events.iter().filter(is_left).map(|e| (e.effect, e.innermost)).collect()
    }

    /// The callers that may have it; nothing if there are too many to tell.
    pub(super) fn callers_with_evidence(
        &self,
        id: FnId,
        left: &FxHashSet<(Effect, Place)>,
    ) -> Option<Callers> {
        let mut asked = self.program.callers_up_to(id, MAX_LISTED)?;
        let all = asked.len();
        // Above the code that has the message nothing is known of it: a timer or a client calls. But
        // what has to follow a reply or a new term can be done there.
        let follows = |e: Effect| {
            matches!(
                e,
                Effect::Reply | Effect::HandlingEnd | Effect::OfficeEnd | Effect::TermAdoption
            )
        };
        if self.has_message(id) && !left.iter().any(|(effect, _)| follows(*effect)) {
            asked.retain(|caller| self.has_message(*caller));
        }
        let are_all = asked.len() == all;
        Some(Callers { asked, are_all })
    }

    /// The bound that keeps so many callers of a function from being asked. An evaluation that did not come to
    /// its end is hardly done again within that of a caller.
    pub(super) fn kept_from(&self, id: FnId, callers: &[FnId]) -> Option<Bound> {
        let unfinished = self.shown[&id].exhausted && callers.len() > MAX_CALLERS_OF_UNFINISHED;
        let many = callers.len() > MAX_CALLERS;
        unfinished.then_some(Bound::Work).or(many.then_some(Bound::Callers))
    }

    /// Evaluates the callers that will be asked first, of all these functions.
    pub(super) fn show_callers(&mut self, starts: &[FnId]) {
        let callers = |id: &FnId| {
            let mut events = self.shown[id].events.clone();
            self.lend_facts(&mut events);
            let left = self.left_open(*id, &events);
            if left.is_empty() {
                return Vec::new();
            }
            let callers = self.callers_with_evidence(*id, &left);
            let few = callers.filter(|callers| self.kept_from(*id, &callers.asked).is_none());
            few.map(|callers| callers.asked).unwrap_or_default()
        };
        let mut callers: Vec<FnId> = starts.par_iter().flat_map_iter(callers).collect();
        callers.sort_unstable();
        callers.dedup();
        self.show_all(&callers, false);
    }
}
