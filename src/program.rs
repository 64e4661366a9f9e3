//! The whole program: functions, types and who may call whom, across files and packages.
//!
//! Takes the lowered files; owns them. Look-ups prefer the package that asks, then the workspace.

mod bodies;
mod calls;
mod changes;
pub use changes::{Changes, Moves};
mod cursors;
mod owners;
mod packages;
mod resolve;
pub use resolve::Receiver;
pub mod said;
mod table;
mod takers;
mod types;

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::calls::Calls;
use self::packages::Packages;
use self::said::Said;
use self::table::Table;
use self::takers::Takers;
use crate::ir::comment::Comment;
use crate::ir::read::{asks, asks_everything, unrecorded};
use crate::ir::{EnumDef, FileIr, Function, Name, StructDef, TypeRef};
use crate::names::Names;
use crate::protocol::Message;
use crate::roles::machine::Calling;
use crate::roles::messages::Entry;
use crate::roles::vocabulary::Words;
use crate::source::{FileId, Place};

/// Index of a function in [`Program::functions`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FnId(pub u32);

/// Index of a package.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageId(pub u32);

/// A definition and the package it is in.
#[derive(Clone, Copy, Debug)]
struct Located {
    package: PackageId,
    file: u32,
    item: u32,
}

/// The program behind all later stages.
pub struct Program {
    /// Interned identifiers.
    pub names: Names,
    /// The vocabulary of each name.
    words: Vec<Words>,
    /// What each name says about the application of entries; found when first asked for.
    callings: Vec<OnceLock<Calling>>,
    files: Vec<Option<Arc<FileIr>>>,
    packages: Vec<PackageId>,
    /// The last module name of each file: `follower` for `follower.rs` and `follower/mod.rs`.
    modules: Vec<String>,
    /// Where each function stands: file slot and index.
    functions: Vec<(u32, u32)>,
    structs: Table<Vec<Located>>,
    enums: Table<Vec<Located>>,
    aliases: Table<Vec<Located>>,
    /// Functions by name.
    by_name: Table<Vec<FnId>>,
    /// What belongs to which package.
    package_runs: Packages,
    /// Types that implement a trait.
    implementers: Table<Vec<TypeRef>>,
    /// Enum variants by name: (enum, variant) positions.
    variants: Table<Vec<(Located, u32)>>,
    /// Who calls whom; see [`Program::callers`].
    calls: Calls,
    /// Who takes which function as a value; see [`Program::takers`].
    takers: Takers,
    /// Which functions belong to what.
    owners: owners::Owners,
    /// What each function receives; see [`Program::entry`].
    entries: OnceLock<Box<[Option<Entry>]>>,
    /// Which function a place stands in; found when first asked for.
    bodies: OnceLock<bodies::Bodies>,
    /// Fields that say what was applied and get new values; found when first asked for.
    cursors: OnceLock<cursors::Cursors>,
    /// What the project says of its own names.
    said: Said,
    /// Names with a meaning of their own.
    pub known: KnownNames,
}

/// Names that the language or its library gives a meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct KnownNames {
    pub self_value: Option<Name>,
    pub self_type: Option<Name>,
    pub some: Option<Name>,
    pub none: Option<Name>,
    pub ok: Option<Name>,
    pub err: Option<Name>,
    pub deref: Option<Name>,
    pub target: Option<Name>,
}

impl KnownNames {
    /// Whether a path is `self`.
    pub fn is_self(&self, path: &[Name]) -> bool {
        matches!(path, [name] if Some(*name) == self.self_value)
    }
}

impl Program {
    /// Indexes the lowered files. `packages` and `modules` belong to the file slots.
    pub fn new(
        files: Vec<Option<Arc<FileIr>>>,
        names: Names,
        packages: Vec<PackageId>,
        modules: Vec<String>,
        said: Said,
    ) -> Self {
        let texts = (0..names.len() as u32).into_par_iter().map(|i| names.text(Name(i)));
        let words: Vec<Words> = texts.map(Words::of).collect();
        let callings = words.iter().map(|_| OnceLock::new()).collect();
        let known = KnownNames {
            self_value: names.find("self"),
            self_type: names.find("Self"),
            some: names.find("Some"),
            none: names.find("None"),
            ok: names.find("Ok"),
            err: names.find("Err"),
            deref: names.find("Deref"),
            target: names.find("Target"),
        };
        let mut program = Program {
            names,
            words,
            callings,
            files,
            packages,
            modules,
            functions: Vec::new(),
            structs: Table::default(),
            enums: Table::default(),
            aliases: Table::default(),
            by_name: Table::default(),
            package_runs: Packages::default(),
            implementers: Table::default(),
            variants: Table::default(),
            calls: Calls::default(),
            takers: Takers::default(),
            owners: owners::Owners::default(),
            entries: OnceLock::new(),
            bodies: OnceLock::new(),
            cursors: OnceLock::new(),
            said,
            known,
        };
        program.index();
        program
    }

