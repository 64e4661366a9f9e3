//! Renaming: a name that was spoken of becomes one of its own, in its definition and in all its uses.
//!
//! Where the same spelling has another meaning elsewhere, only those uses are renamed whose owner is
//! seen; the rest is left to types, or is a fault.

use std::collections::{BTreeMap, BTreeSet};

use super::{Collected, Said, Spoken, Vocabulary};
use crate::ir::{Expr, ExprKind, FileIr, Function, Name, Pat, StructDef, TypeRef};
use crate::names::Names;
use crate::protocol::{Meaning, Message};
use crate::source::Place;

/// Fields by their owner; no owner means all.
#[derive(Default)]
pub(super) struct Fields(Vec<(Option<Name>, Name, &'static Meaning)>);

/// Functions by the place of their name, with the comment.
#[derive(Default)]
pub(super) struct Functions(Vec<(Place, &'static Meaning, Option<Place>)>);

/// Variants with their enum as far as it is known.
#[derive(Default)]
pub(super) struct Variants(Vec<(Option<Name>, Name, Message)>);

/// Every struct and variant with its fields.
fn definitions(ir: &FileIr) -> impl Iterator<Item = &StructDef> {
    ir.structs.iter().chain(ir.enums.iter().flat_map(|def| &def.variants))
}

impl Fields {
    pub(super) fn add(&mut self, owner: Option<Name>, field: Name, meaning: &'static Meaning) {
        self.0.push((owner, field, meaning));
    }

    /// Renames the fields.
    pub(super) fn rename(self, files: &mut [Option<FileIr>], names: &mut Names, said: &mut Said) {
        let mut by_field: BTreeMap<Name, Vec<(Option<Name>, &'static Meaning)>> = BTreeMap::new();
        for (owner, field, meaning) in self.0 {
            by_field.entry(field).or_default().push((owner, meaning));
        }
        for (field, wanted) in by_field {
            let owners: BTreeSet<Name> = files
                .iter()
                .flatten()
                .flat_map(definitions)
                .filter(|def| def.fields.iter().any(|f| f.name == field))
                .map(|def| def.name)
                .collect();
            let of = |owner: Name| {
                let mut fits = wanted.iter().filter(|(o, _)| o.is_none_or(|o| o == owner));
                fits.next_back().map(|(_, meaning)| *meaning)
            };
            let mut first = None;
            let mut one = true;
            let mut new: BTreeMap<Name, Name> = BTreeMap::new();
            for &owner in &owners {
                let meaning = of(owner);
                one &= meaning.is_some() && first.get_or_insert(meaning) == &meaning;
                if let Some(meaning) = meaning {
                    new.insert(owner, names.mean(field, meaning.name, Some(meaning)));
                }
            }
            let everywhere = one.then(|| new.values().next().copied()).flatten();
            let renaming = Renaming { field, new: &new, everywhere };
            for ir in files.iter_mut().flatten() {
                renaming.file(ir, names);
            }
            if everywhere.is_none() {
                said.of_types.insert(field, new.into_iter().collect());
            }
        }
    }
}

/// One field's renaming.
struct Renaming<'r> {
    field: Name,
    /// The new name by owner.
    new: &'r BTreeMap<Name, Name>,
    /// The new name, if there is but one meaning.
    everywhere: Option<Name>,
}

impl Renaming<'_> {
    fn file(&self, ir: &mut FileIr, names: &Names) {
        let variants = ir.enums.iter_mut().flat_map(|def| def.variants.iter_mut());
        for def in ir.structs.iter_mut().chain(variants) {
            let Some(&new) = self.new.get(&def.name) else { continue };
            for field in def.fields.iter_mut().filter(|f| f.name == self.field) {
                field.name = new;
            }
        }
        for function in &mut ir.functions {
            self.function(function, names);
        }
    }

    fn function(&self, function: &mut Function, names: &Names) {
        let owner = match function.owner.as_ref().map(|o| &o.self_ty) {
            Some(TypeRef::Path { name, .. }) => Some(*name),
            _ => None,
        };
        let of_self = owner.and_then(|owner| self.new.get(&owner)).copied();
        let of_path = |path: &[Name]| {
            let last = *path.last()?;
            let own = if names.text(last) == "Self" { of_self } else { None };
            own.or_else(|| self.new.get(&last).copied()).or(self.everywhere)
        };
        let body = &mut function.body;
        let is_self = |expr: &Expr| matches!(&expr.kind, ExprKind::Path(p) if p.len() == 1 && names.text(p[0]) == "self");
        let selves: Vec<bool> = body.exprs.iter().map(is_self).collect();
        for expr in &mut body.exprs {
            match &mut expr.kind {
                ExprKind::Field(base, name) if *name == self.field => {
                    let own = if selves[base.0 as usize] { of_self } else { None };
                    *name = own.or(self.everywhere).unwrap_or(*name);
                }
                ExprKind::Struct { path, fields, .. } => {
                    let new = of_path(path);
                    for (name, _) in fields.iter_mut().filter(|(name, _)| *name == self.field) {
                        *name = new.unwrap_or(*name);
                    }
                }
                _ => {}
            }
        }
        for pat in &mut body.pats {
            if let Pat::Struct { path, fields, .. } = pat {
                let new = of_path(path);
                for (name, _) in fields.iter_mut().filter(|(name, _)| *name == self.field) {
                    *name = new.unwrap_or(*name);
                }
            }
        }
    }
}

impl Functions {
    pub(super) fn add(&mut self, name: Place, meaning: &'static Meaning, comment: Place) {
        self.0.push((name, meaning, Some(comment)));
    }

    /// Renames the functions and all calls of them.
    pub(super) fn rename(self, files: &mut [Option<FileIr>], names: &mut Names, said: &mut Said) {
        for (at, meaning, comment) in &self.0 {
            let place = |f: &Function| Place { file: f.file, span: f.name_span };
            let functions = || files.iter().flatten().flat_map(|ir| &ir.functions);
            let Some(function) = functions().find(|f| place(f) == *at) else {
                said.faults.extend(comment.map(|c| {
                    (c, "this function is left out of the analysis: it is test code".to_owned())
                }));
                continue;
            };
            let (name, of_trait) =
                (function.name, function.owner.as_ref().and_then(|o| o.trait_name));
            if names.meaning(name).is_some() {
                continue; // said of another function of the same trait
            }
            let alike = |f: &&Function| {
                let same_trait =
                    of_trait.is_some() && f.owner.as_ref().and_then(|o| o.trait_name) == of_trait;
                same_trait || self.0.iter().any(|(at, m, _)| place(f) == *at && m == meaning)
            };
            if let Some(other) = functions().filter(|f| f.name == name).find(|f| !alike(f)) {
                let owner = match other.owner.as_ref().map(|o| &o.self_ty) {
                    Some(TypeRef::Path { name, .. }) => format!("{}::", names.text(*name)),
                    _ => String::new(),
                };
                let why = format!(
                    "`{owner}{name}` has the same name, and calls can't be told apart: give the role \
                     to the value where it is used, or the function a name of its own",
                    name = names.text(name)
                );
                said.faults.extend(comment.map(|c| (c, why)));
                continue;
            }
            let new = names.mean(name, meaning.name, Some(meaning));
            for ir in files.iter_mut().flatten() {
                rename_calls(ir, name, new);
            }
        }
    }
}

fn rename_calls(ir: &mut FileIr, name: Name, new: Name) {
    for function in &mut ir.functions {
        if function.name == name {
            function.name = new;
        }
        let exprs = &function.body.exprs;
        let callees: Vec<usize> = exprs
            .iter()
            .filter_map(|e| match &e.kind {
                ExprKind::Call { callee, .. } => Some(callee.0 as usize),
                _ => None,
            })
            .collect();
        for callee in callees {
            if let ExprKind::Path(path) = &mut function.body.exprs[callee].kind
                && let Some(last) = path.last_mut()
                && *last == name
            {
                *last = new;
            }
        }
        for expr in &mut function.body.exprs {
            if let ExprKind::MethodCall { method, .. } = &mut expr.kind
                && *method == name
            {
                *method = new;
            }
        }
    }
}

impl Variants {
    pub(super) fn add(&mut self, of: Option<Name>, variant: Name, message: Message) {
        self.0.push((of, variant, message));
    }

    /// Renames the variants in their enums and in all paths to them.
    pub(super) fn rename(self, files: &mut [Option<FileIr>], names: &mut Names, _said: &mut Said) {
        for (written, variant, message) in self.0 {
            let has = |def: &&crate::ir::EnumDef| def.variants.iter().any(|v| v.name == variant);
            let enums: BTreeSet<Name> = files
                .iter()
                .flatten()
                .flat_map(|ir| &ir.enums)
                .filter(has)
                .map(|def| def.name)
                .collect();
            let of = match (written, enums.len()) {
                (Some(written), _) if enums.contains(&written) => Some(written),
                (_, 1) => enums.first().copied(),
                _ => written,
            };
            let new = names.mean(variant, message.variant_name(), None);
            let is_own = |q: Name| Some(q) == of || Some(q) == written || names.text(q) == "Self";
            let renamed = |path: &mut [Name]| {
                let fits = match path {
                    [.., qualifier, last] => *last == variant && is_own(*qualifier),
                    [last] => *last == variant && enums.len() <= 1,
                    [] => false,
                };
                if fits && let Some(last) = path.last_mut() {
                    *last = new;
                }
            };
            for ir in files.iter_mut().flatten() {
                for def in ir.enums.iter_mut().filter(|def| Some(def.name) == of) {
                    def.variants
                        .iter_mut()
                        .filter(|v| v.name == variant)
                        .for_each(|v| v.name = new);
                }
                for function in &mut ir.functions {
                    for expr in &mut function.body.exprs {
                        match &mut expr.kind {
                            ExprKind::Path(path) | ExprKind::Struct { path, .. } => renamed(path),
                            _ => {}
                        }
                    }
                    for pat in &mut function.body.pats {
                        match pat {
                            Pat::TupleStruct { path, .. }
                            | Pat::Struct { path, .. }
                            | Pat::Path { path, .. } => renamed(path),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
}

impl Collected {
    /// Adds what the configuration says; what is said of nothing is kept for a message.
    pub(super) fn add_vocabulary(
        &mut self,
        files: &[Option<FileIr>],
        names: &Names,
        vocabulary: &Vocabulary,
        said: &mut Said,
    ) {
        for spoken in &vocabulary.roles {
            let found = self.add_role(files, names, spoken);
            if !found {
                said.unused.push(spoken.text.clone());
            }
        }
        for spoken in &vocabulary.handlers {
            let mut found = false;
            for function in functions_of(files, names, spoken) {
                let at = Place { file: function.file, span: function.name_span };
                said.handlers.insert(at, spoken.said);
                found = true;
            }
            for def in files.iter().flatten().flat_map(|ir| &ir.enums) {
                let of_enum = spoken.owner.as_deref().is_none_or(|o| names.text(def.name) == o);
                let variants = def.variants.iter().filter(|v| names.text(v.name) == spoken.name);
                for variant in variants.filter(|_| of_enum) {
                    self.variants.add(Some(def.name), variant.name, spoken.said);
                    found = true;
                }
            }
            if !found {
                said.unused.push(spoken.text.clone());
            }
        }
    }

    fn add_role(
        &mut self,
        files: &[Option<FileIr>],
        names: &Names,
        spoken: &Spoken<&'static Meaning>,
    ) -> bool {
        let is_owner =
            |name: Name| spoken.owner.as_deref().is_none_or(|owner| names.text(name) == owner);
        let mut found = false;
        for def in files.iter().flatten().flat_map(definitions).filter(|def| is_owner(def.name)) {
            for field in def.fields.iter().filter(|f| names.text(f.name) == spoken.name) {
                self.fields.add(Some(def.name), field.name, spoken.said);
                found = true;
            }
        }
        for function in functions_of(files, names, spoken) {
            let at = Place { file: function.file, span: function.name_span };
            self.functions.0.push((at, spoken.said, None));
            found = true;
        }
        found
    }
}

/// The functions that the configuration names.
fn functions_of<'f, T>(
    files: &'f [Option<FileIr>],
    names: &Names,
    spoken: &Spoken<T>,
) -> Vec<&'f Function> {
    let owner = |f: &Function| match f.owner.as_ref().map(|o| &o.self_ty) {
        Some(TypeRef::Path { name, .. }) => Some(names.text(*name).to_owned()),
        _ => None,
    };
    let fits = |f: &&Function| {
        names.text(f.name) == spoken.name && (spoken.owner.is_none() || owner(f) == spoken.owner)
    };
    files.iter().flatten().flat_map(|ir| &ir.functions).filter(fits).collect()
}
