//! What the evaluation of some code reads of what was known where it begins: where all of that is the same,
//! it comes to the same again.
//!
//! Reads are noted for the thread that evaluates, because what is read knows nothing of who reads it. They
//! are kept in one list: those of a call that is evaluated within another are the last ones of it, and are
//! those of the other one, too.

use std::cell::{Cell, RefCell};

use super::world::Assumption;
use crate::protocol::Fact;
use crate::roles::symbols::Sym;

/// The parts of what is known that are read as a whole, as bits.
pub(super) const FACTS: u32 = 1;
pub(super) const TERM: u32 = 1 << 1;
pub(super) const AWAITED: u32 = 1 << 2;
pub(super) const OVERLAP: u32 = 1 << 3;
pub(super) const QUORUM: u32 = 1 << 4;
pub(super) const LOGS: u32 = 1 << 5;
pub(super) const BALLOT: u32 = 1 << 6;
pub(super) const VOTED: u32 = 1 << 7;
pub(super) const SAVED: u32 = 1 << 8;
pub(super) const UNASKED: u32 = 1 << 9;
pub(super) const OFFICE: u32 = 1 << 10;
/// All assumptions, or all places that something was stored in.
pub(super) const ASSUMPTIONS: u32 = 1 << 11;
pub(super) const HEAP: u32 = 1 << 12;
/// Whether something that came with a message was stored as the current term or as the vote.
pub(super) const TERM_OF_MESSAGE: u32 = 1 << 13;
pub(super) const HANDLER: u32 = 1 << 14;
pub(super) const HANDLED_AT: u32 = 1 << 15;
/// Whether anything was assumed at all.
pub(super) const ANY_ASSUMED: u32 = 1 << 16;
/// What the questions that were answered say about the role.
pub(super) const ANSWERS: u32 = 1 << 17;
/// Something that is no part of what is known on a way, or that is kept beside it: functions that are being
/// evaluated, effects, messages that were handled. What was evaluated is not used again then.
const ELSEWHERE: u32 = 1 << 31;

/// Facts, as bits.
pub(super) type Facts = u128;

/// What was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// Of which parts.
    pub(super) parts: u32,
    /// The facts of which it was asked whether they hold.
    pub(super) facts: Facts,
    /// The places that were looked at, or written.
    pub(super) places: Box<[Sym]>,
    /// Of what it was asked whether it is assumed.
    pub(super) asked: Box<[Assumption]>,
    /// The values of which all relations were looked at.
    pub(super) related: Box<[Sym]>,
    /// How many assumptions there were at most.
    pub(super) most_assumed: usize,
}

impl Reads {
    /// Leaves out those in which a symbol is that is not to be kept.
    pub(super) fn retain(&mut self, is_kept: impl Fn(Sym) -> bool) {
        let symbols = |list: &[Sym]| list.iter().copied().filter(|sym| is_kept(*sym)).collect();
        self.places = symbols(&self.places);
        self.related = symbols(&self.related);
        let of_kept = |assumption: &Assumption| {
            let mut all = true;
            assumption.each_symbol(&mut |sym| all &= is_kept(sym));
            all
        };
        self.asked = self.asked.iter().copied().filter(of_kept).collect();
    }
}

/// Where the reads of a call begin.
pub(super) struct Begin {
    parts: u32,
    facts: Facts,
    oldest: u32,
    most_assumed: usize,
    lists: Start,
}

#[derive(Default)]
struct Lists {
    places: Vec<Sym>,
    asked: Vec<Assumption>,
    related: Vec<Sym>,
    /// Where those of the call begin that is evaluated.
    start: Start,
}

/// Positions in the lists; and how many reads there may be before each of them is noted once.
#[derive(Clone, Copy, Default)]
struct Start {
    places: usize,
    asked: usize,
    related: usize,
    many: usize,
}

/// When there are more reads than this, those that are there twice go; of fewer they stay, unless they are kept.
const MANY: usize = 128;

impl Lists {
    /// How many reads the call has that is evaluated.
    fn len(&self) -> usize {
        let Start { places, asked, related, .. } = self.start;
        self.places.len() - places + self.asked.len() - asked + self.related.len() - related
    }

    /// Notes each read of the call that is evaluated once.
    fn make_distinct(&mut self) {
        distinct_from(&mut self.places, self.start.places);
        distinct_from(&mut self.asked, self.start.asked);
        distinct_from(&mut self.related, self.start.related);
        self.start.many = MANY.max(2 * self.len());
    }
}

thread_local! {
    static PARTS: Cell<u32> = const { Cell::new(0) };
    static FACTS_ASKED: Cell<Facts> = const { Cell::new(0) };
    /// How many calls have begun and not ended: of what is evaluated outside of all nothing is kept.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static OLDEST: Cell<u32> = const { Cell::new(u32::MAX) };
    static MOST_ASSUMED: Cell<usize> = const { Cell::new(0) };
    /// The one that was noted last in the call that is evaluated.
    static LAST_PLACE: Cell<Option<Sym>> = const { Cell::new(None) };
    static LISTS: RefCell<Lists> = RefCell::default();
}

