//! Effects: which operations change the log, move the commit index, or give a vote.

use std::rc::Rc;

use super::eval::{Engine, Outs};
use super::value::{Cond, Value};
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, ExprId, ExprKind, Name};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// Methods that remove from a log.
fn is_removal(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "truncate",
        "delete",
        "remove",
        "roll_back",
        "rollback",
        "cancel",
        "drain",
        "split_off",
        "pop",
        "clear",
        "drop",
        "erase",
        "cut",
        "discard",
        "trim",
        "reset",
        "retain",
        "purge",
    ];
    PREFIXES.iter().any(|p| text.starts_with(p))
}

/// Methods that add to a log or overwrite part of it.
fn is_addition(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "push",
        "append",
        "extend",
        "splice",
        "insert",
        "overwrite",
        "write",
        "store_",
        "replace",
        "put",
        "add_",
        "set_entry",
        "set_entries",
        "save_",
        "replicate_to",
        "merge",
        "rewrite",
        "update_log",
        "try_append",
        "maybe_append",
        "do_append",
        "force_append",
        "import",
        "resize",
        "swap_remove",
    ];
    PREFIXES.iter().any(|p| text.starts_with(p)) || text == "add" || text == "put"
}

/// Compaction from the front is another rule's business.
fn is_compaction(words: Words, text: &str) -> bool {
    words.any(Words::SNAPSHOT)
        || text.contains("prefix")
        || text.contains("compact")
        || text.contains("front")
        || text.contains("gc")
}

/// Whether a method may change what it is called on.
pub(super) fn is_mutator(text: &str, words: Words) -> bool {
    is_removal(text) || is_addition(text) || words.any(Words::SET.with(Words::APPEND))
}

