//! Changes of the log while AppendEntries is handled.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::{BinaryOp, ExprKind};
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::verbs::{is_addition, is_compaction, is_exchange, is_removal};
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A change of the log while AppendEntries is handled.
    pub(super) fn log_effect(&mut self, world: &World, effect: Effect, at: Place, written: &[Sym]) {
        if world.handling != Some(Message::AppendEntries) {
            return;
        }
        let mut world = world.clone();
        let at_prev = effect == Effect::LogTruncate && self.removes_at_prev(written);
        if at_prev && (world.has(Fact::PrevTermDiffers) || self.only_refuses()) {
            world.learn(Fact::ConflictAtPrevRemoved, at);
        }
        self.record(&world, effect, at, written, true);
    }

    /// Whether the way goes through a helper that gets what precedes the entries, but not the
    /// entries: it can remove a conflict and refuse, it cannot append.
    pub(super) fn only_refuses(&self) -> bool {
        self.frames.all().iter().skip(1).any(|frame| {
            let tags =
                frame.arguments.iter().fold(Tags::default(), |t, s| t.with(self.symbols.tags(*s)));
            tags.any(Tags::PREV_TERM) && !tags.any(Tags::ENTRIES)
        })
    }

    /// Whether a removal starts at prevLogIndex itself (or takes everything), not behind it.
    pub(super) fn removes_at_prev(&self, written: &[Sym]) -> bool {
        written.iter().all(|s| {
            let data = self.symbols.get(*s);
            let behind = matches!(data.origin, Origin::Binary(BinaryOp::Add, ..));
            (data.tags.any(Tags::PREV_INDEX) || !data.tags.any(Tags::ENTRIES)) && !behind
        })
    }

    /// A call that may change the log; whether it adds entries.
    pub(super) fn log_call(
        &mut self,
        world: &World,
        call: &OpaqueCall<'_>,
        base: &SymData,
    ) -> bool {
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        let written: Vec<Sym> = call.args.iter().map(|a| self.symbol(a)).collect();
        // A request passed on as a whole is a call of another node or layer.
        let forwarded = written.iter().any(|s| self.symbols.role(*s) == Role::Request);
        let entry_words = Words::LOG.with(Words::ENTRY).with(Words::ENTRIES);
        let state_words = Words::TERM.with(Words::VOTE).with(Words::STATE).with(Words::COMMIT);
        let hard_state = words.any(state_words) && !words.any(entry_words);
        if is_compaction(words, text) || forwarded || hard_state {
            return false;
        }
        let element = base.role == Role::LocalEntry || base.role == Role::OwnLastLogId;
        if element && !matches!(text, "push" | "truncate" | "append" | "extend") {
            return false;
        }
        let local = base.tags.any(Tags::LOCAL);
        let stored = local && base.tags.any(Tags::STORE.with(Tags::LOG));
        let log = base.role == Role::Log
            || stored && (words.any(entry_words) || text.starts_with("truncate"));
        // `io.delete_suffix_from(position)`: the name says that it is the log's.
        let named = local && words.any(entry_words) && is_removal(text) && !written.is_empty();
        let named = named && !self.takes_from_front(text, words, &written);
        let queued = local && call.args.iter().any(|a| self.is_append_command(a));
        let takes_entries = written.iter().any(|s| self.symbols.tags(*s).any(Tags::ENTRIES));
        let saves_entries = stored
            && takes_entries
            && words.any(Words::SET)
            && !words.any(Words::TERM.with(Words::VOTE).with(Words::STATE));
        let removes = log && is_removal(text);
        let adds = log && is_addition(text) || queued || saves_entries;
        if !(removes || named || adds) || self.inside_lookup() {
            return false;
        }
        if removes {
            self.log_effect(world, Effect::LogTruncate, call.at, &written);
            if !self.takes_from_front(text, words, &written) {
                self.suffix_removed(world, call.at, &written);
            }
            return false;
        }
        if named {
            self.suffix_removed(world, call.at, &written);
            return false;
        }
        if adds {
            self.log_effect(world, Effect::LogWrite, call.at, &written);
            if log && is_exchange(text) {
                self.suffix_removed(world, call.at, &written);
            }
        }
        adds
    }

    /// Whether a body calls something that removes.
    pub(super) fn removes(&self, id: FnId) -> bool {
        let program = self.symbols.program;
        program.function(id).body.exprs.iter().any(|e| match &e.kind {
            ExprKind::MethodCall { method, args, .. } => {
                !args.is_empty() && is_removal(program.text(*method))
            }
            _ => false,
        })
    }

    /// Whether the way goes through a look-up, which fills a cache, or through code that saves
    /// term, vote or commit index in a store of its own.
    pub(super) fn inside_lookup(&self) -> bool {
        let program = self.symbols.program;
        let log = Words::LOG.with(Words::ENTRY).with(Words::ENTRIES).with(Words::APPEND);
        self.frames.all().iter().skip(1).filter(|f| !f.is_closure).any(|f| {
            let name = program.function(f.function).name;
            let (text, words) = (program.text(name), program.words(name));
            let looks_up = ["get", "read", "fetch", "load"].iter().any(|p| text.starts_with(p));
            let hard_state = words.any(Words::TERM.with(Words::VOTE).with(Words::COMMIT))
                && words.any(Words::SET)
                && !words.any(log.with(Words::HANDLE));
            looks_up || hard_state
        })
    }

    /// `Command::AppendEntries { entries }` put into a queue.
    pub(super) fn is_append_command(&mut self, value: &Value) -> bool {
        let name = match value {
            Value::Struct(Some(name), ..) | Value::Variant(name, _) => *name,
            _ => return false,
        };
        let words = self.symbols.program.words(name);
        let sym = self.symbol(value);
        words.any(Words::APPEND)
            && !words.any(Words::REPLY)
            && self.symbols.tags(sym).any(Tags::ENTRIES)
    }
}
