//! The end of the handling of a message: what is known then of its term.

use super::eval::Engine;
use super::order::Order;
use super::reads;
use super::start::takes_apart;
use super::term_side::MAX_DEPTH;
use super::value::Value;
use super::world::Assumption;
use super::world::World;
use crate::ir::{BinaryOp, ExprKind, FieldDef, Name, Pat, TypeRef};
use crate::program::{FnId, Program};
use crate::protocol::Effect;
use crate::protocol::Fact;
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
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
                let elected = self.is_elected(world);
                hold(Fact::IsCandidate, !elected && self.is_candidate(world));
                hold(Fact::LeftAlone, !elected && self.is_left_alone(world));
                hold(Fact::ClearsAsLeader, elected);
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
            .all()
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
    pub(super) fn is_candidate(&self, world: &World) -> bool {
        let program = self.symbols.program;
        let asked = world.assumptions.iter().any(|(assumption, holds)| match assumption {
            Assumption::Is(_, variant) => {
                let text = program.text(*variant).to_ascii_lowercase();
                text.contains("candidate") && *holds || text.contains("follower") && !*holds
            }
            Assumption::Truthy(sym) => {
                let words = self.name_words(*sym);
                words.any(Words::CANDIDATE) && *holds
            }
            _ => false,
        });
        let owned = self.frames.all().iter().any(|f| {
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

    /// The handling of a message ends on this way.
    pub(super) fn handling_ends(&mut self, world: &World, value: &Value) {
        if let Some(site) = world.term.vote.left.clone().or_else(|| world.term.vote.adopted.clone())
        {
            let mut end = world.clone();
            if world.term.vote.left.is_none() || !self.keeps_one_vote() {
                end.learn(Fact::OldVoteGone, site.innermost);
            }
            end.learn(Fact::AdoptsTerm, site.place);
            let depth = self.frames.all().len() - 1;
            self.record_at(&end, Effect::TermAdoption, &site, depth, &[], true);
        }
        self.office_ends(world, value);
        if world.handling.is_none() && world.term.answered && world.term.order == Order::GREATER {
            self.answer_ends(world);
        }
        let (Some(message), Some(at)) = (world.handling, *world.handled_at) else { return };
        let order = world.term.order;
        let known = world.term.at.is_some()
            && (order.within(Order::GREATER) || order.within(Order::AT_MOST));
        let adopts = || {
            reads::elsewhere();
            self.terms_adopted.contains(&(world.handling, *world.handler))
        };
        // Only an equal term was asked for: a higher one goes the way of a lower one. Code without a
        // vote is a part of a node, whose term is seen to elsewhere.
        let other = order == Order::of(BinaryOp::Ne);
        let open = order.within(Order::AT_LEAST) || other && self.keeps_voted_for();
        let echo = || other && world.term.at.is_some_and(|at| self.tells_two_terms(message, at));
        let never =
            world.term.at.is_some() && (order == Order::GREATER || !adopts()) && open && !echo();
        // A part that leaves a higher term to its handler is no proof by itself: the handler is asked.
        let part = self.is_part_of_handler(message) || other && self.has_looking_caller();
        if !known && !never || is_failure(self, value) || part && !never {
            return;
        }
        let mut end = world.clone();
        for (fact, at) in self.term_facts(world, Effect::HandlingEnd, &[], at) {
            end.learn(fact, at);
        }
        let follows = *value == Value::Unit && self.follows_another(world);
        if follows || self.is_left_alone(world) || world.term.told || self.tells_term(world, value)
        {
            end.learn(Fact::LeftAlone, at);
        }
        let (mut site, depth) = self.site(at, &[]);
        site.innermost = at;
        site.place = world.term.at.unwrap_or(at);
        self.record_at(&end, Effect::HandlingEnd, &site, depth, &[], !part);
    }

    /// A function ends that has asked another server, on a way on which the answer's term is higher.
    fn answer_ends(&mut self, world: &World) {
        let root = self.frame().function;
        if self.frames.all().len() > 1 || self.terms_adopted.contains(&(None, Some(root))) {
            return;
        }
        let Some(at) = world.term.at else { return };
        let (mut site, depth) = self.site(at, &[]);
        (site.innermost, site.place) = (at, at);
        self.record_at(world, Effect::HandlingEnd, &site, depth, &[], true);
    }

    /// Whether a caller takes messages apart and may look at their terms before this is called.
    fn has_looking_caller(&self) -> bool {
        let program = self.symbols.program;
        let looks = |f: FnId| takes_apart(program, f) && names_message_term(program, f);
        program.callers(self.frame().function).into_iter().any(looks)
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
        if flag || own && self.tells_term(world, value) {
            world.term.told = true;
        }
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
        let functions = self.frames.all().iter().map(|f| program.function(f.function).name);
        asked || functions.into_iter().any(|name| leaves_alone(program.text(name)))
    }

    /// Whether a vote request gets no answer because the node, which is not a candidate, has elected
    /// another: the vote is taken for the leader that it follows.
    fn follows_another(&self, world: &World) -> bool {
        let program = self.symbols.program;
        let voted = |s: Sym| self.symbols.role(s) == Role::VotedFor;
        let mut elected = false;
        let mut settled = false;
        for (assumption, holds) in world.assumptions.iter() {
            match assumption {
                Assumption::Rel(BinaryOp::Eq, a, b) => {
                    elected |= !holds && (voted(*a) || voted(*b))
                }
                Assumption::Present(vote) => elected |= *holds && voted(*vote),
                Assumption::Is(_, variant) => {
                    settled |= !holds && program.words(*variant).any(Words::CANDIDATE);
                }
                _ => {}
            }
        }
        world.handling == Some(Message::RequestVote) && elected && settled
    }

    /// Whether a value speaks of time, or of another reason to leave a message alone.
    fn says_why(&self, sym: Sym) -> bool {
        let mut names = Vec::new();
        self.names_of(sym, MAX_DEPTH, &mut names);
        let program = self.symbols.program;
        names.iter().any(|n| leaves_alone(program.text(*n)) || program.words(*n).any(Words::TIME))
    }

    /// The words of the names that a value is made of.
    fn name_words(&self, sym: Sym) -> Words {
        let mut names = Vec::new();
        self.names_of(sym, MAX_DEPTH, &mut names);
        names.iter().fold(Words::default(), |w, n| w.with(self.symbols.program.words(*n)))
    }

    /// The names that a value is made of.
    pub(super) fn names_of(&self, sym: Sym, fuel: u32, names: &mut Vec<Name>) {
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
}

/// Whether a body names a term that is not called the current one: it may look at the message's.
fn names_message_term(program: &Program, id: FnId) -> bool {
    let term = |name: Name| {
        let words = program.words(name);
        words.any(Words::TERM) && !words.any(Words::CURRENT)
    };
    let body = &program.function(id).body;
    let bound = body.pats.iter().any(|p| matches!(p, Pat::Bind { name, .. } if term(*name)));
    bound
        || body.exprs.iter().any(|e| match &e.kind {
            ExprKind::Field(_, name) | ExprKind::MethodCall { method: name, .. } => term(*name),
            _ => false,
        })
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

/// `Err(..)`: something else failed, or the caller is told.
fn is_failure(engine: &Engine<'_>, value: &Value) -> bool {
    matches!(value, Value::Variant(name, _) if Some(*name) == engine.symbols.program.known.err)
}
