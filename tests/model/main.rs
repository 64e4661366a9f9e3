//! A small model of Raft with one switch for each guard, searched completely within bounds: it finds
//! the schedules that the rules' pages show. `UPDATE=1 cargo test --test model` writes them anew.
//!
//! Servers time out, ask for votes, take commands, send entries and snapshots, crash and start
//! again. A message and its answer are one step, unless the step says that one of them is late: then
//! it arrives at any time later, or never. A message that is lost is one that is not sent or stays
//! late, and one that is doubled is one that is sent twice. Bounds only hide schedules; they never
//! make one up. Nothing is scripted but the first steps of [`bounds::SIX_TERMS`].
//!
//! The search is that of `stateright`, breadth first and in one thread: what it finds is shortest,
//! and always the same. It builds in seconds, its web page included, and only for the tests.
//!
//! Some rules have no switch here. `election-timer-reset` is of liveness, and so is how fast
//! `next-index-backoff` finds where the logs agree; `apply-deterministic` is about the code of the
//! state machine, which is no part of this one; `persist-error-ignored` loses what
//! `persist-before-reply` loses; `role-recheck` needs steps that are not atomic; and
//! `config-change-guard` needs a membership that changes.

#![forbid(unsafe_code)]

mod bounds;
mod cases;
mod election;
mod guard;
mod log;
mod machine;
mod order;
mod raft;
mod render;
mod replication;
mod safety;
mod search;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::{env, fs};

use bounds::{Bounds, CALM, CRASH, LATE_TWICE, SNAPSHOT};
use cases::{NECESSARY, NOT_NECESSARY, OUTSIDE_FIGURE_3};
use guard::Guard;
use raft::Raft;
use safety::Lost;
use search::{Bounded, search};
use state::State;

/// The page that lists the schedules.
const INDEX: &str = "README.md";

/// Raft with a guard off, where the search looks for what is lost.
fn model(off: Option<Guard>, figure_3: bool, bounds: &Bounds) -> Bounded {
    let goal = |state: &State| state.lost.is_some();
    Bounded { raft: Raft { off, figure_3 }, bounds: *bounds, goal }
}

/// How many states are reachable with all guards on, none of which loses anything. Whoever asks first
/// searches, and who asks for the same bounds meanwhile waits.
fn clean(bounds: &Bounds) -> usize {
    static DONE: Mutex<BTreeMap<String, Arc<OnceLock<usize>>>> = Mutex::new(BTreeMap::new());
    let cell = {
        let mut done = DONE.lock().expect("nothing panics with the lock");
        Arc::clone(done.entry(bounds.to_string()).or_default())
    };
    *cell.get_or_init(|| {
        let found = search(model(None, false, bounds));
        let lost = found.path.map(|path| path.last_state().lost);
        assert_eq!(lost, None, "with all guards on, within {bounds}");
        found.states
    })
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/schedules")
}

/// Each guard is either necessary or shown not to be.
#[test]
fn every_guard_has_a_case() {
    let necessary = NECESSARY.iter().map(|case| case.0);
    let cases: Vec<Guard> = necessary.chain(NOT_NECESSARY.iter().map(|case| case.0)).collect();
    for guard in Guard::all() {
        let count = cases.iter().filter(|case| **case == guard).count();
        assert_eq!(count, 1, "{guard} is in one of the tables");
    }
}