/// A part was read, or changed.
pub(super) fn part(kind: u32) {
    PARTS.set(PARTS.get() | kind);
}

/// It was asked whether a fact holds, or that was changed.
pub(super) fn fact(fact: Fact) {
    FACTS_ASKED.set(FACTS_ASKED.get() | bit(fact));
}

/// The bit of a fact.
pub(super) fn bit(fact: Fact) -> Facts {
    const { assert!(Fact::NUMBER <= Facts::BITS as usize) };
    1 << fact as u32
}

/// Something else than what is known on a way was read, or changed.
pub(super) fn elsewhere() {
    part(ELSEWHERE);
}

/// A place was looked at, or written.
pub(super) fn place(sym: Sym) {
    if LAST_PLACE.replace(Some(sym)) != Some(sym) {
        note(|lists| lists.places.push(sym));
    }
}

/// It was asked whether something is assumed.
pub(super) fn asked(what: Assumption) {
    note(|lists| lists.asked.push(what));
}

/// All relations of a value were looked at.
pub(super) fn related(sym: Sym) {
    note(|lists| lists.related.push(sym));
}

/// Adds to the reads of the call that is evaluated.
fn note(add: impl FnOnce(&mut Lists)) {
    if DEPTH.get() == 0 {
        return;
    }
    LISTS.with_borrow_mut(|lists| {
        add(lists);
        if lists.len() > lists.start.many {
            lists.make_distinct();
        }
    });
}

/// So many things are assumed now.
pub(super) fn assumed(many: usize) {
    MOST_ASSUMED.set(MOST_ASSUMED.get().max(many));
}

/// It made a difference that a function is being evaluated, by its serial, or what its locals are: that is only
/// the same for calls within it.
pub(super) fn frame(serial: u32) {
    OLDEST.set(OLDEST.get().min(serial));
}

/// Forgets what an evaluation before this one has read.
pub(super) fn forget() {
    PARTS.set(0);
    FACTS_ASKED.set(0);
    DEPTH.set(0);
    OLDEST.set(u32::MAX);
    MOST_ASSUMED.set(0);
    LAST_PLACE.set(None);
    LISTS.set(Lists::default());
}

/// A call begins.
pub(super) fn begin() -> Begin {
    LAST_PLACE.set(None);
    DEPTH.set(DEPTH.get() + 1);
    let lists = LISTS.with_borrow_mut(|lists| {
        let (places, asked) = (lists.places.len(), lists.asked.len());
        let start = Start { places, asked, related: lists.related.len(), many: MANY };
        std::mem::replace(&mut lists.start, start)
    });
    Begin {
        parts: PARTS.replace(0),
        facts: FACTS_ASKED.replace(0),
        oldest: OLDEST.replace(u32::MAX),
        most_assumed: MOST_ASSUMED.replace(0),
        lists,
    }
}

/// The call ends that has begun there, of a function with this serial. What it has read is read by who called
/// it, too; whoever wants to keep it gets it, if it was nothing but what is known on a way.
pub(super) fn end(begin: &Begin, serial: u32, is_wanted: bool) -> Option<Reads> {
    LAST_PLACE.set(None);
    let oldest = OLDEST.get();
    let (parts, facts) = (PARTS.get(), FACTS_ASKED.get());
    let is_closed = parts & ELSEWHERE == 0 && oldest >= serial;
    DEPTH.set(DEPTH.get() - 1);
    let most_assumed = MOST_ASSUMED.get();
    PARTS.set(parts | begin.parts);
    FACTS_ASKED.set(facts | begin.facts);
    OLDEST.set(oldest.min(begin.oldest));
    MOST_ASSUMED.set(most_assumed.max(begin.most_assumed));
    LISTS.with_borrow_mut(|lists| {
        let is_wanted = is_wanted && is_closed;
        if is_wanted || lists.len() > MANY {
            lists.make_distinct();
        }
        let start = std::mem::replace(&mut lists.start, begin.lists);
        let Lists { places, asked, related, .. } = lists;
        let reads = || Reads {
            parts,
            facts,
            places: places[start.places..].into(),
            asked: asked[start.asked..].into(),
            related: related[start.related..].into(),
            most_assumed,
        };
        is_wanted.then(reads)
    })
}

/// What was read once is read again.
pub(super) fn again(reads: &Reads) {
    part(reads.parts);
    FACTS_ASKED.set(FACTS_ASKED.get() | reads.facts);
    note(|lists| {
        lists.places.extend_from_slice(&reads.places);
        lists.asked.extend_from_slice(&reads.asked);
        lists.related.extend_from_slice(&reads.related);
    });
}

/// Leaves each of those from a position on once.
pub(super) fn distinct_from<T: Ord + Copy>(list: &mut Vec<T>, from: usize) {
    if list.len() - from < 2 {
        return;
    }
    list[from..].sort_unstable();
    let mut kept = from + 1;
    for i in from + 1..list.len() {
        if list[i] != list[kept - 1] {
            list[kept] = list[i];
            kept += 1;
        }
    }
    list.truncate(kept);
}
