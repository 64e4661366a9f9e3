//! How far nextIndex falls: what keeps it at or above the first index while it is lowered.

use super::eval::Engine;
use super::order::Order;
use super::relation::relation;
use super::world::{Assumption, World};
use crate::ir::{BinaryOp, Body, Expr, ExprId, ExprKind, Name, TypeRef, walk};
use crate::protocol::Fact;
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// How deep a value is looked into.
const MAX_DEPTH: u32 = 8;

/// What an index is counted with.
const COUNTS: Words = Words::INDEX.with(Words::LENGTH);

impl Engine<'_> {
    /// What keeps a lowered nextIndex from falling too low, or that nothing does; nothing if that
    /// can't be decided here.
    pub(super) fn floor_evidence(
        &self,
        world: &World,
        value: Sym,
        at: Place,
    ) -> Option<(Fact, Place)> {
        let fact = match self.at_least(world, value, MAX_DEPTH) {
            Some(0) => self.at_zero(value)?,
            Some(_) => Fact::NextBounded,
            None if self.is_bare(world, value, at) => {
                let better = self.back_off_evidence(world, value, at);
                match better.is_some_and(|(fact, _)| !fact.is_hint()) {
                    true => Fact::NextUnbounded,
                    false => Fact::NextStepsUnbounded,
                }
            }
            None => return None,
        };
        Some((fact, at))
    }

    /// A nextIndex that may be zero: a length may, since then nothing has been sent.
    fn at_zero(&self, value: Sym) -> Option<Fact> {
        let next = self.next_in(value, MAX_DEPTH)?;
        self.words_of(next).any(Words::LENGTH).then_some(Fact::NextBounded)
    }

    /// The number that a value is known to be no less than.
    fn at_least(&self, world: &World, sym: Sym, fuel: u32) -> Option<u64> {
        // What matchIndex was before is no bound that is asked for: a value behind it is above zero.
        let sym = self.plain(sym);
        self.asked_at_least(world, sym).max(self.made_at_least(world, sym, fuel))
    }

    /// The same, as far as the way in which a value is made says it.
    fn made_at_least(&self, world: &World, sym: Sym, fuel: u32) -> Option<u64> {
        let less = fuel.checked_sub(1)?;
        let of = |part: Sym| self.at_least(world, part, less);
        if self.is_progress(sym, Role::MatchIndex) {
            return Some(0);
        }
        // It was no lower before.
        if self.is_next_itself(sym) {
            return Some(1);
        }
        match &self.symbols.get(sym).origin {
            Origin::Int(n) => Some(*n),
            Origin::Binary(BinaryOp::Add, a, b) => {
                Some(of(*a).unwrap_or(0).saturating_add(of(*b).unwrap_or(0)))
            }
            Origin::Binary(BinaryOp::Sub, a, b) => {
                let Origin::Int(n) = self.symbols.get(*b).origin else { return None };
                self.asked_before(world, *a)?.checked_sub(n)
            }
            Origin::Method(name, args) => match (self.symbols.program.text(*name), &**args) {
                ("max", [a, b]) => of(*a).max(of(*b)),
                ("min" | "unwrap_or", [a, b]) => Some(of(*a)?.min(of(*b)?)),
                ("clamp", [_, low, _]) => of(*low),
                ("saturating_sub" | "checked_sub", [a, b]) => {
                    let Origin::Int(n) = self.symbols.get(*b).origin else { return Some(0) };
                    Some(self.asked_before(world, *a).unwrap_or(0).saturating_sub(n))
                }
                _ => None,
            },
            Origin::Composite(parts) => {
                let all: Option<Vec<u64>> = parts.iter().map(|part| of(*part)).collect();
                all?.into_iter().min()
            }
            _ => None,
        }
    }

    /// The number that the questions on the way leave a value no less than.
    fn asked_at_least(&self, world: &World, sym: Sym) -> Option<u64> {
        let bounds = self.compared_with(world, sym);
        bounds.filter_map(|(other, order)| self.above(other, order)).max()
    }

    /// The same for what nextIndex was before, which the code may have looked up a second time.
    fn asked_before(&self, world: &World, sym: Sym) -> Option<u64> {
        let own = self.asked_at_least(world, sym);
        if own.is_some() || !self.is_next_itself(sym) {
            return own;
        }
        let bound = |&(assumption, holds): &(Assumption, bool)| {
            let (x, y, order) = relation(assumption, holds)?;
            match (self.is_next_itself(x), self.is_next_itself(y)) {
                (true, false) => self.above(y, order),
                (false, true) => self.above(x, order.mirrored()),
                _ => None,
            }
        };
        world.assumptions.iter().filter_map(bound).max()
    }

    /// What follows for a value that stands in this order to another one.
    fn above(&self, other: Sym, order: Order) -> Option<u64> {
        let other = self.plain(other);
        let low = match &self.symbols.get(other).origin {
            Origin::Int(n) => *n,
            Origin::Binary(BinaryOp::Add, a, b) if self.is_progress(*a, Role::MatchIndex) => {
                match self.symbols.get(*b).origin {
                    Origin::Int(n) => n,
                    _ => return None,
                }
            }
            _ if self.is_progress(other, Role::MatchIndex) => 0,
            _ => return None,
        };
        if order.within(Order::GREATER) {
            return Some(low + 1);
        }
        // An index that is not the lowest one is above it.
        if order == Order::of(BinaryOp::Ne) && low <= 1 {
            return Some(low + 1);
        }
        order.within(Order::AT_LEAST).then_some(low)
    }

    /// Whether a value is a follower's progress as it was read, without any arithmetic.
    fn is_progress(&self, sym: Sym, role: Role) -> bool {
        let made = matches!(self.symbols.get(sym).origin, Origin::Binary(..));
        !made && self.progress_of(sym) == Some(role)
    }

    /// The same for a nextIndex, which may be a local.
    fn is_next_itself(&self, sym: Sym) -> bool {
        let sym = self.plain(sym);
        if self.is_progress(sym, Role::NextIndex) {
            return true;
        }
        let words = self.words_of(sym);
        let made = matches!(self.symbols.get(sym).origin, Origin::Method(..) | Origin::Call(..));
        !made && words.any(Words::NEXT) && words.any(COUNTS)
    }

    /// Whether a value is the greater one of the old nextIndex and something else.
    pub(super) fn never_lowers(&self, sym: Sym) -> bool {
        let named = |name, text| self.symbols.program.text(name) == text;
        let old = |sym: &Sym| match &self.symbols.get(self.plain(*sym)).origin {
            Origin::Method(name, args) if named(*name, "unwrap_or") => {
                args.first().is_some_and(|a| self.is_next_itself(*a))
            }
            _ => self.is_next_itself(*sym),
        };
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(name, args) if named(*name, "max") => {
                args.iter().any(|a| old(a) || self.never_lowers(*a))
            }
            _ => false,
        }
    }

    /// The nextIndex that a value is made of.
    fn next_in(&self, sym: Sym, fuel: u32) -> Option<Sym> {
        let less = fuel.checked_sub(1)?;
        let sym = self.plain(sym);
        if self.is_next_itself(sym) {
            return Some(sym);
        }
        match &self.symbols.get(sym).origin {
            Origin::Binary(_, a, b) => self.next_in(*a, less).or_else(|| self.next_in(*b, less)),
            Origin::Method(_, args) | Origin::Composite(args) => {
                args.iter().find_map(|a| self.next_in(*a, less))
            }
            _ => None,
        }
    }

    /// Whether nextIndex is lowered by a plain subtraction, and nothing on the way or behind it asks
    /// how low it is, or whether the refusal is the answer to what was sent last.
    fn is_bare(&self, world: &World, value: Sym, at: Place) -> bool {
        let Origin::Binary(BinaryOp::Sub, before, step) =
            self.symbols.get(self.plain(value)).origin
        else {
            return false;
        };
        self.is_number(before)
            && matches!(self.symbols.get(step).origin, Origin::Int(_))
            && self.is_next_itself(before)
            // One answer at a time, to the only one who asks.
            && world.awaited.is_none()
            && !world.assumptions.iter().any(|(assumption, _)| self.asks_of_probe(*assumption))
            && !self.asked_behind(at)
    }

    /// Whether a value is a number of the language, of which one less is one less: by its own type,
    /// or by that of the table that it was looked up in.
    fn is_number(&self, sym: Sym) -> bool {
        let chain = self.chain(self.plain(sym));
        let Some(ty) = chain.iter().find_map(|part| self.symbols.ty(*part)) else { return false };
        let primitive = |ty: &TypeRef| match ty {
            TypeRef::Path { name, .. } => {
                let text = self.symbols.program.text(*name);
                let digits = text.strip_prefix(['u', 'i']).unwrap_or_default();
                matches!(digits, "8" | "16" | "32" | "64" | "128" | "size")
            }
            _ => false,
        };
        match &*ty {
            TypeRef::Path { args, .. } => primitive(&ty) || args.last().is_some_and(primitive),
            _ => false,
        }
    }

    /// Whether a question was about nextIndex, or about which request is answered.
    fn asks_of_probe(&self, assumption: Assumption) -> bool {
        let of_probe = |sym: &Sym| {
            let words = self.words_of(*sym);
            let index = words.any(COUNTS) && !words.any(Words::TERM);
            self.next_in(*sym, MAX_DEPTH).is_some()
                || self.symbols.tags(*sym).any(Tags::REQUEST)
                    && (index || words.all(Words::REQUEST.with(Words::ID)))
        };
        match assumption {
            Assumption::Rel(_, a, b) => [a, b].iter().any(of_probe),
            Assumption::Present(sym) | Assumption::Truthy(sym) | Assumption::Is(sym, _) => {
                // That a follower has an entry in the table says nothing about its index.
                let asks = match &self.symbols.get(self.plain(sym)).origin {
                    Origin::Method(name, _) => {
                        let text = self.symbols.program.text(*name);
                        ["remove", "take", "pop", "contains"].iter().any(|t| text.starts_with(t))
                            || text.ends_with("_sub")
                    }
                    _ => false,
                };
                asks || matches!(assumption, Assumption::Truthy(_))
                    && self.next_in(sym, MAX_DEPTH).is_some()
            }
        }
    }

    /// Whether the function compares a nextIndex, or limits it, after this place.
    fn asked_behind(&self, at: Place) -> bool {
        let body = self.body();
        let asks = |expr: &Expr| match &expr.kind {
            ExprKind::Binary(op, ..) => Order::of(*op) != Order::ANY,
            _ => body.called(expr).is_some_and(|(name, _)| self.limits_by(name)),
        };
        (0..).map(ExprId).zip(&body.exprs).any(|(id, expr)| {
            expr.span.start > at.span.start && asks(expr) && self.names_next(body, id)
        })
    }

    fn limits_by(&self, name: Name) -> bool {
        matches!(self.symbols.program.text(name), "max" | "clamp")
    }

    /// Whether an expression names a nextIndex.
    fn names_next(&self, body: &Body, root: ExprId) -> bool {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let kind = &body.expr(id).kind;
            let name = match kind {
                ExprKind::Path(path) => path.last().copied(),
                ExprKind::Field(_, name) | ExprKind::MethodCall { method: name, .. } => Some(*name),
                _ => None,
            };
            let words = name.map(|n| self.symbols.program.words(n)).unwrap_or_default();
            if words.any(Words::NEXT) && words.any(COUNTS) {
                return true;
            }
            open.extend(walk::children(kind));
        }
        false
    }
}
