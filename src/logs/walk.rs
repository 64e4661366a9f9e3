//! The walk of a leader down a follower's log: everything about one leader, follower and term, in bounded memory.
//!
//! Takes probes and what happened beside them, in order of time; keeps counts, extremes, the runs of terms, a thinned row of
//! points, and the lines that a person would want to see. It judges nothing: that is [`super::diagnosis`].

mod asked;
mod shown;
mod snapshots;
mod steps;
mod times;

use self::asked::{Asked, Open};
pub use self::shown::{Line, Shown};
pub use self::snapshots::Snapshots;
pub use self::steps::Steps;
pub use self::times::Times;

use super::diagnosed::{Mark, Point};
use super::event::{Event, EventKind, Side};
use super::names::Name;
use super::probe::{Probe, Refusal};
use super::terms::Terms;
use super::thinned::Thinned;

/// So many points of a walk are kept for its picture.
const MAX_POINTS: usize = 256;

/// Whom a walk is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Who {
    /// The Raft group, where one process has several.
    pub group: Option<Name>,
    /// The leader, where known.
    pub leader: Option<Name>,
    /// The follower, where known.
    pub follower: Option<Name>,
}

/// How many refusals said what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Different terms at the same index.
    pub conflict: u64,
    /// No entry there.
    pub short: u64,
    /// The same entry.
    pub equal: u64,
    /// Not said.
    pub unknown: u64,
}

/// A walk.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Its number among all walks, in the order in which they began.
    pub serial: u64,
    /// Whom it is about.
    pub who: Who,
    /// The term that is led, where known.
    pub leader_term: Option<u64>,
    /// The format of its lines: of the leader's, where it has some.
    pub format: u16,
    /// Which sides have written lines: the leader, the follower.
    pub sides: [bool; 2],
    /// How many probes.
    pub probes: u64,
    /// What they said.
    pub refusals: Refusals,
    /// How the index moved.
    pub steps: Steps,
    /// The first index that was probed.
    pub first_place: Option<u64>,
    /// The last probe that is counted: its place, index and term.
    last: Option<[Option<u64>; 3]>,
    /// The highest probed index.
    pub highest: u64,
    /// The lowest index that was probed, or will be next.
    pub lowest: u64,
    /// The terms of the leader's entries at the probed indexes.
    pub leader_terms: Terms,
    /// The terms of the follower's entries, where they conflict.
    pub follower_terms: Terms,
    /// The terms of the follower's hints.
    pub hint_terms: Terms,
    /// The largest distance between what was probed and the follower's end, where it had no entry.
    pub gap: u64,
    /// The system itself said that the follower has diverged.
    pub advised: bool,
    /// Snapshots.
    pub snapshots: Snapshots,
    /// How often the follower removed a suffix.
    pub truncations: u64,
    /// The lowest removed index.
    pub truncated_from: Option<u64>,
    /// What is known to match, or to be committed on the follower: the walk can't go below.
    pub floor: Option<u64>,
    /// The first index that the leader still has.
    pub first_index: Option<u64>,
    /// Lines in which the system itself says that entries are lost.
    pub lost: u64,
    /// A refusal at or below what was known to match, or to be committed, and that; and how many there were.
    pub below: Option<(u64, u64)>,
    /// How many of them.
    pub below_count: u64,
    /// Nodes that could not write or read their log.
    pub storage_failures: u64,
    /// Requests that did not arrive.
    pub send_failures: u64,
    /// The index at which the logs were found to match; 0 if a line says only that they do.
    pub matched: Option<u64>,
    /// Times.
    pub times: Times,
    /// It was judged before its end, because too many were open.
    pub is_cut: bool,
    /// Lines for the report.
    pub shown: Shown,
    points: Thinned<Point>,
    /// Whether the leader's lines tell of refusals themselves, so that a move of nextIndex is none of its own.
    tells_rejections: bool,
    open: Open,
}

impl Refusals {
    fn of(&mut self, refusal: Refusal) -> &mut u64 {
        match refusal {
            Refusal::Conflict => &mut self.conflict,
            Refusal::Short => &mut self.short,
            Refusal::Equal => &mut self.equal,
            Refusal::Unknown => &mut self.unknown,
        }
    }
}

impl Walk {
    /// An empty walk.
    pub fn new(serial: u64, who: Who, leader_term: Option<u64>, format: u16) -> Self {
        Walk {
            serial,
            who,
            leader_term,
            format,
            sides: [false; 2],
            probes: 0,
            refusals: Refusals::default(),
            steps: Steps::default(),
            first_place: None,
            last: None,
            highest: 0,
            lowest: u64::MAX,
            leader_terms: Terms::default(),
            follower_terms: Terms::default(),
            hint_terms: Terms::default(),
            gap: 0,
            advised: false,
            snapshots: Snapshots::default(),
            truncations: 0,
            truncated_from: None,
            floor: None,
            first_index: None,
            lost: 0,
            below: None,
            below_count: 0,
            storage_failures: 0,
            send_failures: 0,
            matched: None,
            times: Times::default(),
            is_cut: false,
            shown: Shown::default(),
            points: Thinned::new(MAX_POINTS),
            tells_rejections: false,
            open: Open::default(),
        }
    }

