//! A log whose beginning may have been replaced by a snapshot.

use std::fmt;

/// Entries that one log can hold: more than any bound asks for, and a state stays a flat copy.
pub(crate) const CAPACITY: usize = 4;

/// The commands' names, in the order in which clients send them.
const COMMANDS: [&str; 5] = ["", "a", "b", "c", "d"];

/// An entry. Its index is its place in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The term of the leader that made the entry.
    pub(crate) term: u8,
    /// Counts the commands of a run, from 1.
    pub(crate) command: u8,
}

impl Entry {
    /// The name of its command.
    pub(crate) fn name(self) -> &'static str {
        COMMANDS[usize::from(self.command)]
    }
}

/// Where an entry lies, and its term. Ordered as votes are given: by term, then by index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The entry's term.
    pub(crate) term: u8,
    /// The entry's index, 0 before the first.
    pub(crate) index: u8,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.index, self.term)
    }
}

/// Consecutive entries behind a position: a server's log, or what a message carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Log {
    /// What comes before the entries: the snapshot's last entry, or a message's previous one.
    pub(crate) base: Position,
    len: u8,
    entries: [Entry; CAPACITY],
}

impl Log {
    /// Nothing behind a position.
    pub(crate) fn after(base: Position) -> Log {
        Log { base, ..Log::default() }
    }

    /// The position of the last entry.
    pub(crate) fn last(&self) -> Position {
        let index = self.base.index + self.len;
        Position { term: self.term(index).unwrap_or_default(), index }
    }

    /// The entry at an index, unless a snapshot covers it.
    pub(crate) fn entry(&self, index: u8) -> Option<Entry> {
        let slot = usize::from(index).checked_sub(usize::from(self.base.index) + 1)?;
        self.entries[..usize::from(self.len)].get(slot).copied()
    }

    /// The term at an index that is in the log or just before it.
    pub(crate) fn term(&self, index: u8) -> Option<u8> {
        if index == self.base.index {
            return Some(self.base.term);
        }
        self.entry(index).map(|entry| entry.term)
    }

    /// The entries with their indexes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, Entry)> + '_ {
        let held = &self.entries[..usize::from(self.len)];
        (self.base.index + 1..).zip(held.iter().copied())
    }

    /// Adds an entry at the end.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries[usize::from(self.len)] = entry;
        self.len += 1;
    }

    /// Removes what comes after an index.
    pub(crate) fn cut_after(&mut self, index: u8) {
        let kept = index.saturating_sub(self.base.index).min(self.len);
        self.entries[usize::from(kept)..].fill(Entry::default());
        self.len = kept;
    }

    /// What comes after an index, which is in the log or just before it.
    pub(crate) fn tail(&self, index: u8) -> Log {
        let term = self.term(index).unwrap_or_default();
        self.tail_behind(Position { term, index })
    }

    /// What comes after an index, with another entry put in that place.
    pub(crate) fn tail_behind(&self, base: Position) -> Log {
        let mut tail = Log::after(base);
        self.iter()
            .filter(|(index, _)| *index > base.index)
            .for_each(|(_, entry)| tail.push(entry));
        tail
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (at, (index, entry)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{index}:{} {}", entry.term, entry.name())?;
        }
        f.write_str("]")
    }
}
