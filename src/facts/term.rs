//! Terms of messages: how they compare with the current term, and when they are adopted.

use std::rc::Rc;

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::order::Order;
use super::value::Value;
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, FieldDef, Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep `min` and `max`, and the names behind a value, are looked into.
const MAX_DEPTH: u32 = 4;

/// Whose term a value is, or holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Message,
    Own,
}

impl Engine<'_> {
    /// `a op b` holds from here on; `false` if that can't be.
    pub(super) fn term_compared(
        &mut self,
        world: &mut World,
        op: BinaryOp,
        a: Sym,
        b: Sym,
        place: Place,
    ) -> bool {
        self.term_narrowed(world, Order::of(op), a, b, place, MAX_DEPTH)
    }

    fn term_narrowed(
        &mut self,
        world: &mut World,
        order: Order,
        a: Sym,
        b: Sym,
        place: Place,
        fuel: u32,
    ) -> bool {
        if self.plain(a) == self.plain(b) && self.is_plain_term(world, a) {
            return order.meets(Order::EQUAL);
        }
        let pair = (self.term_side(world, a), self.term_side(world, b));
        let whole = !self.is_plain_term(world, a) || !self.is_plain_term(world, b);
        // Whole votes that differ may still be of one term, and equal terms of different votes.
        let order = if whole && pair != (None, None) { of_whole(order) } else { order };
        match pair {
            (Some(Side::Message), Some(Side::Own)) => {
                world.term.answered |= self.is_answered(a, MAX_DEPTH + 2);
                return world.term.narrow(order, place);
            }
            (Some(Side::Own), Some(Side::Message)) => {
                world.term.answered |= self.is_answered(b, MAX_DEPTH + 2);
                return world.term.narrow(order.mirrored(), place);
            }
            // A message of the protocol has a term: one without is the node's own.
            (Some(Side::Message), None) if self.symbols.role(b) == Role::Zero => {
                if order == Order::EQUAL {
                    world.term.narrow(Order::EQUAL, place);
                }
                return true;
            }
            _ => {}
        }
        let Some(less) = fuel.checked_sub(1) else { return true };
        self.with_parts(world, order, a, b, place, less)
            && self.with_parts(world, order.mirrored(), b, a, place, less)
    }

    /// `a` is at least `max(x, y)`: then it is at least each of them.
    fn with_parts(
        &mut self,
        world: &mut World,
        order: Order,
        a: Sym,
        b: Sym,
        place: Place,
        fuel: u32,
    ) -> bool {
        let Origin::Method(name, args) = &self.symbols.get(self.plain(b)).origin else {
            return true;
        };
        let [x, y] = **args else { return true };
        let bound = match self.symbols.program.text(*name) {
            "max" => Order::AT_LEAST,
            "min" => Order::AT_MOST,
            _ => return true,
        };
        // What is less than `max(itself, x)` is less than `x`.
        if bound == Order::AT_LEAST && order == Order::LESS {
            let own = self.plain(a);
            let other = match (self.plain(x) == own, self.plain(y) == own) {
                (true, _) => y,
                (_, true) => x,
                _ => return true,
            };
            return self.term_narrowed(world, Order::LESS, a, other, place, fuel);
        }
        if !order.within(bound) {
            return true;
        }
        [x, y]
            .into_iter()
            .all(|part| part == a || self.term_narrowed(world, bound, a, part, place, fuel))
    }

    fn note_adopted(&mut self, world: &World) {
        for frame in &self.frames {
            let key = (world.handling, Some(frame.function));
            if !self.terms_adopted.contains(&key) {
                self.terms_adopted.push(key);
            }
        }
    }

    fn is_plain_term(&self, world: &World, sym: Sym) -> bool {
        matches!(self.role(world, sym), Role::ReqTerm | Role::CurrentTerm)
    }

    /// Whose term a value is; or whose vote, ballot or leadership, which holds the term and is
    /// ordered by it first.
    fn term_side(&self, world: &World, sym: Sym) -> Option<Side> {
        match self.role(world, sym) {
            Role::ReqTerm => return Some(Side::Message),
            Role::CurrentTerm if self.is_answered(sym, MAX_DEPTH + 2) => {
                return Some(Side::Message);
            }
            Role::CurrentTerm => return self.is_one_term(sym).then_some(Side::Own),
            _ => {}
        }
        let data = self.symbols.get(sym);
        let side = match (data.tags.only_request(), data.tags.any(Tags::LOCAL)) {
            (true, _) => Side::Message,
            (_, true) => Side::Own,
            _ => return None,
        };
        (self.is_ballot(sym, MAX_DEPTH) && self.may_hold_term(data)).then_some(side)
    }

    /// Whether a value is part of what a call of another server gave back:
    /// `peer.request_vote(request).await?.term`.
    fn is_answered(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(sym).origin {
            Origin::Field(base, _)
            | Origin::Named(base, _)
            | Origin::Payload(base, ..)
            | Origin::Elem(base)
            | Origin::Received(base, _)
            | Origin::Inner(base) => self.is_answered(*base, less),
            Origin::Method(name, args) | Origin::Call(name, args) => {
                let words = self.symbols.program.words(*name);
                args.len() > 1 && asks_a_server(words)
                    || args.iter().any(|a| self.is_answered(*a, less))
            }
            _ => false,
        }
    }

    /// Not the term of a vote, nor a collection or file with terms in it.
    fn is_one_term(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let (Origin::Field(_, name) | Origin::Method(name, _)) = &data.origin else { return true };
        let program = self.symbols.program;
        let many = match data.ty.as_deref() {
            Some(TypeRef::Path { name, args, .. }) => {
                matches!(program.text(*name), "Vec" | "HashMap" | "BTreeMap" | "VecDeque" | "File")
                    || args.len() > 1
            }
            _ => false,
        };
        !many && !program.words(*name).any(Words::VOTE)
    }

    /// Whether a value is called a vote or a ballot, as a whole.
    fn is_ballot(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let other = Words::GRANT.with(Words::FOR).with(Words::INDEX).with(Words::LOG);
        let other = other.with(Words::LAST).with(Words::CANDIDATE).with(Words::ID);
        match &self.symbols.get(sym).origin {
            Origin::Field(base, name) | Origin::Named(base, name) => {
                let words = self.symbols.program.words(*name);
                words.any(Words::VOTE.with(Words::BALLOT)) && !words.any(other)
                    || words.is_empty() && self.is_ballot(*base, less)
            }
            Origin::Method(name, args) => {
                let words = self.symbols.program.words(*name);
                args.len() == 1
                    && (words.any(Words::VOTE.with(Words::BALLOT)) && !words.any(other)
                        || self.is_ballot(args[0], less))
            }
            Origin::Inner(base) | Origin::Stored(base, _) => self.is_ballot(*base, less),
            // `RefVote { leader_id: &self.leader_id, committed: self.committed }`.
            Origin::Composite(parts) => parts.iter().any(|p| self.is_of_ballot(*p, less)),
            _ => false,
        }
    }

    /// Whether a value is a ballot or read from one.
    fn is_of_ballot(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        self.is_ballot(sym, fuel)
            || match &self.symbols.get(sym).origin {
                Origin::Field(base, _) | Origin::Inner(base) | Origin::Named(base, _) => {
                    self.is_of_ballot(*base, less)
                }
                Origin::Method(_, args) => {
                    args.first().is_some_and(|base| self.is_of_ballot(*base, less))
                }
                _ => false,
            }
    }

    /// A whole vote, ballot or leadership is stored: with a message's, its term is adopted.
    pub(super) fn ballot_stored(&mut self, world: &mut World, key: Sym, value: &Value, at: Place) {
        let written = self.symbol(value);
        if self.is_ballot(key, MAX_DEPTH) && self.is_ballot(written, MAX_DEPTH) {
            let term = self.role(world, written) == Role::ReqTerm;
            if !term && self.term_side(world, written) == Some(Side::Message) {
                self.note_adopted(world);
                let handled = world.handling.is_some();
                self.record(world, Effect::TermChange, at, &[written], handled);
                let (site, _) = self.site(at, &[written]);
                world.term.reset(Order::EQUAL, at);
                world.term.vote.adopted = Some(Rc::new(site));
                world.term.vote.left = None;
            }
        }
    }

    /// Whether the type of a value is a struct with a term, or not known.
    fn may_hold_term(&self, data: &SymData) -> bool {
        let Some(TypeRef::Path { name, .. }) = data.ty.as_deref() else { return data.ty.is_none() };
        let program = self.symbols.program;
        match program.struct_def(*name, self.symbols.package) {
            Some(def) => def.fields.iter().any(|f| {
                let words = program.words(f.name);
                words.any(Words::TERM) || words.all(Words::LEADER.with(Words::ID))
            }),
            None => program.words(*name).any(Words::VOTE.with(Words::BALLOT)),
        }
    }

    /// The current term gets a new value.
    pub(super) fn term_stored(&mut self, world: &mut World, value: &Value, at: Place) {
        if matches!(value, Value::Cond(_) | Value::Unit | Value::Closure(_)) {
            return;
        }
        let written = self.symbol(value);
        let before = world.term.order;
        let rise = self.rise(world, written, MAX_DEPTH);
        let of_message = self.role(world, written) == Role::ReqTerm
            || self.term_side(world, written) == Some(Side::Message);
        let least = match &self.symbols.get(self.plain(written)).origin {
            Origin::Method(name, args) if self.symbols.program.text(*name) == "min" => {
                args.iter().any(|a| self.holds_message_term(world, *a, MAX_DEPTH))
            }
            _ => false,
        };
        let of_message = of_message || least;
        let decided = rise.within(Order::AT_LEAST) || (of_message && world.handling.is_some());
        self.record(world, Effect::TermChange, at, &[written], decided);
        let order = self.message_and(world, written, MAX_DEPTH);
        let adopts = self.holds_message_term(world, written, MAX_DEPTH);
        if adopts {
            self.note_adopted(world);
            if before.meets(Order::GREATER) {
                let (site, _) = self.site(at, &[written]);
                let site = Rc::new(site);
                if !world.term.vote.set {
                    world.term.vote.left = Some(Rc::clone(&site));
                }
                world.term.vote.adopted = Some(site);
            }
        }
        world.term.vote.raised |= rise.within(Order::GREATER);
        world.term.reset(order, at);
    }

    /// Whether a value is the message's term, or may be.
    pub(super) fn is_message_term(&self, world: &World, value: &Value) -> bool {
        matches!(value, Value::Sym(s) if self.holds_message_term(world, *s, MAX_DEPTH))
    }

    /// Whether the message's term is what is stored, or may be.
    fn holds_message_term(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        if self.term_side(world, sym) == Some(Side::Message) {
            return true;
        }
        let Some(less) = fuel.checked_sub(1) else { return false };
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(name, args) => {
                self.symbols.program.text(*name) == "max"
                    && args.iter().any(|a| self.holds_message_term(world, *a, less))
            }
            Origin::Composite(args) => {
                args.iter().any(|a| self.holds_message_term(world, *a, less))
            }
            _ => self.term_side(world, self.plain(sym)) == Some(Side::Message),
        }
    }

    /// How a new value of the current term compares with the old one.
    fn rise(&self, world: &World, sym: Sym, fuel: u32) -> Order {
        let plain = self.plain(sym);
        if self.term_side(world, plain) == Some(Side::Message) {
            return world.term.order;
        }
        let less = fuel.saturating_sub(1);
        match &self.symbols.get(plain).origin {
            _ if fuel == 0 => Order::ANY,
            Origin::Binary(BinaryOp::Add, a, b) => {
                let own = [a, b].iter().any(|s| self.rise(world, **s, less) == Order::EQUAL);
                if own { Order::GREATER } else { Order::ANY }
            }
            Origin::Method(name, args) => {
                let parts = || args.iter().map(|a| self.rise(world, *a, less));
                match self.symbols.program.text(*name) {
                    "max" if parts().any(|p| p.within(Order::GREATER)) => Order::GREATER,
                    "max" if parts().any(|p| p.within(Order::AT_LEAST)) => Order::AT_LEAST,
                    "saturating_add" | "wrapping_add" | "checked_add" | "next" | "inc" | "succ"
                    | "incremented"
                        if parts().next() == Some(Order::EQUAL) =>
                    {
                        Order::GREATER
                    }
                    _ => self.unchanged(sym),
                }
            }
            // The current term, adopted from the request or not.
            Origin::Composite(_) if self.symbols.role(plain) == Role::CurrentTerm => {
                Order::AT_LEAST
            }
            _ => self.unchanged(sym),
        }
    }

    fn unchanged(&self, sym: Sym) -> Order {
        let own = self.symbols.role(sym) == Role::CurrentTerm;
        if own { Order::EQUAL } else { Order::ANY }
    }

    /// How the message's term compares with a new value of the current term.
    fn message_and(&self, world: &World, sym: Sym, fuel: u32) -> Order {
        let plain = self.plain(sym);
        if self.term_side(world, plain) == Some(Side::Message) {
            return Order::EQUAL;
        }
        let less = fuel.saturating_sub(1);
        match &self.symbols.get(plain).origin {
            _ if fuel == 0 => Order::ANY,
            Origin::Method(name, args) if self.symbols.program.text(*name) == "max" => {
                let mut all = args.iter().map(|a| self.message_and(world, *a, less));
                let (Some(x), Some(y)) = (all.next(), all.next()) else { return Order::ANY };
                match () {
                    () if x == Order::LESS || y == Order::LESS => Order::LESS,
                    () if x.within(Order::AT_MOST) || y.within(Order::AT_MOST) => {
                        Order::AT_MOST.and(x.or(y))
                    }
                    () => x.or(y),
                }
            }
            // A node that stands for election on the way has asked before.
            Origin::Binary(BinaryOp::Add, a, _) if self.unchanged(*a) == Order::EQUAL => {
                world.term.order
            }
            Origin::Composite(args) => {
                let adopted =
                    args.iter().any(|a| self.message_and(world, *a, less) == Order::EQUAL);
                if adopted { Order::AT_MOST } else { Order::ANY }
            }
            _ if self.unchanged(sym) == Order::EQUAL => world.term.order,
            _ => Order::ANY,
        }
    }

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
            let written = self.symbol(value);
            self.record(world, Effect::VoteClear, at, &[written], after_request && compared);
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
        if world.term.vote.left.is_none() || own.any(Words::REPLY.with(Words::REQUEST)) {
            return;
        }
        let anew = fields.iter().any(|(field, value)| {
            let words = program.words(*field);
            let kept = matches!(value, Value::Sym(s) if self.symbols.role(*s) == Role::VotedFor);
            words.all(Words::VOTE.with(Words::FOR)) && !words.any(Words::TERM) && !kept
        });
        if anew {
            world.term.vote.left = None;
        }
    }

    /// A call of unknown code that may store the term or the vote.
    pub(super) fn term_call(&mut self, world: &mut World, call: &OpaqueCall<'_>, base: &SymData) {
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        if !self.is_own_state(call.receiver, MAX_DEPTH) {
            return;
        }
        let writes = words.any(Words::SET)
            || [
                "reset",
                "clear",
                "take",
                "become",
                "step_down",
                "transition",
                "store",
                "send",
                "replace",
            ]
            .iter()
            .any(|verb| text.starts_with(verb));
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
        if let Some(value) = adopted.cloned()
            && !world.term.order.within(Order::AT_MOST)
        {
            if about_term && matches!(value, Value::Sym(_)) && !about_vote {
                self.term_stored(world, &value, call.at);
            } else {
                // Where the term goes, what becomes of the vote is seen to, too.
                world.term.reset(Order::EQUAL, call.at);
                world.term.vote.left = None;
                self.note_adopted(world);
            }
        }
        let resets = about_vote
            || !words.any(Words::TERM) && (text.starts_with("reset") || words.any(Words::STATE));
        if resets && base.tags.any(Tags::LOCAL) {
            world.term.vote.left = None;
            world.term.vote.set |= about_vote;
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

    /// What the handling of a message, or a change of term or vote, is judged by.
    pub(super) fn term_facts(
        &self,
        world: &World,
        effect: Effect,
        written: &[Sym],
        at: Place,
    ) -> Vec<(Fact, Place)> {
        let mut facts: Vec<(Fact, Place)> = world.term.facts().collect();
        let mut hold = |fact: Fact, holds: bool| {
            if holds {
                facts.push((fact, at));
            }
        };
        match effect {
            Effect::TermChange => {
                let rises = |s: &Sym| self.rise(world, *s, MAX_DEPTH).within(Order::AT_LEAST);
                hold(Fact::TermNotLowered, written.iter().all(rises));
            }
            Effect::VoteClear => {
                hold(Fact::IsCandidate, self.is_candidate(world));
                hold(Fact::LeftAlone, self.is_left_alone(world));
                hold(Fact::ClearsVote, true);
            }
            _ => {}
        }
        hold(Fact::TermElsewhere, world.handling.is_some() && self.term_is_elsewhere());
        hold(Fact::HandlesVote, world.handling == Some(Message::RequestVote));
        hold(Fact::HandlesSnapshot, world.handling == Some(Message::InstallSnapshot));
        facts
    }

    /// Whether nothing that has come in on the way has a term: what is handled is a part of a message,
    /// whose term was asked for where it was taken apart.
    fn term_is_elsewhere(&self) -> bool {
        let program = self.symbols.program;
        let mut nothing = true;
        for (_, data) in self.symbols.iter() {
            let has_term = match (&data.origin, data.role) {
                (_, Role::ReqTerm) => true,
                (Origin::Payload(_, variant, _), _) if data.tags.any(Tags::REQUEST) => {
                    let def = program.variant_def(None, *variant, self.symbols.package);
                    def.is_none_or(|(_, fields)| self.carries_term(&fields.fields, 2))
                }
                (_, Role::Request) => match data.ty.as_deref() {
                    Some(TypeRef::Path { name, .. }) => program
                        .struct_def(*name, self.symbols.package)
                        .is_none_or(|def| self.carries_term(&def.fields, 2)),
                    _ => true,
                },
                _ => continue,
            };
            if has_term {
                return false;
            }
            nothing = false;
        }
        let scalar = self
            .frames
            .iter()
            .any(|f| messages::entry_of(program, f.function).is_some_and(|e| e.scalar));
        !nothing || scalar
    }

    fn carries_term(&self, fields: &[FieldDef], fuel: u32) -> bool {
        let program = self.symbols.program;
        fields.iter().any(|f| {
            let words = program.words(f.name);
            let log = Words::PREV
                .with(Words::LAST)
                .with(Words::LOG)
                .with(Words::ENTRIES)
                .with(Words::ENTRY);
            if words.any(Words::TERM.with(Words::VOTE).with(Words::BALLOT)) && !words.any(log) {
                return true;
            }
            let inner = match program.peel(&f.ty, self.symbols.package) {
                TypeRef::Path { name, .. } if fuel > 0 && !words.any(log) => {
                    program.struct_def(name, self.symbols.package)
                }
                _ => None,
            };
            inner.is_some_and(|d| self.carries_term(&d.fields, fuel - 1))
        })
    }

    /// Whether the way is one of a candidate.
    fn is_candidate(&self, world: &World) -> bool {
        let program = self.symbols.program;
        let asked = world.assumptions.iter().any(|(assumption, holds)| match assumption {
            Assumption::Is(_, variant) => {
                let text = program.text(*variant).to_ascii_lowercase();
                text.contains("candidate") && *holds || text.contains("follower") && !*holds
            }
            Assumption::Truthy(sym) => {
                let words = self.words_of(*sym);
                words.any(Words::CANDIDATE) && *holds
            }
            _ => false,
        });
        let owned = self.frames.iter().any(|f| {
            let owner = program.function(f.function).owner.as_ref();
            owner.is_some_and(|o| match &o.self_ty {
                TypeRef::Path { name, args, .. } => {
                    let named = |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if program.words(*name).any(Words::CANDIDATE));
                    program.words(*name).any(Words::CANDIDATE) || args.iter().any(named)
                }
                _ => false,
            })
        });
        asked || owned
    }

    /// The words of the names that a value is made of.
    fn words_of(&self, sym: Sym) -> Words {
        let mut names = Vec::new();
        self.names_of(sym, MAX_DEPTH, &mut names);
        names.iter().fold(Words::default(), |w, n| w.with(self.symbols.program.words(*n)))
    }

    fn names_of(&self, sym: Sym, fuel: u32, names: &mut Vec<Name>) {
        let Some(less) = fuel.checked_sub(1) else { return };
        match &self.symbols.get(sym).origin {
            Origin::Field(base, name) | Origin::Named(base, name) => {
                names.push(*name);
                self.names_of(*base, less, names);
            }
            Origin::Payload(base, variant, name) => {
                names.extend([*variant, *name]);
                self.names_of(*base, less, names);
            }
            Origin::Method(name, args) | Origin::Call(name, args) => {
                names.push(*name);
                args.iter().for_each(|a| self.names_of(*a, less, names));
            }
            Origin::Global(name) | Origin::Param(name, _) | Origin::Local(_, name) => {
                names.push(*name)
            }
            Origin::Inner(base)
            | Origin::Elem(base)
            | Origin::Stored(base, _)
            | Origin::Received(base, _) => {
                self.names_of(*base, less, names);
            }
            Origin::Binary(_, a, b) | Origin::Index(a, b) => {
                self.names_of(*a, less, names);
                self.names_of(*b, less, names);
            }
            _ => {}
        }
    }

    /// The handling of a message ends on this way.
    pub(super) fn handling_ends(&mut self, world: &World, value: &Value) {
        if let Some(site) = world.term.vote.left.clone().or_else(|| world.term.vote.adopted.clone())
        {
            let mut end = world.clone();
            if world.term.vote.left.is_none() || !self.keeps_one_vote() {
                end.learn(Fact::OldVoteGone, site.innermost);
            }
            end.learn(Fact::AdoptsTerm, site.place);
            let depth = self.frames.len() - 1;
            self.record_at(&end, Effect::TermAdoption, &site, depth, &[], true);
        }
        if world.handling.is_none() && world.term.answered && world.term.order == Order::GREATER {
            self.answer_ends(world);
        }
        let (Some(message), Some(at)) = (world.handling, world.handled_at) else { return };
        let order = world.term.order;
        let known = world.term.at.is_some()
            && (order.within(Order::GREATER) || order.within(Order::AT_MOST));
        let never = order.within(Order::AT_LEAST)
            && !self.terms_adopted.contains(&(world.handling, world.handler))
            && world.term.at.is_some();
        if !known && !never || is_failure(self, value) || self.is_part_of_handler(message) {
            return;
        }
        let mut end = world.clone();
        for (fact, at) in self.term_facts(world, Effect::HandlingEnd, &[], at) {
            end.learn(fact, at);
        }
        if self.is_left_alone(world) || world.term.told || self.tells_term(world, value) {
            end.learn(Fact::LeftAlone, at);
        }
        let (mut site, depth) = self.site(at, &[]);
        site.innermost = at;
        site.place = world.term.at.unwrap_or(at);
        self.record_at(&end, Effect::HandlingEnd, &site, depth, &[], true);
    }

    /// A function ends that has asked another server, on a way on which the answer's term is higher.
    fn answer_ends(&mut self, world: &World) {
        let root = self.frame().function;
        if self.frames.len() > 1 || self.terms_adopted.iter().any(|(_, f)| *f == Some(root)) {
            return;
        }
        let Some(at) = world.term.at else { return };
        let (mut site, depth) = self.site(at, &[]);
        (site.innermost, site.place) = (at, at);
        self.record_at(world, Effect::HandlingEnd, &site, depth, &[], true);
    }

    /// Whether the function that takes the message is only asked by its handler, or changes nothing.
    fn is_part_of_handler(&self, message: Message) -> bool {
        let program = self.symbols.program;
        let id = self.frame().function;
        let takes = |f: FnId| messages::entry_of(program, f).is_some_and(|e| e.message == message);
        let function = program.function(id);
        let words = program.words(function.name);
        let handles = words.any(Words::HANDLE) || messages::by_words(words) == Some(message);
        let asks = !handles
            && match program.peel(&function.ret, self.symbols.package) {
                TypeRef::Path { name, .. } => program.text(name) == "bool",
                _ => false,
            };
        let package = self.symbols.package;
        let hands_on = |f: FnId| {
            let params = &program.function(f).params;
            takes(f) || params.iter().any(|p| messages::is_envelope(program, &p.ty, package))
        };
        takes(id) && (asks || program.callers(id).into_iter().any(hands_on))
    }

    /// Whether a value hands the message's term on: `Outcome::Deposed { term: reply.term }`.
    fn tells_term(&self, world: &World, value: &Value) -> bool {
        match value {
            Value::Sym(s) => self.holds_message_term(world, *s, 1),
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().any(|p| self.tells_term(world, p))
            }
            Value::Struct(name, fields, _) => {
                let words = name.map(|n| self.symbols.program.words(n)).unwrap_or_default();
                !words.any(Words::REPLY) && fields.iter().any(|(_, v)| self.tells_term(world, v))
            }
            _ => false,
        }
    }

    /// Another field is written: it may tell another part of the node of the higher term.
    pub(super) fn told(&self, world: &mut World, key: Sym, value: &Value) {
        let Origin::Field(_, name) = &self.symbols.get(key).origin else { return };
        let text = self.symbols.program.text(*name);
        let stops = ["depose", "stop", "demote", "step_down", "stepped_down", "retire"];
        let flag = matches!(value, Value::Cond(_)) && stops.iter().any(|s| text.contains(s));
        let own = matches!(self.symbols.role(key), Role::None);
        world.term.told |= flag || own && self.tells_term(world, value);
    }

    /// Whether a message is left alone on purpose on this way.
    fn is_left_alone(&self, world: &World) -> bool {
        let program = self.symbols.program;
        let asked = world.assumptions.iter().any(|(assumption, holds)| match assumption {
            // A message about a vote that is no RequestVote is a pre-vote.
            Assumption::Is(sym, variant) => {
                let vote = program.words(*variant).any(Words::VOTE);
                vote && !holds && world.handling == Some(Message::RequestVote)
                    || leaves_alone(program.text(*variant))
                    || self.says_why(*sym)
            }
            Assumption::Present(sym) | Assumption::Truthy(sym) => self.says_why(*sym),
            Assumption::Rel(_, a, b) => self.says_why(*a) || self.says_why(*b),
        });
        let functions = self.frames.iter().map(|f| program.function(f.function).name);
        asked || functions.into_iter().any(|name| leaves_alone(program.text(name)))
    }

    /// Whether a value speaks of time, or of another reason to leave a message alone.
    fn says_why(&self, sym: Sym) -> bool {
        let mut names = Vec::new();
        self.names_of(sym, MAX_DEPTH, &mut names);
        let program = self.symbols.program;
        names.iter().any(|n| leaves_alone(program.text(*n)) || program.words(*n).any(Words::TIME))
    }

    /// Whether the node has one vote that every term shares: not a vote that is kept with its term.
    fn keeps_one_vote(&self) -> bool {
        let program = self.symbols.program;
        let package = self.symbols.package;
        let mut found = false;
        for slot in 0..program.file_count() {
            if program.package_of_slot(slot) != package {
                continue;
            }
            let Some(file) = program.file(slot) else { continue };
            for (def, field) in
                file.structs.iter().flat_map(|d| d.fields.iter().map(move |f| (d, f)))
            {
                let words = program.words(field.name);
                let whole = program.words(def.name).any(Words::VOTE.with(Words::BALLOT));
                if whole && words.all(Words::VOTE.with(Words::FOR)) {
                    return false;
                }
                let other = Words::GRANT.with(Words::REPLY).with(Words::REQUEST).with(Words::SEND);
                if !words.any(Words::VOTE) || words.any(other) {
                    continue;
                }
                let own = words.any(Words::FOR) || program.text(field.name) == "vote";
                let holds_term = || match program.peel(&field.ty, package) {
                    TypeRef::Tuple(_) => true,
                    TypeRef::Path { name, .. } => {
                        program.struct_def(name, package).is_some_and(|d| {
                            d.fields.iter().any(|f| program.words(f.name).any(Words::TERM))
                        })
                    }
                    _ => false,
                };
                let with_term = words.any(Words::TERM) || own && holds_term();
                if with_term {
                    return false;
                }
                found |= words.any(Words::FOR) || !words.any(Words::OTHER);
            }
        }
        found
    }
}

