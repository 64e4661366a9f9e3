//! Branching: the worlds in which a condition has an outcome, with the facts that it gives.

use std::cmp::Ordering;

use super::bound::{Bound, Met};
use super::derive;
use super::eval::{Engine, Frame};
use super::join::merge;
use super::order::Order;
use super::overlap::Overlap;
use super::relation::Comparison;
use super::trail::Asked;
use super::value::{Cond, Value};
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, Name};
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::source::Place;

impl Engine<'_> {
    /// The worlds in which `cond` comes out as `outcome`.
    pub(super) fn assume(&mut self, world: World, cond: &Cond, outcome: bool) -> Vec<World> {
        match cond {
            Cond::Const(b) => {
                if *b == outcome {
                    vec![world]
                } else {
                    Vec::new()
                }
            }
            Cond::Lost => {
                let mut world = world;
                let function = self.frame().function;
                world.unasked.get_or_insert(Met { bound: Bound::Parts, function });
                vec![world]
            }
            Cond::Not(inner) => self.assume(world, inner, !outcome),
            Cond::Said(inner, asked) => {
                let start = world.trail.clone();
                let mut worlds = self.assume(world, inner, outcome);
                worlds.iter_mut().for_each(|w| w.trail.sum_up(&start, *asked, outcome));
                worlds
            }
            Cond::Whole(inner, (op, a, b)) => {
                let op = if outcome { *op } else { derive::negated(*op) };
                let (key, holds) = canonical(op, *a, *b);
                let mut worlds = self.assume(world, inner, outcome);
                worlds.retain_mut(|w| w.assume(key, holds));
                worlds
            }
            Cond::And(a, b) => {
                if outcome {
                    self.assume_both(world, a, b, true)
                } else {
                    self.assume_either(world, a, b, false)
                }
            }
            Cond::Or(a, b) => {
                if outcome {
                    self.assume_either(world, a, b, true)
                } else {
                    self.assume_both(world, a, b, false)
                }
            }
            Cond::Choice(parts) => {
                let mut worlds = Vec::new();
                for part in parts.iter() {
                    worlds.extend(self.assume(world.clone(), part, outcome));
                }
                self.dedup(worlds)
            }
            Cond::Rel(op, a, b, place) => {
                self.assume_relation(world, (*op, *a, *b), *place, outcome)
            }
            Cond::Is(sym, variant, place) => {
                let asked = Asked::condition(*place);
                self.assume_variant(world, *sym, *variant, asked, outcome).into_iter().collect()
            }
            Cond::Truthy(sym, place) => {
                self.assume_truthy(world, *sym, *place, outcome).into_iter().collect()
            }
        }
    }

    fn assume_both(&mut self, world: World, a: &Cond, b: &Cond, outcome: bool) -> Vec<World> {
        let mut worlds = Vec::new();
        for w in self.assume(world, a, outcome) {
            worlds.extend(self.assume(w, b, outcome));
        }
        worlds
    }

    /// The first already decides, or it does not and the second does.
    fn assume_either(&mut self, world: World, a: &Cond, b: &Cond, outcome: bool) -> Vec<World> {
        let mut worlds = self.assume(world.clone(), a, outcome);
        for w in self.assume(world, a, !outcome) {
            worlds.extend(self.assume(w, b, outcome));
        }
        self.dedup(worlds)
    }

    pub(super) fn dedup(&mut self, worlds: Vec<World>) -> Vec<World> {
        let outs = worlds.into_iter().map(|w| (w, Value::Unit)).collect();
        merge(outs, &mut self.symbols).into_iter().map(|(w, _)| w).collect()
    }

    fn assume_relation(
        &mut self,
        mut world: World,
        (op, a, b): (BinaryOp, Sym, Sym),
        place: Place,
        outcome: bool,
    ) -> Vec<World> {
        let op = if outcome { op } else { derive::negated(op) };
        if self.never(op, a, b) {
            return Vec::new();
        }
        let (key, holds) = canonical(op, a, b);
        if !world.assume(key, holds) {
            return Vec::new();
        }
        self.answer_asked(&mut world, a);
        self.answer_asked(&mut world, b);
        let tags = self.symbols.tags(a).with(self.symbols.tags(b));
        if self.is_counted(a) || self.is_counted(b) {
            *world.quorum = true;
        }
        let facts = derive::facts_of(&self.symbols, world.handling, op, a, b);
        if !facts.is_empty() || tags.any(Tags::REQUEST) {
            world.trail.push(Asked::condition(place), outcome);
        }
        if !self.compared(&mut world, Comparison { op, left: a, right: b, at: place }) {
            return Vec::new();
        }
        self.learn_all(world, &facts, place).into_iter().collect()
    }

    /// Whether two numbers that are known are never so ordered.
    fn never(&self, op: BinaryOp, a: Sym, b: Sym) -> bool {
        match (&self.symbols.get(a).origin, &self.symbols.get(b).origin) {
            (Origin::Int(x), Origin::Int(y)) => {
                let order = match x.cmp(y) {
                    Ordering::Less => Order::LESS,
                    Ordering::Equal => Order::EQUAL,
                    Ordering::Greater => Order::GREATER,
                };
                !order.meets(Order::of(op))
            }
            // The element of a range is not negative.
            (Origin::Binary(BinaryOp::Add, x, y), Origin::Int(0)) => {
                let positive = matches!(self.symbols.get(*y).origin, Origin::Int(n) if n > 0);
                let element = matches!(self.symbols.get(*x).origin, Origin::Elem(_));
                positive && element && matches!(op, BinaryOp::Eq | BinaryOp::Le)
            }
            _ => false,
        }
    }

    /// Whether a value comes from replica counts; the length of the table of replicas does not.
    fn is_counted(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let length = matches!(&data.origin, Origin::Method(name, args)
            if args.len() == 1 && self.symbols.program.text(*name) == "len");
        data.tags.any(Tags::QUORUM) || (data.tags.any(Tags::MATCH) && !length)
    }

    fn learn_all(&mut self, mut world: World, facts: &[Fact], place: Place) -> Option<World> {
        for &fact in facts {
            if !fact.concerns(world.handling) {
                continue;
            }
            let contradiction = match fact {
                Fact::NoEntries => world.has(Fact::SomeEntries),
                Fact::SomeEntries => world.has(Fact::NoEntries),
                _ => false,
            };
            if contradiction {
                return None;
            }
            world.learn(fact, place);
        }
        Some(world)
    }

    /// The world in which `sym` is (or is not) this variant; `None` if it cannot be.
    pub(super) fn assume_variant(
        &mut self,
        mut world: World,
        sym: Sym,
        variant: Name,
        asked: Asked,
        outcome: bool,
    ) -> Option<World> {
        let known = &self.symbols.program.known;
        let absent = Some(variant) == known.none || Some(variant) == known.err;
        let present = Some(variant) == known.some || Some(variant) == known.ok;
        let nothing = (absent && outcome) || (present && !outcome);
        let something = (present && outcome) || (absent && !outcome);
        // Nothing is in a field of `Update::default()`.
        if something && self.is_default(sym) {
            return None;
        }
        let (key, holds) = match something || nothing {
            true => (Assumption::Present(sym), something),
            false => (Assumption::Is(sym, variant), outcome),
        };
        if !world.assume(key, holds) {
            return None;
        }
        if !something && !nothing {
            self.answer_asked(&mut world, sym);
        }
        let mut facts = Vec::new();
        let data = self.symbols.get(sym);
        let role = derive::role_in(&self.symbols, sym, world.handling);
        let tags = data.tags;
        if nothing {
            match role {
                Role::PrevLogId | Role::PrevIndex => facts.push(Fact::PrevIsOrigin),
                Role::ReqEntry if self.is_end_of_entries(sym) => facts.push(Fact::NoEntries),
                // An empty log is not newer than any other.
                Role::OwnLastLogId | Role::OwnLastTerm | Role::OwnLastIndex
                    if world.handling == Some(Message::RequestVote) =>
                {
                    facts.push(Fact::CandidateLogFresh);
                }
                // The entry was found to be in range before.
                Role::LocalEntry | Role::LocalEntryTerm
                    if tags.any(Tags::PREV_INDEX) && world.has(Fact::PrevIndexInLog) =>
                {
                    return None;
                }
                _ => {}
            }
        }
        if nothing {
            facts.extend(self.below(sym, world.handling));
            self.vote_absent(&mut world, sym, asked.place);
            match role {
                Role::OwnLastLogId | Role::OwnLastTerm | Role::OwnLastIndex => {
                    self.own_log_is_empty(&mut world, asked.place);
                }
                Role::CandidateLastLogId => self.candidate_log_is_empty(&mut world, asked.place),
                _ => {}
            }
        }
        self.kind_found(&mut world, sym, variant, outcome, asked.place);
        if something || nothing {
            self.overlap_presence(&mut world, sym, something, asked.place);
            if nothing {
                self.progress_absent(&mut world, sym, asked.place);
            }
        }
        if nothing && tags.any(Tags::COUNTED) {
            facts.push(Fact::NothingToCommit);
        }
        if something && role == Role::ReqEntry && self.is_end_of_entries(sym) {
            facts.push(Fact::SomeEntries);
        }
        if tags.any(Tags::PREV_INDEX) && tags.any(Tags::LOCAL) && !self.lies_behind_prev(sym) {
            facts.push(Fact::PrevIndexCompared);
        }
        if let Some((op, a, b)) = self.comparison(sym, variant) {
            let op = if outcome { op } else { derive::negated(op) };
            facts.extend(derive::facts_of(&self.symbols, world.handling, op, a, b));
            let tags = self.symbols.tags(a).with(self.symbols.tags(b));
            if tags.any(Tags::COUNTED) {
                *world.quorum = true;
            }
            let (key, holds) = canonical(op, a, b);
            if !world.assume(key, holds)
                || !self.compared(&mut world, Comparison { op, left: a, right: b, at: asked.place })
            {
                return None;
            }
        }
        if something {
            self.entry_found(&mut world, sym, asked.place);
        }
        if outcome {
            self.handle_variant(&mut world, sym, variant);
        }
        if !facts.is_empty() || tags.any(Tags::REQUEST) {
            world.trail.push(asked, asked.answer(absent, outcome));
        }
        self.learn_all(world, &facts, asked.place)
    }

    fn is_default(&self, sym: Sym) -> bool {
        match self.symbols.get(sym).origin {
            Origin::Field(base, _) => matches!(self.symbols.get(base).origin, Origin::Int(0)),
            _ => false,
        }
    }

    /// `prev.checked_sub(first)` is `None`: prevLogIndex lies below what the log still holds.
    fn below(&self, sym: Sym, handling: Option<Message>) -> Option<Fact> {
        let Origin::Method(name, args) = &self.symbols.get(sym).origin else { return None };
        let [index, first] = **args else { return None };
        if self.symbols.program.text(*name) != "checked_sub"
            || derive::role_in(&self.symbols, index, handling) != Role::PrevIndex
        {
            return None;
        }
        let local = self.symbols.tags(first).any(Tags::LOCAL);
        Some(if local { Fact::PrevIsCommitted } else { Fact::PrevIsOrigin })
    }

    /// Whether a symbol is the first or last of the request's entries: there is none exactly if
    /// the request has no entries.
    fn is_end_of_entries(&self, sym: Sym) -> bool {
        let Origin::Method(name, args) = &self.symbols.get(sym).origin else { return false };
        let text = self.symbols.program.text(*name);
        args.first().is_some_and(|a| self.symbols.role(*a) == Role::ReqEntries)
            && matches!(text, "first" | "last" | "front" | "back" | "split_first" | "split_last")
    }

    /// `a.cmp(&b)` is `Less`: the relation behind an `Ordering`.
    fn comparison(&self, sym: Sym, variant: Name) -> Option<(BinaryOp, Sym, Sym)> {
        let program = self.symbols.program;
        let op = match program.text(variant) {
            "Less" => BinaryOp::Lt,
            "Equal" => BinaryOp::Eq,
            "Greater" => BinaryOp::Gt,
            _ => return None,
        };
        let (a, b) = self.compared_by(sym)?;
        Some((op, a, b))
    }

    /// `MessageType::MsgAppend` on a message's kind says what is being handled.
    fn handle_variant(&mut self, world: &mut World, sym: Sym, variant: Name) {
        let program = self.symbols.program;
        if !self.symbols.tags(sym).only_request() {
            return;
        }
        let Some(message) = messages::by_words(program.words(variant)) else { return };
        // The sending side looks at the kind of its own message.
        let sends = |f: &Frame| {
            !f.is_closure && program.text(program.function(f.function).name).starts_with("send")
        };
        if !self.frames.all().iter().any(sends) {
            self.enter_message(world, message, None);
        }
    }

    fn assume_truthy(
        &mut self,
        mut world: World,
        sym: Sym,
        place: Place,
        outcome: bool,
    ) -> Option<World> {
        if !world.assume(Assumption::Truthy(sym), outcome) {
            return None;
        }
        self.answer_asked(&mut world, sym);
        self.progress_asked(&mut world, sym, place);
        let data = self.symbols.get(sym).clone();
        if data.tags.any(Tags::COUNTED) {
            *world.quorum = true;
        }
        let mut facts = Vec::new();
        if outcome {
            self.flag_found(&mut world, sym, place);
        }
        if let Origin::Method(name, args) = &data.origin
            && let Some(&receiver) = args.first()
        {
            let text = self.symbols.program.text(*name);
            let role = derive::role_in(&self.symbols, receiver, world.handling);
            // `vote.is_same_leader(other)` is an equality under another name.
            if let ([a, b], true) =
                (&**args, text.starts_with("is_same") || text.starts_with("same_"))
            {
                let op = if outcome { BinaryOp::Eq } else { BinaryOp::Ne };
                facts.extend(derive::facts_of(&self.symbols, world.handling, op, *a, *b));
            }
            let empty = text == "is_empty" || text == "is_none";
            if text == "is_empty" {
                self.overlap_presence(&mut world, receiver, !outcome, place);
            }
            match role {
                Role::ReqEntries if empty => {
                    facts.push(if outcome { Fact::NoEntries } else { Fact::SomeEntries });
                }
                Role::VotedFor if empty && outcome => {
                    self.vote_absent(&mut world, receiver, place);
                }
                Role::Log if empty && outcome && world.handling == Some(Message::RequestVote) => {
                    self.own_log_is_empty(&mut world, place);
                    facts.push(Fact::CandidateLogFresh);
                }
                Role::PrevIndex | Role::PrevLogId
                    if outcome && (empty || matches!(text, "is_zero" | "is_genesis")) =>
                {
                    facts.push(Fact::PrevIsOrigin);
                }
                _ => {}
            }
        }
        if !facts.is_empty() || data.tags.any(Tags::REQUEST) {
            world.trail.push(Asked::condition(place), outcome);
        }
        self.learn_all(world, &facts, place)
    }

    /// Notes that a message is being handled from here on.
    pub(super) fn enter_message(
        &mut self,
        world: &mut World,
        message: Message,
        place: Option<Place>,
    ) {
        if world.handling != Some(message) {
            *world.overlap = Overlap::default();
            world.term.vote.set = false;
            self.office_enters(world);
        }
        world.handling = Some(message);
        *world.handler.unread_mut() = Some(self.frame().function);
        if place.is_some() {
            *world.handled_at.unread_mut() = place;
        }
        self.trial_entered(world);
        if let Some(place) = place {
            self.handlers.push((place, message, self.frame().function));
        }
    }
}

/// One key for `a < b`, `b > a` and their negations.
fn canonical(op: BinaryOp, a: Sym, b: Sym) -> (Assumption, bool) {
    let (op, a, b) = match op {
        BinaryOp::Gt | BinaryOp::Le => (derive::mirrored(op), b, a),
        _ => (op, a, b),
    };
    match op {
        BinaryOp::Ne | BinaryOp::Eq => {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            (Assumption::Rel(BinaryOp::Eq, a, b), op == BinaryOp::Eq)
        }
        BinaryOp::Ge => (Assumption::Rel(BinaryOp::Lt, a, b), false),
        _ => (Assumption::Rel(BinaryOp::Lt, a, b), true),
    }
}
