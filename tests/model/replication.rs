//! AppendEntries at the follower, its answers at the leader, and the commit index of both.

use crate::guard::Guard;
use crate::log::{Entry, Log};
use crate::raft::Raft;
use crate::safety;
use crate::state::{Body, Id, Message, Role, Server, State};

impl Raft {
    /// A leader appends a client's command to its own log.
    pub(crate) fn accept(&self, state: &mut State, id: Id, command: u8) {
        let server = state.server_mut(id);
        server.log.push(Entry { term: server.term, command });
        self.advance(state, id);
        if !self.has(Guard::ApplyCommitted) {
            self.apply(state, id);
        }
    }

    /// AppendEntries that is not stale.
    pub(crate) fn append(&self, state: &mut State, id: Id, sent: &Log, commit: u8) -> Option<Body> {
        let server = state.server_mut(id);
        let prev = sent.base;
        let own = server.log.term(prev.index);
        let covered = prev.index < server.log.base.index;
        let same = own == Some(prev.term) || own.is_some() && !self.has(Guard::AppendPrevCheck);
        if !covered && !same {
            return Some(Body::Refused(prev.index));
        }
        let before = server.log;
        if !self.has(Guard::AppendConflictOnlyTruncate) {
            self.cut(server, prev.index)?;
        }
        for (index, entry) in sent.iter() {
            let known = server.log.term(index) == Some(entry.term);
            if index > server.log.base.index && !known {
                self.cut(server, index - 1)?;
                server.log.push(entry);
            }
        }
        let changed = server.log != before;
        if changed {
            state.lose(safety::log_changed(state, id));
        }
        self.learn_commit(state, id, commit, sent.last().index);
        let server = state.server(id);
        let end = server.log.last().index;
        Some(Body::Stored(if self.has(Guard::MatchFollowerEnd) { sent.last().index } else { end }))
    }

    /// Removes what comes after an index. A server stops rather than remove what it has committed.
    fn cut(&self, server: &mut Server, index: u8) -> Option<()> {
        let loses = index < server.commit && index < server.log.last().index;
        if loses && self.has(Guard::TruncateCommitted) {
            return None;
        }
        server.log.cut_after(index);
        Some(())
    }

    /// A follower hears how far its leader has committed.
    fn learn_commit(&self, state: &mut State, id: Id, leader: u8, checked: u8) {
        let server = state.server_mut(id);
        let old = server.commit;
        let bound = match self.off {
            Some(Guard::CommitClamp) => leader,
            Some(Guard::CommitClampOwnLast) => leader.min(server.log.last().index),
            _ => leader.min(checked),
        };
        server.commit = if self.has(Guard::CommitMonotonic) { bound.max(old) } else { bound };
        self.commit_changed(state, id, old);
        self.apply(state, id);
    }

    /// A follower has stored entries: what now lies on a majority is committed.
    pub(crate) fn acknowledged(&self, state: &mut State, message: &Message, index: u8) {
        let server = state.server_mut(message.to);
        let current = message.term == server.term || !self.has(Guard::StaleReplyAppend);
        if server.role != Role::Leader || !current {
            return;
        }
        let peer = usize::from(message.from);
        let end = server.log.last().index;
        let stored = if self.has(Guard::MatchLeaderEnd) { index } else { end };
        let lower = !self.has(Guard::MatchNeverLower);
        let matched = if lower { stored } else { stored.max(server.matched[peer]) };
        server.matched[peer] = matched;
        let behind = if self.has(Guard::NextAboveMatch) { matched } else { stored };
        server.next[peer] = behind + 1;
        self.advance(state, message.to);
    }

    /// The previous entry did not match: the next request starts one entry earlier.
    pub(crate) fn go_back(&self, server: &mut Server, message: &Message, index: u8) {
        if server.role == Role::Leader && message.term == server.term {
            let peer = usize::from(message.from);
            let next = server.next[peer].min(index);
            let lowest = if self.has(Guard::NextAboveMatch) { server.matched[peer] + 1 } else { 1 };
            server.next[peer] = next.max(lowest);
        }
    }

    /// A leader commits what enough servers hold.
    fn advance(&self, state: &mut State, id: Id) {
        let server = state.server(id);
        let (old, term) = (server.commit, server.term);
        let held = |index: u8| {
            let copies = state
                .ids()
                .filter(|peer| *peer == id || server.matched[usize::from(*peer)] >= index);
            self.is_majority(state, u8::try_from(copies.count()).unwrap_or_default())
        };
        let own =
            |index: u8| server.log.term(index) == Some(term) || !self.has(Guard::CommitCurrentTerm);
        let all = old + 1..=server.log.last().index;
        if let Some(commit) = all.rev().find(|index| held(*index) && own(*index)) {
            state.server_mut(id).commit = commit;
            self.apply(state, id);
            for chosen in &mut state.chosen[usize::from(old)..usize::from(commit)] {
                chosen.leader = if chosen.leader == 0 { term } else { chosen.leader };
            }
        }
    }
}
