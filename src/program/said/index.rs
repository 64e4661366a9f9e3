//! Which definitions have a name: made once, and only if names are spoken of.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::rename::owner;
use crate::ir::{FileIr, Name};
use crate::source::Place;

/// A function, as far as its name goes.
pub(super) struct Named {
    pub(super) name: Name,
    /// Where the name stands.
    pub(super) at: Place,
    pub(super) owner: Option<Name>,
    pub(super) of_trait: Option<Name>,
}

/// The definitions by name.
#[derive(Default)]
pub(super) struct Index {
    functions: FxHashMap<Name, Vec<Named>>,
    places: FxHashMap<Place, (Name, usize)>,
    /// The structs and variants that have a field of a name.
    owners: FxHashMap<Name, BTreeSet<Name>>,
    /// The enums that have a variant of a name.
    enums: FxHashMap<Name, BTreeSet<Name>>,
    none: BTreeSet<Name>,
}

impl Index {
    pub(super) fn new(files: &[Option<FileIr>]) -> Self {
        let mut index = Index::default();
        for ir in files.iter().flatten() {
            let variants = ir.enums.iter().flat_map(|def| &def.variants);
            for def in ir.structs.iter().chain(variants) {
                for field in &def.fields {
                    index.owners.entry(field.name).or_default().insert(def.name);
                }
            }
            for def in &ir.enums {
                for variant in &def.variants {
                    index.enums.entry(variant.name).or_default().insert(def.name);
                }
            }
            for function in &ir.functions {
                let at = Place { file: function.file, span: function.name_span };
                let alike = index.functions.entry(function.name).or_default();
                index.places.insert(at, (function.name, alike.len()));
                alike.push(Named {
                    name: function.name,
                    at,
                    owner: owner(function),
                    of_trait: function.owner.as_ref().and_then(|o| o.trait_name),
                });
            }
        }
        index
    }

    pub(super) fn functions(&self, name: Name) -> &[Named] {
        self.functions.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn function_at(&self, place: Place) -> Option<&Named> {
        let (name, position) = self.places.get(&place)?;
        self.functions(*name).get(*position)
    }

    pub(super) fn owners(&self, field: Name) -> &BTreeSet<Name> {
        self.owners.get(&field).unwrap_or(&self.none)
    }

    pub(super) fn enums(&self, variant: Name) -> &BTreeSet<Name> {
        self.enums.get(&variant).unwrap_or(&self.none)
    }
}
