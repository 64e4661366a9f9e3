//! `&mut place`: what is stored through it is in the place from then on. A borrow is followed where it is named,
//! handed to a body that is entered, or given back; where it goes anywhere else, what is in the place is not
//! known any more.

use std::rc::Rc;

use smallvec::smallvec;

use super::eval::{Engine, Outs};
use super::former::has_meaning;
use super::value::Value;
use super::world::World;
use crate::ir::{Body, Borrow, ExprId, ExprKind, Name, Pat, PatId, UnaryOp};
use crate::roles::classify::is_scalar;
use crate::roles::symbols::{Origin, Sym};
use crate::source::Place;

/// Methods that give what is within their receiver, to be changed.
const GUARDS: &[&str] =
    &["lock", "try_lock", "blocking_lock", "write", "borrow_mut", "deref_mut", "get_mut", "to_mut"];

/// Methods of `Option` that change it, or give a way to do so.
const CHANGES: &[&str] = &[
    "take",
    "take_if",
    "replace",
    "insert",
    "get_or_insert",
    "get_or_insert_default",
    "get_or_insert_with",
    "as_mut",
    "as_deref_mut",
    "iter_mut",
];

/// Borrows and fields in each other that are followed.
const MAX_FOLLOWED: u32 = 32;

/// Fields of fields of a local that a borrow is followed through.
const MAX_FIELDS: usize = 8;

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
                let outs = self.reference(world, *base, borrow);
                let field = |(w, owner): (World, Value)| {
                    let place = match self.borrowed(&owner) {
                        Some(owner) => self.symbols.intern(Origin::Field(owner, *name)),
                        None => {
                            let owner = self.load(&w, &owner);
                            if !matches!(owner, Value::Sym(_)) {
                                let value = self.read_field(&w, &owner, *name);
                                return (w, value);
                            }
                            let owner = self.symbol(&owner);
                            self.symbols.intern(Origin::Field(owner, *name))
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
            (ExprKind::Unary(UnaryOp::Deref, pointer), Borrow::Mutable)
                if is_place(body, *pointer) && self.names_borrow(&world, *pointer) =>
            {
                self.eval(world, *pointer)
            }
            _ => self.eval(world, inner),
        }
    }

    /// Whether more is known of a value than where it comes from.
    fn is_known(&self, value: &Value) -> bool {
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
    fn is_plain_value(&self, value: &Value) -> bool {
        let Value::Sym(sym) = *value else { return false };
        let data = self.symbols.get(sym);
        let is_scalar = data.ty.as_deref().is_some_and(|ty| is_scalar(&self.symbols, ty));
        is_scalar && !has_meaning(data.role) && !matches!(data.origin, Origin::Borrowed(_))
    }

    /// Whether an expression is a local or `self`, and what it stands for is borrowed mutably.
    fn names_borrow(&mut self, world: &World, expr: ExprId) -> bool {
        let ExprKind::Path(path) = &self.body().expr(expr).kind else { return false };
        let value = self.read_path(world, path);
        self.borrowed(&value).is_some()
    }

    /// The place that a value is a mutable borrow of.
    pub(super) fn borrowed(&self, value: &Value) -> Option<Sym> {
        let Value::Sym(sym) = *value else { return None };
        match self.symbols.get(sym).origin {
            Origin::Borrowed(place) => Some(place),
            _ => None,
        }
    }

    /// What is in a borrowed place. Borrows that lead to each other, as where a name hides the one that it borrows,
    /// are not followed for ever.
    pub(super) fn in_place(&mut self, world: &World, place: Sym) -> Value {
        if self.following >= MAX_FOLLOWED {
            return Value::Sym(place);
        }
        self.following += 1;
        let value = match self.within(world, place) {
            Some((_, whole, name)) => self.read_field(world, &whole, name),
            None => self.load(world, &Value::Sym(place)),
        };
        self.following -= 1;
        value
    }

    /// The place that another one is a field of, and what is in it, if it is known what that is made of.
    fn within(&mut self, world: &World, place: Sym) -> Option<(Sym, Value, Name)> {
        let Origin::Field(owner, name) = self.symbols.get(place).origin else { return None };
        let is_struct = |value: Option<&Value>| matches!(value, Some(Value::Struct(..)));
        if !self.is_of_local(owner) && !is_struct(world.stored(owner)) {
            return None;
        }
        let whole = self.in_place(world, owner);
        Some((owner, whole, name))
    }

    /// What a method that gives what is within its receiver gives of a borrow.
    pub(super) fn still_borrowed(&self, receiver: &Value, loaded: &Value, method: &str) -> bool {
        let keeps = GUARDS.contains(&method) || matches!(method, "unwrap" | "expect");
        keeps
            && self.borrowed(receiver).is_some()
            && !matches!(loaded, Value::Variant(..) | Value::Choice(_))
    }

    /// Whether a place is a local, or a field of one.
    fn is_of_local(&self, place: Sym) -> bool {
        self.local_of(place).is_some()
    }

    /// The serial of the frame in whose locals a place is.
    fn local_of(&self, place: Sym) -> Option<u32> {
        self.root_of(place).map(|(serial, _)| serial)
    }

    /// The local that a place is, or is a part of.
    fn root_of(&self, mut place: Sym) -> Option<(u32, Name)> {
        for _ in 0..MAX_FIELDS {
            place = match self.symbols.get(place).origin {
                Origin::Local(serial, name) => return Some((serial, name)),
                Origin::Field(owner, _) => owner,
                _ => return None,
            };
        }
        None
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
            Some(place) if self.local_of(place).is_none_or(|of| of != self.frame().serial) => {
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

    /// The receiver of a method, which is a borrow of its place if the method may change what is known to be in it.
    /// What `Option`'s own methods do is done.
    pub(super) fn changed_by(
        &mut self,
        world: &mut World,
        (receiver, expr): (Value, ExprId),
        method: Name,
        values: &[Value],
    ) -> Value {
        let is_followed = !matches!(receiver, Value::Sym(_)) && is_place(self.body(), expr);
        if !is_followed || !self.is_known(&receiver) {
            return receiver;
        }
        let program = self.symbols.program;
        let targets = self.targets(&receiver, method, values.len());
        let is_option = matches!(receiver, Value::Variant(..) | Value::Choice(_));
        let is_guard = values.is_empty() && GUARDS.contains(&program.text(method));
        let changes = match targets.is_empty() {
            true => is_guard || is_option && CHANGES.contains(&program.text(method)),
            false => targets.iter().any(|id| program.function(*id).changes_self),
        };
        if !changes {
            return receiver;
        }
        let borrow = self.reference(world.clone(), expr, Borrow::Mutable).pop();
        let Some((_, borrow)) = borrow else { return receiver };
        let Some(place) = self.borrowed(&borrow) else { return receiver };
        if is_guard || !targets.is_empty() {
            return borrow;
        }
        if has_meaning(self.symbols.role(place)) {
            return receiver;
        }
        self.changed_option(world, (receiver, place), method, values)
    }

    /// The receiver of a method of `Option` that changes what is in its place.
    fn changed_option(
        &mut self,
        world: &mut World,
        (receiver, place): (Value, Sym),
        method: Name,
        values: &[Value],
    ) -> Value {
        let program = self.symbols.program;
        match (program.text(method), program.known.none, program.known.some, values) {
            ("take", Some(none), ..) => {
                self.put(world, place, Value::Variant(none, Rc::new([])));
                receiver
            }
            ("replace", _, Some(some), [value]) => {
                self.put(world, place, Value::Variant(some, Rc::new([value.clone()])));
                receiver
            }
            // What is in it is where it came from, and is changed there.
            ("as_mut" | "as_deref_mut" | "iter_mut", ..) if self.is_of_symbols(&receiver) => {
                receiver
            }
            _ => {
                self.forget(world, place);
                self.in_place(world, place)
            }
        }
    }

    /// Whether the parts of a variant are values of which only the place is known.
    fn is_of_symbols(&self, value: &Value) -> bool {
        matches!(value, Value::Variant(_, parts) if parts.iter().all(|part| !self.is_known(part)))
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

    /// Nothing is known any more of what is in a place.
    fn forget(&mut self, world: &mut World, place: Sym) {
        let value = match self.is_of_local(place) {
            true => {
                let known = self.in_place(world, place);
                self.unknown_like(&known)
            }
            false => {
                let fresh = self.symbols.fresh();
                Value::Sym(self.symbols.intern(Origin::Stored(place, fresh)))
            }
        };
        self.put(world, place, value);
    }

    /// A value of the same type, of which nothing is known.
    fn unknown_like(&mut self, value: &Value) -> Value {
        let fresh = self.symbols.fresh();
        let ty = self.value_type(value);
        Value::Sym(self.symbols.intern_typed(Origin::Inner(fresh), ty.as_deref().cloned()))
    }

    /// Puts a value into a borrowed place, without a look at what that means.
    pub(super) fn put(&mut self, world: &mut World, place: Sym, value: Value) {
        if let Origin::Local(serial, name) = self.symbols.get(place).origin {
            self.bind_in(world, serial, name, value);
            return;
        }
        match self.within(world, place) {
            Some((owner, Value::Struct(tag, fields, at), name)) => {
                let fields = self.with_field(&fields, name, value);
                let updated = self.bounded(Value::Struct(tag, Rc::new(fields), at));
                self.put(world, owner, updated);
            }
            Some(_) => {}
            None => world.keep(place, value),
        }
    }

    /// The place of a local that owns what it points to, where that is stored into: `*boxed = value`.
    pub(super) fn boxed(&mut self, world: &World, expr: ExprId, value: Value) -> Value {
        if matches!(value, Value::Sym(_)) || !is_place(self.body(), expr) {
            return value;
        }
        let borrow = self.reference(world.clone(), expr, Borrow::Mutable).pop();
        borrow.map_or(value, |(_, borrow)| borrow)
    }

    /// A tuple or variant, with another value in one of its parts: `pair.0 = value`.
    pub(super) fn with_part(&self, whole: &Value, name: Name, value: &Value) -> Option<Value> {
        let (Value::Tuple(parts) | Value::Variant(_, parts)) = whole else { return None };
        let at: usize = self.symbols.program.text(name).parse().ok()?;
        let mut parts = parts.to_vec();
        *parts.get_mut(at)? = value.clone();
        Some(match whole {
            Value::Variant(variant, _) => Value::Variant(*variant, parts.into()),
            _ => Value::Tuple(parts.into()),
        })
    }

    /// The fields of a struct, with another value in one of them.
    pub(super) fn with_field(
        &self,
        fields: &[(Name, Value)],
        name: Name,
        value: Value,
    ) -> Vec<(Name, Value)> {
        let names = &self.symbols.program.names;
        let mut fields = fields.to_vec();
        match fields.iter_mut().find(|(n, _)| names.are_alike(*n, name)) {
            Some((_, old)) => *old = value,
            None => fields.push((name, value)),
        }
        fields
    }

    /// `*borrow = value`.
    pub(super) fn store_borrowed(
        &mut self,
        mut world: World,
        place: Sym,
        value: Value,
        at: Place,
    ) -> World {
        if self.is_of_local(place) || self.within(&world, place).is_some() {
            self.put(&mut world, place, value);
            return world;
        }
        self.store_place(world, place, value, at)
    }
}

/// Whether an expression names a place: what it is made of changes nothing.
fn is_place(body: &Body, mut expr: ExprId) -> bool {
    loop {
        expr = match &body.expr(expr).kind {
            ExprKind::Path(path) => return path.len() == 1,
            ExprKind::Field(base, _) => *base,
            _ => return false,
        };
    }
}
