//! The decisions on one way, for the witness: which questions the code asked, where they stand in
//! the source, and which answer the way goes on with.
//!
//! A label belongs to a text, so a decision is about what stands at its place: `a != b` holds where
//! `a == b` does not, and a tuple's comparison is one question although its parts are evaluated
//! one by one.

use std::cmp::Ordering;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::source::Place;

/// What kind of question stands at a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Question {
    /// A boolean expression.
    Condition,
    /// A pattern.
    Pattern,
    /// An `Option` or `Result` on which a combinator is called.
    Presence,
    /// An expression with a `?` behind it.
    Try,
    /// A comparison that tells less, equal and greater apart.
    Order(#[serde(with = "WrittenOrdering")] Ordering),
}

/// An [`Ordering`] as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Ordering")]
enum WrittenOrdering {
    Less,
    Equal,
    Greater,
}

/// A question where it stands.
#[derive(Clone, Copy, PartialEq, Hash, Debug)]
pub(super) struct Asked {
    pub(super) place: Place,
    pub(super) question: Question,
}

impl Asked {
    pub(super) fn condition(place: Place) -> Self {
        Asked { place, question: Question::Condition }
    }

    pub(super) fn pattern(place: Place) -> Self {
        Asked { place, question: Question::Pattern }
    }

    pub(super) fn presence(place: Place) -> Self {
        Asked { place, question: Question::Presence }
    }

    pub(super) fn question_mark(place: Place) -> Self {
        Asked { place, question: Question::Try }
    }

    /// The answer to the question where a value is found to be (or not to be) a variant; presence
    /// is asked the other way round if that variant is the `absent` one.
    pub(super) fn answer(self, absent: bool, outcome: bool) -> bool {
        match self.question {
            Question::Condition | Question::Pattern | Question::Order(_) => outcome,
            Question::Presence | Question::Try => outcome != absent,
        }
    }
}

/// A question with the answer that the way goes on with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Decision {
    pub(super) place: Place,
    pub(super) question: Question,
    pub(super) outcome: bool,
}

/// The newest decisions that are looked at for a witness.
const MAX_DECISIONS: usize = 200;

#[derive(Debug)]
struct Link {
    decision: Decision,
    before: Trail,
    length: u32,
}

/// The decisions on a way, newest first; ways that part share what they have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail(Option<Rc<Link>>);

impl Trail {
    fn len(&self) -> u32 {
        self.0.as_ref().map_or(0, |link| link.length)
    }

    pub(super) fn push(&mut self, asked: Asked, outcome: bool) {
        self.add(Decision { place: asked.place, question: asked.question, outcome });
    }

    fn add(&mut self, decision: Decision) {
        let length = self.len() + 1;
        let before = std::mem::take(self);
        self.0 = Some(Rc::new(Link { decision, before, length }));
    }

    /// What two ways have in common: where they met again, a question that only one of them asked,
    /// or that they answered differently, says nothing about the way from there on.
    pub(super) fn shared(&self, other: &Trail) -> Trail {
        let (mut a, mut b) = (self.clone(), other.clone());
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        while !a.is(&b) {
            let (longer, later) =
                if a.len() >= b.len() { (&mut a, &mut mine) } else { (&mut b, &mut theirs) };
            let Some(link) = longer.0.clone() else { break };
            later.push(link.decision);
            *longer = link.before.clone();
        }
        for d in mine.iter().rev().filter(|d| theirs.contains(d)) {
            a.add(*d);
        }
        a
    }

    /// The last `most` decisions since an earlier point of the way, oldest first; none if that is no part of it.
    pub(super) fn since(&self, start: &Trail, most: usize) -> Option<Vec<Decision>> {
        let mut later = Vec::new();
        let mut at = self;
        while !at.is(start) {
            let link = at.0.as_ref()?;
            if later.len() < most {
                later.push(link.decision);
            }
            at = &link.before;
        }
        later.reverse();
        Some(later)
    }

    /// Goes on with decisions, oldest first.
    pub(super) fn go_on(&mut self, decisions: &[Decision]) {
        decisions.iter().for_each(|decision| self.add(*decision));
    }

