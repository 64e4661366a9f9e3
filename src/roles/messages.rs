//! Which type, enum variant or function is which message of the protocol.

use super::vocabulary::Words;
use crate::ir::{ExprId, ExprKind, FieldDef, Function, Name, Pat, StructDef, TypeRef};
use crate::program::{FnId, PackageId, Program};
use crate::protocol::Message;

/// The message that a name speaks of.
pub fn by_words(words: Words) -> Option<Message> {
    if words.any(Words::TIME) {
        return None;
    }
    let reply = words.any(Words::REPLY);
    if words.any(Words::SNAPSHOT) {
        let request = words.any(Words::INSTALL.with(Words::REQUEST)) && !reply;
        return request.then_some(Message::InstallSnapshot);
    }
    if words.any(Words::VOTE) || words.any(Words::CANDIDATE) {
        return Some(if reply { Message::VoteReply } else { Message::RequestVote });
    }
    if words.any(Words::APPEND) {
        return Some(if reply { Message::AppendReply } else { Message::AppendEntries });
    }
    if words.any(Words::HEARTBEAT) {
        return Some(if reply { Message::AppendReply } else { Message::Heartbeat });
    }
    None
}

/// Words that make a type a message rather than a handler or a channel.
fn is_message_name(words: Words) -> bool {
    words.any(Words::REQUEST.with(Words::REPLY)) && !words.any(Words::HANDLE.with(Words::SEND))
}

/// The message that a type carries, by its name or by its fields.
pub fn by_type(program: &Program, ty: &TypeRef, from: PackageId) -> Option<Message> {
    let TypeRef::Path { name, qualifier, .. } = program.peel(ty, from) else { return None };
    let mut words = program.words(name);
    if let Some(q) = qualifier
        && matches!(program.text(name), "Reader" | "Builder" | "Owned")
    {
        words = program.words(q).with(Words::REQUEST);
    }
    if is_message_name(words)
        && let Some(message) = by_words(words)
    {
        return Some(message);
    }
    by_fields(program, program.struct_def(name, from)?, words, from)
}

/// The message that a variant carries, by its name or by its fields.
pub fn by_variant(
    program: &Program,
    of: Option<Name>,
    variant: Name,
    from: PackageId,
) -> Option<Message> {
    let (def, fields) = program.variant_def(of, variant, from)?;
    if program.words(variant).any(Words::SEND) {
        return None; // a client's request, or an order to send
    }
    if let [only] = &*fields.fields
        && let Some(message) = by_type(program, &only.ty, from)
    {
        return Some(message);
    }
    let words = program.words(variant);
    if let Some(message) = by_fields(program, fields, words, from) {
        return Some(message);
    }
    // `Message::Append`, `MsgRequestVote`: the enum as a whole speaks of messages.
    let family = program.words(def.name).with(words);
    let family = family.any(Words::REQUEST) || program.text(def.name).contains("Rpc");
    family.then(|| by_words(words)).flatten()
}

fn by_fields(program: &Program, def: &StructDef, words: Words, from: PackageId) -> Option<Message> {
    let fields = || def.fields.iter().map(|f| program.words(f.name));
    let has = |test: &dyn Fn(Words) -> bool| fields().any(test);
    let entries = has(&|w| w.any(Words::ENTRIES));
    let prev_id = || {
        let prev = |f: &&FieldDef| program.words(f.name).any(Words::PREV);
        def.fields.iter().filter(prev).any(|f| is_log_id(program, &f.ty, from))
    };
    if entries && (has(&|w| is_prev(w)) || prev_id()) {
        return Some(Message::AppendEntries);
    }
    // A reply about logs that says whether it was a success.
    if words.all(Words::LOG.with(Words::REPLY))
        && has(&|w| w.any(Words::SUCCESS.with(Words::REJECT)))
    {
        return Some(Message::AppendReply);
    }
    let last = has(&|w| w.any(Words::LAST) && w.any(LOG_VALUE));
    if last && !entries && (has(&|w| w.any(Words::CANDIDATE)) || words.any(Words::CANDIDATE)) {
        return Some(Message::RequestVote);
    }
    None
}

const LOG_VALUE: Words = Words::TERM.with(Words::INDEX).with(Words::LOG).with(Words::ENTRY);

