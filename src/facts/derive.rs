//! Which facts a comparison gives, on the way on which it holds.

use crate::ir::BinaryOp;
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Symbols, Tags};
use crate::roles::vocabulary::Words;

/// The role of a symbol while this message is handled: `log_term` of a message is prevLogTerm in
/// AppendEntries and the candidate's last log term in RequestVote.
pub(super) fn role_in(symbols: &Symbols<'_>, sym: Sym, handling: Option<Message>) -> Role {
    role_under(symbols.role(sym), handling)
}

/// A role while this message is handled.
pub(super) fn role_under(role: Role, handling: Option<Message>) -> Role {
    match (role, handling) {
        (Role::ReqLogTerm, Some(Message::AppendEntries)) => Role::PrevTerm,
        (Role::ReqLogIndex, Some(Message::AppendEntries)) => Role::PrevIndex,
        (Role::ReqLogId, Some(Message::AppendEntries)) => Role::PrevLogId,
        (Role::ReqLogTerm, Some(Message::RequestVote)) => Role::CandidateLastTerm,
        (Role::ReqLogIndex, Some(Message::RequestVote)) => Role::CandidateLastIndex,
        (Role::ReqLogId, Some(Message::RequestVote)) => Role::CandidateLastLogId,
        (role, _) => role,
    }
}

/// The relation that holds when `op` does not.
pub(super) fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Eq => BinaryOp::Ne,
        BinaryOp::Ne => BinaryOp::Eq,
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Le => BinaryOp::Gt,
        BinaryOp::Gt => BinaryOp::Le,
        BinaryOp::Ge => BinaryOp::Lt,
        other => other,
    }
}

/// The same relation with its sides exchanged.
pub(super) fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        other => other,
    }
}

/// The facts that `a op b` gives.
pub(super) fn facts_of(
    symbols: &Symbols<'_>,
    handling: Option<Message>,
    op: BinaryOp,
    a: Sym,
    b: Sym,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    one_way(symbols, handling, op, a, b, &mut facts);
    one_way(symbols, handling, mirrored(op), b, a, &mut facts);
    facts
}

fn one_way(
    symbols: &Symbols<'_>,
    handling: Option<Message>,
    op: BinaryOp,
    a: Sym,
    b: Sym,
    facts: &mut Vec<Fact>,
) {
    let (left, right) = (role_in(symbols, a, handling), role_in(symbols, b, handling));
    let (from, other) = (symbols.tags(a), symbols.tags(b));
    match left {
        Role::PrevTerm => prev_term(symbols, op, b, right, facts),
        Role::PrevLogId => prev_log_id(symbols, op, b, right, facts),
        Role::PrevIndex => prev_index(symbols, op, b, right, facts),
        Role::CandidateLastTerm | Role::CandidateLastIndex | Role::CandidateLastLogId => {
            candidate_log(op, left, right, other, facts);
        }
        Role::LocalEntryTerm
            if matches!(op, BinaryOp::Eq | BinaryOp::Ge) && right == Role::CurrentTerm =>
        {
            let acked = from.any(Tags::REQUEST);
            facts.push(match acked {
                true => Fact::AckedEntryTermIsCurrent,
                false => Fact::EntryTermIsCurrent,
            });
        }
        Role::LocalEntryTerm
            if matches!(op, BinaryOp::Ne | BinaryOp::Lt)
                && right == Role::CurrentTerm
                && handling == Some(Message::AppendEntries) =>
        {
            facts.push(Fact::EntryTermIsNotCurrent);
        }
        Role::VotedFor
            if op == BinaryOp::Eq
                && (right == Role::Candidate
                    || other.only_request()
                    || other.any(Tags::UNKNOWN_PARAM)) =>
        {
            facts.push(Fact::VotedForCandidate);
        }
        Role::ReqTerm if !is_vote_term(symbols, b) => request_term(right, other, facts),
        _ => {}
    }
    let committed = matches!(right, Role::CommitIndex | Role::LastApplied);
    if committed && matches!(op, BinaryOp::Gt | BinaryOp::Ge) && starts_entries(left, from) {
        facts.push(Fact::AboveCommitted);
    }
    if op == BinaryOp::Eq && leads_entry(symbols, a) && own_leadership(symbols, b) {
        facts.push(Fact::EntryTermIsCurrent);
    }
    // The part of an entry without field names that equals the current term is its term.
    let unnamed = left != Role::LocalEntryTerm && right == Role::CurrentTerm;
    if unnamed && op == BinaryOp::Eq && is_position_of_entry(symbols, a) {
        let acked = from.any(Tags::REQUEST);
        facts.push(if acked { Fact::AckedEntryTermIsCurrent } else { Fact::EntryTermIsCurrent });
    }
    // `index >= self.first_index_of_term`: everything from there on is of the own term.
    if right == Role::OwnTermStart && matches!(op, BinaryOp::Ge | BinaryOp::Gt | BinaryOp::Eq) {
        facts.push(Fact::IndexInOwnTerm);
    }
    // `entries.len() > 0` and the like.
    if from.any(Tags::ENTRIES) && right == Role::Zero && is_length(symbols, a) {
        match op {
            BinaryOp::Gt | BinaryOp::Ne => facts.push(Fact::SomeEntries),
            BinaryOp::Eq | BinaryOp::Le => facts.push(Fact::NoEntries),
            _ => {}
        }
    }
}

