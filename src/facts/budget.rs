//! How much is evaluated before the rest is given up.
//!
//! All bounds count evaluated expressions, so that they don't depend on the machine. A function
//! that has shown something of the protocol gets more: the first look is only there to leave those
//! that have nothing to do with it.

use serde::{Deserialize, Serialize};

use super::start::gets_message;
use crate::program::{FnId, Program};
use crate::roles::state::States;

/// In one run; far more than any Raft needs.
const RUN: u64 = 8_000_000;
/// In a run over many Rafts, for each expression of the program.
const RUN_FOR_EXPRESSION: u64 = 20;

/// The bounds of one function's evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Budget {
    /// Until it has shown anything.
    pub(super) first: u32,
    /// Once a message is seen being handled.
    pub(super) message: u32,
    /// Once an effect is reached.
    pub(super) effect: u32,
}

/// In a package that keeps Raft's state.
const RAFT: Budget = Budget { first: 25_000, message: 400_000, effect: 500_000 };
/// In any other: it may use a Raft, and has commits and terms of its own.
const OTHER: Budget = Budget { first: 4_000, message: 10_000, effect: 50_000 };

/// There, for a function that gets no message: most are about commits and terms of other kinds.
const OTHER_STATE: Budget = Budget { first: 2_000, message: 10_000, effect: 10_000 };

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

    pub(super) fn spend(&mut self, used: u32) {
        self.left = self.left.saturating_sub(u64::from(used));
    }
}