/// Whether a type is a term and an index, whatever it is called.
pub fn is_log_id(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = program.peel(ty, from) else { return false };
    program.struct_def(name, from).is_some_and(|def| {
        let has = |words: Words| def.fields.iter().any(|f| program.words(f.name).any(words));
        def.fields.len() == 2 && has(Words::TERM) && has(Words::INDEX)
    })
}

/// `prev_log_index`, `prev_term`, `preceding`, …
pub fn is_prev(words: Words) -> bool {
    words.any(Words::PREV)
        && words.any(LOG_VALUE.with(Words::LENGTH).with(Words::ID))
        && !words.any(Words::VOTE.with(Words::COMMIT))
}

/// Whether a type may carry any message: `Message`, `Envelope`, `RaftRpc`.
pub fn is_envelope(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, qualifier, .. } = program.peel(ty, from) else { return false };
    let text = program.text(name);
    let words = program.words(name);
    // `Message`, `RaftRequest`, not `CommitMergeRequest`: a kind of its own is no envelope.
    let own_kind = Words::OTHER.with(Words::COMMIT).with(Words::SNAPSHOT).with(Words::INDEX);
    (words.any(Words::REQUEST) && !words.any(own_kind.with(Words::HANDLE).with(Words::SEND)))
        || text.contains("Envelope")
        || text.contains("Rpc")
        || (matches!(text, "Reader") && qualifier.is_some())
}

/// Whether a function is the sending side: it passes a request on or asks for votes itself.
fn sends(text: &str, words: Words) -> bool {
    let receives = words.any(Words::HANDLE);
    !receives && (words.any(Words::SEND) || text.contains("campaign") || text.contains("election"))
}

/// How a function takes part in the protocol as an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What it receives.
    pub message: Message,
    /// Whether the request arrives as single values rather than as one.
    pub scalar: bool,
}

/// Whether a function is an RPC entry, judged by its parameters and its name.
pub fn entry_of(program: &Program, id: FnId) -> Option<Entry> {
    program.entry(id, judged)
}

/// `InstallSnapshotReply`, which comes along with the request that it answers.
fn is_snapshot_reply(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = program.peel(ty, from) else { return false };
    program.words(name).all(Words::SNAPSHOT.with(Words::REPLY))
}

/// Whether a service has no state and is given none: it stands in for one in a demonstration.
fn is_stub(program: &Program, function: &Function, from: PackageId) -> bool {
    let Some(TypeRef::Path { name, .. }) = function.owner.as_ref().map(|o| &o.self_ty) else {
        return false;
    };
    let empty = program.struct_def(*name, from).is_some_and(|def| def.fields.is_empty());
    empty && function.has_self && function.params.len() <= 1
}

/// How a function takes part in the protocol as an entry; [`entry_of`] looks it up.
pub fn judged(program: &Program, id: FnId) -> Option<Entry> {
    let function = program.function(id);
    let from = program.package(id);
    function.root?;
    if let Some(message) = program.said_handler(id) {
        let whole = function.params.iter().any(|p| is_whole(program, &p.ty, from));
        return Some(Entry { message, scalar: !whole });
    }
    let words = program.words(function.name);
    if sends(program.text(function.name), words) || is_stub(program, function, from) {
        return None;
    }
    let typed = || function.params.iter().filter_map(|p| by_type(program, &p.ty, from));
    // A handler of replies may get its own request along with them.
    let builder =
        |ty: &TypeRef| matches!(ty, TypeRef::Path { name, .. } if program.text(*name) == "Builder");
    let reply = function
        .params
        .iter()
        .filter(|p| !builder(&p.ty))
        .filter_map(|p| by_type(program, &p.ty, from))
        .find(|m| matches!(m, Message::AppendReply | Message::VoteReply));
    if let Some(message) = reply.or_else(|| typed().next()) {
        let calls_another = !words.any(Words::HANDLE) && asks_a_peer(program, function, message);
        // The answer to a snapshot is no message that the rules follow.
        let answered = message == Message::InstallSnapshot
            && function.params.iter().any(|p| is_snapshot_reply(program, &p.ty, from));
        return (!calls_another && !answered).then_some(Entry { message, scalar: false });
    }
    // `RequestVoteHandler::handle_rpc`: the type says what the method handles.
    let owner = match function.owner.as_ref().map(|o| &o.self_ty) {
        Some(TypeRef::Path { name, .. }) if words.any(Words::HANDLE) => {
            Some(program.words(*name)).filter(|w| w.any(Words::HANDLE))
        }
        _ => None,
    };
    let named = by_words(words).or_else(|| by_words(owner?))?;
    let envelope = function.params.iter().any(|p| is_envelope(program, &p.ty, from));
    // `append_to_log(entry)` writes; `append_entries(request)` and `handle_append(request)` receive.
    let receives = words.any(Words::HANDLE.with(Words::REQUEST).with(Words::ENTRIES))
        || named != Message::AppendEntries
        || owner.is_some();
    if envelope && receives && !words.any(Words::SEND) {
        return Some(Entry { message: named, scalar: false });
    }
    scalar_entry(program, function, named)
}

