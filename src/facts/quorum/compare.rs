//! Counts that are compared with what makes a majority, and the functions that compute that number.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::code::Code;
use super::names;
use super::number::{Atom, Number, Source};
use super::own::Own;
use super::reading::{Majority, Outcome, least_passing};
use super::resolve::{Scope, is_arithmetic};
use super::{Form, Test};
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name};
use crate::program::FnId;
use crate::source::Place;

/// The comparisons so far, by the helper functions that they use.
#[derive(Default)]
pub(super) struct Comparisons {
    /// Outcome, and whether the count is without this server.
    by_helper: FxHashMap<FnId, Vec<(Outcome, Own)>>,
}

impl Comparisons {
    /// The tests by comparison in a function.
    pub(super) fn of_function(&mut self, code: &Code<'_>, function: FnId) -> Vec<Test> {
        let body = code.body(function);
        let mut tests = Vec::new();
        let answers = is_goal(code, code.program.function(function).name);
        for (i, expr) in body.exprs.iter().enumerate() {
            let ExprKind::Binary(op, a, b) = &expr.kind else { continue };
            if is_arithmetic(*op) || matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Arith) {
                continue;
            }
            if !answers && !speaks(code, function, *a) && !speaks(code, function, *b) {
                continue;
            }
            let place = code.place(function, ExprId(i as u32));
            tests.extend(self.test(code, function, place, (*op, *a, *b)));
        }
        tests
    }

    fn test(
        &mut self,
        code: &Code<'_>,
        function: FnId,
        place: Place,
        (op, a, b): (BinaryOp, ExprId, ExprId),
    ) -> Option<Test> {
        let scope = Scope::of(function);
        let (left, right) = (code.number(&scope, a), code.number(&scope, b));
        let mut atoms = left.atoms()?;
        for atom in right.atoms()? {
            if !atoms.contains(&atom) {
                atoms.push(atom);
            }
        }
        let [x, y] = &atoms[..] else { return None };
        let of_sides = [left.scaled(), right.scaled()];
        let halved = |atom: &Rc<Atom>| of_sides.iter().any(|(h, _)| h.contains(atom));
        let doubled = |atom: &Rc<Atom>| of_sides.iter().any(|(_, d)| d.contains(atom));
        let (count, size) = if halved(x) && !halved(y) || doubled(y) && !doubled(x) {
            (y, x)
        } else if halved(y) && !halved(x) || doubled(x) && !doubled(y) {
            (x, y)
        } else {
            return None;
        };
        let mut named = left.names();
        named.extend(right.names());
        named.push(code.program.function(function).name);
        let goal = named.iter().any(|name| is_goal(code, *name));
        if !is_test(code, count, size, goal) {
            return None;
        }
        let with_self = |number: &Number, atom: &Atom| number.adds_self(atom);
        let count_own = match with_self(&left, count) || with_self(&right, count) {
            true => Own::No,
            false => code.own_of(&scope, count),
        };
        let size_own = match with_self(&left, size) || with_self(&right, size) {
            true => Own::No,
            false => code.own_of(&scope, size),
        };
        for size in 0..=9 {
            least_passing(op, (&left, &right), count, size)?;
        }
        let least = |size: i64| least_passing(op, (&left, &right), count, size).flatten();
        let majority = Majority {
            count: count_own,
            size,
            size_own,
            size_text: code.text(size.name),
            least: &least,
        };
        let outcome = majority.outcome();
        let mut helpers = left.helpers();
        helpers.extend(right.helpers());
        for (helper, _) in &helpers {
            self.by_helper.entry(*helper).or_default().push((outcome, count_own));
        }
        let quorum = |(id, _): &&(FnId, Place)| is_helper(code, *id);
        let helper = helpers.iter().find(quorum).copied();
        Some(Test { place, function, outcome, helper, form: Form::Compared })
    }

    /// The functions that compute what makes a majority.
    pub(super) fn helpers(&self, code: &Code<'_>, found: &BTreeMap<Place, Test>) -> Vec<Test> {
        let mut tests = Vec::new();
        for id in code.program.ids().filter(|id| is_helper(code, *id)) {
            let function = code.program.function(id);
            let Some(root) = function.root else { continue };
            let scope = Scope::of(id);
            let number = code.number(&scope, root);
            let Some(atoms) = number.atoms() else { continue };
            let [size] = &atoms[..] else { continue };
            if !number.scaled().0.contains(size) {
                continue;
            }
            let size_own = match number.adds_self(size) {
                true => Own::No,
                false => code.own_of(&scope, size),
            };
            let least = |n: i64| number.value(&|_: &Atom| Some(n)).map(|needed| needed.max(0));
            // What a helper takes as its argument is the whole, unless its name says otherwise.
            let named = code.text(size.name);
            let whole = size.source == Source::Value && !names::is_membership(named);
            let size_text = if whole { "voters" } else { named };
            let majority = Majority { count: Own::Yes, size, size_own, size_text, least: &least };
            let outcome = majority.outcome();
            let used = self.by_helper.get(&id).map_or(&[][..], Vec::as_slice);
            // Compared with `>`, or with a count of the others, it may be less by one.
            let otherwise = used.iter().any(|(o, own)| *o == Outcome::Right || *own == Own::No);
            if outcome.is_wrong() && otherwise {
                continue;
            }
            let place = arithmetic(code, id, root);
            if !found.contains_key(&place) {
                tests.push(Test { place, function: id, outcome, helper: None, form: Form::Helper });
            }
        }
        tests
    }
}

/// Whether a function's name says that it gives what makes a majority, as a number.
fn is_helper(code: &Code<'_>, id: FnId) -> bool {
    let function = code.program.function(id);
    let text = code.text(function.name);
    let number = match &function.ret {
        crate::ir::TypeRef::Path { name, .. } => {
            matches!(code.text(*name), "usize" | "u64" | "u32" | "u16" | "u8" | "i32" | "i64")
        }
        _ => false,
    };
    number && names::is_quorum(text)
}

/// The expression in which a helper halves.
fn arithmetic(code: &Code<'_>, id: FnId, root: ExprId) -> Place {
    let mut at = root;
    while let ExprKind::Block { tail: Some(tail), .. } = code.kind(id, at) {
        at = *tail;
    }
    code.place(id, at)
}

/// Whether one side of a comparison may hold a majority: a cheap look before it is resolved.
fn speaks(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    code.below(function, expr).iter().any(|e| match code.kind(function, *e) {
        ExprKind::Path(path) => path.last().is_some_and(|name| code.speaks(*name)),
        ExprKind::Field(_, name) => code.speaks(*name),
        ExprKind::MethodCall { method, .. } => code.speaks(*method),
        ExprKind::Binary(BinaryOp::Div | BinaryOp::Mul, _, b) => {
            matches!(code.kind(function, *b), ExprKind::Lit(Literal::Int(Some(2))))
        }
        _ => false,
    })
}

/// Whether a name speaks of what has to be reached; of most names that is known without reading them again.
fn is_goal(code: &Code<'_>, name: Name) -> bool {
    code.speaks(name) && names::is_goal(code.text(name))
}

/// Whether what is counted and how many there are speak of voters.
fn is_test(code: &Code<'_>, count: &Atom, size: &Atom, goal: bool) -> bool {
    let (counted, all) = (code.text(count.name), code.text(size.name));
    if names::is_against(counted) || names::is_against(all) {
        return false;
    }
    let membership = names::is_membership(all);
    let counts = names::is_counted(counted)
        || goal
        || membership && matches!(count.source, Source::Counter | Source::Filtered);
    counts && (membership || goal || names::is_counted(counted) && names::is_counted(all))
}
