//! What becomes of the vote of the old term: cleared, recorded anew, or left.

use std::rc::Rc;

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::order::Order;
use super::term_side::MAX_DEPTH;
use super::value::Value;
use super::world::World;
use crate::ir::{Body, ExprId, ExprKind, Name, UnaryOp};
use crate::program::FnId;
use crate::protocol::Effect;
use crate::protocol::Message;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// votedFor gets a new value, or may.
    pub(super) fn vote_stored(&mut self, world: &mut World, value: &Value, at: Place) {
        let kept = match value {
            Value::Sym(s) => self.symbols.role(*s) == Role::VotedFor,
            _ => false,
        };
        if kept {
            return;
        }
        if self.is_no_vote(value) {
            let after_request = matches!(
                world.handling,
                Some(Message::AppendEntries | Message::Heartbeat | Message::RequestVote)
            );
            let compared = world.term.asked;
            let decided = after_request && compared || self.is_elected(world);
            let written = self.symbol(value);
            self.record(world, Effect::VoteClear, at, &[written], decided);
        }
        world.term.vote.set = true;
        world.term.vote.left = None;
    }

    /// `self.voted_for.take()`: nothing is left there.
    pub(super) fn vote_taken(&mut self, world: &mut World, receiver: &Value, at: Place) {
        let place = match receiver {
            Value::Sym(s) => self.symbols.role(*s) == Role::VotedFor,
            _ => false,
        };
        if let (true, Some(none)) = (place, self.symbols.program.known.none) {
            self.vote_stored(world, &Value::Variant(none, Rc::new([])), at);
        }
    }

    fn is_no_vote(&mut self, value: &Value) -> bool {
        let none = self.symbols.program.known.none;
        match value {
            Value::Variant(name, parts) => parts.is_empty() && Some(*name) == none,
            Value::Sym(sym) => match &self.symbols.get(*sym).origin {
                Origin::Int(0) => true,
                Origin::Global(name) => {
                    let text = self.symbols.program.text(*name).to_ascii_lowercase();
                    ["none", "invalid", "null", "nobody"].iter().any(|n| text.contains(n))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// A struct literal that carries a vote of its own: a role, or a saved state.
    pub(super) fn vote_in_role(
        &mut self,
        world: &mut World,
        name: Option<Name>,
        fields: &[(Name, Value)],
    ) {
        let program = self.symbols.program;
        let own = name.map(|n| program.words(n)).unwrap_or_default();
        if own.any(Words::REPLY.with(Words::REQUEST)) {
            return;
        }
        let anew = fields.iter().any(|(field, value)| {
            let words = program.words(*field);
            words.all(Words::VOTE.with(Words::FOR))
                && !words.any(Words::TERM)
                && !self.is_old_vote(value, MAX_DEPTH)
        });
        if anew && world.term.vote.left.is_some() {
            world.term.vote.left = None;
        }
    }

    /// Whether a value is made of the vote as it is: a copy in another form, `voted_for.map(..)`.
    fn is_old_vote(&self, value: &Value, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        match value {
            Value::Sym(sym) => {
                let voted = |s: &Sym| self.symbols.role(*s) == Role::VotedFor;
                let parts = match &self.symbols.get(*sym).origin {
                    Origin::Composite(parts) => &**parts,
                    _ => &[],
                };
                self.chain(*sym).iter().any(voted)
                    || parts.iter().any(|part| self.is_old_vote(&Value::Sym(*part), less))
            }
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().any(|part| self.is_old_vote(part, less))
            }
            _ => false,
        }
    }

    /// A call of unknown code that may store the term or the vote.
    pub(super) fn term_call(&mut self, world: &mut World, call: &OpaqueCall<'_>, base: &SymData) {
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        // Whatever its name says, it is known what a bare body stores.
        if call.calls_nothing || !self.is_own_state(call.receiver, MAX_DEPTH) {
            return;
        }
        let starts = |verbs: &[&str]| verbs.iter().any(|verb| text.starts_with(verb));
        let writes = words.any(Words::SET)
            || starts(&["reset", "clear", "take", "become", "step_down", "transition"])
            || starts(&["store", "send", "replace"])
            // A body shows for itself what it adopts.
            || !call.has_body && starts(&["adopt", "advance_term", "update_term"]);
        if !writes {
            return;
        }
        let adopted = call.args.iter().find(|a| {
            let parts = match a {
                Value::Struct(_, fields, _) => fields.iter().map(|(_, v)| v.clone()).collect(),
                Value::Tuple(parts) | Value::Variant(_, parts) => parts.to_vec(),
                other => vec![(*other).clone()],
            };
            parts.iter().any(
                |v| matches!(v, Value::Sym(s) if self.holds_message_term(world, *s, MAX_DEPTH)),
            )
        });
        // `store.set(CURRENT_TERM, term)`.
        let keys = call.args.iter().fold(Words::default(), |all, a| match a {
            Value::Sym(s) => match &self.symbols.get(*s).origin {
                Origin::Global(name) => all.with(program.words(*name)),
                _ => all,
            },
            Value::Variant(name, parts) if parts.is_empty() => all.with(program.words(*name)),
            _ => all,
        });
        let about_vote = words.with(keys).any(Words::VOTE) || base.role == Role::VotedFor;
        let about_term = words.with(keys).any(Words::TERM) || base.role == Role::CurrentTerm;
        let stores_term = about_term && starts(&["set", "store", "replace"]);
        let harmless = if stores_term { Order::EQUAL } else { Order::AT_MOST };
        if let Some(value) = adopted.cloned()
            && !world.term.order.within(harmless)
        {
            // `update_term(term, None)`: the new vote comes along.
            let known = &program.known;
            let with_vote = call.args.iter().any(|a| {
                matches!(a, Value::Variant(name, _) if [known.none, known.some].contains(&Some(*name)))
            });
            if about_term && matches!(value, Value::Sym(_)) && !about_vote && !with_vote {
                self.term_stored(world, &value, call.at);
            } else {
                world.term.vote.raised |= world.term.order.within(Order::GREATER);
                // Where the term goes, what becomes of the vote is seen to, too.
                world.term.store_ahead(call.at);
                world.term.vote.left = None;
                self.note_adopted(world);
            }
        }
        // What is saved as it is, is not reset.
        let saves = ["save", "persist", "write", "flush", "sync"].iter().any(|v| text.contains(v));
        let state = words.any(Words::STATE) && !saves;
        let resets = about_vote || !words.any(Words::TERM) && (text.starts_with("reset") || state);
        if resets && base.tags.any(Tags::LOCAL) {
            world.term.vote.left = None;
            world.term.vote.set |= about_vote;
        }
    }

    /// Whether a body calls nothing and makes nothing that could carry a value away: all that it does is
    /// to set fields by their names. The body of a trait's own method may not be the one that runs, a macro
    /// may do anything, and a loop may never end.
    pub(super) fn calls_nothing(&self, function: FnId) -> bool {
        use ExprKind::{
            Assign, AssignOp, Async, Await, Call, Closure, Loop, Macro, MethodCall, Opaque, Select,
            Struct, Unary,
        };
        let function = self.symbols.program.function(function);
        let declared = function.owner.as_ref().is_some_and(|owner| owner.is_trait);
        let carries = |kind: &ExprKind| match kind {
            Unary(op, _) => *op == UnaryOp::Deref,
            Assign(target, _) => !self.is_named_place(&function.body, *target),
            Async(..) | Await(..) | AssignOp(..) | Call { .. } | Closure { .. } => true,
            Loop { .. } | Macro { .. } | MethodCall { .. } => true,
            Opaque | Select { .. } | Struct { .. } => true,
            _ => false,
        };
        let has_body = function.root.is_some();
        has_body && !declared && !function.body.exprs.iter().any(|e| carries(&e.kind))
    }

    /// Whether a place is a field of `self`, or of such a field, by their names.
    fn is_named_place(&self, body: &Body, mut place: ExprId) -> bool {
        let program = self.symbols.program;
        let mut fields = 0;
        loop {
            place = match &body.expr(place).kind {
                ExprKind::Field(base, name) => {
                    if program.text(*name).starts_with(|c: char| c.is_ascii_digit()) {
                        return false;
                    }
                    fields += 1;
                    *base
                }
                ExprKind::Path(path) => {
                    return fields > 0 && program.known.is_self(path);
                }
                _ => return false,
            };
        }
    }

    /// Whether a value is the node, its storage, or a part of them.
    fn is_own_state(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let data = self.symbols.get(sym);
        match &data.origin {
            Origin::SelfValue => true,
            Origin::Param(name, request) => {
                let own = Words::NODE.with(Words::STATE).with(Words::STORE).with(Words::TERM);
                !request && self.symbols.program.words(*name).any(own)
            }
            Origin::Field(base, _)
            | Origin::Named(base, _)
            | Origin::Inner(base)
            | Origin::Stored(base, _) => self.is_own_state(*base, less),
            Origin::Method(_, args) => args.first().is_some_and(|a| self.is_own_state(*a, less)),
            _ => false,
        }
    }
}