    fn is(&self, other: &Trail) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    /// What was decided after `start` about parts of the expression that `asked` names becomes one
    /// decision about that expression.
    pub(super) fn sum_up(&mut self, start: &Trail, asked: Asked, outcome: bool) {
        let mut later = Vec::new();
        let mut at = self.clone();
        while !at.is(start) {
            let Some(link) = at.0 else { return };
            later.push(link.decision);
            at = link.before.clone();
        }
        if !later.iter().any(|d| d.place == asked.place) {
            return;
        }
        later.retain(|d| d.place != asked.place);
        let mut trail = start.clone();
        later.iter().rev().for_each(|decision| trail.add(*decision));
        trail.push(asked, outcome);
        *self = trail;
    }

    /// The last `most` decisions that can be told, oldest first: a question that was answered both ways on this
    /// way (in two turns of a loop, in two calls of a helper) says nothing about it, and a question
    /// inside of another one is part of it.
    pub(super) fn decisions(&self, most: usize) -> Vec<Decision> {
        let mut all: Vec<Decision> = Vec::new();
        let mut at = self;
        while let Some(link) = &at.0
            && all.len() < MAX_DECISIONS
        {
            all.push(link.decision);
            at = &link.before;
        }
        all.reverse();
        let told = |d: &Decision| {
            let same = |e: &&Decision| e.place == d.place;
            all.iter().filter(same).all(|e| e.outcome == d.outcome)
                && !all.iter().any(|e| contains(e.place, d.place))
        };
        let is_first = |i: usize| all[..i].iter().all(|e| e.place != all[i].place);
        let latest = (0..all.len()).rev().filter(|i| is_first(*i) && told(&all[*i]));
        let mut decisions: Vec<Decision> = latest.map(|i| all[i]).take(most).collect();
        decisions.reverse();
        decisions
    }
}

/// Whether a place lies in another one and is not the same.
fn contains(outer: Place, inner: Place) -> bool {
    outer != inner && outer.contains(inner)
}

#[cfg(test)]
mod tests {
    use super::{Asked, Question, Trail};
    use crate::source::{FileId, Place, Span};

    fn at(start: u32, end: u32) -> Asked {
        Asked::condition(Place { file: FileId(0), span: Span { start, end } })
    }

    fn told(trail: &Trail) -> Vec<(u32, bool)> {
        trail.decisions(usize::MAX).iter().map(|d| (d.place.span.start, d.outcome)).collect()
    }

    #[test]
    fn ways_that_meet_keep_what_they_share() {
        let mut trail = Trail::default();
        trail.push(at(1, 2), true);
        let (mut left, mut right) = (trail.clone(), trail.clone());
        left.push(at(3, 4), true);
        right.push(at(3, 4), false);
        right.push(at(5, 6), true);
        assert_eq!(told(&left.shared(&right)), [(1, true)]);
        assert_eq!(told(&right.shared(&trail)), [(1, true)]);
        left.push(at(5, 6), true);
        assert_eq!(told(&left.shared(&right)), [(1, true), (5, true)]);
        assert_eq!(told(&left.shared(&Trail::default())), []);
    }

    #[test]
    fn both_answers_are_none() {
        let mut trail = Trail::default();
        for (asked, outcome) in [(at(1, 2), true), (at(5, 6), false), (at(1, 2), false)] {
            trail.push(asked, outcome);
        }
        assert_eq!(told(&trail), [(5, false)]);
    }

    #[test]
    fn a_part_is_not_told_beside_the_whole() {
        let mut trail = Trail::default();
        trail.push(Asked { question: Question::Presence, ..at(1, 4) }, false);
        trail.push(at(1, 9), true);
        assert_eq!(told(&trail), [(1, true)]);
    }

    #[test]
    fn parts_of_one_question_are_summed_up() {
        let mut trail = Trail::default();
        trail.push(at(1, 2), true);
        let start = trail.clone();
        trail.push(at(5, 9), false);
        trail.push(at(5, 9), true);
        trail.sum_up(&start, at(5, 9), true);
        assert_eq!(told(&trail), [(1, true), (5, true)]);
        trail.sum_up(&start, at(20, 30), true);
        assert_eq!(told(&trail), [(1, true), (5, true)]);
    }
}
