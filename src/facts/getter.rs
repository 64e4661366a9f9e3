//! Getters: methods and functions whose name already says what they give.

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::{ExprId, ExprKind, Name, TypeRef};
use crate::program::{FnId, Receiver};
use crate::roles::messages;
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
        if targets.is_empty() || !targets.iter().all(|id| self.only_computes(*id)) {
            return None;
        }
        // A term and an index as one: the name alone could say either.
        let package = self.symbols.package;
        let whole = |id: &FnId| {
            let ret = program.peel(&program.function(*id).ret, package);
            messages::is_log_id(program, &ret, package).then_some(ret)
        };
        let ty = targets.first().and_then(whole);
        let sym = self.symbols.intern_typed(Origin::Method(method, parts.into()), ty);
        let role = self.symbols.role(sym);
        if matches!(
            role,
            Role::None | Role::Log | Role::Request | Role::ReqEntries | Role::LocalEntry
        ) {
            return None;
        }
        if targets.iter().any(|id| self.changes_self(*id, 2)) {
            return None;
        }
        Some(self.load(world, &Value::Sym(sym)))
    }

    /// Whether a function gives a value, no answer, and its body assigns nothing.
    fn only_computes(&self, id: FnId) -> bool {
        let program = self.symbols.program;
        let package = self.symbols.package;
        let known = self.only_computing.borrow().get(&(id, package)).copied();
        known.unwrap_or_else(|| {
            let function = program.function(id);
            let decides = match program.peel(&function.ret, package) {
                TypeRef::Path { name, .. } => program.text(name) == "bool",
                TypeRef::Tuple(_) | TypeRef::Unknown => true,
                _ => false,
            };
            let assigns =
                |kind: &ExprKind| matches!(kind, ExprKind::Assign(..) | ExprKind::AssignOp(..));
            let computes = !decides && !function.body.exprs.iter().any(|e| assigns(&e.kind));
            self.only_computing.borrow_mut().insert((id, package), computes);
            computes
        })
    }

    /// Whether a body changes its own object, or calls another one of it that does:
    /// `adopt_leader_term(term)` gives no term.
    fn changes_self(&self, id: FnId, depth: u8) -> bool {
        let program = self.symbols.program;
        let function = program.function(id);
        let body = &function.body;
        let own = |expr: ExprId| match &body.expr(expr).kind {
            ExprKind::Path(path) => program.known.is_self(path),
            _ => false,
        };
        let of_self = |mut expr: ExprId| loop {
            match &body.expr(expr).kind {
                ExprKind::Field(of, _) | ExprKind::Index(of, _) => expr = *of,
                _ => return own(expr),
            }
        };
        let owner = function.owner.as_ref().map(|o| &o.self_ty);
        body.exprs.iter().any(|e| match &e.kind {
            ExprKind::Assign(to, _) | ExprKind::AssignOp(_, to, _) => of_self(*to),
            ExprKind::MethodCall { receiver, method, args } if depth > 0 && own(*receiver) => {
                let from = program.package(id);
                owner
                    .map(|ty| {
                        let own = Receiver::Typed(ty);
                        program.resolve_method(own, *method, args.len(), function, from)
                    })
                    .is_some_and(|found| found.iter().any(|f| self.changes_self(*f, depth - 1)))
            }
            _ => false,
        })
    }
}
