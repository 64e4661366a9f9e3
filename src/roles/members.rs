//! Fields and getters: what a part means, given what it is a part of.

use super::classify::{is_scalar, strip_local, tags_of, word_tags};
use super::machine::{Calling, has_word};
use super::messages;
use super::symbols::{Origin, Role, Sym, SymData, Symbols, Tags};
use super::vocabulary::Words;
use crate::ir::{Name, StructDef, TypeRef};

/// A field or getter of a value.
pub(super) fn member(
    symbols: &Symbols<'_>,
    base: Sym,
    words: Words,
    ty: Option<&TypeRef>,
) -> (Role, Tags) {
    let found = of_state(symbols, base, words, ty);
    match found.0 {
        Role::None => found,
        _ if symbols.tags(base).only_request() || !is_observed(symbols, base) => found,
        _ => (Role::None, Tags::LOCAL),
    }
}

/// How deep an owner is looked for.
const MAX_OWNERS: usize = 8;

/// Whether something is a part of metrics, statistics and the like: these repeat what the state is
/// or was, and nothing is decided by them.
pub fn is_observed(symbols: &Symbols<'_>, mut part: Sym) -> bool {
    let program = symbols.program;
    let observes = |name: Name| program.calling(name).any(Calling::OBSERVES);
    // What is called a monitor as a type may be a part of the protocol.
    let of_type = |ty: &TypeRef| match ty {
        TypeRef::Path { name, .. } => observes(*name) && !has_word(program.text(*name), "monitor"),
        _ => false,
    };
    for _ in 0..MAX_OWNERS {
        let data = symbols.get(part);
        if data.ty.as_deref().is_some_and(of_type) {
            return true;
        }
        part = match &data.origin {
            Origin::Param(name, _) | Origin::Global(name) => return observes(*name),
            Origin::Field(_, name) | Origin::Payload(_, _, name) | Origin::Named(_, name)
                if observes(*name) =>
            {
                return true;
            }
            Origin::Method(name, args) => match (observes(*name), args.first()) {
                (true, _) => return true,
                (false, Some(receiver)) => *receiver,
                (false, None) => return false,
            },
            Origin::Field(base, _)
            | Origin::Payload(base, ..)
            | Origin::Named(base, _)
            | Origin::Index(base, _)
            | Origin::Elem(base)
            | Origin::Inner(base)
            | Origin::Stored(base, _) => *base,
            _ => return false,
        };
    }
    false
}

