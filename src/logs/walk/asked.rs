//! Probes of which the other side's line may still come.
//!
//! Two files with times of a second, or with clocks that differ a little, give the lines of the two sides in blocks: so the last
//! few probes stay open, of some more the numbers are kept, and a line finds its probe by its index.

use std::collections::VecDeque;

use super::shown::Line;
use crate::logs::event::{Event, Side};
use crate::logs::probe::{Probe, Refusal, are_near};

/// So many probes stay open.
const MAX_OPEN: usize = 64;
/// Of so many further ones the numbers are kept.
const MAX_CLOSED: usize = 1024;

/// A probe with its lines: the leader's and the follower's.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) probe: Probe,
    pub(super) lines: [Line; 2],
    pub(super) has_line: [bool; 2],
}

/// A probe that ended with the lines of one side.
#[derive(Clone, Debug)]
struct Closed {
    probe: Probe,
    missing: Side,
}

/// The open probes, in the order in which they were asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    /// In boxes: they are moved with each line.
    probes: VecDeque<Box<Asked>>,
    /// How many of them lack the leader's line, and how many the follower's.
    missing: [usize; 2],
    /// Probes of which one side's line did not come in time.
    closed: VecDeque<Closed>,
    /// Which sides have written.
    seen: [bool; 2],
    /// Its texts are used again.
    spare: Option<Box<Asked>>,
}

impl Open {
    /// The probe that was asked last.
    pub(super) fn last(&self) -> Option<&Probe> {
        self.probes.back().map(|asked| &asked.probe)
    }

    /// Whether a line speaks of a probe that others have spoken of.
    pub(super) fn is_about(&self, event: &Event) -> bool {
        self.position(event).is_some() || self.late(event).is_some()
    }

    /// The open probe that a line speaks of. The other side answers in order, so the first fitting one is meant; the same
    /// side speaks of the last one.
    fn position(&self, event: &Event) -> Option<usize> {
        let fits = |asked: &Asked| {
            asked.probe.side_is_open(event.side)
                && asked.probe.is_meant_by(event)
                && (event.index.is_some() && asked.probe.index.is_some()
                    || are_near(asked.probe.time, event.time))
        };
        // Where only one side writes, nothing is looked through.
        let is_missing = self.missing[index(event.side)] > 0;
        let waiting =
            if is_missing { self.probes.iter().position(|asked| fits(asked)) } else { None };
        let last = self.probes.len().checked_sub(1);
        waiting.or(last.filter(|&last| {
            !self.probes[last].probe.side_is_open(event.side)
                && self.probes[last].probe.is_meant_by(event)
        }))
    }

    fn late(&self, event: &Event) -> Option<usize> {
        event.index?;
        // Only one side's lines are missing, as a rule: then all that follow are not looked through.
        if self.closed.front().is_none_or(|closed| closed.missing != event.side) {
            return None;
        }
        let fits =
            |closed: &Closed| closed.missing == event.side && closed.probe.index == event.index;
        self.closed.iter().position(fits)
    }

    /// Adds what a line says to its open probe, if there is one.
    pub(super) fn add(&mut self, event: &Event) -> bool {
        let Some(asked) = self.position(event).and_then(|at| self.probes.get_mut(at)) else {
            return false;
        };
        self.seen[index(event.side)] = true;
        self.missing[index(event.side)] -= usize::from(asked.probe.side_is_open(event.side));
        asked.probe.add(event);
        asked.note(event);
        true
    }

    /// Adds what a late line says; gives what its probe had said before, and what it says now.
    pub(super) fn add_late(&mut self, event: &Event) -> Option<(Refusal, Probe)> {
        let at = self.late(event)?;
        let Closed { mut probe, .. } = self.closed.remove(at)?;
        let before = probe.refusal();
        probe.add(event);
        Some((before, probe))
    }

    /// A new probe.
    pub(super) fn begin(&mut self, probe: Probe, event: &Event) {
        let mut asked = self.spare.take().unwrap_or_default();
        asked.probe = probe;
        asked.has_line = [false; 2];
        asked.note(event);
        self.seen[index(event.side)] = true;
        self.count(&asked, |missing, open| missing + open);
        self.probes.push_back(asked);
    }

    /// nextIndex after the leader's last refused probe, if that is not known yet.
    pub(super) fn moved(&mut self, next_index: Option<u64>) -> bool {
        let mut open = self.probes.iter_mut().rev();
        let Some(asked) = open.find(|asked| !asked.probe.side_is_open(Side::Leader)) else {
            return false;
        };
        let probe = &mut asked.probe;
        if probe.next_index.is_some() && probe.next_index != next_index {
            return false;
        }
        probe.next_index = next_index;
        true
    }

    /// The first probe, if it is complete, or if there are too many; the last one stays.
    pub(super) fn ended(&mut self) -> Option<Box<Asked>> {
        let first = &self.probes.front()?.probe;
        let is_complete = !first.side_is_open(Side::Leader) && !first.side_is_open(Side::Follower);
        let ends = self.probes.len() > MAX_OPEN || (is_complete && self.probes.len() > 1);
        if ends { self.first() } else { None }
    }

    /// The first probe, complete or not.
    pub(super) fn first(&mut self) -> Option<Box<Asked>> {
        let asked = self.probes.pop_front()?;
        self.count(&asked, |missing, open| missing - open);
        let missing = [Side::Leader, Side::Follower];
        let missing = missing.into_iter().find(|&side| asked.probe.side_is_open(side));
        if let Some(missing) = missing.filter(|_| asked.probe.index.is_some()) {
            // A side that has written nothing all the while has no file here.
            if self.closed.len() < MAX_CLOSED || self.seen[index(missing)] {
                if self.closed.len() >= MAX_CLOSED {
                    self.closed.pop_front();
                }
                self.closed.push_back(Closed { probe: asked.probe.clone(), missing });
            }
        }
        Some(asked)
    }

    fn count(&mut self, asked: &Asked, change: impl Fn(usize, usize) -> usize) {
        for side in [Side::Leader, Side::Follower] {
            let open = usize::from(asked.probe.side_is_open(side));
            self.missing[index(side)] = change(self.missing[index(side)], open);
        }
    }

    /// A probe that has ended gives its texts back.
    pub(super) fn reuse(&mut self, asked: Box<Asked>) {
        self.spare = Some(asked);
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.probes.is_empty()
    }
}

/// The leader's, then the follower's.
fn index(side: Side) -> usize {
    usize::from(side == Side::Follower)
}

impl Asked {
    fn note(&mut self, event: &Event) {
        let side = index(event.side);
        if !self.has_line[side] {
            self.has_line[side] = true;
            self.lines[side].set(event);
        }
    }
}
