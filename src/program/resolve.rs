//! Which bodies a call may run: by receiver type, by trait (all implementations), then by a name
//! that only one function has.

use super::{FnId, PackageId, Program};
use crate::ir::{Function, Name, TypeRef};

/// More candidates than this are a dynamic call.
const MAX_TARGETS: usize = 6;

/// The same for free functions.
const MAX_FREE: usize = 2;

/// Methods of the standard library that are never resolved by their name alone.
const STD_METHODS: &[&str] = &[
    "get",
    "get_mut",
    "push",
    "pop",
    "insert",
    "remove",
    "len",
    "is_empty",
    "iter",
    "iter_mut",
    "map",
    "clone",
    "last",
    "first",
    "extend",
    "append",
    "truncate",
    "drain",
    "clear",
    "contains",
    "take",
    "replace",
    "send",
    "recv",
    "lock",
    "read",
    "write",
    "unwrap",
    "expect",
    "into",
    "from",
    "new",
    "default",
    "next",
    "min",
    "max",
    "cmp",
    "eq",
    "ne",
    "push_back",
    "push_front",
    "pop_front",
    "pop_back",
    "split_off",
    "splice",
    "retain",
    "entry",
    "keys",
    "values",
    "load",
    "store",
    "swap",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "filter",
    "find",
    "any",
    "all",
    "count",
    "sum",
    "fold",
    "poll",
    "as_ref",
    "as_mut",
    "deref",
    "borrow",
    "borrow_mut",
    "fmt",
    "start",
    "run",
    "stop",
    "flush",
    "sort",
    "dedup",
    "position",
    "skip",
    "to_string",
    "as_str",
    "reset",
    "set",
    "await",
    "try_into",
    "try_from",
    "then",
    "ok",
    "err",
    "wait",
    "join",
    "spawn",
    "add",
    "sub",
    "index",
    "data",
    "to_vec",
    "name",
    "id",
    "close",
    "commit",
    "drop",
    "with",
];

/// What is known about a receiver.
#[derive(Clone, Copy)]
pub enum Receiver<'a> {
    /// Its type.
    Typed(&'a TypeRef),
    /// Nothing.
    Unknown,
}

impl Program {
    /// The bodies a method call may run; empty if that is not known.
    pub fn resolve_method(
        &self,
        receiver: Receiver<'_>,
        method: Name,
        arity: usize,
        caller: &Function,
        from: PackageId,
    ) -> Vec<FnId> {
        let Some(all) = self.by_name.get(&method) else { return Vec::new() };
        let fits = |id: &FnId| {
            let f = self.function(*id);
            f.has_self && f.params.len() == arity
        };
        match receiver {
            Receiver::Typed(ty) => {
                let found = self.methods_of(ty, method, &fits, caller, from, 0);
                if !found.is_empty() || self.is_foreign(ty, from) {
                    return found;
                }
                self.by_unique_name(method, all, &fits, from)
            }
            Receiver::Unknown => self.by_unique_name(method, all, &fits, from),
        }
    }

    /// Whether a type is known and none of the program's own, so that names prove nothing.
    fn is_foreign(&self, ty: &TypeRef, from: PackageId) -> bool {
        match ty {
            TypeRef::Path { name, qualifier, args } => {
                let container = matches!(
                    self.text(*name),
                    "Vec"
                        | "VecDeque"
                        | "HashMap"
                        | "BTreeMap"
                        | "HashSet"
                        | "BTreeSet"
                        | "String"
                        | "u64"
                        | "u32"
                        | "usize"
                        | "i64"
                        | "i32"
                        | "bool"
                        | "u8"
                        | "u128"
                        | "Instant"
                        | "Duration"
                        | "AtomicU64"
                        | "AtomicBool"
                        | "AtomicUsize"
                );
                let generic = qualifier.is_some() || args.is_empty();
                container
                    || (!generic
                        && self.struct_def(*name, from).is_none()
                        && self.enum_def(*name, from).is_none()
                        && !self.implementers.contains_key(name))
            }
            TypeRef::Slice(_) | TypeRef::Tuple(_) => true,
            _ => false,
        }
    }

