//! Rules over events: obligations with their evidence, or with the path that lacks it.
//!
//! The only reader of [`crate::rules::ALL`] beside the commands. It decides nothing about code: an
//! event carries the facts that hold, a rule the facts that it asks for.

pub mod identity;
mod receiver;
mod roots;
pub use roots::settle;
mod witness;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use self::identity::{fingerprint, identity, normalised};
use self::witness::{help, near_miss, shown, witness};
use crate::facts::{Bound, Event, Met};
use crate::outcome::{Evidence, Obligation, Package, Status, Unanswered};
use crate::program::{FnId, Program};
use crate::protocol::{Effect, Fact, Message};
use crate::rule::{Level, Requirement, Rule};
use crate::source::{Place, Sources};

/// The requirements of a rule at an effect while this message is handled.
fn required(
    rule: &Rule,
    effect: Effect,
    handling: Option<Message>,
) -> impl Iterator<Item = &Requirement> {
    let within = rule.within.is_empty() || handling.is_some_and(|m| rule.within.contains(&m));
    rule.requires.iter().filter(move |r| within && r.effect == effect)
}

/// The requirements of a rule that an event falls under.
fn requirements<'r>(rule: &'r Rule, event: &'r Event) -> impl Iterator<Item = &'r Requirement> {
    let hidden = |r: &&Requirement| event.facts.iter().any(|(f, _)| f.hides(r.any_of));
    required(rule, event.effect, event.handling).filter(move |r| !hidden(r))
}

/// Whether some rule asks for something at such an effect.
pub fn asked(rules: &[&'static Rule], effect: Effect, handling: Option<Message>) -> bool {
    rules.iter().any(|rule| required(rule, effect, handling).next().is_some())
}

fn evidence<'e>(
    requirement: &'e Requirement,
    event: &'e Event,
) -> impl Iterator<Item = (Place, Fact)> + 'e {
    let good = event.facts.iter().filter(|(fact, _)| requirement.any_of.contains(fact));
    good.map(|&(fact, place)| (place, fact))
}

/// What becomes true at each place.
fn by_place(mut all: Vec<(Place, Fact)>) -> Vec<Evidence> {
    all.sort();
    all.dedup();
    let same = all.chunk_by(|(a, _), (b, _)| a == b);
    let evidence = same.map(|facts| Evidence {
        place: facts[0].0,
        facts: facts.iter().map(|(_, fact)| *fact).collect(),
    });
    evidence.collect()
}

