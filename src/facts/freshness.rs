//! How the candidate's last entry compares with the voter's own: which combinations are still
//! possible.
//!
//! Terms and indexes each are less, equal or greater, so there are nine combinations. A comparison
//! leaves some of them, two ways that meet have those of both. What is left where a vote is granted
//! says whom the voter would vote for.

use serde::{Deserialize, Serialize};

use super::eval::Engine;
use super::order::Order;
use super::relation::Comparison;
use super::world::World;
use crate::ir::{ExprKind, Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;
use crate::source::{Place, Span};

/// The outcomes of one comparison, as rows (terms) and columns (indexes).
const OUTCOMES: [Order; 3] = [Order::LESS, Order::EQUAL, Order::GREATER];

/// A set of combinations: how the terms compare, and how the indexes do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Pairs(u16);

impl Pairs {
    pub(super) const NONE: Pairs = Pairs(0);
    pub(super) const ALL: Pairs = Pairs(0b1_1111_1111);

    /// The combinations that pass a test of both outcomes.
    pub(super) fn all(test: impl Fn(Order, Order) -> bool) -> Pairs {
        let mut bits = 0;
        for (row, term) in OUTCOMES.into_iter().enumerate() {
            for (column, index) in OUTCOMES.into_iter().enumerate() {
                if test(term, index) {
                    bits |= 1 << (row * 3 + column);
                }
            }
        }
        Pairs(bits)
    }

    /// Those in which the paper lets the vote be granted: a later term, or the same term and an
    /// index that is not lower.
    pub(super) fn fresh() -> Pairs {
        Pairs::all(|term, index| {
            term == Order::GREATER || term == Order::EQUAL && index.within(Order::AT_LEAST)
        })
    }

    pub(super) fn and(self, other: Pairs) -> Pairs {
        Pairs(self.0 & other.0)
    }

    pub(super) fn or(self, other: Pairs) -> Pairs {
        Pairs(self.0 | other.0)
    }

    pub(super) fn without(self, other: Pairs) -> Pairs {
        Pairs(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn within(self, other: Pairs) -> bool {
        self.without(other).is_empty()
    }
}

/// In which order a log id's parts are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum IdOrder {
    TermFirst,
    IndexFirst,
    TermAlone,
    IndexAlone,
}

/// What is known of the two last entries.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct LogOrder {
    pub(super) possible: Pairs,
    /// Where they were compared last in a way that left fewer.
    pub(super) at: Option<Place>,
}

impl Default for LogOrder {
    fn default() -> Self {
        LogOrder { possible: Pairs::ALL, at: None }
    }
}

impl LogOrder {
    /// Only these are possible still, as the comparison at this place says.
    fn narrow(&mut self, pairs: Pairs, at: Place) {
        let narrowed = self.possible.and(pairs);
        if narrowed != self.possible || self.at.is_none() {
            self.at = Some(at);
        }
        self.possible = narrowed;
    }

    /// Both ways as one.
    pub(super) fn join(&mut self, other: &LogOrder) {
        self.possible = self.possible.or(other.possible);
        self.at = self.at.or(other.at);
    }

    /// Whether the code may tell the two ways apart later: fresh for sure, stale for sure.
    pub(super) fn apart(&self, other: &LogOrder) -> bool {
        self.class() != other.class()
    }

    /// Whether none is fresh, or all are; whether the terms are equal, or not, for sure: then the code
    /// goes on with another question.
    fn class(&self) -> [bool; 4] {
        let fresh = self.possible.and(Pairs::fresh());
        let equal = self.possible.and(Pairs::all(|term, _| term == Order::EQUAL));
        [fresh.is_empty(), fresh == self.possible, equal == self.possible, equal.is_empty()]
    }

    /// Whether every combination that is left is one in which the vote may be granted.
    pub(super) fn is_fresh(&self) -> bool {
        self.possible.within(Pairs::fresh())
    }
}

impl Engine<'_> {
    /// `a op b` holds from here on; `false` if that can't be.
    pub(super) fn logs_compared(
        &self,
        world: &mut World,
        Comparison { op, left: a, right: b, at }: Comparison,
    ) -> bool {
        if !Fact::CandidateLogFresh.concerns(world.handling) {
            return true;
        }
        let pairs = self.pairs(world, Order::of(op), a, b).or_else(|| {
            let order = Order::of(op).mirrored();
            self.pairs(world, order, b, a)
        });
        let Some(pairs) = pairs else { return true };
        if pairs == own_is_empty() && world.handling == Some(Message::RequestVote) {
            world.learn(Fact::CandidateLogFresh, at);
        }
        world.logs.narrow(pairs, at);
        !world.logs.possible.is_empty()
    }

    /// The combinations that a comparison of the candidate's value with the voter's leaves.
    fn pairs(&self, world: &World, order: Order, candidate: Sym, own: Sym) -> Option<Pairs> {
        let (of, with) = (self.role(world, candidate), self.role(world, own));
        let tags = self.symbols.tags(own);
        if with == Role::Zero && matches!(of, Role::CandidateLastIndex | Role::CandidateLastTerm) {
            return order.within(Order::AT_MOST).then(candidate_is_empty);
        }
        if matches!(of, Role::OwnLastIndex | Role::OwnLastTerm) && with == Role::Zero {
            return order.within(Order::AT_MOST).then(own_is_empty);
        }
        let log = tags.any(Tags::LOCAL) && !super::derive::no_log(with, tags);
        if !log {
            return None;
        }
        let order = match (self.is_shifted(candidate), self.is_shifted(own)) {
            (false, false) => order,
            // Whether `len` is the last index or the one behind it is not known.
            _ if order.within(Order::AT_LEAST) => Order::AT_LEAST,
            _ if order.within(Order::AT_MOST) => order,
            _ => Order::ANY,
        };
        match of {
            Role::CandidateLastTerm => Some(Pairs::all(|term, _| term.within(order))),
            Role::CandidateLastIndex => Some(Pairs::all(|_, index| index.within(order))),
            Role::CandidateLastLogId => Some(self.id_pairs(order, candidate, own)),
            _ => None,
        }
    }

    /// The combinations in which two whole log ids compare like this.
    fn id_pairs(&self, order: Order, a: Sym, b: Sym) -> Pairs {
        let both = |term: Order, index: Order| term == Order::EQUAL && index == Order::EQUAL;
        if order == Order::EQUAL {
            return Pairs::all(both);
        }
        let parts = self.id_order(a).or_else(|| self.id_order(b)).unwrap_or(IdOrder::TermFirst);
        Pairs::all(|term, index| {
            let (first, second) = match parts {
                IdOrder::TermFirst => (term, index),
                IdOrder::IndexFirst => (index, term),
                IdOrder::TermAlone => (term, term),
                IdOrder::IndexAlone => (index, index),
            };
            let whole = if first == Order::EQUAL { second } else { first };
            whole.within(order)
        })
    }

    /// In which order the parts of a log id are compared: by its hand-written order, or by the order
    /// of its fields.
    fn id_order(&self, sym: Sym) -> Option<IdOrder> {
        let data = self.symbols.get(self.plain(sym));
        if let Origin::Composite(parts) = &data.origin {
            let first = self.symbols.role(*parts.first()?);
            return match first {
                Role::CandidateLastTerm | Role::OwnLastTerm | Role::ReqLogTerm => {
                    Some(IdOrder::TermFirst)
                }
                Role::CandidateLastIndex | Role::OwnLastIndex | Role::ReqLogIndex => {
                    Some(IdOrder::IndexFirst)
                }
                _ => None,
            };
        }
        let Some(TypeRef::Path { name, .. }) = data.ty.as_deref() else { return None };
        let program = self.symbols.program;
        let written =
            ["cmp", "partial_cmp"].iter().find_map(|method| self.written_order(*name, method));
        let declared = || {
            let def = program.struct_def(*name, self.symbols.package)?;
            Some(def.fields.iter().map(|f| f.name).collect())
        };
        self.order_of_fields(&written.or_else(declared)?)
    }

    /// The fields that a hand-written order of a type reads, in the order in which it reads them.
    fn written_order(&self, of: Name, method: &str) -> Option<Vec<Name>> {
        let program = self.symbols.program;
        let all = program.functions_named(program.names.find(method)?);
        let own = |id: &&FnId| {
            let owner = program.function(**id).owner.as_ref();
            owner.is_some_and(|o| matches!(&o.self_ty, TypeRef::Path { name, .. } if *name == of))
        };
        let id = all.iter().find(own)?;
        let body = &program.function(*id).body;
        let mut fields: Vec<(Span, Name)> = Vec::new();
        for expr in &body.exprs {
            match &expr.kind {
                ExprKind::Field(_, name) => fields.push((expr.span, *name)),
                ExprKind::MethodCall { method, args, .. } if args.is_empty() => {
                    fields.push((expr.span, *method));
                }
                _ => {}
            }
        }
        fields.sort_by_key(|(span, _)| (span.start, span.end));
        let names: Vec<Name> = fields.into_iter().map(|(_, name)| name).collect();
        self.order_of_fields(&names).map(|_| names)
    }

    fn order_of_fields(&self, fields: &[Name]) -> Option<IdOrder> {
        let position = |words: Words| {
            fields.iter().position(|f| {
                let found = self.symbols.program.words(*f);
                found.any(words)
            })
        };
        let term = position(Words::TERM.with(Words::LEADER));
        let index = position(Words::INDEX.with(Words::LENGTH));
        match (term, index) {
            (Some(term), Some(index)) if term < index => Some(IdOrder::TermFirst),
            (Some(_), Some(_)) => Some(IdOrder::IndexFirst),
            (Some(_), None) => Some(IdOrder::TermAlone),
            (None, Some(_)) => Some(IdOrder::IndexAlone),
            (None, None) => None,
        }
    }

    /// Whether a value is next to an index, or a length: `last_log_index + 1`.
    fn is_shifted(&self, sym: Sym) -> bool {
        matches!(self.symbols.get(self.plain(sym)).origin, Origin::Binary(..))
    }

    /// The voter's log is known to be empty.
    pub(super) fn own_log_is_empty(&self, world: &mut World, at: Place) {
        narrow(world, own_is_empty(), at);
    }

    /// The candidate's log is known to be empty.
    pub(super) fn candidate_log_is_empty(&self, world: &mut World, at: Place) {
        narrow(world, candidate_is_empty(), at);
    }
}

/// An empty log is equal to another one, or older in both.
fn own_is_empty() -> Pairs {
    Pairs::all(|term, index| term == index && term != Order::LESS)
}

fn candidate_is_empty() -> Pairs {
    Pairs::all(|term, index| term == index && term != Order::GREATER)
}

fn narrow(world: &mut World, pairs: Pairs, at: Place) {
    if !world.logs.possible.and(pairs).is_empty() {
        world.logs.narrow(pairs, at);
    }
}

#[cfg(test)]
mod tests {
    use super::{LogOrder, Pairs};
    use crate::facts::order::Order;

    #[test]
    fn both_at_least_is_fresh_but_not_all_that_is() {
        let both =
            Pairs::all(|term, index| term.within(Order::AT_LEAST) && index.within(Order::AT_LEAST));
        assert!(both.within(Pairs::fresh()));
        assert!(!Pairs::fresh().within(both));
    }

    #[test]
    fn either_at_least_is_not_fresh() {
        let either =
            Pairs::all(|term, index| term.within(Order::AT_LEAST) || index.within(Order::AT_LEAST));
        assert!(!LogOrder { possible: either, at: None }.is_fresh());
    }
}
