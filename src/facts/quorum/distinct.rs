//! Whether each voter is counted once, where the replies to a candidate's requests are handled.

use super::code::{Binding, Code};
use super::names;
use super::own::{Write, written};
use crate::ir::{ExprId, ExprKind, Name, Pat, PatId, Stmt, StructDef, TypeRef};
use crate::program::FnId;
use crate::protocol::{Fact, Message};
use crate::roles::messages;
use crate::source::Place;

/// A vote that is counted.
pub(super) struct Counted {
    pub(super) place: Place,
    pub(super) function: FnId,
    /// What holds there.
    pub(super) fact: Fact,
    /// Where that is seen.
    pub(super) seen: Place,
}

/// How a tally takes a vote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Set,
    List,
}

/// The votes that are counted where a function handles a reply that says who has voted.
pub(super) fn of_function(code: &Code<'_>, function: FnId) -> Vec<Counted> {
    let body = code.body(function);
    let mut all = Vec::new();
    for i in 0..body.exprs.len() as u32 {
        let at = ExprId(i);
        let name = match code.kind(function, at) {
            ExprKind::Path(path) if path.len() == 1 => path[0],
            ExprKind::Field(_, name) => *name,
            _ => continue,
        };
        if !is_tally(code.text(name)) {
            continue;
        }
        let Some((kind, whole)) = counts(code, function, at) else { continue };
        if !handles_named_reply(code, function, at) || awaits_answers(code, function) {
            continue;
        }
        let place = code.place(function, whole);
        let asked = asks_first(code, function, whole, kind == Kind::List);
        let (fact, seen) = match (kind, asked) {
            (Kind::Set, _) => (Fact::VoterCountedOnce, place),
            (_, Some(check)) => (Fact::VoterCountedOnce, code.place(function, check)),
            (Kind::Number, None) => (Fact::VotesWithoutVoters, place),
            (Kind::List, None) => (Fact::VoterListedAgain, place),
        };
        all.push(Counted { place, function, fact, seen });
    }
    all
}

fn is_tally(text: &str) -> bool {
    let lower = text.to_lowercase();
    let not = ["needed", "required", "given", "cast", "request", "pre_vote", "prevote"];
    lower.contains("vote")
        && !names::is_against(&lower)
        && !lower.contains("voter_")
        && !not.iter().any(|n| lower.contains(n))
        || lower.contains("granted") && lower != "granted"
}

/// Whether a use of a tally adds a vote to it, and the expression that does.
fn counts(code: &Code<'_>, function: FnId, at: ExprId) -> Option<(Kind, ExprId)> {
    let around = code.ancestors(function, at);
    if let Some(Write::Add(1)) = written(code, function, at) {
        let whole = around.iter().find(|e| {
            matches!(code.kind(function, **e), ExprKind::AssignOp(..) | ExprKind::Assign(..))
        });
        return Some((Kind::Number, *whole?));
    }
    let mut below = at;
    for &parent in &around {
        match code.kind(function, parent) {
            ExprKind::MethodCall { receiver, method, args } if *receiver == below => {
                match (code.text(*method), args.len()) {
                    ("insert", 1 | 2) => return Some((Kind::Set, parent)),
                    ("push" | "push_back", 1) => return Some((Kind::List, parent)),
                    ("fetch_add", 1 | 2) => return Some((Kind::Number, parent)),
                    ("lock" | "unwrap" | "borrow_mut" | "get_mut" | "as_mut" | "write", _) => {}
                    _ => return None,
                }
            }
            ExprKind::Ref(_) | ExprKind::Unary(..) | ExprKind::Await(_) => {}
            _ => return None,
        }
        below = parent;
    }
    None
}

/// Whether a place is in the handling of a vote reply that says who it is from.
fn handles_named_reply(code: &Code<'_>, function: FnId, at: ExprId) -> bool {
    let program = code.program;
    let package = program.package(function);
    let declared = program.function(function);
    let entry = messages::entry_of(program, function);
    if entry.is_some_and(|e| e.message == Message::VoteReply) {
        return declared.params.iter().any(|param| {
            let bound = declared.body.bindings([param.pat]);
            bound.iter().any(|n| is_sender(code.text(*n))) || has_sender(code, &param.ty, function)
        });
    }
    let mut inner = at;
    for around in code.ancestors(function, at) {
        if let ExprKind::Match { arms, .. } = code.kind(function, around)
            && let Some(arm) = arms.iter().find(|arm| arm.body == inner)
            && let Some((def, fields)) = reply_variant(code, function, arm.pat)
        {
            let named = fields.iter().any(|n| is_sender(code.text(*n)));
            return named
                || def.fields.iter().any(|f| {
                    is_sender(code.text(f.name))
                        || program.struct_def(type_name(&f.ty), package).is_some_and(|inner| {
                            inner.fields.iter().any(|f| is_sender(code.text(f.name)))
                        })
                });
        }
        inner = around;
    }
    false
}

fn type_name(ty: &TypeRef) -> Name {
    match ty {
        TypeRef::Path { name, .. } => *name,
        _ => Name(0),
    }
}

