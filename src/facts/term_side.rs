//! Whose term a value is, or holds: terms, whole votes, ballots, and answers of other servers.

use std::rc::Rc;

use super::eval::Engine;
use super::order::Order;
use super::value::Value;
use super::world::World;
use crate::ir::{BinaryOp, TypeRef};
use crate::protocol::Effect;
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep `min` and `max`, and the names behind a value, are looked into.
pub(super) const MAX_DEPTH: u32 = 4;

/// Whose term a value is, or holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The term of the message.
    Message,
    /// The node's own term.
    Own,
}

impl Engine<'_> {
    pub(super) fn is_plain_term(&self, world: &World, sym: Sym) -> bool {
        matches!(self.role(world, sym), Role::ReqTerm | Role::CurrentTerm)
    }

    /// Whose term a value is; or whose vote, ballot or leadership, which holds the term and is
    /// ordered by it first.
    pub(super) fn term_side(&self, world: &World, sym: Sym) -> Option<Side> {
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
    pub(super) fn is_answered(&self, sym: Sym, fuel: u32) -> bool {
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

    /// What a sum comes to that raises the current term by how far another lies above it:
    /// `term + (message.term - term)`.
    pub(super) fn raised_to(&self, sym: Sym) -> Option<Sym> {
        let origin = |sym: Sym| &self.symbols.get(self.plain(sym)).origin;
        let Origin::Binary(BinaryOp::Add, a, b) = origin(sym) else { return None };
        [(a, b), (b, a)].into_iter().find_map(|(own, by)| {
            let Origin::Binary(BinaryOp::Sub, to, from) = origin(*by) else { return None };
            let (own, from) = (self.plain(*own), self.plain(*from));
            let term = self.symbols.role(own) == Role::CurrentTerm;
            let same = own == from || self.symbols.role(from) == Role::CurrentTerm;
            (term && same).then_some(*to)
        })
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
            Origin::Param(name, true) => {
                let words = self.symbols.program.words(*name);
                words.any(Words::VOTE.with(Words::BALLOT)) && !words.any(other)
            }
            Origin::Field(base, name)
            | Origin::Named(base, name)
            | Origin::Payload(base, _, name) => {
                let words = self.symbols.program.words(*name);
                // `vote.data`, `vote.inner`: what a wrapper holds.
                let wrapped = words.is_empty()
                    || matches!(
                        self.symbols.program.text(*name),
                        "data" | "inner" | "value" | "payload"
                    );
                words.any(Words::VOTE.with(Words::BALLOT)) && !words.any(other)
                    || wrapped && self.is_ballot(*base, less)
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
            // `T`: what a wrapper of anything holds.
            None => {
                program.text(*name).len() == 1
                    || program.words(*name).any(Words::VOTE.with(Words::BALLOT))
            }
        }
    }

    /// Whether some struct of the package has a place for the vote that the node has given.
    pub(super) fn keeps_voted_for(&self) -> bool {
        let program = self.symbols.program;
        let mut fields = program.structs_of(self.symbols.package).flat_map(|d| d.fields.iter());
        fields.any(|f| {
            program.words(f.name).all(Words::VOTE.with(Words::FOR))
                || program.text(f.name) == "vote"
        })
    }

    /// Whether the node has one vote that every term shares: not a vote that is kept with its term.
    pub(super) fn keeps_one_vote(&self) -> bool {
        let program = self.symbols.program;
        let package = self.symbols.package;
        let mut found = false;
        let structs = program.structs_of(package);
        for (def, field) in structs.flat_map(|d| d.fields.iter().map(move |f| (d, f))) {
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
                TypeRef::Path { name, .. } => match program.struct_def(name, package) {
                    Some(d) => d.fields.iter().any(|f| program.words(f.name).any(Words::TERM)),
                    // A type of another crate that is a vote by its name may have one.
                    None => program.words(name).any(Words::VOTE.with(Words::BALLOT)),
                },
                _ => false,
            };
            // `voted_on`, `voted_in`: a term.
            let text = program.text(field.name);
            let of_term = words.any(Words::TERM) || matches!(text, "voted_on" | "voted_in");
            let with_term = of_term || own && holds_term();
            if with_term {
                return false;
            }
            found |= words.any(Words::FOR) || !words.any(Words::OTHER);
        }
        found
    }
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
