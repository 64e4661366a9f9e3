//! The one vote of a term: whether it is still to be given, and whether it is recorded.

use std::rc::Rc;

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::order::Order;
use super::reads;
use super::relation::Comparison;
use super::value::{Cond, Value};
use super::world::{Votes, World};
use crate::ir::{BinaryOp, Name, TypeRef};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// More than this is not owed on one way.
const MAX_OWED: usize = 4;

/// How deep the parts of a stored vote are looked into.
const MAX_PARTS: u32 = 4;

/// What a way knows of the vote of the current term.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ballot {
    /// Where the vote was found not to be given yet, or given to this very candidate.
    free: Option<Place>,
    /// The stored vote that was looked at; none where the term is new.
    pub(super) tested: Option<Sym>,
    /// The place in which the vote is being recorded.
    pub(super) stored: Option<Sym>,
    /// Where the request was found to be one of a pre-vote, which is no vote.
    trial: Option<Place>,
    /// The handling ends with what is being looked at.
    pub(super) ends: bool,
    /// What has still to happen before the handling ends.
    owed: Vec<Rc<Owed>>,
}

/// Something that has to follow an effect in the same handling.
#[derive(Debug, PartialEq)]
struct Owed {
    /// The effect that needs it.
    event: usize,
    /// The evidence that it gives.
    fact: Fact,
    /// Where the request's term was compared.
    at: Option<Place>,
    /// The effect only happened where this comes out so.
    cond: Cond,
    polarity: bool,
}

impl Ballot {
    /// Looks at each symbol in it.
    pub(super) fn each_symbol(&self, look: &mut dyn FnMut(Sym)) {
        self.tested.iter().chain(&self.stored).for_each(|sym| look(*sym));
        self.owed.iter().for_each(|owed| owed.cond.each_symbol(look));
    }

    /// Both ways as one.
    pub(super) fn join(&mut self, other: &Ballot) {
        self.tested = self.tested.or(other.tested);
        self.free = self.free.and(other.free);
        self.trial = self.trial.and(other.trial);
        self.stored = self.stored.or(other.stored);
        for owed in &other.owed {
            self.owe(owed);
        }
    }

    /// Whether the code may tell the two ways apart later.
    pub(super) fn apart(&self, other: &Ballot) -> bool {
        let same = self.owed.len() == other.owed.len()
            && self.owed.iter().zip(&other.owed).all(|(a, b)| a == b);
        self.free.is_some() != other.free.is_some()
            || self.trial.is_some() != other.trial.is_some()
            || !same
    }

    fn owe(&mut self, owed: &Rc<Owed>) {
        if self.owed.len() < MAX_OWED && !self.owed.contains(owed) {
            self.owed.push(Rc::clone(owed));
        }
    }

    /// What a call did, whose body shows nothing of it.
    pub(super) fn hand_over(&mut self, call: &Ballot) {
        if self.free.is_none() {
            self.free = call.free;
            self.tested = call.tested;
        }
        if call.owed.len() > self.owed.len() {
            self.owed = call.owed.clone();
        }
    }

    /// Whether nothing is owed.
    pub(super) fn is_settled(&self) -> bool {
        self.owed.is_empty()
    }

    /// Nothing is owed any more.
    pub(super) fn settle(&mut self) {
        self.owed.clear();
    }
}

impl World {
    /// The vote of the term was found free. `tested` is the stored vote that was looked at.
    fn vote_is_free(&mut self, tested: Option<Sym>, at: Place) {
        if Fact::VotedForCandidate.concerns(self.handling) && self.ballot().free.is_none() {
            let ballot = self.ballot_mut();
            ballot.free = Some(at);
            ballot.tested = tested;
        }
    }

    /// The message asks only whether a vote would be granted.
    pub(super) fn is_trial(&mut self, at: Place) {
        if self.ballot().trial.is_none() {
            self.ballot_mut().trial = Some(at);
        }
    }

    /// A term is adopted that is higher than the current one: no vote has been given in it.
    pub(super) fn term_is_new(&mut self, at: Place) {
        self.vote_is_free(None, at);
        if !self.ballot().is_settled() {
            self.ballot_mut().owed.retain(|o| o.fact != Fact::VoteUnspent);
        }
    }
}

