//! Variants that carry a message: a name of its own in the enum and in all paths to it.

use rustc_hash::FxHashMap;

use super::index::{Index, Type};
use super::owner;
use crate::ir::{ExprKind, FileIr, Name, Pat};
use crate::names::Names;
use crate::program::PackageId;
use crate::protocol::Message;

/// The enum that a variant belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Of {
    /// One of the program's.
    Own(Type),
    /// One of another crate, as it is named in a package: generated code, say.
    Foreign(PackageId, Name),
}

/// What is said of variants.
#[derive(Default)]
pub(super) struct Variants(FxHashMap<Name, Vec<(Of, Message)>>);

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
        let enums = index.enums(variant);
        let own = |of: Name| {
            let named = || enums.iter().filter(|(_, name)| *name == of);
            named().find(|(p, _)| *p == package).or_else(|| named().next()).copied()
        };
        let here = || enums.iter().filter(|(p, _)| *p == package);
        let of = match (of, of.and_then(own)) {
            (_, Some(own)) => Of::Own(own),
            (None, None) if here().count() == 1 => Of::Own(*here().next().expect("one")),
            (None, None) if enums.len() == 1 => Of::Own(*enums.first().expect("one")),
            (None, None) if enums.is_empty() => {
                return Err(
                    "what this pattern names is no variant of an enum of this workspace".to_owned()
                );
            }
            (None, None) => {
                return Err(
                    "several enums have such a variant: name its enum in the pattern".to_owned()
                );
            }
            (Some(of), None) => Of::Foreign(package, of),
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
        files: &mut [Option<FileIr>],
        packages: &[PackageId],
        index: &Index,
        names: &mut Names,
    ) {
        if self.0.is_empty() {
            return;
        }
        let mut all: FxHashMap<Name, Vec<(Of, Name)>> = FxHashMap::default();
        for (variant, said) in self.0 {
            let new = said
                .into_iter()
                .map(|(of, message)| (of, names.mean(variant, message.variant_name(), None)));
            all.insert(variant, new.collect());
        }
        for (ir, &package) in files.iter_mut().zip(packages) {
            if let Some(ir) = ir {
                Renaming { all: &all, package, index, names }.file(ir);
            }
        }
    }
}

/// The renaming of one file.
struct Renaming<'r> {
    all: &'r FxHashMap<Name, Vec<(Of, Name)>>,
    package: PackageId,
    index: &'r Index,
    names: &'r Names,
}

impl Renaming<'_> {
    fn file(&self, ir: &mut FileIr) {
        for def in &mut ir.enums {
            let of = Of::Own((self.package, def.name));
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

    fn renamed(&self, variant: Name, fits: impl Fn(&Of) -> bool) -> Name {
        let mut known = self.all.get(&variant).into_iter().flatten();
        known.find(|(of, _)| fits(of)).map_or(variant, |(_, new)| *new)
    }

    fn path(&self, path: &mut [Name], owner: Option<Name>) {
        let Some((last, qualifiers)) = path.split_last_mut() else { return };
        if !self.all.contains_key(last) {
            return;
        }
        let qualifier = qualifiers.last().copied();
        let qualifier = match qualifier {
            Some(name) if self.names.text(name) == "Self" => owner,
            other => other,
        };
        *last = match qualifier {
            Some(of) => {
                let enums = self.index.enums(*last);
                let here = enums.contains(&(self.package, of));
                self.renamed(*last, |known| match known {
                    Of::Own((package, name)) => *name == of && (*package == self.package || !here),
                    Of::Foreign(package, name) => *name == of && *package == self.package,
                })
            }
            // `use Message::*`: where only one enum of the package can be meant.
            None if qualifiers.is_empty() => {
                let enums = self.index.enums(*last);
                let only = enums.iter().filter(|(p, _)| *p == self.package).count() == 1;
                self.renamed(*last, |known| match known {
                    Of::Own((package, _)) => only && *package == self.package,
                    Of::Foreign(..) => false,
                })
            }
            None => *last,
        };
    }
}