/// What a field or getter means if it is one of the state or of a message.
fn of_state(symbols: &Symbols<'_>, base: Sym, words: Words, ty: Option<&TypeRef>) -> (Role, Tags) {
    let data = symbols.get(base);
    // A position that is a plain number is an index, else it is a term and an index.
    let words = match ty {
        Some(ty) if words.any(Words::POSITION) && is_scalar(symbols, ty) => {
            words.with(Words::INDEX)
        }
        Some(ty) => of_log_id(symbols, words, ty),
        None => words,
    };
    if ty.is_some_and(|ty| messages::by_type(symbols.program, ty, symbols.package).is_some()) {
        return (Role::Request, strip_local(data.tags).with(Tags::REQUEST));
    }
    // An entry of the request stays one, whatever its index was computed from.
    let of_entries = matches!(data.role, Role::ReqEntries | Role::ReqEntry | Role::ReqEntryPart);
    let role = if data.tags.only_request() || of_entries {
        let role = not_of_entries(request_member(data.role, words), data);
        match ty {
            Some(ty) if role == Role::None && holds_entries(symbols, ty) => Role::ReqEntries,
            _ => role,
        }
    } else if data.tags.any(Tags::LOCAL) {
        match local_member(symbols, base, words) {
            Role::Log if ty.is_some_and(|ty| is_no_sequence(symbols, ty)) => Role::None,
            Role::None if ty.is_some_and(|ty| holds_entries(symbols, ty)) => Role::Log,
            // `log_terms: Vec<u64>`: of each entry its term.
            Role::CurrentTerm | Role::None
                if words.all(Words::LOG.with(Words::TERM))
                    && ty.is_some_and(|ty| holds_numbers(symbols, ty)) =>
            {
                Role::Log
            }
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

/// `last_term_idx` of a type that has both parts is the whole: neither its term nor its index.
pub(super) fn of_log_id(symbols: &Symbols<'_>, words: Words, ty: &TypeRef) -> Words {
    let both = Words::TERM.with(Words::INDEX);
    if words.all(both) && messages::is_log_id(symbols.program, ty, symbols.package) {
        return words.without(both).with(Words::ID);
    }
    words
}

pub(super) fn has_field(symbols: &Symbols<'_>, of: &SymData, test: impl Fn(Words) -> bool) -> bool {
    let Some(TypeRef::Path { name, .. }) = of.ty.as_deref() else { return false };
    let def = symbols.program.struct_def(*name, symbols.package);
    def.is_some_and(|d| d.fields.iter().any(|f| test(symbols.program.words(f.name))))
}

/// The log position of an entry in the request is no log position of the request.
pub(super) fn not_of_entries(role: Role, base: &SymData) -> Role {
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

/// A log has an order and may repeat itself: a set has not, nor has a struct of plain numbers.
fn is_no_sequence(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
    let TypeRef::Path { name, .. } = ty else { return false };
    let set =
        matches!(symbols.program.text(*name), "HashSet" | "BTreeSet" | "IndexSet" | "FxHashSet");
    let def = symbols.program.struct_def(*name, symbols.package);
    let numbers =
        |d: &StructDef| !d.fields.is_empty() && d.fields.iter().all(|f| is_scalar(symbols, &f.ty));
    set || def.is_some_and(numbers)
}

/// Whether a type is a sequence of log entries: structs with a term and little else.
pub(super) fn holds_entries(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
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

/// Whether a type is a list of plain numbers.
pub(super) fn holds_numbers(symbols: &Symbols<'_>, ty: &TypeRef) -> bool {
    let element = symbols.program.element_type(ty, symbols.package);
    element.is_some_and(|element| is_scalar(symbols, &element))
}

/// The role of a request's field, given the role of what it is a field of.
pub(super) fn request_member(base: Role, w: Words) -> Role {
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
    if w.any(Words::ENTRY) && !term && !index {
        return Role::ReqEntry;
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
pub(super) fn local_member(symbols: &Symbols<'_>, base: Sym, w: Words) -> Role {
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
        Role::CommitIndex if index && !term => return Role::CommitIndex,
        _ => {}
    }
    // What was looked up with the request's index is an entry, whatever the container is called.
    if term && data.tags.any(Tags::PREV_INDEX) && !w.any(Words::CURRENT) {
        return Role::LocalEntryTerm;
    }
    if w.any(Words::VOTE)
        && !w.any(Words::GRANT.with(Words::COMMIT).with(Words::QUORUM).with(Words::CACHE))
    {
        // A count or a collection of votes is the tally of a candidate.
        let many = Words::TALLY.with(Words::LENGTH).with(Words::MISC).with(Words::SET);
        let is_state = w.any(Words::FOR) || !w.any(Words::OTHER.with(many));
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
            .with(Words::VOTE)
            .with(Words::TERM);
        let named = !w.any(Words::OTHER.with(Words::ENTRIES).with(Words::ENTRY).with(Words::SET));
        return if named && !w.any(state) { Role::CommitIndex } else { Role::None };
    }
    if w.any(Words::APPLIED) && !w.any(Words::SEND.with(Words::NOOP).with(Words::MISC)) {
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
    if w.any(Words::NOOP) && w.any(Words::INDEX.with(Words::COMMIT)) && !w.any(Words::APPLIED) {
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
pub(super) fn owner_words(symbols: &Symbols<'_>, base: Sym) -> Words {
    match &symbols.get(base).origin {
        Origin::Field(_, name)
        | Origin::Method(name, _)
        | Origin::Named(_, name)
        | Origin::Param(name, _) => symbols.program.words(*name),
        _ => Words::default(),
    }
}

/// The role of a local value that got its name from a binding: only what is unmistakable.
pub(super) fn named_local(symbols: &Symbols<'_>, base: Sym, w: Words) -> Role {
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

/// Whether a name alone says that this is the replicated log.
pub(super) fn is_log_name(words: Words) -> bool {
    words.any(Words::LOG.with(Words::ENTRIES))
        && !words.any(
            Words::TERM
                .with(Words::PREV)
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
