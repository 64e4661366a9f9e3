//! A raft group in memory: nodes, the messages between them, and who hears whom.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use raft::prelude::{Entry, Message, MessageType, Snapshot};
use raft::storage::MemStorage;
use raft::{Config, GetEntriesContext, RawNode, StateRole, Storage};
use slog::{Logger, o};

use crate::output::Clock;

/// How a group is set up.
pub(crate) struct Setup {
    /// What stands in the lines beside `raft_id`, as TiKV has it.
    pub(crate) region: Option<u64>,
    /// At most this many bytes of entries in a message.
    pub(crate) message_size: u64,
}

pub(crate) struct Cluster {
    nodes: BTreeMap<u64, RawNode<MemStorage>>,
    queue: VecDeque<Message>,
    /// Nodes that nothing reaches and that reach nobody.
    cut_off: BTreeSet<u64>,
    /// Pairs between which no entries travel, while votes do.
    no_entries: BTreeSet<(u64, u64)>,
    clock: Clock,
}

impl Cluster {
    pub(crate) fn new(loggers: &[Logger], setup: &Setup, clock: &Clock) -> Cluster {
        let ids: Vec<u64> = (1..=loggers.len() as u64).collect();
        let mut nodes = BTreeMap::new();
        for (&id, logger) in ids.iter().zip(loggers) {
            let logger = match setup.region {
                Some(region) => logger.new(o!("region_id" => region)),
                None => logger.clone(),
            };
            let config = Config {
                id,
                election_tick: 10,
                heartbeat_tick: 1,
                // Nothing to draw lots for: what is drawn stands in the lines.
                min_election_tick: 10,
                max_election_tick: 11,
                max_size_per_msg: setup.message_size,
                max_inflight_msgs: 256,
                ..Config::default()
            };
            let storage = MemStorage::new_with_conf_state((ids.clone(), vec![]));
            let node = RawNode::new(&config, storage, &logger).expect("the configuration is valid");
            nodes.insert(id, node);
        }
        Cluster {
            nodes,
            queue: VecDeque::new(),
            cut_off: BTreeSet::new(),
            no_entries: BTreeSet::new(),
            clock: clock.clone(),
        }
    }

    pub(crate) fn cut_off(&mut self, id: u64) {
        self.cut_off.insert(id);
    }

    pub(crate) fn reconnect(&mut self, id: u64) {
        self.cut_off.remove(&id);
    }

    /// From now on entries travel only inside of the groups; votes go everywhere.
    pub(crate) fn split_entries(&mut self, groups: &[&[u64]]) {
        let group = |id: u64| groups.iter().position(|group| group.contains(&id));
        self.no_entries.clear();
        for &from in self.nodes.keys() {
            for &to in self.nodes.keys() {
                if from != to && group(from) != group(to) {
                    self.no_entries.insert((from, to));
                }
            }
        }
    }

    /// Entries travel everywhere again.
    pub(crate) fn join_entries(&mut self) {
        self.no_entries.clear();
    }

    /// Lets a node stand for election and hands messages over until there are none.
    pub(crate) fn elect(&mut self, id: u64) {
        self.clock.advance(1_000);
        self.node(id).campaign().expect("a node can campaign");
        self.settle();
        assert_eq!(self.node(id).raft.state, StateRole::Leader, "{id} wins");
    }

    pub(crate) fn propose(&mut self, id: u64, count: usize) {
        for number in 0..count {
            let data = format!("put {number}").into_bytes();
            self.node(id).propose(Vec::new(), data).expect("the leader takes proposals");
            self.settle();
            self.clock.advance(2);
        }
    }

    /// A leader's tick: its heartbeat goes out.
    pub(crate) fn tick(&mut self, id: u64) {
        self.clock.advance(100);
        self.node(id).tick();
        self.settle();
    }

    /// The transport tells a leader that it lost a peer.
    pub(crate) fn unreachable(&mut self, leader: u64, peer: u64) {
        self.node(leader).report_unreachable(peer);
        self.settle();
    }

    /// The transport tells a leader that its snapshot arrived.
    pub(crate) fn snapshot_arrived(&mut self, leader: u64, peer: u64) {
        self.node(leader).report_snapshot(peer, raft::SnapshotStatus::Finish);
        self.settle();
    }

    /// Drops what stands before an index from a node's stored log.
    pub(crate) fn compact(&mut self, id: u64, before: u64) {
        self.node(id).store().wl().compact(before).expect("the index is applied");
    }

    pub(crate) fn commit(&mut self, id: u64) -> u64 {
        self.node(id).raft.raft_log.committed
    }

    /// What a node holds: `(role, term, commit, first index, last index, runs of (term, first, last))`.
    pub(crate) fn state(&mut self, id: u64) -> String {
        let node = self.node(id);
        let (first, last) = (node.raft.raft_log.first_index(), node.raft.raft_log.last_index());
        let (role, term, commit) = (node.raft.state, node.raft.term, node.raft.raft_log.committed);
        let entries = node
            .store()
            .entries(first, last + 1, None, GetEntriesContext::empty(false))
            .unwrap_or_default();
        format!(
            "node {id}: {role:?} at term {term}, commit {commit}, log {first}..={last}, terms {}",
            runs(&entries)
        )
    }

    fn node(&mut self, id: u64) -> &mut RawNode<MemStorage> {
        self.nodes.get_mut(&id).expect("the node exists")
    }

    /// Hands messages over until there are none.
    pub(crate) fn settle(&mut self) {
        loop {
            let ids: Vec<u64> = self.nodes.keys().copied().collect();
            for id in ids {
                self.process(id);
            }
            let Some(message) = self.queue.pop_front() else { return };
            if self.is_lost(&message) {
                continue;
            }
            self.clock.advance(1);
            // A node that has left its role refuses what was meant for it; that is part of the game.
            let _ = self.node(message.to).step(message);
        }
    }

    fn is_lost(&self, message: &Message) -> bool {
        let apart = self.no_entries.contains(&(message.from, message.to));
        let carries = matches!(
            message.get_msg_type(),
            MessageType::MsgAppend | MessageType::MsgHeartbeat | MessageType::MsgSnapshot
        );
        self.cut_off.contains(&message.from)
            || self.cut_off.contains(&message.to)
            || apart && carries
    }

    /// Stores what a node wants stored and takes what it wants sent.
    fn process(&mut self, id: u64) {
        let node = self.nodes.get_mut(&id).expect("the node exists");
        while node.has_ready() {
            let mut ready = node.ready();
            self.queue.extend(ready.take_messages());
            if *ready.snapshot() != Snapshot::default() {
                let snapshot = ready.snapshot().clone();
                node.store().wl().apply_snapshot(snapshot).expect("a snapshot goes forward");
            }
            node.store().wl().append(ready.entries()).expect("entries follow each other");
            if let Some(state) = ready.hs() {
                node.store().wl().set_hardstate(state.clone());
            }
            self.queue.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            if let Some(commit) = light.commit_index() {
                node.store().wl().mut_hard_state().set_commit(commit);
            }
            self.queue.extend(light.take_messages());
            node.advance_apply();
        }
    }
}

/// `term: first..=last` for each run of entries of a term.
fn runs(entries: &[Entry]) -> String {
    let runs = entries.chunk_by(|left, right| left.term == right.term);
    let texts: Vec<String> = runs
        .filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            Some(format!("{}: {}..={}", first.term, first.index, last.index))
        })
        .collect();
    texts.join(", ")
}
