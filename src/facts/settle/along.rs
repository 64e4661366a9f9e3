//! What the functions on an event's way show of it: evidence of their own.

use rustc_hash::FxHashSet;

use super::{Settler, is_same, leaves_term, takes_any_message};
use crate::facts::bound::{Bound, Met};
use crate::facts::event::Event;
use crate::program::FnId;
use crate::protocol::{Effect, Fact};
use crate::roles::messages;
use crate::source::Place;

impl Settler<'_, '_> {
    /// What an evaluation proves that stopped at its bound may be otherwise on a way that is left, unless
    /// a function on the way proves it alone.
    pub(super) fn mark_unfinished(&self, events: &mut [Event], unfinished: &FxHashSet<FnId>) {
        for event in events.iter_mut().filter(|e| (self.demands.satisfied)(e)) {
            let Some(&function) = event.stack.first() else { continue };
            if unfinished.contains(&function) && !self.is_shown_below(event) {
                event.bound = Some(Met { bound: Bound::Work, function });
            }
        }
    }

    /// Gives events the facts that hold there on all ways of a function on their way alone: they hold
    /// with more known about its arguments, too.
    pub(super) fn lend_facts(&self, events: &mut [Event]) {
        for event in events.iter_mut().filter(|e| !(self.demands.satisfied)(e)) {
            let mut lent: Vec<(Fact, Place)> = Vec::new();
            for id in event.stack.iter().skip(1).filter(|id| self.judges_alone(event, **id)) {
                let Some(shown) = self.seen_whole(*id).filter(|s| !s.exhausted) else { continue };
                let same = |e: &&Event| is_same(e, event) && event.stack.ends_with(&e.stack);
                let mut own = shown.events.iter().filter(same);
                let Some(first) = own.next() else { continue };
                let mut shared = first.facts.clone();
                // That is so only for the function alone.
                shared.retain(|(f, _)| *f != Fact::TermElsewhere);
                own.for_each(|e| shared.retain(|(f, _)| e.facts.iter().any(|(g, _)| f == g)));
                lent.extend(shared);
            }
            for (fact, place) in lent {
                if let Err(at) = event.facts.binary_search_by_key(&fact, |(f, _)| *f) {
                    event.facts.insert(at, (fact, place));
                }
            }
        }
    }

    fn judges_alone(&self, event: &Event, id: FnId) -> bool {
        // A helper that takes the whole request may be called by the one that looked at its term.
        let takes = || messages::entry_of(self.program, id).map(|e| e.message);
        match event.effect {
            Effect::LeaderCommit => false,
            _ => {
                event.handling.is_none()
                    || event.handler == Some(id)
                    || takes_any_message(self.program, id)
                    || event.handling.is_some() && takes() == event.handling
            }
        }
    }

    /// Whether some function on the way shows no violation of this site by itself.
    pub(super) fn is_shown_below(&self, event: &Event) -> bool {
        event.stack.iter().skip(1).any(|id| self.clean_alone(event, *id))
    }

    /// Whether an entry on the way shows no violation of this site by itself: then it shows none
    /// with more known about its arguments either.
    fn clean_alone(&self, event: &Event, id: FnId) -> bool {
        let alone = self.judges_alone(event, id);
        let Some(shown) = self.seen_whole(id).filter(|s| alone && !s.exhausted) else {
            return false;
        };
        let proved = |e: &Event| e.decided && !leaves_term(e) && (self.demands.satisfied)(e);
        let mut same = shown.events.iter().filter(|e| is_same(e, event)).peekable();
        if same.peek().is_some() {
            return same.all(proved);
        }
        // What it does not show at all, such as a write that only the caller's values make one, is taken to be
        // as safe as the others of the message.
        let takes = event.handler == Some(id) || takes_any_message(self.program, id);
        let changes_log = |e: &Event| matches!(e.effect, Effect::LogWrite | Effect::LogTruncate);
        let alike = |e: &&Event| {
            e.handling == event.handling
                && (e.effect == event.effect || changes_log(e) && changes_log(event))
        };
        takes && shown.events.iter().filter(alike).all(proved)
    }
}
