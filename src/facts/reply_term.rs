//! Which questions show that a reply belongs to the current term, beside its own term: the term of
//! the request that it answers, or the term in which the election or the leadership began.

use super::eval::Engine;
use super::order::Order;
use super::relation::Comparison;
use super::world::World;
use crate::ir::{BinaryOp, FieldDef, StructDef, TypeRef};
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// `a op b` holds from here on, while a reply is handled.
    pub(super) fn reply_compared(
        &self,
        world: &mut World,
        Comparison { op, left: a, right: b, at: place }: Comparison,
    ) {
        // A message of no term is the node's own: it never left it.
        let zero = |s: Sym| self.symbols.role(s) == Role::Zero;
        let term = |s: Sym| self.role(world, s) == Role::ReqTerm;
        if op == BinaryOp::Eq && (term(a) && zero(b) || zero(a) && term(b)) {
            world.learn(Fact::ReplyOfThisTerm, place);
            return;
        }
        let replying = match world.handling {
            Some(message) => matches!(message, Message::AppendReply | Message::VoteReply),
            None => world.awaited.is_some(),
        };
        if !replying {
            return;
        }
        let order = Order::of(op);
        let of_this_term = match (self.role(world, a), self.role(world, b)) {
            (_, Role::CurrentTerm) if self.is_remembered_term(world, a) => {
                order.within(Order::AT_LEAST)
            }
            (Role::CurrentTerm, _) if self.is_remembered_term(world, b) => {
                order.within(Order::AT_MOST)
            }
            _ => op == BinaryOp::Eq && (self.same_leadership(a, b) || self.same_leadership(b, a)),
        };
        if of_this_term {
            world.learn(Fact::ReplyOfThisTerm, place);
        }
    }

    /// Whether the reply whose term is asked for here has two terms, that of the request which it answers and
    /// one that a refusal tells: neither alone says whether the message is of a higher term.
    pub(super) fn tells_two_terms(&self, message: Message, asked: Place) -> bool {
        let program = self.symbols.program;
        let Some(around) = program.function_around(asked) else { return false };
        let params = &program.function(around).params;
        let is_reply = |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if program.words(*name).any(Words::REPLY));
        matches!(message, Message::AppendReply | Message::VoteReply)
            && params.iter().any(|p| is_reply(&p.ty) && self.terms_in(&p.ty, 5) > 1)
    }

    /// The terms of messages in a type, each field once.
    fn terms_in(&self, ty: &TypeRef, fuel: u32) -> usize {
        let program = self.symbols.program;
        let package = self.symbols.package;
        let (TypeRef::Path { name, args, .. }, Some(less)) = (ty, fuel.checked_sub(1)) else {
            return 0;
        };
        let of_log = Words::LAST.with(Words::PREV).with(Words::LOG).with(Words::ENTRY);
        let of_log = of_log.with(Words::ENTRIES).with(Words::MATCH);
        let of_fields = |def: &StructDef| -> usize {
            let of = |f: &FieldDef| match program.words(f.name) {
                words if words.any(of_log) => 0,
                words if words.any(Words::TERM) => 1,
                _ => self.terms_in(&f.ty, less),
            };
            def.fields.iter().map(of).sum()
        };
        let own = program.struct_def(*name, package).map_or(0, of_fields);
        let variants = program.enum_def(*name, package).map_or(&[][..], |def| &def.variants);
        let told: usize = variants.iter().map(of_fields).max().unwrap_or(0);
        own + told + args.iter().map(|arg| self.terms_in(arg, less)).sum::<usize>()
    }

    /// A term that was noted when the request went out, or that came along with the reply.
    fn is_remembered_term(&self, world: &World, sym: Sym) -> bool {
        let role = self.role(world, sym);
        let words = self.words_of(sym);
        let of_log = Words::LAST.with(Words::PREV).with(Words::LOG).with(Words::ENTRY);
        match role {
            Role::CurrentTerm => true,
            Role::ReqTerm => self.is_of_sent_request(world, sym),
            Role::None => words.any(Words::TERM) && !words.any(of_log),
            _ => false,
        }
    }

    /// A reply's vote, or the count of an election or session that came with it, beside the node's.
    fn same_leadership(&self, reply: Sym, own: Sym) -> bool {
        let (words, local) = (self.words_of(reply), self.words_of(own));
        let vote = Words::VOTE.with(Words::BALLOT);
        let tags = self.symbols.tags(reply);
        let node = self.symbols.tags(own).any(Tags::LOCAL);
        node && (tags.only_request() && words.any(vote) && local.any(vote)
            || self.counts_leaderships(reply) && self.counts_leaderships(own))
    }

    /// `election`, `generation`, `session`: a number that a new election changes.
    fn counts_leaderships(&self, sym: Sym) -> bool {
        const COUNTS: &[&str] = &["election", "generation", "session", "round", "stream"];
        let Some(name) = self.symbols.name(sym) else { return false };
        let constant = matches!(self.symbols.get(sym).origin, Origin::Global(_));
        let text = self.symbols.program.text(name);
        !constant && text.split('_').any(|word| COUNTS.contains(&word))
    }
}