impl<'p> Engine<'p> {
    /// Stores into a place, and records what that means.
    pub(super) fn store(
        &mut self,
        world: World,
        target: ExprId,
        value: Value,
        expr: ExprId,
    ) -> Vec<(World, ())> {
        let body = self.body();
        let at = self.place_of(expr);
        match &body.expr(target).kind {
            ExprKind::Path(path) if path.len() == 1 => {
                let mut world = world;
                self.bind(&mut world, path[0], value);
                vec![(world, ())]
            }
            ExprKind::Unary(crate::ir::UnaryOp::Deref, inner) => {
                let mut outs = Vec::new();
                for (w, reference) in self.eval(world, *inner) {
                    outs.push((self.store_symbol(w, &reference, value.clone(), at), ()));
                }
                outs
            }
            ExprKind::Field(base, name) => {
                let (base, name) = (*base, *name);
                let mut outs = Vec::new();
                for (w, owner) in self.eval(world, base) {
                    let w = self.store_field(w, base, &owner, name, value.clone(), at);
                    outs.push((w, ()));
                }
                outs
            }
            ExprKind::Index(base, index) => {
                let mut outs = Vec::new();
                for (w, values) in self.eval_list(world, &[*base, *index]) {
                    let base = self.symbol(&values[0]);
                    if self.symbols.role(base) == Role::Log {
                        let written = vec![self.symbol(&value), self.symbol(&values[1])];
                        self.log_effect(&w, Effect::LogWrite, at, &written);
                    }
                    outs.push((w, ()));
                }
                outs
            }
            ExprKind::Tuple(targets) => {
                let parts = self.parts(&value, targets.len(), None);
                let mut worlds = vec![world];
                for (&target, part) in targets.iter().zip(parts) {
                    let mut next = Vec::new();
                    for w in worlds {
                        let stored = self.store(w, target, part.clone(), expr);
                        next.extend(stored.into_iter().map(|(w, ())| w));
                    }
                    worlds = next;
                }
                worlds.into_iter().map(|w| (w, ())).collect()
            }
            _ => self.eval(world, target).into_iter().map(|(w, _)| (w, ())).collect(),
        }
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
            let mut fields = (**fields).clone();
            match fields.iter_mut().find(|(n, _)| *n == name) {
                Some((_, old)) => *old = value,
                None => fields.push((name, value)),
            }
            let updated = Value::Struct(*tag, Rc::new(fields), *place);
            self.write_back(&mut world, base, owner, updated);
            return world;
        }
        let owner = self.symbol(&loaded);
        let key = self.symbols.intern(Origin::Field(owner, name));
        self.vote_reply_field(&mut world, owner, name, &value, at);
        self.store_place(world, key, value, at)
    }

    /// Puts a changed struct back to where it came from.
    fn write_back(&mut self, world: &mut World, base: ExprId, owner: &Value, updated: Value) {
        match (&self.body().expr(base).kind, owner) {
            (_, Value::Sym(sym)) => match self.symbols.get(*sym).origin {
                Origin::Local(serial, name) => {
                    let frame = self.frames.iter().find(|f| f.serial == serial);
                    if let Some(locals) = frame.and_then(|f| world.locals.get_mut(f.locals)) {
                        Rc::make_mut(locals).insert(name, updated);
                    }
                }
                _ => {
                    Rc::make_mut(&mut world.heap).insert(*sym, updated);
                }
            },
            (ExprKind::Path(path), _) if path.len() == 1 => {
                let name = path[0];
                self.bind(world, name, updated);
            }
            _ => {}
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
        let Value::Sym(sym) = reference else { return world };
        if let Origin::Local(serial, name) = self.symbols.get(*sym).origin {
            let frame = self.frames.iter().find(|f| f.serial == serial);
            if let Some(locals) = frame.and_then(|f| world.locals.get_mut(f.locals)) {
                Rc::make_mut(locals).insert(name, value);
            }
            return world;
        }
        self.store_place(world, *sym, value, at)
    }

    /// Stores into a symbolic place.
    fn store_place(&mut self, mut world: World, key: Sym, value: Value, at: Place) -> World {
        match self.symbols.role(key) {
            Role::CommitIndex => self.commit_effect(&world, &value, at),
            Role::VotedFor => self.vote_effect(&mut world, &value, at),
            Role::Log => {
                let written = [self.symbol(&value)];
                let filled = self.symbols.tags(written[0]).any(Tags::ENTRIES);
                let effect = if filled { Effect::LogWrite } else { Effect::LogTruncate };
                self.log_effect(&world, effect, at, &written);
            }
            _ => {}
        }
        // What is read back is again the current term, the commit index, …
        let value = match self.symbols.role(key) {
            Role::CurrentTerm | Role::CommitIndex | Role::LastApplied => {
                let stored = self.symbol(&value);
                Value::Sym(self.symbols.intern(Origin::Stored(key, stored)))
            }
            _ => value,
        };
        Rc::make_mut(&mut world.heap).insert(key, value);
        world
    }

    /// A change of the log while AppendEntries is handled.
    fn log_effect(&mut self, world: &World, effect: Effect, at: Place, written: &[Sym]) {
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
    fn only_refuses(&self) -> bool {
        self.frames.iter().skip(1).any(|frame| {
            let tags =
                frame.arguments.iter().fold(Tags::default(), |t, s| t.with(self.symbols.tags(*s)));
            tags.any(Tags::PREV_TERM) && !tags.any(Tags::ENTRIES)
        })
    }

    /// Whether a removal starts at prevLogIndex itself (or takes everything), not behind it.
    fn removes_at_prev(&self, written: &[Sym]) -> bool {
        written.iter().all(|s| {
            let data = self.symbols.get(*s);
            let behind = matches!(data.origin, Origin::Binary(BinaryOp::Add, ..));
            (data.tags.any(Tags::PREV_INDEX) || !data.tags.any(Tags::ENTRIES)) && !behind
        })
    }

    /// A move of the commit index.
    fn commit_effect(&mut self, world: &World, value: &Value, at: Place) {
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
            let from_counts = tags.any(Tags::MATCH.with(Tags::QUORUM));
            if !from_counts && (tags.only_request() || tags.any(Tags::SNAPSHOT)) {
                continue; // taken over from a message or a snapshot
            }
            // Where one alternative comes from the counts, they decide about that one.
            let others_counted = value.alternatives().len() > 1 && self.any_counted(value);
            let counted = from_counts || (world.quorum && !others_counted);
            // An entry that this very path has appended is of the current term; any other is not.
            let own = matches!(data.role, Role::OwnLastIndex | Role::OwnLastLogId)
                || tags.any(Tags::LAST) && !from_counts;
            let mut world = world.clone();
            if !own {
                world.facts.retain(|(f, _)| *f != Fact::OwnEntryAppended);
            }
            // The entry that one reply acknowledges says nothing about a median.
            if !tags.any(Tags::REQUEST) {
                world.facts.retain(|(f, _)| *f != Fact::AckedEntryTermIsCurrent);
            }
            let world = &world;
            let told_by_caller = tags.any(Tags::UNKNOWN_PARAM) || is_arithmetic(&data.origin);
            if counted || told_by_caller {
                self.record(world, Effect::LeaderCommit, at, &[sym], counted);
            }
        }
    }

    /// `None`, alone or as the log id of a position: there is nothing to commit.
    fn holds_nothing(&self, value: &Value) -> bool {
        match value {
            Value::Variant(name, _) if Some(*name) == self.symbols.program.known.none => true,
            Value::Variant(_, parts) | Value::Tuple(parts) => {
                parts.iter().any(|p| self.holds_nothing(p))
            }
            Value::Struct(_, fields, _) => fields.iter().any(|(_, v)| self.holds_nothing(v)),
            _ => false,
        }
    }

    /// Whether this way was taken because (a part of) the value is `None`.
    fn is_absent_in(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        if world.assumptions.contains(&(Assumption::Present(sym), false)) {
            return true;
        }
        match &self.symbols.get(sym).origin {
            Origin::Composite(parts) if fuel > 0 => {
                parts.iter().any(|p| self.is_absent_in(world, *p, fuel - 1))
            }
            _ => false,
        }
    }

    pub(super) fn any_counted(&mut self, value: &Value) -> bool {
        value.alternatives().to_vec().iter().any(|part| {
            let sym = self.symbol(part);
            self.symbols.tags(sym).any(Tags::MATCH.with(Tags::QUORUM))
        })
    }

    /// A vote that is recorded while RequestVote is handled.
    fn vote_effect(&mut self, world: &mut World, value: &Value, at: Place) {
        if world.handling != Some(Message::RequestVote) || world.voted {
            return;
        }
        for part in value.alternatives() {
            if let Some(sym) = self.candidate_in(&part.clone()) {
                self.record(world, Effect::VoteRecord, at, &[sym], true);
                world.voted = true;
            }
        }
    }

    /// The request's value in a recorded vote; none for "no vote" and for one's own id.
    fn candidate_in(&mut self, value: &Value) -> Option<Sym> {
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
        // A vote that was recorded before is only copied, for example to be saved.
        if world.handling != Some(Message::RequestVote) || world.voted {
            return;
        }
        let program = self.symbols.program;
        let own_words = name.map(|n| program.words(n)).unwrap_or_default();
        if own_words.any(Words::REPLY.with(Words::REQUEST)) {
            return;
        }
        for (field, value) in fields {
            let words = program.words(*field);
            let vote = words.all(Words::VOTE.with(Words::FOR));
            if vote && !words.any(Words::TERM) {
                self.vote_effect(world, value, at);
            }
        }
    }

    /// `reply.vote_granted = true` on a value that is not known as a struct.
    fn vote_reply_field(
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
    fn granting(&mut self, world: &mut World, value: &Value, polarity: bool, at: Place) {
        if world.voted {
            return;
        }
        let cond = match value {
            Value::Cond(cond) => cond.clone(),
            Value::Sym(sym) => Cond::Truthy(*sym, at),
            Value::Choice(_) => self.condition(value, at),
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
            self.record(&w, Effect::VoteReply, at, &[], true);
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
    fn says_granted(&self, words: Words) -> bool {
        words.any(Words::GRANT) && !words.any(Words::REJECT.with(Words::REPLY).with(Words::OTHER))
    }

    /// Whether a condition is somebody else's answer: `reply.vote_granted` passed on.
    fn copies_a_grant(&self, cond: &Cond) -> bool {
        match cond {
            Cond::Truthy(sym, _) => match &self.symbols.get(*sym).origin {
                Origin::Field(_, name)
                | Origin::Method(name, _)
                | Origin::Payload(_, _, name)
                | Origin::Named(_, name) => self.symbols.program.words(*name).any(Words::GRANT),
                _ => false,
            },
            Cond::Not(inner) => self.copies_a_grant(inner),
            Cond::And(a, b) | Cond::Or(a, b) => self.copies_a_grant(a) || self.copies_a_grant(b),
            Cond::Choice(parts) => parts.iter().any(|c| self.copies_a_grant(c)),
            _ => false,
        }
    }

    /// A reply that leaves: it is handed to code that is not entered, or returned from the entry.
    pub(super) fn escapes(&mut self, world: &World, value: &Value, fallback: Place) {
        if world.handling != Some(Message::RequestVote) || world.voted {
            return;
        }
        match value {
            Value::Struct(name, fields, place) => {
                let program = self.symbols.program;
                let own = name.map(|n| program.words(n)).unwrap_or_default();
                if own.any(Words::REQUEST) && !own.any(Words::REPLY) {
                    return;
                }
                if self.says_granted(own) {
                    self.record(world, Effect::VoteReply, *place, &[], true);
                    return;
                }
                let answers = own.any(Words::REPLY.with(Words::GRANT))
                    || own.any(Words::VOTE) && !own.any(Words::OTHER);
                let fields = Rc::clone(fields);
                for (field, value) in fields.iter() {
                    let words = program.words(*field);
                    if answers && let Some(polarity) = grant_polarity(words, own) {
                        self.granting(&mut world.clone(), value, polarity, *place);
                    } else {
                        self.escapes(world, value, *place);
                    }
                }
            }
            Value::Variant(name, _) if self.says_granted(self.symbols.program.words(*name)) => {
                self.record(world, Effect::VoteReply, fallback, &[], true);
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
                            self.granting(&mut world.clone(), part, true, fallback);
                        }
                    } else {
                        self.escapes(world, part, fallback);
                    }
                }
            }
            Value::Sym(sym) => {
                if let Origin::Local(..) = self.symbols.get(*sym).origin {
                    let loaded = self.load(world, value);
                    if !matches!(loaded, Value::Sym(_)) {
                        self.escapes(world, &loaded, fallback);
                    }
                }
            }
            _ => {}
        }
    }

    #[allow(clippy::too_many_arguments)] // the parts of one call
    /// What a call of unknown (or effect-free) code on `receiver` does to the protocol's state.
    pub(super) fn call_effect(
        &mut self,
        world: &mut World,
        method: Name,
        receiver: Sym,
        args: &[Value],
        at: Place,
        has_body: bool,
    ) {
        let program = self.symbols.program;
        let (text, words) = (program.text(method), program.words(method));
        let base = self.symbols.get(receiver).clone();
        let written: Vec<Sym> = args.to_vec().iter().map(|a| self.symbol(a)).collect();
        let arg_tags = written.iter().fold(Tags::default(), |t, s| t.with(self.symbols.tags(*s)));
        // A request passed on as a whole is a call of another node or layer.
        let forwarded = written.iter().any(|s| self.symbols.role(*s) == Role::Request);
        let hard_state = words
            .any(Words::TERM.with(Words::VOTE).with(Words::STATE).with(Words::COMMIT))
            && !words.any(Words::LOG.with(Words::ENTRY).with(Words::ENTRIES));
        if world.handling == Some(Message::AppendEntries)
            && !is_compaction(words, text)
            && !forwarded
            && !hard_state
            && !self.inside_lookup()
        {
            let log = base.role == Role::Log;
            let store = base.tags.any(Tags::LOCAL)
                && base.tags.any(Tags::STORE.with(Tags::LOG))
                && (words.any(Words::LOG.with(Words::ENTRIES).with(Words::ENTRY))
                    || text.starts_with("truncate"));
            let queued =
                base.tags.any(Tags::LOCAL) && args.iter().any(|a| self.is_append_command(a));
            let element = base.role == Role::LocalEntry || base.role == Role::OwnLastLogId;
            if element && !matches!(text, "push" | "truncate" | "append" | "extend") {
                return;
            }
            if (log || store) && is_removal(text) {
                self.log_effect(world, Effect::LogTruncate, at, &written);
            } else if (log || store) && is_addition(text) || queued {
                self.log_effect(world, Effect::LogWrite, at, &written);
            } else if base.tags.any(Tags::LOCAL)
                && base.tags.any(Tags::STORE.with(Tags::LOG))
                && arg_tags.any(Tags::ENTRIES)
                && words.any(Words::SET)
                && !words.any(Words::TERM.with(Words::VOTE).with(Words::STATE))
            {
                self.log_effect(world, Effect::LogWrite, at, &written);
            }
        }
        if world.handling.is_none() && base.role == Role::Log && is_addition(text) {
            world.learn(Fact::OwnEntryAppended, at);
        }
        let commit_cell = base.role == Role::CommitIndex
            && matches!(
                text,
                "store"
                    | "fetch_max"
                    | "swap"
                    | "send"
                    | "send_replace"
                    | "set"
                    | "try_update"
                    | "update"
                    | "advance_to"
                    | "replace"
                    | "fetch_add"
                    | "compare_exchange"
                    | "publish"
            );
        let commit_setter = words.any(Words::COMMIT)
            && words.any(Words::SET)
            && words.any(Words::INDEX.with(Words::LENGTH))
            && base.tags.any(Tags::LOCAL);
        // A body that is known shows by itself whether it moves the commit index.
        if (commit_cell || commit_setter && !has_body)
            && let Some(value) = args.first()
        {
            let value = value.clone();
            self.commit_effect(world, &value, at);
        }
        if world.handling == Some(Message::RequestVote) {
            let setter = words.any(Words::VOTE)
                && words.any(Words::SET)
                && !words.any(Words::GRANT.with(Words::REPLY).with(Words::TIME))
                && base.tags.any(Tags::LOCAL);
            if setter {
                for arg in args {
                    let role = match arg {
                        Value::Sym(s) => self.role(world, *s),
                        _ => Role::None,
                    };
                    if role != Role::ReqTerm && role != Role::Request {
                        self.vote_effect(world, arg, at);
                    }
                }
            }
            if words.any(Words::SET)
                && !base.tags.any(Tags::LOCAL)
                && let (Some(polarity), [value]) = (grant_polarity(words, Words::VOTE), args)
            {
                self.granting(world, &value.clone(), polarity, at);
            }
        }
    }

    /// Whether the way goes through a look-up, which fills a cache, or through code that saves
    /// term, vote or commit index in a store of its own.
    fn inside_lookup(&self) -> bool {
        let program = self.symbols.program;
        let log = Words::LOG.with(Words::ENTRY).with(Words::ENTRIES).with(Words::APPEND);
        self.frames.iter().skip(1).filter(|f| !f.is_closure).any(|f| {
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
    fn is_append_command(&mut self, value: &Value) -> bool {
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

    /// A free function or constructor that is not entered: `vote_granted_reply(term)`.
    pub(super) fn free_call_effect(&mut self, world: &World, name: Name, at: Place) {
        let words = self.symbols.program.words(name);
        let grants = words.any(Words::GRANT)
            && words.any(Words::REPLY.with(Words::VOTE))
            && !words.any(Words::REJECT);
        if grants && world.handling == Some(Message::RequestVote) && !world.voted {
            self.record(world, Effect::VoteReply, at, &[], true);
        }
    }

    /// What the entry itself returns.
    pub(super) fn entry_returns(&mut self, returns: &Outs, place: Place) {
        let words = self.symbols.program.words(self.function().name);
        for (world, value) in returns {
            // `request_vote(..) -> bool` grants; `is_disruptive_request_vote(..) -> bool` asks.
            let handles = words.any(Words::HANDLE) || !words.any(Words::OTHER);
            if let Value::Cond(_) = value
                && words.any(Words::VOTE)
                && handles
                && !world.voted
            {
                self.granting(&mut world.clone(), value, true, place);
            } else {
                self.escapes(world, value, place);
            }
        }
    }
}

fn is_arithmetic(origin: &Origin) -> bool {
    matches!(origin, Origin::Binary(..))
}

/// Whether a reply's field grants when true (`vote_granted`) or when false (`reject`). `owner`
/// are the words of the struct; `success` and `ok` only speak of votes in a vote's reply.
fn grant_polarity(words: Words, owner: Words) -> Option<bool> {
    if words.any(Words::TERM.with(Words::FOR).with(Words::INDEX)) {
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
