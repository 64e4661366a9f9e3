//! All grants of one handler together: whom the voter would vote for, and whom never.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::event::Event;
use super::freshness::Pairs;
use super::office::leaders_never_vote;
use super::order::Order;
use crate::program::FnId;
use crate::protocol::{Effect, Fact, Message};

/// Tells in which form the logs are compared where that is not the paper's order: on one way too
/// little is asked, or on all ways together too much. `incomplete` are the functions of which not
/// all grants are known.
pub(super) fn compare_forms(events: &mut [Event], incomplete: &FxHashSet<FnId>) {
    leaders_never_vote(events);
    let mut handlers: BTreeMap<FnId, Vec<usize>> = BTreeMap::new();
    for (i, event) in events.iter().enumerate() {
        let grant = matches!(event.effect, Effect::VoteRecord | Effect::VoteReply);
        let voted = event.facts.iter().any(|(f, _)| *f == Fact::VotedForCandidate);
        if grant
            && event.handling == Some(Message::RequestVote)
            && !voted
            && event.logs.at.is_some()
        {
            handlers.entry(event.handler.unwrap_or(event.function)).or_default().push(i);
        }
    }
    for (handler, grants) in &handlers {
        let stale = |i: &&usize| !events[**i].logs.is_fresh();
        let bad: Vec<usize> = grants.iter().filter(stale).copied().collect();
        if !bad.is_empty() {
            // Of two ways on which the index decides, the one with equal indexes is right.
            let form = match too_lenient(union(events, grants)) {
                all @ Fact::IndexFirstCompared => all,
                _ => too_lenient(union(events, &bad)),
            };
            bad.iter().for_each(|i| learn(&mut events[*i], form));
            continue;
        }
        let missing = Pairs::fresh().without(union(events, grants));
        // What a handler grants when it is looked at by itself is all, whoever calls it.
        let alone = |i: &usize| events[*i].stack.first() == Some(handler);
        let by_itself = grants.iter().any(alone);
        let known = |i: &usize| {
            let mut way = events[*i].stack.iter().skip_while(|f| by_itself && *f != handler);
            !way.any(|f| incomplete.contains(f))
        };
        if !missing.is_empty() && grants.iter().all(known) {
            let form = too_strict(missing);
            for i in grants {
                events[*i].facts.retain(|(f, _)| *f != Fact::GrantInOrder);
                learn(&mut events[*i], form);
            }
        }
    }
}

fn union(events: &[Event], which: &[usize]) -> Pairs {
    which.iter().fold(Pairs::NONE, |all, i| all.or(events[*i].logs.possible))
}

fn learn(event: &mut Event, fact: Fact) {
    if let Some(at) = event.logs.at {
        event.learn(fact, at);
    }
}

/// The form of a comparison that lets an older log pass.
fn too_lenient(granted: Pairs) -> Fact {
    let index_alone = |order: Order| Pairs::all(move |_, index| index.within(order));
    let term_alone = |order: Order| Pairs::all(move |term, _| term.within(order));
    let either = |order: Order| index_alone(order).or(term_alone(order));
    let index_first = |order: Order| {
        Pairs::all(
            move |term, index| {
                if index == Order::EQUAL { term.within(order) } else { index.within(order) }
            },
        )
    };
    let is = |form: &dyn Fn(Order) -> Pairs| {
        [Order::AT_LEAST, Order::GREATER].iter().any(|o| granted == form(*o))
    };
    if is(&index_alone) {
        Fact::IndexAloneCompared
    } else if is(&term_alone) {
        Fact::TermAloneCompared
    } else if is(&either) {
        Fact::EitherCompared
    } else if is(&index_first) {
        Fact::IndexFirstCompared
    } else {
        Fact::OlderLogPasses
    }
}

/// The form of a comparison that refuses a log that is as fresh as the voter's.
fn too_strict(missing: Pairs) -> Fact {
    let shorter = Pairs::all(|term, index| term == Order::GREATER && index == Order::LESS);
    let equal = Pairs::all(|term, index| term == Order::EQUAL && index == Order::EQUAL);
    if shorter.within(missing) {
        Fact::ShorterLogRefused
    } else if missing == equal {
        Fact::EqualLogRefused
    } else {
        Fact::FreshLogRefused
    }
}
