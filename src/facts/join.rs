//! Where ways meet: those with the same facts become one, with what all of them know.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::smallvec;

use super::awaited::Awaited;
use super::choose::Meeting;
use super::eval::Outs;
use super::order::Order;
use super::stepping_down::join_offices;
use super::value::{Cond, Value};
use super::world::{Assumption, World};
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Sym, Symbols};

impl World {
    fn same_facts(&self, other: &World) -> bool {
        fn proving(world: &World) -> impl Iterator<Item = Fact> {
            world.facts.unread().iter().map(|(f, _)| *f).filter(|f| f.keeps_apart())
        }
        let (saved, its) = (self.saved.unread(), other.saved.unread());
        self.handling == other.handling
            && self.voted.unread() == other.voted.unread()
            && self.quorum.unread() == other.quorum.unread()
            && !self.term.unread().apart(other.term.unread())
            && (*self.voted.unread() || !self.votes_apart(other))
            && (Rc::ptr_eq(saved, its) || !saved.apart(its))
            && !self.overlap.unread().apart(other.overlap.unread())
            && self.awaited.unread().is_some() == other.awaited.unread().is_some()
            && (self.facts.unread().is(other.facts.unread()) || proving(self).eq(proving(other)))
    }

    /// Whether the code may tell the two ways apart where it decides on a vote.
    fn votes_apart(&self, other: &World) -> bool {
        if !matches!(self.handling, None | Some(Message::RequestVote)) {
            return false;
        }
        let newer = |w: &World| w.term.unread().order.within(Order::GREATER);
        let (ballot, its) = (self.ballot.unread(), other.ballot.unread());
        self.logs.unread().apart(other.logs.unread())
            || !Rc::ptr_eq(ballot, its) && ballot.apart(its)
            || self.handling == Some(Message::RequestVote) && newer(self) != newer(other)
    }

    /// Leaves the facts that hold on another way, too, or of a kind. Those that held where both ways parted need not
    /// be known for it: they hold on both, or one of them has been changed.
    fn keep_facts_of(&mut self, other: &World, or: impl Fn(Fact) -> bool) {
        let theirs = other.facts.unread();
        let holds = |fact| theirs.binary_search_by_key(&fact, |(f, _)| *f).is_ok();
        self.facts.unread_mut().retain(|(fact, _)| or(*fact) || holds(*fact));
    }

    /// Both ways as one: facts are equal already, the rest keeps what they agree on.
    fn absorb(&mut self, other: &World, symbols: &mut Symbols<'_>) {
        *self.quorum.unread_mut() |= *other.quorum.unread();
        let unasked = *self.unasked.unread().max(other.unasked.unread());
        *self.unasked.unread_mut() = unasked;
        join_offices(self, other, symbols);
        if !self.facts.unread().is(other.facts.unread()) {
            self.keep_facts_of(other, Fact::keeps_apart);
        }
        if !self.term.unread().is(other.term.unread()) {
            self.term.join(&other.term);
        }
        self.overlap.unread_mut().join(other.overlap.unread());
        self.logs.unread_mut().join(other.logs.unread());
        if !Rc::ptr_eq(self.ballot.unread(), other.ballot.unread()) {
            self.ballot_mut().join(&other.ballot);
        }
        Awaited::join(self.awaited.unread_mut(), other.awaited.unread().as_deref());
        if !Rc::ptr_eq(self.saved.unread(), other.saved.unread()) {
            Rc::make_mut(&mut self.saved).join(&other.saved);
        }
        let (known, theirs) = (self.assumptions.unread().clone(), other.assumptions.unread());
        if !known.is(theirs) {
            *self.assumptions.unread_mut() = shared(&known, theirs, symbols).into();
        }
        let mut meeting = Meeting { symbols, mine: &known, theirs };
        if !self.locals.is(&other.locals) {
            let shared = self.locals.len().min(other.locals.len());
            self.locals.truncate(shared);
            for (mine, theirs) in self.locals.iter_mut().zip(&other.locals) {
                let program = meeting.symbols.program;
                join_maps(mine, theirs, &mut meeting, None, |name| program.text(*name));
            }
        }
        let unchanged: fn(&Sym) -> Value = |sym| Value::Sym(*sym);
        join_maps(
            self.heap.unread_mut(),
            other.heap.unread(),
            &mut meeting,
            Some(unchanged),
            |sym| *sym,
        );
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
    let (mine, theirs) = (mine.assumptions.unread(), theirs.assumptions.unread());
    join(a, b, &mut Meeting { symbols, mine, theirs })
}

/// Answers that too many worlds are folded into, before all become one.
const MAX_FOLDS: usize = 8;

/// Too many worlds as few: with the facts that all of one answer share, or all of them.
fn folded(merged: Outs, symbols: &mut Symbols<'_>) -> Outs {
    let alike = |(w, v): &(World, Value), (other, value): &(World, Value)| {
        let apart = w.term.unread().apart(other.term.unread());
        !v.contradicts(value) && w.handling == other.handling && !apart
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
    one.keep_facts_of(world, |_| false);
    *one.voted.unread_mut() &= *world.voted.unread();
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
