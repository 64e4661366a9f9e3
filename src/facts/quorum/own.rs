//! Whether this server itself is counted: own ids, and how counters are counted up.

use super::code::{Binding, Code};
use super::resolve::{Scope, is_transparent};
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name, UnaryOp};
use crate::program::FnId;

/// Whether this server is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Own {
    Yes,
    No,
    Unknown,
    /// As in the collection of this name.
    As(Name),
}

/// What an expression statement does to a place.
pub(super) enum Write {
    Set(ExprId),
    Add(i64),
}

/// Where a counter is counted up.
pub(super) struct Step {
    pub(super) step: i64,
    at: ExprId,
    /// The loops and closures around it, innermost first, that are not around the counter itself.
    around: Vec<ExprId>,
}

/// What is written to a place by the expression around it.
pub(super) fn written(code: &Code<'_>, function: FnId, place: ExprId) -> Option<Write> {
    let parents = code.parents(function);
    let mut at = place;
    let mut parent = parents[at.0 as usize]?;
    while matches!(code.kind(function, parent), ExprKind::Unary(UnaryOp::Deref, _)) {
        at = parent;
        parent = parents[at.0 as usize]?;
    }
    match code.kind(function, parent) {
        ExprKind::Assign(target, value) if *target == at => {
            if let ExprKind::Binary(BinaryOp::Add, a, b) = code.kind(function, *value)
                && let ExprKind::Lit(Literal::Int(Some(i))) = code.kind(function, *b)
                && same_place(code, function, *a, at)
            {
                return Some(Write::Add(i64::try_from(*i).ok()?));
            }
            Some(Write::Set(*value))
        }
        ExprKind::AssignOp(BinaryOp::Add, target, value) if *target == at => {
            let step = match code.kind(function, *value) {
                ExprKind::Lit(Literal::Int(Some(i))) => i64::try_from(*i).ok()?,
                _ => 1,
            };
            Some(Write::Add(step))
        }
        _ => None,
    }
}

fn same_place(code: &Code<'_>, function: FnId, a: ExprId, b: ExprId) -> bool {
    match (code.kind(function, a), code.kind(function, b)) {
        (ExprKind::Path(a), ExprKind::Path(b)) => a == b,
        (ExprKind::Field(_, a), ExprKind::Field(_, b)) => a == b,
        (ExprKind::Unary(_, a), ExprKind::Unary(_, b)) => same_place(code, function, *a, *b),
        _ => false,
    }
}

/// Where a local of this first value is counted up.
pub(super) fn steps(code: &Code<'_>, function: FnId, name: Name, init: ExprId) -> Vec<Step> {
    let around_init = code.ancestors(function, init);
    let mut steps = Vec::new();
    for i in 0..code.body(function).exprs.len() {
        let at = ExprId(i as u32);
        let ExprKind::Path(path) = code.kind(function, at) else { continue };
        if path[..] != [name] {
            continue;
        }
        let Some(Write::Add(step)) = written(code, function, at) else { continue };
        let repeats = |e: &ExprId| {
            matches!(
                code.kind(function, *e),
                ExprKind::For { .. }
                    | ExprKind::While { .. }
                    | ExprKind::Loop { .. }
                    | ExprKind::Closure { .. }
            )
        };
        let mut around = code.ancestors(function, at);
        around.retain(|e| repeats(e) && !around_init.contains(e));
        steps.push(Step { step, at, around });
    }
    steps
}

/// Whether a counter with this first value counts this server.
pub(super) fn of_counter(code: &Code<'_>, function: FnId, first: i64, steps: &[Step]) -> Own {
    // An own step outside of the loop, or for the own id within it.
    let alone = |step: &Step| {
        step.around.is_empty()
            || code.ancestors(function, step.at).iter().any(|e| match code.kind(function, *e) {
                ExprKind::If { cond, .. } => compares_own_id(code, function, *cond, BinaryOp::Eq),
                _ => false,
            })
    };
    let in_loops = steps.iter().any(|step| !step.around.is_empty());
    if first >= 1 || in_loops && steps.iter().any(alone) {
        return Own::Yes;
    }
    let Some(innermost) = steps.iter().find_map(|step| step.around.first()) else {
        return Own::Unknown;
    };
    if let Some(set) = steps.iter().find_map(|step| contained_in(code, function, step)) {
        return Own::As(set);
    }
    let ExprKind::For { iter, body, .. } = code.kind(function, *innermost) else {
        return Own::Unknown;
    };
    if skips_own_id(code, function, *body) {
        return Own::No;
    }
    code.own_of_chain(&Scope::of(function), *iter)
}

/// The collection that what is counted is looked up in: `if self.contains(id) { count += 1 }`.
fn contained_in(code: &Code<'_>, function: FnId, step: &Step) -> Option<Name> {
    code.ancestors(function, step.at).iter().find_map(|e| {
        let ExprKind::If { cond, .. } = code.kind(function, *e) else { return None };
        match code.kind(function, *cond) {
            ExprKind::MethodCall { receiver, method, .. }
                if matches!(code.text(*method), "contains" | "contains_key") =>
            {
                code.collection(function, *receiver)
            }
            _ => None,
        }
    })
}

