//! What a place held before something was stored in it. A place and the value that was in it from the start are
//! one symbol; whoever read the value before still has that one, and not what the place holds now.

use rustc_hash::FxHashSet;
use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Name, Pat, Stmt, UnaryOp};
use crate::roles::classify::is_scalar;
use crate::roles::symbols::{Origin, Role, Sym};

/// The places of a call that puts something else where something was.
#[derive(Clone, Copy)]
pub(super) struct Exchange {
    held: ExprId,
    /// That from which it comes, and which gets what was in the first.
    other: Option<ExprId>,
}

impl Engine<'_> {
    /// The value of a local: if its place has been stored into since, what it held before.
    pub(super) fn held_by(&mut self, world: &World, name: Name, value: &Value) -> Value {
        match *value {
            Value::Sym(place) if self.was_stored_into(world, place) && !self.is_reference(name) => {
                self.former(place)
            }
            _ => value.clone(),
        }
    }

    /// Whether a field that holds a plain number or flag has another value than at first.
    pub(super) fn was_stored_into(&self, world: &World, place: Sym) -> bool {
        let data = self.symbols.get(place);
        matches!(data.origin, Origin::Field(..) | Origin::Index(..))
            && data.ty.as_deref().is_some_and(|ty| is_scalar(&self.symbols, ty))
            && world.stored(place).is_some()
    }

    /// What a field or element held at first.
    pub(super) fn former(&mut self, place: Sym) -> Value {
        let name = match self.symbols.get(place).origin {
            Origin::Field(..) | Origin::Index(..) => self.symbols.name(place),
            _ => None,
        };
        Value::Sym(name.map_or(place, |name| self.symbols.intern(Origin::Named(place, name))))
    }

    /// `list[index] = value`: another value is there. Which one is not kept, for the list may change in other ways,
    /// and the index may be another name of one that is known.
    pub(super) fn element_stored(&mut self, world: &mut World, place: Sym) {
        let ty = self.symbols.ty(place);
        if ty.is_some_and(|ty| is_scalar(&self.symbols, &ty)) {
            let fresh = self.symbols.fresh();
            let value = Value::Sym(self.symbols.intern(Origin::Stored(place, fresh)));
            world.keep(place, value);
        }
    }

    /// What `mem::take`, `mem::replace` or `mem::swap` changes, if one of them is called.
    pub(super) fn exchange_of(&self, path: &[Name], args: &[ExprId]) -> Option<Exchange> {
        let [.., module, function] = path else { return None };
        let program = self.symbols.program;
        if program.text(*module) != "mem" {
            return None;
        }
        let place = |arg: &ExprId| match self.body().expr(*arg).kind {
            ExprKind::Ref(place, _) => place,
            _ => *arg,
        };
        match (program.text(*function), args) {
            ("take", [held]) => Some(Exchange { held: place(held), other: None }),
            ("replace", [held, _]) => Some(Exchange { held: place(held), other: None }),
            ("swap", [held, other]) => {
                Some(Exchange { held: place(held), other: Some(place(other)) })
            }
            _ => None,
        }
    }

    /// Gives what was in the place, where something else is in it now.
    pub(super) fn exchange(
        &mut self,
        world: World,
        exchange: Exchange,
        values: &[Value],
        expr: ExprId,
    ) -> Outs {
        let mut held: Vec<Value> = values.iter().map(|value| self.load(&world, value)).collect();
        let before = self.symbol(&held[0]);
        // A log that is taken out is put back, and a vote that is taken out is none.
        if matches!(self.symbols.role(before), Role::Log | Role::VotedFor) {
            return smallvec![(world, held.swap_remove(0))];
        }
        for value in &mut held {
            if let Value::Sym(place) = *value {
                *value = self.former(place);
            }
        }
        let new = held.get(1).cloned().unwrap_or_else(|| Value::Sym(self.symbols.fresh()));
        let worlds = self.store(world, exchange.held, new, expr);
        if let Some(other) = exchange.other {
            let before = &held[0];
            let stored =
                worlds.into_iter().flat_map(|w| self.store(w, other, before.clone(), expr));
            return stored.map(|w| (w, Value::Unit)).collect();
        }
        worlds.into_iter().map(|w| (w, held[0].clone())).collect()
    }

    /// Whether a local of the function stands for a place, and not for the value in it.
    pub(super) fn is_reference(&self, name: Name) -> bool {
        let function = self.frame().function;
        let mut known = self.references.borrow_mut();
        let references = known.entry(function).or_insert_with(|| references(self.body()));
        references.contains(&name)
    }
}

/// The locals of a function that stand for places: they are bound to `&place`, by `ref`, or something is read or
/// stored through them. A plain number or flag behind a reference can't be used in another way.
fn references(body: &Body) -> FxHashSet<Name> {
    let name_of = |expr| match &body.expr(expr).kind {
        ExprKind::Path(path) if path.len() == 1 => Some(path[0]),
        _ => None,
    };
    let mut names = FxHashSet::default();
    for expr in &body.exprs {
        match &expr.kind {
            ExprKind::Unary(UnaryOp::Deref, inner) => names.extend(name_of(*inner)),
            ExprKind::Block { stmts, .. } => {
                for stmt in stmts.iter() {
                    if let Stmt::Let { pat, init: Some(init), .. } = stmt
                        && let Pat::Bind { name, .. } = body.pat(*pat)
                        && matches!(body.expr(*init).kind, ExprKind::Ref(_, _))
                    {
                        names.insert(*name);
                    }
                }
            }
            _ => {}
        }
    }
    names
}
