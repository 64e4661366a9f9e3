//! Standing for a term, voting, and counting votes.

use crate::guard::Guard;
use crate::log::Position;
use crate::raft::Raft;
use crate::safety;
use crate::state::{Id, Message, Role, SERVERS, Server, State};

impl Raft {
    /// A timer has run out: the server stands for the next term.
    pub(crate) fn time_out(&self, state: &mut State, id: Id) {
        let server = state.server_mut(id);
        server.follow();
        server.term += 1;
        server.role = Role::Candidate;
        server.voted = Some(id);
        (server.voters, server.votes) = (1 << id, 1);
        self.lead_if_elected(state, id);
    }

    /// Decides on a vote, and records it.
    pub(crate) fn vote(&self, server: &mut Server, candidate: Id, asked: Position) -> bool {
        let own = server.log.last();
        let fresh = match self.off {
            Some(Guard::VoteLogFreshness) => true,
            Some(Guard::VoteFreshnessIndexOnly) => asked.index >= own.index,
            Some(Guard::VoteFreshnessTermOnly) => asked.term >= own.term,
            Some(Guard::VoteFreshnessEither) => asked.term >= own.term || asked.index >= own.index,
            Some(Guard::VoteFreshnessBoth) => asked.term >= own.term && asked.index >= own.index,
            Some(Guard::VoteFreshnessStrict) => asked > own,
            _ => asked >= own,
        };
        let free = server.voted.is_none_or(|voted| voted == candidate);
        let granted = fresh && (free || !self.has(Guard::VoteOnce));
        if granted {
            server.voted = Some(candidate);
        }
        granted
    }

    pub(crate) fn count_vote(&self, state: &mut State, message: &Message) {
        let server = state.server_mut(message.to);
        if message.term != server.term && self.has(Guard::StaleReplyVoteTerm) {
            return;
        }
        if server.role != Role::Candidate && self.has(Guard::StaleReplyVoteRole) {
            return;
        }
        server.voters |= 1 << message.from;
        server.votes = if self.has(Guard::VotesDistinct) {
            u8::try_from(server.voters.count_ones()).unwrap_or_default()
        } else {
            server.votes + 1
        };
        self.lead_if_elected(state, message.to);
    }

    fn lead_if_elected(&self, state: &mut State, id: Id) {
        let enough = self.is_majority(state, state.server(id).votes);
        let peers = usize::from(state.count);
        let server = state.server_mut(id);
        if enough {
            server.role = Role::Leader;
            (server.voters, server.votes) = (0, 0);
            let next = server.log.last().index + 1;
            (server.next, server.matched) = ([0; SERVERS], [0; SERVERS]);
            server.next[..peers].fill(next);
            state.lose(safety::elected(state, id));
        }
    }

    /// Whether so many of the servers are a majority.
    pub(crate) fn is_majority(&self, state: &State, some: u8) -> bool {
        if self.has(Guard::QuorumMajority) {
            2 * some > state.count
        } else {
            2 * some >= state.count
        }
    }
}