    fn methods_of(
        &self,
        ty: &TypeRef,
        method: Name,
        fits: &dyn Fn(&FnId) -> bool,
        caller: &Function,
        from: PackageId,
        depth: usize,
    ) -> Vec<FnId> {
        if depth > 4 {
            return Vec::new();
        }
        let traits = match ty {
            TypeRef::Bounds(bounds) => bounds.to_vec(),
            TypeRef::Path { name, .. } => {
                let bounds = caller.generics.iter().filter(|g| g.name == *name);
                bounds.flat_map(|g| g.bounds.iter().cloned()).collect()
            }
            _ => Vec::new(),
        };
        if !traits.is_empty() {
            return self.trait_methods(&traits, method, fits);
        }
        let TypeRef::Path { name, args, .. } = ty else { return Vec::new() };
        let of_type = self.owners.of_type(method, *name);
        let mut own: Vec<FnId> = self.near(of_type, from, fits).collect();
        // Inherent impls told apart by their type argument: `Node<Follower>`.
        prefer(&mut own, |id| {
            let owner = self.function(id).owner.as_ref();
            owner.is_some_and(|o| !args.is_empty() && same_args(&o.self_ty, args))
        });
        own.retain(|id| self.function(*id).root.is_some());
        if own.is_empty() {
            // A trait's name used as a type, or a default method of an implemented trait.
            let as_trait = [ty.clone()];
            own = self.trait_methods(&as_trait, method, fits);
        }
        if own.is_empty() {
            let is_inherited = |id: &FnId| {
                let f = self.function(*id);
                let of_trait = f.owner.as_ref().and_then(|owner| owner.trait_name);
                let implements = |t: Name| {
                    self.implementers.contains_key(&t) && self.owners.implements(*name, t)
                };
                fits(id) && f.root.is_some() && of_trait.is_some_and(implements)
            };
            let inherited = self.owners.in_traits(method).iter().copied().filter(is_inherited);
            own = inherited.take(MAX_TARGETS + 1).collect();
        }
        if own.is_empty()
            && let Some(target) = self.deref_target(*name, args, from)
        {
            own = self.methods_of(&target, method, fits, caller, from, depth + 1);
        }
        if own.len() > MAX_TARGETS { Vec::new() } else { own }
    }

    fn trait_methods(
        &self,
        traits: &[TypeRef],
        method: Name,
        fits: &dyn Fn(&FnId) -> bool,
    ) -> Vec<FnId> {
        // Mocks stand beside real implementations.
        let is_real = |id: FnId| {
            let owner = self.function(id).owner.as_ref();
            let TypeRef::Path { name, .. } = &owner.expect("a trait method has an owner").self_ty
            else {
                return true;
            };
            let text = self.text(*name);
            !text.contains("Mock") && !text.contains("Dummy") && !text.contains("Test")
        };
        let mut named: Vec<Name> = traits.iter().filter_map(TypeRef::head).collect();
        named.sort_unstable();
        named.dedup();
        let of_traits = named.into_iter().flat_map(|name| self.owners.of_trait(method, name));
        let mut found: Vec<FnId> = Vec::new();
        let mut real = 0;
        for &id in of_traits.filter(|id| fits(id) && self.function(**id).root.is_some()) {
            // Of the many that may have the name, no more are looked at than it takes.
            real += usize::from(is_real(id));
            if real > MAX_TARGETS {
                return Vec::new();
            }
            found.push(id);
        }
        found.sort_unstable();
        prefer(&mut found, is_real);
        if found.len() > MAX_TARGETS { Vec::new() } else { found }
    }

    fn by_unique_name(
        &self,
        method: Name,
        all: &[FnId],
        fits: &dyn Fn(&FnId) -> bool,
        from: PackageId,
    ) -> Vec<FnId> {
        if STD_METHODS.contains(&self.text(method)) {
            return Vec::new();
        }
        let has_body = |id: &FnId| self.function(*id).root.is_some();
        // Of the many that may have the name, no more are looked at than it takes.
        let found: Vec<FnId> =
            self.near(all, from, fits).filter(has_body).take(MAX_TARGETS + 1).collect();
        let one_trait = found.split_first().is_some_and(|(first, rest)| {
            let trait_of = |id: &FnId| self.function(*id).owner.as_ref().and_then(|o| o.trait_name);
            trait_of(first).is_some() && rest.iter().all(|id| trait_of(id) == trait_of(first))
        });
        if found.len() == 1 || (one_trait && found.len() <= MAX_TARGETS) {
            found
        } else {
            Vec::new()
        }
    }

