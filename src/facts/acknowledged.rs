//! The follower's end of matchIndex: which index an accepting reply to AppendEntries acknowledges.
//!
//! A follower knows of its log what the request has checked: up to prevLogIndex plus the number of
//! its entries. What lies behind that may be of another history, unless it was removed on the way.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::event::Event;
use super::order::Order;
use super::value::{Cond, Value};
use super::world::World;
use crate::ir::{BinaryOp, FieldDef, Name, TypeRef};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::classify::is_scalar;
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::verbs::{SEARCHES, is_exchange, is_mutator, is_removal};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep a value's parts are looked into.
const MAX_DEPTH: u32 = 6;
/// Names of a reply that one value is made of.
const MAX_NAMES: usize = 8;
/// What only the request gives.
const OF_REQUEST: Tags = Tags::PREV_INDEX.with(Tags::ENTRIES);

/// A follower's index counts where a leader takes that very part of the reply for matchIndex.
pub(super) fn drop_unused(events: &mut Vec<Event>) {
    let mut used = Vec::new();
    for event in events.iter().filter(|e| e.effect == Effect::MatchMove) {
        used.extend(event.parts.iter().map(|part| (event.package, *part)));
    }
    events.retain(|e| {
        let counts = |part: &Name| used.contains(&(e.package, *part));
        e.effect != Effect::Acknowledge || e.parts.iter().any(counts)
    });
}

/// What a reply says of the request.
enum Answer {
    Accepted,
    Refused,
    /// One or the other: where this holds it is accepted, or where it does not.
    Open(Cond, bool),
}

