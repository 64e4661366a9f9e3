//! Which items of two versions of a file are the same.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Changes;
use crate::ir::{AliasDef, EnumDef, FileIr, Function, Owner, StructDef, same};
use crate::source::Edits;

/// For files that have changed: where each function is now.
pub(super) type Items = FxHashMap<u32, Vec<Option<u32>>>;

/// The versions of all files side by side.
#[derive(Default)]
pub(super) struct Alignment {
    /// What differs.
    pub(super) changes: Changes,
    /// Where functions are that have moved.
    pub(super) items: Items,
}

impl Alignment {
    /// Adds a file.
    pub(super) fn file(&mut self, old: &Arc<FileIr>, new: &Arc<FileIr>, edits: &Edits) {
        if Arc::ptr_eq(old, new) {
            return;
        }
        let names = &mut self.changes.names;
        let structs = &mut self.changes.structs;
        others(&old.structs, &new.structs, |def: &StructDef| {
            *structs = true;
            names.extend([def.name]);
        });
        others(&old.enums, &new.enums, |def: &EnumDef| {
            names.extend(def.variants.iter().map(|variant| variant.name).chain([def.name]));
        });
        others(&old.aliases, &new.aliases, |def: &AliasDef| names.extend([def.name]));
        others(&old.impls, &new.impls, |owner: &Owner| {
            names.extend(owner.trait_name.into_iter().chain(owner.self_ty.head()));
        });
        self.functions(&old.functions, &new.functions, edits);
    }

    fn functions(&mut self, old: &[Function], new: &[Function], edits: &Edits) {
        let (before, behind) = shared(old, new, same::same_signature);
        let gone = before..old.len() - behind;
        let came = before..new.len() - behind;
        for function in old[gone.clone()].iter().chain(&new[came.clone()]) {
            self.changes.names.insert(function.name);
        }
        let now = |item: usize| match item {
            item if item < before => Some(item),
            item if item >= gone.end => Some(item - gone.end + came.end),
            _ => None,
        };
        for (item, function) in old.iter().enumerate() {
            let same = now(item).is_some_and(|now| same::same_body(function, &new[now], edits));
            if !same {
                self.changes.bodies.insert(function.body.id());
            }
        }
        if let Some(function) = old.first() {
            let items = (0..old.len()).map(|item| now(item).map(|now| now as u32));
            self.items.insert(function.file.0, items.collect());
        }
    }
}

/// How many items at the beginning and at the end of two lists are the same.
fn shared<T>(old: &[T], new: &[T], same: impl Fn(&T, &T) -> bool) -> (usize, usize) {
    let before = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let ends = old[before..].iter().rev().zip(new[before..].iter().rev());
    (before, ends.take_while(|(a, b)| same(a, b)).count())
}

/// Does something with the items that are not the same in both lists.
fn others<T: PartialEq>(old: &[T], new: &[T], work: impl FnMut(&T)) {
    let (before, behind) = shared(old, new, T::eq);
    let rest = old[before..old.len() - behind].iter();
    rest.chain(&new[before..new.len() - behind]).for_each(work);
}
