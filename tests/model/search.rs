//! What can happen, and the search through all of it.

use stateright::{Checker, Model, Path, Property};

use crate::bounds::{ANY, Bounds};
use crate::raft::Raft;
use crate::state::{Id, Message, Role, State};

/// Which part of a request and its answer is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Late {
    /// None: both are handled in one step.
    Nothing,
    /// The request is handled, its answer is under way.
    Answer,
    /// The request is under way.
    Request,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// A candidate or leader sends its request.
    Send { from: Id, to: Id, heartbeat: bool, late: Late },
    /// A late message arrives.
    Arrive { message: Message, late: Late },
    /// A follower or candidate times out.
    TimeOut(Id),
    /// A client sends a command to a leader.
    Command(Id),
    /// A server crashes and starts again.
    Restart(Id),
    /// A server takes a snapshot of what it has applied.
    Compact(Id),
    /// A client asks a leader for what has been applied.
    Read(Id),
}

/// Raft within bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounded {
    /// The protocol.
    pub(crate) raft: Raft,
    /// The bounds.
    pub(crate) bounds: Bounds,
    /// What the search looks for.
    pub(crate) goal: fn(&State) -> bool,
}

impl Bounded {
    /// Does a step.
    pub(crate) fn advance(&self, state: &mut State, action: &Action) {
        perform(&self.raft, state, action);
        // A count that nothing asks for would only keep equal states apart.
        if self.bounds.timeouts == ANY {
            state.used.timeouts = 0;
        }
    }

    fn requests(&self, state: &State, from: Id, actions: &mut Vec<Action>) {
        let server = state.server(from);
        if server.role == Role::Follower {
            return;
        }
        let lateness: &[Late] = if state.used.late < self.bounds.late {
            &[Late::Nothing, Late::Answer, Late::Request]
        } else {
            &[Late::Nothing]
        };
        let end = server.log.last().index;
        for to in state.ids().filter(|to| *to != from) {
            let next = server.next[usize::from(to)];
            let entries = server.log.base.index < next && next <= end;
            let kinds: &[bool] =
                if self.bounds.heartbeats && entries { &[false, true] } else { &[false] };
            for &late in lateness {
                let send =
                    |heartbeat: &bool| Action::Send { from, to, heartbeat: *heartbeat, late };
                actions.extend(kinds.iter().map(send));
            }
        }
    }
}

impl Model for Bounded {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut state = State::new(self.bounds.servers);
        for action in self.bounds.given {
            self.advance(&mut state, action);
        }
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.lost.is_some() {
            return;
        }
        let Bounds { terms, timeouts, commands, log, late, restarts, snapshots, .. } = self.bounds;
        for id in state.ids() {
            self.requests(state, id, actions);
            let server = state.server(id);
            let leads = server.role == Role::Leader;
            if leads && state.used.commands < commands && server.log.last().index < log {
                actions.push(Action::Command(id));
            }
            if leads && self.bounds.reads {
                actions.push(Action::Read(id));
            }
            if !leads && server.term < terms && state.used.timeouts < timeouts {
                actions.push(Action::TimeOut(id));
            }
            if state.used.restarts < restarts {
                actions.push(Action::Restart(id));
            }
            if state.used.snapshots < snapshots && server.commit > server.log.base.index {
                actions.push(Action::Compact(id));
            }
        }
        for &message in &state.late {
            actions.push(Action::Arrive { message, late: Late::Nothing });
            if state.used.late < late {
                actions.push(Action::Arrive { message, late: Late::Answer });
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.advance(&mut next, &action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes("goal", |model, state| (model.goal)(state))]
    }
}

/// Does one step.
pub(crate) fn perform(raft: &Raft, state: &mut State, action: &Action) {
    match *action {
        Action::Send { from, to, heartbeat, late } => {
            let request = raft.request(state, from, to, heartbeat);
            if late == Late::Request {
                delay(state, request);
            } else {
                deliver(raft, state, &request, late);
            }
        }
        Action::Arrive { message, late } => {
            let at = state.late.iter().position(|other| *other == message);
            at.map(|at| state.late.remove(at));
            deliver(raft, state, &message, late);
        }
        Action::TimeOut(id) => {
            state.used.timeouts += 1;
            raft.time_out(state, id);
        }
        Action::Command(id) => {
            state.used.commands += 1;
            raft.accept(state, id, state.used.commands);
        }
        Action::Restart(id) => {
            state.used.restarts += 1;
            raft.restart(state, id);
        }
        Action::Read(id) => raft.read(state, id),
        Action::Compact(id) => {
            state.used.snapshots += 1;
            raft.compact(state, id);
        }
    }
}

/// Hands over a message, and its answer at once unless that is late.
fn deliver(raft: &Raft, state: &mut State, message: &Message, late: Late) {
    match raft.receive(state, message) {
        Some(answer) if late == Late::Answer => delay(state, answer),
        Some(answer) => drop(raft.receive(state, &answer)),
        None => {}
    }
}

fn delay(state: &mut State, message: Message) {
    state.used.late += 1;
    state.late.push(message);
    state.late.sort_unstable();
}

/// What a search has found.
pub(crate) struct Found {
    /// How many states it has visited, those apart that differ in the servers' numbers only.
    pub(crate) states: usize,
    /// A shortest way to the goal. Without one, every state within the bounds has been visited.
    pub(crate) path: Option<Path<State, Action>>,
}

/// Searches breadth first, in one thread: the first of the shortest ways is always the same.
pub(crate) fn search(model: Bounded) -> Found {
    let checker = model.checker().threads(1).spawn_bfs().join();
    assert!(checker.is_done(), "the search is complete");
    Found { states: checker.unique_state_count(), path: checker.discovery("goal") }
}
