//! Who takes a function as a value: to call it by another name, or to have it called.
//!
//! Such a call names nothing that could be looked up. A path that names a type or a module with a function
//! of that name can only mean that one, and one that names anything else every function of the name; a name
//! alone means the functions that stand in no type, unless something in the body is bound to it. A function
//! that was imported by another name is not seen.

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::home;
use super::{FnId, Program};
use crate::ir::{Body, ExprId, ExprKind, Name, Pat};

/// What a path that takes a function names beside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Named {
    Nothing,
    /// The type or module.
    Home(Name),
    /// What is no home of a function of that name: an alias, a trait, `crate`.
    Unknown,
}

/// Functions that are taken as values, by their names.
#[derive(Default)]
pub(super) struct Takers(FxHashMap<(Name, Named), Vec<FnId>>);

impl Takers {
    pub(super) fn of(program: &Program) -> Self {
        let homes = program.ids().filter_map(|id| home(program, id)).collect();
        let mut takers = Takers::default();
        for id in program.ids() {
            takers.add(program, id, &homes);
        }
        takers
    }

    fn add(&mut self, program: &Program, taker: FnId, homes: &FxHashSet<(Name, Name)>) {
        let function = program.function(taker);
        let body = &function.body;
        let own_type = function.owner.as_ref().and_then(|owner| owner.self_ty.head());
        let callees: FxHashSet<ExprId> =
            body.exprs.iter().filter_map(|e| callee(&e.kind)).collect();
        let mut bound = None;
        for (expr, id) in body.exprs.iter().zip((0..).map(ExprId)) {
            let ExprKind::Path(path) = &expr.kind else { continue };
            let Some((&name, qualifiers)) = path.split_last() else { continue };
            if callees.contains(&id) || !program.by_name.contains_key(&name) {
                continue;
            }
            let named = qualifiers.last().copied();
            if named.is_none() && bound.get_or_insert_with(|| bindings(body)).contains(&name) {
                continue;
            }
            let is_own = named.is_some() && named == program.known.self_type;
            let of = match if is_own { own_type } else { named } {
                Some(of) if homes.contains(&(name, of)) => Named::Home(of),
                None if !is_own => Named::Nothing,
                _ => Named::Unknown,
            };
            let takers = self.0.entry((name, of)).or_default();
            if takers.last() != Some(&taker) {
                takers.push(taker);
            }
        }
    }
}

/// The expression that is called.
fn callee(kind: &ExprKind) -> Option<ExprId> {
    match kind {
        ExprKind::Call { callee, .. } => Some(*callee),
        _ => None,
    }
}

fn bindings(body: &Body) -> FxHashSet<Name> {
    let name = |pat: &Pat| match pat {
        Pat::Bind { name, .. } => Some(*name),
        _ => None,
    };
    body.pats.iter().filter_map(name).collect()
}

impl Program {
    /// Functions that take this one as a value.
    pub fn takers(&self, id: FnId) -> impl Iterator<Item = FnId> + '_ {
        let function = self.function(id);
        let alone = function.owner.is_none().then_some(Named::Nothing);
        let at_home = home(self, id).map(|(_, home)| Named::Home(home));
        let of_trait = function.owner.as_ref().and_then(|owner| owner.trait_name).map(Named::Home);
        let named = [alone, at_home, of_trait, Some(Named::Unknown)].into_iter().flatten();
        let keys = named.map(|named| (function.name, named));
        let here = self.package(id);
        let takers = keys.filter_map(|key| self.takers.0.get(&key));
        takers.flat_map(move |all| self.in_package(all, here, |taker| *taker)).copied()
    }
}
