//! Worlds: what is known at a point on one way to it.
//!
//! A state of the analysis is a set of worlds. Worlds with the same facts are merged at joins, so
//! their number follows the number of protocol questions asked, not the number of branches.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::awaited::Awaited;
use super::ballot::Ballot;
use super::bound::Met;
use super::freshness::LogOrder;
use super::order::TermOrder;
use super::overlap::Overlap;
use super::part::Part;
use super::reads;
use super::saved::Saved;
use super::shared::{Kept, Shared};
use super::stepping_down::Office;
use super::trail::Trail;
use super::value::Value;
use crate::ir::{BinaryOp, Name};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::symbols::Sym;
use crate::source::Place;

/// Something assumed about a symbol, without meaning to the protocol; only used to leave out ways
/// that contradict themselves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Assumption {
    Is(Sym, Name),
    /// `Some` or `Ok`.
    Present(Sym),
    Truthy(Sym),
    Rel(BinaryOp, Sym, Sym),
}

/// What was stored, by the place.
pub(super) type Heap = Rc<FxHashMap<Sym, Value>>;

/// What a way knows of a vote.
pub(super) type Votes = (Part<LogOrder, { reads::LOGS }>, Part<Rc<Ballot>, { reads::BALLOT }>);

/// The parts that may become others in a call, the facts apart.
pub(super) const CHANGING: u32 = reads::TERM
    | reads::AWAITED
    | reads::OVERLAP
    | reads::QUORUM
    | reads::LOGS
    | reads::BALLOT
    | reads::VOTED
    | reads::SAVED
    | reads::UNASKED
    | reads::OFFICE;

/// The parts that are compared by what they are, where it is asked whether anything has become known.
const STAYING: u32 = (CHANGING | reads::FACTS | reads::HANDLER) & !(reads::BALLOT | reads::SAVED);

/// More assumptions of one way are not kept.
pub(super) const MAX_ASSUMED: usize = 64;

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
    pub(super) facts: Part<Shared<(Fact, Place)>, { reads::FACTS }>,
    pub(super) assumptions: Part<Shared<(Assumption, bool)>, { reads::ASSUMPTIONS }>,
    pub(super) locals: Shared<Locals>,
    pub(super) heap: Part<Heap, { reads::HEAP }>,
    /// The message being handled.
    pub(super) handling: Option<Message>,
    /// The function in which that message was recognised.
    pub(super) handler: Part<Option<FnId>, { reads::HANDLER }>,
    /// Where it was recognised.
    pub(super) handled_at: Part<Option<Place>, { reads::HANDLED_AT }>,
    /// Its term, seen from the current term.
    pub(super) term: Part<Kept<TermOrder>, { reads::TERM }>,
    /// The answer that was awaited in line last.
    pub(super) awaited: Part<Option<Rc<Awaited>>, { reads::AWAITED }>,
    /// How its entries lie over the local log.
    pub(super) overlap: Part<Overlap, { reads::OVERLAP }>,
    /// Replica counts or a quorum have been looked at.
    pub(super) quorum: Part<bool, { reads::QUORUM }>,
    /// The candidate's last entry, seen from the voter's own.
    pub(super) logs: Part<LogOrder, { reads::LOGS }>,
    /// The one vote of the term.
    pub(super) ballot: Part<Rc<Ballot>, { reads::BALLOT }>,
    /// The vote has been recorded already on this way.
    pub(super) voted: Part<bool, { reads::VOTED }>,
    /// What has been changed since it was saved.
    pub(super) saved: Part<Rc<Saved>, { reads::SAVED }>,
    pub(super) trail: Trail,
    /// A question was asked on this way that could not be looked into.
    pub(super) unasked: Part<Option<Met>, { reads::UNASKED }>,
    /// The node's role, and what becomes of it with a higher term.
    pub(super) office: Part<Kept<Office>, { reads::OFFICE }>,
}

impl Assumption {
    /// Looks at each symbol in it.
    pub(super) fn each_symbol(self, look: &mut dyn FnMut(Sym)) {
        match self {
            Assumption::Is(sym, _) | Assumption::Present(sym) | Assumption::Truthy(sym) => {
                look(sym);
            }
            Assumption::Rel(_, a, b) => {
                look(a);
                look(b);
            }
        }
    }
}

