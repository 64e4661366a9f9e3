//! Types of fields, payloads and elements, seen through the usual wrappers.

use super::{PackageId, Program};
use crate::ir::read::asks_structs;
use crate::ir::{Function, Name, StructDef, TypeRef};

/// Wrappers that a field access or method call looks through.
const TRANSPARENT: &[&str] = &[
    "Arc",
    "Rc",
    "Box",
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "Option",
    "Result",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "OwnedMutexGuard",
    "Ref",
    "RefMut",
    "Cow",
    "Pin",
    "Request",
    "Response",
    "OnceCell",
    "CachePadded",
    "AssertUnwindSafe",
    "Weak",
    "ManuallyDrop",
    "Wrapping",
    "Reverse",
    "Watch",
    "Sender",
    "Receiver",
];

/// Containers whose elements are what indexing, `get`, `last` and iteration give.
const CONTAINERS: &[&str] =
    &["Vec", "VecDeque", "LinkedList", "SmallVec", "ArrayVec", "HashSet", "BTreeSet", "Iter"];

/// Maps: the second argument is the element.
const MAPS: &[&str] = &["HashMap", "BTreeMap", "IndexMap", "DashMap", "SkipMap"];

/// Aliases and wrappers in each other that a type is looked for behind.
const MAX_ALIASES: usize = 250;

/// Types that deref to each other, in which a field is looked for.
const MAX_DEREFS: u32 = 8;

impl Program {
    /// The type behind wrappers and aliases.
    pub fn peel(&self, ty: &TypeRef, from: PackageId) -> TypeRef {
        let mut ty = ty.clone();
        for _ in 0..MAX_ALIASES {
            let TypeRef::Path { name, args, qualifier } = &ty else { break };
            let text = self.text(*name);
            if TRANSPARENT.contains(&text)
                && !self.structs.contains_key(name)
                && let Some(inner) = args.first()
            {
                ty = inner.clone();
            } else if let Some(target) = self.alias(*name, *qualifier, from)
                && target != ty
            {
                ty = target;
            } else if let [TypeRef::Path { name: inner, .. }] = &**args
                && self.struct_def(*inner, from).is_some()
                && !self.is_own_type(*name)
                && !CONTAINERS.contains(&text)
            {
                // A wrapper from a library that is not here, such as `Valid<State>`.
                ty = args[0].clone();
            } else {
                break;
            }
        }
        ty
    }

    /// The structs of a package.
    pub fn structs_of(&self, package: PackageId) -> impl Iterator<Item = &StructDef> {
        asks_structs();
        let slots = self.package_runs.files(package).iter().cloned().flatten();
        let files = slots.filter_map(|slot| self.files[slot as usize].as_ref());
        files.flat_map(|file| &file.structs)
    }

    /// Whether the program declares a type of this name.
    pub fn is_own_type(&self, name: Name) -> bool {
        self.structs.contains_key(&name)
            || self.enums.contains_key(&name)
            || self.aliases.contains_key(&name)
            || self.implementers.contains_key(&name)
    }

    /// What an alias stands for. Associated types (`Self::Entry`) are found by their name alone,
    /// if it is unique.
    fn alias(&self, name: Name, qualifier: Option<Name>, from: PackageId) -> Option<TypeRef> {
        if self.structs.contains_key(&name) || self.enums.contains_key(&name) {
            return None;
        }
        let all = self.aliases.get(&name)?;
        let def =
            |l: &super::Located| self.files[l.file as usize].as_ref()?.aliases.get(l.item as usize);
        let mut fitting = self.located_in(all, from, |l| *l).filter_map(def);
        let first = fitting.next().or_else(|| all.first().and_then(def))?;
        // An associated type is what its one implementation says, if that is a type of the program
        // (and no generated mock).
        let own = matches!(&first.target, TypeRef::Path { name, .. } if self.is_own_type(*name));
        if first.owner.is_some() && (all.len() > 1 || qualifier.is_none() || !own) {
            return None;
        }
        Some(first.target.clone())
    }

    /// The type of a field, peeled.
    pub fn field_type(&self, base: &TypeRef, field: Name, from: PackageId) -> Option<TypeRef> {
        self.field_type_behind(base, field, from, MAX_DEREFS)
    }

    fn field_type_behind(
        &self,
        base: &TypeRef,
        field: Name,
        from: PackageId,
        derefs: u32,
    ) -> Option<TypeRef> {
        match base {
            TypeRef::Path { name, args, .. } => {
                let Some(def) = self.struct_def(*name, from) else {
                    return match (self.text(*name), self.text(field)) {
                        ("Some" | "Ok", "0") => args.first().cloned(),
                        _ => None,
                    };
                };
                match def.fields.iter().find(|f| f.name == field) {
                    Some(f) => Some(self.peel(&f.ty, from)),
                    None => {
                        let less = derefs.checked_sub(1)?;
                        let target = self.deref_target(*name, args, from)?;
                        self.field_type_behind(&target, field, from, less)
                    }
                }
            }
            TypeRef::Tuple(elems) => {
                let index: usize = self.text(field).parse().ok()?;
                Some(self.peel(elems.get(index)?, from))
            }
            _ => None,
        }
    }

    /// `Deref::Target` of a type, peeled.
    /// `type Target = T;` of a generic wrapper is its first type argument.
    pub fn deref_target(&self, of: Name, args: &[TypeRef], from: PackageId) -> Option<TypeRef> {
        let all = self.aliases.get(&self.known.target?)?;
        all.iter().find_map(|l| {
            let def = self.files[l.file as usize].as_ref()?.aliases.get(l.item as usize)?;
            let owner = def.owner.as_ref()?;
            let TypeRef::Path { name, .. } = &owner.self_ty else { return None };
            if *name != of || owner.trait_name != self.known.deref {
                return None;
            }
            let target = self.peel(&def.target, from);
            let parameter = match &target {
                TypeRef::Path { name, qualifier: None, args } => {
                    args.is_empty()
                        && self.struct_def(*name, from).is_none()
                        && self.enum_def(*name, from).is_none()
                }
                _ => false,
            };
            match (parameter, args.first()) {
                (true, Some(argument)) => Some(self.peel(argument, from)),
                _ => Some(target),
            }
        })
    }

    /// The type of an element of a container, peeled.
    pub fn element_type(&self, ty: &TypeRef, from: PackageId) -> Option<TypeRef> {
        match ty {
            TypeRef::Slice(elem) => Some(self.peel(elem, from)),
            TypeRef::Path { name, args, .. } => {
                let text = self.text(*name);
                if MAPS.contains(&text) {
                    args.get(1).map(|t| self.peel(t, from))
                } else if CONTAINERS.contains(&text) || TRANSPARENT.contains(&text) {
                    args.first().map(|t| self.peel(t, from))
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// The type of a variant's payload, peeled.
    pub fn payload_type(
        &self,
        of: Option<Name>,
        variant: Name,
        field: Name,
        from: PackageId,
    ) -> Option<TypeRef> {
        let (_, def) = self.variant_def(of, variant, from)?;
        let field = def.fields.iter().find(|f| f.name == field)?;
        Some(self.peel(&field.ty, from))
    }

    /// A declared type as seen inside a function: `Self` is its owner.
    pub fn declared(&self, ty: &TypeRef, function: &Function, from: PackageId) -> TypeRef {
        let peeled = self.peel(ty, from);
        match (&peeled, &function.owner) {
            (TypeRef::Path { name, qualifier: None, .. }, Some(owner))
                if Some(*name) == self.known.self_type =>
            {
                owner.self_ty.clone()
            }
            _ => peeled,
        }
    }
}
