//! Majorities taken by position: the sorted match indexes, and the first so many voters.

use super::code::{Binding, Code, UseKind};
use super::names;
use super::number::{Atom, Number};
use super::own::{Own, Write, written};
use super::reading::Majority;
use super::resolve::Scope;
use super::{Form, Test};
use crate::ir::{ExprId, ExprKind, Literal, Name};
use crate::program::FnId;

/// Parts of names for what is sorted.
const SORTED: &[&str] = &[
    "match",
    "index",
    "indic",
    "ack",
    "progress",
    "commit",
    "median",
    "replicat",
    "consensus",
    "quorum",
    "majority",
    "values",
];

/// The tests by position in a function.
pub(super) fn of_function(code: &Code<'_>, function: FnId) -> Vec<Test> {
    let body = code.body(function);
    let mut tests = Vec::new();
    for (i, expr) in body.exprs.iter().enumerate() {
        let at = ExprId(i as u32);
        let found = match &expr.kind {
            ExprKind::Index(base, index) => Some((*base, Some(*index), Pick::At)),
            ExprKind::MethodCall { receiver, method, args } => {
                let first = args.first().copied();
                match code.text(*method) {
                    "get" | "nth" if args.len() == 1 => Some((*receiver, first, Pick::At)),
                    "skip" if args.len() == 1 => Some((*receiver, first, Pick::At)),
                    "select_nth_unstable" | "select_nth_unstable_by" => {
                        Some((*receiver, first, Pick::Select(args.get(1).copied())))
                    }
                    "max" if args.is_empty() => Some((*receiver, None, Pick::At)),
                    "take" if args.len() == 1 => {
                        tests.extend(taken(code, function, at, args[0]));
                        None
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some((list, index, pick)) = found {
            tests.extend(picked(code, function, at, (list, index, pick)));
        }
    }
    tests
}

/// How the value is taken out.
#[derive(Clone, Copy)]
enum Pick {
    /// By position in a list that was sorted before.
    At,
    /// By a selection, with the comparison that orders it.
    Select(Option<ExprId>),
}

fn picked(
    code: &Code<'_>,
    function: FnId,
    at: ExprId,
    (list, index, pick): (ExprId, Option<ExprId>, Pick),
) -> Option<Test> {
    let scope = Scope::of(function);
    let (name, reversed) = source(code, function, list)?;
    let own_text = code.text(code.program.function(function).name);
    let speaks = |text: &str| {
        let text = text.to_lowercase();
        SORTED.iter().any(|s| text.contains(s))
    };
    if !speaks(code.text(name)) && !speaks(own_text) {
        return None;
    }
    let descending = match pick {
        Pick::Select(order) => order.is_some_and(|e| is_descending(code, function, e)),
        Pick::At => sorted(code, function, name, at)? != reversed,
    };
    let position = match index {
        Some(index) => code.number(&scope, index),
        None if reversed => Number::Int(0), // `.rev().max()` of all
        None => return None,
    };
    let atoms = position.atoms()?;
    let (halved, _) = position.scaled();
    let size = match &atoms[..] {
        [size] if halved.contains(size) => std::rc::Rc::clone(size),
        [] if index.is_none() => match code.atom(name, super::number::Source::Length, Own::Unknown)
        {
            Number::Atom(atom) => atom,
            _ => return None,
        },
        _ => return None,
    };
    let value = |n: i64| position.value(&|_: &Atom| Some(n));
    let has_own = list_has_own(code, function, name);
    let of_list = size.name == name;
    if of_list && has_own == Own::Yes && is_made_with_own(code, function, name) {
        return None; // its slot of this server is left at zero, or is counted twice
    }
    let size_own = match (of_list, position.adds_self(&size)) {
        (true, _) => has_own,
        (_, true) => Own::No,
        _ => code.own_of(&scope, &size),
    };
    let count = if of_list { Own::As(size.name) } else { has_own };
    let least = |n: i64| {
        let position = value(n)?;
        match descending {
            true => Some(position + 1),
            // As long as all voters: what is missing in a shorter list is not there to be picked.
            false => Some(n - position),
        }
    };
    if !descending && !of_list && position.adds_self(&size) {
        return None;
    }
    // Whether the list is one of all voters its name does not say.
    let size_text = if of_list { "peers" } else { code.text(size.name) };
    let count = if of_list { Own::As(size.name) } else { count };
    let majority = Majority { count, size: &size, size_own, size_text, least: &least };
    let outcome = majority.outcome();
    let helper = position
        .helpers()
        .into_iter()
        .find(|(id, _)| names::is_quorum(code.text(code.program.function(*id).name)));
    Some(Test { place: code.place(function, at), function, outcome, helper, form: Form::Median })
}

/// The local list that a chain starts at, and whether the chain reverses it.
fn source(code: &Code<'_>, function: FnId, list: ExprId) -> Option<(Name, bool)> {
    let mut reversed = false;
    let mut at = list;
    loop {
        match code.kind(function, at) {
            ExprKind::Ref(e, _) | ExprKind::Unary(_, e) => at = *e,
            ExprKind::MethodCall { receiver, method, args } => {
                match code.text(*method) {
                    "rev" => reversed = !reversed,
                    "iter" | "into_iter" | "copied" | "cloned" | "as_slice" | "iter_mut"
                    | "borrow" | "borrow_mut" | "lock" | "unwrap" => {}
                    "skip" if args.len() == 1 => return None,
                    _ => return None,
                }
                at = *receiver;
            }
            ExprKind::Path(path) if path.len() == 1 => {
                let name = path[0];
                // `let top = sorted.into_iter().rev().skip(k);` is followed.
                if let Some(Binding::Init(init)) = code.binding(function, name, at)
                    && let ExprKind::MethodCall { method, .. } = code.kind(function, init)
                    && matches!(code.text(*method), "rev" | "into_iter")
                    && init != at
                {
                    at = init;
                    continue;
                }
                return Some((name, reversed));
            }
            _ => return None,
        }
    }
}

/// Whether a local list was sorted before, and then stands in descending order.
fn sorted(code: &Code<'_>, function: FnId, name: Name, used: ExprId) -> Option<bool> {
    let before = code.body(function).expr(used).span.end;
    let mut order: Option<bool> = None;
    let mut calls: Vec<(u32, &str, Option<ExprId>)> = Vec::new();
    for place in code.local_uses(function, name) {
        let parents = code.ancestors(function, place);
        let Some(&parent) = parents.first() else { continue };
        let ExprKind::MethodCall { receiver, method, args } = code.kind(function, parent) else {
            continue;
        };
        let end = code.body(function).expr(parent).span.end;
        if *receiver == place && end <= before {
            calls.push((end, code.text(*method), args.first().copied()));
        }
    }
    calls.sort_by_key(|call| call.0);
    for (_, method, argument) in calls {
        match method {
            "sort" | "sort_unstable" => order = Some(false),
            "reverse" => order = order.map(|descending| !descending),
            _ if method.starts_with("sort") => {
                order = Some(argument.is_some_and(|e| is_descending(code, function, e)));
            }
            _ => {}
        }
    }
    order
}

/// Whether a comparison closure puts the greater first.
fn is_descending(code: &Code<'_>, function: FnId, closure: ExprId) -> bool {
    let mut turns = false;
    let below = code.below(function, closure);
    let root = |mut e: ExprId| loop {
        match code.kind(function, e) {
            ExprKind::Field(base, _)
            | ExprKind::Ref(base, _)
            | ExprKind::Unary(_, base)
            | ExprKind::MethodCall { receiver: base, .. } => e = *base,
            ExprKind::Path(path) => return path.first().copied(),
            _ => return None,
        }
    };
    let ExprKind::Closure { params, .. } = code.kind(function, closure) else {
        return false;
    };
    let names: Vec<Vec<Name>> = params.iter().map(|p| code.body(function).bindings([*p])).collect();
    for e in below {
        match code.kind(function, e) {
            ExprKind::MethodCall { receiver, method, args } => match code.text(*method) {
                "reverse" => turns = !turns,
                "cmp" | "partial_cmp" | "total_cmp" => {
                    let (from, to) = (root(*receiver), args.first().and_then(|a| root(*a)));
                    let second = names.get(1).is_some_and(|n| from.is_some_and(|f| n.contains(&f)));
                    let first = names.first().is_some_and(|n| to.is_some_and(|t| n.contains(&t)));
                    if second && first {
                        turns = !turns;
                    }
                }
                _ => {}
            },
            ExprKind::Call { callee, .. } => {
                if let ExprKind::Path(path) = code.kind(function, *callee)
                    && path.last().is_some_and(|n| code.text(*n) == "Reverse")
                {
                    turns = !turns;
                }
            }
            _ => {}
        }
    }
    turns
}

/// Whether a list is a copy of one that has a slot for this server already.
fn is_made_with_own(code: &Code<'_>, function: FnId, name: Name) -> bool {
    code.local_uses(function, name).into_iter().any(|place| {
        let Some(Binding::Init(init)) = code.binding(function, name, place) else { return false };
        let Some(copied) = code.collection(function, init) else { return false };
        // `match_index: vec![0; self.peers.len()]`
        let package = code.program.package(function);
        code.uses_in(package, copied).any(|used| {
            let value = match (used.kind, written(code, used.function, used.expr)) {
                (UseKind::Init(value), _) | (UseKind::Value, Some(Write::Set(value))) => value,
                _ => return false,
            };
            code.below(used.function, value).iter().any(|e| match code.kind(used.function, *e) {
                ExprKind::MethodCall { receiver, method, .. } if code.text(*method) == "len" => {
                    let voters = code.collection(used.function, *receiver);
                    voters.is_some_and(|v| code.own_of_collection(used.function, v) == Own::Yes)
                }
                _ => false,
            })
        })
    })
}

/// Whether this server's own index is put into a list of match indexes.
fn list_has_own(code: &Code<'_>, function: FnId, name: Name) -> Own {
    let chains = |of: FnId, value: ExprId| {
        code.below(of, value).iter().any(|e| match code.kind(of, *e) {
            ExprKind::MethodCall { method, .. } => code.text(*method) == "chain",
            _ => false,
        })
    };
    let params = &code.program.function(function).params;
    if let Some(at) = (0..params.len()).find(|i| code.parameter_name(function, *i) == Some(name)) {
        let calls = code.calls_of(function);
        let chained = |(caller, args): &(FnId, Vec<ExprId>)| {
            let Some(&given) = args.get(at) else { return false };
            let local = match code.kind(*caller, given) {
                ExprKind::Path(path) if path.len() == 1 => code.binding(*caller, path[0], given),
                _ => None,
            };
            match local {
                Some(Binding::Init(init)) => chains(*caller, init),
                _ => chains(*caller, given),
            }
        };
        if !calls.is_empty() && calls.iter().all(chained) {
            return Own::Yes;
        }
    }
    let mut first_loop = Own::Unknown;
    for place in code.local_uses(function, name) {
        let around = code.ancestors(function, place);
        let Some(&parent) = around.first() else { continue };
        if let ExprKind::MethodCall { receiver, method, .. } = code.kind(function, parent)
            && *receiver == place
            && matches!(code.text(*method), "push" | "insert" | "push_back")
        {
            let looped = around.iter().any(|e| {
                matches!(
                    code.kind(function, *e),
                    ExprKind::For { .. } | ExprKind::While { .. } | ExprKind::Closure { .. }
                )
            });
            if !looped {
                return Own::Yes;
            }
        }
        if let Some(Binding::Init(init)) = code.binding(function, name, place) {
            let own = code.below(function, init).iter().any(|e| match code.kind(function, *e) {
                ExprKind::MethodCall { method, .. } => code.text(*method) == "chain",
                ExprKind::Array(parts) => !parts.is_empty(),
                _ => false,
            });
            if own {
                return Own::Yes;
            }
            first_loop = match code.own_of_chain(&Scope::of(function), init) {
                Own::As(list) => code.own_of_collection(function, list),
                own => own,
            };
        }
    }
    first_loop
}

/// `voters.iter().take(n / 2 + 1)`, kept under a name that speaks of a majority.
fn taken(code: &Code<'_>, function: FnId, at: ExprId, limit: ExprId) -> Option<Test> {
    let scope = Scope::of(function);
    let number = code.number(&scope, limit);
    let atoms = number.atoms()?;
    let [size] = &atoms[..] else { return None };
    if !number.scaled().0.contains(size) || !names::is_membership(code.text(size.name)) {
        return None;
    }
    let named = code.body(function).exprs.iter().any(|e| match &e.kind {
        ExprKind::Block { stmts, .. } => stmts.iter().any(|stmt| match stmt {
            crate::ir::Stmt::Let { pat, init: Some(init), .. } => {
                code.below(function, *init).contains(&at)
                    && code
                        .body(function)
                        .bindings([*pat])
                        .iter()
                        .any(|n| names::is_quorum(code.text(*n)))
            }
            _ => false,
        }),
        ExprKind::Struct { fields, .. } => fields.iter().any(|(name, value)| {
            names::is_quorum(code.text(*name)) && code.below(function, *value).contains(&at)
        }),
        _ => false,
    });
    if !named || matches!(code.kind(function, limit), ExprKind::Lit(Literal::Int(_))) {
        return None;
    }
    let least = |n: i64| number.value(&|_: &Atom| Some(n));
    let own = code.own_of(&scope, size);
    let majority = Majority {
        count: Own::As(size.name),
        size,
        size_own: own,
        size_text: code.text(size.name),
        least: &least,
    };
    let outcome = majority.outcome();
    Some(Test {
        place: code.place(function, at),
        function,
        outcome,
        helper: None,
        form: Form::Compared,
    })
}
