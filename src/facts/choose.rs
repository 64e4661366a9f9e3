//! Where two ways meet that each chose a value: `if a < b { a } else { b }` is the smaller one.

use super::order::Order;
use super::relation;
use super::world::Assumption;
use crate::roles::symbols::{Origin, Sym, Symbols, Tags};

/// Two ways that meet: what was asked on each.
pub(super) struct Meeting<'a, 'p> {
    pub(super) symbols: &'a mut Symbols<'p>,
    pub(super) mine: &'a [(Assumption, bool)],
    pub(super) theirs: &'a [(Assumption, bool)],
}

impl<'a, 'p> Meeting<'a, 'p> {
    /// A meeting of values alone: nothing was asked.
    pub(super) fn of_nothing(symbols: &'a mut Symbols<'p>) -> Self {
        Meeting { symbols, mine: &[], theirs: &[] }
    }

    /// The value after the meeting, if what was asked bounds it: mine is `x`, theirs is `y`.
    pub(super) fn nearer(&mut self, x: Sym, y: Sym) -> Option<Sym> {
        let matters = Tags::LEADER_COMMIT.with(Tags::COMMIT).with(Tags::COUNTED);
        let of_commit = |sym| {
            let data = self.symbols.get(sym);
            data.tags.any(matters) && !matches!(data.origin, Origin::Stored(..))
        };
        if self.mine.is_empty() && self.theirs.is_empty() || !of_commit(x) && !of_commit(y) {
            return None;
        }
        if [x, y].iter().any(|s| matches!(self.symbols.get(*s).origin, Origin::Stored(..))) {
            return None;
        }
        let on_mine = relation::asked(self.symbols, self.mine, x, y);
        let on_theirs = relation::asked(self.symbols, self.theirs, x, y);
        for (name, below, above) in
            [("min", Order::AT_MOST, Order::AT_LEAST), ("max", Order::AT_LEAST, Order::AT_MOST)]
        {
            let mine = on_mine != Order::ANY && on_mine.within(below);
            let theirs = on_theirs != Order::ANY && on_theirs.within(above);
            match (mine, theirs) {
                (true, true) => return self.call(name, x, y),
                // Whichever it is, it is no more (or no less) than this one.
                (true, false) => return self.bounded(name, [x, y], y),
                (false, true) => return self.bounded(name, [x, y], x),
                (false, false) => {}
            }
        }
        None
    }

    fn bounded(&mut self, name: &str, parts: [Sym; 2], bound: Sym) -> Option<Sym> {
        let one = self.symbols.composite(parts.to_vec());
        self.call(name, one, bound)
    }

    fn call(&mut self, name: &str, x: Sym, y: Sym) -> Option<Sym> {
        let name = self.symbols.program.names.find(name)?;
        Some(self.symbols.intern(Origin::Method(name, Box::new([x, y]))))
    }
}
