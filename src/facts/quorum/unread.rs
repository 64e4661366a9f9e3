//! Tallies that are counted and then compared with nothing.

use super::code::{Code, UseKind};
use super::names;
use super::own::{self, Write};
use super::reading::Outcome;
use super::resolve::{Scope, is_transparent};
use super::{Form, Test};
use crate::ir::{ExprId, ExprKind, Literal, Name, Pat, Stmt};
use crate::program::FnId;
use crate::roles::state::States;

/// Traits whose methods look at every field, and decide nothing.
const PLAIN_TRAITS: &[&str] =
    &["Hash", "Debug", "Display", "Clone", "PartialEq", "Serialize", "Default"];

/// What a use of a tally does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Adds,
    Nothing,
    Reads,
}

/// Tallies of votes that nothing in the program reads.
pub(super) fn tallies(code: &Code<'_>, states: &States) -> Vec<Test> {
    let mut tests = Vec::new();
    for name in code.used_names() {
        if !names::is_vote_tally(code.text(name)) || names::is_against(code.text(name)) {
            continue;
        }
        let mut adds: Vec<(FnId, ExprId)> = Vec::new();
        let mut read = false;
        for used in code.uses(name) {
            let of_trait = code.program.function(used.function).owner.as_ref();
            let plain = of_trait.and_then(|owner| owner.trait_name);
            if plain.is_some_and(|t| PLAIN_TRAITS.contains(&code.text(t))) {
                continue;
            }
            match used.kind {
                UseKind::Init(_) => {}
                UseKind::Other => read = true,
                UseKind::Value => match doing(code, used.function, used.expr, name) {
                    Doing::Adds => adds.push((used.function, used.expr)),
                    Doing::Reads => read = true,
                    Doing::Nothing => {}
                },
            }
        }
        let Some(&(function, expr)) = adds.last().filter(|_| !read) else { continue };
        let package = code.program.package(function);
        let elects = || code.program.ids_of(package).any(|id| wins(code, id));
        let keeps_state = states.contains_key(&package);
        if keeps_state && !is_request_part(code, function, expr) && elects() {
            tests.push(unread(code, function, expr));
        }
    }
    tests
}

/// Whether a tally is a part of something that is sent.
fn is_request_part(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    let ExprKind::Field(base, _) = code.kind(function, expr) else { return false };
    let ExprKind::Path(path) = code.kind(function, *base) else { return false };
    path.last().is_some_and(|n| {
        let text = code.text(*n);
        ["req", "msg", "resp", "reply", "metric", "stats"].iter().any(|t| text.contains(t))
    })
}

fn unread(code: &Code<'_>, function: FnId, expr: ExprId) -> Test {
    let around = code.ancestors(function, expr);
    let whole = around.first().copied().unwrap_or(expr);
    Test {
        place: code.place(function, whole),
        function,
        outcome: Outcome::Less,
        helper: None,
        form: Form::Unread,
    }
}

fn doing(code: &Code<'_>, function: FnId, place: ExprId, name: Name) -> Doing {
    match own::written(code, function, place) {
        Some(Write::Add(_)) => return Doing::Adds,
        Some(Write::Set(_)) => return Doing::Nothing,
        None => {}
    }
    let mut at = place;
    for parent in code.ancestors(function, place) {
        match code.kind(function, parent) {
            ExprKind::MethodCall { receiver, method, args } if *receiver == at => {
                match code.text(*method) {
                    "insert" | "push" | "push_back" if !args.is_empty() => {
                        // Whether it was new may be what another count goes by.
                        return match is_dropped(code, function, parent) {
                            true => Doing::Adds,
                            false => Doing::Reads,
                        };
                    }
                    "contains" | "contains_key" => return looked_up(code, function, parent),
                    "clear" | "reserve" => return Doing::Nothing,
                    text if is_transparent(text) => {}
                    _ => return Doing::Reads,
                }
            }
            ExprKind::Ref(_, _) | ExprKind::Unary(..) => {}
            // Handed on under the same name: its uses there are seen, too.
            ExprKind::Call { args, .. } | ExprKind::MethodCall { args, .. } => {
                let Some(at) = args.iter().position(|a| *a == at) else { return Doing::Reads };
                let same = callee(code, function, parent)
                    .is_some_and(|id| code.parameter_name(id, at) == Some(name));
                return if same { Doing::Nothing } else { Doing::Reads };
            }
            ExprKind::Struct { fields, .. } => {
                let kept = fields.iter().any(|(n, value)| *value == at && *n == name);
                return if kept { Doing::Nothing } else { Doing::Reads };
            }
            ExprKind::Block { stmts, .. } if is_statement(stmts, at) => return Doing::Nothing,
            _ => return Doing::Reads,
        }
        at = parent;
    }
    Doing::Reads
}

fn is_statement(stmts: &[Stmt], expr: ExprId) -> bool {
    stmts.iter().any(|stmt| matches!(stmt, Stmt::Expr(e) if *e == expr))
}

/// Whether the value of an expression is dropped.
fn is_dropped(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    let mut at = expr;
    for parent in code.ancestors(function, expr) {
        match code.kind(function, parent) {
            ExprKind::Block { stmts, .. } if is_statement(stmts, at) => return true,
            ExprKind::Block { tail, .. } if *tail != Some(at) => return false,
            ExprKind::Block { .. } => {}
            ExprKind::If { cond, .. } if *cond != at => {}
            ExprKind::Match { scrutinee, .. } if *scrutinee != at => {}
            ExprKind::For { body, .. } | ExprKind::While { body, .. } if *body == at => {
                return true;
            }
            _ => return false,
        }
        at = parent;
    }
    false
}

