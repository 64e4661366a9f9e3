//! What a place held before something was stored in it. A place and the value that was in it from the start are
//! one symbol; whoever read the value before still has that one, and not what the place holds now.

use rustc_hash::FxHashSet;
use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Function, Name, Pat, Stmt, UnaryOp};
use crate::program::Program;
use crate::roles::classify::is_scalar;
use crate::roles::symbols::{Origin, Role, Sym};

/// The places of a call that puts something else where something was.
#[derive(Clone, Copy)]
pub(super) struct Exchange {
    held: Target,
    /// That from which it comes, and which gets what was in the first.
    other: Option<Target>,
}

/// A place, as an argument tells it.
#[derive(Clone, Copy)]
enum Target {
    /// `&mut place`
    Place(ExprId),
    /// What a reference points to.
    Through(ExprId),
}

impl Engine<'_> {
    /// The value of a local: if its place has been stored into since, what it held before.
    pub(super) fn held_by(&mut self, world: &World, name: Name, value: &Value) -> Value {
        match self.former(world, value) {
            Some(former) if !self.is_reference(name) => former,
            _ => value.clone(),
        }
    }

    /// What a place held at first that is a plain number or flag, if something else is in it now.
    pub(super) fn former(&mut self, world: &World, value: &Value) -> Option<Value> {
        let Value::Sym(place) = *value else { return None };
        let data = self.symbols.get(place);
        let is_plain = matches!(data.origin, Origin::Field(..) | Origin::Index(..))
            && !has_meaning(data.role)
            && self.is_scalar(place);
        if !is_plain || world.stored(place).is_none() {
            return None;
        }
        Some(Value::Sym(self.symbols.intern(Origin::Former(place))))
    }

    /// Whether the type of a value is known as one of plain numbers or flags.
    pub(super) fn is_scalar(&self, sym: Sym) -> bool {
        self.symbols.get(sym).ty.as_deref().is_some_and(|ty| is_scalar(&self.symbols, ty))
    }

    /// The value itself: what was asked of it before is asked of the same.
    pub(super) fn at_first(&self, sym: Sym) -> Sym {
        match self.symbols.get(sym).origin {
            Origin::Former(place) => place,
            _ => sym,
        }
    }

    /// `list[index] = value`: another value is there. Which one is not kept, for the list may change in other ways,
    /// and the index may be another name of one that is known.
    pub(super) fn element_stored(&mut self, world: &mut World, place: Sym) {
        if self.is_scalar(place) {
            let value = self.unknown_in(place);
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
        let target = |arg: &ExprId| match self.body().expr(*arg).kind {
            ExprKind::Ref(place, _) => Target::Place(place),
            _ => Target::Through(*arg),
        };
        match (program.text(*function), args) {
            ("take", [held]) | ("replace", [held, _]) => {
                Some(Exchange { held: target(held), other: None })
            }
            ("swap", [held, other]) => {
                Some(Exchange { held: target(held), other: Some(target(other)) })
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
        // What has a meaning is taken out to be put back.
        if has_meaning(self.symbols.role(before)) && held.len() == 1 {
            return smallvec![(world, held.swap_remove(0))];
        }
        let new = held.get(1).cloned().unwrap_or_else(|| Value::Sym(self.symbols.fresh()));
        let mut outs = Outs::new();
        for w in self.store_in(world, exchange.held, new, expr) {
            let before = self.taken_out(&w, &held[0]);
            match exchange.other {
                Some(other) => {
                    let stored = self.store_in(w, other, before, expr).into_iter();
                    outs.extend(stored.map(|w| (w, Value::Unit)));
                }
                None => outs.push((w, before)),
            }
        }
        outs
    }

    /// What was in a place, of whatever type: it is not looked for there any more.
    fn taken_out(&mut self, world: &World, value: &Value) -> Value {
        if let Some(former) = self.former(world, value) {
            return former;
        }
        let Value::Sym(place) = *value else { return value.clone() };
        match self.symbols.get(place).origin {
            Origin::Field(_, name)
                if world.stored(place).is_some() && !has_meaning(self.symbols.role(place)) =>
            {
                Value::Sym(self.symbols.intern(Origin::Named(place, name)))
            }
            _ => value.clone(),
        }
    }

    fn store_in(&mut self, world: World, at: Target, value: Value, expr: ExprId) -> Vec<World> {
        match at {
            Target::Place(place) => self.store(world, place, value, expr),
            Target::Through(reference) => self.store_through(world, reference, value, expr),
        }
    }

    /// Whether a local of the function stands for a place, and not for the value in it.
    pub(super) fn is_reference(&self, name: Name) -> bool {
        let function = self.frame().function;
        let mut known = self.references.borrow_mut();
        let references = known
            .entry(function)
            .or_insert_with(|| references(self.symbols.program, self.function()));
        references.contains(&name)
    }
}

/// Whether a value is one of those whose changes are followed by what they mean.
pub(super) fn has_meaning(role: Role) -> bool {
    use Role::{CommitIndex, CurrentTerm, LastApplied, Log, VotedFor};
    matches!(role, CommitIndex | CurrentTerm | LastApplied | Log | VotedFor)
}

/// The locals of a function that may stand for places: parameters that are references, names in the pattern of a
/// struct or variant, names of `&place`, of an answer that is called `…_mut`, and those through which something is
/// read or stored. All others hold values.
fn references(program: &Program, function: &Function) -> FxHashSet<Name> {
    let body: &Body = &function.body;
    let by_reference = function.params.iter().filter(|p| p.is_reference).map(|p| p.pat);
    let is_apart = |pat: &&Pat| matches!(pat, Pat::Struct { .. } | Pat::TupleStruct { .. });
    let apart = body.pats.iter().filter(is_apart).flat_map(Pat::children);
    let mut names: FxHashSet<Name> = body.bindings(by_reference.chain(apart)).into_iter().collect();
    let is_borrow = |kind: &ExprKind| match kind {
        ExprKind::Ref(..) => true,
        ExprKind::MethodCall { method, .. } => program.text(*method).ends_with("_mut"),
        _ => false,
    };
    for expr in &body.exprs {
        match &expr.kind {
            ExprKind::Unary(UnaryOp::Deref, inner) => {
                if let ExprKind::Path(path) = &body.expr(*inner).kind
                    && let [name] = **path
                {
                    names.insert(name);
                }
            }
            ExprKind::Block { stmts, .. } => {
                for stmt in stmts.iter() {
                    if let Stmt::Let { pat, init: Some(init), .. } = stmt
                        && let Pat::Bind { name, .. } = body.pat(*pat)
                        && is_borrow(&body.expr(*init).kind)
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
