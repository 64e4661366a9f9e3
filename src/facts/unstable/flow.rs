//! Where a value goes: to the state and the result, or only to a log line or a measurement.

use super::tree::{Parent, Tree, children};
use crate::ir::{ExprId, ExprKind, Name, Pat, Stmt};
use crate::roles::machine::has_word;

/// How far a value is followed.
const MAX_STEPS: u32 = 40;

/// Names of what only measures or tells.
const BESIDE: &[&str] = &[
    "metric",
    "metrics",
    "latency",
    "elapsed",
    "duration",
    "histogram",
    "stats",
    "stat",
    "counter",
    "gauge",
    "observe",
    "timer",
    "trace",
    "tracing",
    "log",
    "debug",
    "monitor",
    "telemetry",
    "profile",
    "profiler",
    "started",
    "took",
    "timings",
    "timing",
    "span",
    "perf",
    "statistics",
    "stopwatch",
    "recorder",
    "failpoint",
    "failpoints",
    "fault",
    "inject",
    "instrument",
];
/// Macros that only tell.
const TELLING: &[&str] = &[
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "log",
    "println",
    "eprintln",
    "print",
    "eprint",
    "dbg",
    "event",
    "span",
    "histogram",
    "counter",
    "gauge",
    "slog_debug",
    "slog_info",
    "info_span",
    "debug_span",
    "trace_span",
    "debug_assert",
    "observe",
    "increment_counter",
    "record_histogram",
    "slog_warn",
    "slog_trace",
    "slog_error",
    "crit",
];

/// Whether a name is that of a measurement or of a log.
pub(super) fn is_beside(text: &str) -> bool {
    BESIDE.iter().any(|word| has_word(text, word))
}

/// Whether a name is that of upkeep, which may be done at another time on each server: when the
/// state was saved last is no part of it.
pub(super) fn is_upkeep(text: &str) -> bool {
    const UPKEEP: &[&str] = &[
        "checkpoint",
        "flush",
        "save",
        "saved",
        "report",
        "compact",
        "compaction",
        "snapshot",
        "persist",
        "sync",
        "fsync",
        "backup",
        "print",
    ];
    text == "last" || UPKEEP.iter().any(|word| has_word(text, word))
}

/// Whether a call only waits, or ends the value.
fn is_waiting(text: &str) -> bool {
    ["sleep", "drop", "wait", "timeout"].iter().any(|word| has_word(text, word))
}

/// Whether what an expression gives can reach the state or the result.
pub(super) fn matters(tree: &Tree<'_>, expr: ExprId) -> bool {
    let mut fuel = MAX_STEPS;
    reaches(tree, expr, &mut fuel, &mut Vec::new())
}

