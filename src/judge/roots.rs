//! One root cause, one error.
//!
//! Takes all obligations; leaves out what another rule's finding explains, and lets the first of
//! several findings with one cause speak for the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::outcome::{Obligation, Outcome, Status};
use crate::program::FnId;
use crate::rule::Scope;
use crate::source::Place;

fn is_violated(obligation: &Obligation) -> bool {
    matches!(obligation.status, Status::Violated { .. })
}

/// Leaves one finding for each cause: to be called once, after silences and levels. What is not wanted
/// explains nothing.
pub fn settle(outcome: &mut Outcome) {
    outcome.moot.extend(take_moot(&mut outcome.obligations));
    join_by_handler(&mut outcome.obligations);
}

/// Takes out a finding whose rule yields to another one with a finding at the same place or in the
/// same handler. A silence is about one place: there it accepts what has the same cause, too, and
/// elsewhere nothing.
fn take_moot(obligations: &mut Vec<Obligation>) -> Vec<Obligation> {
    let violated = || obligations.iter().filter(|o| is_violated(o));
    let places: BTreeSet<(&str, Place)> = violated().map(|o| (o.rule.id, o.place)).collect();
    let roots: BTreeSet<(&str, FnId)> =
        violated().filter(|o| o.silence.is_none()).map(|o| (o.rule.id, o.root)).collect();
    let is_moot = |o: &mut Obligation| {
        let explains =
            |id: &&str| roots.contains(&(*id, o.root)) || places.contains(&(*id, o.place));
        is_violated(o) && o.silence.is_none() && o.rule.yields_to.iter().any(explains)
    };
    obligations.extract_if(.., is_moot).collect()
}

/// The first finding of a rule in a handler gets the places of the others. What is silenced neither
/// speaks for others nor is spoken for: a reason is given for one place.
fn join_by_handler(obligations: &mut [Obligation]) {
    let mut leading: BTreeMap<(&str, FnId, &str), usize> = BTreeMap::new();
    for i in 0..obligations.len() {
        let o = &obligations[i];
        let Status::Violated { message, .. } = o.status else { continue };
        if o.rule.scope == Scope::Place || o.silence.is_some() {
            continue;
        }
        let Some(&lead) = leading.get(&(o.rule.id, o.root, message)) else {
            leading.insert((o.rule.id, o.root, message), i);
            continue;
        };
        let place = o.place;
        obligations[i].part_of = Some(obligations[lead].fingerprint.clone());
        if let Status::Violated { also, .. } = &mut obligations[lead].status {
            also.push(place);
        }
    }
}
