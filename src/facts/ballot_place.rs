//! Which stored vote was looked at, and which is written: a guard on one field protects no other.

use super::ballot::Ballot;
use super::eval::Engine;
use super::value::{Cond, Value};
use super::world::World;
use crate::ir::{ExprKind, Name, TypeRef};
use crate::protocol::{Effect, Message};
use crate::roles::symbols::{Origin, Role, Sym};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// Whether the stored vote that was looked at is the one that is recorded. Only what is known as
    /// two different fields is told apart, and only if the one that was looked at is never written.
    pub(super) fn protects(&self, ballot: &Ballot) -> bool {
        let (Some(tested), Some(stored)) = (ballot.tested, ballot.stored) else { return true };
        let (Some(looked), Some(written)) = (self.field_path(tested), self.field_path(stored))
        else {
            return true;
        };
        looked == written || self.is_written(tested)
    }

    /// `self.last_voted_term = request.term`: a vote that is kept as nothing but its term.
    pub(super) fn vote_term_stored(
        &mut self,
        world: &mut World,
        place: Sym,
        value: &Value,
        at: Place,
    ) {
        if world.handling != Some(Message::RequestVote) || *world.voted || !self.is_vote_term(place)
        {
            return;
        }
        // Beside a vote that says whose it is, the term is only a part of it.
        let Origin::Field(base, _) = self.symbols.get(self.plain(place)).origin else { return };
        let (program, owner) = (self.symbols.program, self.symbols.ty(base));
        let def = match owner.as_deref() {
            Some(TypeRef::Path { name, .. }) => program.struct_def(*name, self.symbols.package),
            _ => None,
        };
        let whose = |words: Words| words.any(Words::VOTE) && !words.any(Words::TERM);
        if def.is_none_or(|d| d.fields.iter().any(|f| whose(program.words(f.name)))) {
            return;
        }
        let term = match value {
            Value::Variant(_, parts) if parts.len() == 1 => self.symbol(&parts[0]),
            other => self.symbol(other),
        };
        if matches!(self.role(world, term), Role::ReqTerm | Role::CurrentTerm) {
            let event = self.record(world, Effect::VoteRecord, at, &[term], true);
            self.owe(world, event, &Cond::Const(true), true);
            *world.voted = true;
        }
    }

    fn field_path(&self, sym: Sym) -> Option<Vec<Name>> {
        let mut path = Vec::new();
        let mut at = self.plain(sym);
        loop {
            match self.symbols.get(at).origin {
                Origin::Field(base, name) => {
                    path.push(name);
                    at = self.plain(base);
                }
                Origin::SelfValue | Origin::Param(_, false) => return Some(path),
                _ => return None,
            }
        }
    }

    /// Whether some code of the package writes this field of its struct.
    fn is_written(&self, field: Sym) -> bool {
        let program = self.symbols.program;
        let Origin::Field(base, name) = self.symbols.get(self.plain(field)).origin else {
            return true;
        };
        let parent = match self.symbols.get(self.plain(base)).origin {
            Origin::Field(_, parent) => Some(parent),
            _ => None,
        };
        let ty = self.symbols.ty(base);
        let owner = match ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => Some(*name),
            _ => None,
        };
        program.ids_of(self.symbols.package).any(|id| {
            let function = program.function(id);
            let own = match function.owner.as_ref().map(|o| &o.self_ty) {
                Some(TypeRef::Path { name, .. }) => Some(*name),
                _ => None,
            };
            function.body.exprs.iter().any(|e| {
                let ExprKind::Assign(target, _) = e.kind else { return false };
                let ExprKind::Field(of, written) = &function.body.expr(target).kind else {
                    return false;
                };
                *written == name
                    && match &function.body.expr(*of).kind {
                        ExprKind::Path(path)
                            if path.last() == program.known.self_value.as_ref() =>
                        {
                            owner.is_none() || own == owner
                        }
                        ExprKind::Field(_, q) => Some(*q) == parent,
                        _ => parent.is_none(),
                    }
            })
        })
    }
}
