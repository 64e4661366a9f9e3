//! Overlap: what a follower has found out about the request's entries and its own at the same
//! indexes.
//!
//! A suffix may go where an entry of it was found to conflict, and where there is none. Both come
//! out of comparisons and look-ups of many forms; what they say about the way is kept here.

use rustc_hash::FxHashSet;

use super::derive::mirrored;
use super::eval::{Engine, Outs};
use super::event::Event;
use super::relation::Comparison;
use super::value::Value;
use super::world::World;
use crate::ir::BinaryOp;
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::verbs::SEARCHES;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How the request's entries lie over the local log on one way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Overlap {
    /// Nothing has been compared.
    #[default]
    Unknown,
    /// What has been compared is equal, or there is nothing more to compare.
    Equal,
    /// What follows may go, for this reason.
    Settled(Fact, Place),
}

impl Overlap {
    /// Whether the code may tell the two ways apart later.
    pub(super) fn apart(&self, other: &Overlap) -> bool {
        self.settled() != other.settled()
    }

    /// Both ways as one.
    pub(super) fn join(&mut self, other: &Overlap) {
        match (*self, *other) {
            // What conflicts is there.
            (Overlap::Settled(Fact::NothingFollows, _), Overlap::Settled(..)) => *self = *other,
            (Overlap::Settled(..), Overlap::Settled(..)) => {}
            (mine, theirs) if mine == theirs => {}
            _ => *self = Overlap::Unknown,
        }
    }

    /// Whether a suffix may go.
    pub(super) fn settled(&self) -> bool {
        matches!(self, Overlap::Settled(..))
    }

    /// Whether an entry was found to conflict.
    pub(super) fn conflicts(&self) -> bool {
        matches!(self, Overlap::Settled(Fact::EntryConflicts, _))
    }

    /// Entries of the request and of the log were found equal.
    pub(super) fn found_equal(&mut self) {
        if !self.settled() {
            *self = Overlap::Equal;
        }
    }

    /// Why a suffix may go.
    pub(super) fn fact(&self) -> Option<(Fact, Place)> {
        match self {
            Overlap::Settled(fact, at) => Some((*fact, *at)),
            _ => None,
        }
    }

    fn settle(&mut self, fact: Fact, at: Place) {
        if !self.settled()
            || matches!(self, Overlap::Settled(Fact::NothingFollows, _))
                && fact == Fact::EntryConflicts
        {
            *self = Overlap::Settled(fact, at);
        }
    }
}

/// A body that shows a removal on one way hides none on the others: what was taken for one at its
/// call is dropped.
pub(super) fn drop_shown_removals(events: &mut Vec<Event>) {
    let removal = |e: &Event| matches!(e.effect, Effect::SuffixRemoval | Effect::RemovalStart);
    let mut showing: FxHashSet<FnId> = FxHashSet::default();
    for event in events.iter().filter(|e| removal(e)) {
        showing.extend(event.stack.iter().copied());
    }
    events.retain(|e| !removal(e) || !e.hidden_in.iter().any(|f| showing.contains(f)));
}

/// Symbols that are looked at for where a value came from.
const MAX_SOURCES: usize = 48;

