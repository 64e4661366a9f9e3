//! Places of which it is known what is in them: locals, fields of what is in a local, and fields into which something
//! was stored.

use std::rc::Rc;

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::Name;
use crate::roles::symbols::{Origin, Sym};
use crate::source::Place;

/// Borrows and fields in each other that are followed.
const MAX_FOLLOWED: u32 = 32;

/// Fields of fields of a local that a borrow is followed through.
const MAX_FIELDS: usize = 8;

impl Engine<'_> {
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

    /// Whether a place is a local, or a field of one.
    pub(super) fn is_of_local(&self, place: Sym) -> bool {
        self.root_of(place).is_some()
    }

    /// The local that a place is, or is a part of: the serial of its frame, and its name.
    pub(super) fn root_of(&self, mut place: Sym) -> Option<(u32, Name)> {
        for _ in 0..MAX_FIELDS {
            place = match self.symbols.get(place).origin {
                Origin::Local(serial, name) => return Some((serial, name)),
                Origin::Field(owner, _) => owner,
                _ => return None,
            };
        }
        None
    }

    /// Nothing is known any more of what is in a place.
    pub(super) fn forget(&mut self, world: &mut World, place: Sym) {
        let value = match self.is_of_local(place) {
            true => {
                let known = self.in_place(world, place);
                self.unknown_like(&known)
            }
            false => self.unknown_in(place),
        };
        self.put(world, place, value);
    }

    /// Another value of a place, of which nothing else is known.
    pub(super) fn unknown_in(&mut self, place: Sym) -> Value {
        let fresh = self.symbols.fresh();
        Value::Sym(self.symbols.intern(Origin::Stored(place, fresh)))
    }

    /// A value of the same type, of which nothing is known.
    pub(super) fn unknown_like(&mut self, value: &Value) -> Value {
        let fresh = self.symbols.fresh();
        let ty = self.value_type(value);
        Value::Sym(self.symbols.intern_typed(Origin::Inner(fresh), ty.as_deref().cloned()))
    }

    /// Puts a value into a borrowed place, without a look at what that means.
    pub(super) fn put(&mut self, world: &mut World, place: Sym, value: Value) {
        if let Origin::Local(..) = self.symbols.get(place).origin {
            self.bind_in(world, place, value);
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
