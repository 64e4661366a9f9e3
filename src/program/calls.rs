//! Who may call whom, by what a call names.
//!
//! A call that names a type or a module with a function of that name can only mean the functions of
//! that type or module; so can a call on `self` in a type that has the method. Any other call can mean
//! every function of the name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{FnId, Program};
use crate::ir::read::asks_callers_of;
use crate::ir::{Body, ExprId, ExprKind, Function, Name, UnaryOp};

/// More callers in other packages are none.
const MAX_ELSEWHERE: usize = 1_000;

/// A call as written: who calls, how many arguments, and the type or module it names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallSite {
    pub(super) caller: FnId,
    pub(super) arity: u32,
    /// `None` for a method call, `Some(None)` for an unqualified path.
    pub(super) qualifier: Option<Option<Name>>,
}

/// All calls of functions of the program, by what they can mean.
#[derive(Default)]
pub(super) struct Calls {
    /// By the callee's name.
    anywhere: FxHashMap<Name, Vec<CallSite>>,
    /// By the callee's name and its type or module.
    at_home: FxHashMap<(Name, Name), Vec<CallSite>>,
}

impl Calls {
    pub(super) fn of(program: &Program) -> Self {
        let homes: FxHashSet<(Name, Name)> =
            program.ids().filter_map(|id| home(program, id)).collect();
        let mut calls = Calls::default();
        for id in program.ids() {
            calls.add(program, id, &homes);
        }
        calls
    }

    fn add(&mut self, program: &Program, caller: FnId, homes: &FxHashSet<(Name, Name)>) {
        let function = program.function(caller);
        let owner = function.owner.as_ref().filter(|owner| !owner.is_trait);
        let own_type = owner.and_then(|owner| owner.self_ty.head());
        let body = &function.body;
        let mut called: Vec<(Name, Option<Name>, CallSite)> = Vec::new();
        for expr in &body.exprs {
            match &expr.kind {
                ExprKind::MethodCall { receiver, method, args } => {
                    let home = own_type.filter(|_| is_self(program, body, *receiver));
                    let arity = args.len() as u32;
                    called.push((*method, home, CallSite { caller, arity, qualifier: None }));
                }
                ExprKind::Call { callee, args } => {
                    let ExprKind::Path(path) = &body.expr(*callee).kind else { continue };
                    let Some((&name, qualifiers)) = path.split_last() else { continue };
                    let named = qualifiers.last().copied();
                    let is_own = named.is_some() && named == program.known.self_type;
                    let home = if is_own { own_type } else { named };
                    let arity = args.len() as u32;
                    called.push((name, home, CallSite { caller, arity, qualifier: Some(named) }));
                }
                _ => {}
            }
        }
        called.sort_unstable();
        called.dedup();
        for (name, home, site) in called {
            match home.map(|home| (name, home)).filter(|at| homes.contains(at)) {
                Some(at) => self.at_home.entry(at).or_default().push(site),
                None if program.by_name.contains_key(&name) => {
                    self.anywhere.entry(name).or_default().push(site);
                }
                None => {}
            }
        }
    }

    /// The names of which a call came, went or is another, by whether two calls are the same.
    pub(super) fn changed(
        &self,
        old: &Calls,
        same: impl Fn((&CallSite, &CallSite)) -> bool,
    ) -> FxHashSet<Name> {
        let equal = |old: Option<&Vec<CallSite>>, new: Option<&Vec<CallSite>>| match (old, new) {
            (Some(old), Some(new)) => old.len() == new.len() && old.iter().zip(new).all(&same),
            _ => false,
        };
        let names = old.anywhere.keys().chain(self.anywhere.keys());
        let names = names.filter(|n| !equal(old.anywhere.get(n), self.anywhere.get(n))).copied();
        let homes = old.at_home.keys().chain(self.at_home.keys());
        let homes = homes.filter(|at| !equal(old.at_home.get(at), self.at_home.get(at)));
        names.chain(homes.map(|(name, _)| *name)).collect()
    }
}

