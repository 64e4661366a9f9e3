//! What is known of an entry that is applied: that it is committed, and that lastApplied moves.

use super::eval::Engine;
use super::order::Order;
use super::relation::Comparison;
use super::world::{Assumption, World};
use crate::ir::BinaryOp;
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep the origin of a value is looked into.
const MAX_DEPTH: u32 = 10;

/// Tags of what has to do with the commit index.
const COMMIT: Tags = Tags::COMMIT.with(Tags::LEADER_COMMIT).with(Tags::COMMITTED);

/// How an entry was picked.
enum Pick {
    /// By an index.
    Index,
    /// As one of several.
    Several,
    /// In a way that is not known.
    Unknown,
}

impl Engine<'_> {
    /// The commit index, or what was computed from it, is compared with something on this way; which
    /// way round it came out is in the assumptions, for as long as the way is one of its own.
    pub(super) fn commit_compared(
        &self,
        world: &mut World,
        Comparison { op, left: a, right: b, at: place }: Comparison,
    ) {
        // `if commit == 0 { return None; }`: there nothing is applied.
        let none = |x: Sym, commit: Sym, order: Order| {
            self.symbols.tags(commit).any(COMMIT)
                && matches!(self.symbols.get(x).origin, Origin::Int(_))
                && order.within(Order::AT_LEAST)
        };
        let order = Order::of(op);
        if self.may_bound(a, b)
            || self.may_bound(b, a)
            || none(a, b, order)
            || none(b, a, order.mirrored())
        {
            world.learn(Fact::CommitAsked, place);
        }
    }

    /// A loop has as many turns as entries are committed: `for _ in 0..commit - applied`.
    pub(super) fn turns_to_commit(&self, world: &mut World, over: Sym, place: Place) {
        if self.ends_at_commit(over, MAX_DEPTH) {
            world.learn(Fact::CommitAsked, place);
        }
    }

    /// Whether a comparison of the two may say what is committed: one with a constant does not, but
    /// for what was computed (`commit - applied > 0`).
    fn may_bound(&self, x: Sym, commit: Sym) -> bool {
        let constant = matches!(self.symbols.get(self.plain(x)).origin, Origin::Int(_));
        self.symbols.tags(commit).any(COMMIT) && (!constant || self.is_computed(commit))
    }

    fn is_computed(&self, sym: Sym) -> bool {
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Binary(..) => true,
            Origin::Method(_, args) => args.len() > 1,
            _ => false,
        }
    }

    /// Whether the order of something and the commit index says that it is at most that; that it is
    /// not lastApplied says the same of the entry behind that.
    fn is_below_commit(&self, x: Sym, commit: Sym, order: Order) -> bool {
        let differs =
            order == Order::of(BinaryOp::Ne) && (self.is_cursor(x) || self.is_computed(commit));
        self.may_bound(x, commit) && (order.within(Order::AT_MOST) || differs)
    }

    /// Whether a value is what was applied last.
    fn is_cursor(&self, x: Sym) -> bool {
        let data = self.symbols.get(x);
        data.role == Role::LastApplied || self.words_of(x).any(Words::APPLIED)
    }

    /// What is known of an entry that is applied; the entry is the first of what is given.
    pub(super) fn apply_evidence(
        &self,
        world: &World,
        given: &[Sym],
        at: Place,
    ) -> Vec<(Fact, Place)> {
        let mut facts = Vec::new();
        let Some(&entry) = given.first() else { return facts };
        match self.is_committed(world, given) {
            Some(known) => facts.push((Fact::EntryIsCommitted, known.unwrap_or(at))),
            None if self.is_one_too_far(world, entry) => {
                facts.push((Fact::AppliedOneTooFar, at));
            }
            None if self.is_just_appended(world, entry)
                || self.is_from_request(world, entry, 8)
                || self.is_last(entry) =>
            {
                facts.push((Fact::AppliedWhenAppended, at));
            }
            None if matches!(self.pick(entry), Pick::Several) => {
                facts.push((Fact::AppliedToTheEnd, at));
            }
            None => {}
        }
        facts.push(self.cursor(entry, at));
        facts
    }

    /// Whether an entry is known to be committed, and by which question.
    pub(super) fn is_committed(&self, world: &World, given: &[Sym]) -> Option<Option<Place>> {
        let place = |fact: Fact| world.facts.iter().find(|(f, _)| *f == fact).map(|(_, at)| *at);
        let asked = place(Fact::CommitAsked);
        if given.iter().any(|sym| self.ends_at_commit(*sym, MAX_DEPTH)) || *world.quorum {
            return Some(asked);
        }
        let entry = *given.first()?;
        let pick = self.pick(entry);
        if self.is_one_too_far(world, entry) {
            return None;
        }
        if self.asked_up_to_commit(world, entry, &pick) {
            return Some(asked);
        }
        let request = self.is_from_request(world, entry, 8);
        // A question that was asked before an entry came says nothing of it.
        let fresh = request || self.is_just_appended(world, entry) || self.is_made(entry);
        let asked = asked.filter(|_| !fresh && self.may_tell_of(world, entry));
        let moved = place(Fact::CommitMoved).filter(|_| !request && !self.is_several(entry));
        match pick {
            Pick::Several => moved.map(Some),
            Pick::Index => asked.or(moved).map(Some),
            Pick::Unknown => asked.or(moved).map(Some),
        }
    }

    /// Whether a question on this way says that the entry lies at or below the commit index.
    fn asked_up_to_commit(&self, world: &World, entry: Sym, pick: &Pick) -> bool {
        world.assumptions.iter().any(|&(assumption, holds)| match assumption {
            Assumption::Rel(op, a, b) => {
                let op = if holds { op } else { super::derive::negated(op) };
                let order = Order::of(op);
                let below = |x: Sym, commit: Sym, order: Order| {
                    self.is_below_commit(x, commit, order)
                        && self.tells_of((x, commit), entry, pick)
                };
                below(a, b, order) || below(b, a, order.mirrored())
            }
            Assumption::Truthy(sym) | Assumption::Present(sym) | Assumption::Is(sym, _) => {
                let data = self.symbols.get(sym);
                holds && data.role == Role::None && data.tags.any(Tags::COMMITTED)
            }
        })
    }

    /// Whether the index is one more than what was only found to be at most the commit index.
    pub(super) fn is_one_too_far(&self, world: &World, entry: Sym) -> bool {
        let Some(index) = self.index_of(entry) else { return false };
        let Origin::Binary(BinaryOp::Add, base, by) = self.symbols.get(self.plain(index)).origin
        else {
            return false;
        };
        let one = self.symbols.get(by).origin == Origin::Int(1);
        let applied = self.symbols.role(base) == Role::LastApplied;
        let mut relations = world.assumptions.iter().filter_map(|&(assumption, holds)| {
            let Assumption::Rel(op, a, b) = assumption else { return None };
            let order = Order::of(if holds { op } else { super::derive::negated(op) });
            let of = |x: Sym, y: Sym| {
                let commit = self.symbols.role(y) == Role::CommitIndex;
                commit && self.plain(x) == self.plain(base)
            };
            match (of(a, b), of(b, a)) {
                (true, _) => Some(order),
                (_, true) => Some(order.mirrored()),
                _ => None,
            }
        });
        let itself = self.compared_with(world, index).any(|(other, order)| {
            order.within(Order::AT_MOST) && self.symbols.role(other) == Role::CommitIndex
        });
        one && applied && !itself && {
            let mut all = relations.by_ref().peekable();
            all.peek().is_some() && all.all(|order| order == Order::AT_MOST)
        }
    }

    /// Whether what was compared with the commit index says something about the entry: where
    /// several are taken from the log, how many of them were applied before does not.
    fn tells_of(&self, (compared, commit): (Sym, Sym), entry: Sym, pick: &Pick) -> bool {
        match pick {
            Pick::Unknown => true,
            Pick::Index => match self.index_of(entry) {
                Some(index) => self.concerns(compared, commit, index),
                None => true,
            },
            Pick::Several => {
                let data = self.symbols.get(compared);
                let state = matches!(
                    data.role,
                    Role::LastApplied
                        | Role::Zero
                        | Role::CommitIndex
                        | Role::LeaderCommit
                        | Role::OwnLastIndex
                );
                !state && !data.tags.any(COMMIT) && !matches!(data.origin, Origin::Int(_))
                    || self.shares(compared, entry) && !state
            }
        }
    }

    /// Whether the questions on this way that the commit index was part of may be about an entry;
    /// of some ways they are not known any more.
    fn may_tell_of(&self, world: &World, entry: Sym) -> bool {
        let Some(index) = self.index_of(entry) else { return true };
        let mut none = true;
        let tells = world.assumptions.iter().any(|&(assumption, holds)| {
            let Assumption::Rel(op, a, b) = assumption else { return false };
            let order = Order::of(if holds { op } else { super::derive::negated(op) });
            none &= !self.may_bound(a, b) && !self.may_bound(b, a);
            let tells = |x: Sym, commit: Sym, order: Order| {
                self.is_below_commit(x, commit, order) && self.concerns(x, commit, index)
            };
            tells(a, b, order) || tells(b, a, order.mirrored())
        });
        none || tells
    }

    /// Whether what is known of a value and the commit index says something about an index.
    fn concerns(&self, compared: Sym, commit: Sym, index: Sym) -> bool {
        match self.is_cursor(compared) {
            true => !self.is_older(compared, index),
            false => {
                self.shares(compared, index)
                    || self.is_computed(commit) && self.shares(commit, index)
            }
        }
    }

    /// Whether a value of lastApplied is older than the one that an index was made of: lastApplied
    /// has moved since it was compared.
    fn is_older(&self, compared: Sym, index: Sym) -> bool {
        let (mut at, mut steps, mut moved) = (index, 0, None);
        for _ in 0..MAX_DEPTH {
            if self.plain(at) == self.plain(compared) {
                return false;
            }
            at = match self.symbols.get(at).origin {
                Origin::Stored(place, _) if steps > 0 => {
                    moved = Some(place);
                    break;
                }
                Origin::Stored(_, base) | Origin::Named(base, _) => base,
                Origin::Binary(BinaryOp::Add, base, _) if steps == 0 => {
                    steps += 1;
                    base
                }
                _ => break,
            };
        }
        moved.is_some_and(|place| match self.symbols.get(compared).origin {
            Origin::Stored(other, _) => other == place,
            _ => compared == place,
        })
    }

    /// Whether a value was taken from a range, a slice or an iterator that ends at the commit index,
    /// or by an index that comes from it.
    fn ends_at_commit(&self, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(sym);
        let Some(less) = fuel.checked_sub(1) else { return false };
        if !data.tags.any(COMMIT.with(Tags::QUORUM)) {
            return false;
        }
        let all = |parts: &[Sym]| parts.iter().any(|p| self.ends_at_commit(*p, less));
        match &data.origin {
            Origin::Elem(base) | Origin::Inner(base) | Origin::Received(base, _) => {
                self.ends_at_commit(*base, less)
            }
            Origin::Index(base, index) => {
                self.ends_at_commit(*index, less) || self.ends_at_commit(*base, less)
            }
            Origin::Composite(parts) => match **parts {
                [_, end, one] if matches!(self.symbols.get(one).origin, Origin::Int(1)) => {
                    self.ends_at_commit(end, less)
                }
                _ => all(parts),
            },
            Origin::Method(name, args) => {
                let program = self.symbols.program;
                let named = program.words(*name).any(Words::COMMIT);
                let skips = matches!(program.text(*name), "skip" | "split_off" | "skip_while");
                let parts = if skips { args.get(..1).unwrap_or_default() } else { args };
                named || all(parts)
            }
            Origin::Call(name, args) => {
                self.symbols.program.words(*name).any(Words::COMMIT) || all(args)
            }
            Origin::Field(base, name) | Origin::Payload(base, _, name) => {
                self.symbols.program.words(*name).any(Words::COMMIT)
                    || self.ends_at_commit(*base, less)
            }
            Origin::Named(base, _) => {
                self.ends_at_commit(*base, less) || !self.symbols.tags(*base).any(COMMIT)
            }
            Origin::Binary(_, a, b) => all(&[*a, *b]),
            Origin::Stored(place, value) => {
                self.symbols.role(*place) == Role::CommitIndex || self.ends_at_commit(*value, less)
            }
            _ => true,
        }
    }

    /// Whether an entry is a new one, with the current term in it.
    fn is_made(&self, entry: Sym) -> bool {
        match &self.symbols.get(entry).origin {
            Origin::Composite(parts) => {
                parts.len() > 1
                    && parts.iter().any(|p| {
                        self.symbols.role(*p) == Role::CurrentTerm
                            && !self.symbols.tags(*p).any(COMMIT)
                    })
            }
            _ => false,
        }
    }

    /// How an entry was picked from what holds it.
    fn pick(&self, entry: Sym) -> Pick {
        let mut sym = entry;
        for _ in 0..MAX_DEPTH {
            sym = match &self.symbols.get(sym).origin {
                Origin::Field(base, _)
                | Origin::Payload(base, ..)
                | Origin::Inner(base)
                | Origin::Named(base, _)
                | Origin::Stored(_, base) => *base,
                Origin::Index(_, index) => {
                    let several = matches!(self.symbols.get(*index).origin, Origin::Composite(_))
                        || self.ends_with_log(*index);
                    return if several { Pick::Several } else { Pick::Index };
                }
                Origin::Elem(_) => {
                    return if self.is_from_log(sym, 8) { Pick::Several } else { Pick::Unknown };
                }
                Origin::Method(name, args) => match (self.symbols.program.text(*name), &**args) {
                    ("get" | "get_mut" | "nth", [_, index]) => {
                        let several = self.ends_with_log(*index);
                        return if several { Pick::Several } else { Pick::Index };
                    }
                    ("to_vec" | "iter" | "into_iter" | "unwrap_or", [base, ..]) => *base,
                    ("skip" | "drain" | "split_off", [..]) if self.is_from_log(sym, 8) => {
                        return Pick::Several;
                    }
                    _ => return Pick::Unknown,
                },
                Origin::Composite(parts) => {
                    match parts.iter().find(|p| self.symbols.tags(**p).any(Tags::LOG)) {
                        Some(part) => *part,
                        None => return Pick::Unknown,
                    }
                }
                _ => return Pick::Unknown,
            };
        }
        Pick::Unknown
    }

    /// Whether an index goes over a range that ends where the log ends.
    fn ends_with_log(&self, mut sym: Sym) -> bool {
        for _ in 0..4 {
            sym = match &self.symbols.get(sym).origin {
                Origin::Named(base, _) | Origin::Inner(base) | Origin::Binary(_, base, _) => *base,
                Origin::Elem(base) => {
                    let Origin::Composite(parts) = &self.symbols.get(*base).origin else {
                        return false;
                    };
                    let [_, end, _] = **parts else { return false };
                    let end = self.symbols.get(end);
                    return end.tags.any(Tags::LAST.with(Tags::LOG)) && !end.tags.any(COMMIT);
                }
                _ => return false,
            };
        }
        false
    }

    fn is_several(&self, entry: Sym) -> bool {
        matches!(self.pick(entry), Pick::Several)
    }

    /// Whether an entry is the last one of the log.
    fn is_last(&self, mut sym: Sym) -> bool {
        for _ in 0..6 {
            let data = self.symbols.get(sym);
            if data.role == Role::OwnLastLogId {
                return true;
            }
            sym = match &data.origin {
                Origin::Field(base, _) | Origin::Inner(base) | Origin::Named(base, _) => *base,
                Origin::Composite(parts) => match parts.first() {
                    Some(part) => *part,
                    None => return false,
                },
                _ => return false,
            };
        }
        false
    }
}
