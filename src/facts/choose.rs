//! Where two ways meet that each chose a value: `if a < b { a } else { b }` is the smaller one.

use super::order::Order;
use super::reads;
use super::relation;
use super::world::Assumption;
use crate::roles::symbols::{Origin, Sym, Symbols, Tags};

/// Values that a meeting one is compared with; more are not looked at.
const MAX_PARTNERS: usize = 6;

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
        if !of_commit(x) && !of_commit(y) {
            return None;
        }
        reads::part(reads::ANY_ASSUMED);
        if self.mine.is_empty() && self.theirs.is_empty() {
            return None;
        }
        if [x, y].iter().any(|s| matches!(self.symbols.get(*s).origin, Origin::Stored(..))) {
            return None;
        }
        reads::related(relation::plain(self.symbols, x));
        reads::related(relation::plain(self.symbols, y));
        let one = self.symbols.composite(vec![x, y]);
        let mut sym = self.exactly(x, y).unwrap_or(one);
        // What both are no less (or no more) than, their meeting isn't either.
        for bound in self.partners(x, y) {
            let orders = [(self.mine, x), (self.theirs, y)];
            let [mine, theirs] = orders.map(|(asked, part)| self.order(asked, part, bound));
            let both = mine.or(theirs);
            if both.within(Order::AT_LEAST) {
                sym = self.call("max", sym, bound)?;
            } else if both.within(Order::AT_MOST) {
                sym = self.call("min", sym, bound)?;
            }
        }
        (sym != one).then_some(sym)
    }

    /// `if x < y { x } else { y }`, or the other way round.
    fn exactly(&mut self, x: Sym, y: Sym) -> Option<Sym> {
        let mine = self.order(self.mine, x, y);
        let theirs = self.order(self.theirs, x, y);
        if mine.within(Order::AT_MOST) && theirs.within(Order::AT_LEAST) {
            return self.call("min", x, y);
        }
        if mine.within(Order::AT_LEAST) && theirs.within(Order::AT_MOST) {
            return self.call("max", x, y);
        }
        None
    }

    /// The values that one of the two was compared with.
    fn partners(&self, x: Sym, y: Sym) -> Vec<Sym> {
        let mut found = vec![x, y];
        for &(assumption, holds) in self.mine {
            let Some((a, b, _)) = relation::relation(assumption, holds) else { continue };
            let partner = match (a == x, b == x) {
                (true, false) => b,
                (false, true) => a,
                _ => continue,
            };
            if !found.contains(&partner) && found.len() < MAX_PARTNERS {
                found.push(partner);
            }
        }
        found
    }

    fn order(&self, asked: &[(Assumption, bool)], value: Sym, bound: Sym) -> Order {
        if value == bound {
            return Order::EQUAL;
        }
        let within = match &self.symbols.get(value).origin {
            Origin::Method(name, args) if args.contains(&bound) => {
                match self.symbols.program.text(*name) {
                    "max" => Order::AT_LEAST,
                    "min" => Order::AT_MOST,
                    _ => Order::ANY,
                }
            }
            _ => Order::ANY,
        };
        relation::asked(self.symbols, asked, value, bound).and(within)
    }

    fn call(&mut self, name: &str, x: Sym, y: Sym) -> Option<Sym> {
        let name = self.symbols.program.names.find(name)?;
        Some(self.symbols.intern(Origin::Method(name, Box::new([x, y]))))
    }
}
