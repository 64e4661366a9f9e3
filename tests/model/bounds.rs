//! How much may happen in a run. Whatever fits in, in every order, is searched completely.

use std::fmt;

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
};

/// Every message arrives at once or never.
pub(crate) const CALM: Bounds = Bounds { terms: 4, commands: 3, heartbeats: true, ..SMALL };
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
        if self.heartbeats { f.write_str(", heartbeats without entries") } else { Ok(()) }
    }
}