impl Engine<'_> {
    /// Entries are taken off the end of the log while AppendEntries is handled.
    pub(super) fn suffix_removed(&mut self, world: &World, at: Place, written: &[Sym]) {
        if world.handling == Some(Message::AppendEntries) {
            self.record(world, Effect::SuffixRemoval, at, written, true);
            self.record(world, Effect::RemovalStart, at, written, true);
        }
    }

    /// What is known where entries go: why they may.
    pub(super) fn why_removed(&self, world: &World, at: Place) -> Vec<(Fact, Place)> {
        let differs = world.has(Fact::PrevTermDiffers);
        let conflict = differs.then_some((Fact::PrevConflicts, at));
        world.overlap.fact().into_iter().chain(conflict).collect()
    }

    /// Whether a removal takes the oldest entries: compaction.
    pub(super) fn takes_from_front(&self, text: &str, words: Words, written: &[Sym]) -> bool {
        let zero = |sym: Sym| self.symbols.get(sym).origin == Origin::Int(0);
        let front = match written.first().map(|s| &self.symbols.get(*s).origin) {
            Some(Origin::Composite(parts)) => parts.len() == 3 && zero(parts[0]),
            Some(Origin::Int(0)) => text == "remove",
            _ => false,
        };
        let aside = words.any(Words::CACHE.with(Words::TIME).with(Words::VOTE));
        front || aside || text.starts_with("purge")
    }

    /// `log.retain(|entry| entry.index <= prev)`: what the closure refuses goes.
    pub(super) fn retained(&mut self, base: Sym, results: &mut Outs, at: Place) {
        if self.symbols.role(base) != Role::Log {
            return;
        }
        for (world, value) in results {
            let mut kept_by = Vec::new();
            if let Value::Cond(cond) = value {
                self.cond_symbols(cond, &mut kept_by);
            }
            if kept_by.iter().any(|s| self.symbols.tags(*s).any(Tags::REQUEST)) {
                self.log_effect(world, Effect::LogTruncate, at, &kept_by);
                self.suffix_removed(world, at, &kept_by);
                world.learn(Fact::TailGone, at);
            }
        }
    }

    /// `a op b` holds from here on.
    pub(super) fn overlap_compared(
        &self,
        world: &mut World,
        Comparison { op, left: a, right: b, at: place }: Comparison,
    ) {
        if world.handling == Some(Message::AppendEntries) {
            self.overlap_one_way(world, op, a, b, place);
            self.overlap_one_way(world, mirrored(op), b, a, place);
        }
    }

    fn overlap_one_way(&self, world: &mut World, op: BinaryOp, a: Sym, b: Sym, place: Place) {
        use BinaryOp::{Eq, Ge, Gt, Lt, Ne};
        if self.are_terms(a, b) {
            match op {
                Ne | Lt | Gt => world.overlap.settle(Fact::EntryConflicts, place),
                Eq => world.overlap.found_equal(),
                _ => {}
            }
        } else if self.is_request_index(a) && self.is_log_end(b) {
            if matches!(op, Eq | Ge | Gt) {
                world.overlap.settle(Fact::NothingFollows, place);
            }
        } else if self.counts_entries(b) {
            match op {
                Ne | Lt if !matches!(self.symbols.get(a).origin, Origin::Int(_)) => {
                    self.entries_left(world, a, place);
                }
                Eq | Ge | Gt => world.overlap.found_equal(),
                _ => {}
            }
        }
    }

    /// A value is there, or is not: an entry, or what is left of the request's entries.
    pub(super) fn overlap_presence(
        &self,
        world: &mut World,
        sym: Sym,
        present: bool,
        place: Place,
    ) {
        if world.handling != Some(Message::AppendEntries) {
            return;
        }
        let tags = self.symbols.tags(sym);
        let of_request = tags.any(Tags::ENTRIES.with(Tags::PREV_INDEX));
        let own = matches!(self.symbols.role(sym), Role::LocalEntry | Role::LocalEntryTerm);
        if present && self.is_searched(sym) {
            world.overlap.settle(Fact::EntryConflicts, place);
        } else if own && of_request && tags.any(Tags::LOCAL) {
            if !present {
                world.overlap.settle(Fact::NothingFollows, place);
            }
        } else if !present && of_request && self.is_outside(sym) {
            world.overlap.settle(Fact::NothingFollows, place);
        } else if self.is_rest(sym) {
            match present {
                true => self.entries_left(world, sym, place),
                false => world.overlap.found_equal(),
            }
        }
    }

    /// The request has entries behind those that were compared; `from` says where.
    fn entries_left(&self, world: &mut World, from: Sym, place: Place) {
        if *world.overlap == Overlap::Equal {
            world.overlap.settle(Fact::RestIsNew, place);
        } else if self.is_searched(from) {
            world.overlap.settle(Fact::EntryConflicts, place);
        }
    }

    /// Whether the term of an entry of the request stands beside that of a local one; an entry, or
    /// its whole log id, holds its term.
    fn are_terms(&self, requested: Sym, own: Sym) -> bool {
        let data = self.symbols.get(own);
        let unnamed = data.role == Role::None && data.tags.any(Tags::LOG);
        let local = match data.role {
            Role::LocalEntryTerm | Role::SnapshotTerm => true,
            _ => unnamed && (self.own_words(own).any(Words::TERM) || self.is_first_of_pair(own)),
        };
        let whole = (data.role == Role::LocalEntry || unnamed) && self.is_whole(own);
        match self.symbols.role(requested) {
            // What is compared with a term is one.
            Role::ReqEntryTerm => {
                local || data.role == Role::LocalEntry && !self.own_words(own).any(Words::INDEX)
            }
            Role::ReqEntry | Role::ReqEntryPart => (local || whole) && self.is_whole(requested),
            _ => whole && self.holds_entry_term(requested),
        }
    }

    /// The first part of a position, which is its term.
    fn is_first_of_pair(&self, sym: Sym) -> bool {
        matches!(&self.symbols.get(sym).origin, Origin::Field(_, name)
            if self.symbols.program.text(*name) == "0")
    }

    /// A tuple or struct made with the term of an entry of the request.
    fn holds_entry_term(&self, sym: Sym) -> bool {
        let term = |part: &Sym| self.symbols.role(*part) == Role::ReqEntryTerm;
        matches!(&self.symbols.get(sym).origin, Origin::Composite(parts) if parts.iter().any(term))
    }

    /// Whether an entry's part is its identity, not its index or what it carries.
    fn is_whole(&self, sym: Sym) -> bool {
        let part = Words::INDEX.with(Words::PAYLOAD).with(Words::LENGTH);
        !self.own_words(sym).any(part)
    }

    fn own_words(&self, sym: Sym) -> Words {
        match &self.symbols.get(sym).origin {
            Origin::Field(_, name)
            | Origin::Payload(_, _, name)
            | Origin::Method(name, _)
            | Origin::Call(name, _)
            | Origin::Named(_, name) => self.symbols.program.words(*name),
            Origin::Inner(base) | Origin::Stored(_, base) => self.own_words(*base),
            _ => Words::default(),
        }
    }

    /// An index that comes from prevLogIndex or from the request's entries.
    fn is_request_index(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let index = !matches!(data.role, Role::ReqEntryTerm | Role::PrevTerm | Role::LeaderCommit);
        index && data.tags.any(Tags::PREV_INDEX.with(Tags::ENTRIES)) && !self.is_log_end(sym)
    }

    /// The length or last index of the log, or how far it lies behind another index.
    fn is_log_end(&self, sym: Sym) -> bool {
        match &self.symbols.get(sym).origin {
            Origin::Binary(BinaryOp::Sub | BinaryOp::Add, of, _) => self.is_log_end(*of),
            Origin::Named(inner, _) | Origin::Inner(inner) => self.is_log_end(*inner),
            _ => matches!(self.symbols.role(sym), Role::OwnLastIndex | Role::OwnLastLogId),
        }
    }

    /// The number of the request's entries, or an index behind the last of them.
    fn counts_entries(&self, sym: Sym) -> bool {
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Binary(BinaryOp::Add, _, number) => self.counts_entries(*number),
            Origin::Method(name, args) => {
                matches!(self.symbols.program.text(*name), "len" | "count")
                    && args.len() == 1
                    && self.symbols.role(args[0]) == Role::ReqEntries
            }
            _ => false,
        }
    }

    /// An entry of the request that may not be there, or the entries behind some index.
    fn is_rest(&self, sym: Sym) -> bool {
        let entries = |of: &Sym| {
            matches!(self.symbols.role(*of), Role::ReqEntries | Role::ReqEntry)
                && !self.symbols.tags(*of).any(Tags::LOCAL)
        };
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Index(of, range) => {
                entries(of) && matches!(self.symbols.get(*range).origin, Origin::Composite(_))
            }
            Origin::Method(name, args) => {
                let text = self.symbols.program.text(*name);
                match (text, &**args) {
                    ("get" | "split_off", [of, _]) => entries(of),
                    ("first" | "next" | "peek" | "last", [of]) => self.is_rest(*of),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// The next one of the local entries alone, or how far an index lies behind the first of them:
    /// where there is none, the log holds no such entry.
    fn is_outside(&self, sym: Sym) -> bool {
        let named = |of: Sym, text: &str| match &self.symbols.get(of).origin {
            Origin::Method(name, _) => self.symbols.program.text(*name) == text,
            _ => false,
        };
        let (plain, tags) = (self.plain(sym), self.symbols.tags(sym));
        let scanned = tags.any(Tags::LOG) && !self.sources(sym).any(|s| named(s, "zip"));
        named(plain, "next") && scanned || named(plain, "checked_sub") && tags.any(Tags::LOCAL)
    }

    /// Whether a value is the outcome of a search that compares entries of the request with local
    /// ones.
    fn is_searched(&self, sym: Sym) -> bool {
        self.sources(sym).any(|s| match &self.symbols.get(s).origin {
            Origin::Method(name, args) => {
                SEARCHES.contains(&self.symbols.program.text(*name))
                    && args.iter().any(|a| args.iter().any(|b| self.are_terms(*a, *b)))
            }
            _ => false,
        })
    }

    /// Whether a value was looked up for an entry of the request, at an index behind prevLogIndex.
    pub(super) fn lies_behind_prev(&self, sym: Sym) -> bool {
        self.sources(sym).any(|s| {
            let data = self.symbols.get(s);
            let behind = matches!(data.origin, Origin::Elem(_) | Origin::Binary(BinaryOp::Add, ..));
            behind && data.tags.any(Tags::PREV_INDEX)
        })
    }

    /// A value and what it was computed from, as far as a few steps go.
    fn sources(&self, sym: Sym) -> impl Iterator<Item = Sym> {
        let mut sources = vec![sym];
        let mut next = 0;
        while let Some(&sym) = sources.get(next).filter(|_| sources.len() < MAX_SOURCES) {
            next += 1;
            match &self.symbols.get(sym).origin {
                Origin::Method(_, args) | Origin::Composite(args) => {
                    sources.extend(args.iter().copied());
                }
                Origin::Binary(_, a, b) | Origin::Index(a, b) => sources.extend([*a, *b]),
                Origin::Inner(base)
                | Origin::Named(base, _)
                | Origin::Elem(base)
                | Origin::Field(base, _) => sources.push(*base),
                _ => {}
            }
        }
        sources.into_iter()
    }
}