impl Engine<'_> {
    /// A reply is built: it may acknowledge entries.
    pub(super) fn reply_built(
        &mut self,
        world: &World,
        name: Option<Name>,
        fields: &[(Name, Value)],
        at: Place,
    ) {
        if !self.follows_acknowledgement(world) {
            return;
        }
        let program = self.symbols.program;
        let words = name.map(|n| program.words(n)).unwrap_or_default();
        let mut answers = Vec::new();
        answers.extend(said_by_name(words, name.map_or("", |n| program.text(n))));
        for (field, value) in fields {
            answers.extend(self.said_by_field(*field, value, at));
        }
        let reply =
            words.any(Words::REPLY) || messages::by_words(words) == Some(Message::AppendReply);
        if !reply && answers.is_empty() || words.any(Words::VOTE.with(Words::SNAPSHOT)) {
            return;
        }
        let agreed = [Fact::PrevTermMatches, Fact::PrevIsOrigin, Fact::PrevIsCommitted];
        if answers.is_empty() && !agreed.iter().any(|f| world.has(*f)) {
            return;
        }
        let mut worlds = vec![world.clone()];
        for answer in answers {
            match answer {
                Answer::Accepted => {}
                Answer::Refused => return,
                Answer::Open(cond, outcome) => {
                    let open = std::mem::take(&mut worlds).into_iter();
                    worlds = open.flat_map(|w| self.assume(w, &cond, outcome)).collect();
                }
            }
        }
        if fields.iter().any(|(_, value)| self.is_own_last_term(value)) {
            return;
        }
        for (field, value) in fields {
            for w in &worlds {
                self.index_acknowledged(w, *field, value, at);
            }
        }
    }

    /// The same for a reply without names: `AppendReply::Success(term, index)`.
    pub(super) fn variant_built(&mut self, world: &World, name: Name, parts: &[Value], at: Place) {
        if !self.follows_acknowledgement(world) {
            return;
        }
        let program = self.symbols.program;
        let (known, words) = (program.known, program.words(name));
        if [known.ok, known.some, known.err].contains(&Some(name)) {
            return;
        }
        let by_name = said_by_name(words, program.text(name));
        let flagged = parts.iter().any(|p| matches!(p, Value::Cond(Cond::Const(true))));
        let accepts = match by_name {
            Some(Answer::Accepted) => true,
            None => flagged && messages::by_words(words) == Some(Message::AppendReply),
            _ => false,
        };
        let other = words.any(Words::VOTE.with(Words::SNAPSHOT));
        let terms = parts.iter().any(|p| self.is_own_last_term(p));
        if accepts && !other && !terms {
            for part in parts {
                self.index_acknowledged(world, name, part, at);
            }
        }
    }

    fn follows_acknowledgement(&self, world: &World) -> bool {
        world.handling == Some(Message::AppendEntries)
            && (self.demands.asked)(Effect::Acknowledge, world.handling)
    }

    /// The term of the node's last entry goes along with its index: a leader can see for itself
    /// whether it has that entry, too.
    fn is_own_last_term(&self, value: &Value) -> bool {
        matches!(value, Value::Sym(s) if self.symbols.role(*s) == Role::OwnLastTerm)
    }

    /// A part of an accepting reply: an index is either known to be checked, or the log's end.
    fn index_acknowledged(&mut self, world: &World, field: Name, value: &Value, at: Place) {
        let value = self.load(world, value);
        if self.symbols.program.words(field).any(Words::TERM) {
            return;
        }
        let mut indexes: Vec<Sym> = Vec::new();
        for part in value.alternatives() {
            if matches!(part, Value::Sym(_) | Value::Variant(..)) && !self.holds_nothing(part) {
                indexes.push(self.symbol(part));
            }
        }
        let Some(checked) = self.all_checked(world, &indexes, MAX_DEPTH) else { return };
        let Some(&sym) = indexes.first() else { return };
        let mut world = world.clone();
        world.learn(if checked { Fact::AckedAsChecked } else { Fact::AckIsOwnEnd }, at);
        if let Some(event) = self.record(&world, Effect::Acknowledge, at, &[sym], true) {
            self.events[event].add_part(field);
        }
    }

    /// Whether an index is no more than the last entry that this request has checked; nothing, if
    /// that is not known.
    fn is_checked(&self, world: &World, sym: Sym, fuel: u32) -> Option<bool> {
        let less = fuel.checked_sub(1)?;
        let sym = self.plain(sym);
        let data = self.symbols.get(sym);
        if let Origin::Method(name, args) = &data.origin
            && let [a, b] = **args
        {
            let (a, b) = (self.is_checked(world, a, less), self.is_checked(world, b, less));
            match self.symbols.program.text(*name) {
                "min" if [a, b].contains(&Some(true)) => return Some(true),
                "max" if [a, b].contains(&Some(false)) => return Some(false),
                "min" | "max" => return a.filter(|_| a == b),
                _ => {}
            }
        }
        if data.tags.only_request() && data.tags.any(OF_REQUEST) {
            return Some(true);
        }
        if self.is_log_end_now(sym, less) {
            return self.own_end_checked(world, sym);
        }
        match &data.origin {
            Origin::Composite(parts) => self.all_checked(world, parts, less),
            _ => None,
        }
    }

    /// The same for one of several values: what all of them have in common.
    fn all_checked(&self, world: &World, one_of: &[Sym], fuel: u32) -> Option<bool> {
        let constant = |s: &Sym| {
            matches!(self.symbols.get(self.plain(*s)).origin, Origin::Int(_) | Origin::Global(_))
        };
        let mut checked =
            one_of.iter().filter(|s| !constant(s)).map(|s| self.is_checked(world, *s, fuel));
        let first = checked.next()??;
        checked.all(|other| other == Some(first)).then_some(first)
    }

    /// Whether the log ends where the request does on this way.
    fn own_end_checked(&self, world: &World, end: Sym) -> Option<bool> {
        if world.has(Fact::TailGone) || world.overlap.settled() {
            return Some(true);
        }
        let bounded = self.compared_with(world, end).any(|(other, order)| {
            order.within(Order::AT_MOST) && self.symbols.tags(other).any(OF_REQUEST)
        });
        if bounded {
            return Some(true);
        }
        (!world.has(Fact::TailUnknown)).then_some(false)
    }

    /// Whether a value is where the node's log ends, as it is asked now.
    fn is_log_end_now(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let sym = self.plain(sym);
        let data = self.symbols.get(sym);
        // A whole position has its term with it: a leader can see for itself.
        let whole = || match data.ty.as_deref() {
            Some(ty) => messages::is_log_id(self.symbols.program, ty, self.symbols.package),
            None => data.role == Role::OwnLastLogId,
        };
        if data.tags.any(Tags::REQUEST) || self.is_noted(sym) || whole() {
            return false;
        }
        match &data.origin {
            Origin::Method(name, args)
                if args.len() == 2
                    && self.symbols.program.text(*name).ends_with("_sub")
                    && matches!(self.symbols.get(args[1]).origin, Origin::Int(_)) =>
            {
                self.is_log_end_now(args[0], less)
            }
            Origin::Binary(BinaryOp::Sub, a, b)
                if matches!(self.symbols.get(*b).origin, Origin::Int(_)) =>
            {
                self.is_log_end_now(*a, less)
            }
            _ => self.is_own_end(sym),
        }
    }

    /// Whether a last index stands in a record of a few numbers, such as what was noted when a
    /// request was sent: it says where some log ended then.
    pub(super) fn is_noted(&self, sym: Sym) -> bool {
        let program = self.symbols.program;
        let Origin::Field(base, _) = &self.symbols.get(self.plain(sym)).origin else {
            return false;
        };
        let base = self.symbols.get(self.plain(*base));
        let Some(TypeRef::Path { name, .. }) = base.ty.as_deref() else { return false };
        let of_log = Words::LOG.with(Words::STORE).with(Words::STATE).with(Words::ENTRIES);
        let kept = matches!(base.role, Role::Log | Role::OwnLastLogId | Role::LocalEntry);
        if kept || program.words(*name).any(of_log) || matches!(base.origin, Origin::SelfValue) {
            return false;
        }
        let def = program.struct_def(*name, self.symbols.package);
        def.is_some_and(|d| {
            let number = |f: &FieldDef| is_scalar(&self.symbols, &f.ty);
            d.fields.iter().all(number)
        })
    }

    /// The log is changed by a call while AppendEntries is handled: its end may be known from here on.
    pub(super) fn tail_changed(
        &mut self,
        world: &mut World,
        call: &OpaqueCall<'_>,
        base: &SymData,
    ) {
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        let of_log = Words::LOG.with(Words::ENTRY).with(Words::ENTRIES);
        let local = base.tags.any(Tags::LOCAL);
        let log = base.role == Role::Log
            || local && (base.tags.any(Tags::STORE.with(Tags::LOG)) || words.any(of_log));
        if !log {
            return;
        }
        let written: Vec<Sym> = call.args.iter().map(|a| self.symbol(a)).collect();
        if is_removal(text) || is_exchange(text) {
            if !self.takes_from_front(text, words, &written) {
                world.learn(Fact::TailGone, call.at);
            }
            return;
        }
        // A collection only grows by what is added; what a store does with entries is not known.
        let vector = || match base.ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => {
                matches!(program.text(*name), "Vec" | "VecDeque" | "BTreeMap")
            }
            _ => false,
        };
        let grows =
            matches!(text, "push" | "push_back" | "extend" | "extend_from_slice" | "insert")
                || text == "append" && vector();
        let looks =
            SEARCHES.contains(&text) || matches!(text, "zip" | "any" | "all" | "eq" | "map");
        let entries = || !looks && written.iter().any(|s| self.symbols.tags(*s).any(Tags::ENTRIES));
        let changes = || is_mutator(text, words) && words.any(of_log.with(Words::APPEND));
        if !grows && (entries() || changes()) && !world.has(Fact::TailGone) {
            world.learn(Fact::TailUnknown, call.at);
        }
    }

    /// What a field of a reply says of the request.
    fn said_by_field(&mut self, field: Name, value: &Value, at: Place) -> Option<Answer> {
        let program = self.symbols.program;
        let (words, text) = (program.words(field), program.text(field));
        let refuses = words.any(Words::REJECT) || names_refusal(text);
        match value {
            Value::Variant(name, _) | Value::Struct(Some(name), ..) => {
                let known = program.known;
                if refuses {
                    let none = Some(*name) == known.none;
                    let some = Some(*name) == known.some;
                    return match (none, some) {
                        (true, _) => Some(Answer::Accepted),
                        (_, true) => Some(Answer::Refused),
                        _ => None,
                    };
                }
                let words = program.words(*name);
                said_by_name(words, program.text(*name))
            }
            _ if !refuses && !words.any(Words::SUCCESS) => None,
            Value::Cond(Cond::Const(outcome)) if *outcome != refuses => Some(Answer::Accepted),
            Value::Cond(Cond::Const(_)) => Some(Answer::Refused),
            Value::Cond(cond) => Some(Answer::Open(cond.clone(), !refuses)),
            Value::Sym(sym) if !words.any(Words::INDEX.with(Words::TERM)) => {
                Some(Answer::Open(Cond::Truthy(*sym, at), !refuses))
            }
            Value::Choice(_) if !refuses => Some(Answer::Open(self.condition(value, at), true)),
            _ => None,
        }
    }

    /// The names of the reply's parts that a value is made of.
    pub(super) fn parts_of_reply(&self, sym: Sym) -> Vec<Name> {
        let mut names = Vec::new();
        let mut open = vec![sym];
        let mut left = 32;
        while let Some(sym) = open.pop().filter(|_| left > 0) {
            left -= 1;
            match &self.symbols.get(sym).origin {
                Origin::Field(base, name) | Origin::Payload(base, _, name) => {
                    if self.symbols.tags(sym).any(Tags::REQUEST) && names.len() < MAX_NAMES {
                        names.push(*name);
                        names.extend(self.variant_of(sym));
                    }
                    open.push(*base);
                }
                Origin::Method(name, args) => {
                    if let [base] = **args
                        && self.symbols.tags(base).any(Tags::REQUEST)
                        && names.len() < MAX_NAMES
                    {
                        names.push(*name);
                    }
                    open.extend(args.iter());
                }
                Origin::Call(_, args) | Origin::Composite(args) => open.extend(args.iter()),
                Origin::Binary(_, a, b) => open.extend([*a, *b]),
                Origin::Inner(base)
                | Origin::Named(base, _)
                | Origin::Stored(_, base)
                | Origin::Elem(base) => open.push(*base),
                _ => {}
            }
        }
        names
    }

    /// The variant, if a part of it has no name of its own.
    fn variant_of(&self, sym: Sym) -> Option<Name> {
        match &self.symbols.get(sym).origin {
            Origin::Payload(_, variant, part)
                if self.symbols.program.text(*part).starts_with(|c: char| c.is_ascii_digit()) =>
            {
                Some(*variant)
            }
            _ => None,
        }
    }
}

fn said_by_name(words: Words, text: &str) -> Option<Answer> {
    if words.any(Words::REJECT) || names_refusal(text) {
        Some(Answer::Refused)
    } else if words.any(Words::SUCCESS) {
        Some(Answer::Accepted)
    } else {
        None
    }
}

/// `Conflict`, `AppendFailed`, `mismatch_index`
fn names_refusal(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["conflict", "mismatch", "fail", "inconsistent", "stale", "err"]
        .iter()
        .any(|w| text.contains(w))
}
