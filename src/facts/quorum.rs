//! Majorities: every place where votes or replicas are held against the number of voters.
//!
//! A scan over the lowered functions, not an evaluation of paths: what passes such a test is a matter
//! of arithmetic. Both sides are resolved to small expressions over one count and one size
//! ([`number`], [`resolve`]), the expression is worked out for clusters of one to nine voters
//! ([`reading`]), and what the count and the size say about this server itself is looked up in how
//! both are made ([`own`], [`members`]). It knows no rule; it makes events.

mod asked;
mod code;
mod collection;
mod compare;
mod distinct;
mod median;
mod members;
mod names;
mod number;
mod own;
mod reading;
mod resolve;
mod unread;

use std::collections::BTreeMap;

use super::event::{Event, StepKind};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Fact, Message};
use crate::roles::state::States;
use crate::source::Place;
use code::Code;
use compare::Comparisons;
use reading::Outcome;

/// What was found out about one test for a majority.
struct Test {
    place: Place,
    function: FnId,
    outcome: Outcome,
    /// The function that computes the needed number, and where it is called.
    helper: Option<(FnId, Place)>,
    /// What the test is made of, where it tells more than the outcome.
    form: Form,
}

/// How the majority is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A count is compared.
    Compared,
    /// A position in the sorted match indexes.
    Median,
    /// A function that computes the needed number.
    Helper,
    /// Counted and compared with nothing.
    Unread,
}

/// The tests for a majority, and the votes that are counted, in the whole program, as events.
pub(super) fn events(
    program: &Program,
    states: &States,
    asked: &dyn Fn(Effect, Option<Message>) -> bool,
) -> Vec<Event> {
    let [majorities, votes] =
        [Effect::MajorityTest, Effect::VoterCount].map(|effect| asked(effect, None));
    if !majorities && !votes {
        return Vec::new();
    }
    let code = Code::new(program);
    let mut events = Vec::new();
    if votes {
        let functions = program.ids().filter(|id| is_written_by_hand(program, *id));
        let mut counted = BTreeMap::new();
        for found in functions.flat_map(|id| distinct::of_function(&code, id)) {
            // A count that several handlers reach needs the question on each way.
            let worse = found.fact != Fact::VoterCountedOnce;
            if worse || !counted.contains_key(&found.place) {
                counted.insert(found.place, found);
            }
        }
        events.extend(counted.into_values().map(|c| {
            let made = made(Effect::VoterCount, (c.place, c.function), (c.fact, c.seen));
            Event { steps: c.steps, ..made }
        }));
    }
    if majorities {
        events.extend(tests(&code, states));
    }
    events
}

/// Functions with more expressions are machine-made.
const MAX_EXPRESSIONS: usize = 10_000;

/// Whether a function has a body of a size that people write.
fn is_written_by_hand(program: &Program, id: FnId) -> bool {
    let function = program.function(id);
    function.root.is_some() && function.body.exprs.len() <= MAX_EXPRESSIONS
}

/// The tests for a majority.
fn tests(code: &Code<'_>, states: &States) -> Vec<Event> {
    let program = code.program;
    let mut found: BTreeMap<Place, Test> = BTreeMap::new();
    let mut comparisons = Comparisons::default();
    for id in program.ids().filter(|id| is_written_by_hand(program, *id)) {
        for test in comparisons.of_function(code, id) {
            found.insert(test.place, test);
        }
        for test in median::of_function(code, id) {
            found.insert(test.place, test);
        }
        for test in unread::locals(code, id) {
            found.insert(test.place, test);
        }
    }
    for test in unread::tallies(code, states) {
        found.insert(test.place, test);
    }
    let helpers = comparisons.helpers(code, &found);
    let blamed = |test: &Test| {
        test.helper
            .is_some_and(|(id, _)| helpers.iter().any(|h| h.function == id && h.outcome.is_wrong()))
    };
    found.retain(|_, test| !(test.outcome.is_wrong() && blamed(test)));
    for helper in helpers {
        found.insert(helper.place, helper);
    }
    found.into_values().filter_map(event).collect()
}

fn event(test: Test) -> Option<Event> {
    let fact = match (test.outcome, test.form) {
        (Outcome::Undecided, _) => return None,
        (Outcome::Right, _) => Fact::StrictMajority,
        (_, Form::Unread) => Fact::TallyUnread,
        (_, Form::Median) => Fact::MedianOffByOne,
        (Outcome::SelfLeftOut, _) => Fact::SelfLeftOut,
        (Outcome::Half, _) => Fact::HalfPasses,
        (Outcome::Less, _) => Fact::LessThanHalfPasses,
    };
    let mut steps = Vec::new();
    if let Some((id, call)) = test.helper
        && call != test.place
    {
        steps.push((call, StepKind::Call(id)));
    }
    let mut event = made(Effect::MajorityTest, (test.place, test.function), (fact, test.place));
    event.steps = steps;
    Some(event)
}

/// An event of its own place, on no way.
fn made(effect: Effect, (place, function): (Place, FnId), fact: (Fact, Place)) -> Event {
    Event { facts: vec![fact], ..Event::found(effect, place, function) }
}