/// Whether a value is an index at which the request's entries, or what precedes them, stand; the end
/// of the entries is none, nor is what leaderCommit has gone into.
fn starts_entries(role: Role, tags: Tags) -> bool {
    let of_request = tags.any(Tags::REQUEST) && tags.any(Tags::PREV_INDEX.with(Tags::ENTRIES));
    of_request && !tags.any(Tags::LEADER_COMMIT) && role != Role::ReqEntryTerm
}

/// `entry.0` of an entry of the own log.
fn is_position_of_entry(symbols: &Symbols<'_>, sym: Sym) -> bool {
    match symbols.get(sym).origin {
        Origin::Field(base, name) => {
            let positional = symbols.program.text(name).starts_with(|c: char| c.is_ascii_digit());
            positional && symbols.role(base) == Role::LocalEntry
        }
        Origin::Named(inner, _) | Origin::Inner(inner) => is_position_of_entry(symbols, inner),
        _ => false,
    }
}

/// The leader (or whole leadership) that a local log id carries: where terms are leaderships.
fn leads_entry(symbols: &Symbols<'_>, sym: Sym) -> bool {
    let (name, base) = match &symbols.get(sym).origin {
        Origin::Field(base, name) => (*name, *base),
        Origin::Method(name, args) | Origin::Call(name, args) if args.len() == 1 => {
            (*name, args[0])
        }
        Origin::Named(inner, _) | Origin::Inner(inner) => return leads_entry(symbols, *inner),
        Origin::Composite(parts) => return parts.iter().any(|p| leads_entry(symbols, *p)),
        _ => return false,
    };
    let words = symbols.program.words(name);
    let of_log = Tags::COUNTED.with(Tags::LOG).with(Tags::UNKNOWN_PARAM);
    words.any(Words::LEADER)
        && !words.any(Words::VOTE)
        && symbols.tags(base).any(of_log)
        && !own_leadership(symbols, sym)
}

/// The node's own vote, ballot or leadership.
fn own_leadership(symbols: &Symbols<'_>, sym: Sym) -> bool {
    match &symbols.get(sym).origin {
        Origin::Field(base, name) => {
            let words = symbols.program.words(*name);
            words.any(Words::VOTE.with(Words::BALLOT)) && symbols.tags(*base).any(Tags::LOCAL)
                || own_leadership(symbols, *base)
        }
        Origin::Method(name, args) => {
            let words = symbols.program.words(*name);
            let local = args.first().is_some_and(|a| symbols.tags(*a).any(Tags::LOCAL));
            words.any(Words::VOTE.with(Words::BALLOT)) && local
                || args.first().is_some_and(|a| own_leadership(symbols, *a))
        }
        Origin::Named(inner, _) | Origin::Inner(inner) => own_leadership(symbols, *inner),
        Origin::Composite(parts) => parts.iter().any(|p| own_leadership(symbols, *p)),
        _ => false,
    }
}

fn is_length(symbols: &Symbols<'_>, sym: Sym) -> bool {
    match &symbols.get(sym).origin {
        Origin::Method(name, args) => {
            args.len() == 1 && matches!(symbols.program.text(*name), "len" | "count")
        }
        _ => false,
    }
}

/// Values that are no local log entry's term, whatever they are compared with.
fn no_log_term(role: Role) -> bool {
    matches!(
        role,
        Role::CurrentTerm
            | Role::VotedFor
            | Role::CommitIndex
            | Role::LastApplied
            | Role::MatchIndex
            | Role::NextIndex
            | Role::OwnTermStart
    )
}

fn prev_term(symbols: &Symbols<'_>, op: BinaryOp, local: Sym, role: Role, facts: &mut Vec<Fact>) {
    let tags = symbols.tags(local);
    if role == Role::Zero {
        // A request that names an entry never has term zero.
        if op == BinaryOp::Eq {
            facts.push(Fact::PrevIsOrigin);
        }
        return;
    }
    if role == Role::CurrentTerm {
        facts.push(Fact::WrongTermCompared);
    }
    if !tags.any(Tags::LOCAL.with(Tags::LOG)) || no_log_term(role) {
        return;
    }
    let keyed = tags.any(Tags::PREV_INDEX) || role == Role::SnapshotTerm;
    match op {
        BinaryOp::Eq if keyed => facts.push(Fact::PrevTermMatches),
        BinaryOp::Eq => facts.push(Fact::PrevTermMatchesElsewhere),
        BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Gt => facts.push(match keyed {
            true => Fact::PrevTermDiffers,
            false => Fact::PrevTermDiffersElsewhere,
        }),
        _ => {}
    }
}

