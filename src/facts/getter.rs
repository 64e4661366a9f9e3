//! Getters: methods and functions whose name already says what they give.

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprKind, Name, TypeRef};
use crate::program::FnId;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::verbs;
use crate::roles::vocabulary::Words;

impl Engine<'_> {
    /// `last_log_term(&self.log)`: a free function as a getter.
    pub(super) fn free_getter(
        &mut self,
        world: &World,
        name: Name,
        value: &Value,
        targets: &[FnId],
    ) -> Option<Value> {
        let sym = self.symbol(value);
        let local = self.symbols.tags(sym).any(Tags::LOCAL);
        if !local { None } else { self.named_getter(world, name, &[sym], targets) }
    }

    /// The value of a method whose name and receiver already give it a role, if its body (where
    /// there is one) only computes.
    pub(super) fn named_getter(
        &mut self,
        world: &World,
        method: Name,
        parts: &[Sym],
        targets: &[FnId],
    ) -> Option<Value> {
        let program = self.symbols.program;
        let words = program.words(method);
        if verbs::is_mutator(program.text(method), words) || words.any(Words::HANDLE) {
            return None;
        }
        let pure = |id: &FnId| {
            let function = program.function(*id);
            let ret = program.peel(&function.ret, self.symbols.package);
            let decides = match &ret {
                TypeRef::Path { name, .. } => program.text(*name) == "bool",
                TypeRef::Tuple(_) => true,
                TypeRef::Unknown => true,
                _ => false,
            };
            let changes = function
                .body
                .exprs
                .iter()
                .any(|e| matches!(e.kind, ExprKind::Assign(..) | ExprKind::AssignOp(..)));
            !decides && !changes
        };
        if !targets.iter().all(pure) {
            return None;
        }
        if targets.is_empty() {
            return None;
        }
        let sym = self.symbols.intern(Origin::Method(method, parts.into()));
        let role = self.symbols.role(sym);
        if matches!(
            role,
            Role::None | Role::Log | Role::Request | Role::ReqEntries | Role::LocalEntry
        ) {
            return None;
        }
        Some(self.load(world, &Value::Sym(sym)))
    }
}
