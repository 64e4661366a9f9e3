//! How much may happen in a run. Whatever fits in, in every order, is searched completely.

use std::fmt;

use crate::search::{Action, Late};
use crate::state::Id;

/// No bound but the others: it is not even counted.
pub(crate) const ANY: u8 = u8::MAX;

/// The bounds of one search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    /// Servers.
    pub(crate) servers: u8,
    /// The highest term.
    pub(crate) terms: u8,
    /// Elections that are begun.
    pub(crate) timeouts: u8,
    /// Commands of clients.
    pub(crate) commands: u8,
    /// The longest log that a leader makes.
    pub(crate) log: u8,
    /// Messages that are not delivered at once; they arrive at any time later, or never.
    pub(crate) late: u8,
    /// Crashes, each with a restart.
    pub(crate) restarts: u8,
    /// Snapshots taken.
    pub(crate) snapshots: u8,
    /// Whether leaders also send AppendEntries without the entries that they have.
    pub(crate) heartbeats: bool,
    /// Whether clients read.
    pub(crate) reads: bool,
    /// The first steps, if they are given: a search from the start does not get that far.
    pub(crate) given: &'static [Action],
}

/// What the others are made from.
const SMALL: Bounds = Bounds {
    servers: 3,
    terms: 2,
    timeouts: ANY,
    commands: 2,
    log: ANY,
    late: 0,
    restarts: 0,
    snapshots: 0,
    heartbeats: false,
    reads: false,
    given: &[],
};

/// Every message arrives at once or never.
pub(crate) const CALM: Bounds = Bounds { terms: 4, commands: 3, heartbeats: true, ..SMALL };
/// The same with reads.
pub(crate) const READS: Bounds = Bounds { reads: true, ..CALM };
/// One message is late.
pub(crate) const LATE: Bounds = Bounds { terms: 3, late: 1, heartbeats: true, ..SMALL };
/// Two are.
pub(crate) const LATE_TWICE: Bounds = Bounds { commands: 1, late: 2, ..SMALL };
/// Servers crash.
pub(crate) const CRASH: Bounds = Bounds { terms: 3, restarts: 2, ..SMALL };
/// A snapshot replaces a part of a log.
pub(crate) const SNAPSHOT: Bounds = Bounds { terms: 4, snapshots: 1, ..SMALL };
/// The same with a late message and a crash.
pub(crate) const SNAPSHOT_LATE: Bounds = Bounds { late: 1, restarts: 1, snapshots: 1, ..SMALL };
/// Two snapshots, of different lengths or on different servers.
pub(crate) const SNAPSHOT_TWICE: Bounds = Bounds { late: 1, snapshots: 2, ..SMALL };
/// Half of the servers are no majority.
pub(crate) const FOUR: Bounds = Bounds { servers: 4, commands: 1, ..SMALL };
/// A majority needs more than one other server.
pub(crate) const FIVE: Bounds = Bounds { servers: 5, commands: 1, ..SMALL };
/// The same with a snapshot, and no more elections and entries than that takes.
pub(crate) const FIVE_SNAPSHOT: Bounds =
    Bounds { servers: 5, timeouts: 2, commands: 3, log: 2, snapshots: 1, ..SMALL };

/// A server leads, loses its term, and leads again, while an answer of its earlier term is late: six
/// terms. The steps that are given are the way to that answer.
pub(crate) const SIX_TERMS: Bounds =
    Bounds { terms: 6, commands: 4, log: 2, late: 1, given: LATE_ANSWER, ..SMALL };

/// S1 has `a` and `b` from term 1 and S2 has `c` from term 2 when S1, in term 3, sends its log to S3.
const LATE_ANSWER: &[Action] = &[
    Action::TimeOut(0),
    send(0, 1),
    Action::Command(0),
    Action::Command(0),
    Action::TimeOut(1),
    send(1, 2),
    Action::Command(1),
    send(0, 1),
    Action::TimeOut(0),
    send(0, 2),
    send(0, 2),
    send(0, 2),
    Action::Send { from: 0, to: 2, heartbeat: false, late: Late::Answer },
];

const fn send(from: Id, to: Id) -> Action {
    Action::Send { from, to, heartbeat: false, late: Late::Nothing }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} servers, terms up to {}", self.servers, self.terms)?;
        let counted = [
            (self.timeouts, "election", "elections"),
            (self.commands, "command", "commands"),
            (self.log, "entry in a log", "entries in a log"),
            (self.late, "late message", "late messages"),
            (self.restarts, "crash", "crashes"),
            (self.snapshots, "snapshot", "snapshots"),
        ];
        for (most, one, many) in counted {
            match most {
                0 | ANY => {}
                1 => write!(f, ", 1 {one}")?,
                _ => write!(f, ", {most} {many}")?,
            }
        }
        let flags = [(self.heartbeats, ", heartbeats without entries"), (self.reads, ", reads")];
        for (_, text) in flags.iter().filter(|flag| flag.0) {
            f.write_str(text)?;
        }
        match self.given.len() {
            0 => Ok(()),
            given => {
                write!(f, ", searched from step {} on as the first {given} are given", given + 1)
            }
        }
    }
}
