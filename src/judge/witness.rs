//! A finding in words: the path that lacks the evidence, step by step, and the missing check.

use crate::facts::{Event, Question, StepKind};
use crate::finding::Step;
use crate::program::{FnId, Program};
use crate::protocol::{Message, Quantity};
use crate::rule::{NearMiss, Rule, Scope};
use crate::source::Place;

/// The first near miss on the way of an event, with the place of its fact.
pub(super) fn near_miss(rule: &'static Rule, event: &Event) -> Option<(&'static NearMiss, Place)> {
    rule.near_misses.iter().find_map(|near| {
        let (_, place) = event.facts.iter().find(|(f, _)| *f == near.fact)?;
        Some((near, *place))
    })
}

/// Where a finding is shown, and the function around it: the effect, or what was asked wrongly.
pub(super) fn shown(rule: &'static Rule, event: &Event, program: &Program) -> (Place, FnId) {
    let effect = (event.place, event.function);
    if rule.scope != Scope::Comparison {
        return effect;
    }
    let asked = near_miss(rule, event).map(|(_, place)| place);
    asked.and_then(|at| Some((at, program.body_around(at)?))).unwrap_or(effect)
}

pub(super) fn witness(rule: &'static Rule, event: &Event, program: &Program) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut add = |place: Place, text: String| {
        if !steps.iter().any(|s| s.place == place) && place != event.place {
            steps.push(Step { place, text });
        }
    };
    for (place, kind) in &event.steps {
        let text = match kind {
            StepKind::Entry(id) => {
                let what = entering(event, *id).unwrap_or("the path starts");
                format!("{what} here: `{}`", program.qualified_name(*id))
            }
            StepKind::Call(id) => {
                let what = entering(event, *id).map(|what| format!(", where {what}"));
                format!("calls `{}`{}", program.qualified_name(*id), what.unwrap_or_default())
            }
            StepKind::Decision(question, outcome) => decision(*question, *outcome),
        };
        add(*place, text);
    }
    let near = near_miss(rule, event);
    if let Some((near, place)) = near {
        add(place, near.seen.to_owned());
        // What the finding is about says more there than which way was taken.
        if let Some(step) = steps.iter_mut().find(|step| step.place == place) {
            if rule.scope == Scope::Comparison {
                near.seen.clone_into(&mut step.text);
            } else if step.text.starts_with("goes on") {
                step.text = format!("{}; {}", near.seen, step.text);
            }
        }
    }
    let missing = near.map_or(rule.missing, |(near, _)| near.missing);
    steps.push(Step { place: event.place, text: missing.to_owned() });
    steps
}

/// What enters in a function, if it is where the message was recognised.
fn entering(event: &Event, function: FnId) -> Option<&'static str> {
    let message = event.handling.filter(|_| event.handler == Some(function))?;
    Some(match message {
        Message::AppendReply | Message::VoteReply => "the reply enters",
        Message::AppendEntries
        | Message::Heartbeat
        | Message::RequestVote
        | Message::InstallSnapshot => "the request enters",
    })
}

/// What a decision's label says about the text that it stands under.
fn decision(question: Question, outcome: bool) -> String {
    let text = match (question, outcome) {
        (Question::Condition, true) => "goes on where this holds",
        (Question::Condition, false) => "goes on where this does not hold",
        (Question::Pattern, true) => "goes on where this matches",
        (Question::Pattern, false) => "goes on where this does not match",
        (Question::Presence, true) => "goes on where this has a value",
        (Question::Presence, false) => "goes on where this has no value",
        (Question::Try, true) => "goes on where `?` does not return",
        (Question::Try, false) => "returns here",
        (Question::Order(order), true) => return format!("goes on where this is `{order:?}`"),
        (Question::Order(order), false) => return format!("goes on where this is not `{order:?}`"),
    };
    text.to_owned()
}

/// The help text with what the code at this effect calls the values of the protocol.
pub(super) fn help(rule: &Rule, event: &Event) -> String {
    let fill = |text: String, q: &Quantity| text.replace(q.hole(), event.naming.of(*q));
    Quantity::ALL.iter().fold(rule.help.to_owned(), fill)
}