/// Whether every rule that asks for something at this event has it.
pub fn satisfied(rules: &[&'static Rule], event: &Event) -> bool {
    rules.iter().all(|rule| has_all(rule, event))
}

/// Whether every rule that asks for more than advice at this event has it.
pub fn safe(rules: &[&'static Rule], event: &Event) -> bool {
    let mut asking = rules.iter().filter(|rule| rule.level > Level::Advice);
    asking.all(|rule| has_all(rule, event))
}

fn has_all(rule: &Rule, event: &Event) -> bool {
    requirements(rule, event).all(|r| event.facts.iter().any(|(f, _)| r.any_of.contains(f)))
}

/// Whether some rule asks for something that this event has not, or that counts only where every
/// other event of the place has it, too.
pub fn lacks_evidence(rules: &[&'static Rule], event: &Event) -> bool {
    let mut required = rules.iter().flat_map(|rule| requirements(rule, event));
    let counts = |r: &Requirement, f: &Fact| r.any_of.contains(f) && !r.exclusive.contains(f);
    required.any(|r| !event.facts.iter().any(|(f, _)| counts(r, f)))
}

/// The obligations of all rules; [`settle`] then leaves one finding for each cause.
/// `packages` are the names of the program's packages.
pub fn judge(
    rules: &[&'static Rule],
    events: &[Event],
    program: &Program,
    sources: &Sources,
    packages: &[Package],
) -> Vec<Obligation> {
    let mut obligations = Vec::new();
    for &rule in rules {
        let mut sites: BTreeMap<Place, BTreeMap<Effect, Vec<&Event>>> = BTreeMap::new();
        for event in events {
            if requirements(rule, event).next().is_some() {
                let site = sites.entry(event.place).or_default();
                site.entry(event.effect).or_default().push(event);
            }
        }
        let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
        let mut said: FxHashSet<Cause> = FxHashSet::default();
        for (place, effects) in sites {
            let Some(first) = effects.values().flatten().next() else { continue };
            let function = program.qualified_name(first.function);
            let package = &packages[program.package_of_file(place.file).0 as usize].name;
            let effect = normalised(sources, place);
            let identity = identity(rule.id, package, &function, &effect);
            let ordinal = ordinals.entry(identity.clone()).or_default();
            let fingerprint = fingerprint(&identity, *ordinal);
            *ordinal += 1;
            let (effect, verdict) = verdict(rule, &effects, program, &said);
            said.extend(verdict.worst.map(|event| cause(rule, event)));
            let root = verdict.worst.unwrap_or(first);
            let unanswered = verdict.bound.map(|met| {
                let met_in = program.qualified_name(met.function);
                Unanswered {
                    reason: met.bound.reason(&met_in),
                    help: met.bound.help(&met_in, &function),
                }
            });
            obligations.push(Obligation {
                rule,
                level: verdict.worst.map_or(rule.level, |event| level(rule, event)),
                effect,
                place,
                function,
                root: root_of(root),
                reached_from: reached_from(&effects),
                status: verdict.status,
                unanswered,
                fingerprint,
                part_of: None,
                silence: None,
            });
        }
    }
    obligations
}

/// The function that a finding counts for, and what it says there.
type Cause = (FnId, &'static str);

fn root_of(event: &Event) -> FnId {
    event.handler.unwrap_or(event.function)
}

/// The messages that lead to a site, with their handlers.
fn reached_from(effects: &BTreeMap<Effect, Vec<&Event>>) -> Vec<(Message, FnId)> {
    let handled = |e: &&Event| Some((e.handling?, e.handler?));
    let mut all: Vec<_> = effects.values().flatten().filter_map(handled).collect();
    all.sort();
    all.dedup();
    all
}

fn cause(rule: &'static Rule, event: &Event) -> Cause {
    (root_of(event), message(rule, event))
}

fn message(rule: &'static Rule, event: &Event) -> &'static str {
    near_miss(rule, event).map_or(rule.message, |(near, _)| near.message)
}

fn level(rule: &'static Rule, event: &Event) -> Level {
    near_miss(rule, event).and_then(|(near, _)| near.level).unwrap_or(rule.level)
}

/// How an effect came out, and the event that lacks its evidence.
struct Verdict<'e> {
    status: Status,
    worst: Option<&'e Event>,
    /// Why it is not decided, if it is not.
    bound: Option<Met>,
}

/// One place is one obligation: what it does to the protocol's state may be several effects (a
/// storage call that truncates and writes), each with evidence of its own, but it is one decision.
/// The effect is the first that lacks evidence, or the first.
fn verdict<'e>(
    rule: &'static Rule,
    effects: &BTreeMap<Effect, Vec<&'e Event>>,
    program: &Program,
    said: &FxHashSet<Cause>,
) -> (Effect, Verdict<'e>) {
    let mut all =
        effects.iter().map(|(effect, events)| (*effect, status(rule, events, program, said)));
    let mut first = all.next().expect("invariant: a site has an event");
    for (effect, verdict) in all {
        match (&mut first.1.status, verdict.status) {
            (Status::Proved { evidence }, Status::Proved { evidence: more }) => {
                let all = evidence.drain(..).chain(more);
                let pairs = all.flat_map(|e| e.facts.into_iter().map(move |f| (e.place, f)));
                *evidence = by_place(pairs.collect());
            }
            (Status::Proved { .. }, status)
            | (Status::Undecided, status @ Status::Violated { .. }) => {
                first = (effect, Verdict { status, ..verdict });
            }
            _ => {}
        }
    }
    first
}

fn status<'e>(
    rule: &'static Rule,
    events: &[&'e Event],
    program: &Program,
    said: &FxHashSet<Cause>,
) -> Verdict<'e> {
    let has = |event: &Event, requirement: &Requirement| {
        let mut good = event.facts.iter().filter(|(f, _)| requirement.any_of.contains(f));
        good.any(|(f, _)| {
            let everywhere = || events.iter().all(|e| e.facts.iter().any(|(g, _)| g == f));
            !requirement.exclusive.contains(f) || everywhere()
        })
    };
    let lacks = |event: &&&Event| requirements(rule, event).any(|r| !has(event, r));
    // What loses most counts. Of the ways there one that lacks what another place of the handler lacks
    // already has the same cause; else the shortest says it best.
    let is_new = |event: &Event| !said.contains(&cause(rule, event));
    let lacking = || events.iter().filter(lacks);
    // Where a bound kept from looking for it, a lack says nothing.
    let walked = lacking().filter(|e| e.bound.is_none());
    let worst = walked.min_by_key(|e| (Reverse(level(rule, e)), is_new(e), e.steps.len()));
    let Some(worst) = worst else {
        let unfinished =
            || events.iter().filter_map(|e| e.bound).find(|met| met.bound == Bound::Work);
        let bound = lacking().filter_map(|e| e.bound).min().or_else(unfinished);
        if bound.is_some() {
            return Verdict { status: Status::Undecided, worst: None, bound };
        }
        let asked = |e: &'e Event| requirements(rule, e).flat_map(move |r| evidence(r, e));
        let all = events.iter().copied().flat_map(asked);
        let evidence = by_place(all.collect());
        return Verdict { status: Status::Proved { evidence }, worst: None, bound: None };
    };
    let (shown, around) = shown(rule, worst, program);
    let status = Status::Violated {
        shown,
        around: program.qualified_name(around),
        witness: witness(rule, worst, program),
        message: message(rule, worst),
        help: help(rule, worst),
        also: Vec::new(),
    };
    Verdict { status, worst: Some(worst), bound: None }
}