/// With one guard off, the property that the table names is lost, and the shortest way to that is
/// what the file shows; with all guards on, nothing is lost within the same bounds.
#[test]
fn necessary_guards_have_their_schedule() {
    let mut wrong = Vec::new();
    for (guard, bounds, property, steps) in NECESSARY {
        let outside = OUTSIDE_FIGURE_3.iter().any(|(other, _)| other == guard);
        let model = model(Some(*guard), !outside, bounds);
        let path = search(model).path;
        let Some(schedule) = path.and_then(|path| order::readable(&model, path.into_actions()))
        else {
            wrong.push(format!("{guard}: nothing is lost"));
            continue;
        };
        let lost = schedule.states.last().and_then(|last| last.lost).map_or("nothing", Lost::name);
        let length = schedule.actions.len();
        if (lost, length) != (property, *steps) {
            wrong.push(format!("{guard}: {lost} is lost in {length} steps"));
        }
        let page = render::page(&model.raft, *guard, &schedule, bounds, clean(bounds));
        wrong.extend(stale(&format!("{guard}.md"), &page));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_lists_all_guards() {
    let necessary: Vec<String> = NECESSARY
        .iter()
        .map(|(guard, bounds, lost, steps)| render::necessary(*guard, lost, *steps, clean(bounds)))
        .collect();
    let others: Vec<String> = NOT_NECESSARY
        .iter()
        .map(|(guard, bounds, why)| render::not_necessary(*guard, why, bounds))
        .collect();
    assert_eq!(stale(INDEX, &render::index(&necessary, &others)), None);
}

/// What is wrong with a stored page. `UPDATE=1` stores the new one.
fn stale(name: &str, page: &str) -> Option<String> {
    let file = directory().join(name);
    if env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&file, page).expect("the directory of the schedules is writable");
    }
    let stored = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    (stored != page).then(|| format!("{name} differs from this, which UPDATE=1 writes:\n{page}"))
}

#[test]
fn no_schedule_is_left_over() {
    let entries = fs::read_dir(directory()).expect("there are schedules").flatten();
    let stored: BTreeSet<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let schedules = NECESSARY.iter().map(|case| format!("{}.md", case.0));
    assert_eq!(stored, schedules.chain([INDEX.to_owned()]).collect());
}

/// Searches without a guard, and finds nothing.
fn nothing_is_lost(guard: Guard, figure_3: bool, bounds: &Bounds) {
    let lost = search(model(Some(guard), figure_3, bounds)).path.map(|path| path.last_state().lost);
    assert_eq!(lost, None, "without {guard}, within {bounds}");
    clean(bounds);
}

/// Half of the guards in each of two tests, which run side by side.
fn not_necessary(part: usize) {
    for (guard, all, _) in NOT_NECESSARY.iter().skip(part).step_by(2) {
        all.iter().for_each(|bounds| nothing_is_lost(*guard, false, bounds));
    }
}

#[test]
fn other_guards_are_not_necessary() {
    not_necessary(0);
}

#[test]
fn nor_are_these() {
    not_necessary(1);
}

#[test]
fn some_are_necessary_only_outside_figure_3() {
    for (guard, bounds) in OUTSIDE_FIGURE_3 {
        nothing_is_lost(*guard, true, bounds);
    }
}

/// A model in which nothing happens is safe, too: with all guards on, all of this is reachable.
#[test]
fn much_can_happen() {
    let reach = |bounds: &Bounds, what: &str, goal: fn(&State) -> bool| {
        let raft = Raft { off: None, figure_3: false };
        let found = search(Bounded { raft, bounds: *bounds, goal });
        assert!(found.path.is_some(), "{what} within {bounds}");
    };
    reach(&CALM, "two commands on all state machines", |state| {
        state.ids().all(|id| state.server(id).applied == 2)
    });
    reach(&CALM, "commits by leaders of two terms", |state| {
        let [first, second, ..] = state.chosen;
        0 < first.leader && first.leader < second.leader
    });
    reach(&CALM, "a conflicting entry cut off on the server that led", |state| {
        // Commands disappear in no other way.
        let holds = |id| state.server(id).log.iter().any(|(_, entry)| entry.command == 1);
        state.used.commands > 1 && !state.ids().any(holds)
    });
    reach(&SNAPSHOT, "a snapshot installed, and an entry applied after it", |state| {
        let covered = state.ids().filter(|id| state.server(*id).log.base.index == 1);
        let on = |id| state.server(id).applied == 2;
        state.used.snapshots == 1 && covered.filter(|id| on(*id)).count() == 2
    });
    reach(&CRASH, "a commit after two crashes", |state| {
        state.used.restarts == 2 && state.ids().all(|id| state.server(id).applied == 1)
    });
    reach(&LATE_TWICE, "two late messages that arrive", |state| {
        state.used.late == 2 && state.late.is_empty() && state.chosen[0].leader > 0
    });
}
