//! The bounds of an analysis that keep it from an answer, and where each of them is met.
//!
//! What was not followed is no evidence, and its lack is none either: an effect whose evidence may
//! stand where nobody looked is not decided.

use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::eval::{Engine, MAX_DEPTH, Outs};
use super::reads;
use super::value::Value;
use super::world::World;
use crate::ir::TypeRef;
use crate::program::FnId;

/// Closures that run each other are entered so deep.
pub(super) const MAX_CLOSURES: usize = 8;
/// How far up callers are asked.
pub(super) const MAX_CLIMB: usize = 4;
/// Functions with more callers than this are not followed upwards.
pub(super) const MAX_CALLERS: usize = 32;
/// The same for one whose own evaluation did not come to its end.
pub(super) const MAX_CALLERS_OF_UNFINISHED: usize = 4;
/// Of functions with more it is not asked which of the callers count.
pub(super) const MAX_LISTED: usize = 4_000;
/// How often callers are asked for the effects of one function, all levels together.
pub(super) const MAX_ASKED: usize = 2_000;

/// What kept an answer away.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Bound {
    /// Expressions evaluated.
    Work,
    /// Calls in each other.
    Depth,
    /// A function that calls itself.
    Recursion,
    /// Closures in each other.
    Closures,
    /// Callers of one function.
    Callers,
    /// Callers of callers.
    Climb,
    /// Callers of all levels.
    Asked,
    /// A function that is taken as a value.
    Value,
    /// Parts of a condition.
    Parts,
}

/// A bound that was met.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Met {
    /// Which.
    pub bound: Bound,
    /// The function that was not followed further.
    pub function: FnId,
}

impl Bound {
    /// Why something is not decided. `function` is where the bound was met.
    pub fn reason(self, function: &str) -> String {
        match self {
            Bound::Work => format!("the analysis of `{function}` stopped at its bound"),
            Bound::Depth => {
                format!("calls are nested deeper than {MAX_DEPTH} where `{function}` is called")
            }
            Bound::Recursion => format!("`{function}` calls itself"),
            Bound::Closures => {
                format!("closures are nested deeper than {MAX_CLOSURES} in `{function}`")
            }
            Bound::Callers => format!("`{function}` has more than {MAX_CALLERS} callers"),
            Bound::Climb => {
                format!("it takes more than {MAX_CLIMB} callers of callers of `{function}` to tell")
            }
            Bound::Asked => {
                format!("more than {MAX_ASKED} callers would have to be asked for `{function}`")
            }
            Bound::Parts => {
                format!("a condition in `{function}` has more parts than are looked into")
            }
            Bound::Value => {
                format!(
                    "`{function}` takes a function on the way as a value, and who calls it is not known"
                )
            }
        }
    }

    /// What to do about it. `function` is where the bound was met, `effect` where the effect is.
    pub fn help(self, function: &str, effect: &str) -> String {
        match self {
            Bound::Work => {
                format!("split `{function}`, so that each part can be followed to its end")
            }
            Bound::Recursion => {
                format!(
                    "write `{function}` as a loop, or ask for the evidence in `{effect}` itself"
                )
            }
            _ => format!("ask for the evidence nearer to the effect: in `{effect}` itself"),
        }
    }
}

impl Engine<'_> {
    /// How many functions are being evaluated, in each other.
    pub(super) fn depth(&self) -> usize {
        self.frames.unread().iter().filter(|f| !f.is_closure).count()
    }

    /// Some bodies of a call could not be entered: if a bound is the reason, what they show is not
    /// seen from here, and what they answer is not known. Of a call on something else than `self` a
    /// name may be all that is known: that it is the function itself is then a guess.
    pub(super) fn not_entered(&mut self, world: &mut World, targets: &[FnId], on_self: bool) {
        let program = self.symbols.program;
        let depth = self.depth();
        for &target in targets.iter().filter(|id| program.function(**id).root.is_some()) {
            let bound = if depth >= MAX_DEPTH {
                reads::elsewhere();
                Bound::Depth
            } else if let Some(frame) = self.frames.of(target).filter(|_| on_self) {
                reads::frame(frame.serial);
                Bound::Recursion
            } else {
                continue;
            };
            self.unentered.entry(target).or_insert(bound);
            let answer = &program.function(target).ret;
            let is_bool =
                matches!(answer, TypeRef::Path { name, .. } if program.text(*name) == "bool");
            // Loops of roles and messages call themselves all the time, and none of them is a guard.
            let is_asked = match bound {
                Bound::Recursion => is_bool,
                _ => *answer != TypeRef::Tuple(Box::default()),
            };
            if is_asked {
                *world.unasked = Some(Met { bound, function: target });
            }
        }
    }

    /// The same of a closure.
    pub(super) fn closure_not_entered(&mut self, mut world: World) -> Outs {
        reads::elsewhere();
        self.closures_unentered = true;
        *world.unasked = Some(Met { bound: Bound::Closures, function: self.frame().function });
        smallvec![(world, Value::Sym(self.symbols.fresh()))]
    }
}

#[cfg(test)]
mod tests {
    use super::{
        MAX_ASKED, MAX_CALLERS, MAX_CALLERS_OF_UNFINISHED, MAX_CLIMB, MAX_CLOSURES, MAX_DEPTH,
        MAX_LISTED,
    };

    #[test]
    fn the_documented_numbers_are_the_real_ones() {
        let documented = include_str!("../../docs/budgets.md");
        for (what, number) in [
            ("calls in each other", MAX_DEPTH),
            ("closures that run each other", MAX_CLOSURES),
            ("callers of one function", MAX_CALLERS),
            (
                "callers of one function of which it is asked whether they get its message",
                MAX_LISTED,
            ),
            (
                "callers of one function whose own evaluation stopped at its bound",
                MAX_CALLERS_OF_UNFINISHED,
            ),
            ("callers of callers", MAX_CLIMB),
            ("callers asked for one function, all levels together", MAX_ASKED),
        ] {
            let row = format!("\n| {what} | {number} |");
            assert!(documented.replace(' ', "").contains(&row.replace(' ', "")), "{row}");
        }
    }
}
