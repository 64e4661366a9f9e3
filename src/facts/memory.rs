//! What functions have shown before: an evaluation that would read the same is not made again.
//!
//! An evaluation depends on the bodies that it reads, on who calls what, on what is said once of the whole
//! program, and on which entries were found to prove everything alone. All of that is compared; where
//! anything else is changed, everything is forgotten.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::budget::Budget;
use super::event::{Event, StepKind};
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
        let changes = before.and_then(|(old_program, old_storage)| {
            let changes = program.changes_since(&old_program, &edits)?;
            storage.is_same(&old_storage, &changes.moves).then_some(changes)
        });
        let kept = std::mem::take(&mut self.kept);
        let Some(changes) = changes else { return };
        let now = Now { program, changes: &changes, edits: &edits };
        let still = kept.into_iter().filter_map(|((id, whole), kept)| {
            Some(((changes.moves.function(id)?, whole), kept.followed(&now)?))
        });
        self.kept = still.collect();
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

/// What has become of a program.
struct Now<'n> {
    program: &'n Program,
    changes: &'n Changes,
    edits: &'n Edits,
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

    fn place(&self, place: &mut Place) -> Option<()> {
        *place = self.edits.place(*place)?;
        Some(())
    }

    fn function(&self, id: &mut FnId) -> Option<()> {
        *id = self.changes.moves.function(*id)?;
        Some(())
    }

    /// Moves everything to where it is now; none, if something is not there any more.
    fn shown(&self, shown: &mut Shown) -> Option<()> {
        for (place, _, id) in &mut shown.handlers {
            self.place(place)?;
            self.function(id)?;
        }
        let clean = std::mem::take(&mut shown.asked_clean).into_iter();
        let clean = clean.map(|(id, is)| Some((self.changes.moves.function(id)?, is)));
        shown.asked_clean = clean.collect::<Option<_>>()?;
        let unentered = std::mem::take(&mut shown.unentered).into_iter();
        let unentered =
            unentered.map(|(id, bound)| Some((self.changes.moves.function(id)?, bound)));
        shown.unentered = unentered.collect::<Option<_>>()?;
        shown.events.iter_mut().try_for_each(|event| self.event(event))
    }

    fn event(&self, event: &mut Event) -> Option<()> {
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
        let places = [place, innermost].into_iter().chain(&mut logs.at).chain(facts);
        { places }.try_for_each(|place| self.place(place))?;
        let met = bound.as_mut().map(|met| &mut met.function);
        let functions = [function].into_iter().chain(handler).chain(met);
        let functions = functions.chain(hidden_in).chain(stack);
        { functions }.try_for_each(|id| self.function(id))?;
        steps.iter_mut().try_for_each(|(place, kind)| {
            if let StepKind::Entry(id) | StepKind::Call(id) = kind {
                self.function(id)?;
            }
            self.place(place)
        })
    }
}

impl Kept {
    /// The same where it is now; none, if it would not be shown again.
    fn followed(mut self, now: &Now<'_>) -> Option<Self> {
        if !now.holds(&self.read) {
            return None;
        }
        now.shown(Arc::get_mut(&mut self.shown)?)?;
        let bodies = std::mem::take(&mut self.read.bodies).into_iter();
        self.read.bodies = bodies.map(|body| now.changes.moves.body(body)).collect();
        Some(self)
    }
}
