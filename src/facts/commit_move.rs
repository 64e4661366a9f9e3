//! Moves of the commit index, whoever makes them: that it does not go back, and that a follower
//! follows its leader no further than its log goes.

use super::commit::is_arithmetic;
use super::eval::Engine;
use super::order::Order;
use super::relation::Comparison;
use super::value::Value;
use super::world::World;
use crate::ir::{Name, TypeRef};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// The commit index in this place (or of this owner) gets a value.
    pub(super) fn commit_moves(&mut self, world: &World, key: Sym, value: &Value, at: Place) {
        if self.is_of_follower(key) || self.is_no_index(key) {
            return;
        }
        let value = self.index_in(value);
        let whole = self.symbol(&value);
        for part in value.alternatives() {
            if self.holds_nothing(part) {
                continue;
            }
            let sym = self.symbol(&part.clone());
            let data = self.symbols.get(sym);
            // What is applied is committed.
            let kept = matches!(data.origin, Origin::Int(_)) || data.role == Role::LastApplied;
            if kept || self.is_commit(sym) || self.is_absent_in(world, sym, 4) {
                continue;
            }
            self.commit_move(world, (sym, whole), at);
            self.follower_commit(world, (sym, whole), at);
        }
    }

    fn commit_move(&mut self, world: &World, (sym, whole): (Sym, Sym), at: Place) {
        let tags = self.symbols.tags(sym);
        let follows = matches!(world.handling, Some(Message::AppendEntries | Message::Heartbeat));
        let installs = world.handling == Some(Message::InstallSnapshot);
        let mut moved = world.clone();
        if self.not_below_commit(world, sym) || self.not_below_commit(world, whole) {
            moved.learn(Fact::CommitNotLower, at);
        } else if self.compared_with(world, sym).any(|(other, _)| self.is_commit(other)) {
            moved.learn(Fact::CommitComparedLoosely, at);
        } else if self.other_compared(world, sym) {
            moved.learn(Fact::OtherCommitCompared, at);
        }
        let taken_over = installs && tags.any(Tags::REQUEST.with(Tags::SNAPSHOT));
        let counted = tags.any(Tags::COUNTED) || *world.quorum;
        let by_caller = tags.any(Tags::UNKNOWN_PARAM);
        let decided = moved.has(Fact::CommitNotLower)
            || follows
            || taken_over
            || counted
            || tags.any(Tags::LEADER_COMMIT) && !by_caller;
        if decided || by_caller {
            self.record(&moved, Effect::CommitMove, at, &[sym], decided);
        }
    }

    fn follower_commit(&mut self, world: &World, (sym, whole): (Sym, Sym), at: Place) {
        let tags = self.symbols.tags(sym);
        let steps = self.steps_from_commit(sym);
        let from_leader = tags.any(Tags::LEADER_COMMIT) && !steps;
        let role_known = match world.handling {
            Some(Message::AppendEntries | Message::Heartbeat) => from_leader || steps,
            None => from_leader && !tags.any(Tags::UNKNOWN_PARAM),
            Some(_) => return,
        };
        let by_caller = tags.any(Tags::UNKNOWN_PARAM) && world.handling.is_none();
        if !role_known && !by_caller || self.is_opaque_mix(sym) {
            return;
        }
        let mut moved = world.clone();
        let within = self.within_log(world, sym) || self.within_log(world, whole);
        if within {
            moved.learn(Fact::CommitWithinLog, at);
        } else if self.within_unknown(world, sym) {
            return;
        } else if world.handling == Some(Message::Heartbeat) && self.sender_caps() {
            moved.learn(Fact::CommitCappedBySender, at);
        }
        self.record(&moved, Effect::FollowerCommit, at, &[sym], role_known || within);
    }

    /// The index of a log position or log id that is written as a whole.
    fn index_in(&self, value: &Value) -> Value {
        let program = self.symbols.program;
        match value {
            Value::Struct(_, fields, _) => {
                let index = |(name, _): &&(Name, Value)| program.words(*name).any(Words::INDEX);
                match fields.iter().find(index) {
                    Some((_, value)) => value.clone(),
                    None => value.clone(),
                }
            }
            Value::Variant(_, parts) if parts.len() == 1 => self.index_in(&parts[0]),
            other => other.clone(),
        }
    }

    /// Whether a place is in what a leader keeps of one follower: `progress.committed`.
    fn is_of_follower(&self, key: Sym) -> bool {
        let Origin::Field(base, _) = self.symbols.get(key).origin else { return false };
        let (program, package) = (self.symbols.program, self.symbols.package);
        let own = self.symbols.get(base).ty.as_deref().cloned();
        let owner = || self.function().owner.as_ref().map(|o| o.self_ty.clone());
        let Some(TypeRef::Path { name, .. }) = own.or_else(owner) else { return false };
        let Some(def) = program.struct_def(name, package) else { return false };
        let counts = |words: Words| {
            def.fields.iter().any(|f| {
                program.words(f.name).any(words)
                    && crate::roles::classify::is_scalar(&self.symbols, &f.ty)
            })
        };
        counts(Words::MATCH) && counts(Words::NEXT)
    }

    /// Whether a place holds something else that is committed: a configuration, a transaction.
    fn is_no_index(&self, key: Sym) -> bool {
        let (program, package) = (self.symbols.program, self.symbols.package);
        let ty = self.symbols.get(key).ty.as_deref();
        let Some(TypeRef::Path { name, .. }) = ty else { return false };
        let def = program.struct_def(*name, package);
        let place = Words::INDEX.with(Words::TERM).with(Words::POSITION).with(Words::COMMIT);
        let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        def.filter(|_| !program.words(*name).any(place)).is_some_and(|def| {
            let mut fields = def.fields.iter().map(|f| f.name);
            !fields.any(|f| program.words(f).any(place) || number(program.text(f)))
        })
    }

    /// Whether a value was found to be no more than another one of the request, of which it is not
    /// known whether the log has it.
    fn within_unknown(&self, world: &World, sym: Sym) -> bool {
        self.compared_with(world, sym).any(|(other, order)| {
            let data = self.symbols.get(other);
            let index = matches!(
                data.role,
                Role::CandidateLastIndex | Role::ReqLogIndex | Role::CandidateLastLogId
            );
            order.within(Order::AT_MOST) && index
        })
    }

    /// An index that leaderCommit gave was compared with the node's own.
    pub(super) fn leader_index_compared(
        &self,
        world: &mut World,
        Comparison { op, left: a, right: b, at: place }: Comparison,
    ) {
        let below = |index: Sym, own: Sym, order: Order| {
            order.within(Order::AT_MOST) && self.is_leaders(index) && self.is_end(own)
        };
        let order = Order::of(op);
        if !Fact::LeaderIndexHeld.concerns(world.handling) {
            return;
        }
        if below(a, b, order) || below(b, a, order.mirrored()) {
            world.learn(Fact::LeaderIndexHeld, place);
        }
    }

    /// An entry was looked up and found.
    pub(super) fn entry_found(&self, world: &mut World, found: Sym, place: Place) {
        let data = self.symbols.get(found);
        let entry = matches!(data.role, Role::LocalEntry | Role::LocalEntryTerm);
        if entry
            && data.tags.any(Tags::LEADER_COMMIT)
            && Fact::LeaderIndexHeld.concerns(world.handling)
        {
            world.learn(Fact::LeaderIndexHeld, place);
        }
    }

    fn is_leaders(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        data.tags.any(Tags::LEADER_COMMIT) && !is_arithmetic(&data.origin)
    }
}
