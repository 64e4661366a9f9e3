//! Nodes in memory, each on a thread of its own with a log file of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use openraft::storage::Adaptor;
use openraft::{
    CommittedLeaderId, Config, Entry, EntryPayload, LogId, Membership, RaftLogReader, RaftStorage,
    Vote,
};
use openraft_memstore::{ClientRequest, IntoMemClientRequest, MemStore, TypeConfig};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

use crate::network::{Raft, Router};

/// The entries of one term, written by a leader, up to an index.
pub(crate) struct Run {
    pub(crate) term: u64,
    pub(crate) leader: u64,
    pub(crate) last: u64,
}

struct Node {
    store: Arc<MemStore>,
    running: Option<Running>,
}

struct Running {
    raft: Raft,
    handle: Handle,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

pub(crate) struct Cluster {
    directory: PathBuf,
    level: Level,
    bystander: Level,
    core: Level,
    router: Router,
    nodes: BTreeMap<u64, Node>,
}

impl Cluster {
    /// With the level of what nodes 1 and 3 write, and of node 2, which only makes a quorum.
    pub(crate) fn new(directory: &Path, level: Level, bystander: Level) -> io::Result<Cluster> {
        fs::create_dir_all(directory)?;
        Ok(Cluster {
            directory: directory.to_path_buf(),
            level,
            bystander,
            core: Level::TRACE,
            router: Router::default(),
            nodes: BTreeMap::new(),
        })
    }

    /// Leaves out what the core says about its own loop, which is most of what it says.
    pub(crate) fn quieten_core(&mut self) {
        self.core = Level::INFO;
    }

    /// Prepares a node's disk: the membership at index 0, then runs of terms.
    pub(crate) fn prepare(&mut self, id: u64, runs: &[Run]) {
        let store = Arc::new(MemStore::new());
        let mut entries = Vec::new();
        for run in runs {
            while entries.len() as u64 <= run.last {
                let index = entries.len() as u64;
                let leader = CommittedLeaderId::new(run.term, run.leader);
                let payload = if index == 0 {
                    let members = BTreeSet::from([1, 2, 3]);
                    EntryPayload::Membership(Membership::new(vec![members], ()))
                } else {
                    EntryPayload::Normal(ClientRequest::make_request("client", index))
                };
                entries.push(Entry { log_id: LogId::new(leader, index), payload });
            }
        }
        let last = runs.last().expect("a prepared node has entries");
        let vote = Vote::new(last.term, last.leader);
        let mut disk = Arc::clone(&store);
        block(async move {
            disk.append_to_log(entries).await.expect("memory takes everything");
            disk.save_vote(&vote).await.expect("memory takes everything");
        });
        self.nodes.insert(id, Node { store, running: None });
    }

