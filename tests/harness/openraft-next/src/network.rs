//! Requests between nodes of one process: each is carried out on the thread of the node that it
//! is for, so that what is logged about it stands in that node's file.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Cursor};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openraft::alias::{SnapshotOf, VoteOf};
use openraft::errors::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::{Backoff, RPCOption};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse,
};
use openraft::{RaftNetworkFactory, RaftNetworkV2};
use openraft_memstore::{MemStateMachine, TypeConfig};
use tokio::runtime::Handle;

pub(crate) type Raft = openraft::Raft<TypeConfig, Arc<MemStateMachine>>;
type Failure = RPCError<TypeConfig>;

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

    fn find(&self, id: u64) -> Result<(Raft, Handle), Unreachable<TypeConfig>> {
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
) -> Result<T, Unreachable<TypeConfig>> {
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

impl RaftNetworkV2<TypeConfig> for Peer {
    type SnapshotData = Cursor<Vec<u8>>;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<TypeConfig>, Failure> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.append_entries(request).await });
        Ok(answer(task.await)?)
    }

    async fn vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, Failure> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.vote(request).await });
        Ok(answer(task.await)?)
    }

    async fn full_snapshot(
        &mut self,
        vote: VoteOf<TypeConfig>,
        snapshot: SnapshotOf<TypeConfig, Cursor<Vec<u8>>>,
        _cancel: impl Future<Output = ReplicationClosed> + Send + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<TypeConfig>, StreamingError<TypeConfig>> {
        let (raft, handle) = self.router.find(self.target)?;
        travel().await;
        let task = handle.spawn(async move { raft.install_full_snapshot(vote, snapshot).await });
        Ok(answer(task.await)?)
    }

    fn backoff(&self) -> Option<Backoff> {
        Some(Backoff::new(std::iter::repeat(Duration::from_millis(200))))
    }
}
