//! The question whether a voter was counted before, on the way to where its vote is counted.

use super::code::{Binding, Code};
use super::names;
use super::resolve::is_transparent;
use crate::ir::{BinaryOp, ExprId, ExprKind, Literal, Name, Stmt, TypeRef, UnaryOp};
use crate::program::{FnId, Receiver};
use crate::protocol::Message;
use crate::roles::messages;
use crate::roles::vocabulary::Words;

/// How far the origin of a flag is followed.
const MAX_STEPS: usize = 12;

/// Methods that look something up in a collection.
const LOOKS: &[&str] =
    &["contains", "insert", "contains_key", "remove", "replace", "any", "all", "take"];
/// Methods that look for something to go on with; of members, every voter is one.
const FINDS: &[&str] = &["get", "find", "position", "binary_search"];
/// Parts of names of what is kept for each voter.
const FLAGS: &[&str] = &["vote", "grant", "answered", "responded", "counted", "seen"];

/// Whether a name is that of the server that a message is from.
pub(super) fn is_sender(text: &str) -> bool {
    matches!(
        text,
        "from"
            | "from_id"
            | "src"
            | "source"
            | "sender"
            | "sender_id"
            | "voter"
            | "voter_id"
            | "peer"
            | "peer_id"
            | "node_id"
            | "server_id"
            | "target"
            | "replica_id"
            | "follower"
    )
}

/// Whether an expression has the sender of a message in it, or is a whole reply.
pub(super) fn names_sender(code: &Code<'_>, function: FnId, expr: ExprId) -> bool {
    code.below(function, expr).iter().any(|e| match code.kind(function, *e) {
        ExprKind::Field(_, name) => is_sender(code.text(*name)),
        ExprKind::Path(path) if path.len() == 1 => {
            is_sender(code.text(path[0])) || is_reply(code, function, path[0], *e)
        }
        _ => false,
    })
}

/// Whether a local is the reply: by its type, or by its name.
fn is_reply(code: &Code<'_>, function: FnId, name: Name, at: ExprId) -> bool {
    let (program, package) = (code.program, code.program.package(function));
    match code.binding(function, name, at) {
        Some(Binding::Param(param)) => {
            let declared = program.function(function);
            let Some(param) = declared.params.get(param) else { return false };
            messages::by_type(program, &param.ty, package) == Some(Message::VoteReply)
                || messages::is_envelope(program, &param.ty, package)
        }
        _ => program.words(name).any(Words::REPLY.with(Words::REQUEST)),
    }
}

/// The one function that a call runs, and what it is given.
pub(super) fn called<'p>(
    code: &Code<'p>,
    function: FnId,
    call: ExprId,
) -> Option<(FnId, &'p [ExprId])> {
    let program = code.program;
    let (caller, package) = (program.function(function), program.package(function));
    let (found, args) = match code.kind(function, call) {
        ExprKind::MethodCall { receiver, method, args } => {
            let ty = receiver_type(code, function, *receiver);
            let receiver = ty.as_ref().map_or(Receiver::Unknown, Receiver::Typed);
            (program.resolve_method(receiver, *method, args.len(), caller, package), args)
        }
        ExprKind::Call { callee, args } => {
            let ExprKind::Path(path) = code.kind(function, *callee) else { return None };
            (program.resolve_path(path, args.len(), caller, package), args)
        }
        _ => return None,
    };
    match found[..] {
        [id] if program.function(id).root.is_some() => Some((id, args)),
        _ => None,
    }
}

/// The type of `self` or of a field of it.
fn receiver_type(code: &Code<'_>, function: FnId, receiver: ExprId) -> Option<TypeRef> {
    let program = code.program;
    match code.kind(function, receiver) {
        ExprKind::Path(path) if program.known.is_self(path) => {
            program.function(function).owner.as_ref().map(|owner| owner.self_ty.clone())
        }
        ExprKind::Field(base, name) => {
            let base = receiver_type(code, function, *base)?;
            program.field_type(&base, *name, program.package(function))
        }
        _ => None,
    }
}