    pub(crate) fn start(&mut self, id: u64) -> io::Result<()> {
        let node = self.nodes.get_mut(&id).expect("the node is prepared");
        let file = File::create(self.directory.join(format!("node-{id}.log")))?;
        let level = if id == 2 { self.bystander } else { self.level };
        let core = self.core;
        let (router, store) = (self.router.clone(), Arc::clone(&node.store));
        let (started, wait) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            // The store is one for tests; a product has its own and does not log like it.
            let targets = Targets::new()
                .with_target("openraft", level)
                .with_target("openraft::core", level.min(core))
                .with_target("openraft_memstore", Level::WARN);
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(file);
            let subscriber = Registry::default().with(lines.with_filter(targets));
            let _guard = tracing::subscriber::set_default(subscriber);
            let runtime = Builder::new_current_thread().enable_time().build();
            runtime.expect("a runtime can be made").block_on(async move {
                let (log, machine) = Adaptor::new(store);
                let raft = Raft::new(id, config(), router.clone(), log, machine).await;
                let raft = raft.expect("the store can be read");
                router.add(id, raft.clone(), Handle::current());
                started.send((raft.clone(), Handle::current())).expect("the starter waits");
                // Ends with the cluster, too, which drops the sender.
                let _ = stopped.await;
                router.remove(id);
                raft.shutdown().await.expect("no task has panicked");
            });
        });
        let (raft, handle) = wait.recv().map_err(io::Error::other)?;
        node.running = Some(Running { raft, handle, stop, thread });
        Ok(())
    }

    /// Does something on a node's thread and waits for it.
    fn on<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        id: u64,
        work: impl FnOnce(Raft) -> F,
    ) -> T {
        let running = self.nodes[&id].running.as_ref().expect("the node runs");
        let task = running.handle.spawn(work(running.raft.clone()));
        block(task).expect("the node does not panic")
    }

    /// Lets a node stand for election until it leads.
    pub(crate) fn elect(&self, id: u64) {
        // Whoever heard a leader votes only after its lease.
        thread::sleep(Duration::from_millis(350));
        self.on(id, move |raft| async move {
            raft.trigger().elect().await.expect("the node runs");
            let wait = raft.wait(Some(Duration::from_secs(5)));
            wait.current_leader(id, "elected").await.expect("it wins");
        });
        self.settle();
    }

    pub(crate) fn write(&self, id: u64, count: u64) {
        for serial in 0..count {
            self.on(id, move |raft| async move {
                let request = ClientRequest::make_request("writer", serial);
                raft.client_write(request).await.expect("a quorum is there");
            });
        }
    }

    pub(crate) fn heartbeat(&self, id: u64) {
        self.on(id, |raft| async move { raft.trigger().heartbeat().await.expect("the node runs") });
        self.settle();
    }

    /// Makes a snapshot of all that is applied and drops the log up to an index.
    pub(crate) fn compact(&self, id: u64, upto: u64) {
        self.on(id, |raft| async move { raft.trigger().snapshot().await.expect("the node runs") });
        self.settle();
        self.on(id, move |raft| async move {
            raft.trigger().purge_log(upto).await.expect("the node runs");
        });
        self.settle();
    }

    pub(crate) fn settle(&self) {
        thread::sleep(Duration::from_millis(150));
    }

    pub(crate) fn stop(self) {
        for (_, node) in self.nodes {
            if let Some(running) = node.running {
                drop(running.stop);
                running.thread.join().expect("the node does not panic");
            }
        }
    }

    /// Prints what nodes hold: their stored log as runs of terms.
    pub(crate) fn say(&self, when: &str, ids: &[u64]) {
        let name = self.directory.file_name().unwrap_or_default().display();
        for id in ids {
            let mut store = Arc::clone(&self.nodes[id].store);
            let entries: Vec<Entry<TypeConfig>> =
                block(async move { store.try_get_log_entries(..).await }).expect("memory is read");
            let term = |entry: &Entry<TypeConfig>| entry.log_id.leader_id.term;
            let runs: Vec<String> = entries
                .chunk_by(|left, right| term(left) == term(right))
                .filter_map(|run| {
                    let (first, last) = (run.first()?, run.last()?);
                    let (from, to) = (first.log_id.index, last.log_id.index);
                    Some(format!("{}: {from}..={to}", term(first)))
                })
                .collect();
            let role = match &self.nodes[id].running {
                None => "down".to_owned(),
                Some(running) => {
                    let metrics = running.raft.metrics().borrow().clone();
                    let applied = metrics.last_applied.map(|id| id.index);
                    format!(
                        "{:?} at term {}, applied {applied:?}",
                        metrics.state, metrics.current_term
                    )
                }
            };
            eprintln!("{name}: {when}: node {id}: {role}, terms {}", runs.join(", "));
        }
    }
}

/// Nothing happens by itself: elections and heartbeats are asked for.
fn config() -> Arc<Config> {
    let config = Config {
        cluster_name: "demo".to_owned(),
        enable_tick: false,
        max_payload_entries: 64,
        max_in_snapshot_log_to_keep: 10,
        // Time enough on a busy machine.
        heartbeat_interval: 100,
        election_timeout_min: 200,
        election_timeout_max: 300,
        ..Config::default()
    };
    Arc::new(config.validate().expect("the configuration is valid"))
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime can be made").block_on(work)
}
