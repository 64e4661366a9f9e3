//! Probes of which the other side's line may still come.
//!
//! Two files with times of a second, or with clocks that differ a little, give the lines of the two sides in blocks: so the last
//! few probes stay open, and a line finds its probe by its index.

use std::collections::VecDeque;

use super::shown::Line;
use crate::logs::event::{Event, Side};
use crate::logs::probe::Probe;

/// So many probes stay open.
const MAX_OPEN: usize = 64;

/// A probe with its lines: the leader's and the follower's.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) probe: Probe,
    pub(super) lines: [Option<Line>; 2],
}

/// The open probes, in the order in which they were asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    probes: VecDeque<Asked>,
}

impl Open {
    /// The probe that was asked last.
    pub(super) fn last(&self) -> Option<&Probe> {
        self.probes.back().map(|asked| &asked.probe)
    }

    /// Whether a line speaks of an open probe.
    pub(super) fn is_about(&self, event: &Event) -> bool {
        self.position(event).is_some()
    }

    /// The open probe that a line speaks of. The other side answers in order, so the first fitting one is meant; the same
    /// side speaks of the last one.
    fn position(&self, event: &Event) -> Option<usize> {
        let waiting = self.probes.iter().position(|asked| {
            asked.probe.side_is_open(event.side) && asked.probe.is_meant_by(event)
        });
        let last = self.probes.len().checked_sub(1);
        waiting.or(last.filter(|&last| self.probes[last].probe.is_meant_by(event)))
    }

    /// Adds what a line says to its probe, if there is one.
    pub(super) fn add(&mut self, event: &Event) -> bool {
        let Some(asked) = self.position(event).and_then(|at| self.probes.get_mut(at)) else {
            return false;
        };
        asked.probe.add(event);
        asked.note(event);
        true
    }

    /// A new probe.
    pub(super) fn begin(&mut self, probe: Probe, event: &Event) {
        let mut asked = Asked { probe, ..Asked::default() };
        asked.note(event);
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
    pub(super) fn ended(&mut self) -> Option<Asked> {
        let first = &self.probes.front()?.probe;
        let is_complete = !first.side_is_open(Side::Leader) && !first.side_is_open(Side::Follower);
        let ends = self.probes.len() > MAX_OPEN || (is_complete && self.probes.len() > 1);
        if ends { self.probes.pop_front() } else { None }
    }

    /// The first probe, complete or not.
    pub(super) fn first(&mut self) -> Option<Asked> {
        self.probes.pop_front()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.probes.is_empty()
    }
}

impl Asked {
    fn note(&mut self, event: &Event) {
        let line = &mut self.lines[usize::from(event.side == Side::Follower)];
        if line.is_none() {
            *line = Some(Line::of(event));
        }
    }
}
