//! Readings: whether a test asks for a strict majority, for each way in which the count and the size
//! may take this server into account.

use std::rc::Rc;

use super::names;
use super::number::{Atom, Number, holds};
use super::own::Own;
use crate::ir::BinaryOp;

/// Clusters that are worked out.
const CLUSTERS: std::ops::RangeInclusive<i64> = 1..=9;

/// What a test lets pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// Only a strict majority, as far as can be told.
    Right,
    /// Half of the voters, rounded down at the most.
    Half,
    /// Too few, because this server is counted and the size is that of the others.
    SelfLeftOut,
    /// Less than half.
    Less,
    /// It depends on what can't be seen.
    Undecided,
}

impl Outcome {
    pub(super) fn is_wrong(self) -> bool {
        matches!(self, Outcome::Half | Outcome::SelfLeftOut | Outcome::Less)
    }
}

/// A test: the smallest count that passes for a size.
pub(super) struct Majority<'a> {
    /// What counts are told by, if this server may be missing in it.
    pub(super) count: Own,
    pub(super) size: &'a Atom,
    pub(super) size_own: Own,
    /// The text of the size's name.
    pub(super) size_text: &'a str,
    /// The smallest count that passes for this size of the collection; `None`: nothing passes.
    pub(super) least: &'a dyn Fn(i64) -> Option<i64>,
}

/// Both, the first one, or the second one only.
fn options(own: Own) -> &'static [bool] {
    match own {
        Own::Yes => &[true],
        Own::No => &[false],
        Own::Unknown | Own::As(_) => &[true, false],
    }
}

impl Majority<'_> {
    /// What the test lets pass under all readings that are left.
    pub(super) fn outcome(&self) -> Outcome {
        let mut readings: Vec<(bool, bool, Outcome)> = Vec::new();
        let linked = self.count == Own::As(self.size.name);
        let favours = names::favours_self(self.size_text);
        // Voters counted among the voters: they are all that there are.
        let whole = favours || !names::is_membership(self.size_text);
        let size_own = if linked && whole { Own::Yes } else { self.size_own };
        for &size in options(size_own) {
            for &count in options(self.count) {
                if !linked || size == count {
                    readings.push((size, count, self.reading(size, count)));
                }
            }
        }
        let right = |r: &&(bool, bool, Outcome)| r.2 == Outcome::Right;
        if readings.iter().all(|r| right(&r)) {
            return Outcome::Right;
        }
        if !readings.iter().any(|r| right(&r)) {
            let half = readings.iter().any(|r| r.2 == Outcome::Half);
            // With this server in the size it would be right.
            let left_out = self.size_own == Own::No && self.reading(true, true) == Outcome::Right;
            return match (left_out, half) {
                (true, _) => Outcome::SelfLeftOut,
                (_, true) => Outcome::Half,
                _ => Outcome::Less,
            };
        }
        let mut favoured = readings.iter().filter(|r| r.0 || !favours);
        match favoured.all(|r| right(&r)) {
            true => Outcome::Right,
            false => Outcome::Undecided,
        }
    }

    fn reading(&self, size_has_self: bool, count_has_self: bool) -> Outcome {
        let mut outcome = Outcome::Right;
        for voters in CLUSTERS {
            let size = voters - i64::from(!size_has_self);
            let Some(least) = (self.least)(size) else { continue };
            let least = (least + i64::from(!count_has_self)).max(1);
            if least < voters / 2 {
                return Outcome::Less;
            }
            if least * 2 <= voters {
                outcome = Outcome::Half;
            }
        }
        outcome
    }
}

/// The smallest count that passes a comparison for a size; `None` where it does not depend on the
/// count as a test of "enough" does.
pub(super) fn least_passing(
    op: BinaryOp,
    sides: (&Number, &Number),
    count: &Rc<Atom>,
    size: i64,
) -> Option<Option<i64>> {
    let at = |counted: i64| {
        let of = |atom: &Atom| Some(if *atom == **count { counted } else { size });
        holds(op, sides.0.value(&of)?, sides.1.value(&of)?)
    };
    let passes = match op {
        BinaryOp::Eq => true,
        BinaryOp::Ne => false,
        _ if at(10_000)? == at(-10_000)? => return None,
        _ => at(10_000)?,
    };
    for counted in 0..=20 {
        if at(counted)? == passes {
            return Some(Some(counted));
        }
    }
    Some(None)
}
