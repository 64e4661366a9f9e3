//! What functions have shown before: an evaluation that would read the same is not made again.
//!
//! An evaluation depends on the bodies that it reads, on who calls what, on what is said once of the whole
//! program, and on which handlers were found to prove everything alone. All of that is compared; where
//! anything else is changed, everything is forgotten.

mod follow;
mod written;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use self::follow::Now;
pub use self::written::Extent;
use super::budget::Budget;
use super::show::Shown;
use crate::ir::read::Read;
use crate::names::Names;
use crate::program::{FnId, Program};
use crate::roles::messages;
use crate::roles::storage::Storage;
use crate::source::Edits;

/// What is kept between two analyses of one program.
#[derive(Default)]
pub struct Memory {
    before: Before,
    edits: Edits,
    kept: FxHashMap<Asked, Kept>,
    /// Whether something was kept that had not been read.
    is_changed: bool,
    /// No more functions are kept, if there is a limit.
    most: Option<usize>,
}

/// The program that was analysed last.
#[derive(Default)]
enum Before {
    #[default]
    Nothing,
    /// The one that is analysed next, too.
    Same,
    Other(Arc<Program>, Arc<Storage>),
}

/// A function, and whether all of its arms are looked at.
type Asked = (FnId, bool);

/// What a function has shown, and what that depends on.
#[derive(Serialize, Deserialize)]
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
        match &self.before {
            Before::Other(program, _) => program.names.clone(),
            Before::Nothing | Before::Same => Names::default(),
        }
    }

    /// Forgets what does not hold any more of the program as it is now.
    pub(super) fn update(&mut self, program: &Arc<Program>, storage: &Arc<Storage>) {
        let edits = std::mem::take(&mut self.edits);
        let now = Before::Other(Arc::clone(program), Arc::clone(storage));
        let changes = match std::mem::replace(&mut self.before, now) {
            Before::Same => return,
            Before::Nothing => None,
            Before::Other(old_program, old_storage) => {
                old_program.derive_all(messages::judged);
                program.derive_all(messages::judged);
                let changes = program.changes_since(&old_program, &edits);
                changes.filter(|changes| storage.is_same(&old_storage, &changes.moves))
            }
        };
        let kept = std::mem::take(&mut self.kept);
        let Some(changes) = changes else { return };
        let now = Now { program, changes: &changes, edits: &edits };
        let still = kept.into_iter().filter_map(|((id, whole), kept)| {
            Some(((changes.moves.function(id)?, whole), kept.followed(&now)?))
        });
        self.kept = still.collect();
    }

    /// What a function has shown within these bounds; `is_clean` tells of handlers whether they prove
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

    /// Whether no more is kept.
    pub(super) fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.kept.len() >= most)
    }

    /// Keeps what a function has shown.
    pub(super) fn keep(&mut self, asked: Asked, budget: Budget, read: Read, shown: &Arc<Shown>) {
        self.is_changed = true;
        self.kept.insert(asked, Kept { shown: Arc::clone(shown), budget, read });
    }
}
