//! What differs between two versions of a program, where they declare the same.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::said::Said;
use super::{FnId, Program};
use crate::ir::read::BodyId;
use crate::ir::{FileIr, Name, same};
use crate::protocol::Message;
use crate::roles::messages::Entry;
use crate::source::{Edits, Place};

/// What differs.
#[derive(Debug, Default)]
pub struct Changes {
    /// Bodies that do something else.
    pub bodies: FxHashSet<BodyId>,
    /// Names of functions that are called elsewhere, or by others.
    pub callers_of: FxHashSet<Name>,
}

impl Program {
    /// What differs from an older version, which the edits have made this one of; none, if more than bodies
    /// does: then nothing that was found out in the older one can be relied on. Both were made with the
    /// same names.
    pub fn changes_since(&self, old: &Program, edits: &Edits) -> Option<Changes> {
        let same_tables = self.packages == old.packages
            && self.modules == old.modules
            && self.entries.get() == old.entries.get()
            && self.same_cursors(old, edits)
            && self.said.is_same(&old.said, edits);
        if !same_tables {
            return None;
        }
        let mut changes = Changes::default();
        for pair in old.files.iter().zip(&self.files) {
            match pair {
                (Some(old), Some(new)) => file(old, new, edits, &mut changes)?,
                (None, None) => {}
                _ => return None,
            }
        }
        let names = old.calls.keys().chain(self.calls.keys());
        let others = names.filter(|name| self.calls.get(name) != old.calls.get(name));
        changes.callers_of = others.copied().collect();
        Some(changes)
    }

    /// Derives what is derived once for the whole program, so that it can be compared.
    pub fn derive_all(&self, judged: fn(&Program, FnId) -> Option<Entry>) {
        self.cursors();
        if let Some(id) = self.ids().next() {
            self.entry(id, judged);
        }
    }

    fn same_cursors(&self, old: &Program, edits: &Edits) -> bool {
        let (new, old) = (self.cursors(), old.cursors());
        new.len() == old.len()
            && old.iter().all(|(name, place)| edits.place(*place).as_ref() == new.get(name))
    }
}

fn file(old: &Arc<FileIr>, new: &Arc<FileIr>, edits: &Edits, changes: &mut Changes) -> Option<()> {
    if Arc::ptr_eq(old, new) {
        return Some(());
    }
    if !same::declares_same(old, new) {
        return None;
    }
    let pairs = old.functions.iter().zip(&new.functions);
    let others = pairs.filter(|(old, new)| !same::same_body(old, new, edits));
    changes.bodies.extend(others.map(|(old, _)| old.body.id()));
    Some(())
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
