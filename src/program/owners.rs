//! Functions by their name and what they belong to: programs may have thousands of one name.
//!
//! Takes the program's functions; gives those of a type or trait, in their order. Whoever asks has told already that
//! the function's name was asked for.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{FnId, Program};
use crate::ir::Name;

/// See the module.
#[derive(Default)]
pub(super) struct Owners {
    /// By the function's name and the type of its `impl`.
    of_type: FxHashMap<(Name, Name), Vec<FnId>>,
    /// By the function's name and the trait, in the trait or in an `impl` of it.
    of_trait: FxHashMap<(Name, Name), Vec<FnId>>,
    /// By the function's name and its module: those that belong to nothing else.
    of_module: FxHashMap<(Name, Name), Vec<FnId>>,
    /// By the function's name: those that traits themselves define.
    in_traits: FxHashMap<Name, Vec<FnId>>,
    /// Traits with the types that implement them.
    implemented: FxHashSet<(Name, Name)>,
}

fn of<K: std::hash::Hash + Eq>(map: &FxHashMap<K, Vec<FnId>>, key: K) -> &[FnId] {
    map.get(&key).map_or(&[], Vec::as_slice)
}

impl Owners {
    pub(super) fn of(program: &Program) -> Self {
        let mut owners = Owners::default();
        for id in program.ids() {
            let function = program.function(id);
            let Some(owner) = &function.owner else {
                let module = program.module_of(id).and_then(|module| program.names.find(module));
                if let Some(module) = module {
                    owners.of_module.entry((function.name, module)).or_default().push(id);
                }
                continue;
            };
            if let Some(head) = owner.self_ty.head() {
                owners.of_type.entry((function.name, head)).or_default().push(id);
            }
            if let Some(name) = owner.trait_name {
                owners.of_trait.entry((function.name, name)).or_default().push(id);
            }
            if owner.is_trait {
                owners.in_traits.entry(function.name).or_default().push(id);
            }
        }
        for ir in program.files.iter().flatten() {
            let named = |o: &crate::ir::Owner| Some((o.trait_name?, o.self_ty.head()?));
            owners.implemented.extend(ir.impls.iter().filter_map(named));
        }
        owners
    }

    pub(super) fn of_type(&self, function: Name, ty: Name) -> &[FnId] {
        of(&self.of_type, (function, ty))
    }

    pub(super) fn of_trait(&self, function: Name, name: Name) -> &[FnId] {
        of(&self.of_trait, (function, name))
    }

    pub(super) fn of_module(&self, function: Name, module: Name) -> &[FnId] {
        of(&self.of_module, (function, module))
    }

    pub(super) fn in_traits(&self, function: Name) -> &[FnId] {
        of(&self.in_traits, function)
    }

    pub(super) fn implements(&self, ty: Name, name: Name) -> bool {
        self.implemented.contains(&(name, ty))
    }
}
