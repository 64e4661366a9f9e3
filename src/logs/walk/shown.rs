//! The lines of a walk that a report shows: the beginning, each fall of the follower's term, what happened beside it, the end.

use crate::logs::event::{Event, EventKind, Timestamp};

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
}

/// The kept lines, each with what it shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// In the order in which they came.
    pub lines: Vec<(Line, String)>,
    /// The last probe's lines, if they are not kept yet.
    last: [Option<Line>; 2],
    terms: usize,
    others: Vec<(EventKind, u8)>,
}

impl Shown {
    /// A probe is complete; the lines of the two sides about it.
    pub fn end_probe(&mut self, lines: [Option<Line>; 2], number: u64, new_term: Option<u64>) {
        let shows = match new_term {
            _ if number == 0 => Some("the first rejection".to_owned()),
            Some(term) if self.terms < MAX_TERMS => {
                self.terms += 1;
                Some(format!("the follower's entries are of term {term} here"))
            }
            _ => None,
        };
        match shows {
            Some(shows) => {
                self.lines.extend(lines.into_iter().flatten().map(|line| (line, shows.clone())));
                self.last = [None, None];
            }
            None => self.last = lines,
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
        let last = std::mem::take(&mut self.last).into_iter().flatten();
        self.lines.extend(last.map(|line| (line, "the last rejection".to_owned())));
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
        EventKind::SuffixTruncated | EventKind::ConflictRemoved => {
            "the follower removes the conflicting entries"
        }
        EventKind::SnapshotNeeded => "the leader does not have the entry any more",
        EventKind::SnapshotSent => "a snapshot is sent",
        EventKind::SnapshotRestored => "the follower installs a snapshot",
        EventKind::SnapshotIgnored => "the follower does not need the snapshot",
        EventKind::SnapshotFailed => "the snapshot fails",
        EventKind::StaleRejection => "the leader drops an old rejection",
        EventKind::LogReverted => "the follower lacks entries that it acknowledged",
        EventKind::CommittedConflict => "committed entries differ",
        EventKind::StorageFailed => "the log could not be written or read",
        EventKind::CaughtUp => "the logs match",
        EventKind::Rejected
        | EventKind::NextIndexMoved
        | EventKind::SendFailed
        | EventKind::LeaderElected
        | EventKind::ElectionStarted => return None,
    })
}
