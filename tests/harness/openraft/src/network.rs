//! Requests between nodes of one process: each is carried out on the thread of the node that it
//! is for, so that what is logged about it stands in that node's file.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openraft::error::{InstallSnapshotError, RPCError, RaftError, Unreachable};
use openraft::network::{Backoff, RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
    VoteRequest, VoteResponse,
};
use openraft_memstore::TypeConfig;
use tokio::runtime::Handle;

pub(crate) type Raft = openraft::Raft<TypeConfig>;
type Failure<E = RaftError<u64>> = RPCError<u64, (), E>;

/// The nodes that run, with the threads they run on.
#[derive(Clone, Default)]
pub(crate) struct Router(Arc<Mutex<BTreeMap<u64, (Raft, Handle)>>>);

impl Router {
    pub(crate) fn add(&self, id: u64, raft: Raft, handle: Handle) {
        self.0.lock().expect("no holder panics").insert(id, (raft, handle));
    }

    pub(crate) fn remove(&self, id: u64) {
        self.0.lock().expect("no holder panics").remove(&id);
    }

    fn find(&self, id: u64) -> Result<(Raft, Handle), Unreachable> {
        let nodes = self.0.lock().expect("no holder panics");
        nodes.get(&id).cloned().ok_or_else(|| {
            let error = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
            Unreachable::new(&error)
        })
    }
}

impl RaftNetworkFactory<TypeConfig> for Router {
    type Network = Peer;

    async fn new_client(&mut self, target: u64, (): &()) -> Peer {
        Peer { router: self.clone(), target }
    }
}

pub(crate) struct Peer {
    router: Router,
    target: u64,
}

/// What a request came to on the other thread, or that it never did.
fn answer<T, E: std::error::Error + 'static>(
    outcome: Result<Result<T, E>, tokio::task::JoinError>,
) -> Result<T, Unreachable> {
    match outcome {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(Unreachable::new(&error)),
        Err(error) => Err(Unreachable::new(&error)),
    }
}

/// As long as a request takes on a network.
async fn travel() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

impl RaftNetwork<TypeConfig> for Peer {
    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, Failure> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.append_entries(request).await });
        Ok(answer(task.await)?)
    }

    async fn install_snapshot(
        &mut self,
        request: InstallSnapshotRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, Failure<RaftError<u64, InstallSnapshotError>>> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.install_snapshot(request).await });
        Ok(answer(task.await)?)
    }

    async fn vote(
        &mut self,
        request: VoteRequest<u64>,
        _option: RPCOption,
    ) -> Result<VoteResponse<u64>, Failure> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.vote(request).await });
        Ok(answer(task.await)?)
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(std::iter::repeat(Duration::from_millis(200)))
    }
}
