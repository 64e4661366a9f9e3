//! Worlds: what is known at a point on one way to it.
//!
//! A state of the analysis is a set of worlds. Worlds with the same facts are merged at joins, so
//! their number follows the number of protocol questions asked, not the number of branches.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use smallvec::smallvec;

use super::awaited::Awaited;
use super::ballot::Ballot;
use super::bound::Met;
use super::choose::Meeting;
use super::eval::Outs;
use super::freshness::LogOrder;
use super::order::{Order, TermOrder};
use super::overlap::Overlap;
use super::saved::Saved;
use super::shared::{Kept, Shared};
use super::stepping_down::{Office, join_offices};
use super::trail::Trail;
use super::value::{Cond, Value};
use crate::ir::{BinaryOp, Name};
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Sym, Symbols};
use crate::source::Place;

/// Something assumed about a symbol, without meaning to the protocol; only used to leave out ways
/// that contradict themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Assumption {
    Is(Sym, Name),
    /// `Some` or `Ok`.
    Present(Sym),
    Truthy(Sym),
    Rel(BinaryOp, Sym, Sym),
}

/// Locals of one frame.
pub(super) type Locals = Rc<FxHashMap<Name, Value>>;

/// What is known on one way. Ways share it until one of them learns something: they are handed on
/// much more often than they are changed.
#[derive(Clone, Debug, Default)]
pub(super) struct World(Rc<Known>);

impl Deref for World {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.0
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Known {
        Rc::make_mut(&mut self.0)
    }
}

/// What a [`World`] holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Sorted by fact; with the place where it became true.
    pub(super) facts: Shared<(Fact, Place)>,
    pub(super) assumptions: Shared<(Assumption, bool)>,
    pub(super) locals: Shared<Locals>,
    pub(super) heap: Rc<FxHashMap<Sym, Value>>,
    /// The message being handled.
    pub(super) handling: Option<Message>,
    /// The function in which that message was recognised.
    pub(super) handler: Option<crate::program::FnId>,
    /// Where it was recognised.
    pub(super) handled_at: Option<Place>,
    /// Its term, seen from the current term.
    pub(super) term: Kept<TermOrder>,
    /// The answer that was awaited in line last.
    pub(super) awaited: Option<Rc<Awaited>>,
    /// How its entries lie over the local log.
    pub(super) overlap: Overlap,
    /// Replica counts or a quorum have been looked at.
    pub(super) quorum: bool,
    /// The candidate's last entry, seen from the voter's own.
    pub(super) logs: LogOrder,
    /// The one vote of the term.
    pub(super) ballot: Rc<Ballot>,
    /// The vote has been recorded already on this way.
    pub(super) voted: bool,
    /// What has been changed since it was saved.
    pub(super) saved: Rc<Saved>,
    pub(super) trail: Trail,
    /// A question was asked on this way that could not be looked into.
    pub(super) unasked: Option<Met>,
    /// The node's role, and what becomes of it with a higher term.
    pub(super) office: Kept<Office>,
}

impl World {
    pub(super) fn has(&self, fact: Fact) -> bool {
        self.facts.binary_search_by_key(&fact, |(f, _)| *f).is_ok()
    }

    pub(super) fn learn(&mut self, fact: Fact, place: Place) {
        if let Err(at) = self.facts.binary_search_by_key(&fact, |(f, _)| *f) {
            self.facts.insert(at, (fact, place));
        }
        if self.has(Fact::PrevIndexIsLocal)
            && self.has(Fact::PrevTermMatchesElsewhere)
            && !self.has(Fact::PrevTermMatches)
        {
            self.learn(Fact::PrevTermMatches, place);
        }
        if self.has(Fact::PrevIndexIsLocal)
            && self.has(Fact::PrevTermDiffersElsewhere)
            && !self.has(Fact::PrevTermDiffers)
        {
            self.learn(Fact::PrevTermDiffers, place);
        }
    }

