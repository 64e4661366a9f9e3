//! The state machine: what is applied, snapshots of it, and what a crash leaves.

use crate::guard::Guard;
use crate::log::{Log, Position};
use crate::raft::Raft;
use crate::safety::{self, Lost};
use crate::state::{Chosen, Id, State};

impl Raft {
    /// Entries up to the commit index reach the state machine.
    pub(crate) fn apply(&self, state: &mut State, id: Id) {
        let server = *state.server(id);
        let end = server.log.last().index;
        let to = if self.has(Guard::ApplyCommitted) { server.commit.min(end) } else { end };
        let again = !self.has(Guard::ApplyOnce) && to > server.applied;
        let from = if again { server.log.base.index } else { server.applied };
        for index in from + 1..=to {
            let Some(entry) = server.log.entry(index) else { continue };
            let chosen = &mut state.chosen[usize::from(index) - 1];
            let (first, broken) = (*chosen == Chosen::default(), chosen.entry != entry);
            if first {
                *chosen = Chosen { entry, leader: 0 };
            } else if broken {
                state.lose(Some(Lost::StateMachineSafety { server: id, index, entry }));
            }
            if index <= server.applied && !self.figure_3 {
                state.lose(Some(Lost::AppliedOnce { server: id, index }));
            }
        }
        let server = state.server_mut(id);
        server.applied = server.applied.max(to);
    }

    /// InstallSnapshot that is not stale.
    pub(crate) fn install(&self, state: &mut State, id: Id, last: Position) {
        let server = state.server_mut(id);
        let old = server.commit;
        if last.index <= old && self.has(Guard::SnapshotNotBackwards) {
            return;
        }
        let goes_on = server.log.term(last.index) == Some(last.term);
        let behind = last.index >= server.log.base.index;
        let keep = if goes_on {
            self.has(Guard::SnapshotKeepSuffix)
        } else {
            behind && !self.has(Guard::SnapshotDropConflict)
        };
        server.log = if keep { server.log.tail_behind(last) } else { Log::after(last) };
        (server.commit, server.applied) = (last.index, last.index);
        state.lose(safety::log_changed(state, id));
        self.commit_changed(state, id, old);
    }

    pub(crate) fn commit_changed(&self, state: &mut State, id: Id, from: u8) {
        let to = state.server(id).commit;
        if to < from && !self.figure_3 {
            state.lose(Some(Lost::CommitMonotonic { server: id, from, to }));
        }
    }

    /// A leader answers a read, if it may. That changes nothing.
    pub(crate) fn read(&self, state: &mut State, id: Id) {
        let server = *state.server(id);
        // Who is asked whether the leader still leads answers in its own term.
        let with_it = state.ids().filter(|id| state.server(*id).term <= server.term).count();
        let leads = self.is_majority(state, u8::try_from(with_it).unwrap_or_default());
        let own = server.log.term(server.commit) == Some(server.term);
        if (leads || !self.has(Guard::ReadConfirm)) && (own || !self.has(Guard::ReadOwnTerm)) {
            let index = server.applied + 1;
            let later = state.chosen.get(usize::from(index) - 1);
            if later.is_some_and(|chosen| chosen.leader > 0) && !self.figure_3 {
                state.lose(Some(Lost::ReadFresh { server: id, index }));
            }
        }
    }

    /// A server crashes and starts again, with what is on its disk.
    pub(crate) fn restart(&self, state: &mut State, id: Id) {
        let server = state.server_mut(id);
        server.follow();
        if !self.has(Guard::PersistTerm) {
            (server.term, server.voted) = (0, None);
        }
        if !self.has(Guard::PersistVote) {
            server.voted = None;
        }
        if !self.has(Guard::PersistLog) {
            server.log = Log::after(server.log.base);
        }
        (server.commit, server.applied) = (server.log.base.index, server.log.base.index);
    }

    /// A server replaces what it has applied by a snapshot.
    pub(crate) fn compact(&self, state: &mut State, id: Id) {
        let server = state.server_mut(id);
        server.log = server.log.tail(server.commit);
    }
}
