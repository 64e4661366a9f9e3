//! Replies that are no messages any more: what a thread of the node reports to another one after it has
//! received an answer. What that thread compared with its request is not seen where the report is
//! handled.

use super::eval::Engine;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Name, Stmt, TypeRef};
use crate::program::FnId;
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::vocabulary::Words;

impl Engine<'_> {
    /// Whether the reply that is handled is such a report.
    pub(super) fn handles_report(&self, world: &World) -> bool {
        let Some(handler) = *world.handler else { return false };
        let program = self.symbols.program;
        let package = program.package(handler);
        let mut types = program.function(handler).params.iter().filter_map(|p| {
            let message = messages::by_type(program, &p.ty, package)?;
            let reply = matches!(message, Message::AppendReply | Message::VoteReply);
            match program.peel(&p.ty, package) {
                TypeRef::Path { name, .. } if reply => Some(name),
                _ => None,
            }
        });
        types.any(|name| self.is_report(name))
    }

    fn is_report(&self, name: Name) -> bool {
        if let Some(known) = self.reports.borrow().get(&name) {
            return *known;
        }
        let program = self.symbols.program;
        let own = program.ids_of(self.symbols.package);
        let made: Vec<bool> = own.flat_map(|id| self.made_of_answer(id, name)).collect();
        let report = !made.is_empty() && made.iter().all(|answer| *answer);
        self.reports.borrow_mut().insert(name, report);
        report
    }

    /// For each value of this type that a function makes: whether its term came from a remote call.
    fn made_of_answer(&self, id: FnId, name: Name) -> Vec<bool> {
        let program = self.symbols.program;
        let body = &program.function(id).body;
        let mut made = Vec::new();
        for expr in &body.exprs {
            let ExprKind::Struct { path, fields, .. } = &expr.kind else { continue };
            if path.last() != Some(&name) {
                continue;
            }
            let term = fields.iter().find(|(field, _)| program.words(*field).any(Words::TERM));
            made.push(term.is_some_and(|(_, value)| self.was_asked(body, *value)));
        }
        made
    }

    /// Whether a value is a local that a remote call has given.
    fn was_asked(&self, body: &Body, value: ExprId) -> bool {
        let ExprKind::Path(path) = &body.expr(value).kind else { return false };
        let [local] = **path else { return false };
        body.exprs.iter().any(|expr| {
            let ExprKind::Block { stmts, .. } = &expr.kind else { return false };
            stmts.iter().any(|stmt| match stmt {
                Stmt::Let { pat, init: Some(init), .. } => {
                    body.bindings([*pat]).contains(&local) && self.calls_remote(body, *init)
                }
                _ => false,
            })
        })
    }

    /// `rpc.send(address).and_then(..)`: a call chain that starts at a remote one.
    fn calls_remote(&self, body: &Body, mut expr: ExprId) -> bool {
        while let ExprKind::MethodCall { receiver, args, .. } = &body.expr(expr).kind {
            let start =
                matches!(body.expr(*receiver).kind, ExprKind::Path(_) | ExprKind::Field(..));
            if start {
                return !args.is_empty() && self.names_remote_in(body, *receiver);
            }
            expr = *receiver;
        }
        false
    }
}