/// The question before this expression whether the voter was counted before.
pub(super) fn before(code: &Code<'_>, function: FnId, at: ExprId) -> Option<ExprId> {
    let asks = |cond: ExprId, holds: Option<bool>| {
        Question { code, function, tally: at }.asked(cond, holds)
    };
    let mut inner = at;
    for around in code.ancestors(function, at) {
        match code.kind(function, around) {
            ExprKind::If { cond, then, .. } if *then == inner && asks(*cond, Some(true)) => {
                return Some(*cond);
            }
            ExprKind::If { cond, otherwise: Some(otherwise), .. }
                if *otherwise == inner && asks(*cond, Some(false)) =>
            {
                return Some(*cond);
            }
            ExprKind::Match { scrutinee, arms } => {
                let guard = arms.iter().find(|arm| arm.body == inner).and_then(|arm| arm.guard);
                if let Some(guard) = guard.filter(|guard| asks(*guard, Some(true))) {
                    return Some(guard);
                }
                if *scrutinee != inner && asks(*scrutinee, None) {
                    return Some(*scrutinee);
                }
            }
            // `if !self.voters.insert(from) { return; }`
            ExprKind::Block { stmts, .. } => {
                for stmt in stmts {
                    let Stmt::Expr(stmt) = stmt else { continue };
                    if *stmt == inner {
                        break;
                    }
                    if let ExprKind::If { cond, then, .. } = code.kind(function, *stmt)
                        && leaves(code, function, *then)
                        && asks(*cond, Some(false))
                    {
                        return Some(*cond);
                    }
                }
            }
            _ => {}
        }
        inner = around;
    }
    None
}

fn leaves(code: &Code<'_>, function: FnId, block: ExprId) -> bool {
    code.below(function, block).iter().any(|e| {
        matches!(
            code.kind(function, *e),
            ExprKind::Return(_)
                | ExprKind::Continue { .. }
                | ExprKind::Break { .. }
                | ExprKind::Diverge
        )
    })
}

/// What is looked for in a condition.
struct Question<'c, 'p> {
    code: &'c Code<'p>,
    function: FnId,
    /// The expression that counts.
    tally: ExprId,
}

impl Question<'_, '_> {
    /// Whether a condition looks a voter up, or asks a flag that is kept for it; `holds` says how
    /// the condition came out on the way to the count, if that is known.
    fn asked(&self, cond: ExprId, holds: Option<bool>) -> bool {
        let (code, function) = (self.code, self.function);
        code.below(function, cond).into_iter().any(|e| {
            let holds = holds.map(|holds| holds != is_negated(code, function, e, cond));
            // `let new = voters.insert(from); if new { … }`
            match named_value(code, function, e) {
                Some(value) => code.below(function, value).into_iter().any(|e| {
                    let holds = holds.map(|holds| holds != is_negated(code, function, e, value));
                    self.asks(e, holds)
                }),
                None => self.asks(e, holds),
            }
        })
    }

    fn asks(&self, e: ExprId, holds: Option<bool>) -> bool {
        let (code, function) = (self.code, self.function);
        match code.kind(function, e) {
            ExprKind::MethodCall { receiver, method, args } => {
                let text = code.text(*method);
                if LOOKS.contains(&text) || FINDS.contains(&text) {
                    return looks(code, function, (*receiver, text), holds);
                }
                // `peer.vote.is_none()`
                if let ("is_none" | "is_some", ExprKind::Field(base, name)) =
                    (text, code.kind(function, *receiver))
                {
                    let wrong = Some(text == "is_some");
                    return is_flag(code.text(*name)) && self.is_kept(*base) && holds != wrong;
                }
                if let Some((target, args)) = called(code, function, e) {
                    return self.asks_inside(target, args);
                }
                let given = args.iter().any(|arg| names_sender(code, function, *arg));
                let kept = given || args.is_empty() && self.is_kept(*receiver);
                is_flag(text) && kept && holds != Some(true)
            }
            ExprKind::Call { .. } => called(code, function, e)
                .is_some_and(|(target, args)| self.asks_inside(target, args)),
            ExprKind::Field(base, name) => {
                is_flag(code.text(*name)) && self.is_kept(*base) && holds != Some(true)
            }
            _ => false,
        }
    }

    /// Whether a function that is given the voter, and says something of it, looks it up.
    fn asks_inside(&self, target: FnId, args: &[ExprId]) -> bool {
        let code = self.code;
        let given = args.iter().any(|arg| names_sender(code, self.function, *arg));
        let inside = Question { function: target, ..*self };
        given
            && code.body(target).exprs.iter().any(|e| match &e.kind {
                ExprKind::MethodCall { receiver, method, .. } => {
                    let text = code.text(*method);
                    LOOKS.contains(&text) && looks(code, target, (*receiver, text), None)
                }
                ExprKind::Field(base, name) => {
                    is_flag(code.text(*name))
                        && !inside.is_plain_self(*base)
                        && !of_reply(code, target, *base)
                }
                _ => false,
            })
    }

