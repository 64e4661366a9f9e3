//! The order of a hash map: whether what is made of it depends on it.

use super::flow;
use super::tree::{Parent, Tree};
use super::turns::{self, Turn};
use super::types;
use crate::ir::{ExprId, ExprKind, Name, Pat, TypeRef};

/// Methods that go over all elements.
const ITERATES: &[&str] = &[
    "iter",
    "iter_mut",
    "keys",
    "values",
    "values_mut",
    "into_iter",
    "into_keys",
    "into_values",
    "drain",
];
/// Steps after which the order is still there.
const KEEPS: &[&str] = &[
    "map",
    "filter",
    "filter_map",
    "flat_map",
    "cloned",
    "copied",
    "enumerate",
    "rev",
    "skip",
    "take",
    "inspect",
    "chain",
    "take_while",
    "skip_while",
    "step_by",
    "peekable",
    "zip",
    "into_iter",
    "iter",
    "by_ref",
    "flatten",
    "iter_mut",
];
const MAX_STEPS: usize = 16;

/// The expression at which an iteration is reported.
pub(super) fn iterated(tree: &Tree<'_>, at: ExprId) -> ExprId {
    match tree.kind(at) {
        ExprKind::For { iter, .. } => *iter,
        _ => at,
    }
}

/// Whether this goes over a hash map, and its order reaches the state or the result.
pub(super) fn matters(tree: &Tree<'_>, at: ExprId, is_root: bool) -> bool {
    let unordered =
        |expr: ExprId| types::of(tree, expr).is_some_and(|ty| types::is_unordered(tree, &ty));
    match tree.kind(at) {
        ExprKind::For { pat, iter, body, .. } => {
            let whole = matches!(
                tree.kind(*iter),
                ExprKind::Ref(_, _) | ExprKind::Path(_) | ExprKind::Field(..) | ExprKind::Unary(..)
            );
            whole && unordered(*iter) && turns::matter(&Turn::of(tree, &[*pat], *body, is_root))
        }
        // `map.retain(|key, value| …)`
        ExprKind::MethodCall { receiver, method, args } if tree.text(*method) == "retain" => {
            unordered(*receiver) && args.iter().any(|arg| closure_matters(tree, *arg, is_root))
        }
        ExprKind::MethodCall { receiver, method, args } => {
            args.is_empty()
                && ITERATES.contains(&tree.text(*method))
                && unordered(*receiver)
                && chain_matters(tree, at, is_root)
        }
        _ => false,
    }
}

/// Whether the order of an iterator reaches the state or the result.
fn chain_matters(tree: &Tree<'_>, at: ExprId, is_root: bool) -> bool {
    let mut expr = at;
    for _ in 0..MAX_STEPS {
        let parent = match tree.parent(expr) {
            Some(Parent::Expr(parent)) => parent,
            Some(Parent::Let(pat)) => {
                let Pat::Bind { name, .. } = tree.body.pat(pat) else { return false };
                return iterator_matters(tree, *name, is_root);
            }
            Some(Parent::Stmt) | None => return false,
        };
        match tree.kind(parent) {
            ExprKind::MethodCall { receiver, method, args } if *receiver == expr => {
                let text = tree.text(*method);
                match text {
                    _ if KEEPS.contains(&text) => expr = parent,
                    "collect" | "collect_vec" => return collected_matters(tree, parent, is_root),
                    // The first of them is any of them.
                    "next" | "last" | "nth" => return is_root && flow::matters(tree, parent),
                    "find" | "find_map" => {
                        let one = args.iter().any(|arg| turns::is_look_up(tree, *arg));
                        return is_root && !one && flow::matters(tree, parent);
                    }
                    "for_each" => {
                        return args.iter().any(|arg| closure_matters(tree, *arg, is_root));
                    }
                    _ => return false,
                }
            }
            ExprKind::For { pat, iter, body, .. } if *iter == expr => {
                return turns::matter(&Turn::of(tree, &[*pat], *body, is_root));
            }
            ExprKind::Ref(_, _) => expr = parent,
            _ => return false,
        }
    }
    false
}

/// Whether a closure that is called for each element leaves something behind in their order.
fn closure_matters(tree: &Tree<'_>, closure: ExprId, is_root: bool) -> bool {
    match tree.kind(closure) {
        ExprKind::Closure { params, body } => {
            turns::matter(&Turn::of(tree, params, *body, is_root).without_returns())
        }
        _ => false,
    }
}

fn iterator_matters(tree: &Tree<'_>, name: Name, is_root: bool) -> bool {
    let uses: Vec<ExprId> = tree.uses(name).collect();
    uses.into_iter().any(|at| match tree.parent(at) {
        Some(Parent::Expr(parent)) => match tree.kind(parent) {
            ExprKind::For { pat, iter, body, .. } if *iter == at => {
                turns::matter(&Turn::of(tree, &[*pat], *body, is_root))
            }
            ExprKind::MethodCall { receiver, .. } if *receiver == at => {
                chain_matters(tree, at, is_root)
            }
            _ => false,
        },
        _ => false,
    })
}

