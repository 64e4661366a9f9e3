//! What differs between two versions of a program.
//!
//! Takes both, and the edits of the texts in between; gives the bodies and names of which something is
//! different, and where the functions of the older one are in the newer one. Both were made with the same
//! names.

mod align;

use rustc_hash::{FxHashMap, FxHashSet};

use self::align::Alignment;
use super::calls::CallSite;
use super::said::Said;
use super::{FnId, Program};
use crate::ir::Name;
use crate::ir::read::BodyId;
use crate::protocol::Message;
use crate::roles::messages::Entry;
use crate::source::{Edits, Place};

/// What differs.
#[derive(Debug, Default)]
pub struct Changes {
    /// Bodies of the older version that do something else now, or are gone.
    pub bodies: FxHashSet<BodyId>,
    /// Names of functions that are called elsewhere, or by others.
    pub callers_of: FxHashSet<Name>,
    /// Names of which a definition came, went or is another.
    pub names: FxHashSet<Name>,
    /// Whether a struct did.
    pub structs: bool,
    /// Where what was there before is now.
    pub moves: Moves,
}

/// Where the functions of an older version are.
#[derive(Debug, Default)]
pub struct Moves {
    /// By number.
    functions: Vec<Option<FnId>>,
    /// Those that have moved, by file and position.
    bodies: FxHashMap<BodyId, BodyId>,
}

impl Moves {
    /// The number that a function has now.
    pub fn function(&self, old: FnId) -> Option<FnId> {
        self.functions[old.0 as usize]
    }

    /// All functions that are there still, with both numbers.
    pub fn pairs(&self) -> impl Iterator<Item = (FnId, FnId)> {
        let all = (0..).map(FnId).zip(&self.functions);
        all.filter_map(|(old, new)| Some((old, (*new)?)))
    }

    /// Where a body is now.
    pub fn body(&self, old: BodyId) -> BodyId {
        self.bodies.get(&old).copied().unwrap_or(old)
    }
}

impl Program {
    /// What differs from an older version; none, if it is so much that nothing of that can be relied on.
    pub fn changes_since(&self, old: &Program, edits: &Edits) -> Option<Changes> {
        let same_tables = self.packages == old.packages
            && self.modules == old.modules
            && self.known == old.known
            && self.same_cursors(old, edits)
            && self.said.is_same(&old.said, edits);
        if !same_tables {
            return None;
        }
        let mut alignment = Alignment::default();
        for pair in old.files.iter().zip(&self.files) {
            match pair {
                (Some(old), Some(new)) => alignment.file(old, new, edits),
                (None, None) => {}
                _ => return None,
            }
        }
        let mut changes = alignment.changes;
        self.number(old, &alignment.items, &mut changes.moves);
        self.entries_since(old, &mut changes);
        self.calls_since(old, &mut changes);
        Some(changes)
    }

    /// Derives what is derived once for the whole program, so that it can be compared.
    pub fn derive_all(&self, judged: fn(&Program, FnId) -> Option<Entry>) {
        self.cursors();
        if let Some(id) = self.ids().next() {
            self.entry(id, judged);
        }
    }

    /// The numbers of the functions that are the same, by their places in the files.
    fn number(&self, old: &Program, items: &align::Items, moves: &mut Moves) {
        let numbers: FxHashMap<(u32, u32), FnId> =
            self.functions.iter().copied().zip((0..).map(FnId)).collect();
        for &(file, item) in &old.functions {
            let now = match items.get(&file) {
                Some(items) => items[item as usize],
                None => Some(item),
            };
            moves.functions.push(now.map(|item| numbers[&(file, item)]));
            if let Some(now) = now.filter(|now| *now != item) {
                moves.bodies.insert(BodyId { file, item }, BodyId { file, item: now });
            }
        }
    }

    /// Functions that take another part in the protocol, because of their types.
    fn entries_since(&self, old: &Program, changes: &mut Changes) {
        let (Some(before), Some(now)) = (old.entries.get(), self.entries.get()) else { return };
        for (id, entry) in old.ids().zip(before) {
            let same = changes.moves.function(id).is_some_and(|new| now[new.0 as usize] == *entry);
            if !same {
                changes.names.insert(old.function(id).name);
            }
        }
    }

    fn calls_since(&self, old: &Program, changes: &mut Changes) {
        let moves = &changes.moves;
        let same = |(old, new): (&CallSite, &CallSite)| {
            moves.function(old.caller) == Some(new.caller)
                && (old.arity, old.qualifier) == (new.arity, new.qualifier)
        };
        changes.callers_of = self.calls.changed(&old.calls, same);
    }

    fn same_cursors(&self, old: &Program, edits: &Edits) -> bool {
        let (new, old) = (self.cursors(), old.cursors());
        new.len() == old.len()
            && old.iter().all(|(name, place)| edits.place(*place).as_ref() == new.get(name))
    }
}

impl Said {
    /// Whether the same is said of everything.
    fn is_same(&self, old: &Said, edits: &Edits) -> bool {
        let named = |(place, name): (&Place, &Name)| {
            edits.place(*place).is_some_and(|at| self.functions.get(&at) == Some(name))
        };
        let handles = |(place, message): (&Place, &Message)| {
            edits.place(*place).is_some_and(|at| self.handlers.get(&at) == Some(message))
        };
        self.fields == old.fields
            && self.functions.len() == old.functions.len()
            && self.handlers.len() == old.handlers.len()
            && old.functions.iter().all(named)
            && old.handlers.iter().all(handles)
    }
}

#[cfg(test)]
mod tests;