impl Engine<'_> {
    /// `a op b` holds from here on.
    pub(super) fn vote_compared(&self, world: &mut World, said: Comparison) {
        let Comparison { op, left: a, right: b, at } = said;
        self.vote_compared_with(world, op, a, b, at);
        self.vote_compared_with(world, super::derive::mirrored(op), b, a, at);
    }

    fn vote_compared_with(
        &self,
        world: &mut World,
        op: BinaryOp,
        vote: Sym,
        other: Sym,
        at: Place,
    ) {
        let (role, with) = (self.role(world, vote), self.role(world, other));
        let (tags, data) = (self.symbols.tags(other), self.symbols.get(other));
        // A vote of another term is none of this one.
        if matches!(with, Role::ReqTerm | Role::CurrentTerm)
            && !self.is_vote_term(other)
            && matches!(op, BinaryOp::Ne | BinaryOp::Lt)
            && self.is_vote_term(vote)
        {
            world.vote_is_free(None, at);
        }
        if let (BinaryOp::Eq, Origin::Global(name)) = (op, &data.origin)
            && self.symbols.tags(vote).only_request()
            && messages::is_trial_name(self.symbols.program.text(*name))
        {
            world.is_trial(at);
        }
        let ordered = matches!(op, BinaryOp::Lt | BinaryOp::Le) && tags.only_request();
        let named = op == BinaryOp::Eq && (with == Role::Candidate || tags.only_request());
        let part = (ordered || named) && with != Role::ReqTerm;
        if role != Role::VotedFor && !(part && self.is_of_vote(vote, MAX_PARTS)) {
            return;
        }
        let candidate = with == Role::Candidate
            || tags.only_request()
            || tags.any(Tags::UNKNOWN_PARAM) && with != Role::ReqTerm;
        let nobody = with == Role::Zero || matches!(data.origin, Origin::Global(_));
        let free = match op {
            BinaryOp::Eq => candidate || nobody,
            // Whole votes have an order: a later one may follow an earlier one.
            BinaryOp::Lt | BinaryOp::Le => tags.only_request() || with == Role::Zero,
            _ => false,
        };
        if free {
            world.vote_is_free((role == Role::VotedFor).then_some(vote), at);
        }
        // `vote.candidate == request.candidate`: a part of the vote that names whose it is.
        if named && part && role != Role::VotedFor && world.handling == Some(Message::RequestVote) {
            world.learn(Fact::VotedForCandidate, at);
        }
    }

    /// Whether a value is the stored vote in another form, or made of its parts.
    fn is_of_vote(&self, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(self.plain(sym));
        let Some(less) = fuel.checked_sub(1) else { return false };
        data.role == Role::VotedFor
            || match &data.origin {
                Origin::Field(base, _) => self.is_of_vote(*base, less),
                Origin::Method(_, parts) if parts.len() == 1 => self.is_of_vote(parts[0], less),
                Origin::Composite(parts) => parts.iter().any(|p| self.is_of_vote(*p, less)),
                _ => false,
            }
    }

    /// Whether a value is the term in which the stored vote was given.
    pub(super) fn is_vote_term(&self, sym: Sym) -> bool {
        let data = self.symbols.get(self.plain(sym));
        let (name, base) = match &data.origin {
            Origin::Field(base, name) | Origin::Payload(base, _, name) => (*name, *base),
            Origin::Method(name, args) if args.len() == 1 => (*name, args[0]),
            _ => return false,
        };
        let words = self.symbols.program.words(name);
        let of_vote = self.symbols.role(self.plain(base)) == Role::VotedFor;
        data.tags.any(Tags::LOCAL)
            && (words.all(Words::VOTE.with(Words::TERM))
                || of_vote && (words.any(Words::TERM) || self.symbols.program.text(name) == "0"))
    }

    /// A value was found to be none.
    pub(super) fn vote_absent(&self, world: &mut World, sym: Sym, at: Place) {
        if self.role(world, sym) == Role::VotedFor {
            world.vote_is_free(Some(sym), at);
        }
    }

    /// A vote request enters: in a function, or as a type, whose name says that it is no vote.
    pub(super) fn trial_entered(&self, world: &mut World) {
        let (program, function) = (self.symbols.program, self.function());
        let taken = |ty: &TypeRef| match program.peel(ty, self.symbols.package) {
            TypeRef::Path { name, .. } => messages::is_trial_name(program.text(name)),
            _ => false,
        };
        let trial = messages::is_trial_name(program.text(function.name))
            || function.params.iter().any(|p| taken(&p.ty));
        if world.handling == Some(Message::RequestVote) && trial {
            world.is_trial(program.place(self.frame().function));
        }
    }

    /// A part of a message was found to be this variant, or another one.
    pub(super) fn kind_found(
        &self,
        world: &mut World,
        sym: Sym,
        variant: Name,
        outcome: bool,
        at: Place,
    ) {
        if !self.symbols.tags(sym).only_request() {
            return;
        }
        let program = self.symbols.program;
        let trial = messages::is_trial_name(program.text(variant));
        let request = messages::by_words(program.words(variant)) == Some(Message::RequestVote);
        // A vote request that is none of a vote is one of a pre-vote.
        let other_kind = request && !trial && world.handling == Some(Message::RequestVote);
        if trial && outcome || other_kind && !outcome {
            world.is_trial(at);
        }
    }

    /// A flag of a message holds.
    pub(super) fn flag_found(&self, world: &mut World, sym: Sym, at: Place) {
        let data = self.symbols.get(self.plain(sym));
        // `[NOBODY, candidate].contains(&self.voted_for)`
        if let Origin::Method(name, args) = &data.origin
            && let [list, vote] = **args
            && self.symbols.program.text(*name) == "contains"
            && self.role(world, vote) == Role::VotedFor
            && self.symbols.tags(list).any(Tags::REQUEST)
            && !self.symbols.tags(list).any(Tags::LOCAL)
        {
            world.vote_is_free(Some(vote), at);
            return;
        }
        let name = match &data.origin {
            Origin::Field(_, name) | Origin::Payload(_, _, name) | Origin::Method(name, _) => name,
            _ => return,
        };
        if data.tags.only_request() && messages::is_trial_name(self.symbols.program.text(*name)) {
            world.is_trial(at);
        }
    }

    /// A value is stored as the vote: none takes back an earlier one.
    pub(super) fn vote_seen(&mut self, world: &mut World, value: &Value, at: Place) {
        let none = value.alternatives().to_vec().iter().all(|part| match part {
            Value::Variant(_, parts) => parts.is_empty(),
            Value::Sym(sym) => {
                let data = self.symbols.get(*sym);
                data.role == Role::Zero || matches!(data.origin, Origin::Global(_))
            }
            _ => false,
        });
        if none {
            world.vote_is_free(None, at);
        }
    }

    /// A struct is built that carries a term: where it is the request's and higher than the current
    /// one, it is adopted with it.
    pub(super) fn term_in_struct(
        &mut self,
        world: &mut World,
        fields: &[(Name, Value)],
        at: Place,
    ) {
        for (field, value) in fields {
            let words = self.symbols.program.words(*field);
            if words.any(Words::TERM) && !words.any(Words::LOG.with(Words::LAST)) {
                let sym = self.symbol(value);
                let is_term = self.role(world, sym) == Role::ReqTerm;
                if is_term && world.term.order.within(Order::GREATER) {
                    world.term_is_new(at);
                }
            }
        }
    }

    /// A call that may adopt the request's term.
    pub(super) fn new_term_call(
        &mut self,
        world: &mut World,
        call: &OpaqueCall<'_>,
        base: &SymData,
    ) {
        let words = self.symbols.program.words(call.method);
        let setter = words.any(Words::TERM.with(Words::STATE).with(Words::NODE))
            && base.tags.any(Tags::LOCAL);
        if setter {
            for arg in call.args {
                let sym = self.symbol(arg);
                let is_term = self.role(world, sym) == Role::ReqTerm;
                if is_term && world.term.order.within(Order::GREATER) {
                    world.term_is_new(call.at);
                }
            }
        }
    }

    /// What a grant on this way has to show for itself.
    pub(super) fn grant_evidence(
        &self,
        world: &World,
        effect: Effect,
        at: Place,
    ) -> Vec<(Fact, Place)> {
        let mut facts = Vec::new();
        if !matches!(effect, Effect::VoteRecord | Effect::VoteReply)
            || world.handling != Some(Message::RequestVote)
        {
            return facts;
        }
        let again = world.facts.iter().find(|(f, _)| *f == Fact::VotedForCandidate);
        let again = again.map(|(_, at)| *at);
        let fresh = world.logs.at.filter(|_| world.logs.is_fresh());
        facts.extend(again.or(fresh).map(|at| (Fact::GrantInOrder, at)));
        facts.extend(self.role_asked(world, at).map(|at| (Fact::RoleAsked, at)));
        let ballot = world.ballot();
        match ballot.free {
            Some(at) if self.protects(ballot) => facts.push((Fact::VoteUnspent, at)),
            Some(at) => facts.push((Fact::OtherVoteTested, at)),
            None => {}
        }
        let new_term = world.term.at.filter(|_| self.may_adopt(world));
        facts.extend(ballot.trial.or(new_term).map(|at| (Fact::VoteUnspent, at)));
        if effect == Effect::VoteReply {
            let recorded = again.or(ballot.trial).or((!ballot.ends).then_some(at));
            facts.extend(recorded.map(|at| (Fact::VoteRecorded, at)));
        }
        facts
    }

    /// Whether the request's term is higher than the current one, and may yet be adopted.
    fn may_adopt(&self, world: &World) -> bool {
        let ballot = world.ballot();
        ballot.free.is_none() && !ballot.ends && world.term.order.within(Order::GREATER)
    }

    /// What has still to follow an effect that has been recorded.
    pub(super) fn owe(&self, world: &mut World, event: Option<usize>, cond: &Cond, polarity: bool) {
        let Some(event) = event.filter(|_| !world.ballot().ends && world.ballot().trial.is_none())
        else {
            return;
        };
        reads::elsewhere();
        let reply = self.events[event].effect == Effect::VoteReply;
        let again = world.has(Fact::VotedForCandidate);
        let recorded = (reply && !again).then_some(Fact::VoteRecorded);
        let adopted = self.may_adopt(world).then_some(Fact::VoteUnspent);
        for fact in [recorded, adopted].into_iter().flatten() {
            let owed = Owed { event, fact, at: world.term.at, cond: cond.clone(), polarity };
            world.ballot_mut().owe(&Rc::new(owed));
        }
    }

    /// The handling of a message ends: what is still owed will not follow.
    pub(super) fn ballot_ends(&mut self, world: &World) {
        if world.ballot().trial.is_some() {
            return;
        }
        for owed in &world.ballot().owed.clone() {
            reads::elsewhere();
            if owed.fact == Fact::VoteRecorded && *world.voted {
                continue;
            }
            if self.assume(world.clone(), &owed.cond, owed.polarity).is_empty() {
                continue;
            }
            let Some(event) = self.events.get(owed.event) else { continue };
            let mut event = event.clone();
            event.facts.retain(|(f, _)| *f != owed.fact);
            if let (Fact::VoteUnspent, Some(at)) = (owed.fact, owed.at) {
                event.learn(Fact::TermNotAdopted, at);
            }
            let known = |e: &super::event::Event| {
                e.place == event.place
                    && e.effect == event.effect
                    && e.innermost == event.innermost
                    && e.facts == event.facts
            };
            if !self.events.iter().any(known) {
                self.events.push(event);
            }
        }
    }

    /// A way leaves the code that handles a vote request, for code that handles `outer` or nothing.
    /// What was known of the request before is known again.
    pub(super) fn leave_votes(
        &mut self,
        world: &mut World,
        outer: Option<Message>,
        before: &Votes,
    ) {
        if world.handling != outer && outer != Some(Message::RequestVote) {
            self.ballot_ends(world);
            world.restore_votes(before);
        }
    }
}
