//! Which fields that name what was applied get new values, and where.

use rustc_hash::FxHashMap;

use super::Program;
use crate::ir::{Body, ExprId, ExprKind, Literal, Name};
use crate::roles::machine::Calling;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// Calls that leave a value as it is.
const READS: &[&str] = &[
    "load",
    "get",
    "clone",
    "read",
    "lock",
    "borrow",
    "as_ref",
    "unwrap",
    "expect",
    "copied",
    "cloned",
    "to_owned",
    "min",
    "max",
    "cmp",
    "partial_cmp",
    "saturating_sub",
    "saturating_add",
    "checked_sub",
    "checked_add",
    "wrapping_add",
    "to_string",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "is_some",
    "is_none",
    "unwrap_or",
    "unwrap_or_default",
    "map_or",
    "map",
    "into",
    "index",
    "get_ref",
    "as_u64",
    "as_usize",
    "next",
    "index_of",
    "is_some_and",
    "unwrap_or_else",
    "fmt",
];

/// The first place at which a field of a name gets a new value.
pub(super) type Cursors = FxHashMap<Name, Place>;

/// Looks for them in all functions.
pub(super) fn find(program: &Program) -> Cursors {
    let mut cursors = Cursors::default();
    for id in program.ids() {
        let function = program.function(id);
        let body = &function.body;
        let at = |expr: ExprId| Place { file: function.file, span: body.expr(expr).span };
        for (position, expr) in (0..).map(ExprId).zip(&body.exprs) {
            let mut moves = |name: Name| {
                cursors.entry(name).or_insert_with(|| at(position));
            };
            match &expr.kind {
                ExprKind::Assign(target, _) | ExprKind::AssignOp(_, target, _) => {
                    tail(program, body, *target).map(&mut moves);
                }
                ExprKind::Ref(inner, _) => {
                    tail(program, body, *inner).map(&mut moves);
                }
                ExprKind::MethodCall { receiver, method, args } => {
                    let setter = program.words(*method);
                    let text = program.text(*method);
                    if setter.any(Words::APPLIED) && (!args.is_empty() || setter.any(Words::SET)) {
                        moves(*method);
                    }
                    if !READS.contains(&text) {
                        tail(program, body, *receiver).map(&mut moves);
                    }
                }
                ExprKind::Struct { fields, .. } => {
                    let new = |value: ExprId| {
                        !matches!(body.expr(value).kind, ExprKind::Lit(Literal::Int(_)))
                            && !matches!(
                                body.expr(value).kind,
                                ExprKind::Path(_) | ExprKind::Call { .. }
                            )
                    };
                    for (name, value) in fields.iter().filter(|(_, value)| new(*value)) {
                        if program.words(*name).any(Words::APPLIED)
                            && tail(program, body, *value).is_none()
                        {
                            moves(*name);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    cursors
}

/// Whether a place is metrics or the like, where nothing is decided by what was applied.
fn is_observed(program: &Program, body: &Body, mut owner: ExprId) -> bool {
    let observes = |name: Name| program.calling(name).any(Calling::OBSERVES);
    loop {
        owner = match &body.expr(owner).kind {
            ExprKind::Field(_, name) if observes(*name) => return true,
            ExprKind::Field(base, _) => *base,
            ExprKind::Path(path) => return path.last().is_some_and(|name| observes(*name)),
            _ => return false,
        };
    }
}

/// The name of a place that says what was applied: `self.state.last_applied`, also in a cell.
fn tail(program: &Program, body: &Body, mut expr: ExprId) -> Option<Name> {
    loop {
        match &body.expr(expr).kind {
            ExprKind::Field(base, name) => {
                if program.words(*name).any(Words::APPLIED) {
                    return (!is_observed(program, body, *base)).then_some(*name);
                }
                expr = *base;
            }
            ExprKind::Path(path) => {
                return path.last().copied().filter(|n| program.words(*n).any(Words::APPLIED));
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Ref(inner, _)
            | ExprKind::Index(inner, _)
            | ExprKind::Await(inner)
            | ExprKind::Try(inner) => expr = *inner,
            ExprKind::MethodCall { receiver, method, args } => {
                if !args.is_empty() && !matches!(program.text(*method), "expect") {
                    return None;
                }
                if program.words(*method).any(Words::APPLIED) {
                    return Some(*method);
                }
                expr = *receiver;
            }
            _ => return None,
        }
    }
}
