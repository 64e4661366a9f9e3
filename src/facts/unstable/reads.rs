//! What is not the same on every server: clocks, random numbers, the process and its thread, its
//! environment, and the order of a hash map.

use super::flow;
use super::order;
use super::tree::Tree;
use crate::ir::{ExprId, ExprKind, Name};
use crate::program::{FnId, Program};
use crate::protocol::Fact;

/// The reads of a function that reach the state or the result. `is_root` says that what it
/// returns is the result of the application.
pub(super) fn of(tree: &Tree<'_>, is_root: bool) -> Vec<(ExprId, Fact)> {
    let mut found = Vec::new();
    for (at, expr) in tree.exprs() {
        match &expr.kind {
            ExprKind::Call { callee, .. } => {
                if let ExprKind::Path(path) = tree.kind(*callee)
                    && let Some(fact) = called(tree, path)
                    && flow::matters(tree, at)
                {
                    found.push((at, fact));
                }
            }
            ExprKind::MethodCall { .. } | ExprKind::For { .. }
                if order::matters(tree, at, is_root) =>
            {
                found.push((order::iterated(tree, at), Fact::ReadsHashOrder));
            }
            _ => {}
        }
    }
    found
}

/// What a call by path reads.
fn called(tree: &Tree<'_>, path: &[Name]) -> Option<Fact> {
    let (&last, before) = path.split_last()?;
    let of = before.last().map(|name| tree.text(*name)).unwrap_or_default();
    // A function of the program is looked into instead.
    let own = before.last().is_some_and(|name| {
        tree.program.struct_def(*name, tree.package).is_some()
            || tree.program.enum_def(*name, tree.package).is_some()
    });
    if own {
        return None;
    }
    Some(match (of, tree.text(last)) {
        (
            "SystemTime" | "Instant" | "Utc" | "Local" | "OffsetDateTime" | "PrimitiveDateTime"
            | "Zoned" | "Timestamp" | "DateTime",
            "now" | "now_utc" | "now_local",
        )
        | ("time", "now" | "get_time") => Fact::ReadsClock,
        ("rand", "random" | "thread_rng" | "rng" | "random_range" | "random_bool")
        | ("", "thread_rng")
        | ("Uuid", "new_v4" | "new_v1" | "new_v6" | "now_v7" | "now_v1" | "now_v6")
        | ("Ulid", "new")
        | ("fastrand", _)
        | ("getrandom", "getrandom" | "fill")
        | (_, "from_entropy" | "from_os_rng")
        | ("RandomState", "new") => Fact::ReadsRandom,
        ("thread", "current") | ("process", "id") => Fact::ReadsIdentity,
        ("env", "var" | "vars" | "var_os" | "args" | "current_dir" | "temp_dir") => {
            Fact::ReadsIdentity
        }
        ("hostname", "get") | ("", "gethostname") => Fact::ReadsIdentity,
        _ => return None,
    })
}

/// Whether a function has nothing to do with what is applied: it logs, measures, or makes an error.
pub(super) fn is_beside(program: &Program, id: FnId) -> bool {
    let function = program.function(id);
    let text = program.text(function.name);
    flow::is_beside(text)
        || flow::is_upkeep(text)
        || matches!(text, "fmt" | "new" | "default" | "from")
}