    /// Whether nothing is known now that was not known before, or of anything that was there before.
    pub(super) fn stays(&self, before: &World) -> bool {
        let locals = || {
            self.locals.iter().zip(&before.locals).all(|(now, before)| {
                Rc::ptr_eq(now, before)
                    || before.iter().all(|(name, value)| now.get(name) == Some(value))
            })
        };
        self.facts[..] == before.facts[..]
            && self.assumptions.len() == before.assumptions.len()
            && (self.handling, self.handler) == (before.handling, before.handler)
            && (self.voted, self.quorum) == (before.voted, before.quorum)
            && (self.overlap, self.unasked) == (before.overlap, before.unasked)
            && self.awaited == before.awaited
            && (self.term.is(&before.term) || *self.term == *before.term)
            && (self.office.is(&before.office) || *self.office == *before.office)
            && self.logs == before.logs
            && Rc::ptr_eq(&self.ballot, &before.ballot)
            && Rc::ptr_eq(&self.saved, &before.saved)
            && (self.locals.is(&before.locals) || locals())
            && (Rc::ptr_eq(&self.heap, &before.heap) || self.heap == before.heap)
    }

    /// Where the next message is waited for, nothing counts that was found out about the last one.
    pub(super) fn forget_handling(&mut self, before: &World) {
        self.facts.retain(|(f, _)| before.has(*f));
        self.voted = before.voted;
        self.quorum = before.quorum;
        self.overlap = before.overlap;
    }

    fn same_facts(&self, other: &World) -> bool {
        fn proving(world: &World) -> impl Iterator<Item = Fact> {
            world.facts.iter().map(|(f, _)| *f).filter(|f| f.keeps_apart())
        }
        self.handling == other.handling
            && self.voted == other.voted
            && self.quorum == other.quorum
            && !self.term.apart(&other.term)
            && (self.voted || !self.votes_apart(other))
            && (Rc::ptr_eq(&self.saved, &other.saved) || !self.saved.apart(&other.saved))
            && !self.overlap.apart(&other.overlap)
            && self.awaited.is_some() == other.awaited.is_some()
            && (self.facts.is(&other.facts) || proving(self).eq(proving(other)))
    }

    /// Whether the code may tell the two ways apart where it decides on a vote.
    fn votes_apart(&self, other: &World) -> bool {
        if !matches!(self.handling, None | Some(Message::RequestVote)) {
            return false;
        }
        let newer = |w: &World| w.term.order.within(Order::GREATER);
        self.logs.apart(&other.logs)
            || !Rc::ptr_eq(&self.ballot, &other.ballot) && self.ballot.apart(&other.ballot)
            || self.handling == Some(Message::RequestVote) && newer(self) != newer(other)
    }

    /// What the way knows of the vote of the current term.
    pub(super) fn ballot(&self) -> &Rc<Ballot> {
        &self.ballot
    }

    /// The same, to be changed.
    pub(super) fn ballot_mut(&mut self) -> &mut Ballot {
        Rc::make_mut(&mut self.ballot)
    }

    /// What was known of a vote before is known again.
    pub(super) fn restore_votes(&mut self, (logs, ballot): &(LogOrder, Rc<Ballot>)) {
        self.logs = logs.clone();
        self.ballot = Rc::clone(ballot);
    }

    /// Adds an assumption; `false` if it contradicts an earlier one.
    pub(super) fn assume(&mut self, what: Assumption, holds: bool) -> bool {
        for &(known, outcome) in &self.assumptions {
            match (known, what) {
                (a, b) if a == b => return outcome == holds,
                (Assumption::Is(s, a), Assumption::Is(t, b))
                    if s == t && a != b && outcome && holds =>
                {
                    return false;
                }
                _ => {}
            }
        }
        if self.assumptions.len() < 64 {
            self.assumptions.push((what, holds));
        }
        true
    }

    /// Both ways as one: facts are equal already, the rest keeps what they agree on.
    fn absorb(&mut self, other: &World, symbols: &mut Symbols<'_>) {
        self.quorum |= other.quorum;
        self.unasked = self.unasked.max(other.unasked);
        join_offices(self, other, symbols);
        if !self.facts.is(&other.facts) {
            self.facts.retain(|(f, _)| f.keeps_apart() || other.has(*f));
        }
        if !self.term.is(&other.term) {
            self.term.join(&other.term);
        }
        self.overlap.join(&other.overlap);
        self.logs.join(&other.logs);
        if !Rc::ptr_eq(&self.ballot, &other.ballot) {
            self.ballot_mut().join(&other.ballot);
        }
        Awaited::join(&mut self.awaited, other.awaited.as_deref());
        if !Rc::ptr_eq(&self.saved, &other.saved) {
            Rc::make_mut(&mut self.saved).join(&other.saved);
        }
        let known = self.assumptions.clone();
        if !known.is(&other.assumptions) {
            self.assumptions = shared(&known, &other.assumptions, symbols).into();
        }
        let mut meeting = Meeting { symbols, mine: &known, theirs: &other.assumptions };
        if !self.locals.is(&other.locals) {
            let shared = self.locals.len().min(other.locals.len());
            self.locals.truncate(shared);
            for (mine, theirs) in self.locals.iter_mut().zip(&other.locals) {
                let program = meeting.symbols.program;
                join_maps(mine, theirs, &mut meeting, None, |name| program.text(*name));
            }
        }
        let unchanged: fn(&Sym) -> Value = |sym| Value::Sym(*sym);
        join_maps(&mut self.heap, &other.heap, &mut meeting, Some(unchanged), |sym| *sym);
        self.trail = self.trail.shared(&other.trail);
    }
}

