//! Decides role, tags and type of a symbol from its origin.

use super::members::{
    holds_numbers, is_log_name, member, named_local, not_of_entries, of_log_id, request_member,
};
use super::messages;
use super::symbols::{Origin, Role, Sym, SymData, Symbols, Tags};
use super::vocabulary::Words;
use crate::ir::{Name, TypeRef};
use crate::protocol::Message;

/// The type of an origin, as far as fields and containers tell.
pub(super) fn type_of(symbols: &Symbols<'_>, origin: &Origin) -> Option<TypeRef> {
    let program = symbols.program;
    let from = symbols.package;
    match origin {
        Origin::Field(base, name) => {
            program.field_type(symbols.get(*base).ty.as_deref()?, *name, from)
        }
        Origin::Payload(base, variant, field) => {
            let of = match symbols.get(*base).ty.as_deref() {
                Some(TypeRef::Path { name, .. }) => Some(*name),
                _ => None,
            };
            program.payload_type(of, *variant, *field, from)
        }
        Origin::Index(base, _) | Origin::Elem(base) => {
            let ty = symbols.get(*base).ty.as_deref()?;
            program.element_type(ty, from)
        }
        Origin::Named(base, _)
        | Origin::Received(base, _)
        | Origin::Stored(base, _)
        | Origin::Borrowed(base)
        | Origin::Former(base)
        | Origin::Inner(base) => symbols.get(*base).ty.as_deref().cloned(),
        Origin::Method(name, args) => {
            let base = symbols.get(*args.first()?).ty.as_deref()?;
            match program.text(*name) {
                "get" | "get_mut" | "first" | "last" | "back" | "front" | "first_mut"
                | "last_mut" | "pop" | "pop_front" | "pop_back" | "nth" | "next" => {
                    program.element_type(base, from)
                }
                "iter" | "iter_mut" | "into_iter" | "values" | "values_mut" | "drain" | "rev"
                | "skip" | "take" | "filter" | "skip_while" | "take_while" | "peekable" | "max"
                | "min" | "saturating_sub" | "wrapping_sub" => Some(base.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Role and tags of an origin.
pub(super) fn classify(
    symbols: &Symbols<'_>,
    origin: &Origin,
    ty: Option<&TypeRef>,
) -> (Role, Tags) {
    if let Some(said) = super::said::said(symbols, origin) {
        return said;
    }
    let program = symbols.program;
    let union = |syms: &[Sym]| syms.iter().fold(Tags::default(), |t, s| t.with(symbols.tags(*s)));
    match origin {
        Origin::SelfValue => (Role::None, Tags::LOCAL),
        Origin::Param(name, request) => param(symbols, *name, *request, ty),
        Origin::Global(_) => (Role::None, Tags::default()),
        Origin::Local(..) | Origin::Fresh(_) => (Role::None, Tags::default()),
        Origin::Int(0) => (Role::Zero, Tags::default()),
        Origin::Int(_) => (Role::None, Tags::default()),
        Origin::Received(base, _) => {
            (Role::Request, strip_local(symbols.tags(*base)).with(Tags::REQUEST))
        }
        Origin::Field(base, name) => member(symbols, *base, program.words(*name), ty),
        Origin::Payload(base, variant, field) => {
            let words = program.words(*field);
            let text = program.text(*field);
            let positional = text.starts_with(|c: char| c.is_ascii_digit());
            if positional {
                return payload(symbols, *base, *variant, ty);
            }
            member(symbols, *base, words, ty)
        }
        Origin::Stored(place, value) => {
            (symbols.role(*place), symbols.tags(*place).with(symbols.tags(*value)))
        }
        Origin::Named(base, name) => {
            let data = symbols.get(*base);
            let words = program.words(*name);
            let words = match data.ty.as_deref() {
                Some(ty) => of_log_id(symbols, words, ty),
                None => words,
            };
            let role = if data.tags.only_request() {
                not_of_entries(request_member(data.role, words), data)
            } else if data.tags.any(Tags::LOCAL) {
                named_local(symbols, *base, words)
            } else {
                Role::None
            };
            (role, data.tags.with(tags_of(role)).with(word_tags(words)))
        }
        Origin::Inner(base) | Origin::Borrowed(base) | Origin::Former(base) => {
            (symbols.role(*base), symbols.tags(*base))
        }
        Origin::Index(base, index) => {
            let tags = union(&[*base, *index]);
            let role = element(symbols, symbols.get(*base));
            (role, tags.with(tags_of(role)))
        }
        Origin::Elem(base) => {
            let data = symbols.get(*base);
            let role = element(symbols, data);
            (role, data.tags.with(tags_of(role)))
        }
        Origin::Method(name, args) => method(symbols, *name, args, ty),
        Origin::Call(name, args) => call(symbols, *name, args),
        Origin::Binary(_, a, b) => arithmetic(symbols, *a, *b),
        Origin::Composite(parts) => composite(symbols, parts),
    }
}

pub(super) fn strip_local(tags: Tags) -> Tags {
    Tags(tags.0 & !(Tags::LOCAL.0 | Tags::LOG.0 | Tags::STORE.0))
}

fn param(symbols: &Symbols<'_>, name: Name, request: bool, ty: Option<&TypeRef>) -> (Role, Tags) {
    let words = symbols.program.words(name);
    let words = ty.map_or(words, |ty| of_log_id(symbols, words, ty));
    if request {
        let message = ty.is_some_and(|ty| {
            messages::by_type(symbols.program, ty, symbols.package).is_some()
                || messages::is_envelope(symbols.program, ty, symbols.package)
        });
        let role = if message { Role::Request } else { request_member(Role::Request, words) };
        return (role, Tags::REQUEST.with(tags_of(role)));
    }
    let scalar = ty.is_some_and(|ty| is_scalar(symbols, ty));
    if words.all(Words::VOTE.with(Words::FOR)) && !words.any(Words::TERM) {
        let tags = if scalar { Tags::UNKNOWN_PARAM } else { Tags::LOCAL };
        return (Role::VotedFor, tags);
    }
    if scalar {
        return (Role::None, Tags::UNKNOWN_PARAM.with(word_tags(words)));
    }
    let role = if is_log_name(words) { Role::Log } else { Role::None };
    (role, Tags::LOCAL.with(tags_of(role)).with(word_tags(words)))
}

/// Whether a type is a plain number, name or flag, or a pair of such.
pub fn is_scalar(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Path { name, .. } => {
            let text = symbols.program.text(*name);
            let primitive = matches!(
                text,
                "u8" | "u16"
                    | "u32"
                    | "u64"
                    | "u128"
                    | "usize"
                    | "i8"
                    | "i16"
                    | "i32"
                    | "i64"
                    | "i128"
                    | "isize"
                    | "bool"
                    | "String"
                    | "str"
            );
            let words = symbols.program.words(*name);
            primitive || (words.any(Words::TERM.with(Words::INDEX).with(Words::ID)))
        }
        TypeRef::Tuple(_) => true,
        _ => false,
    }
}

/// The tags that a role implies.
pub(super) fn tags_of(role: Role) -> Tags {
    match role {
        Role::Log | Role::LocalEntry | Role::LocalEntryTerm => Tags::LOG,
        Role::PrevIndex => Tags::PREV_INDEX,
        Role::PrevLogId | Role::ReqLogId => Tags::PREV_INDEX.with(Tags::PREV_TERM),
        Role::PrevTerm => Tags::PREV_TERM,
        Role::ReqLogIndex => Tags::PREV_INDEX.with(Tags::REQ_INDEX),
        Role::ReqEntries | Role::ReqEntry | Role::ReqEntryTerm | Role::ReqEntryPart => {
            Tags::ENTRIES
        }
        Role::LeaderCommit => Tags::LEADER_COMMIT,
        Role::CommitIndex => Tags::COMMIT,
        Role::MatchIndex => Tags::MATCH,
        Role::OwnLastIndex | Role::OwnLastTerm | Role::OwnLastLogId => Tags::LAST,
        Role::SnapshotIndex | Role::SnapshotTerm => Tags::SNAPSHOT,
        Role::CurrentTerm => Tags::CURRENT_TERM,
        Role::CandidateLastIndex | Role::CandidateLastTerm | Role::CandidateLastLogId => {
            Tags::CANDIDATE_LAST
        }
        Role::Candidate => Tags::CANDIDATE,
        _ => Tags::default(),
    }
}

/// Tags that a name alone gives.
pub(super) fn word_tags(words: Words) -> Tags {
    let mut tags = Tags::default();
    if words.any(Words::QUORUM) {
        tags = tags.with(Tags::QUORUM);
    }
    if words.any(Words::MATCH) && !words.any(Words::HANDLE) {
        tags = tags.with(Tags::MATCH);
    }
    if words.any(Words::STORE) {
        tags = tags.with(Tags::STORE);
    }
    if words.any(Words::SNAPSHOT) {
        tags = tags.with(Tags::SNAPSHOT);
    }
    if words.any(Words::COMMIT) {
        tags = tags.with(Tags::COMMITTED);
    }
    if words.all(Words::LEADER.with(Words::COMMIT)) {
        tags = tags.with(Tags::LEADER_COMMIT);
    }
    tags
}

/// Whether a log is kept as the terms of its entries.
fn is_of_terms(symbols: &Symbols<'_>, log: &SymData) -> bool {
    let named = |name: Name| symbols.program.words(name).any(Words::TERM);
    log.role == Role::Log
        && matches!(log.origin, Origin::Field(_, name) if named(name))
        && log.ty.as_deref().is_some_and(|ty| holds_numbers(symbols, ty))
}

fn element(symbols: &Symbols<'_>, of: &SymData) -> Role {
    let (role, tags) = (of.role, of.tags);
    match role {
        Role::Log if is_of_terms(symbols, of) => Role::LocalEntryTerm,
        Role::ReqEntries | Role::ReqEntry => Role::ReqEntry,
        Role::Log | Role::LocalEntry => Role::LocalEntry,
        Role::MatchIndex => Role::MatchIndex,
        Role::NextIndex => Role::NextIndex,
        Role::None if tags.any(Tags::ENTRIES) && tags.only_request() => Role::ReqEntry,
        _ => Role::None,
    }
}

/// A positional payload: the message itself, the value in `Some`-like variants, or a part.
fn payload(symbols: &Symbols<'_>, base: Sym, variant: Name, ty: Option<&TypeRef>) -> (Role, Tags) {
    let data = symbols.get(base);
    let program = symbols.program;
    let of = match data.ty.as_deref() {
        Some(TypeRef::Path { name, .. }) => Some(*name),
        _ => None,
    };
    let message = ty
        .and_then(|ty| messages::by_type(program, ty, symbols.package))
        .or_else(|| messages::by_variant(program, of, variant, symbols.package));
    if message.is_some() {
        return (Role::Request, strip_local(data.tags).with(Tags::REQUEST));
    }
    (Role::None, data.tags)
}

fn method(symbols: &Symbols<'_>, name: Name, args: &[Sym], ty: Option<&TypeRef>) -> (Role, Tags) {
    let program = symbols.program;
    let words = program.words(name);
    let text = program.text(name);
    let Some((&receiver, rest)) = args.split_first() else { return (Role::None, Tags::default()) };
    let all = args.iter().fold(Tags::default(), |t, s| t.with(symbols.tags(*s)));
    let base = symbols.get(receiver);
    if rest.is_empty() {
        let role = match (text, base.role) {
            ("last" | "back", Role::Log) if is_of_terms(symbols, base) => Role::OwnLastTerm,
            ("last" | "back", Role::Log) => Role::OwnLastLogId,
            ("last" | "back" | "first", Role::ReqEntries) => Role::ReqEntry,
            ("first" | "front", Role::Log) => Role::LocalEntry,
            ("len" | "count", Role::Log) => Role::OwnLastIndex,
            ("len" | "count" | "is_empty", Role::ReqEntries) => Role::None,
            ("iter" | "iter_mut" | "into_iter" | "values" | "drain" | "rev" | "keys", role) => role,
            ("max" | "min", role @ Role::MatchIndex) => role,
            _ => {
                let (role, tags) = member(symbols, receiver, words, ty);
                return (role, tags);
            }
        };
        return (role, all.with(tags_of(role)).with(word_tags(words)));
    }
    if matches!(text, "find" | "rfind") {
        return (base.role, all);
    }
    let receiver_local = base.tags.any(Tags::LOCAL);
    let log = base.role == Role::Log || base.tags.any(Tags::LOG.with(Tags::STORE));
    let role = if let (
        "max" | "min" | "skip" | "take" | "chain" | "unwrap_or" | "saturating_sub" | "filter"
        | "map",
        role,
    ) = (text, base.role)
    {
        if matches!(text, "unwrap_or" | "skip" | "take" | "filter") { role } else { Role::None }
    } else if base.tags.only_request() && base.role == Role::ReqEntries {
        Role::ReqEntry
    } else if receiver_local && term_lookup(words) {
        Role::LocalEntryTerm
    } else if receiver_local && (log || all.any(Tags::PREV_INDEX.with(Tags::ENTRIES))) {
        if lookup(text, words) { Role::LocalEntry } else { Role::None }
    } else {
        Role::None
    };
    (role, all.with(tags_of(role)).with(word_tags(words)))
}

/// `term(i)`, `get_term(i)`, `term_at(i)`, `entry_term(i)`: the term of the entry at an index.
fn term_lookup(words: Words) -> bool {
    let other = Words::VOTE
        .with(Words::FIRST)
        .with(Words::INDEX)
        .with(Words::SET)
        .with(Words::LEADER)
        .with(Words::CANDIDATE)
        .with(Words::HANDLE);
    words.any(Words::TERM) && !words.any(other)
}

/// Whether a method with arguments looks something up.
fn lookup(text: &str, words: Words) -> bool {
    text.starts_with("get")
        || text.starts_with("read")
        || text.starts_with("fetch")
        || text.starts_with("load")
        || text.starts_with("lookup")
        || text.starts_with("find")
        || text.starts_with("at")
        || text.starts_with("nth")
        || text.starts_with("try_get")
        || words.any(Words::ENTRY.with(Words::ENTRIES))
        || words.all(Words::LOG.with(Words::ID))
}

fn call(symbols: &Symbols<'_>, name: Name, args: &[Sym]) -> (Role, Tags) {
    let words = symbols.program.words(name);
    let tags = args.iter().fold(Tags::default(), |t, s| t.with(symbols.tags(*s)));
    // A constructor or conversion of one value keeps its meaning: `Term(x)`, `LogIndex::from(x)`.
    if let [only] = args {
        let text = symbols.program.text(name);
        if text.starts_with(|c: char| c.is_uppercase()) || matches!(text, "from" | "new" | "some") {
            return (symbols.role(*only), tags);
        }
        // `last_log_term(&self.log)`: a free function as a getter.
        let (role, tags) = member(symbols, *only, words, None);
        return (role, tags);
    }
    let local = tags.any(Tags::LOCAL);
    let role = if local && tags.any(Tags::PREV_INDEX) && words.any(Words::TERM) {
        Role::LocalEntryTerm
    } else {
        Role::None
    };
    (role, tags.with(word_tags(words)))
}

/// `index - 1` is still that index; anything else only keeps where it came from.
fn arithmetic(symbols: &Symbols<'_>, a: Sym, b: Sym) -> (Role, Tags) {
    let (left, right) = (symbols.get(a), symbols.get(b));
    let tags = left.tags.with(right.tags);
    let constant = |origin: &Origin| matches!(origin, Origin::Int(_));
    let role = match left.role {
        role @ (Role::PrevIndex
        | Role::OwnLastIndex
        | Role::MatchIndex
        | Role::ReqLogIndex
        | Role::SnapshotIndex
        | Role::CommitIndex)
            if constant(&right.origin) =>
        {
            // `commit + 1` is not the commit index any more, but an index next to it.
            if role == Role::CommitIndex { Role::None } else { role }
        }
        _ => Role::None,
    };
    (role, tags)
}

/// A tuple or struct as one value: a log id if it is made of a term and an index of one owner.
fn composite(symbols: &Symbols<'_>, parts: &[Sym]) -> (Role, Tags) {
    let tags = parts.iter().fold(Tags::default(), |t, s| t.with(symbols.tags(*s)));
    let has = |role: Role| parts.iter().any(|p| symbols.role(*p) == role);
    let same = parts.split_first().and_then(|(first, rest)| {
        let role = symbols.role(*first);
        rest.iter().all(|s| symbols.role(*s) == role).then_some(role)
    });
    let role = if has(Role::PrevTerm) && has(Role::PrevIndex) {
        Role::PrevLogId
    } else if has(Role::CandidateLastTerm) && has(Role::CandidateLastIndex) {
        Role::CandidateLastLogId
    } else if has(Role::ReqLogTerm) && has(Role::ReqLogIndex) {
        Role::ReqLogId
    } else if has(Role::OwnLastTerm) && has(Role::OwnLastIndex) {
        Role::OwnLastLogId
    } else if has(Role::PrevLogId) && parts.len() > 1 {
        Role::PrevLogId
    } else if has(Role::CandidateLastLogId) && parts.len() > 1 {
        Role::CandidateLastLogId
    } else if has(Role::CurrentTerm)
        && parts.iter().all(|p| matches!(symbols.role(*p), Role::CurrentTerm | Role::ReqTerm))
    {
        // The current term, adopted from the request or not.
        Role::CurrentTerm
    } else {
        same.unwrap_or_default()
    };
    (role, tags)
}

/// The message of a value that enters a parameter of this type.
pub fn received(symbols: &Symbols<'_>, ty: &TypeRef) -> Option<Message> {
    messages::by_type(symbols.program, ty, symbols.package)
}
