//! The servers, the messages that are late, and what the properties remember.

use std::array;
use std::cmp::Reverse;
use std::hash::{Hash, Hasher};

use crate::log::{CAPACITY, Entry, Log, Position};
use crate::safety::Lost;

/// The most servers that any bound asks for.
pub(crate) const SERVERS: usize = 5;

/// A server's number, from 0.
pub(crate) type Id = u8;

/// What a server takes itself for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Waits for a leader, or for its timer.
    #[default]
    Follower,
    /// Has asked for votes.
    Candidate,
    /// Has got them.
    Leader,
}

/// One server. What survives a crash is currentTerm, votedFor and the log with its snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    /// Its role.
    pub(crate) role: Role,
    /// currentTerm.
    pub(crate) term: u8,
    /// votedFor.
    pub(crate) voted: Option<Id>,
    /// A candidate's voters, a bit each.
    pub(crate) voters: u8,
    /// A candidate's votes, for one that counts them.
    pub(crate) votes: u8,
    /// The log.
    pub(crate) log: Log,
    /// commitIndex.
    pub(crate) commit: u8,
    /// lastApplied.
    pub(crate) applied: u8,
    /// A leader's nextIndex.
    pub(crate) next: [u8; SERVERS],
    /// A leader's matchIndex.
    pub(crate) matched: [u8; SERVERS],
}

impl Server {
    /// Forgets what only candidates and leaders know.
    pub(crate) fn follow(&mut self) {
        self.role = Role::Follower;
        (self.voters, self.votes) = (0, 0);
        (self.next, self.matched) = ([0; SERVERS], [0; SERVERS]);
    }

    /// Whatever of a server does not depend on how the others are numbered.
    fn rank(&self, id: usize) -> impl Ord + use<> {
        let own_vote = self.voted.map(|to| usize::from(to) == id);
        let own = (Reverse(self.role), self.term, own_vote, self.votes, self.commit, self.applied);
        (own, self.log, self.matched.iter().sum::<u8>(), self.next.iter().sum::<u8>())
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Body {
    /// RequestVote with lastLogTerm and lastLogIndex.
    Vote(Position),
    /// Whether the vote is granted.
    VoteReply(bool),
    /// AppendEntries: the entries behind the previous one, and leaderCommit.
    Append(Log, u8),
    /// The entries up to an index are stored.
    Stored(u8),
    /// The previous entry at an index does not match, or the request was stale.
    Refused(u8),
    /// InstallSnapshot with the last entry that the snapshot covers.
    Snapshot(Position),
}

/// A request or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Message {
    /// The sender.
    pub(crate) from: Id,
    /// The receiver.
    pub(crate) to: Id,
    /// The sender's term.
    pub(crate) term: u8,
    /// The rest.
    pub(crate) body: Body,
}

/// The first that was applied at an index, by anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Chosen {
    /// What was applied.
    pub(crate) entry: Entry,
    /// The term of the leader that committed it by counting, 0 if none has.
    pub(crate) leader: u8,
}

/// How often something has happened that the bounds limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Used {
    /// Elections begun.
    pub(crate) timeouts: u8,
    /// Commands of clients.
    pub(crate) commands: u8,
    /// Messages that were not delivered at once.
    pub(crate) late: u8,
    /// Crashes, each with a restart.
    pub(crate) restarts: u8,
    /// Snapshots taken.
    pub(crate) snapshots: u8,
}

/// A state of the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// How many of the servers exist.
    pub(crate) count: u8,
    /// The servers.
    pub(crate) servers: [Server; SERVERS],
    /// The messages that are late, sorted.
    pub(crate) late: Vec<Message>,
    /// What has been applied, from index 1.
    pub(crate) chosen: [Chosen; CAPACITY],
    /// What the bounds count.
    pub(crate) used: Used,
    /// The property that the last step broke.
    pub(crate) lost: Option<Lost>,
}

impl State {
    /// A cluster in which nothing has happened.
    pub(crate) fn new(count: u8) -> State {
        State {
            count,
            servers: array::from_fn(|_| Server::default()),
            late: Vec::new(),
            chosen: [Chosen::default(); CAPACITY],
            used: Used::default(),
            lost: None,
        }
    }

    /// All servers' numbers.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        0..self.count
    }

    /// A server.
    pub(crate) fn server(&self, id: Id) -> &Server {
        &self.servers[usize::from(id)]
    }

    /// Notes the first property that a step breaks.
    pub(crate) fn lose(&mut self, lost: Option<Lost>) {
        self.lost = self.lost.or(lost);
    }

    /// A server that is about to change.
    pub(crate) fn server_mut(&mut self, id: Id) -> &mut Server {
        &mut self.servers[usize::from(id)]
    }
}

/// Servers have no rank among each other, so states that differ only in the servers' numbers have
/// one hash, and the checker, which knows states by their hash, goes on from one of them only. The
/// numbers are given anew in the order of what does not depend on them. Where that leaves a tie, two
/// such states may both be visited: it costs time and hides nothing.
impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let count = usize::from(self.count);
        let mut order: [usize; SERVERS] = array::from_fn(|id| id);
        let ranks: [_; SERVERS] = array::from_fn(|id| self.servers[id].rank(id));
        order[..count].sort_by(|one, other| ranks[*one].cmp(&ranks[*other]));
        let mut new = [0; SERVERS];
        (0..).zip(order).for_each(|(to, from)| new[from] = to);
        let renamed = |id: Id| new[usize::from(id)];
        for &old in &order[..count] {
            let mut server = self.servers[old];
            server.voted = server.voted.map(renamed);
            let voters = self.ids().filter(|id| self.servers[old].voters >> id & 1 == 1);
            server.voters = voters.map(|id| 1 << renamed(id)).sum();
            server.next = array::from_fn(|to| self.servers[old].next[order[to]]);
            server.matched = array::from_fn(|to| self.servers[old].matched[order[to]]);
            server.hash(hasher);
        }
        let mut late: Vec<Message> = self.late.clone();
        for message in &mut late {
            (message.from, message.to) = (renamed(message.from), renamed(message.to));
        }
        late.sort_unstable();
        late.hash(hasher);
        (self.chosen, self.used, self.lost).hash(hasher);
    }
}