    /// The index that was asked for last, where known.
    pub fn last_index(&self) -> Option<u64> {
        self.open
            .last()
            .map_or_else(|| self.last.and_then(|[_, index, _]| index), |probe| probe.index)
    }

    /// The term of the leader's entry there.
    pub fn last_term(&self) -> Option<u64> {
        self.open
            .last()
            .map_or_else(|| self.last.and_then(|[.., term]| term), |probe| probe.prev_log_term)
    }

    /// The place of the last probe that is counted.
    pub fn last_place(&self) -> Option<u64> {
        self.last.and_then(|[place, ..]| place)
    }

    /// Whether a line speaks of a probe that others have spoken of.
    pub fn is_about_open(&self, event: &Event) -> bool {
        self.open.is_about(event)
    }

    /// Adds what a line says.
    pub fn add(&mut self, event: &Event) {
        let is_transport = event.kind == EventKind::SendFailed;
        if !is_transport || self.times.first.is_none() {
            self.times.note(event.time);
        }
        self.sides[usize::from(event.side == Side::Follower)] = true;
        if event.side == Side::Leader && !self.sides[0] {
            self.format = event.format;
        }
        match event.kind {
            EventKind::Rejected => self.add_rejection(event),
            EventKind::NextIndexMoved => self.add_move(event),
            _ => self.add_other(event),
        }
        self.note_floor(event);
    }

    fn note_floor(&mut self, event: &Event) {
        let committed = event.commit_index.filter(|_| event.side == Side::Follower);
        for known in [event.match_index, committed].into_iter().flatten().filter(|&known| known > 0)
        {
            self.floor = self.floor.max(Some(known));
        }
        self.first_index = event.first_index.or(self.first_index);
    }

    fn add_rejection(&mut self, event: &Event) {
        self.tells_rejections |= event.side == Side::Leader;
        if self.open.add(event) {
            return self.end_complete();
        }
        match self.open.add_late(event) {
            Some((before, probe)) => self.note_late(before, &probe),
            None => self.begin(Probe::of(event), event),
        }
        self.end_complete();
    }

    /// Where lines tell only how nextIndex moves, each move is the next probe.
    fn add_move(&mut self, event: &Event) {
        let asked = event.next_index.map(|next| next.saturating_sub(1));
        if !self.open.moved(event.next_index) && !self.tells_rejections {
            let mut probe = Probe::of(event);
            probe.index = probe.index.or(asked);
            self.begin(probe, event);
        }
        if let Some(asked) = asked {
            self.lowest = self.lowest.min(asked);
        }
        self.end_complete();
    }

    fn begin(&mut self, mut probe: Probe, event: &Event) {
        // A success at a lower index was one of a search that goes on. A follower's line without an index may only be late.
        if event.side == Side::Leader || probe.index.is_some() || !self.tells_rejections {
            self.matched = None;
        }
        probe.floor = self.floor;
        self.snapshots.probe_refused(probe.place());
        self.open.begin(probe, event);
    }

    fn end_complete(&mut self) {
        while let Some(asked) = self.open.ended() {
            self.end_probe(asked);
        }
    }

    fn end_all(&mut self) {
        while let Some(asked) = self.open.first() {
            self.end_probe(asked);
        }
    }

    /// The probe is complete: counts it.
    fn end_probe(&mut self, mut asked: Box<Asked>) {
        let probe = &asked.probe;
        let refusal = probe.refusal();
        *self.refusals.of(refusal) += 1;
        let new_term = self.note_terms(probe, refusal);
        let mut is_other = true;
        if let Some(place) = probe.place() {
            let begun = self.first_place.unwrap_or(place);
            let before = self.last_place();
            is_other = self.steps.note(before, place, begun, self.lowest);
            self.first_place = Some(begun);
            self.highest = self.highest.max(place);
            self.lowest = self.lowest.min(place);
            self.points.add(point(probe, place, self.probes, Mark::Rejected));
        }
        self.times.note_probe(probe.time, is_other);
        self.note_short(probe, refusal);
        self.note_below(probe, refusal);
        self.shown.end_probe(&mut asked.lines, asked.has_line, self.probes, new_term);
        self.probes += 1;
        self.last = Some([asked.probe.place(), asked.probe.index, asked.probe.prev_log_term]);
        self.open.reuse(asked);
    }

