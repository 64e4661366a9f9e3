//! Fields with a role: a name of its own in the definition, and wherever the owner is seen.
//!
//! What an expression alone tells is renamed here: `self.x`, `node.x` of a parameter, `T { x: … }`. The
//! rest is left to the types of values, when these are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::index::{Index, Type};
use super::owner;
use crate::ir::{Expr, ExprKind, FileIr, Function, Name, Pat, TypeRef};
use crate::names::Names;
use crate::program::PackageId;
use crate::protocol::Meaning;

/// What is said of fields.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<(Name, Type), Spoken>);

struct Spoken {
    meaning: &'static Meaning,
    /// How many definitions it was said of; none if it was said of the name.
    definitions: Option<usize>,
}

/// What a field is called from now on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::program) struct NewField {
    /// By owner.
    pub(in crate::program) of: FxHashMap<Type, Name>,
    /// The packages in which nothing else has a field that is spelled so.
    pub(in crate::program) only: FxHashMap<PackageId, Name>,
}

impl Fields {
    /// Takes a role for a field of one definition, or of all of a type; fails if it has another one.
    pub(super) fn add(
        &mut self,
        owner: Type,
        field: Name,
        meaning: &'static Meaning,
        one: bool,
    ) -> Result<(), String> {
        let new = Spoken { meaning, definitions: one.then_some(0) };
        let spoken = self.0.entry((field, owner)).or_insert(new);
        if spoken.meaning != meaning {
            return Err(super::two("roles", spoken.meaning.id, meaning.id));
        }
        spoken.definitions = if one { spoken.definitions.map(|n| n + 1) } else { None };
        Ok(())
    }

    /// Whether every definition of a type has the role that one of them has.
    pub(super) fn is_whole(&self, owner: Type, field: Name, index: &Index) -> bool {
        let all = index.owners(field).get(&owner).copied().unwrap_or_default();
        let spoken = self.0.get(&(field, owner));
        spoken.is_none_or(|spoken| spoken.definitions.is_none_or(|said| said >= all))
    }

    /// Renames what can be seen without types; gives what types have to decide.
    pub(super) fn rename(
        self,
        files: &mut [Option<Arc<FileIr>>],
        packages: &[PackageId],
        index: &Index,
        names: &mut Names,
    ) -> FxHashMap<Name, NewField> {
        let mut all: FxHashMap<Name, NewField> = FxHashMap::default();
        for ((field, owner), Spoken { meaning, .. }) in self.0 {
            let new = names.mean(field, meaning.name, Some(meaning));
            let entry = all.entry(field).or_default();
            entry.of.insert(owner, new);
            let alike = index.owners(field).keys().filter(|(package, _)| *package == owner.0);
            if alike.count() == 1 {
                entry.only.insert(owner.0, new);
            }
        }
        if !all.is_empty() {
            super::each_file(files, packages, |ir, package| {
                Renaming { all: &all, package, index, names }.file(ir);
            });
        }
        all
    }
}

/// The renaming of one file.
struct Renaming<'r> {
    all: &'r FxHashMap<Name, NewField>,
    package: PackageId,
    index: &'r Index,
    names: &'r Names,
}

impl Renaming<'_> {
    fn file(&self, ir: &mut FileIr) {
        let variants = ir.enums.iter_mut().flat_map(|def| def.variants.iter_mut());
        for def in ir.structs.iter_mut().chain(variants) {
            for field in &mut def.fields {
                let new = self.all.get(&field.name);
                let new = new.and_then(|new| new.of.get(&(self.package, def.name)));
                field.name = new.copied().unwrap_or(field.name);
            }
        }
        ir.functions.iter_mut().for_each(|function| self.function(function));
    }

    /// The new name of a field of a type that is named so here.
    fn rename(&self, field: &mut Name, of: Option<Name>) {
        let new = self
            .all
            .get(field)
            .zip(of)
            .and_then(|(new, of)| new.of.get(&self.index.resolve(of, self.package)?));
        *field = new.copied().unwrap_or(*field);
    }

    fn function(&self, function: &mut Function) {
        let owner = owner(function);
        let of_path = |path: &[Name]| {
            let last = *path.last()?;
            if self.names.text(last) == "Self" { owner } else { Some(last) }
        };
        let types: Vec<Option<Name>> =
            function.body.exprs.iter().map(|expr| self.type_of(expr, function, owner)).collect();
        for expr in &mut function.body.exprs {
            match &mut expr.kind {
                ExprKind::Field(base, name) => self.rename(name, types[base.0 as usize]),
                ExprKind::Struct { path, fields, .. } => {
                    let of = of_path(path);
                    fields.iter_mut().for_each(|(name, _)| self.rename(name, of));
                }
                _ => {}
            }
        }
        for pat in &mut function.body.pats {
            if let Pat::Struct { path, fields, .. } = pat {
                let of = of_path(path);
                fields.iter_mut().for_each(|(name, _)| self.rename(name, of));
            }
        }
    }

    /// The type of `self`, or of a parameter, by the name that it is declared with.
    fn type_of(&self, expr: &Expr, function: &Function, owner: Option<Name>) -> Option<Name> {
        let ExprKind::Path(path) = &expr.kind else { return None };
        let [name] = path[..] else { return None };
        if self.names.text(name) == "self" {
            return owner;
        }
        let bound = |pat| matches!(function.body.pat(pat), Pat::Bind { name: n, .. } if *n == name);
        let parameter = function.params.iter().find(|param| bound(param.pat))?;
        match &parameter.ty {
            TypeRef::Path { name, .. } => Some(*name),
            _ => None,
        }
    }
}