    /// The bodies a path call may run: a free function, or `Type::function`.
    pub fn resolve_path(
        &self,
        path: &[Name],
        arity: usize,
        caller: &Function,
        from: PackageId,
    ) -> Vec<FnId> {
        let Some((&name, qualifiers)) = path.split_last() else { return Vec::new() };
        let Some(all) = self.by_name.get(&name) else { return Vec::new() };
        let arity_fits = |f: &Function| f.params.len() + usize::from(f.has_self) == arity;
        let qualifier = qualifiers.last().copied();
        let owner_ty = match (qualifier, &caller.owner) {
            (Some(q), Some(owner)) if Some(q) == self.known.self_type => Some(&owner.self_ty),
            _ => None,
        };
        if let Some(TypeRef::Path { name: ty, args, .. }) = owner_ty {
            let mut found = self.owned_by(*ty, name, from, &arity_fits);
            prefer(&mut found, |id| {
                let owner = self.function(id).owner.as_ref();
                owner.is_some_and(|o| same_args(&o.self_ty, args))
            });
            return found.into_iter().take(MAX_TARGETS).collect();
        }
        if let Some(q) = qualifier {
            let found = self.owned_by(q, name, from, &arity_fits);
            if !found.is_empty() {
                return found.into_iter().take(MAX_TARGETS).collect();
            }
            if self.struct_def(q, from).is_some() || self.enum_def(q, from).is_some() {
                return Vec::new();
            }
        }
        let is_free = |id: &FnId| {
            let f = self.function(*id);
            f.owner.is_none() && f.root.is_some() && arity_fits(f)
        };
        if let Some(module) = qualifier {
            // `follower::start`: the module is a file of that name.
            let of_module = self.owners.of_module(name, module);
            let near = self.in_package(of_module, from, |id| *id).copied();
            let near: Vec<FnId> = near.filter(is_free).take(MAX_FREE + 1).collect();
            if !near.is_empty() {
                return if near.len() > MAX_FREE { Vec::new() } else { near };
            }
        }
        let mut found: Vec<FnId> = self.near(all, from, &is_free).collect();
        if qualifier.is_none() {
            prefer(&mut found, |id| self.function(id).file == caller.file);
            prefer(&mut found, |id| self.function(id).module == caller.module);
        } else {
            prefer(&mut found, |id| self.in_module(id, qualifier));
        }
        if found.len() > MAX_FREE { Vec::new() } else { found }
    }

    fn in_module(&self, id: FnId, module: Option<Name>) -> bool {
        module.is_some_and(|m| self.module_of(id) == Some(self.text(m)))
    }

    /// The innermost module that a function stands in.
    pub(super) fn module_of(&self, id: FnId) -> Option<&str> {
        if let Some(module) = self.function(id).module {
            return Some(self.text(module));
        }
        self.modules.get(self.functions[id.0 as usize].0 as usize).map(String::as_str)
    }

    /// Those of a package, of a list in their order, that pass; or all that do, if it has none.
    fn near<'l>(
        &'l self,
        all: &'l [FnId],
        from: PackageId,
        test: &'l dyn Fn(&FnId) -> bool,
    ) -> impl Iterator<Item = FnId> + 'l {
        self.near_first(all, from, |id| *id, move |id| test(id)).copied()
    }

    fn owned_by(
        &self,
        ty: Name,
        function: Name,
        from: PackageId,
        arity_fits: &dyn Fn(&Function) -> bool,
    ) -> Vec<FnId> {
        let fits = |id: &FnId| {
            let f = self.function(*id);
            f.root.is_some() && arity_fits(f)
        };
        let lists = [self.owners.of_type(function, ty), self.owners.of_trait(function, ty)];
        let near = lists.iter().flat_map(|all| self.in_package(all, from, |id| *id));
        let mut found: Vec<FnId> = near.copied().filter(fits).collect();
        if found.is_empty() {
            found = lists.into_iter().flatten().copied().filter(fits).collect();
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn same_args(ty: &TypeRef, wanted: &[TypeRef]) -> bool {
    matches!(ty, TypeRef::Path { args, .. } if args.iter().zip(wanted).all(|(a, b)| a == b))
}

/// Keeps only the candidates that pass, if any does.
fn prefer(found: &mut Vec<FnId>, test: impl Fn(FnId) -> bool) {
    if found.iter().any(|id| test(*id)) {
        found.retain(|id| test(*id));
    }
}
