//! Calls that got the same, apart from values of which nothing is known.
//!
//! What another library's function gives is a new value each time: two of them are not the same, but a call that
//! gets the one comes to what a call with the other does, with the one for the other in all of it.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::Call;
use crate::facts::stack::Stack;
use crate::facts::value::Value;
use crate::roles::symbols::{Origin, Sym, Symbols};

/// More parts of what calls got are not compared.
const MAX_COMPARED: usize = 256;

/// What one call got, of which nothing is known, and what another one got in its place.
#[derive(Default)]
pub(super) struct Exchange {
    pairs: SmallVec<[(Sym, Sym); 4]>,
    /// What has been compared already.
    compared: FxHashSet<(Sym, Sym)>,
    /// What symbols become with the pairs that there are.
    existing: FxHashMap<Sym, Option<Sym>>,
    /// How many more are compared.
    left: usize,
    /// Whether locals may stand for others.
    locals: bool,
}

impl Exchange {
    /// Between two calls that may differ in such values; none if they differ in others.
    pub(super) fn between(symbols: &Symbols<'_>, then: Call<'_>, now: Call<'_>) -> Option<Self> {
        let is_like = then.target == now.target
            && then.is_applying == now.is_applying
            && then.self_value.is_some() == now.self_value.is_some()
            && then.args.len() == now.args.len();
        if !is_like {
            return None;
        }
        let mut exchange = Exchange { left: MAX_COMPARED, locals: true, ..Exchange::default() };
        let mut pairs = then.values().zip(now.values());
        let is_like = pairs.all(|(then, now)| exchange.adds(symbols, then, now));
        exchange.locals = false;
        is_like.then_some(exchange)
    }

    /// Adds what is different in two values; false where they differ in more.
    pub(super) fn adds(&mut self, symbols: &Symbols<'_>, then: &Value, now: &Value) -> bool {
        let (theirs, ours) = (symbols_of(then), symbols_of(now));
        let mut pairs = theirs.iter().zip(&ours);
        theirs.len() == ours.len() && pairs.all(|(a, b)| self.fits(symbols, *a, *b))
    }

    /// Whether one symbol may stand for the other.
    fn fits(&mut self, symbols: &Symbols<'_>, a: Sym, b: Sym) -> bool {
        let (then, now) = (symbols.get(a), symbols.get(b));
        if then.made.is_none() {
            return a == b;
        }
        if !self.compared.insert((a, b)) {
            return true;
        }
        let Some(less) = self.left.checked_sub(1) else { return false };
        self.left = less;
        if then.shape != now.shape || !then.means(now) {
            return false;
        }
        match (&then.origin, &now.origin) {
            (Origin::Fresh(_), Origin::Fresh(_)) => self.put(a, b),
            (Origin::Local(_, name), Origin::Local(_, other)) => {
                name == other && (self.locals || a == b) && self.put(a, b)
            }
            (theirs, ours) => {
                let mut pairs = theirs.parts().into_iter().zip(ours.parts());
                theirs.is_like(ours) && pairs.all(|(a, b)| self.fits(symbols, a, b))
            }
        }
    }

    /// Puts one symbol in the place of another, and of no other one.
    fn put(&mut self, a: Sym, b: Sym) -> bool {
        let known = self.pairs.iter().find(|(then, now)| *then == a || *now == b);
        let known = known.copied();
        if known.is_none() {
            self.pairs.push((a, b));
            self.existing.clear();
        }
        known.is_none_or(|known| known == (a, b))
    }

    /// The oldest symbol that is exchanged for another, or that another is exchanged for.
    pub(super) fn oldest(&self) -> Option<Sym> {
        self.changed().map(|(then, now)| then.min(now)).min()
    }

    /// What another call may get others of.
    pub(super) fn changing(&self) -> impl Iterator<Item = Sym> {
        self.pairs.iter().map(|(then, _)| *then)
    }

    /// What is exchanged for something else, and for what.
    pub(super) fn changed(&self) -> impl Iterator<Item = (Sym, Sym)> {
        self.pairs.iter().copied().filter(|(then, now)| then != now)
    }

    /// What stands for a symbol.
    pub(super) fn of(&self, sym: Sym) -> Option<Sym> {
        self.pairs.iter().find(|(then, _)| *then == sym).map(|(_, now)| *now)
    }

    /// What a symbol becomes, if that exists.
    pub(super) fn existing(&mut self, symbols: &Symbols<'_>, sym: Sym) -> Option<Sym> {
        let data = symbols.get(sym);
        let Some(oldest) = self.oldest() else { return Some(sym) };
        if data.made.is_none_or(|made| made < oldest) {
            return Some(sym);
        }
        if let Some(known) = self.existing.get(&sym) {
            return *known;
        }
        let existing = match &data.origin {
            Origin::Fresh(_) | Origin::Local(..) => Some(self.of(sym).unwrap_or(sym)),
            origin => {
                let mut all = true;
                let origin = origin.with_parts(|part| {
                    let other = self.existing(symbols, part);
                    all &= other.is_some();
                    other.unwrap_or(part)
                });
                symbols.known(&origin).filter(|_| all)
            }
        };
        self.existing.insert(sym, existing);
        existing
    }

    /// Whether a symbol stands for one.
    pub(super) fn puts(&self, sym: Sym) -> bool {
        self.pairs.iter().any(|(_, now)| *now == sym)
    }
}

/// Whether a value is a local of a function that is not evaluated any more.
pub(super) fn is_gone(sym: Sym, symbols: &Symbols<'_>, frames: &Stack) -> bool {
    match symbols.get(sym).origin {
        Origin::Local(serial, _) => frames.with_locals(serial).is_none(),
        _ => false,
    }
}

/// The symbols that a value is made of.
fn symbols_of(value: &Value) -> SmallVec<[Sym; 8]> {
    let mut symbols = SmallVec::new();
    value.each_symbol(&mut |sym| symbols.push(sym));
    symbols
}