/// Whether a name speaks of why a node leaves a message alone: a lease, a pre-vote, a stranger.
fn leaves_alone(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "lease",
        "prevote",
        "member",
        "members",
        "membership",
        "learner",
        "learners",
        "voter",
        "voters",
        "disrupt",
        "disruptive",
        "contains",
        "known",
        "stopped",
        "shutdown",
        "dead",
        "removed",
        "witness",
        "quorum",
    ];
    let mut words: Vec<String> = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    words.iter().any(|w| WORDS.contains(&w.as_str()))
        || words.windows(2).any(|pair| pair == ["pre", "vote"])
}

/// `request_vote`, `send_append_entries`: a call that is a message to another server.
pub(super) fn asks_a_server(words: Words) -> bool {
    let request = messages::by_words(words);
    let asks = matches!(
        request,
        Some(Message::RequestVote | Message::AppendEntries | Message::InstallSnapshot)
    );
    let whole =
        words.any(Words::REQUEST.with(Words::SEND).with(Words::ENTRIES).with(Words::INSTALL));
    asks && whole && !words.any(Words::HANDLE.with(Words::OTHER))
}

/// `Err(..)`: something else failed, or the caller is told.
fn is_failure(engine: &Engine<'_>, value: &Value) -> bool {
    matches!(value, Value::Variant(name, _) if Some(*name) == engine.symbols.program.known.err)
}

/// What the order of whole votes says about that of their terms.
fn of_whole(order: Order) -> Order {
    match order {
        Order::EQUAL => Order::EQUAL,
        _ if order.within(Order::AT_LEAST) => Order::AT_LEAST,
        _ if order.within(Order::AT_MOST) => Order::AT_MOST,
        _ => Order::ANY,
    }
}
