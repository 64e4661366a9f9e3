//! Methods that change what is in their receiver's place, or give a way to do so.

use std::rc::Rc;

use super::borrow::is_place;
use super::eval::Engine;
use super::former::has_meaning;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, Name};
use crate::roles::symbols::Sym;

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

impl Engine<'_> {
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
        let Some(borrow) = self.borrow_of(world, expr) else { return receiver };
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

    /// What a method that gives what is within its receiver gives of a borrow.
    pub(super) fn still_borrowed(&self, receiver: &Value, loaded: &Value, method: &str) -> bool {
        let keeps = GUARDS.contains(&method) || matches!(method, "unwrap" | "expect");
        keeps
            && self.borrowed(receiver).is_some()
            && !matches!(loaded, Value::Variant(..) | Value::Choice(_))
    }
}