impl Program {
    /// Functions that may call this one, judged by the name, the number of arguments and the type or
    /// module that the call names; those of the same package where there are any. Of others there are none
    /// where there would be very many: they mean functions of their own that nobody sees.
    pub fn callers(&self, id: FnId) -> Vec<FnId> {
        self.callers_within(id, usize::MAX, MAX_ELSEWHERE).unwrap_or_default()
    }

    /// The same, where there are not more: many functions of one name that call each other have all of
    /// them as callers.
    pub fn callers_up_to(&self, id: FnId, most: usize) -> Option<Vec<FnId>> {
        self.callers_within(id, most, most)
    }

    /// The callers, if there are no more `near`, or no more `elsewhere`.
    fn callers_within(&self, id: FnId, near: usize, elsewhere: usize) -> Option<Vec<FnId>> {
        let function = self.function(id);
        asks_callers_of(function.name);
        let anywhere = self.calls.anywhere.get(&function.name).map_or(&[][..], Vec::as_slice);
        let at_home = home(self, id).and_then(|home| self.calls.at_home.get(&home));
        let at_home = at_home.map_or(&[][..], Vec::as_slice);
        let here = self.package(id);
        let of_package = |all| self.in_package(all, here, |site: &CallSite| site.caller);
        let means = |site: &&CallSite| site.caller != id && self.may_mean(site, function);
        let means_at_home = |site: &&CallSite| site.caller != id && has_arity(site, function);
        let own = of_package(at_home).filter(means_at_home);
        let own = distinct_callers(own.chain(of_package(anywhere).filter(means)), near)?;
        if !own.is_empty() {
            return Some(own);
        }
        let all = at_home.iter().filter(means_at_home).chain(anywhere.iter().filter(means));
        distinct_callers(all, elsewhere)
    }

    /// Whether a call that names no home of functions of this name may mean this one.
    fn may_mean(&self, site: &CallSite, function: &Function) -> bool {
        let owner = function.owner.as_ref().and_then(|owner| owner.self_ty.head());
        let of_type = match (site.qualifier, owner) {
            (Some(Some(q)), Some(owner)) => {
                q == owner || Some(q) == self.known.self_type || self.aliases.get(&q).is_some()
            }
            (Some(None), Some(_)) => false,
            _ => true,
        };
        of_type && has_arity(site, function)
    }
}

/// Who makes these calls, in order; none if there are more.
fn distinct_callers<'s>(
    sites: impl Iterator<Item = &'s CallSite>,
    most: usize,
) -> Option<Vec<FnId>> {
    let mut callers: Vec<FnId> = Vec::new();
    for CallSite { caller, .. } in sites {
        // Calls are listed by their callers; one caller may be in two lists.
        if callers.last() != Some(caller) {
            callers.push(*caller);
            if callers.len() / 2 > most {
                return None;
            }
        }
    }
    callers.sort_unstable();
    callers.dedup();
    (callers.len() <= most).then_some(callers)
}

fn has_arity(site: &CallSite, function: &Function) -> bool {
    let parameters = function.params.len() as u32;
    match site.qualifier {
        None => function.has_self && site.arity == parameters,
        Some(_) => site.arity == parameters + u32::from(function.has_self),
    }
}

/// The name of a function, and the type or module that calls name to mean it.
pub(super) fn home(program: &Program, id: FnId) -> Option<(Name, Name)> {
    let function = program.function(id);
    let home = match &function.owner {
        Some(owner) => owner.self_ty.head()?,
        None => program.names.find(program.module_of(id)?)?,
    };
    Some((function.name, home))
}

/// Whether an expression is the node itself; with more than one `*` it is what that derefs to.
fn is_self(program: &Program, body: &Body, mut expr: ExprId) -> bool {
    let mut derefs = 0;
    loop {
        expr = match &body.expr(expr).kind {
            ExprKind::Ref(inner, _) => *inner,
            ExprKind::Unary(UnaryOp::Deref, inner) if derefs == 0 => {
                derefs += 1;
                *inner
            }
            ExprKind::Path(path) => return program.known.is_self(path),
            _ => return false,
        };
    }
}