/// Whether a parameter can be a message as a whole, and not only a value of one.
pub fn is_whole(program: &Program, ty: &TypeRef, from: PackageId) -> bool {
    let TypeRef::Path { name, .. } = program.peel(ty, from) else { return false };
    by_type(program, ty, from).is_some()
        || is_envelope(program, ty, from)
        || program.struct_def(name, from).is_some_and(|def| def.fields.len() > 1)
        || program.enum_def(name, from).is_some()
}

/// Whether a body gives its whole request to another server and awaits the answer for itself:
/// `let reply = client.request_vote(request).await;` in a function that returns nothing.
fn asks_a_peer(program: &Program, function: &Function, message: Message) -> bool {
    let body = &function.body;
    let returns = match &function.ret {
        TypeRef::Unknown => false,
        TypeRef::Tuple(parts) => !parts.is_empty(),
        _ => true,
    };
    if !function.is_async || returns {
        return false;
    }
    let received = |expr: &ExprId| match &body.expr(*expr).kind {
        ExprKind::Path(path) => function.params.iter().any(|p| {
            let bound = matches!(body.pat(p.pat), Pat::Bind { name, .. } if path[..] == [*name]);
            bound
                && by_type(program, &p.ty, program.package_of_file(function.file)) == Some(message)
        }),
        _ => false,
    };
    body.exprs.iter().any(|e| match &e.kind {
        ExprKind::MethodCall { method, args, .. } => {
            by_words(program.words(*method)) == Some(message) && args.iter().any(received)
        }
        _ => false,
    })
}

fn scalar_entry(program: &Program, function: &Function, named: Message) -> Option<Entry> {
    let words = || {
        function.params.iter().filter_map(|p| match function.body.pat(p.pat) {
            Pat::Bind { name, .. } => Some(program.words(*name)),
            _ => None,
        })
    };
    let fits = match named {
        Message::AppendEntries => {
            // A request brings a term, or says whose it is; what gets an index alone is a part of
            // the log. A log id has a term in it.
            let telling = Words::TERM.with(Words::LEADER);
            words().any(is_prev)
                && words().any(|w| w.any(telling) || is_prev(w) && !w.any(Words::INDEX))
                && words().any(|w| w.any(Words::ENTRIES) || w.any(Words::ENTRY))
                || words().any(|w| w.all(Words::LEADER.with(Words::COMMIT)))
        }
        Message::RequestVote => {
            words().any(|w| w.any(Words::LAST) && w.any(LOG_VALUE) || w.any(Words::CANDIDATE))
                && program.words(function.name).any(Words::HANDLE.with(Words::REQUEST))
        }
        // `last_included_index`, `snapshot_index`
        Message::InstallSnapshot if program.words(function.name).any(Words::MISC) => false,
        Message::InstallSnapshot => words().any(|w| w.all(Words::SNAPSHOT.with(Words::INDEX))),
        _ => false,
    };
    fits.then_some(Entry { message: named, scalar: true })
}

/// `MsgRequestPreVote`, `pre_vote`, `is_prevote`: asks without voting.
pub fn is_trial_name(text: &str) -> bool {
    if !text.as_bytes().windows(3).any(|w| w.eq_ignore_ascii_case(b"pre")) {
        return false;
    }
    let plain: String = text.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect();
    ["prevote", "precandidate", "precampaign", "preelection"].iter().any(|p| plain.contains(p))
}
