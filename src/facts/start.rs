//! Where the analysis starts.

use crate::ir::{Body, ExprId, ExprKind, Name, Pat};
use crate::program::{FnId, PackageId, Program};
use crate::protocol::Message;
use crate::roles::machine::{self, Calling};
use crate::roles::vocabulary::Words;
use crate::roles::{messages, verbs};

/// Whether an analysis starts here: an RPC entry, a function that takes messages apart, or one
/// that changes the node's state or applies entries.
pub(super) fn is_start(program: &Program, id: FnId) -> bool {
    let function = program.function(id);
    if function.root.is_none() {
        return false;
    }
    gets_message(program, id) || changes_state(program, id) || hands_over(program, id)
}

/// Whether a function is the entry of a message, or takes messages apart.
pub(super) fn gets_message(program: &Program, id: FnId) -> bool {
    messages::entry_of(program, id).is_some() || takes_apart(program, id)
}

/// Whether a body hands something to a state machine, by what it calls and on what.
pub(super) fn hands_over(program: &Program, id: FnId) -> bool {
    let body = &program.function(id).body;
    body.exprs.iter().any(|e| match &e.kind {
        ExprKind::MethodCall { receiver, method, args } if !args.is_empty() => {
            // Most names are neither, and that is quickly seen.
            let text = program.text(*method);
            if !text.contains("pply") && !text.ends_with("state_machine") && !machine::sends(text) {
                return false;
            }
            let verb = program.calling(*method);
            if !verb.any(Calling::APPLIES.with(Calling::SENDS)) {
                return false;
            }
            let name = last_name(program, body, *receiver);
            let on = name.map(|name| program.calling(name)).unwrap_or_default();
            let keeps = name.is_some_and(|name| program.words(name).any(Words::STORE));
            verb.any(Calling::APPLIES) && (on.any(Calling::MACHINE) || keeps)
                || verb.any(Calling::SENDS) && on.any(Calling::LEADS)
        }
        _ => false,
    })
}

/// The name that an expression ends in: a field, a local, or the getter of a guard.
pub(super) fn last_name(program: &Program, body: &Body, mut expr: ExprId) -> Option<Name> {
    for _ in 0..12 {
        expr = match &body.expr(expr).kind {
            ExprKind::Field(_, name) => return Some(*name),
            ExprKind::Path(path) => return path.last().copied(),
            ExprKind::MethodCall { receiver, method, args } => {
                let said = program.calling(*method);
                if said.any(Calling::MACHINE.with(Calling::LEADS)) && args.is_empty() {
                    return Some(*method);
                }
                *receiver
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Ref(inner, _)
            | ExprKind::Await(inner)
            | ExprKind::Try(inner)
            | ExprKind::Index(inner, _) => *inner,
            _ => return None,
        };
    }
    None
}

pub(super) fn is_request_entry(program: &Program, id: FnId) -> bool {
    let entry = messages::entry_of(program, id).map(|e| e.message);
    matches!(entry, Some(Message::AppendEntries | Message::RequestVote | Message::Heartbeat))
}

/// Whether a body matches on a request variant.
pub(super) fn takes_apart(program: &Program, id: FnId) -> bool {
    let package = program.package(id);
    program.function(id).body.pats.iter().any(|pat| is_message(program, pat, package))
}

/// Whether a pattern matches a variant that is a message.
pub(super) fn is_message(program: &Program, pat: &Pat, package: PackageId) -> bool {
    let Some((path, _)) = pat.named() else { return false };
    let Some((&variant, qualifiers)) = path.split_last() else { return false };
    let words = program.words(variant);
    let telling = Words::APPEND
        .with(Words::VOTE)
        .with(Words::CANDIDATE)
        .with(Words::LOG)
        .with(Words::REQUEST);
    if !words.any(telling) {
        return false;
    }
    let of = qualifiers.last().copied();
    let message = messages::by_variant(program, of, variant, package).or_else(|| {
        // A generated message type, not in the source: `MessageType::MsgAppend`.
        let known = program.variant_def(of, variant, package).is_some();
        let named = words.any(Words::REQUEST) && !qualifiers.is_empty();
        (!known && named).then(|| messages::by_words(words)).flatten()
    });
    message.is_some()
}

/// Whether a body writes the node's own state: the term, the vote, the commit index, what has been
/// applied, or the progress of a follower.
pub(super) fn changes_state(program: &Program, id: FnId) -> bool {
    let body = &program.function(id).body;
    let counts_votes = |target| match &body.expr(target).kind {
        ExprKind::Path(path) => path.last().is_some_and(|n| {
            let words = program.words(*n);
            words.any(Words::VOTE) && !words.any(Words::FOR.with(Words::TIME))
        }),
        _ => false,
    };
    let names_state = |mut expr| loop {
        match &body.expr(expr).kind {
            ExprKind::Field(_, name) if is_state(program.words(*name)) => return true,
            ExprKind::Field(base, _) | ExprKind::Index(base, _) => expr = *base,
            ExprKind::Unary(_, inner) => expr = *inner,
            ExprKind::MethodCall { receiver, method, .. } => {
                if is_state(program.words(*method)) {
                    return true;
                }
                expr = *receiver;
            }
            ExprKind::Path(path) => {
                return path.last().is_some_and(|n| is_state(program.words(*n)));
            }
            _ => return false,
        }
    };
    body.exprs.iter().any(|e| match &e.kind {
        ExprKind::Assign(target, _) => names_state(*target),
        ExprKind::AssignOp(_, target, _) => names_state(*target) || counts_votes(*target),
        ExprKind::MethodCall { receiver, method, args } if !args.is_empty() => {
            let (words, text) = (program.words(*method), program.text(*method));
            let setter = is_state(words) && words.any(Words::SET);
            setter || names_state(*receiver) && (verbs::writes_cell(text) || text == "insert")
        }
        _ => false,
    })
}

fn is_state(words: Words) -> bool {
    let index = Words::INDEX.with(Words::LENGTH);
    let commit = words.any(Words::COMMIT);
    let term = words.any(Words::TERM) && !words.any(Words::OTHER);
    let vote = words.all(Words::VOTE.with(Words::FOR));
    let applied = words.all(Words::LAST.with(Words::APPLIED));
    let progress = words.any(Words::MATCH.with(Words::NEXT)) && words.any(index);
    (commit || term || vote || applied || progress) && !words.any(Words::TIME)
}
