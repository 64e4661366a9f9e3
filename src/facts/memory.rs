//! What functions have shown before: an evaluation that would read the same is not made again.
//!
//! An evaluation depends on the bodies that it reads, on who calls what, on what is said once of the whole
//! program, and on which entries were found to prove everything alone. All of that is compared; where
//! anything else is changed, everything is forgotten.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::budget::Budget;
use super::event::Event;
use super::show::Shown;
use crate::ir::read::Read;
use crate::names::Names;
use crate::program::{Changes, FnId, Program};
use crate::roles::messages;
use crate::roles::storage::Storage;
use crate::source::{Edits, Place};

/// What is kept between two analyses of one program.
#[derive(Default)]
pub struct Memory {
    before: Option<(Arc<Program>, Arc<Storage>)>,
    edits: Edits,
    kept: FxHashMap<Asked, Kept>,
}

/// A function, and whether all of its arms are looked at.
type Asked = (FnId, bool);

/// What a function has shown, and what that depends on.
struct Kept {
    shown: Arc<Shown>,
    budget: Budget,
    read: Read,
}

impl Memory {
    /// The texts of the program have been edited since the last analysis; nothing else has.
    pub fn edit(&mut self, edits: Edits) {
        self.edits = edits;
    }

    /// The names of the program that was analysed last: those of the next one have to be among them.
    pub fn names(&self) -> Names {
        self.before.as_ref().map(|(program, _)| program.names.clone()).unwrap_or_default()
    }

    /// Forgets what does not hold any more of the program as it is now.
    pub(super) fn update(&mut self, program: &Arc<Program>, storage: &Arc<Storage>) {
        program.derive_all(messages::judged);
        let edits = std::mem::take(&mut self.edits);
        let before = self.before.replace((Arc::clone(program), Arc::clone(storage)));
        let changes = before
            .filter(|(_, old)| storage.is_same(old))
            .and_then(|(old, _)| program.changes_since(&old, &edits));
        match changes {
            Some(changes) => self.kept.retain(|_, kept| kept.holds_after(&changes, &edits)),
            None => self.kept.clear(),
        }
    }

    /// What a function has shown within these bounds; `is_clean` tells of entries whether they prove
    /// everything alone.
    pub(super) fn get(
        &self,
        asked: Asked,
        budget: Budget,
        is_clean: impl Fn(FnId) -> bool,
    ) -> Option<&Arc<Shown>> {
        let kept = self.kept.get(&asked).filter(|kept| kept.budget == budget)?;
        let same = kept.shown.asked_clean.iter().all(|(id, clean)| is_clean(*id) == *clean);
        same.then_some(&kept.shown)
    }

    /// Keeps what a function has shown.
    pub(super) fn keep(&mut self, asked: Asked, budget: Budget, read: Read, shown: &Arc<Shown>) {
        self.kept.insert(asked, Kept { shown: Arc::clone(shown), budget, read });
    }
}

impl Kept {
    /// Whether it would be shown again; then its places follow the text.
    fn holds_after(&mut self, changes: &Changes, edits: &Edits) -> bool {
        self.read.bodies.is_disjoint(&changes.bodies)
            && self.read.callers_of.is_disjoint(&changes.callers_of)
            && Arc::get_mut(&mut self.shown).is_some_and(|shown| shown.follow(edits).is_some())
    }
}

impl Shown {
    /// Moves all places to where an edit has put them; none, if it has replaced one of them.
    fn follow(&mut self, edits: &Edits) -> Option<()> {
        for (place, ..) in &mut self.handlers {
            follow(place, edits)?;
        }
        self.events.iter_mut().try_for_each(|event| event.follow(edits))
    }
}

impl Event {
    fn follow(&mut self, edits: &Edits) -> Option<()> {
        let Event { place, innermost, facts, logs, steps, .. } = self;
        let facts = facts.iter_mut().map(|(_, place)| place);
        let steps = steps.iter_mut().map(|(place, _)| place);
        let all = [place, innermost].into_iter().chain(&mut logs.at).chain(facts).chain(steps);
        { all }.try_for_each(|place| follow(place, edits))
    }
}

fn follow(place: &mut Place, edits: &Edits) -> Option<()> {
    *place = edits.place(*place)?;
    Some(())
}
