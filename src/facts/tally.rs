//! The tally of a candidate: where a granted vote is counted.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::value::Value;
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, Name};
use crate::protocol::{Effect, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A number goes up by what is added: `self.votes += 1`, `granted += 1`.
    pub(super) fn tally_raised(&mut self, world: &World, name: Name, value: &Value, at: Place) {
        let replying = world.handling == Some(Message::VoteReply);
        if !replying && (world.awaited.is_none() || !self.answer_was_asked(world)) {
            return;
        }
        let Value::Sym(sym) = value else { return };
        let plain = self.plain(*sym);
        let Origin::Binary(BinaryOp::Add, _, one) = self.symbols.get(plain).origin else {
            return;
        };
        let words = self.symbols.program.words(name);
        let counts = || {
            let text = self.symbols.program.text(name);
            let counter = words.any(Words::LENGTH.with(Words::SUCCESS).with(Words::MATCH));
            counter || text.contains("counter")
        };
        let one = matches!(self.symbols.get(one).origin, Origin::Int(1));
        if one
            && (is_tally(words) || counts() && self.reply_granted(world))
            && let Some(world) = self.handling_reply(world, Message::VoteReply, Some(plain))
        {
            self.record(&world, Effect::VoteCount, at, &[], true);
        }
    }

    /// A number behind a place goes up: `self.votes += 1`, `*votes += 1`.
    pub(super) fn tally_stored(&mut self, world: &World, place: Sym, value: &Value, at: Place) {
        if (world.handling == Some(Message::VoteReply) || world.awaited.is_some())
            && !matches!(self.symbols.role(place), Role::CurrentTerm | Role::CommitIndex)
            && !self.decides_nothing(place)
            && let Some(name) = self.symbols.name(place)
            && is_tally(self.symbols.program.words(name))
        {
            self.tally_raised(world, name, value, at);
        }
        self.elected(world, place, value, at);
    }

    /// A voter is put into a set, or a reply into a map of votes.
    pub(super) fn tally_call(&mut self, world: &World, call: &OpaqueCall<'_>) {
        if world.handling != Some(Message::VoteReply) || call.args.is_empty() {
            return;
        }
        let program = self.symbols.program;
        let text = program.text(call.method);
        let collects = matches!(text, "insert" | "push" | "or_insert" | "push_back" | "extend");
        let chain = self.chain(call.receiver);
        let named = chain.iter().any(|part| is_tally(self.words_of(*part)));
        let local = self.symbols.tags(call.receiver).any(Tags::LOCAL) || named;
        let log = self.symbols.role(call.receiver) == Role::Log;
        let puts = collects && !log && (named || local && self.puts_voter(world, call));
        // The candidate's own vote answers nobody.
        if chain.iter().any(|part| self.is_own_id(*part) || self.is_by_term(world, *part)) {
            return;
        }
        for argument in call.args.iter().take(2) {
            if matches!(argument, Value::Sym(sym) if self.is_own_id(*sym)) {
                return;
            }
        }
        let records = local && counts_by_name(text, program.words(call.method));
        if (puts || records) && !self.decides_nothing(call.receiver) {
            self.record(world, Effect::VoteCount, call.at, &[], true);
        }
    }

    /// The node becomes leader behind a lock that was taken after the last vote was awaited.
    fn elected(&mut self, world: &World, place: Sym, value: &Value, at: Place) {
        let Value::Variant(name, _) = value else { return };
        let leads = self.symbols.program.words(*name) == Words::LEADER;
        if !leads || world.handling.is_some() || world.awaited.is_none() {
            return;
        }
        let Some(world) = self.handling_reply(world, Message::VoteReply, Some(place)) else {
            return;
        };
        // `node.become_leader()` is where it is decided.
        let depth = self.depth();
        let call = self.frames.all().last().and_then(|f| f.call).filter(|_| depth > 1);
        self.record(&world, Effect::VoteCount, call.unwrap_or(at), &[], true);
    }

    /// Whether a call puts the sender of a granted vote somewhere.
    fn puts_voter(&self, world: &World, call: &OpaqueCall<'_>) -> bool {
        let Some(Value::Sym(voter)) = call.args.first() else { return false };
        let Some(name) = self.symbols.name(*voter) else { return false };
        let words = self.symbols.program.words(name);
        let sender = words.any(Words::SEND.with(Words::ID).with(Words::NODE))
            || matches!(self.symbols.program.text(name), "from" | "src" | "source" | "voter");
        sender && self.symbols.tags(*voter).any(Tags::REQUEST) && self.reply_granted(world)
    }

    /// Whether a tally is one of many, each for the term of its votes.
    fn is_by_term(&self, world: &World, part: Sym) -> bool {
        let term = |sym: &Sym| self.role(world, *sym) == Role::ReqTerm;
        let key = |sym: &Sym| match &self.symbols.get(*sym).origin {
            Origin::Composite(parts) => parts.iter().any(term),
            _ => term(sym),
        };
        match &self.symbols.get(part).origin {
            Origin::Method(_, args) => args.iter().skip(1).any(key),
            Origin::Index(_, index) => key(index),
            _ => false,
        }
    }

    /// `self.id`, or an entry of a table for it.
    fn is_own_id(&self, sym: Sym) -> bool {
        let own = |sym: Sym| {
            let (words, tags) = (self.words_of(sym), self.symbols.tags(sym));
            let id = words.any(Words::ID) || words == Words::CURRENT;
            let sender = tags.any(Tags::REQUEST.with(Tags::UNKNOWN_PARAM));
            id && tags.any(Tags::LOCAL) && !sender
        };
        match &self.symbols.get(sym).origin {
            Origin::Method(_, args) => args.iter().skip(1).any(|key| own(*key)),
            Origin::Index(_, key) => own(*key),
            _ => own(sym),
        }
    }

    /// Whether this way was taken because the vote was granted.
    fn reply_granted(&self, world: &World) -> bool {
        let grants = Words::GRANT.with(Words::VOTE).with(Words::SUCCESS);
        world.assumptions.iter().any(|&(assumption, holds)| match assumption {
            Assumption::Truthy(sym) => {
                let words = self.words_of(sym);
                let of_reply = self.symbols.tags(sym).any(Tags::REQUEST);
                of_reply && (holds && words.any(grants) || !holds && words.any(Words::REJECT))
            }
            Assumption::Is(sym, variant) => {
                let words = self.symbols.program.words(variant);
                holds
                    && self.symbols.tags(sym).any(Tags::REQUEST)
                    && words.any(Words::GRANT.with(Words::SUCCESS))
                    && !words.any(Words::REPLY)
            }
            _ => false,
        })
    }

    /// Numbers for an observer decide nothing, and who would vote has not voted.
    fn decides_nothing(&self, sym: Sym) -> bool {
        let program = self.symbols.program;
        self.chain(sym).iter().any(|part| {
            let text = self.symbols.name(*part).map(|n| program.text(n)).unwrap_or_default();
            text.starts_with("pre_") || text.starts_with("prevote")
        }) || crate::roles::is_observed(&self.symbols, sym)
    }
}

/// `votes`, `granted_votes`, `votes_received`; not `voted_for`, nor who refused.
fn is_tally(words: Words) -> bool {
    let other = Words::FOR
        .with(Words::TERM)
        .with(Words::TIME)
        .with(Words::REJECT)
        .with(Words::REQUEST)
        .with(Words::REPLY);
    words.any(Words::VOTE.with(Words::GRANT)) && !words.any(other)
}

/// `record_vote(from)`, `grant_by(&target)`.
fn counts_by_name(text: &str, words: Words) -> bool {
    const VERBS: &[&str] = &["grant", "record", "register", "add", "receive", "accept", "collect"];
    is_tally(words) && VERBS.iter().any(|verb| text.starts_with(verb))
}
