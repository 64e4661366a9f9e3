//! Who takes a function as a value: to call it by another name, or to have it called.
//!
//! Such a call names nothing that could be looked up. A path that names a type or a module with a function
//! of that name can only mean that one; a name alone means the functions that stand in no type, unless
//! something in the body is bound to it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::home;
use super::{FnId, Program};
use crate::ir::{Body, ExprId, ExprKind, Name, Pat};

/// Functions that are taken as values, by their names and those of their types or modules.
#[derive(Default)]
pub(super) struct Takers(FxHashMap<(Name, Option<Name>), Vec<FnId>>);

impl Takers {
    pub(super) fn of(program: &Program) -> Self {
        let mut takers = Takers::default();
        for id in program.ids() {
            takers.add(program, id);
        }
        takers
    }

    fn add(&mut self, program: &Program, taker: FnId) {
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
            let takers = self.0.entry((name, if is_own { own_type } else { named })).or_default();
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
        let alone = function.owner.is_none().then_some((function.name, None));
        let at_home = home(self, id).map(|(name, home)| (name, Some(home)));
        let keys = alone.into_iter().chain(at_home);
        let here = self.package(id);
        let takers = keys.filter_map(|key| self.takers.0.get(&key)).flatten().copied();
        takers.filter(move |taker| self.package(*taker) == here)
    }
}
