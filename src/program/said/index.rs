//! Which definitions have a name, and in which package: made once, and only if names are spoken of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::owner;
use crate::ir::{FileIr, Name, TypeRef};
use crate::program::PackageId;
use crate::source::Place;

/// A type of a package: types are told apart by that, not by their modules.
pub(super) type Type = (PackageId, Name);

/// A function, as far as its name goes.
pub(super) struct Named {
    /// Where the name stands.
    pub(super) at: Place,
    pub(super) owner: Option<Name>,
    /// Whether it gets anything beside `self`.
    pub(super) receives: bool,
    /// Whether it returns anything.
    pub(super) returns: bool,
}

/// The definitions by name.
#[derive(Default)]
pub(super) struct Index {
    functions: FxHashMap<Name, Vec<Named>>,
    places: FxHashMap<Place, (Name, usize)>,
    /// The packages that define a struct or variant of a name.
    types: FxHashMap<Name, Vec<PackageId>>,
    /// The structs and variants that have a field of a name, and how many definitions these have.
    owners: FxHashMap<Name, BTreeMap<Type, usize>>,
    /// The enums that have a variant of a name.
    enums: FxHashMap<Name, BTreeSet<Type>>,
    no_owners: BTreeMap<Type, usize>,
    no_enums: BTreeSet<Type>,
}

impl Index {
    pub(super) fn new(files: &[Option<Arc<FileIr>>], packages: &[PackageId]) -> Self {
        let mut index = Index::default();
        for (ir, &package) in files.iter().zip(packages) {
            if let Some(ir) = ir {
                index.add(ir, package);
            }
        }
        index
    }

    fn add(&mut self, ir: &FileIr, package: PackageId) {
        let variants = ir.enums.iter().flat_map(|def| &def.variants);
        for def in ir.structs.iter().chain(variants) {
            self.types.entry(def.name).or_default().push(package);
            for field in &def.fields {
                let owners = self.owners.entry(field.name).or_default();
                *owners.entry((package, def.name)).or_default() += 1;
            }
        }
        for def in &ir.enums {
            for variant in &def.variants {
                self.enums.entry(variant.name).or_default().insert((package, def.name));
            }
        }
        for function in &ir.functions {
            let at = Place { file: function.file, span: function.name_span };
            let alike = self.functions.entry(function.name).or_default();
            self.places.insert(at, (function.name, alike.len()));
            alike.push(Named {
                at,
                owner: owner(function),
                receives: !function.params.is_empty(),
                returns: !matches!(&function.ret, TypeRef::Tuple(parts) if parts.is_empty()),
            });
        }
    }

    pub(super) fn functions(&self, name: Name) -> &[Named] {
        self.functions.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn function_at(&self, place: Place) -> Option<&Named> {
        let (name, position) = self.places.get(&place)?;
        self.functions(*name).get(*position)
    }

    /// The types that have a field, with the number of their definitions.
    pub(super) fn owners(&self, field: Name) -> &BTreeMap<Type, usize> {
        self.owners.get(&field).unwrap_or(&self.no_owners)
    }

    /// The enums that have a variant.
    pub(super) fn enums(&self, variant: Name) -> &BTreeSet<Type> {
        self.enums.get(&variant).unwrap_or(&self.no_enums)
    }

    /// The type that a name means in a package: its own one, or that of another package.
    pub(super) fn resolve(&self, name: Name, from: PackageId) -> Option<Type> {
        let packages = self.types.get(&name)?;
        let package = packages.iter().find(|p| **p == from).or_else(|| packages.first())?;
        Some((*package, name))
    }
}
