//! Moves of the commit index: which of them come from replica counts.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::reads;
use super::value::Value;
use super::world::{Assumption, World};
use crate::ir::BinaryOp;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::verbs;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A call that may move the commit index: a setter, or a write to the cell that holds it.
    pub(super) fn commit_call(&mut self, world: &World, call: &OpaqueCall<'_>, base: &SymData) {
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        let cell = base.role == Role::CommitIndex && verbs::writes_cell(text);
        // A body that is known shows by itself whether it moves the commit index.
        let setter = !call.has_body
            && words.all(Words::COMMIT)
            && words.any(Words::SET)
            && words.any(Words::INDEX.with(Words::LENGTH))
            && base.tags.any(Tags::LOCAL);
        if (cell || setter)
            && let Some(value) = call.args.first()
        {
            // What a wrapper of the program's own does with it is not known.
            if !call.has_body {
                let value = self.put_into_cell(call, text, value);
                self.commit_moves(world, call.receiver, &value, call.at);
            }
            self.commit_effect(world, value, call.at);
        }
    }

    /// What an atomic or a cell holds after such a call.
    fn put_into_cell(&mut self, call: &OpaqueCall<'_>, text: &str, value: &Value) -> Value {
        let given = self.symbol(value);
        let origin = match text {
            "fetch_add" => Origin::Binary(BinaryOp::Add, call.receiver, given),
            "fetch_max" => match self.symbols.program.names.find("max") {
                Some(max) => Origin::Method(max, Box::new([call.receiver, given])),
                None => return value.clone(),
            },
            _ => return value.clone(),
        };
        Value::Sym(self.symbols.intern(origin))
    }

    /// A move of the commit index.
    pub(super) fn commit_effect(&mut self, world: &World, value: &Value, at: Place) {
        let follower = matches!(
            world.handling,
            Some(Message::AppendEntries | Message::Heartbeat | Message::InstallSnapshot)
        );
        for part in value.alternatives() {
            if self.holds_nothing(part) {
                continue;
            }
            let sym = self.symbol(&part.clone());
            if self.is_absent_in(world, sym, 4) {
                continue;
            }
            let data = self.symbols.get(sym).clone();
            let tags = data.tags;
            let unchanged = data.role == Role::CommitIndex && !is_arithmetic(&data.origin);
            if follower || unchanged || tags.any(Tags::LEADER_COMMIT) || data.role == Role::Zero {
                continue;
            }
            let from_counts = tags.any(Tags::COUNTED);
            if !from_counts && (tags.only_request() || tags.any(Tags::SNAPSHOT)) {
                continue; // taken over from a message or a snapshot
            }
            // Where one alternative comes from the counts, they decide about that one.
            let others_counted = value.alternatives().len() > 1 && self.any_counted(value);
            let counted = from_counts || (*world.quorum && !others_counted);
            // An entry that this very path has appended is of the current term; any other is not.
            let last = matches!(data.role, Role::OwnLastIndex | Role::OwnLastLogId)
                || tags.any(Tags::LAST) && !from_counts;
            // A loop looks at other entries, too.
            let own = last && self.frames.all().iter().all(|f| f.loops.is_empty());
            let mut world = world.clone();
            if !own {
                world.unlearn(Fact::OwnEntryAppended);
            }
            // The entry that one reply acknowledges says nothing about a median.
            if !tags.any(Tags::REQUEST) {
                world.unlearn(Fact::AckedEntryTermIsCurrent);
            }
            let world = &world;
            let told_by_caller = tags.any(Tags::UNKNOWN_PARAM) || is_arithmetic(&data.origin);
            if counted || told_by_caller {
                self.record(world, Effect::LeaderCommit, at, &[sym], counted);
            }
        }
    }

    /// Whether this way was taken because (a part of) the value is `None`.
    pub(super) fn is_absent_in(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        reads::asked(Assumption::Present(sym));
        if world.assumptions.unread().contains(&(Assumption::Present(sym), false)) {
            return true;
        }
        match &self.symbols.get(sym).origin {
            Origin::Composite(parts) if fuel > 0 => {
                parts.iter().any(|p| self.is_absent_in(world, *p, fuel - 1))
            }
            _ => false,
        }
    }

    /// `None`, alone or as the log id of a position: there is nothing to commit.
    pub(super) fn holds_nothing(&self, value: &Value) -> bool {
        match value {
            Value::Variant(name, _) if Some(*name) == self.symbols.program.known.none => true,
            Value::Variant(_, parts) | Value::Tuple(parts) => {
                parts.iter().any(|p| self.holds_nothing(p))
            }
            Value::Struct(_, fields, _) => fields.iter().any(|(_, v)| self.holds_nothing(v)),
            _ => false,
        }
    }

    pub(super) fn any_counted(&mut self, value: &Value) -> bool {
        value.alternatives().to_vec().iter().any(|part| {
            let sym = self.symbol(part);
            self.symbols.tags(sym).any(Tags::COUNTED)
        })
    }
}

pub(super) fn is_arithmetic(origin: &Origin) -> bool {
    matches!(origin, Origin::Binary(..))
}