/// Whether the order of a collection matters that is made of an unordered one.
fn collected_matters(tree: &Tree<'_>, collected: ExprId, is_root: bool) -> bool {
    let mut expr = collected;
    for _ in 0..MAX_STEPS {
        match tree.parent(expr) {
            None => return is_root && returns_sequence(tree),
            Some(Parent::Stmt) => return false,
            Some(Parent::Let(pat)) => {
                let Pat::Bind { name, .. } = tree.body.pat(pat) else { return false };
                return list_matters(tree, *name, is_root);
            }
            Some(Parent::Expr(parent)) => match tree.kind(parent) {
                ExprKind::Return(_) => return is_root && returns_sequence(tree),
                ExprKind::Try(_)
                | ExprKind::Block { .. }
                | ExprKind::Match { .. }
                | ExprKind::If { .. } => expr = parent,
                ExprKind::Call { callee, .. } => {
                    let wraps = match tree.kind(*callee) {
                        ExprKind::Path(path) => path
                            .last()
                            .is_some_and(|n| tree.text(*n).starts_with(|c: char| c.is_uppercase())),
                        _ => false,
                    };
                    if !wraps {
                        return false;
                    }
                    // `Response::Keys(..)`: what its payload is made of is what it declares.
                    if !holds_sequence(tree, *callee) {
                        return false;
                    }
                    return is_root && is_returned(tree, parent);
                }
                _ => return false,
            },
        }
    }
    false
}

/// Whether what is returned is a sequence, and not a set or a map that orders itself.
fn returns_sequence(tree: &Tree<'_>) -> bool {
    fn sequence(tree: &Tree<'_>, ty: &TypeRef) -> bool {
        match ty {
            TypeRef::Path { name, args, .. } => match tree.text(*name) {
                "Vec" | "VecDeque" | "String" => true,
                "Option" | "Result" | "Box" => args.first().is_some_and(|a| sequence(tree, a)),
                _ => false,
            },
            TypeRef::Slice(_) => true,
            _ => false,
        }
    }
    sequence(tree, &tree.function.ret)
}

/// Whether a variant or tuple struct is declared to hold a sequence; what is not declared here
/// (`Some`, `Ok`) is judged by what the function returns.
fn holds_sequence(tree: &Tree<'_>, callee: ExprId) -> bool {
    let ExprKind::Path(path) = tree.kind(callee) else { return false };
    let Some((&name, before)) = path.split_last() else { return false };
    let known = tree.program.known;
    if [known.some, known.ok].contains(&Some(name)) {
        return returns_sequence(tree);
    }
    let declared = tree.program.variant_def(before.last().copied(), name, tree.package);
    declared.is_some_and(|(_, variant)| {
        variant.fields.first().is_some_and(|field| match &field.ty {
            TypeRef::Path { name, .. } => matches!(tree.text(*name), "Vec" | "VecDeque" | "String"),
            _ => false,
        })
    })
}

/// Whether an expression is what the function gives back.
pub(super) fn is_returned(tree: &Tree<'_>, mut expr: ExprId) -> bool {
    for _ in 0..MAX_STEPS {
        expr = match tree.parent(expr) {
            None => return true,
            Some(Parent::Expr(parent)) => match tree.kind(parent) {
                ExprKind::Return(_) => return true,
                ExprKind::Block { .. }
                | ExprKind::Match { .. }
                | ExprKind::If { .. }
                | ExprKind::Call { .. } => parent,
                _ => return false,
            },
            Some(Parent::Let(_) | Parent::Stmt) => return false,
        };
    }
    false
}

/// Whether the order of a list matters that was filled in an unordered way.
fn list_matters(tree: &Tree<'_>, name: Name, is_root: bool) -> bool {
    let ordered = match tree.declaration(name) {
        Some((Some(TypeRef::Path { name, .. }), _)) => {
            !matches!(tree.text(*name), "Vec" | "VecDeque" | "String" | "Result" | "Option")
        }
        _ => false,
    };
    if ordered || is_sorted(tree, name) {
        return false;
    }
    let uses: Vec<ExprId> = tree.uses(name).collect();
    uses.into_iter().any(|at| {
        let mut expr = at;
        if let Some(Parent::Expr(parent)) = tree.parent(expr)
            && matches!(tree.kind(parent), ExprKind::Ref(_, _))
        {
            expr = parent;
        }
        match tree.parent(expr) {
            Some(Parent::Expr(parent)) => match tree.kind(parent) {
                ExprKind::For { pat, iter, body, .. } if *iter == expr => {
                    turns::matter(&Turn::of(tree, &[*pat], *body, is_root))
                }
                ExprKind::Return(_) | ExprKind::Block { .. } | ExprKind::Call { .. } => {
                    is_root && returned_list(tree, expr)
                }
                ExprKind::MethodCall { receiver, method, .. } if *receiver == expr => {
                    tree.text(*method) == "join" && is_root && is_returned(tree, parent)
                }
                _ => false,
            },
            None => is_root && returns_sequence(tree),
            _ => false,
        }
    })
}

/// Whether a list is what the function gives back, or goes into it.
pub(super) fn returned_list(tree: &Tree<'_>, at: ExprId) -> bool {
    let callee = match tree.parent(at) {
        Some(Parent::Expr(parent)) => match tree.kind(parent) {
            ExprKind::Call { callee, .. } => Some(*callee),
            _ => None,
        },
        _ => None,
    };
    let sequence = callee.map_or_else(|| returns_sequence(tree), |c| holds_sequence(tree, c));
    sequence && is_returned(tree, at)
}

/// Whether a local or a field of this name is sorted somewhere in the function.
pub(super) fn is_sorted(tree: &Tree<'_>, name: Name) -> bool {
    tree.exprs().any(|(_, expr)| match &expr.kind {
        ExprKind::MethodCall { receiver, method, .. } => {
            let on = match tree.kind(*receiver) {
                ExprKind::Path(path) => **path == [name],
                ExprKind::Field(_, field) => *field == name,
                _ => false,
            };
            on && (tree.text(*method).starts_with("sort")
                || tree.text(*method) == "into_sorted_vec")
        }
        _ => false,
    })
}
