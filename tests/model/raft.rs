//! The protocol: what a server does with a message, each guard asked where the paper asks it.

use crate::guard::Guard;
use crate::log::Log;
use crate::state::{Body, Id, Message, Role, Server, State};

/// Raft with all guards, or without one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raft {
    /// The guard that is off.
    pub(crate) off: Option<Guard>,
    /// Whether only the properties of the paper's Figure 3 are looked at.
    pub(crate) figure_3: bool,
}

impl Raft {
    /// Whether a guard is on.
    pub(crate) fn has(&self, guard: Guard) -> bool {
        self.off != Some(guard)
    }

    /// What a candidate or a leader has to say to another server.
    pub(crate) fn request(&self, state: &State, from: Id, to: Id, heartbeat: bool) -> Message {
        let server = state.server(from);
        let log = &server.log;
        let next = server.next[usize::from(to)].min(log.last().index + 1);
        let body = if server.role == Role::Candidate {
            Body::Vote(log.last())
        } else if next <= log.base.index {
            Body::Snapshot(log.base)
        } else {
            let tail = log.tail(next - 1);
            let entries = if heartbeat { Log::after(tail.base) } else { tail };
            Body::Append(entries, server.commit)
        };
        Message { from, to, term: server.term, body }
    }

    /// Handles a message. Requests have an answer, unless the server stops.
    pub(crate) fn receive(&self, state: &mut State, message: &Message) -> Option<Message> {
        let to = message.to;
        if !matches!(message.body, Body::VoteReply(_) | Body::Stored(_) | Body::Refused(_)) {
            let body = self.answer(state, message)?;
            let own = state.server(to).term;
            // Who does not adopt the term of a request answers in that term.
            let term = if self.has(Guard::StepDownTerm) { own } else { own.max(message.term) };
            return Some(Message { from: to, to: message.from, term, body });
        }
        self.see_term(state.server_mut(to), message.term);
        let server = state.server_mut(to);
        if message.term < server.term && !self.has(Guard::TermMonotonicTerm) {
            (server.term, server.voted) = (message.term, None);
            server.follow();
        }
        match message.body {
            Body::VoteReply(true) => self.count_vote(state, message),
            Body::Stored(index) => self.acknowledged(state, message, index),
            Body::Refused(index) => self.go_back(state.server_mut(to), message, index),
            _ => {}
        }
        None
    }

    /// Handles a request: one of a lower term is refused, one of a higher term is adopted.
    fn answer(&self, state: &mut State, message: &Message) -> Option<Body> {
        let server = state.server_mut(message.to);
        let stale = message.term < server.term;
        match message.body {
            Body::Vote(_) if stale && self.has(Guard::StaleTermVote) => {
                return Some(Body::VoteReply(false));
            }
            Body::Append(entries, _) if stale && self.has(Guard::StaleTermAppend) => {
                return Some(Body::Refused(entries.base.index));
            }
            Body::Snapshot(last) if stale && self.has(Guard::StaleTermSnapshot) => {
                return Some(Body::Refused(last.index));
            }
            _ => self.see_term(server, message.term),
        }
        match message.body {
            Body::Vote(last) => Some(Body::VoteReply(self.vote(server, message.from, last))),
            Body::Append(entries, commit) => {
                self.follow_leader(server, true);
                self.append(state, message.to, &entries, commit)
            }
            Body::Snapshot(last) => {
                self.follow_leader(server, false);
                self.install(state, message.to, last);
                Some(Body::Stored(last.index))
            }
            _ => None,
        }
    }

    /// A higher term makes every server a follower that has not voted yet.
    fn see_term(&self, server: &mut Server, term: u8) {
        if term <= server.term || !self.has(Guard::StepDownTerm) {
            return;
        }
        server.term = term;
        if self.has(Guard::StepDownVote) {
            server.voted = None;
        }
        if self.has(Guard::StepDownRole) {
            server.follow();
        }
    }

    /// The term has a leader: a candidate gives up. Its vote stays.
    fn follow_leader(&self, server: &mut Server, append: bool) {
        if self.has(Guard::StaleReplyVoteRole) {
            server.follow();
        } else {
            server.role = Role::Follower;
        }
        if append && !self.has(Guard::TermMonotonicVote) {
            server.voted = None;
        }
    }
}
