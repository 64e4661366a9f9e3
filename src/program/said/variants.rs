//! Variants that carry a message: a name of its own in the enum and in all paths to it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::index::{Index, Type};
use super::owner;
use crate::ir::{ExprKind, FileIr, Name, Pat};
use crate::names::Names;
use crate::program::PackageId;
use crate::protocol::Message;

/// What is said of variants, with their enums.
#[derive(Default)]
pub(super) struct Variants(FxHashMap<Name, Vec<(Type, Message)>>);

impl Variants {
    /// Takes the message of a variant. `of` is what stands in front of it in a path.
    pub(super) fn add(
        &mut self,
        package: PackageId,
        of: Option<Name>,
        variant: Name,
        message: Message,
        index: &Index,
    ) -> Result<(), String> {
        let fits = |(_, name): &&Type| of.is_none_or(|of| *name == of);
        let here = |(p, _): &&Type| *p == package;
        let named: Vec<&Type> = index.enums(variant).iter().filter(fits).collect();
        let own: Vec<&Type> = named.iter().copied().filter(|t| here(t)).collect();
        let of = match (&own[..], &named[..]) {
            ([one], _) | ([], [one]) => **one,
            ([], []) => {
                return Err(
                    "what this pattern names is no variant of an enum of this workspace: say \
                            what is received on the function that takes it apart"
                        .to_owned(),
                );
            }
            _ => {
                return Err(
                    "several enums have such a variant: name its enum in the pattern".to_owned()
                );
            }
        };
        let all = self.0.entry(variant).or_default();
        match all.iter().find(|(known, _)| *known == of) {
            Some((_, known)) if *known != message => {
                return Err(super::two("messages", known.id(), message.id()));
            }
            Some(_) => {}
            None => all.push((of, message)),
        }
        Ok(())
    }

    /// Renames the variants in their enums and in all paths to them.
    pub(super) fn rename(
        self,
        files: &mut [Option<Arc<FileIr>>],
        packages: &[PackageId],
        index: &Index,
        names: &mut Names,
    ) {
        if self.0.is_empty() {
            return;
        }
        let mut all: FxHashMap<Name, Vec<(Type, Name)>> = FxHashMap::default();
        for (variant, said) in self.0 {
            let new = said
                .into_iter()
                .map(|(of, message)| (of, names.mean(variant, message.variant_name(), None)));
            all.insert(variant, new.collect());
        }
        super::each_file(files, packages, |ir, package| {
            Renaming { all: &all, package, index, names }.file(ir);
        });
    }
}

/// The renaming of one file.
struct Renaming<'r> {
    all: &'r FxHashMap<Name, Vec<(Type, Name)>>,
    package: PackageId,
    index: &'r Index,
    names: &'r Names,
}

impl Renaming<'_> {
    fn file(&self, ir: &mut FileIr) {
        for def in &mut ir.enums {
            let of = (self.package, def.name);
            for variant in &mut def.variants {
                variant.name = self.renamed(variant.name, |known| *known == of);
            }
        }
        for function in &mut ir.functions {
            let owner = owner(function);
            for expr in &mut function.body.exprs {
                if let ExprKind::Path(path) | ExprKind::Struct { path, .. } = &mut expr.kind {
                    self.path(path, owner);
                }
            }
            for pat in &mut function.body.pats {
                if let Pat::TupleStruct { path, .. }
                | Pat::Struct { path, .. }
                | Pat::Path { path, .. } = pat
                {
                    self.path(path, owner);
                }
            }
        }
    }

    fn renamed(&self, variant: Name, fits: impl Fn(&Type) -> bool) -> Name {
        let mut known = self.all.get(&variant).into_iter().flatten();
        known.find(|(of, _)| fits(of)).map_or(variant, |(_, new)| *new)
    }

    fn path(&self, path: &mut [Name], owner: Option<Name>) {
        let Some((last, qualifiers)) = path.split_last_mut() else { return };
        if !self.all.contains_key(last) {
            return;
        }
        let qualifier = match qualifiers.last().copied() {
            Some(name) if self.names.text(name) == "Self" => {
                let Some(owner) = owner else { return };
                Some(owner)
            }
            other => other,
        };
        // With or without a qualifier (`use Message::*`): the enum of this package, or the only one.
        let named = |(_, name): &&Type| qualifier.is_none_or(|of| *name == of);
        let enums = self.index.enums(*last).iter().filter(named);
        let (own, others): (Vec<Type>, Vec<Type>) =
            enums.copied().partition(|(package, _)| *package == self.package);
        let meant = match (&own[..], &others[..]) {
            ([one], _) | ([], [one]) => *one,
            _ => return,
        };
        *last = self.renamed(*last, |known| *known == meant);
    }
}
