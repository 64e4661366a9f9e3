//! Brings a schedule into an order that reads well, with the same steps to the same end.
//!
//! The search is free to interleave what two servers do in any way, and takes the first. A reader
//! follows one server as long as possible.

use stateright::Model;

use crate::search::{Action, Bounded};
use crate::state::{Id, State};

/// The steps, the state before each, and the state after the last.
pub(crate) struct Schedule {
    /// The steps.
    pub(crate) actions: Vec<Action>,
    /// One state more than there are steps.
    pub(crate) states: Vec<State>,
}

/// Moves steps as long as that lets the tale change less often from one server to another.
pub(crate) fn readable(model: &Bounded, found: Vec<Action>) -> Option<Schedule> {
    let given = model.bounds.given.iter().copied();
    let mut best = replay(model, given.chain(found).collect())?;
    while let Some(better) = improved(model, &best) {
        best = better;
    }
    Some(best)
}

fn improved(model: &Bounded, schedule: &Schedule) -> Option<Schedule> {
    let count = schedule.actions.len();
    let name = |schedule: &Schedule| schedule.states.last()?.lost.map(|lost| lost.name());
    let given = model.bounds.given.len();
    let moves = (1..count - given).flat_map(|size| {
        let starts = given..=count - size;
        starts.clone().flat_map(move |from| starts.clone().map(move |to| (size, from, to)))
    });
    moves
        .filter_map(|(size, from, to)| {
            let mut actions = schedule.actions.clone();
            let block: Vec<Action> = actions.drain(from..from + size).collect();
            actions.splice(to..to, block);
            if changes(&actions) >= changes(&schedule.actions) {
                return None;
            }
            replay(model, actions)
        })
        .find(|other| name(other) == name(schedule))
}

/// Does the steps, if each is possible and only the last one loses something.
fn replay(model: &Bounded, actions: Vec<Action>) -> Option<Schedule> {
    let mut states = vec![State::new(model.bounds.servers)];
    let mut possible = Vec::new();
    for action in &actions {
        let state = states.last()?;
        possible.clear();
        // After a loss nothing is possible.
        model.actions(state, &mut possible);
        let next = possible.contains(action).then(|| model.next_state(state, *action))??;
        states.push(next);
    }
    states.last()?.lost?;
    Some(Schedule { actions, states })
}

/// How often the next step is another server's.
fn changes(actions: &[Action]) -> usize {
    actions.windows(2).filter(|pair| actor(&pair[0]) != actor(&pair[1])).count()
}

fn actor(action: &Action) -> Id {
    match *action {
        Action::Send { from, .. } => from,
        Action::Arrive { message, .. } => message.from,
        Action::TimeOut(id)
        | Action::Command(id)
        | Action::Restart(id)
        | Action::Compact(id)
        | Action::Read(id) => id,
    }
}
