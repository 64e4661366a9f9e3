//! Effects: which operations change the log, move the commit index, or give a vote.

use std::rc::Rc;

use super::eval::Engine;
use super::relation::Comparison;
use super::value::{Cond, Value};
use super::vote::grant_polarity;
use super::world::World;
use crate::ir::{ExprId, ExprKind, Name, UnaryOp};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::verbs::is_addition;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl<'p> Engine<'p> {
    /// Stores into a place, and records what that means.
    pub(super) fn store(
        &mut self,
        world: World,
        target: ExprId,
        value: Value,
        expr: ExprId,
    ) -> Vec<World> {
        let body = self.body();
        let at = self.place_of(expr);
        match &body.expr(target).kind {
            ExprKind::Path(path) if path.len() == 1 => {
                let mut world = world;
                self.tally_raised(&world, path[0], &value, at);
                self.progress_local(&world, path[0], &value, at);
                self.office_stored(&mut world, Some(path[0]), None, &value, at);
                self.bind(&mut world, path[0], value);
                vec![world]
            }
            ExprKind::Unary(UnaryOp::Deref, inner) => {
                self.store_through(world, *inner, value, expr)
            }
            ExprKind::Field(base, name) => {
                let outs = self.eval(world, *base).into_iter();
                outs.map(|(w, owner)| self.store_field(w, *base, &owner, *name, value.clone(), at))
                    .collect()
            }
            ExprKind::Index(base, index) => {
                let mut worlds = Vec::new();
                for (mut w, values) in self.eval_list(world, &[*base, *index]) {
                    let (base, index) = (self.symbol(&values[0]), self.symbol(&values[1]));
                    let place = self.symbols.intern(Origin::Index(base, index));
                    self.progress_stored(&w, place, &value, at);
                    self.tally_stored(&w, place, &value, at);
                    if self.symbols.role(base) == Role::Log {
                        let written = vec![self.symbol(&value), index];
                        self.log_effect(&w, Effect::LogWrite, at, &written);
                        self.log_filled(&mut w, &value, at);
                    }
                    self.element_stored(&mut w, place);
                    worlds.push(w);
                }
                worlds
            }
            ExprKind::Tuple(targets) => {
                let parts = self.parts(&value, targets.len(), None);
                let mut worlds = vec![world];
                for (&target, part) in targets.iter().zip(parts) {
                    let mut next = Vec::new();
                    for w in worlds {
                        next.extend(self.store(w, target, part.clone(), expr));
                    }
                    worlds = next;
                }
                worlds
            }
            _ => self.eval(world, target).into_iter().map(|(w, _)| w).collect(),
        }
    }

    /// `*reference = value`, by an expression for the reference.
    pub(super) fn store_through(
        &mut self,
        world: World,
        reference: ExprId,
        value: Value,
        expr: ExprId,
    ) -> Vec<World> {
        let at = self.place_of(expr);
        let outs = self.eval(world, reference).into_iter();
        outs.map(|(w, to)| {
            let to = self.boxed(&w, reference, to);
            self.store_symbol(w, &to, value.clone(), at)
        })
        .collect()
    }

    /// `owner.name = value`.
    fn store_field(
        &mut self,
        mut world: World,
        base: ExprId,
        owner: &Value,
        name: Name,
        value: Value,
        at: Place,
    ) -> World {
        let loaded = self.load(&world, owner);
        if let Value::Struct(tag, fields, place) = &loaded {
            self.office_stored(&mut world, Some(name), None, &value, at);
            // `reply.vote_granted = true`: it grants from here on.
            let words = self.symbols.program.words(name);
            let grants = world.handling == Some(Message::RequestVote)
                && grant_polarity(words, Words::VOTE).is_some_and(
                    |polarity| !matches!(value, Value::Cond(Cond::Const(b)) if b != polarity),
                );
            let place = if grants { at } else { *place };
            let fields = self.with_field(fields, name, value);
            // After a flag the index may still get its value.
            if !words.any(Words::SUCCESS.with(Words::REJECT)) {
                self.reply_built(&world, *tag, &fields, at);
            }
            let updated = Value::Struct(*tag, Rc::new(fields), place);
            let updated = self.bounded(updated);
            self.write_back(&mut world, base, owner, updated);
            return world;
        }
        if let Some(updated) = self.with_part(&loaded, name, &value) {
            self.write_back(&mut world, base, owner, updated);
            return world;
        }
        let owner = self.symbol(&loaded);
        let key = self.symbols.intern(Origin::Field(owner, name));
        self.handed_out(&world, name, &value, at);
        self.vote_reply_field(&mut world, owner, name, &value, at);
        self.store_place(world, key, value, at)
    }

    /// Puts a changed struct back to where it came from.
    fn write_back(&mut self, world: &mut World, base: ExprId, owner: &Value, updated: Value) {
        match (&self.body().expr(base).kind, owner) {
            (_, Value::Sym(sym)) => match self.symbols.get(*sym).origin {
                Origin::Local(..) => self.bind_in(world, *sym, updated),
                Origin::Borrowed(place) => self.put(world, place, updated),
                _ => world.keep(*sym, updated),
            },
            (ExprKind::Path(path), _) if path.len() == 1 => {
                let name = path[0];
                self.bind(world, name, updated);
            }
            _ => {
                let borrow = self.boxed(world, base, owner.clone());
                if let Some(place) = self.borrowed(&borrow) {
                    self.put(world, place, updated);
                }
            }
        }
    }

    /// `*reference = value`.
    fn store_symbol(
        &mut self,
        mut world: World,
        reference: &Value,
        value: Value,
        at: Place,
    ) -> World {
        if let Value::Choice(_) = reference {
            self.lend(&mut world, std::slice::from_ref(reference));
        }
        let Value::Sym(sym) = reference else { return world };
        if let Some(place) = self.borrowed(reference) {
            return self.store_borrowed(world, place, value, at);
        }
        match self.symbols.get(*sym).origin {
            Origin::Local(..) => {
                self.bind_in(&mut world, *sym, value);
                return world;
            }
            // A number is no place.
            Origin::Int(_) | Origin::Binary(..) => return world,
            _ => {}
        }
        self.store_place(world, *sym, value, at)
    }

    /// Stores into a symbolic place.
    pub(super) fn store_place(
        &mut self,
        mut world: World,
        key: Sym,
        value: Value,
        at: Place,
    ) -> World {
        if self.symbols.role(key) == Role::CurrentTerm {
            world.term.catch_up();
        }
        self.parts_stored(&mut world, key, &value, at);
        self.ballot_stored(&mut world, key, &value, at);
        self.told(&mut world, key, &value);
        let (name, ty) = (self.symbols.name(key), self.symbols.ty(key));
        self.office_stored(&mut world, name, ty.as_deref(), &value, at);
        self.snapshot_store(&world, self.symbols.role(key), &value, at);
        self.state_changed(&mut world, key, &value, at);
        match self.symbols.role(key) {
            Role::CommitIndex => {
                self.commit_moves(&world, key, &value, at);
                self.commit_effect(&world, &value, at);
                world.learn(Fact::CommitMoved, at);
            }
            Role::VotedFor => {
                self.vote_seen(&mut world, &value, at);
                world.ballot_mut().stored = Some(key);
                self.vote_effect(&mut world, &value, at);
                self.vote_stored(&mut world, &value, at);
            }
            Role::CurrentTerm => self.term_stored(&mut world, &value, at),
            Role::Log => {
                let written = [self.symbol(&value)];
                let filled = self.symbols.tags(written[0]).any(Tags::ENTRIES);
                let effect = if filled { Effect::LogWrite } else { Effect::LogTruncate };
                self.log_effect(&world, effect, at, &written);
                // The log itself, changed in another hand, comes back as it is.
                // Entries that go out next are no part of it yet.
                let next = self.words_of(key).any(Words::NEXT.with(Words::CACHE));
                if self.plain(written[0]) != key && !next {
                    world.learn(Fact::TailGone, at);
                    self.suffix_removed(&world, at, &written);
                }
            }
            _ => {
                self.progress_stored(&world, key, &value, at);
                self.tally_stored(&world, key, &value, at);
                self.vote_term_stored(&mut world, key, &value, at);
            }
        }
        // What is read back is again the current term, the commit index, …
        let value = match self.symbols.role(key) {
            Role::CurrentTerm | Role::CommitIndex | Role::LastApplied => {
                let stored = self.symbol(&value);
                Value::Sym(self.symbols.intern(Origin::Stored(key, stored)))
            }
            _ => value,
        };
        world.keep(key, value);
        world
    }

    /// A whole struct is stored: its term first, then its vote.
    fn parts_stored(&mut self, world: &mut World, key: Sym, value: &Value, at: Place) {
        let Value::Struct(_, fields, _) = value else { return };
        for wanted in [Role::CurrentTerm, Role::VotedFor] {
            for (name, part) in fields.iter() {
                let field = self.symbols.intern(Origin::Field(key, *name));
                match self.symbols.role(field) {
                    // A whole state that is saved may be a copy of what is there.
                    Role::CurrentTerm if wanted == Role::CurrentTerm => {
                        let part = self.load(world, part);
                        if self.is_message_term(world, &part) {
                            self.term_stored(world, &part, at);
                        }
                    }
                    Role::VotedFor if wanted == Role::VotedFor => self.vote_stored(world, part, at),
                    _ => {}
                }
            }
        }
    }

    /// What a comparison that holds from here on says; `false` if it can't hold.
    pub(super) fn compared(&mut self, world: &mut World, said: Comparison) -> bool {
        self.overlap_compared(world, said);
        self.progress_compared(world, said);
        self.leader_index_compared(world, said);
        self.commit_compared(world, said);
        self.reply_compared(world, said);
        self.vote_compared(world, said);
        self.logs_compared(world, said) && self.term_compared(world, said)
    }

    /// What follows from all that is known, for an effect that writes these symbols.
    pub(super) fn evidence_at(
        &mut self,
        world: &World,
        effect: Effect,
        written: &[Sym],
        at: Place,
    ) -> Vec<(Fact, Place)> {
        let mut facts = self.term_facts(world, effect, written, at);
        if effect == Effect::Apply {
            facts.extend(self.apply_evidence(world, written, at));
        }
        if let (Effect::MatchMove | Effect::NextMove, &[value, place]) = (effect, written) {
            facts.push(self.growth_evidence(world, value, place, at));
        }
        if let Some(&value) = written.first() {
            facts.extend(match effect {
                Effect::MatchMove => self.match_evidence(world, written, at),
                Effect::NextBackOff => self.back_off_evidence(world, value, at),
                Effect::NextFloor => self.floor_evidence(world, value, at),
                _ => None,
            });
        }
        facts.extend(self.grant_evidence(world, effect, at));
        if matches!(effect, Effect::SuffixRemoval | Effect::RemovalStart) {
            facts.extend(self.why_removed(world, at));
        }
        facts
    }

    /// What a call of unknown (or effect-free) code does to the protocol's state.
    pub(super) fn call_effect(&mut self, world: &mut World, call: &OpaqueCall<'_>) {
        let base = self.symbols.get(call.receiver).clone();
        let text = self.symbols.program.text(call.method);
        if world.handling == Some(Message::AppendEntries) {
            if self.log_call(world, call, &base) {
                self.log_filled_by(world, &base, call.args, call.at);
            }
            self.tail_changed(world, call, &base);
        }
        if world.handling.is_none() && base.role == Role::Log && is_addition(text) {
            world.learn(Fact::OwnEntryAppended, call.at);
        }
        self.commit_call(world, call, &base);
        self.term_call(world, call, &base);
        self.new_term_call(world, call, &base);
        self.snapshot_call(world, call, &base);
        self.progress_call(world, call);
        self.tally_call(world, call);
        if base.role == Role::CommitIndex && crate::roles::verbs::writes_cell(text) {
            world.learn(Fact::CommitMoved, call.at);
        }
        if world.handling == Some(Message::RequestVote) {
            self.vote_call(world, call, &base);
        }
    }
}

/// A method call into code that is not known, or that shows no effect by itself.
pub(super) struct OpaqueCall<'a> {
    pub(super) method: Name,
    pub(super) receiver: Sym,
    pub(super) args: &'a [Value],
    pub(super) at: Place,
    /// Whether a body of the program was entered for it.
    pub(super) has_body: bool,
    /// Whether that body calls nothing and makes nothing: what it does is what was seen.
    pub(super) calls_nothing: bool,
}
