//! The lines of a walk that a report shows: the beginning, each fall of the follower's term, what happened beside it, the end.

use crate::logs::event::{Event, EventKind, Side, Timestamp};

/// Of falls of the term so many are shown.
const MAX_TERMS: usize = 6;
/// Of each kind of other event so many are shown.
const MAX_OF_KIND: u8 = 2;
/// And so many in all.
const MAX_OTHERS: usize = 12;

/// A line of the logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The file: a position in [`crate::logs::diagnosed::Read::files`].
    pub file: u32,
    /// The one-based line.
    pub line: u64,
    /// When.
    pub time: Option<Timestamp>,
    /// Its text, shortened.
    pub text: String,
}

impl Line {
    /// The line of an event.
    pub fn of(event: &Event) -> Line {
        Line { file: event.file, line: event.line, time: event.time, text: event.text.clone() }
    }

    fn set(&mut self, event: &Event) {
        (self.file, self.line, self.time) = (event.file, event.line, event.time);
        self.text.clear();
        self.text.push_str(&event.text);
    }
}

/// The kept lines, each with what it shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// In the order in which they came.
    pub lines: Vec<(Line, String)>,
    /// The open probe's lines: the leader's and the follower's.
    probe: [Line; 2],
    filled: [bool; 2],
    /// The last complete probe's lines.
    last: [Line; 2],
    last_filled: [bool; 2],
    last_kept: bool,
    terms: usize,
    others: Vec<(EventKind, u8)>,
}

impl Shown {
    /// A probe begins.
    pub fn begin_probe(&mut self) {
        self.filled = [false; 2];
    }

    /// A line about the open probe.
    pub fn line_of_probe(&mut self, event: &Event) {
        let side = usize::from(event.side == Side::Follower);
        if !self.filled[side] {
            self.probe[side].set(event);
            self.filled[side] = true;
        }
    }

    /// The probe is complete.
    pub fn end_probe(&mut self, number: u64, new_term: Option<u64>) {
        let shows = match new_term {
            _ if number == 0 => Some("the first rejection".to_owned()),
            Some(term) if self.terms < MAX_TERMS => {
                self.terms += 1;
                Some(format!("the follower's entries are of term {term} here"))
            }
            _ => None,
        };
        self.last_kept = shows.is_some();
        if let Some(shows) = shows {
            self.keep(&shows);
        }
        std::mem::swap(&mut self.probe, &mut self.last);
        self.last_filled = self.filled;
        self.filled = [false; 2];
    }

    /// Keeps the open probe's lines.
    fn keep(&mut self, shows: &str) {
        for side in 0..2 {
            if self.filled[side] {
                self.lines.push((self.probe[side].clone(), shows.to_owned()));
            }
        }
    }

    /// A line about something else.
    pub fn other(&mut self, event: &Event) {
        let Some(shows) = meaning(event.kind) else { return };
        if self.others.iter().map(|(_, count)| usize::from(*count)).sum::<usize>() >= MAX_OTHERS {
            return;
        }
        match self.others.iter_mut().find(|(kind, _)| *kind == event.kind) {
            Some((_, count)) if *count >= MAX_OF_KIND => return,
            Some((_, count)) => *count += 1,
            None => self.others.push((event.kind, 1)),
        }
        self.lines.push((Line::of(event), shows.to_owned()));
    }

    /// Nothing more will come: the last probe is kept, too, and everything is in order of file and line within the same time.
    pub fn end(&mut self) {
        if !self.last_kept {
            for side in 0..2 {
                if self.last_filled[side] {
                    let line = std::mem::take(&mut self.last[side]);
                    self.lines.push((line, "the last rejection".to_owned()));
                }
            }
        }
        self.last_kept = true;
        // A probe's lines come when it is complete, which is after others of the same time.
        let key = |(line, _): &(Line, String)| {
            (line.time.map(|time| time.nanoseconds), line.file, line.line)
        };
        self.lines.sort_by_key(key);
    }
}

/// What a line of such an event shows.
fn meaning(kind: EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::DivergenceAdvised => "the system says so itself",
        EventKind::SuffixTruncated => "the follower removes the conflicting entries",
        EventKind::SnapshotNeeded => "the leader does not have the entry any more",
        EventKind::SnapshotSent => "a snapshot is sent",
        EventKind::SnapshotRestored => "the follower installs a snapshot",
        EventKind::SnapshotIgnored => "the follower does not need the snapshot",
        EventKind::SnapshotFailed => "the snapshot fails",
        EventKind::StaleRejection => "the leader drops an old rejection",
        EventKind::LogReverted => "the follower lacks entries that it acknowledged",
        EventKind::CommittedConflict => "committed entries differ",
        EventKind::CaughtUp => "the logs match",
        EventKind::Rejected
        | EventKind::NextIndexMoved
        | EventKind::SendFailed
        | EventKind::LeaderElected
        | EventKind::ElectionStarted => return None,
    })
}
