//! Rules over events: obligations with their evidence, or with the path that lacks it.
//!
//! The only reader of [`crate::rules::ALL`] beside the commands. It decides nothing about code: an
//! event carries the facts that hold, a rule the facts that it asks for.

use std::collections::BTreeMap;

use crate::facts::{Event, Question, StepKind};
use crate::finding::{Obligation, Status, Step};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Fact, Message, Quantity};
use crate::rule::{NearMiss, Requirement, Rule};
use crate::source::{Place, Sources};

/// The requirement of a rule that an event falls under.
fn requirement<'r>(rule: &'r Rule, event: &Event) -> Option<&'r Requirement> {
    let within = rule.within.is_empty() || event.handling.is_some_and(|m| rule.within.contains(&m));
    let requirement = rule.requires.iter().find(|r| r.effect == event.effect)?;
    within.then_some(requirement)
}

fn evidence(requirement: &Requirement, event: &Event) -> Vec<Place> {
    let holds = |fact: &Fact| requirement.any_of.contains(fact);
    event.facts.iter().filter(|(fact, _)| holds(fact)).map(|(_, place)| *place).collect()
}

/// Whether every rule that asks for something at this event has it.
pub fn satisfied(rules: &[&'static Rule], event: &Event) -> bool {
    let mut required = rules.iter().filter_map(|rule| requirement(rule, event));
    required.all(|r| event.facts.iter().any(|(f, _)| r.any_of.contains(f)))
}

/// Whether some rule asks for something that this event has not, or that counts only where every
/// other event of the place has it, too.
pub fn lacks_evidence(rules: &[&'static Rule], event: &Event) -> bool {
    let mut required = rules.iter().filter_map(|rule| requirement(rule, event));
    let counts = |r: &Requirement, f: &Fact| r.any_of.contains(f) && !r.exclusive.contains(f);
    required.any(|r| !event.facts.iter().any(|(f, _)| counts(r, f)))
}

/// The obligations of all rules.
pub fn judge(
    rules: &[&'static Rule],
    events: &[Event],
    program: &Program,
    sources: &Sources,
) -> Vec<Obligation> {
    let mut obligations = Vec::new();
    for &rule in rules {
        let mut sites: BTreeMap<Place, BTreeMap<Effect, Vec<&Event>>> = BTreeMap::new();
        for event in events {
            if requirement(rule, event).is_some() {
                let site = sites.entry(event.place).or_default();
                site.entry(event.effect).or_default().push(event);
            }
        }
        let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
        for (place, effects) in sites {
            let Some(first) = effects.values().flatten().next() else { continue };
            let function = program.qualified_name(first.function);
            let identity = format!("{}|{function}|{}", rule.id, normalised(sources, place));
            let ordinal = ordinals.entry(identity.clone()).or_default();
            let fingerprint = fingerprint(&identity, *ordinal);
            *ordinal += 1;
            let (effect, status) = verdict(rule, &effects, program);
            obligations.push(Obligation { rule, effect, place, function, status, fingerprint });
        }
    }
    obligations
}

/// One place is one obligation: what it does to the protocol's state may be several effects (a
/// storage call that truncates and writes), each with evidence of its own, but it is one decision.
/// The effect is the first that lacks evidence, or the first.
fn verdict(
    rule: &'static Rule,
    effects: &BTreeMap<Effect, Vec<&Event>>,
    program: &Program,
) -> (Effect, Status) {
    let mut all = effects.iter().map(|(effect, events)| (*effect, status(rule, events, program)));
    let mut verdict = all.next().expect("invariant: a site has an event");
    for (effect, status) in all {
        match (&mut verdict.1, status) {
            (Status::Proved { evidence }, Status::Proved { evidence: more }) => {
                evidence.extend(more);
                evidence.sort();
                evidence.dedup();
            }
            (Status::Proved { .. }, open) => verdict = (effect, open),
            _ => {}
        }
    }
    verdict
}

fn status(rule: &'static Rule, events: &[&Event], program: &Program) -> Status {
    let lacking = |event: &&&Event| {
        let Some(requirement) = requirement(rule, event) else { return false };
        let mut good = event.facts.iter().filter(|(f, _)| requirement.any_of.contains(f));
        !good.any(|(f, _)| {
            let everywhere = || events.iter().all(|e| e.facts.iter().any(|(g, _)| g == f));
            !requirement.exclusive.contains(f) || everywhere()
        })
    };
    // The shortest way says it best.
    let worst = events.iter().filter(lacking).min_by_key(|e| e.steps.len());
    let Some(worst) = worst else {
        let mut places: Vec<Place> = events
            .iter()
            .filter_map(|e| requirement(rule, e).map(|r| evidence(r, e)))
            .flatten()
            .collect();
        places.sort();
        places.dedup();
        return Status::Proved { evidence: places };
    };
    Status::Violated {
        witness: witness(rule, worst, program),
        message: near_miss(rule, worst).map_or(rule.message, |(near, _)| near.message),
        help: help(rule, worst),
    }
}

/// The first near miss on the way of an event, with the place of its fact.
fn near_miss(rule: &'static Rule, event: &Event) -> Option<(&'static NearMiss, Place)> {
    rule.near_misses.iter().find_map(|near| {
        let (_, place) = event.facts.iter().find(|(f, _)| *f == near.fact)?;
        Some((near, *place))
    })
}

fn witness(rule: &'static Rule, event: &Event, program: &Program) -> Vec<Step> {
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
fn help(rule: &Rule, event: &Event) -> String {
    let fill = |text: String, q: &Quantity| text.replace(q.hole(), event.naming.of(*q));
    Quantity::ALL.iter().fold(rule.help.to_owned(), fill)
}

/// The effect's text without whitespace, so that formatting does not change its identity.
fn normalised(sources: &Sources, place: Place) -> String {
    sources.snippet(place).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// FNV-1a with 64 bits: defined here, the same in every build and release.
fn fingerprint(identity: &str, ordinal: usize) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in identity.bytes().chain(ordinal.to_string().bytes()) {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}
