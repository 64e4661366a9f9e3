//! Decides role, tags and type of a symbol from its origin.

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
    let program = symbols.program;
    let union = |syms: &[Sym]| syms.iter().fold(Tags::default(), |t, s| t.with(symbols.tags(*s)));
    match origin {
        Origin::SelfValue => (Role::None, Tags::LOCAL),
        Origin::Param(name, request) => param(symbols, *name, *request, ty),
        Origin::Global(_) => (Role::None, Tags::default()),
        Origin::Local(..) | Origin::Fresh(_) => (Role::None, Tags::default()),
        Origin::Int(0) => (Role::Zero, Tags::default()),
        Origin::Int(_) => (Role::None, Tags::default()),
        Origin::Received(base, message) => {
            let _ = message;
            (Role::Request, strip_local(symbols.tags(*base)).with(Tags::REQUEST))
        }
        Origin::Field(base, name) => member(symbols, *base, program.words(*name), &[], ty),
        Origin::Payload(base, variant, field) => {
            let words = program.words(*field);
            let text = program.text(*field);
            let positional = text.starts_with(|c: char| c.is_ascii_digit());
            if positional {
                return payload(symbols, *base, *variant, ty);
            }
            member(symbols, *base, words, &[], ty)
        }
        Origin::Stored(place, value) => {
            (symbols.role(*place), symbols.tags(*place).with(symbols.tags(*value)))
        }
        Origin::Named(base, name) => {
            let data = symbols.get(*base);
            let words = program.words(*name);
            let role = if data.tags.only_request() {
                not_of_entries(request_member(data.role, words), data)
            } else if data.tags.any(Tags::LOCAL) {
                named_local(symbols, *base, words)
            } else {
                Role::None
            };
            (role, data.tags.with(tags_of(role)).with(word_tags(words)))
        }
        Origin::Inner(base) => (symbols.role(*base), symbols.tags(*base)),
        Origin::Index(base, index) => {
            let tags = union(&[*base, *index]);
            let role = element(symbols.role(*base), symbols.tags(*base));
            (role, tags.with(tags_of(role)))
        }
        Origin::Elem(base) => {
            let data = symbols.get(*base);
            let role = element(data.role, data.tags);
            (role, data.tags.with(tags_of(role)))
        }
        Origin::Method(name, args) => method(symbols, *name, args, ty),
        Origin::Call(name, args) => call(symbols, *name, args),
        Origin::Binary(_, a, b) => arithmetic(symbols, *a, *b),
        Origin::Composite(parts) => composite(symbols, parts),
    }
}

fn strip_local(tags: Tags) -> Tags {
    Tags(tags.0 & !(Tags::LOCAL.0 | Tags::LOG.0 | Tags::STORE.0))
}

fn param(symbols: &Symbols<'_>, name: Name, request: bool, ty: Option<&TypeRef>) -> (Role, Tags) {
    let words = symbols.program.words(name);
    if request {
        let message = ty.is_some_and(|ty| {
            messages::by_type(symbols.program, ty, symbols.package).is_some()
                || messages::is_envelope(symbols.program, ty, symbols.package)
        });
        let role = if message { Role::Request } else { request_member(Role::Request, words) };
        return (role, Tags::REQUEST.with(tags_of(role)));
    }
    let scalar = ty.is_some_and(|ty| is_scalar(symbols, ty));
    if scalar {
        return (Role::None, Tags::UNKNOWN_PARAM.with(word_tags(words)));
    }
    let role = if is_log_name(words) { Role::Log } else { Role::None };
    (role, Tags::LOCAL.with(tags_of(role)).with(word_tags(words)))
}