/// What both ways assume; and what one assumes of a value that the other has not.
fn shared(
    mine: &[(Assumption, bool)],
    theirs: &[(Assumption, bool)],
    symbols: &Symbols<'_>,
) -> Vec<(Assumption, bool)> {
    let inside = |sym: Sym| match symbols.get(sym).origin {
        Origin::Inner(outer) => Some(outer),
        _ => None,
    };
    let void = |assumption: Assumption, on: &[(Assumption, bool)]| match assumption {
        Assumption::Rel(_, x, y) => [x, y]
            .into_iter()
            .filter_map(inside)
            .any(|outer| on.contains(&(Assumption::Present(outer), false))),
        _ => false,
    };
    // Ways that part have what came before in common.
    let common = mine.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let (mine, theirs) = (mine, &theirs[common..]);
    let mut both = mine[..common].to_vec();
    let own = &mine[common..];
    both.extend(own.iter().filter(|a| theirs.contains(a) || void(a.0, theirs)));
    both.extend(theirs.iter().filter(|a| !own.contains(a) && void(a.0, own)));
    both
}

/// Joins two maps; a key that only one side has joins with its default, or stays. `order` must not
/// depend on the threads that numbered the names, because joining makes symbols.
fn join_maps<K: Copy + Eq + std::hash::Hash, O: Ord>(
    mine: &mut Rc<FxHashMap<K, Value>>,
    theirs: &Rc<FxHashMap<K, Value>>,
    meeting: &mut Meeting<'_, '_>,
    default: Option<fn(&K) -> Value>,
    order: impl Fn(&K) -> O,
) {
    if Rc::ptr_eq(mine, theirs) {
        return;
    }
    let mut changed: Vec<(K, Option<Value>, Value)> = Vec::new();
    for (key, value) in theirs.iter() {
        match mine.get(key).cloned().or_else(|| Some(default?(key))) {
            Some(own) if own == *value || own.has_alternative(value) => {}
            own => changed.push((*key, own, value.clone())),
        }
    }
    if let Some(default) = default {
        let only_mine = mine.iter().filter(|(key, _)| !theirs.contains_key(key));
        changed.extend(only_mine.map(|(key, own)| (*key, Some(own.clone()), default(key))));
    }
    if changed.is_empty() {
        return;
    }
    changed.sort_by_cached_key(|(key, ..)| order(key));
    let joined = changed.into_iter().map(|(key, own, other)| match own {
        Some(own) => (key, join(&own, &other, meeting)),
        None => (key, other),
    });
    Rc::make_mut(mine).extend(joined);
}

/// One of two values.
pub(super) fn join(a: &Value, b: &Value, meeting: &mut Meeting<'_, '_>) -> Value {
    match (a, b) {
        _ if a == b => a.clone(),
        (Value::Cond(x), Value::Cond(y)) => Value::Cond(Cond::choice(vec![x.clone(), y.clone()])),
        (Value::Variant(n, xs), Value::Variant(m, ys)) if n == m && xs.len() == ys.len() => {
            Value::Variant(*n, xs.iter().zip(ys.iter()).map(|(x, y)| join(x, y, meeting)).collect())
        }
        (Value::Tuple(xs), Value::Tuple(ys)) if xs.len() == ys.len() => {
            Value::Tuple(xs.iter().zip(ys.iter()).map(|(x, y)| join(x, y, meeting)).collect())
        }
        (Value::Struct(n, xs, place), Value::Struct(m, ys, other))
            if n == m && place == other && xs.len() == ys.len() =>
        {
            let fields = xs.iter().map(|(name, x)| {
                let y = ys.iter().find(|(other, _)| other == name);
                (*name, y.map_or_else(|| x.clone(), |(_, y)| join(x, y, meeting)))
            });
            Value::Struct(*n, Rc::new(fields.collect()), *place)
        }
        (Value::Sym(x), Value::Sym(y)) => match meeting.nearer(*x, *y) {
            Some(sym) => Value::Sym(sym),
            None => either(a, b, meeting),
        },
        _ => either(a, b, meeting),
    }
}