/// Whether a loop's body goes on to the next one for this server's own id.
pub(super) fn skips_own_id(code: &Code<'_>, function: FnId, body: ExprId) -> bool {
    let ExprKind::Block { stmts, tail, .. } = code.kind(function, body) else { return false };
    let all = stmts.iter().filter_map(|s| match s {
        crate::ir::Stmt::Expr(e) => Some(*e),
        crate::ir::Stmt::Let { .. } => None,
    });
    all.chain(*tail).any(|e| match code.kind(function, e) {
        ExprKind::If { cond, then, .. } => {
            let skips = code
                .below(function, *then)
                .iter()
                .any(|e| matches!(code.kind(function, *e), ExprKind::Continue { .. }));
            skips && compares_own_id(code, function, *cond, BinaryOp::Eq)
                || compares_own_id(code, function, *cond, BinaryOp::Ne)
        }
        _ => false,
    })
}

/// Whether a condition compares something with this server's own id.
pub(super) fn compares_own_id(
    code: &Code<'_>,
    function: FnId,
    cond: ExprId,
    wanted: BinaryOp,
) -> bool {
    code.below(function, cond).iter().any(|e| match code.kind(function, *e) {
        ExprKind::Binary(op, a, b) if *op == wanted => {
            is_own_id(code, function, *a) || is_own_id(code, function, *b)
        }
        _ => false,
    })
}

/// Whether an expression is this server's own id.
pub(super) fn is_own_id(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    match code.kind(function, expr) {
        ExprKind::Ref(e, _) | ExprKind::Unary(_, e) | ExprKind::Cast(e) | ExprKind::Await(e) => {
            is_own_id(code, function, *e)
        }
        ExprKind::Field(base, name) => {
            let own = is_id(code.text(*name)) && is_this_server(code, function, *base);
            own || is_unmistakable(code.text(*name))
        }
        ExprKind::Path(path) => {
            let [name] = path[..] else { return false };
            let text = code.text(name);
            is_unmistakable(text)
                || match code.binding(function, name, expr) {
                    Some(Binding::Init(init)) => {
                        !matches!(code.kind(function, init), ExprKind::Path(_))
                            && is_own_id(code, function, init)
                    }
                    Some(Binding::Param(_)) => is_id(text) && makes_server(code, function, name),
                    _ => false,
                }
        }
        ExprKind::MethodCall { receiver, method, args } => {
            let text = code.text(*method);
            let of_self = is_id(text) || text == "get_id" || is_unmistakable(text);
            args.is_empty()
                && (of_self && is_this_server(code, function, *receiver)
                    || is_transparent(text) && is_own_id(code, function, *receiver)
                    || text == "to_string" && is_own_id(code, function, *receiver))
        }
        _ => false,
    }
}

/// Whether a function without `self` stores a parameter as the id of what it makes.
fn makes_server(code: &Code<'_>, function: FnId, id: Name) -> bool {
    let stores = |(name, value): &(Name, ExprId)| {
        is_id(code.text(*name))
            && matches!(code.kind(function, *value), ExprKind::Path(path) if path[..] == [id])
    };
    !code.program.function(function).has_self
        && code.body(function).exprs.iter().any(|e| match &e.kind {
            ExprKind::Struct { fields, .. } => fields.iter().any(stores),
            _ => false,
        })
}

fn is_id(text: &str) -> bool {
    matches!(text, "id" | "node_id" | "server_id" | "peer_id" | "addr" | "name" | "me" | "host")
        || is_unmistakable(text)
}

fn is_unmistakable(text: &str) -> bool {
    let starts = ["my_", "self_", "own_", "local_", "me_"];
    matches!(text, "me" | "myself" | "my" | "whoami")
        || starts.iter().any(|s| text.starts_with(s)) && !text.contains("term")
}

/// Whether an expression is this server, rather than a message of another one.
fn is_this_server(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    match code.kind(function, expr) {
        ExprKind::Path(path) => {
            let Some(name) = path.last() else { return false };
            let known = [
                "self",
                "node",
                "raft",
                "core",
                "inner",
                "state",
                "server",
                "handle",
                "common",
                "this",
                "info",
                "st",
                "rf",
                "config",
                "cfg",
                "consensus",
                "ctx",
            ];
            known.contains(&code.text(*name))
        }
        ExprKind::Field(base, _) | ExprKind::Ref(base, _) | ExprKind::Unary(_, base) => {
            is_this_server(code, function, *base)
        }
        ExprKind::MethodCall { receiver, .. } => is_this_server(code, function, *receiver),
        ExprKind::Await(e) | ExprKind::Try(e) => is_this_server(code, function, *e),
        _ => false,
    }
}