fn prev_log_id(symbols: &Symbols<'_>, op: BinaryOp, local: Sym, role: Role, facts: &mut Vec<Fact>) {
    let tags = symbols.tags(local);
    let constant = role == Role::Zero || matches!(symbols.get(local).origin, Origin::Global(_));
    match op {
        BinaryOp::Eq if constant => facts.push(Fact::PrevIsOrigin),
        BinaryOp::Eq if tags.any(Tags::LOCAL) && !no_log_term(role) => {
            facts.push(Fact::PrevTermMatches);
        }
        // The last entry may just be another one.
        BinaryOp::Ne if tags.any(Tags::LOCAL) && role == Role::OwnLastLogId => {
            facts.push(Fact::PrevTermDiffersElsewhere);
        }
        BinaryOp::Ne if tags.any(Tags::LOCAL) && !no_log_term(role) => {
            facts.push(Fact::PrevTermDiffers);
        }
        BinaryOp::Le | BinaryOp::Lt if tags.any(Tags::COMMIT.with(Tags::SNAPSHOT)) => {
            facts.push(Fact::PrevIsCommitted);
        }
        _ => {}
    }
}

fn prev_index(symbols: &Symbols<'_>, op: BinaryOp, other: Sym, role: Role, facts: &mut Vec<Fact>) {
    let tags = symbols.tags(other);
    let origin = &symbols.get(other).origin;
    let constant = role == Role::Zero || matches!(origin, Origin::Global(_));
    if constant && matches!(op, BinaryOp::Eq | BinaryOp::Le)
        || (op == BinaryOp::Lt && matches!(origin, Origin::Int(1)))
        || (op == BinaryOp::Lt && role == Role::Zero)
    {
        facts.push(Fact::PrevIsOrigin);
        return;
    }
    if !tags.any(Tags::LOCAL) {
        return;
    }
    if matches!(op, BinaryOp::Le | BinaryOp::Lt | BinaryOp::Eq)
        && (matches!(role, Role::SnapshotIndex | Role::CommitIndex)
            || tags.any(Tags::COMMIT) && !tags.any(Tags::MATCH))
    {
        // At the snapshot's own index its term has still to be compared; below it is covered.
        if role != Role::SnapshotIndex || op != BinaryOp::Eq {
            facts.push(Fact::PrevIsCommitted);
        }
    }
    // An entry is looked for by its index: the same one, or the record that covers it.
    let covering = role == Role::LocalEntry && matches!(op, BinaryOp::Ge | BinaryOp::Le);
    if op == BinaryOp::Eq || covering {
        facts.push(Fact::PrevIndexIsLocal);
    }
    facts.push(Fact::PrevIndexCompared);
    if matches!(op, BinaryOp::Le | BinaryOp::Lt | BinaryOp::Eq)
        && (tags.any(Tags::LAST.with(Tags::LOG)))
    {
        facts.push(Fact::PrevIndexInLog);
    }
}

/// Whether a value is nothing of the voter's last entry.
pub(super) fn no_log(role: Role, tags: Tags) -> bool {
    no_log_term(role) || tags.any(Tags::COMMIT) && !tags.any(Tags::LAST)
}

fn candidate_log(op: BinaryOp, of: Role, own: Role, tags: Tags, facts: &mut Vec<Fact>) {
    if !tags.any(Tags::LOCAL) || no_log(own, tags) {
        facts.push(Fact::WrongLogCompared);
        return;
    }
    match op {
        // With equal terms the indexes still decide.
        BinaryOp::Eq if of == Role::CandidateLastTerm => {}
        BinaryOp::Ge | BinaryOp::Gt | BinaryOp::Eq => facts.push(Fact::CandidateLogFresh),
        BinaryOp::Lt | BinaryOp::Le => facts.push(Fact::CandidateLogStale),
        _ => {}
    }
}

/// Whether a value is called the term of a vote: `last_voted_term` is none of the log.
fn is_vote_term(symbols: &Symbols<'_>, sym: Sym) -> bool {
    match &symbols.get(sym).origin {
        Origin::Inner(inner) => is_vote_term(symbols, *inner),
        Origin::Field(_, name)
        | Origin::Method(name, _)
        | Origin::Named(_, name)
        | Origin::Payload(_, _, name) => {
            symbols.program.words(*name).all(Words::VOTE.with(Words::TERM))
        }
        _ => false,
    }
}

fn request_term(role: Role, other: Tags, facts: &mut Vec<Fact>) {
    if role == Role::CurrentTerm {
        facts.push(Fact::TermCompared);
    } else if matches!(role, Role::LocalEntryTerm | Role::OwnLastTerm | Role::OwnLastLogId)
        && other.any(Tags::LOCAL)
    {
        facts.push(Fact::WrongTermCompared);
    }
}