/// One of two values of which nothing else is known.
fn either(a: &Value, b: &Value, meeting: &mut Meeting<'_, '_>) -> Value {
    match Value::choice(vec![a.clone(), b.clone()]) {
        Some(value) => value,
        None => {
            let parts = [a, b].iter().filter_map(|v| first_symbol(v)).collect();
            Value::Sym(meeting.symbols.composite(parts))
        }
    }
}
fn first_symbol(value: &Value) -> Option<Sym> {
    match value {
        Value::Sym(s) => Some(*s),
        Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
            parts.iter().find_map(first_symbol)
        }
        _ => None,
    }
}

/// Worlds that a join keeps apart; past it they become one with the facts that all share.
const MAX_WORLDS: usize = 40;

/// The value after two ways have met.
fn joined(
    (mine, a): (&World, &Value),
    (theirs, b): (&World, &Value),
    symbols: &mut Symbols<'_>,
) -> Value {
    let (mine, theirs) = (&mine.assumptions, &theirs.assumptions);
    join(a, b, &mut Meeting { symbols, mine, theirs })
}

/// Answers that too many worlds are folded into, before all become one.
const MAX_FOLDS: usize = 8;

/// Too many worlds as few: with the facts that all of one answer share, or all of them.
fn folded(merged: Outs, symbols: &mut Symbols<'_>) -> Outs {
    let alike = |(w, v): &(World, Value), (other, value): &(World, Value)| {
        !v.contradicts(value) && w.handling == other.handling && !w.term.apart(&other.term)
    };
    let mut folds = Outs::new();
    for new in merged {
        match folds.iter_mut().find(|fold| alike(fold, &new)) {
            Some(fold) => fold_into(fold, &new, symbols),
            None => folds.push(new),
        }
    }
    if folds.len() > MAX_FOLDS {
        let mut rest = folds.into_iter();
        let Some(mut one) = rest.next() else { return Outs::new() };
        rest.for_each(|new| fold_into(&mut one, &new, symbols));
        folds = smallvec![one];
    }
    folds
}

fn fold_into(
    (one, value): &mut (World, Value),
    (world, v): &(World, Value),
    symbols: &mut Symbols<'_>,
) {
    one.facts.retain(|(f, _)| world.has(*f));
    one.voted &= world.voted;
    if one.handling != world.handling {
        one.handling = None;
    }
    *value = joined((one, value), (world, v), symbols);
    one.absorb(world, symbols);
    // Of so many ways it is not known which of them still owes what.
    one.ballot_mut().settle();
}

/// So many ways wait for each other where they meet.
pub(super) const MAX_WAITING: usize = 128;

/// Adds ways to those that wait for others. Each holds all that it knew, so that many of them meet at once.
pub(super) fn gather(waiting: &mut Outs, outs: Outs, symbols: &mut Symbols<'_>) {
    waiting.extend(outs);
    if waiting.len() > MAX_WAITING {
        *waiting = merge(std::mem::take(waiting), symbols);
    }
}

/// Merges worlds with the same facts; their values are joined, but answers (true and false,
/// `Ok` and `Err`) stay apart, so that a branch on them goes on with the way that led to each.
pub(super) fn merge(outs: Outs, symbols: &mut Symbols<'_>) -> Outs {
    if outs.len() < 2 {
        return outs;
    }
    let mut merged = Outs::with_capacity(outs.len());
    for (world, value) in outs {
        let same = |w: &World, v: &Value| !v.contradicts(&value) && w.same_facts(&world);
        match merged.iter_mut().find(|(w, v)| same(w, v)) {
            Some((w, v)) => {
                *v = joined((w, v), (&world, &value), symbols);
                w.absorb(&world, symbols);
            }
            None => merged.push((world, value)),
        }
    }
    if merged.len() > MAX_WORLDS {
        return folded(merged, symbols);
    }
    merged
}