fn reaches(tree: &Tree<'_>, from: ExprId, fuel: &mut u32, followed: &mut Vec<Name>) -> bool {
    let mut expr = from;
    // Given to a call, it stays where the call puts it, even if nothing comes back.
    let mut given = false;
    loop {
        let Some(less) = fuel.checked_sub(1) else { return false };
        *fuel = less;
        let parent = match tree.parent(expr) {
            None => return true,
            Some(Parent::Stmt) => return given,
            Some(Parent::Let(pat)) => {
                let names = tree.body.bindings([pat]);
                let ignored = matches!(tree.body.pat(pat), Pat::Wild);
                return !ignored && names.into_iter().any(|n| used(tree, n, fuel, followed));
            }
            Some(Parent::Expr(parent)) => parent,
        };
        match tree.kind(parent) {
            ExprKind::Macro { name, .. } if TELLING.contains(&tree.text(*name)) => return false,
            ExprKind::Assign(target, value) | ExprKind::AssignOp(_, target, value) => {
                if *value != expr || is_named_beside(tree, *target) {
                    return false;
                }
                return match tree.kind(*target) {
                    ExprKind::Path(path) if path.len() == 1 => used(tree, path[0], fuel, followed),
                    _ => true,
                };
            }
            ExprKind::MethodCall { receiver, method, .. } => {
                let text = tree.text(*method);
                let measures = is_beside(text) && !matches!(text, "elapsed" | "duration_since");
                if measures || matches!(text, "record" | "inc_by" | "observe_duration") {
                    return false;
                }
                if *receiver != expr {
                    if is_named_beside(tree, *receiver) || is_waiting(text) {
                        return false;
                    }
                    given = true;
                }
            }
            ExprKind::Call { callee, .. } => {
                if let ExprKind::Path(path) = tree.kind(*callee) {
                    let beside = |text: &str| is_beside(text) || is_waiting(text);
                    if path.iter().any(|name| beside(tree.text(*name))) {
                        return false;
                    }
                    given |= *callee != expr;
                }
            }
            ExprKind::Struct { fields, .. } => {
                let field = fields.iter().find(|(_, value)| *value == expr);
                if field.is_some_and(|(name, _)| is_beside(tree.text(*name))) {
                    return false;
                }
            }
            ExprKind::If { cond, then, otherwise } if *cond == expr => {
                let tells = |block: &ExprId| only_tells(tree, *block);
                return !(tells(then) && otherwise.iter().all(tells));
            }
            ExprKind::Match { scrutinee, arms } if *scrutinee == expr => {
                if matches!(tree.parent(parent), Some(Parent::Stmt)) {
                    return !arms.iter().all(|arm| only_tells(tree, arm.body));
                }
            }
            ExprKind::While { cond, .. } if *cond == expr => return true,
            ExprKind::Assert { .. } => return true,
            ExprKind::Return(_) => return true,
            _ => {}
        }
        expr = parent;
    }
}

/// Whether some use of a local reaches the state or the result.
fn used(tree: &Tree<'_>, name: Name, fuel: &mut u32, followed: &mut Vec<Name>) -> bool {
    if followed.contains(&name) {
        return false;
    }
    followed.push(name);
    let uses: Vec<ExprId> = tree.uses(name).collect();
    uses.into_iter().any(|at| reaches(tree, at, fuel, followed))
}

/// Whether the place behind an expression is called a measurement: `self.metrics.apply_time`.
pub(super) fn is_named_beside(tree: &Tree<'_>, mut expr: ExprId) -> bool {
    for _ in 0..12 {
        expr = match tree.kind(expr) {
            ExprKind::Field(base, name) => {
                if is_beside(tree.text(*name)) || is_upkeep(tree.text(*name)) {
                    return true;
                }
                *base
            }
            ExprKind::Path(path) => {
                return path.iter().any(|name| {
                    let text = tree.text(*name);
                    is_beside(text) || is_upkeep(text) || text.chars().all(|c| !c.is_lowercase())
                });
            }
            ExprKind::MethodCall { receiver, method, .. } => {
                if is_beside(tree.text(*method)) {
                    return true;
                }
                *receiver
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Ref(inner, _)
            | ExprKind::Index(inner, _)
            | ExprKind::Try(inner) => *inner,
            _ => return false,
        };
    }
    false
}

/// Whether a block does nothing but tell and measure.
pub(super) fn only_tells(tree: &Tree<'_>, block: ExprId) -> bool {
    match tree.kind(block) {
        ExprKind::Block { stmts, tail, .. } => {
            let told = |stmt: &Stmt| match stmt {
                Stmt::Expr(expr) => only_tells(tree, *expr),
                Stmt::Let { .. } => false,
            };
            stmts.iter().all(told) && tail.is_none_or(|tail| only_tells(tree, tail))
        }
        ExprKind::Macro { name, .. } => TELLING.contains(&tree.text(*name)),
        ExprKind::MethodCall { receiver, method, .. } => {
            is_beside(tree.text(*method)) || is_named_beside(tree, *receiver)
        }
        ExprKind::Tuple(all) => all.is_empty(),
        ExprKind::AssignOp(_, target, _) | ExprKind::Assign(target, _) => {
            is_named_beside(tree, *target)
        }
        ExprKind::If { then, otherwise, .. } => {
            only_tells(tree, *then) && otherwise.is_none_or(|o| only_tells(tree, o))
        }
        kind => children(kind).is_empty() && matches!(kind, ExprKind::Opaque),
    }
}
