//! Votes: recording one, and building the reply that grants it.

use std::rc::Rc;

use super::effect::OpaqueCall;
use super::eval::{Engine, Outs};
use super::value::{Cond, Value};
use super::world::World;
use crate::ir::{ExprId, FieldDef, Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Effect, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::verbs;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A call that may record a vote or set the grant of a reply.
    pub(super) fn vote_call(&mut self, world: &mut World, call: &OpaqueCall<'_>, base: &SymData) {
        let words = self.symbols.program.words(call.method);
        let setter = words.any(Words::VOTE)
            && words.any(Words::SET)
            && !words.any(Words::GRANT.with(Words::REPLY).with(Words::TIME))
            && base.tags.any(Tags::LOCAL);
        if setter {
            for arg in call.args {
                let role = match arg {
                    Value::Sym(s) => self.role(world, *s),
                    _ => Role::None,
                };
                if role != Role::ReqTerm && role != Role::Request {
                    self.vote_seen(world, arg, call.at);
                    self.vote_effect(world, arg, call.at);
                }
            }
        }
        // `self.voted_for.set(candidate)`: a cell that holds the vote.
        if !setter
            && base.role == Role::VotedFor
            && verbs::writes_cell(self.symbols.program.text(call.method))
        {
            for arg in call.args {
                if self.is_others_vote(arg) {
                    self.vote_effect(world, arg, call.at);
                } else if call.args.len() == 1 {
                    self.vote_seen(world, arg, call.at);
                }
            }
        }
        if words.any(Words::SET)
            && !base.tags.any(Tags::LOCAL)
            && let (Some(polarity), [value]) = (grant_polarity(words, Words::VOTE), call.args)
        {
            self.granting(world, value, polarity, call.at);
        }
    }

    /// A vote that is recorded while RequestVote is handled.
    pub(super) fn vote_effect(&mut self, world: &mut World, value: &Value, at: Place) {
        if world.handling != Some(Message::RequestVote) || *world.voted {
            return;
        }
        for part in value.alternatives() {
            if let Some(sym) = self.candidate_in(&part.clone()) {
                let event = self.record(world, Effect::VoteRecord, at, &[sym], true);
                self.owe(world, event, &Cond::Const(true), true);
                *world.voted = true;
            }
        }
    }

    /// Whether a value came with the request.
    fn is_others_vote(&mut self, value: &Value) -> bool {
        if matches!(value, Value::Unit | Value::Cond(_) | Value::Closure(_)) {
            return false;
        }
        let sym = self.symbol(value);
        self.symbols.tags(sym).only_request() && self.symbols.role(sym) != Role::ReqTerm
    }

    /// The request's value in a recorded vote; none for "no vote" and for one's own id.
    pub(super) fn candidate_in(&mut self, value: &Value) -> Option<Sym> {
        if let Value::Variant(_, parts) = value
            && parts.is_empty()
        {
            return None;
        }
        if matches!(value, Value::Unit | Value::Cond(_) | Value::Closure(_)) {
            return None;
        }
        let sym = self.symbol(value);
        let data = self.symbols.get(sym);
        let none = data.role == Role::Zero || matches!(data.origin, Origin::Global(_));
        // One's own id and one's own earlier vote are local; a candidate is not.
        let own = data.tags.any(Tags::LOCAL) && !data.tags.any(Tags::REQUEST.with(Tags::CANDIDATE));
        (!none && !own && data.role != Role::VotedFor).then_some(sym)
    }

    /// A struct that carries a vote: `VotingState { voted_for: Some(c), .. }`.
    pub(super) fn vote_in_struct(
        &mut self,
        world: &mut World,
        name: Option<Name>,
        fields: &[(Name, Value)],
        at: Place,
    ) {
        self.vote_in_role(world, name, fields);
        self.term_in_struct(world, fields, at);
        // A vote that was recorded before is only copied, for example to be saved.
        if world.handling != Some(Message::RequestVote) || *world.voted {
            return;
        }
        let program = self.symbols.program;
        let own_words = name.map(|n| program.words(n)).unwrap_or_default();
        if own_words.any(Words::REPLY.with(Words::REQUEST)) {
            return;
        }
        // `Command::SaveVote { vote }`: the vote as a whole.
        let saves = own_words.all(Words::VOTE.with(Words::SET)) && !own_words.any(Words::GRANT);
        for (field, value) in fields {
            let words = self.symbols.program.words(*field);
            let whole = saves && words.any(Words::VOTE) && self.is_others_vote(value);
            let vote = words.all(Words::VOTE.with(Words::FOR)) || whole;
            if vote && !words.any(Words::TERM) {
                self.vote_seen(world, value, at);
                self.vote_effect(world, value, at);
            }
        }
    }

    /// `reply.vote_granted = true` on a value that is not known as a struct.
    pub(super) fn vote_reply_field(
        &mut self,
        world: &mut World,
        owner: Sym,
        name: Name,
        value: &Value,
        at: Place,
    ) {
        let tags = self.symbols.tags(owner);
        if world.handling != Some(Message::RequestVote) || tags.any(Tags::LOCAL) {
            return;
        }
        let words = self.symbols.program.words(name);
        if let Some(polarity) = grant_polarity(words, Words::VOTE) {
            self.granting(world, value, polarity, at);
        }
    }

    /// A grant where `value` comes out as `polarity`.
    pub(super) fn granting(&mut self, world: &mut World, value: &Value, polarity: bool, at: Place) {
        if *world.voted {
            return;
        }
        let cond = match value {
            Value::Cond(cond) => cond.clone(),
            Value::Sym(sym) => Cond::Truthy(*sym, at),
            Value::Choice(_) => self.condition(value, at),
            // `response.set_granted(())`
            Value::Unit => Cond::Const(true),
            // `Voted::Yes`, `VoteResult::Granted`.
            Value::Variant(name, parts) if parts.is_empty() => {
                let words = self.symbols.program.words(*name);
                Cond::Const(words.any(Words::GRANT.with(Words::SUCCESS)) == polarity)
            }
            _ => return,
        };
        if self.copies_a_grant(&cond) {
            return;
        }
        for w in self.assume(world.clone(), &cond, polarity) {
            let event = self.record(&w, Effect::VoteReply, at, &[], true);
            self.owe(world, event, &cond, polarity);
        }
    }

    /// Whether a value is (or wraps) a reply or decision about a vote.
    pub(super) fn is_answer(&self, value: &Value) -> bool {
        let program = self.symbols.program;
        let vote = Words::VOTE.with(Words::GRANT);
        match value {
            Value::Struct(name, fields, _) => {
                name.is_some_and(|n| program.words(n).any(Words::REPLY.with(Words::GRANT)))
                    || fields.iter().any(|(n, _)| program.words(*n).any(vote))
            }
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.iter().any(|p| self.is_answer(p))
            }
            _ => false,
        }
    }

    /// `VoteReply::Granted { .. }`: the variant itself is the grant.
    pub(super) fn says_granted(&self, words: Words) -> bool {
        words.any(Words::GRANT) && !words.any(Words::REJECT.with(Words::REPLY).with(Words::OTHER))
    }

    /// Whether a condition is somebody else's answer: `reply.vote_granted` passed on.
    pub(super) fn copies_a_grant(&self, cond: &Cond) -> bool {
        match cond {
            Cond::Truthy(sym, _) => self.is_others_answer(*sym),
            Cond::Not(inner) | Cond::Said(inner, _) | Cond::Whole(inner, _) => {
                self.copies_a_grant(inner)
            }
            Cond::And(a, b) => self.copies_a_grant(a) || self.copies_a_grant(b),
            Cond::Or(a, b) => self.copies_a_grant(a) && self.copies_a_grant(b),
            Cond::Choice(parts) => {
                let mut open = parts.iter().filter(|c| !matches!(c, Cond::Const(false))).peekable();
                open.peek().is_some() && open.all(|c| self.copies_a_grant(c))
            }
            _ => false,
        }
    }

    fn is_others_answer(&self, sym: Sym) -> bool {
        let grants = |name: &Name| self.symbols.program.words(*name).any(Words::GRANT);
        match &self.symbols.get(sym).origin {
            Origin::Inner(inner) => self.is_others_answer(*inner),
            Origin::Method(name, args) => grants(name) || self.asks_handler(*name, args),
            Origin::Call(name, args) => self.asks_handler(*name, args),
            Origin::Named(base, name) => grants(name) || self.is_others_answer(*base),
            Origin::Field(_, name) | Origin::Payload(_, _, name) => grants(name),
            _ => false,
        }
    }

    /// Whether a call hands the whole request on to another vote handler of the package. Which one
    /// is not known here; each of them is judged by itself.
    fn asks_handler(&self, name: Name, args: &[Sym]) -> bool {
        let program = self.symbols.program;
        let other = |id: &FnId| {
            let entry = messages::entry_of(program, *id);
            entry.is_some_and(|e| e.message == Message::RequestVote)
                && !self.frames.all().iter().any(|f| f.function == *id)
        };
        args.iter().any(|a| self.is_whole_request(*a))
            && program
                .in_package(program.functions_named(name), self.symbols.package, |id| *id)
                .any(other)
    }

    /// The request, or another one made of it.
    fn is_whole_request(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let made = matches!(&data.origin, Origin::Composite(parts) if parts.len() > 2);
        data.role == Role::Request || made && data.tags.any(Tags::REQUEST)
    }

    /// A reply that leaves: it is handed to code that is not entered, or returned from the entry.
    pub(super) fn escapes(&mut self, world: &mut World, value: &Value, fallback: Place) {
        if world.handling != Some(Message::RequestVote) || *world.voted {
            return;
        }
        match value {
            Value::Struct(name, fields, place) => {
                let program = self.symbols.program;
                let own = name.map(|n| program.words(n)).unwrap_or_default();
                if own.any(Words::REQUEST) && !own.any(Words::REPLY) {
                    if messages::by_words(own).is_none() {
                        let fields = Rc::clone(fields);
                        self.escapes_in_envelope(world, &fields, fallback);
                    }
                    return;
                }
                if self.says_granted(own) {
                    self.granted(world, *place);
                    return;
                }
                let answers = own.any(Words::REPLY.with(Words::GRANT))
                    || own.any(Words::VOTE) && !own.any(Words::OTHER);
                let fields = Rc::clone(fields);
                for (field, value) in fields.iter() {
                    let words = program.words(*field);
                    if answers && let Some(polarity) = grant_polarity(words, own) {
                        self.granting(world, value, polarity, *place);
                    } else {
                        self.escapes(world, value, *place);
                    }
                }
            }
            Value::Variant(name, _) if self.says_granted(self.symbols.program.words(*name)) => {
                self.granted(world, fallback);
            }
            Value::Variant(name, parts) if self.flag_of_reply(*name).is_some() => {
                let flag = self.flag_of_reply(*name).and_then(|at| parts.get(at).cloned());
                if let Some(flag) = flag {
                    self.granting(world, &flag, true, fallback);
                }
            }
            Value::Variant(_, parts) | Value::Choice(parts) => {
                let parts = Rc::clone(parts);
                for part in parts.iter() {
                    self.escapes(world, part, fallback);
                }
            }
            Value::Tuple(parts) => {
                let parts = Rc::clone(parts);
                let flags = parts.iter().filter(|p| matches!(p, Value::Cond(_))).count();
                let replies = parts.iter().any(|p| matches!(p, Value::Struct(..)));
                for part in parts.iter() {
                    if matches!(part, Value::Cond(_)) {
                        if flags == 1 && !replies && parts.len() == 2 {
                            self.granting(world, part, true, fallback);
                        }
                    } else {
                        self.escapes(world, part, fallback);
                    }
                }
            }
            Value::Sym(sym) => {
                if let Origin::Local(..) | Origin::Borrowed(_) = self.symbols.get(*sym).origin {
                    let loaded = self.load(world, value);
                    if !matches!(loaded, Value::Sym(_)) {
                        self.escapes(world, &loaded, fallback);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a message of any kind carries: `Message { to, body: Body::VoteReply(true) }`.
    fn escapes_in_envelope(&mut self, world: &mut World, fields: &[(Name, Value)], at: Place) {
        for (_, value) in fields {
            if matches!(value, Value::Struct(..) | Value::Variant(..)) {
                self.escapes(world, value, at);
            }
        }
    }

    /// Replies in a list of what is to be done: `vec![Action::Reply { .. }]`.
    pub(super) fn listed(&mut self, world: &mut World, values: &[Value], list: ExprId) {
        if world.handling == Some(Message::RequestVote) {
            let at = self.place_of(list);
            for value in
                values.iter().filter(|v| matches!(v, Value::Struct(..) | Value::Variant(..)))
            {
                self.escapes(world, value, at);
            }
        }
    }

    /// Which part of a reply without field names says that the vote is granted:
    /// `RequestVoteResp(bool)`, `VoteReply(Term, bool)`.
    fn flag_of_reply(&self, variant: Name) -> Option<usize> {
        let program = self.symbols.program;
        let words = program.words(variant);
        if messages::by_words(words) != Some(Message::VoteReply) || words.any(Words::REJECT) {
            return None;
        }
        let (_, fields) = program.variant_def(None, variant, self.symbols.package)?;
        let named = |f: &FieldDef| program.text(f.name).parse::<usize>().is_err();
        let flag = |f: &FieldDef| match &f.ty {
            TypeRef::Path { name, .. } => program.text(*name) == "bool",
            _ => false,
        };
        let mut flags = fields.fields.iter().enumerate().filter(|(_, f)| flag(f));
        let (at, field) = flags.next()?;
        (flags.next().is_none() && !named(field)).then_some(at)
    }

    /// A free function or constructor that is not entered: `vote_granted_reply(term)`.
    pub(super) fn free_call_effect(&mut self, world: &mut World, name: Name, at: Place) {
        let words = self.symbols.program.words(name);
        let grants = words.any(Words::GRANT)
            && words.any(Words::REPLY.with(Words::VOTE))
            && !words.any(Words::REJECT);
        if grants && world.handling == Some(Message::RequestVote) && !*world.voted {
            self.granted(world, at);
        }
    }

    /// A reply that grants, whatever else holds.
    fn granted(&mut self, world: &mut World, at: Place) {
        let event = self.record(world, Effect::VoteReply, at, &[], true);
        self.owe(world, event, &Cond::Const(true), true);
    }

    /// What the entry itself returns.
    pub(super) fn entry_returns(&mut self, returns: &Outs, place: Place) {
        let words = self.symbols.program.words(self.function().name);
        for (world, value) in returns {
            self.ballot_ends(world);
            if self.is_verdict(value) {
                continue;
            }
            let world = &mut world.clone();
            world.ballot_mut().ends = true;
            // `request_vote(..) -> bool` grants; `is_disruptive_request_vote(..) -> bool` asks.
            let handles = words.any(Words::HANDLE) || !words.any(Words::OTHER);
            if let Value::Cond(_) = value
                && words.any(Words::VOTE)
                && handles
                && !*world.voted
            {
                // A bare answer is given to the code that knows the rest.
                world.ballot_mut().ends =
                    self.symbols.program.callers(self.frame().function).is_empty();
                self.granting(world, value, true, place);
            } else {
                self.escapes(world, value, place);
            }
        }
    }
}

impl Engine<'_> {
    /// `Verdict::Granted`, given to the handler of the vote request, which records the vote and is
    /// judged by itself.
    fn is_verdict(&self, value: &Value) -> bool {
        let program = self.symbols.program;
        let bare = |v: &Value| matches!(v, Value::Variant(_, parts) if parts.is_empty());
        let handles = |f: FnId| {
            let entry = messages::entry_of(program, f);
            entry.is_some_and(|e| e.message == Message::RequestVote)
        };
        let own = self.frame().function;
        value.alternatives().iter().all(bare)
            && program.callers(own).into_iter().any(|f| f != own && handles(f))
    }
}

/// Whether a reply's field grants when true (`vote_granted`) or when false (`reject`). `owner`
/// are the words of the struct; `success` and `ok` only speak of votes in a vote's reply.
pub(super) fn grant_polarity(words: Words, owner: Words) -> Option<bool> {
    // `sender_vote` says whose, not whether.
    if words.any(Words::TERM.with(Words::FOR).with(Words::INDEX).with(Words::SEND)) {
        return None;
    }
    if words.any(Words::REJECT) {
        return Some(false);
    }
    let granted = words.any(Words::GRANT)
        || (words.any(Words::VOTE) && !words.any(Words::OTHER.with(Words::PREV)))
        || (words.any(Words::SUCCESS) && owner.any(Words::VOTE));
    granted.then_some(true)
}
