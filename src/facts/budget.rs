//! How much is evaluated before the rest is given up.
//!
//! All bounds count evaluated expressions, so that they don't depend on the machine. A function
//! that has shown something of the protocol gets more: the first look is only there to leave those
//! that have nothing to do with it.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use super::start::gets_message;
use crate::program::{FnId, Program};
use crate::roles::state::States;

/// In one run; far more than any Raft needs.
const RUN: u64 = 2_000_000;
/// In a run over many Rafts, for each expression of the program.
const RUN_FOR_EXPRESSION: u64 = 16;

/// In a function, for each different effect that it reaches, and besides. What calls much and shows little is a
/// test or a simulation, or code around a Raft.
const FOR_EFFECT: u32 = 20_000;
const BESIDE_EFFECTS: u32 = 100_000;

/// The bounds of one function's evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Budget {
    /// Until it has shown anything.
    pub(super) first: u32,
    /// Once a message is seen being handled.
    pub(super) message: u32,
    /// Once effects are reached, however many.
    pub(super) effect: u32,
}

impl Budget {
    /// The bound of a function that has shown so many effects, or that a message is handled.
    pub(super) fn with(self, effects: usize, handles: bool) -> u32 {
        let effects = u32::try_from(effects).unwrap_or(u32::MAX);
        match (effects, handles) {
            (0, false) => self.first,
            (0, true) => self.message,
            _ => self.effect.min(FOR_EFFECT.saturating_mul(effects).saturating_add(BESIDE_EFFECTS)),
        }
    }
}

/// In a package that keeps Raft's state.
const RAFT: Budget = Budget { first: 25_000, message: 100_000, effect: 500_000 };
/// In any other: it may use a Raft, and has commits and terms of its own.
const OTHER: Budget = Budget { first: 4_000, message: 6_000, effect: 50_000 };

/// There, for a function that gets no message: most are about commits and terms of other kinds.
const OTHER_STATE: Budget = Budget { first: 2_000, message: 6_000, effect: 10_000 };

/// For a caller that is only asked what it adds to an entry's evidence.
const CALLER: u32 = 150_000;

/// The run's bound, and who gets how much of it.
pub(super) struct Budgets<'s> {
    states: &'s States,
    left: u64,
}

impl<'s> Budgets<'s> {
    pub(super) fn new(program: &Program, states: &'s States) -> Self {
        let expressions = |id| program.function(id).body.exprs.len() as u64;
        let all: u64 = program.ids().map(expressions).sum();
        Budgets { states, left: RUN.max(all.saturating_mul(RUN_FOR_EXPRESSION)) }
    }

    /// The bounds of a function in which the analysis starts, or of a caller of one.
    pub(super) fn of(&self, program: &Program, id: FnId, starts: bool) -> Budget {
        let own = self.states.contains_key(&program.package(id));
        let budget = match own {
            true => RAFT,
            false if gets_message(program, id) => OTHER,
            false => OTHER_STATE,
        };
        let most = if starts { u64::MAX } else { u64::from(CALLER) };
        let left = u32::try_from(self.left.min(most)).unwrap_or(u32::MAX);
        Budget {
            first: budget.first.min(left),
            message: budget.message.min(left),
            effect: budget.effect.min(left),
        }
    }

    /// What is left of the run's bound.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn spend(&mut self, used: u32) {
        self.left = self.left.saturating_sub(u64::from(used));
    }
}

/// What functions have spent that are evaluated at the same time.
///
/// They share what was left when they began, in their order: a function gets nothing where those before it
/// have spent more than that. So its result does not depend on which of them is evaluated when; and it can
/// stop as soon as that much is known.
pub(super) struct Spending {
    most: u64,
    spent: Vec<AtomicU32>,
}

/// A function's part in it.
#[derive(Clone, Copy)]
pub(super) struct Share<'s> {
    spending: &'s Spending,
    position: usize,
}

impl Spending {
    /// So many functions that share so much.
    pub(super) fn of(functions: usize, most: u64) -> Self {
        Spending { most, spent: (0..functions).map(|_| AtomicU32::new(0)).collect() }
    }

    /// The part of the function at a position.
    pub(super) fn share(&self, position: usize) -> Share<'_> {
        Share { spending: self, position }
    }
}

impl Share<'_> {
    /// So much has been spent by the function so far.
    pub(super) fn spend(self, used: u32) {
        self.spending.spent[self.position].store(used, Ordering::Relaxed);
    }

    /// Whether those before it are known to have left it nothing.
    pub(super) fn is_gone(self) -> bool {
        let before = self.spending.spent[..self.position].iter();
        let before = before.map(|spent| u64::from(spent.load(Ordering::Relaxed)));
        before.sum::<u64>() > self.spending.most
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, RAFT, Spending};

    /// Who gets something, if these are spent in their order; and the same as it is known meanwhile.
    fn gets(most: u64, spent: &[u32]) -> Vec<bool> {
        let spending = Spending::of(spent.len(), most);
        let gets = |position| !spending.share(position).is_gone();
        let mut known = vec![true; spent.len()];
        // The last ones are the first to be done.
        for (position, used) in spent.iter().enumerate().rev() {
            spending.share(position).spend(*used);
            (0..spent.len()).for_each(|p| known[p] &= gets(p));
        }
        let all: Vec<bool> = (0..spent.len()).map(gets).collect();
        assert_eq!(known, all, "nobody is stopped who gets something");
        all
    }

    #[test]
    fn who_shows_more_gets_more() {
        let of = |effects, handles| RAFT.with(effects, handles);
        assert_eq!([of(0, false), of(0, true)], [25_000, 100_000]);
        assert_eq!([of(1, false), of(2, true), of(20, true)], [120_000, 140_000, 500_000]);
        assert_eq!(of(usize::MAX, true), 500_000);
        let little = Budget { effect: 10_000, ..RAFT };
        assert_eq!(little.with(9, true), 10_000, "never more than there is");
    }

    #[test]
    fn what_is_left_goes_to_the_first() {
        assert_eq!(gets(10, &[4, 6, 1, 0]), [true, true, true, false]);
        assert_eq!(gets(10, &[11, 0, 0]), [true, false, false]);
        assert_eq!(gets(0, &[0, 0, 5, 0]), [true, true, true, false]);
        assert_eq!(gets(u64::MAX, &[u32::MAX; 3]), [true; 3]);
    }
}