    /// Whether what has a flag is one of several that it is kept for, and not the reply itself, nor
    /// what has the tally.
    fn is_kept(&self, base: ExprId) -> bool {
        let (code, function) = (self.code, self.function);
        let below = code.below(function, self.tally);
        let with_tally = below.iter().any(|e| self.is_self(*e)) && self.is_plain_self(base);
        !with_tally && !of_reply(code, function, base)
    }

    fn is_self(&self, expr: ExprId) -> bool {
        let known = self.code.program.known.self_value;
        matches!(self.code.kind(self.function, expr),
            ExprKind::Path(path) if path.len() == 1 && Some(path[0]) == known)
    }

    /// `self`, or a field of it.
    fn is_plain_self(&self, mut expr: ExprId) -> bool {
        while let ExprKind::Field(base, _) = self.code.kind(self.function, expr) {
            expr = *base;
        }
        self.is_self(expr)
    }
}

fn is_flag(text: &str) -> bool {
    FLAGS.iter().any(|f| text.contains(f)) && text != "voted_for"
}

/// Whether something is the reply or a part of it.
fn of_reply(code: &Code<'_>, function: FnId, mut expr: ExprId) -> bool {
    for _ in 0..MAX_STEPS {
        expr = match code.kind(function, expr) {
            ExprKind::Field(inner, _)
            | ExprKind::Ref(inner, _)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::Await(inner)
            | ExprKind::Try(inner) => *inner,
            ExprKind::MethodCall { receiver, method, args }
                if args.is_empty() && is_transparent(code.text(*method)) =>
            {
                *receiver
            }
            ExprKind::Path(path) if path.len() == 1 => {
                if is_reply(code, function, path[0], expr) {
                    return true;
                }
                match code.binding(function, path[0], expr) {
                    Some(Binding::Init(e) | Binding::Alias(e) | Binding::Part(e, _)) => e,
                    _ => return false,
                }
            }
            _ => return false,
        };
    }
    false
}

/// Whether a look into a collection says that the voter was not counted before.
fn looks(
    code: &Code<'_>,
    function: FnId,
    (receiver, method): (ExprId, &str),
    holds: Option<bool>,
) -> bool {
    let of = code.collection(function, receiver).map(|n| code.text(n).to_lowercase());
    let counted =
        |of: &str| ["vote_", "granted", "votes", "voted", "voters"].iter().any(|v| of.contains(v));
    match (method, of) {
        (text, of) if FINDS.contains(&text) => of.is_some_and(|of| counted(&of)),
        ("contains" | "contains_key", Some(of)) if counted(&of) => holds != Some(true),
        // Being a member says nothing of having been counted.
        (_, of) => of.is_none_or(|of| !names::is_membership(&of) || counted(&of)),
    }
}

/// Whether a part of a condition has to come out the other way for the condition to hold.
fn is_negated(code: &Code<'_>, function: FnId, part: ExprId, cond: ExprId) -> bool {
    if part == cond {
        return false;
    }
    let is = |e: ExprId, wanted: bool| matches!(code.kind(function, e), ExprKind::Lit(Literal::Bool(b)) if *b == wanted);
    let mut negated = false;
    for around in code.ancestors(function, part) {
        negated ^= match code.kind(function, around) {
            ExprKind::Unary(UnaryOp::Not, _) => true,
            ExprKind::Binary(BinaryOp::Eq, a, b) => is(*a, false) || is(*b, false),
            ExprKind::Binary(BinaryOp::Ne, a, b) => is(*a, true) || is(*b, true),
            ExprKind::MethodCall { method, .. } => code.text(*method) == "is_none",
            _ => false,
        };
        if around == cond {
            break;
        }
    }
    negated
}

/// What a local of a condition was set to.
fn named_value(code: &Code<'_>, function: FnId, expr: ExprId) -> Option<ExprId> {
    let ExprKind::Path(path) = code.kind(function, expr) else { return None };
    match code.binding(function, *path.first().filter(|_| path.len() == 1)?, expr)? {
        Binding::Init(init) => Some(init),
        _ => None,
    }
}
