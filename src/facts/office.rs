//! The vote of a server that is elected: it may be forgotten only if leaders never vote.

use rustc_hash::FxHashSet;

use super::eval::Engine;
use super::event::Event;
use super::order::Order;
use super::relation::relation;
use super::term_side::MAX_DEPTH;
use super::value::Value;
use super::world::{Assumption, World};
use crate::ir::{ExprId, ExprKind, Name, Pat, TypeRef};
use crate::program::{FnId, PackageId};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::Role;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// Whether the node becomes leader on this way, by a vote that it has got.
    pub(super) fn is_elected(&self, world: &World) -> bool {
        if world.handling != Some(Message::VoteReply) || self.newer_term_found(world) {
            return false;
        }
        let program = self.symbols.program;
        let leads = |name: Name| program.words(name).any(Words::LEADER);
        let stored = |value: &Value| match value {
            Value::Variant(name, _) | Value::Struct(Some(name), ..) => leads(*name),
            _ => false,
        };
        let called = |f: FnId| {
            let name = program.function(f).name;
            Some(f) != *world.handler && leads(name) && !program.text(name).contains("as_leader")
        };
        self.frames.all().iter().any(|f| called(f.function)) || world.heap.values().any(stored)
    }

    /// Whether some term was found to be later than the current one: what follows is a new term.
    fn newer_term_found(&self, world: &World) -> bool {
        let current = |sym| self.symbols.role(sym) == Role::CurrentTerm;
        let mut asked = world.assumptions.iter().filter_map(|(a, holds)| relation(*a, *holds));
        asked.any(|(x, y, order)| {
            current(x) && order == Order::LESS || current(y) && order == Order::GREATER
        })
    }

    /// Where a grant was made to depend on the node's role, so that a leader may never come here.
    pub(super) fn role_asked(&self, world: &World, at: Place) -> Option<Place> {
        let program = self.symbols.program;
        let named = |sym| {
            let mut names = Vec::new();
            self.names_of(sym, MAX_DEPTH, &mut names);
            names.iter().any(|n| self.is_office(*n))
        };
        let asked = world.assumptions.iter().any(|(assumption, _)| match assumption {
            Assumption::Is(sym, variant) => self.is_office(*variant) || named(*sym),
            Assumption::Present(sym) | Assumption::Truthy(sym) => named(*sym),
            Assumption::Rel(_, a, b) => named(*a) || named(*b),
        });
        let part_of_role = |f: FnId| {
            let function = program.function(f);
            let owner = function.owner.as_ref().map(|o| &o.self_ty);
            let owned = match owner {
                Some(TypeRef::Path { name, args, .. }) => {
                    let named = |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if self.is_office(*name));
                    self.is_office(*name) || args.iter().any(named)
                }
                _ => false,
            };
            let chosen = || program.callers(f).into_iter().any(|c| self.tells_roles_apart(c));
            owned || self.is_office(function.name) || self.tells_roles_apart(f) || chosen()
        };
        let by_role = || {
            let frames = self.frames.all().iter().map(|f| f.function);
            frames
                .filter(|f| !program.text(program.function(*f).name).contains("become"))
                .any(part_of_role)
        };
        (asked || by_role()).then_some(at)
    }

    fn is_office(&self, name: Name) -> bool {
        let program = self.symbols.program;
        program.words(name).any(Words::LEADER)
            || program.text(name).to_ascii_lowercase().contains("follower")
    }

    /// Whether a body asks for a leader or a follower, in a pattern, an equation or a getter.
    pub(super) fn tells_roles_apart(&self, id: FnId) -> bool {
        let known = self.roles_apart.borrow().get(&id).copied();
        known.unwrap_or_else(|| {
            let answer = self.asks_for_role(id);
            self.roles_apart.borrow_mut().insert(id, answer);
            answer
        })
    }

    fn asks_for_role(&self, id: FnId) -> bool {
        let body = &self.symbols.program.function(id).body;
        let named = |e: ExprId| match &body.expr(e).kind {
            ExprKind::Path(path) => path.last().is_some_and(|n| self.is_office(*n)),
            ExprKind::Field(_, name) => self.is_office(*name),
            _ => false,
        };
        let asks = body.exprs.iter().any(|e| match &e.kind {
            ExprKind::Binary(_, a, b) => named(*a) || named(*b),
            ExprKind::MethodCall { method, .. } => {
                self.symbols.program.text(*method).starts_with("is_") && self.is_office(*method)
            }
            _ => false,
        });
        if asks {
            return true;
        }
        let named = |pat: &Pat| pat.named().and_then(|(path, _)| path.last().copied());
        body.pats.iter().filter_map(named).any(|name| self.is_office(name))
    }
}

/// Tells of each vote that is cleared by an election whether all grants of its package depend on the
/// role, or are given in a term of their own.
pub(super) fn leaders_never_vote(events: &mut [Event]) {
    let grants = events.iter().filter(|e| {
        let grant = matches!(e.effect, Effect::VoteRecord | Effect::VoteReply);
        grant && e.handling == Some(Message::RequestVote)
    });
    let safe = [Fact::RoleAsked, Fact::TermRises];
    let unsafe_grants = grants.filter(|e| !e.facts.iter().any(|(f, _)| safe.contains(f)));
    let may_vote: FxHashSet<Option<PackageId>> = unsafe_grants.map(|e| e.package).collect();
    let clears = |e: &Event| e.facts.iter().any(|(f, _)| *f == Fact::ClearsAsLeader);
    for event in events.iter_mut().filter(|e| clears(e) && !may_vote.contains(&e.package)) {
        event.learn(Fact::LeaderNeverVotes, event.place);
    }
}
