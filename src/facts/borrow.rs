//! `&mut place`: what is stored through it is in the place from then on. A borrow is followed where it is named,
//! handed to a body that is entered, or given back; where it goes anywhere else, what is in the place is not
//! known any more.

use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::former::has_meaning;
use super::value::Value;
use super::world::World;
use crate::ir::{Body, Borrow, ExprId, ExprKind, Name, Pat, PatId, UnaryOp};
use crate::roles::symbols::{Origin, Sym};

impl Engine<'_> {
    /// `&place` and `&mut place`: a local that is no reference itself stands for its place, and so does what is
    /// borrowed mutably where it is known what is in it.
    pub(super) fn reference(&mut self, world: World, inner: ExprId, borrow: Borrow) -> Outs {
        let body = self.body();
        match (&body.expr(inner).kind, borrow) {
            (ExprKind::Path(path), _) if path.len() == 1 => {
                let frame = self.frame();
                let (at, serial, name) = (frame.locals, frame.serial, path[0]);
                let value = world.locals.get(at).and_then(|l| l.get(&name));
                let place = match (value, borrow) {
                    (Some(Value::Struct(..) | Value::Cond(_)), Borrow::Shared) => {
                        self.symbols.intern(Origin::Local(serial, name))
                    }
                    (Some(value), Borrow::Mutable)
                        if self.is_known(value)
                            || self.is_plain_value(value) && !self.is_reference(name) =>
                    {
                        let local = self.symbols.intern(Origin::Local(serial, name));
                        self.symbols.intern(Origin::Borrowed(local))
                    }
                    _ => return self.eval(world, inner),
                };
                smallvec![(world, Value::Sym(place))]
            }
            (ExprKind::Field(base, name), Borrow::Mutable) => {
                self.reference_to_field(world, *base, *name)
            }
            (ExprKind::Unary(UnaryOp::Deref, pointer), Borrow::Mutable)
                if is_place(body, *pointer) && self.names_borrow(&world, *pointer) =>
            {
                self.eval(world, *pointer)
            }
            _ => self.eval(world, inner),
        }
    }

    /// `&mut base.name`
    fn reference_to_field(&mut self, world: World, base: ExprId, name: Name) -> Outs {
        let outs = self.reference(world, base, Borrow::Mutable);
        let field = |(w, owner): (World, Value)| {
            let place = match self.borrowed(&owner) {
                Some(owner) => self.symbols.intern(Origin::Field(owner, name)),
                None => {
                    let owner = self.load(&w, &owner);
                    let Value::Sym(owner) = owner else {
                        let value = self.read_field(&w, &owner, name);
                        return (w, value);
                    };
                    self.symbols.intern(Origin::Field(owner, name))
                }
            };
            let value = self.in_place(&w, place);
            match self.is_known(&value) || self.is_plain_value(&value) {
                true => (w, Value::Sym(self.symbols.intern(Origin::Borrowed(place)))),
                false => (w, value),
            }
        };
        outs.into_iter().map(field).collect()
    }

    /// Whether more is known of a value than where it comes from.
    pub(super) fn is_known(&self, value: &Value) -> bool {
        let is_number = |origin: &Origin| {
            matches!(origin, Origin::Int(_) | Origin::Binary(..) | Origin::Stored(..))
        };
        match value {
            Value::Sym(sym) => is_number(&self.symbols.get(*sym).origin),
            Value::Closure(_) => false,
            _ => true,
        }
    }

    /// Whether a value is a number or flag without a meaning of its own.
    pub(super) fn is_plain_value(&self, value: &Value) -> bool {
        let Value::Sym(sym) = *value else { return false };
        let data = self.symbols.get(sym);
        self.is_scalar(sym)
            && !has_meaning(data.role)
            && !matches!(data.origin, Origin::Borrowed(_))
    }

    /// Whether an expression is a local or `self`, and what it stands for is borrowed mutably.
    fn names_borrow(&mut self, world: &World, expr: ExprId) -> bool {
        let ExprKind::Path(path) = &self.body().expr(expr).kind else { return false };
        let value = self.read_path(world, path);
        self.borrowed(&value).is_some()
    }

    /// A name is bound again: what borrows the value that it had goes on with that value.
    pub(super) fn hides(&mut self, world: &mut World, name: Name, value: Value) -> Value {
        let (at, serial) = (self.frame().locals, self.frame().serial);
        let is_of = |engine: &Self, value: &Value| {
            engine.borrowed(value).and_then(|place| engine.root_of(place)) == Some((serial, name))
        };
        let Some(locals) = world.locals.get(at).filter(|locals| locals.contains_key(&name)) else {
            return value;
        };
        let borrows = locals.iter().filter(|(_, value)| is_of(self, value));
        let borrows: Vec<(Name, Value)> = borrows.map(|(n, v)| (*n, v.clone())).collect();
        for (borrow, value) in borrows {
            let value = self.load(world, &value);
            self.bind(world, borrow, value);
        }
        if is_of(self, &value) { self.load(world, &value) } else { value }
    }

    /// A value that is named or given back: a borrow stays one.
    pub(super) fn settled(&mut self, world: &World, value: &Value) -> Value {
        match self.borrowed(value) {
            Some(_) => value.clone(),
            None => self.load(world, value),
        }
    }

    /// A value that a function gives back: what it borrows of its own is gone.
    pub(super) fn given_back(&mut self, world: &World, value: &Value) -> Value {
        match self.borrowed(value) {
            Some(place) if self.root_of(place).is_none_or(|(of, _)| of != self.frame().serial) => {
                value.clone()
            }
            _ => self.load(world, value),
        }
    }

    /// A pattern gives names to parts of a borrowed place: what is known of them may be changed through the names.
    pub(super) fn parts_named(&mut self, world: &mut World, place: Sym, pat: PatId) {
        let at = self.frame().locals;
        let mut is_lost = false;
        for name in self.body().bindings([pat]) {
            let part = world.locals.get(at).and_then(|locals| locals.get(&name)).cloned();
            if let Some(part) = part.filter(|part| self.is_known(part)) {
                let unknown = self.unknown_like(&part);
                self.bind(world, name, unknown);
                is_lost = true;
            }
        }
        if is_lost {
            self.forget(world, place);
        }
    }

    /// A part that a pattern takes: of a name that something is stored through it is a borrow of the part's place.
    pub(super) fn part_for(&mut self, world: &World, part: Sym, pat: PatId) -> Value {
        let value = self.load(world, &Value::Sym(part));
        match *self.body().pat(pat) {
            Pat::Bind { name, .. } if self.is_known(&value) && self.is_reference(name) => {
                Value::Sym(self.symbols.intern(Origin::Borrowed(part)))
            }
            _ => value,
        }
    }

    /// Borrows that go where they are not followed.
    pub(super) fn lend(&mut self, world: &mut World, values: &[Value]) {
        for value in values.iter().flat_map(Value::alternatives) {
            if let Some(place) = self.borrowed(value) {
                self.forget(world, place);
            }
        }
    }

    /// The same where they are put into something: what is in their places goes there.
    pub(super) fn put_away(&mut self, world: &mut World, values: &mut [Value]) {
        self.lend(world, values);
        for value in values {
            if self.borrowed(value).is_some() {
                *value = self.load(world, value);
            }
        }
    }

    /// The place of a local that owns what it points to, where that is stored into: `*boxed = value`.
    pub(super) fn boxed(&mut self, world: &World, expr: ExprId, value: Value) -> Value {
        if matches!(value, Value::Sym(_)) || !is_place(self.body(), expr) {
            return value;
        }
        self.borrow_of(world, expr).unwrap_or(value)
    }

    /// A mutable borrow of the place that an expression names.
    pub(super) fn borrow_of(&mut self, world: &World, expr: ExprId) -> Option<Value> {
        let (_, borrow) = self.reference(world.clone(), expr, Borrow::Mutable).pop()?;
        Some(borrow)
    }
}

/// Whether an expression names a place: what it is made of changes nothing.
pub(super) fn is_place(body: &Body, mut expr: ExprId) -> bool {
    loop {
        expr = match &body.expr(expr).kind {
            ExprKind::Path(path) => return path.len() == 1,
            ExprKind::Field(base, _) => *base,
            _ => return false,
        };
    }
}