    fn index(&mut self) {
        for (slot, file) in self.files.iter().enumerate() {
            let Some(ir) = file else { continue };
            let package = self.packages[slot];
            let located = |item: usize| Located { package, file: slot as u32, item: item as u32 };
            for (i, def) in ir.structs.iter().enumerate() {
                self.structs.add(def.name).push(located(i));
            }
            for (i, def) in ir.enums.iter().enumerate() {
                self.enums.add(def.name).push(located(i));
                for (v, variant) in def.variants.iter().enumerate() {
                    let at = (located(i), v as u32);
                    self.variants.add(variant.name).push(at);
                }
            }
            for (i, def) in ir.aliases.iter().enumerate() {
                self.aliases.add(def.name).push(located(i));
            }
            for owner in &ir.impls {
                if let Some(name) = owner.trait_name {
                    self.implementers.add(name).push(owner.self_ty.clone());
                }
            }
            let first = self.functions.len() as u32;
            self.package_runs.add(package, slot, first..first + ir.functions.len() as u32);
            for (i, function) in ir.functions.iter().enumerate() {
                let id = FnId(self.functions.len() as u32);
                self.functions.push((slot as u32, i as u32));
                self.by_name.add(function.name).push(id);
            }
        }
        self.owners = owners::Owners::of(self);
        (self.calls, self.takers) = rayon::join(|| Calls::of(self), || Takers::of(self));
    }

    /// All functions.
    pub fn ids(&self) -> impl Iterator<Item = FnId> + use<> {
        asks_everything();
        (0..self.functions.len() as u32).map(FnId)
    }

    /// A function.
    #[inline]
    pub fn function(&self, id: FnId) -> &Function {
        let (file, item) = self.functions[id.0 as usize];
        let ir = self.files[file as usize].as_ref();
        let function = &ir.expect("a function's file has been lowered").functions[item as usize];
        asks(function.name);
        function
    }

    /// How a function takes part in the protocol as an entry. `judged` is asked for all functions at
    /// the first call: the analysis asks for the same ones again and again.
    pub fn entry(&self, id: FnId, judged: fn(&Program, FnId) -> Option<Entry>) -> Option<Entry> {
        let entries = self
            .entries
            .get_or_init(|| unrecorded(|| self.ids().map(|id| judged(self, id)).collect()));
        self.function(id); // it is asked for
        entries[id.0 as usize]
    }

    /// The package of a function.
    pub fn package(&self, id: FnId) -> PackageId {
        self.packages[self.functions[id.0 as usize].0 as usize]
    }

    /// The package of a file.
    pub fn package_of_file(&self, file: FileId) -> PackageId {
        self.packages[file.0 as usize]
    }

    /// The vocabulary of a name.
    pub fn words(&self, name: Name) -> Words {
        self.words[name.0 as usize]
    }

