//! Who led which term: the elections of one group, in bounded memory.

use std::time::Duration;

use super::event::{Event, EventKind, Timestamp};
use super::names::Name;
use super::walk::Line;

/// So many changes are kept for the report: the first ones, and the last one.
const MAX_SHOWN: usize = 8;
/// Changes that are further apart than this are not one unrest.
const NEAR_NANOSECONDS: i64 = 5 * 60 * 1_000_000_000;

/// What is known of a group's leaders.
#[derive(Clone, Debug, Default)]
pub struct Elections {
    /// The highest term that somebody led.
    pub term: Option<u64>,
    /// Who leads it, where known.
    pub leader: Option<Name>,
    /// The highest term of all, with elections that nobody won.
    highest_term: u64,
    /// The longest row of changes of the leader that were near to each other.
    pub unrest: Unrest,
    /// The first and the last line.
    pub time: Option<(Timestamp, Timestamp)>,
    /// The format of the lines.
    pub format: u16,
    now: Unrest,
}

/// Changes of leaders, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Unrest {
    /// How often another node, or the same one in a later term, became leader.
    pub changes: u64,
    /// How often a node became leader that had led before in this row.
    pub returns: u64,
    /// Elections without a winner between them.
    pub failed: u64,
    /// The first and the last term.
    pub terms: Option<(u64, u64)>,
    /// The nodes that led, each once, in order; unknown ones are left out.
    pub leaders: Vec<Name>,
    /// The first and last time.
    pub time: Option<(Timestamp, Timestamp)>,
    /// The lines of the changes.
    lines: Vec<Line>,
    last: Option<Line>,
}

impl Unrest {
    /// The kept lines, the last one included.
    pub fn shown(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().chain(&self.last)
    }

    /// From the first change to the last.
    pub fn span(&self) -> Option<Duration> {
        let (first, last) = self.time?;
        let span = last.nanoseconds.checked_sub(first.nanoseconds)?;
        u64::try_from(span).ok().map(Duration::from_nanos)
    }

    /// How long a leader leads, on average.
    pub fn tenure(&self) -> Option<Duration> {
        let changes = u32::try_from(self.changes).ok().filter(|&changes| changes > 0)?;
        self.span().map(|span| span / changes)
    }

    fn weight(&self) -> u64 {
        self.changes + self.failed
    }
}

impl Elections {
    /// Adds an election; the leader's name as it is known elsewhere.
    pub fn add(&mut self, event: &Event, leader: Option<Name>) {
        self.format = event.format;
        if let Some(now) = event.time {
            self.time = Some((self.time.map_or(now, |(first, _)| first), now));
        }
        match event.kind {
            EventKind::LeaderElected => self.elected(event, leader),
            _ => self.started(event),
        }
        if self.now.weight() > self.unrest.weight() {
            self.unrest = self.now.clone();
        }
    }

    fn started(&mut self, event: &Event) {
        let Some(term) = event.leader_term.filter(|&term| term > self.highest_term) else { return };
        self.rest(event);
        self.now.failed += u64::from(self.highest_term > self.term.unwrap_or(0));
        self.highest_term = term;
        self.note(event, Some(term));
    }

    fn elected(&mut self, event: &Event, leader: Option<Name>) {
        // A system that tells the term only when an election begins means that one.
        let begun = Some(self.highest_term).filter(|&term| term > 0);
        let term = event.leader_term.or(begun);
        let is_known = match (term, self.term) {
            (Some(term), Some(known)) => term <= known,
            // Without any term, another name is another leader.
            (None, None) => self.leader.is_some() && self.leader == leader,
            _ => false,
        };
        if is_known {
            if term == self.term {
                self.leader = self.leader.or(leader); // another node tells of the same election
            }
            return;
        }
        self.rest(event);
        if self.term.is_some() || self.leader.is_some() {
            self.now.changes += 1;
        }
        (self.term, self.leader) = (term, leader);
        self.highest_term = self.highest_term.max(term.unwrap_or(0));
        if let Some(leader) = leader {
            if self.now.leaders.contains(&leader) {
                self.now.returns += 1;
            } else if self.now.leaders.len() < MAX_SHOWN {
                self.now.leaders.push(leader);
            }
        }
        self.note(event, term);
    }

    /// After a long rest, a new row begins.
    fn rest(&mut self, event: &Event) {
        let last = self.now.time.map(|(_, last)| last.nanoseconds);
        let gap = event.time.zip(last).map(|(now, last)| now.nanoseconds.saturating_sub(last));
        if gap.is_some_and(|gap| gap > NEAR_NANOSECONDS) {
            self.now = Unrest::default();
        }
    }

    fn note(&mut self, event: &Event, term: Option<u64>) {
        let now = &mut self.now;
        if let Some(term) = term {
            now.terms = Some((now.terms.map_or(term, |(first, _)| first), term));
        }
        if let Some(time) = event.time {
            now.time = Some((now.time.map_or(time, |(first, _)| first), time));
        }
        if now.lines.len() < MAX_SHOWN {
            now.lines.push(Line::of(event));
        } else {
            now.last = Some(Line::of(event));
        }
    }
}
