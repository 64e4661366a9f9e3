//! Where answers arrive: handlers of AppendEntries and RequestVote replies.
//!
//! They are entries of the protocol like those of requests, but no analysis starts at them: what a
//! leader does with an answer is looked at from the place that moves the commit index. So they are
//! recognised by what they take, or by what they lead to: a function that handles a reply by its
//! name and its parameter or arm, and one on the way to a leader's commit that takes a reply apart.

use super::event::Event;
use crate::ir::{Name, Pat, TypeRef};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Message};
use crate::roles::messages;
use crate::roles::vocabulary::Words;
use crate::source::Place;

/// The handlers of replies, each where its function or its first arm starts.
pub(super) fn handlers(program: &Program, events: &[Event]) -> Vec<(Place, Message, FnId)> {
    let named = |id: FnId| Some((program.place(id), by_parameter(program, id)?, id));
    let mut found: Vec<_> = program.ids().filter_map(named).collect();
    found.extend(program.ids().flat_map(|id| by_arm(program, id)));
    let commits = events.iter().filter(|e| e.effect == Effect::LeaderCommit);
    let mut ways: Vec<FnId> = commits.flat_map(|e| e.stack.iter().copied()).collect();
    ways.sort_unstable();
    ways.dedup();
    for id in ways {
        if messages::entry_of(program, id).is_none()
            && !found.iter().any(|(_, m, f)| *f == id && *m == Message::AppendReply)
            && let Some(place) = takes_reply(program, id)
        {
            found.push((place, Message::AppendReply, id));
        }
    }
    found
}

/// The reply that a function takes and handles; conversions and the like only pass it on.
fn by_parameter(program: &Program, id: FnId) -> Option<Message> {
    let message = messages::entry_of(program, id)?.message;
    let words = program.words(program.function(id).name);
    // `reply_to_bytes` and `on_request(request, reply)` handle none.
    let handles = match words.any(Words::REPLY) {
        true => words.any(Words::HANDLE) || !words.any(Words::SET),
        false => words.any(Words::HANDLE) && !words.any(Words::REQUEST),
    };
    (handles && is_reply(message)).then_some(message)
}

fn is_reply_name(words: Words) -> bool {
    words.any(Words::REPLY) && !words.any(Words::SEND.with(Words::HANDLE))
}

fn is_reply(message: Message) -> bool {
    matches!(message, Message::AppendReply | Message::VoteReply)
}

/// Where a function takes a reply of whatever name as a parameter, or takes one apart by a pattern.
fn takes_reply(program: &Program, id: FnId) -> Option<Place> {
    let (function, package) = (program.function(id), program.package(id));
    let named = |ty: &TypeRef| match program.peel(ty, package) {
        TypeRef::Path { name, .. } => is_reply_name(program.words(name)),
        _ => false,
    };
    if function.params.iter().any(|p| named(&p.ty)) {
        return Some(program.place(id));
    }
    let family = |of: Option<Name>| messages::by_words(program.words(of?));
    taken_apart(program, id).find_map(|(place, of, whole)| {
        let reply = [whole, family(of)].contains(&Some(Message::AppendReply));
        reply.then_some(place)
    })
}

/// The patterns of a function that have fields: where, of which enum, and the message of a variant.
fn taken_apart(
    program: &Program,
    id: FnId,
) -> impl Iterator<Item = (Place, Option<Name>, Option<Message>)> {
    let (function, package) = (program.function(id), program.package(id));
    function.body.pats.iter().filter_map(move |pat| {
        let (Pat::TupleStruct { path, span, .. } | Pat::Struct { path, span, .. }) = pat else {
            return None;
        };
        let (&last, qualifiers) = path.split_last()?;
        let of = qualifiers.last().copied();
        let message = messages::by_variant(program, of, last, package);
        Some((Place { file: function.file, span: *span }, of, message))
    })
}

/// The first arm for each reply of a function that handles messages.
fn by_arm(program: &Program, id: FnId) -> Vec<(Place, Message, FnId)> {
    let mut found: Vec<(Place, Message, FnId)> = Vec::new();
    if program.words(program.function(id).name).any(Words::HANDLE) {
        for (place, _, message) in taken_apart(program, id) {
            if let Some(message) = message.filter(|m| is_reply(*m))
                && !found.iter().any(|(_, m, _)| *m == message)
            {
                found.push((place, message, id));
            }
        }
    }
    found
}