    /// What a name says about the application of entries.
    pub fn calling(&self, name: Name) -> Calling {
        let said = || Calling::of(self.text(name), self.words(name));
        *self.callings[name.0 as usize].get_or_init(said)
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    /// How a name is spelled in the code.
    pub fn spelled(&self, name: Name) -> &str {
        self.names.spelled(name)
    }

    /// What the project says of its own names.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// What the project calls a field of this spelling: of a type that is known, or where nothing else in
    /// the package is spelled so.
    pub fn said_field(&self, of: Option<&TypeRef>, field: Name, from: PackageId) -> Option<Name> {
        if self.said.fields.is_empty() {
            return None;
        }
        let new = self.said.fields.get(&field)?;
        match of {
            Some(TypeRef::Path { name, .. }) => {
                let package = self.nearest(self.structs.get(name)?, from)?.package;
                new.of.get(&(package, *name)).copied()
            }
            Some(_) => None,
            None => new.only.get(&from).copied(),
        }
    }

    /// What the project calls the functions that a call may run, if it calls all of them the same.
    pub fn said_call(&self, targets: &[FnId]) -> Option<Name> {
        if self.said.functions.is_empty() {
            return None;
        }
        let name = |id: &FnId| self.said.functions.get(&self.place(*id)).copied();
        let first = name(targets.first()?)?;
        targets.iter().all(|id| name(id) == Some(first)).then_some(first)
    }

    /// The message that the project says a function handles.
    pub fn said_handler(&self, id: FnId) -> Option<Message> {
        if self.said.handlers.is_empty() {
            return None;
        }
        self.said.handlers.get(&self.place(id)).copied()
    }

    /// All comments to the lint.
    pub fn comments(&self) -> impl Iterator<Item = (FileId, &Comment)> {
        let files = (0..).map(FileId).zip(&self.files);
        files.flat_map(|(file, ir)| {
            ir.iter().flat_map(move |ir| ir.comments.iter().map(move |c| (file, c)))
        })
    }

    /// `Type::function`, or the bare name of a free function.
    pub fn qualified_name(&self, id: FnId) -> String {
        let function = self.function(id);
        let name = self.spelled(function.name);
        match function.owner.as_ref().map(|o| &o.self_ty) {
            Some(TypeRef::Path { name: owner, .. }) => format!("{}::{name}", self.text(*owner)),
            _ => name.to_owned(),
        }
    }

    /// Where a function's name stands.
    pub fn place(&self, id: FnId) -> Place {
        let function = self.function(id);
        Place { file: function.file, span: function.name_span }
    }

    /// The innermost function whose body a place is in.
    pub fn function_around(&self, place: Place) -> Option<FnId> {
        let body = |id: FnId| {
            let function = self.function(id);
            let span = function.body.unread().expr(function.root?).span;
            let around = function.file == place.file
                && span.start <= place.span.start
                && place.span.end <= span.end;
            around.then_some((span.end - span.start, id))
        };
        // They are numbered file by file.
        let first = self.functions.partition_point(|(slot, _)| *slot < place.file.0);
        let of_file = self.functions[first..].iter().take_while(|(slot, _)| *slot == place.file.0);
        let ids = (first as u32..).map(FnId).zip(of_file).map(|(id, _)| id);
        ids.filter_map(body).min().map(|(_, id)| id)
    }

    /// All structs of a package, with enum variants as structs.
    pub fn has_struct_named(&self, name: Name) -> bool {
        self.structs.contains_key(&name)
    }

    /// The struct of this name, seen from a package.
    pub fn struct_def(&self, name: Name, from: PackageId) -> Option<&StructDef> {
        let at = self.nearest(self.structs.get(&name)?, from)?;
        self.files[at.file as usize].as_ref()?.structs.get(at.item as usize)
    }

    /// The enum of this name, seen from a package.
    pub fn enum_def(&self, name: Name, from: PackageId) -> Option<&EnumDef> {
        let at = self.nearest(self.enums.get(&name)?, from)?;
        self.files[at.file as usize].as_ref()?.enums.get(at.item as usize)
    }

    /// The variant of this name; `of` is the enum's name where the path gave it.
    pub fn variant_def(
        &self,
        of: Option<Name>,
        name: Name,
        from: PackageId,
    ) -> Option<(&EnumDef, &StructDef)> {
        let all = self.variants.get(&name)?;
        let enum_at =
            |l: &Located| self.files[l.file as usize].as_ref()?.enums.get(l.item as usize);
        let fits = |l: &Located| of.is_none_or(|of| enum_at(l).is_some_and(|e| e.name == of));
        let near = || self.located_in(all, from, |(l, _)| *l);
        let (at, variant) = near()
            .find(|(l, _)| fits(l))
            .or_else(|| all.iter().find(|(l, _)| fits(l)))
            .or_else(|| near().next())?;
        let def = enum_at(at)?;
        Some((def, def.variants.get(*variant as usize)?))
    }

    /// Where a field (or getter) of this name, that says what was applied, gets a new value.
    pub fn applied_moves(&self, name: Name) -> Option<Place> {
        self.cursors().get(&name).copied()
    }

    fn cursors(&self) -> &cursors::Cursors {
        self.cursors.get_or_init(|| unrecorded(|| cursors::find(self)))
    }

    /// All functions of a name.
    pub fn functions_named(&self, name: Name) -> &[FnId] {
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The package of the file in a slot.
    pub fn package_of_slot(&self, slot: usize) -> PackageId {
        self.packages[slot]
    }

    /// The lowered file in a slot.
    pub fn file(&self, slot: usize) -> Option<&FileIr> {
        asks_everything();
        self.files[slot].as_deref()
    }

    /// How many file slots there are.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }
}