/// The variant of a vote reply that a pattern takes apart, with the fields that it names.
fn reply_variant<'c>(
    code: &Code<'c>,
    function: FnId,
    pat: PatId,
) -> Option<(&'c StructDef, Vec<Name>)> {
    let (path, fields) = match code.body(function).pat(pat) {
        Pat::Struct { path, fields, .. } => (path, fields.iter().map(|f| f.0).collect()),
        Pat::TupleStruct { path, .. } => (path, Vec::new()),
        Pat::Bind { sub: Some(sub), .. } => return reply_variant(code, function, *sub),
        _ => return None,
    };
    let (&variant, qualifiers) = path.split_last()?;
    let package = code.program.package(function);
    let of = qualifiers.last().copied();
    let message = messages::by_variant(code.program, of, variant, package)?;
    let (_, def) = code.program.variant_def(of, variant, package)?;
    (message == Message::VoteReply).then_some((def, fields))
}

fn has_sender(code: &Code<'_>, ty: &TypeRef, function: FnId) -> bool {
    let package = code.program.package(function);
    let TypeRef::Path { name, .. } = code.program.peel(ty, package) else { return false };
    let def = code.program.struct_def(name, package);
    def.is_some_and(|def| def.fields.iter().any(|f| is_sender(code.text(f.name))))
}

fn is_sender(text: &str) -> bool {
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

/// Whether the answers come one for each request that is awaited: in this function, or in the one
/// that hands them to it.
fn awaits_answers(code: &Code<'_>, function: FnId) -> bool {
    let asks = |id: FnId| {
        code.body(id).exprs.iter().any(|e| match &e.kind {
            ExprKind::MethodCall { method, .. } => is_request(code.text(*method)),
            ExprKind::Call { callee, .. } => match code.kind(id, *callee) {
                ExprKind::Path(path) => path.last().is_some_and(|n| is_request(code.text(*n))),
                _ => false,
            },
            _ => false,
        })
    };
    let awaits = |id: FnId| {
        let kinds = code.body(id).exprs.iter();
        kinds.map(|e| &e.kind).any(|kind| match kind {
            ExprKind::Await(_) | ExprKind::Select { .. } => true,
            ExprKind::Call { callee, .. } => match code.kind(id, *callee) {
                ExprKind::Path(path) => path.last().is_some_and(|n| code.text(*n) == "spawn"),
                _ => false,
            },
            ExprKind::MethodCall { method, .. } => code.text(*method) == "spawn",
            _ => false,
        })
    };
    let both = |id: FnId| asks(id) && awaits(id);
    both(function) || code.program.callers(function).into_iter().any(both)
}

/// Whether a call asks for a vote.
fn is_request(text: &str) -> bool {
    let lower = text.to_lowercase();
    let asks =
        ["request_vote", "requestvote", "vote_request", "send_vote", "ask_vote", "ask_for_vote"];
    asks.iter().any(|a| lower.contains(a)) && !lower.contains("handle") && !lower.contains("repl")
}

/// The question before a vote is counted whether this voter was counted before.
fn asks_first(code: &Code<'_>, function: FnId, at: ExprId, list: bool) -> Option<ExprId> {
    let mut inner = at;
    for around in code.ancestors(function, at) {
        match code.kind(function, around) {
            ExprKind::If { cond, then, .. }
                if *then == inner && asks_for_voter(code, function, *cond, list) =>
            {
                return Some(*cond);
            }
            ExprKind::Match { scrutinee, arms } => {
                let guard = arms.iter().find(|arm| arm.body == inner).and_then(|arm| arm.guard);
                let asked = [Some(*scrutinee), guard].into_iter().flatten();
                let asks = |e: &ExprId| asks_for_voter(code, function, *e, list);
                if let Some(found) = asked.into_iter().find(asks) {
                    return Some(found);
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
                        && asks_for_voter(code, function, *cond, list)
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

/// Whether a condition looks a voter up, or asks a flag that is kept for it.
fn asks_for_voter(code: &Code<'_>, function: FnId, cond: ExprId, list: bool) -> bool {
    const LOOKS: &[&str] =
        &["contains", "insert", "contains_key", "remove", "replace", "any", "all", "take"];
    const FLAGS: &[&str] = &["voted", "answered", "responded", "counted", "seen", "has_vote"];
    let mut asked = code.below(function, cond);
    // `let new = voters.insert(from); if new { … }`
    let named: Vec<ExprId> = asked.iter().filter_map(|e| named_value(code, function, *e)).collect();
    asked.extend(named.into_iter().flat_map(|value| code.below(function, value)));
    asked.iter().any(|e| match code.kind(function, *e) {
        ExprKind::MethodCall { receiver, method, .. } if LOOKS.contains(&code.text(*method)) => {
            let of = code.collection(function, *receiver).map(|n| code.text(n).to_lowercase());
            // Being a member says nothing of having been counted.
            of.is_none_or(|of| {
                !names::is_membership(&of)
                    || ["vote_", "granted", "votes", "voted", "voters"]
                        .iter()
                        .any(|v| of.contains(v))
            })
        }
        ExprKind::Field(_, name) if !list => {
            let text = code.text(*name);
            FLAGS.iter().any(|f| text.contains(f)) && text != "voted_for"
        }
        _ => false,
    })
}

/// What a local of a condition was set to.
fn named_value(code: &Code<'_>, function: FnId, expr: ExprId) -> Option<ExprId> {
    let ExprKind::Path(path) = code.kind(function, expr) else { return None };
    match code.binding(function, *path.first().filter(|_| path.len() == 1)?, expr)? {
        Binding::Init(init) => Some(init),
        _ => None,
    }
}
