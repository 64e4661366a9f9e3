//! Reading: from a path, a field or an element to the value that is there.

use std::rc::Rc;

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::Name;
use crate::roles::symbols::{Origin, Role, Sym};

/// How deep iterators made of iterators are taken apart: `it.zip(it)` doubles.
const MAX_ZIPS: u32 = 6;

impl Engine<'_> {
    /// Follows a symbol to what was stored in its place.
    pub(super) fn load(&mut self, world: &World, value: &Value) -> Value {
        let mut value = value.clone();
        if let Some(place) = self.borrowed(&value) {
            return self.in_place(world, place);
        }
        for _ in 0..6 {
            let Value::Sym(sym) = value else { break };
            if let Some(stored) = world.stored(sym) {
                value = stored.clone();
                // What was stored is what another place held then.
                if let Some(former) = self.former(world, &value) {
                    return former;
                }
                continue;
            }
            if let Origin::Local(serial, name) = self.symbols.get(sym).origin
                && let Some(at) = self.frames.with_locals(serial)
                && let Some(stored) = world.locals.get(at).and_then(|l| l.get(&name))
            {
                value = stored.clone();
                continue;
            }
            break;
        }
        value
    }

    /// A symbol that stands for a value.
    pub(super) fn symbol(&mut self, value: &Value) -> Sym {
        match value {
            Value::Sym(sym) => *sym,
            Value::Variant(_, parts) if parts.len() == 1 => self.symbol(&parts[0].clone()),
            Value::Variant(name, parts) if parts.is_empty() => {
                self.symbols.intern(Origin::Global(*name))
            }
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                let parts: Vec<Sym> = parts.to_vec().iter().map(|p| self.symbol(p)).collect();
                self.symbols.composite(parts)
            }
            Value::Struct(_, fields, _) => {
                let parts: Vec<Sym> = fields.to_vec().iter().map(|(_, v)| self.symbol(v)).collect();
                self.symbols.composite(parts)
            }
            Value::Unit | Value::Cond(_) | Value::Closure(_) => self.symbols.fresh(),
        }
    }

    pub(super) fn read_path(&mut self, world: &World, path: &[Name]) -> Value {
        let program = self.symbols.program;
        let known = program.known;
        if let [name] = path {
            if Some(*name) == known.self_value
                && let Some(value) = &self.frame().self_value
            {
                return value.clone();
            }
            let at = self.frame().locals;
            if let Some(value) = world.locals.get(at).and_then(|l| l.get(name)) {
                return self.held_by(world, *name, value);
            }
        }
        let Some((&last, qualifiers)) = path.split_last() else { return Value::Unit };
        let text = program.text(last);
        if Some(last) == known.none {
            return Value::Variant(last, Rc::new([]));
        }
        if text.starts_with(|c: char| c.is_uppercase())
            && (!qualifiers.is_empty()
                || program.variant_def(None, last, self.symbols.package).is_some())
            && text.chars().any(|c| c.is_lowercase())
        {
            return Value::Variant(last, Rc::new([]));
        }
        Value::Sym(self.symbols.intern(Origin::Global(last)))
    }

    /// Reads a field of a value.
    pub(super) fn read_field(&mut self, world: &World, value: &Value, name: Name) -> Value {
        let loaded = self.load(world, value);
        self.field_of(world, loaded, name)
    }

    /// A field of a value that has been loaded. The parts of a choice are not loaded again: a
    /// place may hold a choice that has the place's old value among its parts.
    fn field_of(&mut self, world: &World, loaded: Value, name: Name) -> Value {
        match loaded {
            Value::Struct(_, fields, _) => {
                let names = &self.symbols.program.names;
                let Some((own, value)) = fields.iter().find(|(n, _)| names.are_alike(*n, name))
                else {
                    return Value::Sym(self.symbols.fresh());
                };
                let is_said = names.meaning(*own).is_some();
                let value = match self.former(world, value) {
                    Some(former) => former,
                    None => self.load(world, value),
                };
                match value {
                    // What has no meaning by itself gets that of the field.
                    Value::Sym(sym) if is_said && self.symbols.role(sym) == Role::None => {
                        Value::Sym(self.symbols.intern(Origin::Named(sym, *own)))
                    }
                    value => value,
                }
            }
            Value::Tuple(parts) | Value::Variant(_, parts)
                if self
                    .symbols
                    .program
                    .text(name)
                    .parse::<usize>()
                    .is_ok_and(|i| i < parts.len()) =>
            {
                let index: usize = self.symbols.program.text(name).parse().unwrap_or(0);
                self.former(world, &parts[index]).unwrap_or_else(|| parts[index].clone())
            }
            Value::Variant(_, parts) if parts.len() == 1 => {
                let inner = parts[0].clone();
                self.field_of(world, inner, name)
            }
            Value::Choice(parts) => {
                let parts = Rc::clone(&parts);
                let values = parts.iter().map(|p| self.field_of(world, p.clone(), name)).collect();
                match Value::choice(values) {
                    Some(value) => value,
                    None => Value::Sym(self.symbols.fresh()),
                }
            }
            other => {
                let base = self.symbol(&other);
                let key = self.symbols.intern(Origin::Field(base, name));
                self.load(world, &Value::Sym(key))
            }
        }
    }

    /// An element of a container or iterator.
    pub(super) fn element(&mut self, value: &Value) -> Value {
        self.element_within(value, MAX_ZIPS)
    }

    fn element_within(&mut self, value: &Value, zips: u32) -> Value {
        let sym = self.symbol(value);
        if let (Some(less), Origin::Method(name, args)) =
            (zips.checked_sub(1), &self.symbols.get(sym).origin)
        {
            let (text, args) = (self.symbols.program.text(*name), args.clone());
            match (text, &*args) {
                ("enumerate", [inner]) => {
                    let index = self.symbols.fresh();
                    let elem = self.element_within(&Value::Sym(*inner), less);
                    return Value::Tuple(Rc::new([Value::Sym(index), elem]));
                }
                ("zip", [a, b]) => {
                    let a = self.element_within(&Value::Sym(*a), less);
                    let b = self.element_within(&Value::Sym(*b), less);
                    return Value::Tuple(Rc::new([a, b]));
                }
                _ => {}
            }
        }
        Value::Sym(self.symbols.intern(Origin::Elem(sym)))
    }
}