/// A tally in which a voter is looked up: in a closure that counts, and where more goes by the
/// answer than whether the voter is added.
fn looked_up(code: &Code<'_>, function: FnId, call: ExprId) -> Doing {
    for around in code.ancestors(function, call) {
        match code.kind(function, around) {
            ExprKind::Unary(..) => {}
            ExprKind::If { then, otherwise: None, .. } => {
                let more = code.below(function, *then).iter().any(|e| {
                    matches!(
                        code.kind(function, *e),
                        ExprKind::AssignOp(..)
                            | ExprKind::Assign(..)
                            | ExprKind::Return(_)
                            | ExprKind::Continue { .. }
                            | ExprKind::Break { .. }
                    )
                });
                return if more { Doing::Reads } else { Doing::Nothing };
            }
            _ => return Doing::Reads,
        }
    }
    Doing::Reads
}

fn callee(code: &Code<'_>, function: FnId, call: ExprId) -> Option<FnId> {
    let caller = code.program.function(function);
    let package = code.program.package(function);
    let found = match code.kind(function, call) {
        ExprKind::MethodCall { method, args, .. } => {
            let unknown = crate::program::Receiver::Unknown;
            code.program.resolve_method(unknown, *method, args.len(), caller, package)
        }
        ExprKind::Call { callee, args } => {
            let ExprKind::Path(path) = code.kind(function, *callee) else { return None };
            code.program.resolve_path(path, args.len(), caller, package)
        }
        _ => return None,
    };
    match found[..] {
        [id] => Some(id),
        _ => None,
    }
}

/// Counts and needed numbers of a function that wins an election or commits, which it never reads.
pub(super) fn locals(code: &Code<'_>, function: FnId) -> Vec<Test> {
    let mut tests = Vec::new();
    if !decides(code, function) {
        return tests;
    }
    let body = code.body(function);
    for expr in &body.exprs {
        let ExprKind::Block { stmts, .. } = &expr.kind else { continue };
        for stmt in stmts {
            let Stmt::Let { pat, init: Some(init), .. } = stmt else { continue };
            let Pat::Bind { name, .. } = body.pat(*pat) else { continue };
            if code.text(*name).starts_with('_') || names::is_vote_tally(code.text(*name)) {
                continue; // the latter are looked at by name
            }
            tests.extend(local(code, function, *name, *init));
        }
    }
    tests
}

fn local(code: &Code<'_>, function: FnId, name: Name, init: ExprId) -> Option<Test> {
    let doings: Vec<(ExprId, Doing)> = code
        .local_uses(function, name)
        .into_iter()
        .map(|place| (place, doing(code, function, place, name)))
        .collect();
    if doings.iter().any(|(_, doing)| *doing == Doing::Reads) {
        return None;
    }
    let starts_as_int = matches!(code.kind(function, init), ExprKind::Lit(Literal::Int(_)));
    let added = doings.iter().find(|(_, doing)| *doing == Doing::Adds).map(|(place, _)| *place);
    if starts_as_int && let Some(place) = added {
        let counts = ["count", "match", "succ", "ack", "agree", "yes", "repl"];
        let text = code.text(name);
        return counts.iter().any(|c| text.contains(c)).then(|| unread(code, function, place));
    }
    if !doings.is_empty() {
        return None;
    }
    let number = code.number(&Scope::of(function), init);
    let atoms = number.atoms()?;
    let [atom] = &atoms[..] else { return None };
    let needed = number.scaled().0.contains(atom) && names::is_membership(code.text(atom.name));
    let counted = atom.source == super::number::Source::Filtered
        && (names::is_counted(code.text(name)) || names::is_counted(code.text(atom.name)));
    (needed || counted).then(|| Test {
        place: code.place(function, init),
        function,
        outcome: Outcome::Less,
        helper: None,
        form: Form::Unread,
    })
}

/// Whether a function decides by a majority: it makes this server leader, commits, or says by its
/// name that it answers that question.
fn decides(code: &Code<'_>, function: FnId) -> bool {
    let commits = |e: &ExprKind| match e {
        ExprKind::Assign(target, _) | ExprKind::AssignOp(_, target, _) => {
            match code.kind(function, *target) {
                ExprKind::Field(_, name) => code.text(*name).contains("commit"),
                _ => false,
            }
        }
        _ => false,
    };
    names::is_quorum(code.text(code.program.function(function).name))
        || wins(code, function)
        || code.body(function).exprs.iter().any(|e| commits(&e.kind))
}

/// Whether a function makes this server the leader.
fn wins(code: &Code<'_>, function: FnId) -> bool {
    let is_leader = |value: ExprId| match code.kind(function, value) {
        ExprKind::Path(path) | ExprKind::Struct { path, .. } => {
            path.last().is_some_and(|n| code.text(*n) == "Leader")
        }
        _ => false,
    };
    code.body(function).exprs.iter().any(|e| match &e.kind {
        ExprKind::MethodCall { method, .. } => names::is_win(code.text(*method)),
        ExprKind::Assign(_, value) => match code.kind(function, *value) {
            ExprKind::Call { callee, .. } => is_leader(*callee),
            _ => is_leader(*value),
        },
        _ => false,
    })
}
