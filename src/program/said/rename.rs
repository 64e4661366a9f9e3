//! Renaming: a name that was spoken of becomes one of its own, in its definition and in all its uses.
//!
//! Where the same spelling has another meaning elsewhere, only those uses are renamed whose owner is
//! seen; the rest is left to types, or is a fault. The code is gone through once for each kind of
//! name, however many are spoken of.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Said;
use super::index::Index;
use crate::ir::{Expr, ExprKind, FileIr, Function, Name, Pat, TypeRef};
use crate::names::Names;
use crate::protocol::{Meaning, Message};
use crate::source::Place;

/// Fields by their owner.
#[derive(Default)]
pub(super) struct Fields(Vec<(Name, Name, &'static Meaning)>);

/// Functions by the place of their name, with the comment.
#[derive(Default)]
pub(super) struct Functions(Vec<(Place, &'static Meaning, Option<Place>)>);

/// Variants with their enum as far as it is known.
#[derive(Default)]
pub(super) struct Variants(Vec<(Option<Name>, Name, Message)>);

/// The type that a function belongs to.
pub(super) fn owner(function: &Function) -> Option<Name> {
    match function.owner.as_ref().map(|o| &o.self_ty) {
        Some(TypeRef::Path { name, .. }) => Some(*name),
        _ => None,
    }
}

/// What a field is called from now on.
#[derive(Default)]
struct NewField {
    /// By owner.
    of: FxHashMap<Name, Name>,
    /// Wherever it is used, if it has but one meaning.
    everywhere: Option<Name>,
}

impl Fields {
    pub(super) fn add(&mut self, owner: Name, field: Name, meaning: &'static Meaning) {
        self.0.push((owner, field, meaning));
    }

    /// Renames the fields.
    pub(super) fn rename(
        self,
        files: &mut [Option<FileIr>],
        index: &Index,
        names: &mut Names,
        said: &mut Said,
    ) {
        let mut all: FxHashMap<Name, NewField> = FxHashMap::default();
        for (owner, field, meaning) in self.0 {
            let new = names.mean(field, meaning.name, Some(meaning));
            all.entry(field).or_default().of.insert(owner, new);
        }
        for (field, new) in &mut all {
            let owners = index.owners(*field);
            let first = owners.first().and_then(|owner| new.of.get(owner)).copied();
            new.everywhere =
                first.filter(|_| owners.iter().all(|o| new.of.get(o).copied() == first));
            if new.everywhere.is_none() {
                said.of_types.insert(*field, new.of.iter().map(|(of, new)| (*of, *new)).collect());
            }
        }
        if all.is_empty() {
            return;
        }
        for ir in files.iter_mut().flatten() {
            rename_fields(ir, &all, names);
        }
    }
}

fn rename_fields(ir: &mut FileIr, all: &FxHashMap<Name, NewField>, names: &Names) {
    let variants = ir.enums.iter_mut().flat_map(|def| def.variants.iter_mut());
    for def in ir.structs.iter_mut().chain(variants) {
        for field in &mut def.fields {
            let new = all.get(&field.name).and_then(|new| new.of.get(&def.name));
            field.name = new.copied().unwrap_or(field.name);
        }
    }
    for function in &mut ir.functions {
        rename_uses(function, all, names);
    }
}

fn rename_uses(function: &mut Function, all: &FxHashMap<Name, NewField>, names: &Names) {
    let owner = owner(function);
    let new_name = |field: Name, of: Option<Name>| {
        let new = all.get(&field)?;
        of.and_then(|of| new.of.get(&of)).copied().or(new.everywhere)
    };
    let of_path = |path: &[Name]| {
        path.last().and_then(|last| if names.text(*last) == "Self" { owner } else { Some(*last) })
    };
    let body = &mut function.body;
    let is_self = |expr: &Expr| match &expr.kind {
        ExprKind::Path(path) => matches!(path[..], [name] if names.text(name) == "self"),
        _ => false,
    };
    let selves: Vec<bool> = body.exprs.iter().map(is_self).collect();
    for expr in &mut body.exprs {
        match &mut expr.kind {
            ExprKind::Field(base, name) => {
                let of = if selves[base.0 as usize] { owner } else { None };
                *name = new_name(*name, of).unwrap_or(*name);
            }
            ExprKind::Struct { path, fields, .. } => {
                let of = of_path(path);
                for (name, _) in fields.iter_mut() {
                    *name = new_name(*name, of).unwrap_or(*name);
                }
            }
            _ => {}
        }
    }
    for pat in &mut body.pats {
        if let Pat::Struct { path, fields, .. } = pat {
            let of = of_path(path);
            for (name, _) in fields.iter_mut() {
                *name = new_name(*name, of).unwrap_or(*name);
            }
        }
    }
}

impl Functions {
    pub(super) fn add(&mut self, name: Place, meaning: &'static Meaning, comment: Option<Place>) {
        self.0.push((name, meaning, comment));
    }

    /// Renames the functions and all calls of them.
    pub(super) fn rename(
        self,
        files: &mut [Option<FileIr>],
        index: &Index,
        names: &mut Names,
        said: &mut Said,
    ) {
        let spoken: FxHashMap<Place, &'static Meaning> =
            self.0.iter().map(|(at, meaning, _)| (*at, *meaning)).collect();
        let mut new: FxHashMap<Name, Name> = FxHashMap::default();
        for (at, meaning, comment) in &self.0 {
            let mut fault = |why: String| said.faults.extend(comment.map(|at| (at, why)));
            let Some(function) = index.function_at(*at) else {
                fault("this function is left out of the analysis: it is test code".to_owned());
                continue;
            };
            let other = index.functions(function.name).iter().find(|other| {
                let same_trait = function.of_trait.is_some() && other.of_trait == function.of_trait;
                !same_trait && spoken.get(&other.at) != Some(meaning)
            });
            if let Some(other) = other {
                let name = names.text(function.name);
                let owner = other.owner.map(|owner| format!("{}::", names.text(owner)));
                fault(format!(
                    "`{}{name}` has the same name, and calls can't be told apart: give the role to \
                     the value where it is used, or the function a name of its own",
                    owner.unwrap_or_default()
                ));
                continue;
            }
            new.insert(function.name, names.mean(function.name, meaning.name, Some(meaning)));
        }
        if !new.is_empty() {
            files.iter_mut().flatten().for_each(|ir| rename_calls(ir, &new));
        }
    }
}

fn rename_calls(ir: &mut FileIr, new: &FxHashMap<Name, Name>) {
    let rename = |name: &mut Name| *name = new.get(name).copied().unwrap_or(*name);
    for function in &mut ir.functions {
        rename(&mut function.name);
        let callee = |expr: &Expr| match &expr.kind {
            ExprKind::Call { callee, .. } => Some(callee.0 as usize),
            _ => None,
        };
        let callees: Vec<usize> = function.body.exprs.iter().filter_map(callee).collect();
        for callee in callees {
            if let ExprKind::Path(path) = &mut function.body.exprs[callee].kind {
                path.last_mut().into_iter().for_each(rename);
            }
        }
        for expr in &mut function.body.exprs {
            if let ExprKind::MethodCall { method, .. } = &mut expr.kind {
                rename(method);
            }
        }
    }
}

/// What a variant is called from now on.
struct NewVariant {
    new: Name,
    /// Its enum, and what stands in front of it where it was spoken of.
    of: [Option<Name>; 2],
    /// Whether no other enum has a variant of its name.
    is_only: bool,
}

impl Variants {
    pub(super) fn add(&mut self, of: Option<Name>, variant: Name, message: Message) {
        self.0.push((of, variant, message));
    }

    /// Renames the variants in their enums and in all paths to them.
    pub(super) fn rename(self, files: &mut [Option<FileIr>], index: &Index, names: &mut Names) {
        let mut all: FxHashMap<Name, Vec<NewVariant>> = FxHashMap::default();
        for (written, variant, message) in self.0 {
            let enums: &BTreeSet<Name> = index.enums(variant);
            let of = match (written, enums.len()) {
                (Some(written), _) if enums.contains(&written) => Some(written),
                (_, 1) => enums.first().copied(),
                _ => written,
            };
            let new = names.mean(variant, message.variant_name(), None);
            let is_only = enums.len() <= 1;
            all.entry(variant).or_default().push(NewVariant { new, of: [of, written], is_only });
        }
        if all.is_empty() {
            return;
        }
        for ir in files.iter_mut().flatten() {
            rename_variants(ir, &all, names);
        }
    }
}

fn rename_variants(ir: &mut FileIr, all: &FxHashMap<Name, Vec<NewVariant>>, names: &Names) {
    for def in &mut ir.enums {
        for variant in &mut def.variants {
            let mut new = all.get(&variant.name).into_iter().flatten();
            let new = new.find(|new| new.of[0] == Some(def.name));
            variant.name = new.map_or(variant.name, |new| new.new);
        }
    }
    let rename = |path: &mut [Name]| {
        let Some((last, qualifiers)) = path.split_last_mut() else { return };
        let mut new = all.get(last).into_iter().flatten();
        let fits = |new: &&NewVariant| match qualifiers.last() {
            Some(q) => new.of.contains(&Some(*q)) || names.text(*q) == "Self",
            None => new.is_only,
        };
        *last = new.find(fits).map_or(*last, |new| new.new);
    };
    for function in &mut ir.functions {
        for expr in &mut function.body.exprs {
            if let ExprKind::Path(path) | ExprKind::Struct { path, .. } = &mut expr.kind {
                rename(path);
            }
        }
        for pat in &mut function.body.pats {
            if let Pat::TupleStruct { path, .. }
            | Pat::Struct { path, .. }
            | Pat::Path { path, .. } = pat
            {
                rename(path);
            }
        }
    }
}