impl World {
    pub(super) fn has(&self, fact: Fact) -> bool {
        reads::fact(fact);
        self.position(fact).is_ok()
    }

    /// Where a fact is among those that hold, or would be.
    fn position(&self, fact: Fact) -> Result<usize, usize> {
        self.facts.unread().binary_search_by_key(&fact, |(f, _)| *f)
    }

    /// A fact does not hold any more.
    pub(super) fn unlearn(&mut self, fact: Fact) {
        reads::fact(fact);
        if let Ok(at) = self.position(fact) {
            self.facts.unread_mut().remove(at);
        }
    }

    /// Whether of these facts those hold that hold on another way.
    pub(super) fn agrees(&self, other: &World, asked: reads::Facts) -> bool {
        let facts = |w: &World| {
            let held = w.facts.unread().iter().map(|(fact, _)| reads::bit(*fact));
            held.fold(0, |all, bit| all | bit) & asked
        };
        asked == 0 || self.facts.unread().is(other.facts.unread()) || facts(self) == facts(other)
    }

    pub(super) fn learn(&mut self, fact: Fact, place: Place) {
        match self.position(fact) {
            Err(at) => self.facts.unread_mut().insert(at, (fact, place)),
            // Where it was not known, it would have been learned.
            Ok(_) => reads::fact(fact),
        }
        let follow = [
            (Fact::PrevTermMatchesElsewhere, Fact::PrevTermMatches),
            (Fact::PrevTermDiffersElsewhere, Fact::PrevTermDiffers),
        ];
        for (elsewhere, follows) in follow {
            if self.position(Fact::PrevIndexIsLocal).is_ok()
                && self.position(elsewhere).is_ok()
                && self.position(follows).is_err()
            {
                [Fact::PrevIndexIsLocal, elsewhere, follows].into_iter().for_each(reads::fact);
                self.learn(follows, place);
            }
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
        self.handling == before.handling
            && self.assumptions.unread().len() == before.assumptions.unread().len()
            && self.differing(before, STAYING) == 0
            // To compare these takes longer.
            && Rc::ptr_eq(self.ballot.unread(), before.ballot.unread())
            && Rc::ptr_eq(self.saved.unread(), before.saved.unread())
            && (self.locals.is(&before.locals) || locals())
            && same_heap(self.heap.unread(), before.heap.unread())
    }

    /// Which of these parts are not those of another way.
    pub(super) fn differing(&self, other: &World, parts: u32) -> u32 {
        fn same<T: PartialEq, const KIND: u32>(a: &Part<T, KIND>, b: &Part<T, KIND>) -> bool {
            a.unread() == b.unread()
        }
        fn rc<T: PartialEq, const KIND: u32>(a: &Part<Rc<T>, KIND>, b: &Part<Rc<T>, KIND>) -> bool {
            Rc::ptr_eq(a.unread(), b.unread()) || a.unread() == b.unread()
        }
        let mut differing = 0;
        let mut compare = |kind: u32, is_same: &dyn Fn() -> bool| {
            if parts & kind != 0 && !is_same() {
                differing |= kind;
            }
        };
        let (known, theirs) = (self.assumptions.unread(), other.assumptions.unread());
        compare(reads::HANDLER, &|| same(&self.handler, &other.handler));
        compare(reads::HANDLED_AT, &|| same(&self.handled_at, &other.handled_at));
        compare(reads::FACTS, &|| self.facts.unread()[..] == other.facts.unread()[..]);
        compare(reads::TERM, &|| self.term.unread().equals(other.term.unread()));
        compare(reads::AWAITED, &|| same(&self.awaited, &other.awaited));
        compare(reads::OVERLAP, &|| same(&self.overlap, &other.overlap));
        compare(reads::QUORUM, &|| same(&self.quorum, &other.quorum));
        compare(reads::LOGS, &|| same(&self.logs, &other.logs));
        compare(reads::BALLOT, &|| rc(&self.ballot, &other.ballot));
        compare(reads::VOTED, &|| same(&self.voted, &other.voted));
        compare(reads::SAVED, &|| rc(&self.saved, &other.saved));
        compare(reads::UNASKED, &|| same(&self.unasked, &other.unasked));
        compare(reads::OFFICE, &|| self.office.unread().equals(other.office.unread()));
        compare(reads::ASSUMPTIONS, &|| known[..] == theirs[..]);
        compare(reads::ANY_ASSUMED, &|| known.is_empty() == theirs.is_empty());
        compare(reads::HEAP, &|| same_heap(self.heap.unread(), other.heap.unread()));
        differing
    }

    /// Takes these parts from another way, as far as they may become others in a call ([`CHANGING`]).
    pub(super) fn take(&mut self, parts: u32, other: &World) {
        fn take<T: Clone, const KIND: u32>(
            parts: u32,
            mine: &mut Part<T, KIND>,
            theirs: &Part<T, KIND>,
        ) {
            if parts & KIND != 0 {
                *mine = theirs.clone();
            }
        }
        let known = &mut **self;
        take(parts, &mut known.term, &other.term);
        take(parts, &mut known.awaited, &other.awaited);
        take(parts, &mut known.overlap, &other.overlap);
        take(parts, &mut known.quorum, &other.quorum);
        take(parts, &mut known.logs, &other.logs);
        take(parts, &mut known.ballot, &other.ballot);
        take(parts, &mut known.voted, &other.voted);
        take(parts, &mut known.saved, &other.saved);
        take(parts, &mut known.unasked, &other.unasked);
        take(parts, &mut known.office, &other.office);
    }

    /// Looks at each symbol in some of these parts.
    pub(super) fn each_symbol(&self, parts: u32, look: &mut dyn FnMut(Sym)) {
        if parts & reads::AWAITED != 0
            && let Some(awaited) = self.awaited.unread()
        {
            awaited.each_symbol(look);
        }
        if parts & reads::BALLOT != 0 {
            self.ballot.unread().each_symbol(look);
        }
        if parts & reads::SAVED != 0 {
            self.saved.unread().each_symbol(look);
        }
    }

    /// What was stored in a place.
    pub(super) fn stored(&self, place: Sym) -> Option<&Value> {
        reads::place(place);
        self.heap.unread().get(&place)
    }

    /// Stores a value in a place.
    pub(super) fn keep(&mut self, place: Sym, value: Value) {
        reads::place(place);
        Rc::make_mut(self.heap.unread_mut()).insert(place, value);
    }

    /// Where the next message is waited for, nothing counts that was found out about the last one.
    pub(super) fn forget_handling(&mut self, before: &World) {
        self.facts.retain(|(f, _)| before.has(*f));
        self.voted = before.voted.clone();
        self.quorum = before.quorum.clone();
        self.overlap = before.overlap.clone();
    }

    /// What the way knows of the vote of the current term.
    pub(super) fn ballot(&self) -> &Rc<Ballot> {
        &self.ballot
    }

    /// The same, to be changed.
    pub(super) fn ballot_mut(&mut self) -> &mut Ballot {
        Rc::make_mut(&mut self.ballot)
    }

    /// What a call did of whose body this is an end, as it looks from without: it was `before`, and is `call`
    /// after it.
    pub(super) fn take_call(&mut self, before: &World, call: &World) {
        if call.voted.unread() != before.voted.unread() {
            *self.voted |= *call.voted;
        }
        let is_same = |w: &World| w.term.unread().is(before.term.unread());
        if !is_same(call) || !is_same(self) {
            self.term.take_call(&before.term, &call.term);
        }
        if !Rc::ptr_eq(self.ballot.unread(), call.ballot.unread()) {
            self.ballot_mut().hand_over(&call.ballot);
        }
    }

    /// What the way knows of a vote, to be known again later.
    pub(super) fn votes(&self) -> Votes {
        (self.logs.clone(), self.ballot.clone())
    }

    /// What was known of a vote before is known again.
    pub(super) fn restore_votes(&mut self, (logs, ballot): &Votes) {
        self.logs = logs.clone();
        self.ballot = ballot.clone();
    }

    /// Adds an assumption; `false` if it contradicts an earlier one.
    pub(super) fn assume(&mut self, what: Assumption, holds: bool) -> bool {
        reads::asked(what);
        let assumptions = self.assumptions.unread();
        for &(known, outcome) in assumptions {
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
        reads::assumed(assumptions.len() + 1);
        if assumptions.len() < MAX_ASSUMED {
            self.assumptions.unread_mut().push((what, holds));
        }
        true
    }
}

fn same_heap(a: &Heap, b: &Heap) -> bool {
    Rc::ptr_eq(a, b) || a == b
}
