//! The bodies that method calls may run.

use std::rc::Rc;

use super::eval::Engine;
use super::value::Value;
use crate::ir::{Name, TypeRef};
use crate::program::{FnId, PackageId, Receiver};
use crate::roles::messages;
use crate::roles::symbols::Sym;

/// A method call, as far as it says what it may run.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct MethodCalled {
    receiver: Sym,
    method: Name,
    arity: usize,
    caller: FnId,
    package: PackageId,
}

impl Engine<'_> {
    /// The bodies that a method call may run.
    pub(super) fn targets(&mut self, receiver: &Value, method: Name, arity: usize) -> Rc<[FnId]> {
        let Value::Sym(receiver_sym) = *receiver else {
            return self.resolved(receiver, method, arity).into();
        };
        let (caller, package) = (self.frame().function, self.symbols.package);
        let called = MethodCalled { receiver: receiver_sym, method, arity, caller, package };
        if let Some(known) = self.method_bodies.get(&called) {
            return Rc::clone(known);
        }
        let found: Rc<[FnId]> = self.resolved(receiver, method, arity).into();
        self.method_bodies.insert(called, Rc::clone(&found));
        found
    }

    fn resolved(&self, receiver: &Value, method: Name, arity: usize) -> Vec<FnId> {
        let program = self.symbols.program;
        let ty = self.value_type(receiver);
        let known = match &ty {
            Some(ty) => Receiver::Typed(ty),
            None => Receiver::Unknown,
        };
        let caller = self.function();
        let mut found = program.resolve_method(known, method, arity, caller, self.symbols.package);
        // A client that is generated elsewhere has methods of the same names as the handlers.
        if let Some(TypeRef::Path { name, .. }) = ty.as_deref()
            && !program.is_own_type(*name)
            && !caller.generics.iter().any(|g| g.name == *name)
        {
            found.retain(|id| messages::entry_of(program, *id).is_none());
        }
        found
    }
}