fn is_scalar(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
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
fn tags_of(role: Role) -> Tags {
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
fn word_tags(words: Words) -> Tags {
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
    if words.all(Words::LEADER.with(Words::COMMIT)) {
        tags = tags.with(Tags::LEADER_COMMIT);
    }
    tags
}

/// Whether a name alone says that this is the replicated log.
pub fn is_log_name(words: Words) -> bool {
    words.any(Words::LOG.with(Words::ENTRIES))
        && !words.any(
            Words::TERM
                .with(Words::INDEX)
                .with(Words::LENGTH)
                .with(Words::ID)
                .with(Words::LAST)
                .with(Words::COMMIT)
                .with(Words::APPLIED)
                .with(Words::SNAPSHOT)
                .with(Words::REQUEST)
                .with(Words::REPLY)
                .with(Words::NEXT)
                .with(Words::MATCH)
                .with(Words::FIRST)
                .with(Words::CACHE)
                .with(Words::MISC)
                .with(Words::TIME),
        )
}

fn element(role: Role, tags: Tags) -> Role {
    match role {
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

/// A field or getter of a value.
fn member(
    symbols: &Symbols<'_>,
    base: Sym,
    words: Words,
    _args: &[Sym],
    ty: Option<&TypeRef>,
) -> (Role, Tags) {
    let data = symbols.get(base);
    // A position that is a plain number is an index, else it is a term and an index.
    let words = match ty {
        Some(ty) if words.any(Words::POSITION) && is_scalar(symbols, ty) => {
            words.with(Words::INDEX)
        }
        _ => words,
    };
    if ty.is_some_and(|ty| messages::by_type(symbols.program, ty, symbols.package).is_some()) {
        return (Role::Request, strip_local(data.tags).with(Tags::REQUEST));
    }
    let role = if data.tags.only_request() {
        not_of_entries(request_member(data.role, words), data)
    } else if data.tags.any(Tags::LOCAL) {
        match local_member(symbols, base, words) {
            Role::None if ty.is_some_and(|ty| holds_entries(symbols, ty)) => Role::Log,
            role => role,
        }
    } else {
        Role::None
    };
    // The index beside a prev_term is that of what precedes.
    let beside_prev = role == Role::ReqEntryPart && words.any(Words::INDEX) && {
        let prev_term = Words::PREV.with(Words::TERM);
        has_field(symbols, data, |w| w.all(prev_term))
    };
    if beside_prev {
        return (Role::PrevIndex, data.tags.with(tags_of(Role::PrevIndex)));
    }
    // A part of a whole log id is about as much as the whole.
    let role = match (role, data.role) {
        (Role::None, Role::PrevLogId | Role::ReqLogId | Role::CandidateLastLogId) => data.role,
        (role, _) => role,
    };
    (role, data.tags.with(tags_of(role)).with(word_tags(words)))
}

fn has_field(symbols: &Symbols<'_>, of: &SymData, test: impl Fn(Words) -> bool) -> bool {
    let Some(TypeRef::Path { name, .. }) = of.ty.as_deref() else { return false };
    let def = symbols.program.struct_def(*name, symbols.package);
    def.is_some_and(|d| d.fields.iter().any(|f| test(symbols.program.words(f.name))))
}

/// The log position of an entry in the request is no log position of the request.
fn not_of_entries(role: Role, base: &SymData) -> Role {
    if !base.tags.any(Tags::ENTRIES) || base.role == Role::ReqEntries {
        return role;
    }
    match role {
        Role::ReqLogId
        | Role::ReqLogIndex
        | Role::CandidateLastIndex
        | Role::CandidateLastLogId => Role::ReqEntryPart,
        Role::ReqLogTerm | Role::CandidateLastTerm | Role::ReqTerm => Role::ReqEntryTerm,
        role => role,
    }
}

/// Whether a type is a sequence of log entries: structs with a term and little else.
fn holds_entries(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
    let (program, from) = (symbols.program, symbols.package);
    let TypeRef::Path { name, .. } = ty else { return false };
    if !matches!(program.text(*name), "Vec" | "VecDeque") {
        return false;
    }
    let Some(TypeRef::Path { name: element, .. }) = program.element_type(ty, from) else {
        return false;
    };
    let named = program.words(element);
    if named.any(Words::REPLY.with(Words::REQUEST)) || messages::by_words(named).is_some() {
        return false;
    }
    program.struct_def(element, from).is_some_and(|def| {
        let has = |words: Words| def.fields.iter().any(|f| program.words(f.name).any(words));
        has(Words::TERM)
            && (has(Words::PAYLOAD) && def.fields.len() <= 5 || def.fields.len() <= 2)
            && !has(Words::MATCH.with(Words::NEXT).with(Words::VOTE).with(Words::PREV))
            && !has(Words::COMMIT.with(Words::LEADER).with(Words::GRANT).with(Words::SUCCESS))
    })
}

/// The role of a request's field, given the role of what it is a field of.
fn request_member(base: Role, w: Words) -> Role {
    let term = w.any(Words::TERM);
    let index = w.any(Words::INDEX.with(Words::LENGTH));
    match base {
        // A batch may carry what precedes it.
        Role::ReqEntries if !w.any(Words::PREV) => {
            return if term { Role::ReqEntryTerm } else { Role::None };
        }
        Role::ReqEntry | Role::ReqEntryPart if !w.any(Words::PREV) => {
            return if term { Role::ReqEntryTerm } else { Role::ReqEntryPart };
        }
        Role::PrevLogId => {
            return match (term, index) {
                (true, _) => Role::PrevTerm,
                (_, true) => Role::PrevIndex,
                _ => Role::PrevLogId,
            };
        }
        Role::CandidateLastLogId => {
            return match (term, index) {
                (true, _) => Role::CandidateLastTerm,
                (_, true) => Role::CandidateLastIndex,
                _ => Role::CandidateLastLogId,
            };
        }
        Role::ReqLogId => {
            return match (term, index) {
                (true, _) => Role::ReqLogTerm,
                (_, true) => Role::ReqLogIndex,
                _ => Role::ReqLogId,
            };
        }
        _ => {}
    }
    let log = w.any(Words::LOG.with(Words::ENTRY).with(Words::ID).with(Words::POSITION));
    if w.any(Words::COMMIT) {
        return Role::LeaderCommit;
    }
    if w.any(Words::PREV) && !w.any(Words::VOTE) {
        return match (term, index) {
            (true, _) => Role::PrevTerm,
            (_, true) => Role::PrevIndex,
            _ => Role::PrevLogId,
        };
    }
    if w.any(Words::LAST) || (w.any(Words::CANDIDATE) && log && (term || index)) {
        return match (term, index) {
            (true, _) => Role::CandidateLastTerm,
            (_, true) => Role::CandidateLastIndex,
            _ if log || w.any(Words::STATE) => Role::CandidateLastLogId,
            _ => Role::None,
        };
    }
    if w.any(Words::ENTRIES) {
        return Role::ReqEntries;
    }
    if w.any(Words::LOG) {
        return match (term, index) {
            (true, _) => Role::ReqLogTerm,
            (_, true) => Role::ReqLogIndex,
            _ if w.any(Words::STATE.with(Words::LAST).with(Words::ID).with(Words::POSITION)) => {
                Role::ReqLogId
            }
            _ => Role::ReqEntries,
        };
    }
    if term {
        return Role::ReqTerm;
    }
    if w.any(Words::INDEX) {
        return Role::ReqLogIndex;
    }
    if w.any(Words::CANDIDATE) || w.any(Words::ID) {
        return Role::Candidate;
    }
    Role::None
}

/// The role of a local field or getter.
fn local_member(symbols: &Symbols<'_>, base: Sym, w: Words) -> Role {
    let data = symbols.get(base);
    let term = w.any(Words::TERM) && !w.any(Words::TIME);
    let index = w.any(Words::INDEX.with(Words::LENGTH));
    match data.role {
        Role::LocalEntry => {
            return if term { Role::LocalEntryTerm } else { Role::LocalEntry };
        }
        Role::OwnLastLogId => {
            return match (term, index) {
                (true, _) => Role::OwnLastTerm,
                (_, true) => Role::OwnLastIndex,
                _ => Role::OwnLastLogId,
            };
        }
        _ => {}
    }
    // What was looked up with the request's index is an entry, whatever the container is called.
    if term && data.tags.any(Tags::PREV_INDEX) && !w.any(Words::CURRENT) {
        return Role::LocalEntryTerm;
    }
    if w.any(Words::VOTE)
        && !w.any(Words::GRANT.with(Words::COMMIT).with(Words::QUORUM).with(Words::CACHE))
    {
        let is_state = w.any(Words::FOR) || !w.any(Words::OTHER);
        if is_state && !term {
            return Role::VotedFor;
        }
    }
    if w.any(Words::SNAPSHOT.with(Words::PREV)) && (term || index) {
        return if term { Role::SnapshotTerm } else { Role::SnapshotIndex };
    }
    if w.any(Words::COMMIT) {
        if owner_words(symbols, base).any(Words::MISC) {
            return Role::None;
        }
        let state = Words::TIME
            .with(Words::NEXT)
            .with(Words::MISC)
            .with(Words::LEADER)
            .with(Words::SEND)
            .with(Words::QUORUM)
            .with(Words::TERM);
        let named = !w.any(Words::OTHER.with(Words::ENTRIES).with(Words::ENTRY).with(Words::SET));
        return if named && !w.any(state) { Role::CommitIndex } else { Role::None };
    }
    if w.any(Words::APPLIED) && !w.any(Words::SEND) {
        return if index || w.any(Words::LAST) { Role::LastApplied } else { Role::None };
    }
    if w.any(Words::MATCH) && (index || !w.any(Words::OTHER)) && !term {
        return Role::MatchIndex;
    }
    if w.any(Words::NEXT) && index {
        return Role::NextIndex;
    }
    if term && w.any(Words::FIRST.with(Words::NOOP)) {
        return Role::OwnTermStart;
    }
    if w.any(Words::NOOP) && w.any(Words::INDEX.with(Words::COMMIT)) {
        return Role::OwnTermStart;
    }
    if w.any(Words::LAST) && !w.any(Words::TIME.with(Words::REPLY)) {
        let log = w.any(Words::LOG.with(Words::ENTRY).with(Words::ID).with(Words::POSITION));
        return match (term, index) {
            (true, _) => Role::OwnLastTerm,
            (_, true) => Role::OwnLastIndex,
            _ if log || data.role == Role::Log => Role::OwnLastLogId,
            _ => Role::None,
        };
    }
    if term {
        return Role::CurrentTerm;
    }
    if w.any(Words::LENGTH) && (data.role == Role::Log || w.any(Words::LOG)) {
        return Role::OwnLastIndex;
    }
    if is_log_name(w) {
        return Role::Log;
    }
    if data.role == Role::Log && w.any(Words::STORE) {
        return Role::Log;
    }
    Role::None
}

/// The words of the field or method that a value came from.
fn owner_words(symbols: &Symbols<'_>, base: Sym) -> Words {
    match &symbols.get(base).origin {
        Origin::Field(_, name)
        | Origin::Method(name, _)
        | Origin::Named(_, name)
        | Origin::Param(name, _) => symbols.program.words(*name),
        _ => Words::default(),
    }
}

/// The role of a local value that got its name from a binding: only what is unmistakable.
fn named_local(symbols: &Symbols<'_>, base: Sym, w: Words) -> Role {
    let data = symbols.get(base);
    if data.role != Role::None {
        return data.role;
    }
    if w.any(Words::TERM) && data.tags.any(Tags::LOG.with(Tags::PREV_INDEX)) {
        return if w.any(Words::LAST) { Role::OwnLastTerm } else { Role::LocalEntryTerm };
    }
    if w.any(Words::ENTRY) && data.tags.any(Tags::LOG.with(Tags::PREV_INDEX)) {
        return Role::LocalEntry;
    }
    match local_member(symbols, base, w) {
        // A new vector called `entries` is not the log.
        Role::Log if !data.tags.any(Tags::LOG.with(Tags::STORE)) => Role::None,
        role => role,
    }
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
            ("last" | "back", Role::Log) => Role::OwnLastLogId,
            ("last" | "back" | "first", Role::ReqEntries) => Role::ReqEntry,
            ("first" | "front", Role::Log) => Role::LocalEntry,
            ("len" | "count", Role::Log) => Role::OwnLastIndex,
            ("len" | "count" | "is_empty", Role::ReqEntries) => Role::None,
            ("iter" | "iter_mut" | "into_iter" | "values" | "drain" | "rev" | "keys", role) => role,
            ("max" | "min", role @ Role::MatchIndex) => role,
            _ => {
                let (role, tags) = member(symbols, receiver, words, rest, ty);
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
    } else if receiver_local && (log || all.any(Tags::PREV_INDEX)) {
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
        let (role, tags) = member(symbols, *only, words, &[], None);
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