    /// The other side's line about a probe that was counted already.
    fn note_late(&mut self, before: Refusal, probe: &Probe) {
        let refusal = probe.refusal();
        *self.refusals.of(before) -= 1;
        *self.refusals.of(refusal) += 1;
        if before != refusal {
            self.note_terms(probe, refusal);
            self.note_short(probe, refusal);
            self.note_below(probe, refusal);
        }
    }

    fn note_short(&mut self, probe: &Probe, refusal: Refusal) {
        let end = probe.follower_index.or(probe.hint_index);
        if let (Refusal::Short, Some(end), Some(index)) = (refusal, end, probe.index) {
            self.gap = self.gap.max(index.saturating_sub(end));
        }
    }

    /// Behind a snapshot a follower may refuse what it has committed; that is another trouble.
    fn note_below(&mut self, probe: &Probe, refusal: Refusal) {
        let is_told = matches!(refusal, Refusal::Conflict | Refusal::Short);
        if let (true, Some(index), Some(floor)) = (is_told, probe.index, probe.floor)
            && index <= floor
            && self.snapshots.count() == 0
        {
            self.below = self.below.or(Some((index, floor)));
            self.below_count += 1;
        }
    }

    /// The follower's term, if it begins a new run.
    fn note_terms(&mut self, probe: &Probe, refusal: Refusal) -> Option<u64> {
        if let Some(term) = probe.prev_log_term {
            self.leader_terms.add(term);
        }
        if let Some(term) = probe.hint_term.filter(|&term| term > 0) {
            self.hint_terms.add(term);
        }
        let term = probe.follower_term.filter(|_| refusal == Refusal::Conflict)?;
        self.follower_terms.add(term).then_some(term)
    }

    fn add_other(&mut self, event: &Event) {
        let snapshots = &mut self.snapshots;
        match event.kind {
            EventKind::DivergenceAdvised => self.advised = true,
            EventKind::SnapshotNeeded => snapshots.need(event),
            EventKind::SnapshotSent => snapshots.send(event),
            EventKind::SnapshotRestored => snapshots.restore(event),
            EventKind::SnapshotFailed => snapshots.failed += 1,
            EventKind::SuffixTruncated => {
                self.truncations += 1;
                let from = self.truncated_from.into_iter().chain(event.index).min();
                self.truncated_from = from;
                // It is done only after the check has passed at the entry before.
                self.end_all();
                self.matched = event.index.map(|index| index.saturating_sub(1)).or(Some(0));
            }
            EventKind::StorageFailed => self.storage_failures += 1,
            EventKind::SnapshotIgnored | EventKind::StaleRejection | EventKind::ConflictRemoved => {
            }
            EventKind::SendFailed => self.send_failures += 1,
            EventKind::LogReverted | EventKind::CommittedConflict => self.lost += 1,
            EventKind::CaughtUp => {
                self.end_all();
                self.matched = Some(event.match_index.or(event.index).unwrap_or(0));
                self.snapshots.matched();
            }
            EventKind::Rejected
            | EventKind::NextIndexMoved
            | EventKind::LeaderElected
            | EventKind::ElectionStarted => {}
        }
        if event.kind != EventKind::SendFailed {
            self.shown.other(event);
        }
        if let Some((place, mark)) = place_of(event) {
            self.points.add(Point {
                time: event.time,
                number: self.probes,
                index: place,
                prev_log_term: event.prev_log_term,
                follower_term: event.follower_entry_term,
                mark,
            });
        }
    }

    /// Nothing more will come: ends the open probe and gives the points.
    pub fn end(&mut self) -> Vec<Point> {
        self.end_all();
        self.shown.end();
        std::mem::replace(&mut self.points, Thinned::new(2)).into_kept()
    }

    /// Whether every line speaks of a good end: the logs match after the last refusal.
    pub fn is_resolved(&self) -> bool {
        self.open.is_empty() && self.matched.is_some()
    }
}

fn place_of(event: &Event) -> Option<(u64, Mark)> {
    match event.kind {
        EventKind::SnapshotSent | EventKind::SnapshotRestored => {
            event.snapshot_index.map(|index| (index, Mark::Snapshot))
        }
        EventKind::SuffixTruncated | EventKind::ConflictRemoved => {
            event.index.map(|index| (index, Mark::Truncated))
        }
        EventKind::CaughtUp => {
            event.match_index.or(event.index).map(|index| (index, Mark::Matched))
        }
        _ => None,
    }
}

fn point(probe: &Probe, index: u64, number: u64, mark: Mark) -> Point {
    Point {
        time: probe.time,
        number,
        index,
        prev_log_term: probe.prev_log_term,
        follower_term: probe.follower_term,
        mark,
    }
}
